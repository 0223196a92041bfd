"""A published bound carried to another language, by the methods that FineWeb2 compares (arXiv 2506.20920).

A number like "at most .30 of the lines repeat" was found on the text of one language, the anchor. The methods ask
what it means there and give the number that means the same here:

    mean_std      as many standard deviations from the mean
    quantile      the same share of the documents on its far side
    median_ratio  the same ratio to the median
    tail          no comparison: a tenth of the language's own documents lies beyond
    fixed         the number itself, which speaks of no language; loosened where a fiftieth of the language's own
                  reference text lies beyond

The formulas follow the names and short descriptions of the methods; the body of the paper was not at hand. Three
limits are ours, because reference text is edited text of few documents and a bound decides over web pages:

- A bound drops at most MOST_DROPPED of the distribution that it comes from: what looks extreme by the anchor's measure
  is normal where a tenth of the language does it. A tenth is the strictest of the published methods.
- It becomes at most half as wide: edited text repeats no line at all, and all methods would then forbid the first.
- It is not loosened beyond the farthest document, or it would never fire (42 % of FineWeb2's bounds on the most
  frequent 2-gram lie above 1, where no share can be).

Where nothing can be compared (no text of the anchor, no spread, a median of 0) the published number stays, loosened
to the LOOSE_TAIL of the language's own distribution if it cuts deeper.
"""

from dataclasses import dataclass
from typing import Literal

from lugha.labeling.distributions import Distribution
from lugha.signals.bound import Bound, Method

MOST_DROPPED = 0.1
LOOSE_TAIL = 0.02
Side = Literal["at_least", "at_most"]


@dataclass(frozen=True)
class Calibrated:
    """One side of a bound in one language: the number, the method that gave it, and how in words."""

    number: float
    method: Method
    words: str


def calibrate(
    signal: str, side: Side, bound: Bound, own: Distribution, anchor: Distribution | None
) -> Calibrated | None:
    """The published number of one side, carried to the language whose distribution is `own`; None where the bound has
    no number on that side.

    `anchor` is the distribution in the bound's anchor, None where it has none. "{own}" and "{anchor}" in the words
    stand for what the two distributions are of.
    """
    published = bound.at_least if side == "at_least" else bound.at_most
    if published is None:
        return None
    if bound.method == "fixed":
        loose = _loosened(side, published, own, "published for every language")
        return loose if loose.method == "tail" else Calibrated(published, "fixed", "")
    if bound.method == "tail":
        share = bound.tail_share
        number, words = _beyond(side, own, share), f"the {share:.0%} tail of {{own}}"
        return _held(signal, side, published, number, own, max(share, MOST_DROPPED), bound.method, words)
    if anchor is None:
        return _loosened(side, published, own, "no text of {anchor} to compare with")
    carried = _carried(bound.method, side, published, own, anchor)
    if carried is None:
        return _loosened(side, published, own, "{anchor} have no spread or a median of 0, or the language's own have")
    return _held(signal, side, published, carried[0], own, MOST_DROPPED, bound.method, carried[1])


def _carried(
    method: Method, side: Side, published: float, own: Distribution, anchor: Distribution
) -> tuple[float, str] | None:
    """The number that means here what the published one means for the anchor; None where they cannot be compared."""
    if method == "mean_std":
        if not (anchor.standard_deviation and own.standard_deviation):
            return None
        steps = (published - anchor.mean) / anchor.standard_deviation
        number = own.mean + steps * own.standard_deviation
        return number, f"{steps:+.2f} standard deviations from the mean of {{anchor}}, here of {{own}}"
    if method == "median_ratio":
        if anchor.median <= 0 or own.median <= 0:
            return None
        ratio = published / anchor.median
        return ratio * own.median, f"{ratio:.2f} times the median of {{anchor}}, here of {{own}}"
    share = anchor.share_up_to(published) if side == "at_most" else anchor.share_below(published)
    return own.quantile(share), f"quantile {_short(share)} of {{anchor}}, here of {{own}}"


def _held(
    signal: str,
    side: Side,
    published: float,
    number: float,
    own: Distribution,
    dropped: float,
    method: Method,
    words: str,
) -> Calibrated:
    """The number within the three limits of this module, which the words name where one of them holds it."""
    halfway, farthest = _halfway(signal, side, published), _beyond(side, own, 0.0)
    tail = _beyond(side, own, dropped)
    if side == "at_most":
        strictest, loosest = max(tail, halfway), max(published, farthest)
        number, is_strict, is_loose = max(number, strictest), number < strictest, number > loosest
        number = min(number, max(strictest, loosest))
    else:
        strictest, loosest = min(tail, halfway), min(published, farthest)
        number, is_strict, is_loose = min(number, strictest), number > strictest, number < loosest
        number = max(number, min(strictest, loosest))
    if is_strict:
        words += f", held at its {dropped:.0%} tail" if strictest == tail else ", held at half the published width"
    elif is_loose:
        words += ", held at the farthest document"
    return Calibrated(number, method, words)


def _loosened(side: Side, published: float, own: Distribution, why: str) -> Calibrated:
    tail = _beyond(side, own, LOOSE_TAIL)
    if tail <= published if side == "at_most" else tail >= published:
        return Calibrated(published, "fixed", f"{why}; as published, outside the {LOOSE_TAIL:.0%} tail of {{own}}")
    return Calibrated(tail, "tail", f"{why}; loosened to the {LOOSE_TAIL:.0%} tail of {{own}}")


def _beyond(side: Side, own: Distribution, share: float) -> float:
    """The score that at most `share` of the documents lie beyond."""
    return own.quantile(1 - share if side == "at_most" else share)


def _halfway(signal: str, side: Side, published: float) -> float:
    """The published number moved half of the way to where nothing would pass: to 0 for an upper bound, to 1 for a lower
    bound on a share; what has no end upwards is taken to end at twice the number.
    """
    if side == "at_most":
        return published / 2 if published > 0 else published
    return (published + 1) / 2 if signal.endswith("_share") else published * 1.5 if published > 0 else published


def _short(share: float) -> str:
    return f"{share:.3f}".removeprefix("0")
