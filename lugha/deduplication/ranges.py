"""Ranges of keys: parts of the work that meet only in files, and parts of a part where memory is short."""

from dataclasses import dataclass
from itertools import pairwise

LOWEST, HIGHEST = -(1 << 63), (1 << 63) - 1  # keys are signed 64-bit integers, since Delta has no others


@dataclass(frozen=True, order=True)
class KeyRange:
    """All keys from `low` to `high`, both included."""

    low: int
    high: int


def split(whole: KeyRange, count: int) -> list[KeyRange]:
    """`whole` in `count` parts of equal width, give or take one key; fewer where it has fewer keys."""
    width = whole.high - whole.low + 1
    parts = max(1, min(count, width))
    starts = [whole.low + width * part // parts for part in range(parts + 1)]
    return [KeyRange(low, end - 1) for low, end in pairwise(starts)]


def key_ranges(count: int) -> list[KeyRange]:
    """All keys in `count` ranges. Keys are hashes, so the ranges hold about equally many documents."""
    return split(KeyRange(LOWEST, HIGHEST), count)
