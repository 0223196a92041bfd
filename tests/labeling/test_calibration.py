"""Each method by hand, the limits that hold it, and what happens where there is nothing to compare."""

from typing import get_args

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lugha.labeling.calibration import LOOSE_TAIL, MOST_DROPPED, Side, calibrate
from lugha.labeling.distributions import Distribution, distribution
from lugha.signals.bound import Bound, Method

SIDES: tuple[Side, Side] = ("at_least", "at_most")


def of(scores: list[float]) -> Distribution:
    found = distribution(pl.Series(scores, dtype=pl.Float64))
    assert found
    return found


def evenly(low: float, high: float) -> Distribution:
    """101 documents from `low` to `high` in equal steps: quantile q is low + q (high - low)."""
    return of([low + (high - low) * n / 100 for n in range(101)])


def number(side: Side, published: float, method: Method, own: Distribution, anchor: Distribution | None) -> float:
    bound = Bound("by hand", **{side: published}, method=method, anchor="hin_Deva")
    found = calibrate("digit_share", side, bound, own, anchor)
    assert found
    return found.number


def test_fixed_is_the_published_number():
    bound = Bound("by hand", at_most=0.3)
    found = calibrate("digit_share", "at_most", bound, evenly(0, 0.3), evenly(0, 0.4))
    assert found
    assert (found.number, found.method) == (0.3, "fixed")
    assert calibrate("digit_share", "at_least", bound, evenly(0, 0.9), None) is None


def test_fixed_is_loosened_to_the_tail_of_the_languages_own_text():
    found = calibrate("digit_share", "at_most", Bound("by hand", at_most=0.3), evenly(0, 0.9), None)
    assert found
    assert (found.number, found.method) == (pytest.approx(0.882), "tail")


def test_the_quantile_is_that_of_the_anchor():
    """.36 is the 90 % quantile of what goes evenly from 0 to .4; the 90 % quantile from 0 to .6 is .54."""
    assert number("at_most", 0.36, "quantile", evenly(0, 0.6), evenly(0, 0.4)) == pytest.approx(0.54)
    assert number("at_least", 0.44, "quantile", evenly(0.2, 0.8), evenly(0.4, 0.8)) == pytest.approx(0.26)


def test_as_many_standard_deviations_from_the_mean():
    """Twice the spread around a mean that is .1 higher: .36 lies .16 above .2, so .32 above .3."""
    own, anchor = evenly(-0.1, 0.7), evenly(0.0, 0.4)
    assert number("at_most", 0.36, "mean_std", own, anchor) == pytest.approx(0.62)
    assert number("at_least", 0.04, "mean_std", own, anchor) == pytest.approx(-0.02)


def test_the_same_ratio_to_the_median():
    """.36 is 1.8 times the median .2; the median here is .3."""
    assert number("at_most", 0.36, "median_ratio", evenly(0, 0.6), evenly(0, 0.4)) == pytest.approx(0.54)


def test_the_tail_is_a_tenth_of_the_own_documents():
    assert number("at_most", 0.3, "tail", evenly(0, 0.6), None) == pytest.approx(0.54)
    assert number("at_least", 0.5, "tail", evenly(0.2, 0.8), None) == pytest.approx(0.26)


def test_a_bound_may_say_another_share_for_its_tail():
    bound = Bound("by hand", at_most=0.3, method="tail", tail_share=0.25)
    found = calibrate("digit_share", "at_most", bound, evenly(0, 0.8), None)
    assert found
    assert found.number == pytest.approx(0.6)
    assert "25% tail" in found.words


def test_a_bound_may_become_stricter_but_drops_no_more_than_a_tenth():
    """Half of the anchor's documents are above .3; dropping half of the language would be absurd."""
    own, anchor = evenly(0, 0.5), evenly(0, 0.6)
    found = calibrate("x_share", "at_most", Bound("x", at_most=0.3, method="quantile", anchor="hin_Deva"), own, anchor)
    assert found
    assert found.number == pytest.approx(own.quantile(1 - MOST_DROPPED))
    assert found.words.endswith("held at its 10% tail")


def test_edited_text_that_repeats_nothing_does_not_forbid_the_first_repetition():
    own, anchor = of([0.0] * 99 + [0.01]), evenly(0, 0.4)
    assert number("at_most", 0.3, "quantile", own, anchor) == pytest.approx(0.15)
    assert number("at_most", 0.3, "tail", own, None) == pytest.approx(0.15)
    assert number("at_least", 0.8, "tail", of([1.0] * 100), None) == pytest.approx(0.9)


def test_a_bound_without_an_upper_end_is_tightened_by_half_of_itself():
    bound = Bound("words are longer here", at_least=3, method="tail")
    found = calibrate("mean_word_length", "at_least", bound, evenly(7, 12), None)
    assert found
    assert found.number == 4.5


def test_a_bound_is_not_loosened_beyond_the_farthest_document():
    own, anchor = evenly(0.1, 0.5), evenly(0, 0.1)
    bound = Bound("x", at_most=0.3, method="mean_std", anchor="hin_Deva")
    found = calibrate("x_share", "at_most", bound, own, anchor)
    assert found
    assert found.number == pytest.approx(0.5)
    assert found.words.endswith("held at the farthest document")


@pytest.mark.parametrize("method", ["mean_std", "quantile", "median_ratio"])
def test_without_the_anchors_text_the_published_number_is_loosened_to_the_own_tail(method: Method):
    assert number("at_most", 0.3, method, evenly(0, 0.5), None) == pytest.approx(0.5 * (1 - LOOSE_TAIL))
    assert number("at_least", 0.3, method, evenly(0.1, 0.6), None) == pytest.approx(0.1 + 0.5 * LOOSE_TAIL)
    assert number("at_most", 0.3, method, evenly(0, 0.2), None) == 0.3
    assert number("at_least", 0.3, method, evenly(0.4, 0.6), None) == 0.3


def test_what_has_no_spread_or_a_median_of_zero_cannot_be_compared():
    flat, mostly_zero, wide = of([0.2] * 100), of([0.0] * 80 + [0.2] * 20), evenly(0, 0.4)
    for own, anchor in ((flat, wide), (wide, flat)):
        assert number("at_most", 0.5, "mean_std", own, anchor) == 0.5
    for own, anchor in ((mostly_zero, wide), (wide, mostly_zero)):
        assert number("at_most", 0.5, "median_ratio", own, anchor) == 0.5


def test_the_words_say_how():
    bound = Bound("x", at_most=0.36, method="quantile", anchor="hin_Deva")
    found = calibrate("x_share", "at_most", bound, evenly(0, 0.6), evenly(0, 0.4))
    assert found
    assert found.words == "quantile .900 of {anchor}, here of {own}"


SCORES = st.lists(st.floats(0, 1, width=32), min_size=1, max_size=50)


@settings(max_examples=150, deadline=None)
@given(SCORES, st.none() | SCORES, st.floats(0, 1), st.sampled_from(SIDES), st.sampled_from(get_args(Method)))
def test_no_method_leaves_the_limits(own_scores, anchor_scores, published, side, method):
    """At most a tenth of the distribution is dropped, or as much as the published number drops; the bound is at most
    half as wide; and it is within reach of some document or as published.
    """
    own, anchor = of(own_scores), of(anchor_scores) if anchor_scores else None
    found = number(side, published, method, own, anchor)
    if side == "at_most":
        assert found >= min(published, max(own.quantile(0.9), published / 2)) - 1e-9
        assert found <= max(published, *own_scores) + 1e-9
    else:
        assert found <= max(published, min(own.quantile(0.1), (published + 1) / 2)) + 1e-9
        assert found >= min(published, *own_scores) - 1e-9


@settings(max_examples=80, deadline=None)
@given(SCORES, SCORES, st.floats(0, 1), st.floats(0, 1), st.sampled_from(get_args(Method)))
def test_the_lower_bound_never_passes_the_upper(own_scores, anchor_scores, low, high, method):
    low, high = sorted((low, high))
    bound = Bound("x", at_least=low, at_most=high, method=method, anchor="hin_Deva")
    found = [calibrate("x_share", side, bound, of(own_scores), of(anchor_scores)) for side in SIDES]
    assert found[0]
    assert found[1]
    assert found[0].number <= found[1].number + 1e-9
