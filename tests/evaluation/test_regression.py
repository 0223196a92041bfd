"""Which language fell: beyond the noise of items and seeds, beyond what all languages share."""

import math
from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lugha.evaluation.bits_per_byte import NonFiniteScore
from lugha.evaluation.regression import (
    COMPARISON_SCHEMA,
    REPLAY_SCHEMA,
    BadRegressionSettings,
    DuplicateItem,
    ItemChanged,
    RegressionSettings,
    compare,
    replay,
)

LANGUAGES = ("amh_Ethi", "mya_Mymr", "tha_Thai", "tur_Latn", "urd_Arab", "yor_Latn")
RULE = RegressionSettings()


def scores(bits: dict[str, np.ndarray] | dict[str, list[float]], byte_count: int = 300) -> pl.DataFrame:
    """Score rows with these bits per byte, item by item."""
    return pl.DataFrame(
        [
            {
                "language": language,
                "item_id": bytes([i]),
                "nats": b * math.log(2) * byte_count,
                "byte_count": byte_count,
            }
            for language, values in bits.items()
            for i, b in enumerate(values)
        ],
        schema={"language": pl.String, "item_id": pl.Binary, "nats": pl.Float64, "byte_count": pl.Int32},
    )


def noisy(
    seed: int, shift: dict[str, float] | None = None, languages: tuple[str, ...] = LANGUAGES, items: int = 8
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Two checkpoints that differ by .01 an item, and by `shift` in some languages."""
    rng = np.random.default_rng(seed)
    base = {language: rng.normal(2.5, 0.3, items) for language in languages}
    after = {language: b + rng.normal(0, 0.01, items) + (shift or {}).get(language, 0) for language, b in base.items()}
    return scores(base), scores(after)


def flagged(rows: pl.DataFrame) -> set[str]:
    return set(rows.filter("is_regression")["language"])


def test_noise_flags_nothing_and_a_language_that_rose_by_a_fifth_is_flagged_alone():
    assert flagged(compare(*noisy(0), RULE)) == set()
    rows = compare(*noisy(0, {"yor_Latn": 0.2}), RULE)
    assert flagged(rows) == {"yor_Latn"}
    assert rows.schema == COMPARISON_SCHEMA
    row = rows.filter(pl.col("language") == "yor_Latn").row(0, named=True)
    assert row["verdict"].startswith("regressed by 0.")
    assert row["difference"] == pytest.approx(row["candidate_bits_per_byte"] - row["anchor_bits_per_byte"])
    assert row["excess"] == pytest.approx(row["difference"] - row["median_shift"])


def test_the_numbers_are_those_of_the_formula():
    """Differences .1, .2, .3, .2 in Thai; none elsewhere, so the common shift is 0. t(3) by hand: p = .00327 for t =
    4.7..."""
    flat = {"amh_Ethi": [2.0] * 4, "urd_Arab": [2.0] * 4, "tha_Thai": [2.0] * 4}
    risen = {**flat, "tha_Thai": [2.1, 2.2, 2.3, 2.2]}
    row = compare(scores(flat), scores(risen), RULE).filter(pl.col("language") == "tha_Thai").row(0, named=True)
    variance = (0.1**2 + 0.1**2) / 3
    assert row["excess"] == pytest.approx(0.2)
    assert row["standard_error"] == pytest.approx(math.sqrt(variance / 4 + 2 * 0.0076**2))
    t = 0.2 / row["standard_error"]
    # the upper tail of t with three degrees of freedom has a closed form
    tail = 0.5 - (math.atan(t / math.sqrt(3)) + (t / math.sqrt(3)) / (1 + t * t / 3)) / math.pi
    assert row["p_value"] == pytest.approx(tail)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), shuffle=st.integers(0, 10_000))
def test_the_order_of_rows_changes_nothing(seed: int, shuffle: int):
    anchor, candidate = noisy(seed, {"urd_Arab": 0.1})
    turned = (s.sample(fraction=1, shuffle=True, seed=shuffle) for s in (anchor, candidate))
    assert compare(anchor, candidate, RULE).equals(compare(*turned, RULE))


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), common=st.floats(-0.5, 0.5))
def test_a_shift_of_all_languages_alike_flags_nothing_and_changes_no_excess(seed: int, common: float):
    plain = compare(*noisy(seed), RULE)
    shifted = compare(*noisy(seed, dict.fromkeys(LANGUAGES, common)), RULE)
    assert flagged(shifted) == flagged(plain)
    np.testing.assert_allclose(shifted["excess"], plain["excess"], atol=1e-9)
    np.testing.assert_allclose(shifted["median_shift"] - plain["median_shift"], common, atol=1e-9)


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10_000), fallen=st.sampled_from(LANGUAGES), common=st.floats(-0.3, 0.3))
def test_a_language_that_rose_by_a_fifth_is_flagged_whatever_all_share(seed: int, fallen: str, common: float):
    shift = {language: common + (0.2 if language == fallen else 0) for language in LANGUAGES}
    assert flagged(compare(*noisy(seed, shift), RULE)) == {fallen}


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_language_that_got_better_is_never_flagged(seed: int):
    assert "tur_Latn" not in flagged(compare(*noisy(seed, {"tur_Latn": -0.3}), RULE))


def test_a_sure_but_small_rise_is_no_regression():
    flat = dict.fromkeys(LANGUAGES, [2.0] * 200)
    risen = {**flat, "tha_Thai": [2.015] * 200}
    rows = compare(scores(flat), scores(risen), RegressionSettings(seed_sd=0.0001))
    row = rows.filter(pl.col("language") == "tha_Thai").row(0, named=True)
    assert row["p_value"] < 1e-6
    assert not row["is_regression"]
    assert "minimum effect" in row["verdict"]


def test_the_seed_noise_alone_can_hold_a_verdict_back():
    """+.03 on 200 items that all agree: sure for the items, not for retraining."""
    flat = dict.fromkeys(LANGUAGES, [2.0] * 200)
    risen = {**flat, "amh_Ethi": [2.03] * 200}
    assert flagged(compare(scores(flat), scores(risen), RegressionSettings(seed_sd=0.002))) == {"amh_Ethi"}
    assert flagged(compare(scores(flat), scores(risen), RegressionSettings(seed_sd=0.02))) == set()


def test_a_language_with_too_few_items_is_shown_and_never_flagged_nor_part_of_the_median():
    anchor, candidate = noisy(1)
    few = scores({"kaz_Cyrl": [2.0, 2.0, 2.0]}), scores({"kaz_Cyrl": [4.0, 4.0, 4.0]})
    with_few = compare(pl.concat([anchor, few[0]]), pl.concat([candidate, few[1]]), RULE)
    row = with_few.filter(pl.col("language") == "kaz_Cyrl").row(0, named=True)
    assert (row["item_count"], row["verdict"], row["is_regression"], row["p_value"]) == (
        3,
        "too few items",
        False,
        None,
    )
    assert row["difference"] == pytest.approx(2.0)
    assert with_few.filter(pl.col("language") != "kaz_Cyrl").equals(compare(anchor, candidate, RULE))


def test_only_items_that_both_have_are_compared():
    anchor = scores({language: [2.0] * 6 for language in LANGUAGES})
    candidate = scores({language: [2.0] * 5 for language in LANGUAGES if language != "mya_Mymr"})
    rows = compare(anchor, candidate, RULE)
    assert dict(rows.select("language", "item_count").iter_rows()) == {
        x: 0 if x == "mya_Mymr" else 5 for x in LANGUAGES
    }
    assert rows.filter(pl.col("language") == "mya_Mymr")["verdict"].item() == "no item in common"


def test_two_languages_are_no_yardstick_for_each_other():
    pair = ("amh_Ethi", "yor_Latn")
    rows = compare(*noisy(2, {"yor_Latn": 0.3}, pair), RULE)
    assert rows["median_shift"].to_list() == [0.0, 0.0]
    assert all("fewer than 3 languages" in verdict for verdict in rows["verdict"])
    assert flagged(rows) == {"yor_Latn"}


def test_two_empty_tables_give_an_empty_one():
    assert compare(scores({}), scores({}), RULE).schema == COMPARISON_SCHEMA


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), -float("inf"), None])
def test_a_score_that_is_no_number_is_named(wrong: float | None):
    anchor, candidate = noisy(3)
    harmed = candidate.with_columns(
        nats=pl.when(pl.int_range(pl.len()) == 9).then(pl.lit(wrong, pl.Float64)).otherwise("nats")
    )
    with pytest.raises(NonFiniteScore, match=r"candidate.*mya_Mymr"):
        compare(anchor, harmed, RULE)


def test_an_item_without_bytes_is_named():
    anchor, candidate = noisy(3)
    with pytest.raises(NonFiniteScore, match="anchor"):
        compare(anchor.with_columns(byte_count=pl.lit(0, pl.Int32)), candidate, RULE)


def test_an_item_that_stands_twice_is_named():
    anchor, candidate = noisy(4)
    with pytest.raises(DuplicateItem, match=r"2 scores of the anchor.*amh_Ethi"):
        compare(pl.concat([anchor, anchor.head(1)]), candidate, RULE)


def test_an_item_whose_bytes_changed_is_named():
    anchor, _ = noisy(5)
    with pytest.raises(ItemChanged, match="300 bytes under the anchor and 310"):
        compare(anchor, anchor.with_columns(byte_count=pl.lit(310, pl.Int32)), RULE)


@pytest.mark.parametrize("wrong", [{"seed_sd": 0.0}, {"false_discovery_rate": 1.0}, {"min_items": 1}])
def test_settings_that_cannot_decide_are_refused(wrong: dict[str, float]):
    with pytest.raises(BadRegressionSettings, match=next(iter(wrong))):
        RegressionSettings(**wrong)  # type: ignore[arg-type]


def test_two_hundred_languages_of_noise_raise_hardly_an_alarm():
    """Twenty releases, retraining noise as measured, 60 items with a standard deviation of .06: at most one alarm in
    all."""
    rng = np.random.default_rng(7)
    alarms = 0
    for _ in range(20):
        base = {f"l{i:03d}": np.full(60, 2.5) for i in range(200)}
        after = {name: b + rng.normal(0, 0.06, 60) + rng.normal(0, 0.0076 * math.sqrt(2)) for name, b in base.items()}
        alarms += len(flagged(compare(scores(base), scores(after), RULE)))
    assert alarms <= 1


def releases(*shifts: dict[str, float]) -> pl.DataFrame:
    """One checkpoint for each shift, a day apart, in any order of rows."""
    rng = np.random.default_rng(0)
    base = {language: rng.normal(2.5, 0.3, 8) for language in LANGUAGES}
    rows = [
        scores({x: b + rng.normal(0, 0.01, 8) + shift.get(x, 0) for x, b in base.items()}).with_columns(
            checkpoint_id=pl.lit(f"c{number}"), created_at=pl.lit(datetime(2026, 11, 10 + number, tzinfo=UTC))
        )
        for number, shift in enumerate(shifts, start=1)
    ]
    return pl.concat(rows).sample(fraction=1, shuffle=True, seed=4)


def verdicts(rows: pl.DataFrame) -> list[tuple[int, str, str, set[str]]]:
    return [
        (number, checkpoint_id, anchor_id, flagged(group))
        for (number, checkpoint_id, anchor_id), group in rows.group_by(
            "release_number", "checkpoint_id", "anchor_id", maintain_order=True
        )
    ]


def test_a_release_with_a_regression_is_no_anchor_until_the_fall_is_made_good():
    better = dict.fromkeys(LANGUAGES, -0.1)
    fallen = {**better, "yor_Latn": 0.1}
    rows = replay(releases({}, better, fallen, fallen, better), RULE)
    assert rows.schema == REPLAY_SCHEMA
    assert verdicts(rows) == [
        (2, "c2", "c1", set()),
        (3, "c3", "c2", {"yor_Latn"}),
        (4, "c4", "c2", {"yor_Latn"}),
        (5, "c5", "c2", set()),
    ]


def test_a_first_release_is_its_own_anchor():
    assert replay(releases({}), RULE).equals(REPLAY_SCHEMA.to_frame())
    assert replay(releases({}, {}).clear(), RULE).equals(REPLAY_SCHEMA.to_frame())
