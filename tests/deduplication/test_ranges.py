"""Ranges of keys leave no key out and hold none twice."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lugha.deduplication.ranges import HIGHEST, LOWEST, KeyRange, key_ranges, split

BOUNDS = st.tuples(st.integers(LOWEST, HIGHEST), st.integers(LOWEST, HIGHEST)).map(sorted)


@given(BOUNDS, st.integers(1, 50))
def test_parts_follow_each_other_without_gap_or_overlap(bounds, count):
    parts = split(KeyRange(*bounds), count)
    assert (parts[0].low, parts[-1].high) == tuple(bounds)
    assert all(before.high + 1 == after.low for before, after in pairwise(parts))
    assert len(parts) == min(count, bounds[1] - bounds[0] + 1)


@given(BOUNDS, st.integers(1, 50))
def test_parts_are_equally_wide_up_to_one_key(bounds, count):
    widths = [part.high - part.low + 1 for part in split(KeyRange(*bounds), count)]
    assert min(widths) >= 1
    assert max(widths) - min(widths) <= 1


@pytest.mark.parametrize("count", [1, 2, 3, 16, 1000])
def test_all_keys_are_in_the_ranges(count):
    ranges = key_ranges(count)
    assert len(ranges) == count
    assert (ranges[0].low, ranges[-1].high) == (-(2**63), 2**63 - 1)
