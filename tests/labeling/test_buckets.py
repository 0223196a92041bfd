"""The bucket of a document is its twentieth under the best of several scores."""

import time

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lugha.labeling.buckets import perplexity_part, quality_bucket

EVEN = [n / 20 for n in range(21)]


def profiles(**quantiles: list[float] | None) -> pl.DataFrame:
    schema = {"signal": pl.String, "quantiles": pl.List(pl.Float64)}
    return pl.DataFrame([*quantiles.items()], schema=schema, orient="row")


def scores(**columns: list[float | None]) -> pl.DataFrame:
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.Float32))


def test_each_twentieth_is_a_bucket():
    middles = [n / 20 + 0.025 for n in range(20)]
    assert quality_bucket(scores(trusted_score=middles), profiles(trusted_score=EVEN)).to_list() == list(range(20))


def test_a_low_perplexity_is_good():
    bits = quality_bucket(scores(perplexity=[0.01, 0.51, 0.99]), profiles(perplexity=EVEN))
    assert bits.to_list() == [19, 9, 0]


def test_the_best_score_counts():
    found = quality_bucket(
        scores(trusted_score=[0.01, 0.99, None], teacher_score=[0.72, None, None], perplexity=[0.99, 0.99, 0.01]),
        profiles(trusted_score=EVEN, teacher_score=EVEN, perplexity=EVEN),
    )
    assert found.to_list() == [14, 19, 19]
    assert found.dtype == pl.Int32


def test_harm_has_no_part_in_it():
    found = quality_bucket(
        scores(toxicity_score=[0.9], adult_score=[0.9]), profiles(toxicity_score=EVEN, adult_score=EVEN)
    )
    assert found.to_list() == [None]


@pytest.mark.parametrize("quantiles", [None, [], [0.0, 1.0], [float("nan")] * 21])
def test_without_quantiles_there_is_no_bucket(quantiles: list[float] | None):
    assert quality_bucket(scores(trusted_score=[0.5]), profiles(trusted_score=quantiles)).to_list() == [None]
    assert quality_bucket(scores(trusted_score=[0.5]), profiles()).to_list() == [None]


def test_no_number_is_no_bucket():
    found = quality_bucket(scores(trusted_score=[None, float("nan"), 2.0, -2.0]), profiles(trusted_score=EVEN))
    assert found.to_list() == [None, None, 19, 0]


def test_a_classifier_that_says_the_same_of_everything_lifts_nothing():
    flat = profiles(trusted_score=[0.5] * 21, teacher_score=EVEN)
    assert quality_bucket(scores(trusted_score=[0.5], teacher_score=[0.33]), flat).to_list() == [6]
    assert quality_bucket(scores(perplexity=[0.5]), profiles(perplexity=[0.5] * 21)).to_list() == [0]


def test_with_two_values_the_lower_bucket_is_given():
    """A third of the documents say 0, the others 1."""
    found = quality_bucket(scores(trusted_score=[0.0, 1.0]), profiles(trusted_score=[0.0] * 7 + [1.0] * 14))
    assert found.to_list() == [0, 6]


@given(st.lists(st.floats(0, 40, width=32), min_size=1, max_size=300))
def test_buckets_follow_the_scores_and_none_is_overfull(values: list[float]):
    """With the quantiles of the scores themselves, at most a twentieth and a tie stand above any score's bucket."""
    series = pl.Series(values, dtype=pl.Float32)
    own = profiles(trusted_score=np.quantile(values, EVEN).tolist())
    found = quality_bucket(pl.DataFrame({"trusted_score": series}), own)
    assert found.is_between(0, 19).all()
    assert found.gather(series.arg_sort()).is_sorted()
    for bucket in range(20):
        assert (found > bucket).mean() <= 1 - (bucket + 1) / 20 + 1 / len(values)


def test_a_million_documents_take_well_under_a_second():
    chance = np.random.default_rng(1)
    many = pl.DataFrame(
        {name: chance.random(1_000_000, np.float32) for name in ("trusted_score", "teacher_score", "perplexity")}
    )
    begin = time.process_time()
    found = quality_bucket(many, profiles(trusted_score=EVEN, teacher_score=EVEN, perplexity=EVEN))
    assert time.process_time() - begin < 1
    assert found.n_unique() == 20


def test_thirds_by_perplexity_are_head_middle_and_tail():
    found = perplexity_part(scores(perplexity=[0.1, 0.5, 0.9, None, float("nan")]), profiles(perplexity=EVEN))
    assert found.to_list() == ["head", "middle", "tail", None, None]
    assert perplexity_part(scores(perplexity=[0.1]), profiles()).to_list() == [None]
