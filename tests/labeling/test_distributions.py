"""What a language is like does not depend on the order of its documents, and thin samples lean on their peers."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lugha.labeling.distributions import (
    LEAST_PEER_DOCUMENTS,
    LEAST_PEERS,
    PROBABILITIES,
    SHRINKAGE,
    Distribution,
    Population,
    distribution,
)

SCORES = st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=60)


def of(*scores: float | None) -> Distribution:
    found = distribution(pl.Series(scores, dtype=pl.Float32))
    assert found
    return found


def alike(score: float, count: int) -> Distribution:
    return of(*[score] * count)


def test_a_distribution_by_hand():
    x = of(0.0, 1.0, 2.0, 3.0, 4.0)
    assert (x.count, x.mean, x.median) == (5, 2.0, 2.0)
    assert x.standard_deviation == pytest.approx(2**0.5)
    assert (x.quantile(0), x.quantile(0.25), x.quantile(0.9), x.quantile(1)) == pytest.approx((0, 1, 3.6, 4))
    assert (x.share_up_to(3.0), x.share_up_to(-1), x.share_up_to(4)) == pytest.approx((0.75, 0.0, 1.0))


def test_equal_scores_lie_below_or_up_to_but_not_between():
    x = of(*[0.0] * 8, 1.0, 1.0)
    assert x.share_below(0.0) == 0.0
    assert x.share_up_to(0.0) == pytest.approx(7 / 9, abs=0.005)
    assert x.share_below(1.0) == pytest.approx(8 / 9, abs=0.005)
    assert x.share_up_to(1.0) == 1.0


def test_documents_that_are_all_alike_have_no_spread():
    x = alike(0.1, 7)
    assert (x.standard_deviation, x.mean, x.median) == (0.0, x.median, float(np.float32(0.1)))
    assert (x.share_below(0.05), x.share_up_to(0.15)) == (0.0, 1.0)


@pytest.mark.parametrize("scores", [[], [None], [float("nan"), float("inf"), None]])
def test_without_a_number_there_is_no_distribution(scores: list[float | None]):
    assert distribution(pl.Series(scores, dtype=pl.Float32)) is None


def test_what_is_no_number_does_not_count():
    assert of(1.0, None, float("nan"), float("inf"), 3.0).count == 2


@settings(max_examples=60, deadline=None)
@given(SCORES)
def test_quantiles_ascend_from_the_lowest_to_the_highest_score(scores: list[float]):
    x = of(*scores)
    assert (np.diff(x.quantiles) >= 0).all()
    assert (x.quantiles[0], x.quantiles[-1]) == (min(scores), max(scores))
    assert min(scores) <= x.mean <= max(scores)


@settings(max_examples=60, deadline=None)
@given(SCORES, st.randoms(use_true_random=False))
def test_the_order_of_the_documents_does_not_matter(scores: list[float], random):
    shuffled = list(scores)
    random.shuffle(shuffled)
    one, two = of(*scores), of(*shuffled)
    assert (one.mean, one.standard_deviation) == (two.mean, two.standard_deviation)
    assert (one.quantiles == two.quantiles).all()


@settings(max_examples=60, deadline=None)
@given(SCORES, st.floats(-1e6, 1e6))
def test_shares_are_shares_and_lower_than_up_to(scores: list[float], score: float):
    x = of(*scores)
    assert 0 <= x.share_below(score) <= x.share_up_to(score) <= 1


@settings(max_examples=60, deadline=None)
@given(SCORES, SCORES, st.floats(0, 1))
def test_a_distribution_that_is_drawn_towards_another_lies_between_the_two(mine, theirs, weight):
    one, two = of(*mine), of(*theirs)
    drawn = one.drawn_towards(two, weight)
    slack = 1e-6 * (1 + np.abs(one.quantiles) + np.abs(two.quantiles))
    assert (drawn.quantiles >= np.minimum(one.quantiles, two.quantiles) - slack).all()
    assert (drawn.quantiles <= np.maximum(one.quantiles, two.quantiles) + slack).all()
    assert (np.diff(drawn.quantiles) >= -1e-6 * (1 + np.abs(drawn.quantiles[1:]))).all()
    assert drawn.count == one.count


def population(**by_language: Distribution) -> Population:
    return Population("crawl", {language: {"digit_share": x} for language, x in by_language.items()})


def test_peers_count_by_what_is_known_of_them_and_not_by_their_size():
    """300 documents weigh 300/350, 50 weigh half: a large language does not drown the small ones."""
    peers = population(swh_Latn=alike(0.1, 300), yor_Latn=alike(0.2, 300), tur_Latn=alike(0.4, 50))
    found = peers.typical(("swh_Latn", "tur_Latn", "yor_Latn"), "digit_share", without="")
    assert found
    weights = np.array([300 / 350, 300 / 350, 0.5])
    assert found[1] == 3
    assert found[0].mean == pytest.approx(float(weights @ [0.1, 0.2, 0.4] / weights.sum()))
    assert found[0].quantiles.shape == PROBABILITIES.shape


def test_a_language_is_not_its_own_peer():
    languages = ("lin_Latn", "swh_Latn", "tur_Latn", "yor_Latn")
    peers = population(**{x: alike(0.2, 100) for x in languages[:3]}, yor_Latn=alike(0.9, 5_000))
    found = peers.typical(languages, "digit_share", without="yor_Latn")
    assert found
    assert found[0].mean == pytest.approx(0.2)


def test_too_few_peers_and_too_few_documents_say_nothing():
    many = {f"x{n:02}_Latn": alike(0.2, SHRINKAGE) for n in range(LEAST_PEERS - 1)}
    few = {f"y{n:02}_Latn": alike(0.2, LEAST_PEER_DOCUMENTS - 1) for n in range(9)}
    peers = population(**many, **few)
    assert peers.typical((*many, *few), "digit_share", without="") is None
    assert peers.typical((), "digit_share", without="") is None
    assert peers.typical(tuple(many), "letter_share", without="") is None


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1, width=32), st.integers(20, 400)), min_size=3, max_size=8), st.data())
def test_leaving_a_language_out_is_the_same_as_never_having_had_it(languages, data):
    found = {f"a{chr(97 + n)}a_Latn": alike(score, count) for n, (score, count) in enumerate(languages)}
    left_out = data.draw(st.sampled_from(sorted(found)))
    rest = {name: x for name, x in found.items() if name != left_out}
    one = population(**found).typical(tuple(found), "digit_share", without=left_out)
    two = population(**rest).typical(tuple(rest), "digit_share", without="")
    assert (one is None) == (two is None)
    if one and two:
        assert one[1] == two[1]
        assert one[0].quantiles == pytest.approx(two[0].quantiles, abs=1e-9)
