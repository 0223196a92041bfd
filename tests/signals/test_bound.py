"""A bound that cannot mean anything is refused where it is written."""

import math

import pytest

from lugha.signals import Bound
from lugha.signals.bound import METHODS, BrokenBound


def test_a_bound_without_numbers_only_tells():
    bound = Bound("told, never drops")
    assert (bound.at_least, bound.at_most, bound.method, bound.anchor) == (None, None, "fixed", None)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_is_accepted_with_the_anchor_it_may_need(method):
    assert Bound("by hand", at_most=0.3, method=method, anchor="hin_Deva").method == method


@pytest.mark.parametrize("method", ["mean_std", "quantile", "median_ratio"])
def test_a_comparison_needs_an_anchor_and_none_is_assumed(method):
    with pytest.raises(BrokenBound, match="name it in anchor"):
        Bound("by hand", at_most=0.3, method=method)


def test_a_method_that_is_misspelt_names_the_nearest():
    with pytest.raises(BrokenBound, match='Nearest: "quantile"'):
        Bound("by hand", at_most=0.3, method="quantil", anchor="hin_Deva")


@pytest.mark.parametrize(
    "numbers",
    [
        {"at_most": math.nan},
        {"at_least": math.inf},
        {"at_most": -math.inf},
        {"at_least": 0.5, "at_most": 0.4},
        {"at_most": 1.0, "tail_share": 0.0},
        {"at_most": 1.0, "tail_share": 0.6},
    ],
)
def test_numbers_that_decide_nothing_or_everything_are_refused(numbers):
    with pytest.raises(BrokenBound):
        Bound("by hand", **numbers)


def test_a_bound_without_an_origin_is_refused():
    with pytest.raises(BrokenBound, match="calibrated_by"):
        Bound(" ", at_most=1)
