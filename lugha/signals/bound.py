"""What a signal file says about where its score decides."""

import math
from dataclasses import dataclass
from typing import Literal, get_args

from lugha.errors import LughaError, nearest

Method = Literal["fixed", "mean_std", "quantile", "median_ratio", "tail"]
METHODS: tuple[str, ...] = get_args(Method)


class BrokenBound(LughaError):
    """A bound that contradicts itself or lacks what its method needs."""


@dataclass(frozen=True)
class Bound:
    """Where a score decides: documents below `at_least` or above `at_most` are dropped. A bound without numbers drops
    nothing: the score is told and no more.

    `calibrated_by` says where the numbers come from. `method` says how they are carried to a language
    (lugha/labeling/profiles.py): "fixed" as they are, "tail" by the language's own distribution alone, and "mean_std",
    "quantile", "median_ratio" by comparing it with that of `anchor`, the language on whose text the numbers were found.
    `tail_share` (0..0.5) is what "tail" cuts off: a tenth, as the 10Tail of FineWeb2 (arXiv 2506.20920). Raises
    BrokenBound.
    """

    calibrated_by: str
    at_least: float | None = None
    at_most: float | None = None
    method: Method = "fixed"
    anchor: str | None = None
    tail_share: float = 0.1

    def __post_init__(self) -> None:
        if not self.calibrated_by.strip():
            raise BrokenBound("A bound without calibrated_by: say in words where its numbers come from.")
        if self.method not in METHODS:
            near = nearest(self.method, METHODS)
            raise BrokenBound(f'No method "{self.method}" for a bound.{near} There are: {", ".join(METHODS)}.')
        for side, number in (("at_least", self.at_least), ("at_most", self.at_most)):
            if number is not None and not math.isfinite(number):
                raise BrokenBound(f"{side}={number} is no number to compare with; leave {side} out for no bound.")
        if not 0 < self.tail_share <= 0.5:
            raise BrokenBound(f"tail_share={self.tail_share}: write the share of the documents to cut off, up to 0.5.")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise BrokenBound(
                f"at_least={self.at_least} is above at_most={self.at_most}: every document would be dropped."
            )
        if self.method in ("mean_std", "quantile", "median_ratio") and not self.anchor:
            raise BrokenBound(
                f'Method "{self.method}" compares with the language that the numbers were found on: name it in anchor, '
                'for example anchor="eng_Latn".'
            )
