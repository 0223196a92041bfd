"""One document, one reason, and the bound that it crossed."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lugha.identification.training import UNDETERMINED
from lugha.labeling import decide as decide_module
from lugha.labeling.decide import columns_to_decide, decide, unscored
from lugha.labeling.label import label
from lugha.lake.schemas import TABLES
from lugha.signals import signals

Rows = Callable[..., pl.DataFrame]
GOOD: dict[str, object] = {
    "lid_label": "tur_Latn",
    "lid_score": 0.9,
    "foreign_lines": [],
    **dict.fromkeys(signals(), 0.5),
}


def labelled(rows_of: Rows, *rows: dict[str, object]) -> pl.DataFrame:
    return rows_of("labelled_documents", *({"doc_id": bytes([n]) * 16, **GOOD, **row} for n, row in enumerate(rows)))


def bounds(rows_of: Rows, **by_signal: tuple[float | None, float | None]) -> pl.DataFrame:
    rows = [
        {"signal": name, "at_least": low, "at_most": high, "calibrated_by": f"what {name} is like"}
        for name, (low, high) in by_signal.items()
    ]
    return rows_of("language_profiles", *rows)


def decided(rows_of: Rows, row: dict[str, object], **by_signal: tuple[float | None, float | None]) -> dict[str, Any]:
    return decide(labelled(rows_of, row), bounds(rows_of, **by_signal), "tur_Latn").row(0, named=True)


def test_a_document_within_every_bound_goes_on(rows_of: Rows):
    row = decided(rows_of, {}, digit_share=(None, 0.6), letter_share=(0.4, None))
    assert (row["is_kept"], row["drop_reason"], row["score"], row["bound"], row["calibrated_by"]) == (True, *[None] * 4)


def test_a_dropped_document_says_which_bound_it_crossed(rows_of: Rows):
    row = decided(rows_of, {"digit_share": 0.75}, digit_share=(None, 0.5))
    assert row["drop_reason"] == "digit_share_above"
    assert (row["score"], row["bound"], row["calibrated_by"]) == (0.75, 0.5, "what digit_share is like")
    row = decided(rows_of, {"letter_share": 0.25}, letter_share=(0.5, None))
    assert (row["drop_reason"], row["score"], row["bound"]) == ("letter_share_below", 0.25, 0.5)


def test_the_reason_is_the_first_in_a_fixed_order(rows_of: Rows):
    """No text, no language, another language, then the signals by name, below before above."""
    crossed: dict[str, object] = {"digit_share": 0.9, "word_count": 0.1}
    limits = {"word_count": (0.2, None), "digit_share": (None, 0.2)}
    order = [
        ({"failure": "no_main_text", "lid_label": None, **crossed}, "no_main_text"),
        ({"failure": "no_text", "lid_label": "yor_Latn", **crossed}, "no_text"),
        ({"lid_label": UNDETERMINED, **crossed}, "undetermined_language"),
        ({"lid_label": None, **crossed}, "undetermined_language"),
        ({"lid_label": "yor_Latn", **crossed}, "other_language"),
        (crossed, "digit_share_above"),
        ({**crossed, "digit_share": 0.1}, "word_count_below"),
    ]
    for row, reason in order:
        assert decided(rows_of, row, **limits)["drop_reason"] == reason


def test_a_document_of_another_language_says_how_sure_that_is(rows_of: Rows):
    row = decided(rows_of, {"lid_label": "yor_Latn", "lid_score": 0.75})
    assert (row["is_kept"], row["score"], row["bound"]) == (False, 0.75, None)
    assert "filed anew" in row["calibrated_by"]


@pytest.mark.parametrize("score", [None, float("nan")])
def test_a_score_that_was_not_computed_drops_nothing(rows_of: Rows, score: float | None):
    assert decided(rows_of, {"digit_share": score}, digit_share=(0.4, 0.6))["is_kept"]


@pytest.mark.parametrize("bound", [0.1, 0.15, 0.25, 0.3, 0.5, 0.55, 0.7, 1 / 3, 0.0, 1.0, 150.0, 100_000.0])
def test_a_bound_that_is_hit_exactly_is_passed(rows_of: Rows, bound: float):
    """Scores are stored in 32 bits, where .3 is a little more than .3 in 64."""
    assert decided(rows_of, {"digit_share": bound}, digit_share=(bound, bound))["is_kept"]


def test_infinite_scores_cross(rows_of: Rows):
    assert (
        decided(rows_of, {"digit_share": float("inf")}, digit_share=(None, 1.0))["drop_reason"] == "digit_share_above"
    )


def test_without_bounds_only_text_and_language_decide(rows_of: Rows):
    rows = decide(labelled(rows_of, {}, {"failure": "no_text"}, {"lid_label": "yor_Latn"}), bounds(rows_of), "tur_Latn")
    assert rows["drop_reason"].to_list() == [None, "no_text", "other_language"]


def test_the_order_of_the_bounds_does_not_matter(rows_of: Rows):
    frame = labelled(rows_of, {"digit_share": 0.9, "word_count": 0.9, "letter_share": 0.9})
    limits = bounds(rows_of, word_count=(None, 0.2), letter_share=(None, 0.2), digit_share=(None, 0.2))
    assert decide(frame, limits, "tur_Latn").equals(decide(frame, limits.reverse(), "tur_Latn"))


ROW = st.fixed_dictionaries(
    {
        "failure": st.sampled_from([None, None, None, "no_text"]),
        "lid_label": st.sampled_from(["tur_Latn", "tur_Latn", "yor_Latn", UNDETERMINED, None]),
        "digit_share": st.one_of(st.none(), st.floats(width=32)),
        "word_count": st.one_of(st.none(), st.floats(0, 100, width=32)),
    }
)


@settings(max_examples=40, deadline=None)
@given(st.lists(ROW, max_size=8))
def test_every_document_is_kept_or_has_a_reason(rows_of: Rows, rows: list[dict[str, object]]):
    decisions = decide(
        labelled(rows_of, *rows), bounds(rows_of, digit_share=(0.1, 0.9), word_count=(15, 80)), "tur_Latn"
    )
    assert decisions["doc_id"].to_list() == [bytes([n]) * 16 for n in range(len(rows))]
    assert (decisions["is_kept"] == decisions["drop_reason"].is_null()).all()
    crossed = decisions.filter(pl.col("drop_reason").str.contains("_below|_above"))
    assert crossed.select("score", "bound", "calibrated_by").null_count().sum_horizontal().sum() == 0
    assert list(decisions.columns) == list(TABLES["decisions"].columns)


def test_every_decision_says_which_tier_it_was(rows_of: Rows, monkeypatch: pytest.MonkeyPatch):
    known = {name: SimpleNamespace(BOUND=x.BOUND) for name, x in signals().items()}
    known["digit_share"].MODEL = "ngram"
    monkeypatch.setattr(decide_module, "signals", lambda: known)
    rows = labelled(
        rows_of,
        {"failure": "no_text"},
        {"lid_label": UNDETERMINED},
        {"lid_label": "yor_Latn"},
        {"word_count": 1.0},
        {"digit_share": 0.9},
        {},
    )
    limits = bounds(rows_of, word_count=(None, 0.8), digit_share=(None, 0.8))
    assert decide(rows, limits, "tur_Latn")["tier"].to_list() == [
        *("rule", "language", "language", "rule", "small_model"),
        None,
    ]


def test_a_blocked_host_is_a_reason_and_says_why(rows_of: Rows):
    rows = labelled(rows_of, {}, {}, {"failure": "no_text"}, {"lid_label": "yor_Latn"}, {})
    hosts = rows.select("doc_id").with_columns(host=pl.Series(["a", "farm", "farm", "farm", None], dtype=pl.String))
    found = decide(rows, bounds(rows_of), "tur_Latn", blocked={"farm": "asked us not to"}, hosts=hosts.reverse())
    assert found["drop_reason"].to_list() == [None, "blocked_host", "no_text", "blocked_host", None]
    assert found["calibrated_by"].to_list()[1] == "asked us not to"
    assert found["tier"].to_list()[:2] == [None, "blocklist"]
    assert found.select("score", "bound").null_count().row(0) == (5, 5)


def test_labels_from_before_a_signal_pass_its_bound_and_that_is_told(rows_of: Rows, caplog: pytest.LogCaptureFixture):
    old = labelled(rows_of, {}, {}).drop("digit_share").with_columns(word_count=pl.lit(None, dtype=pl.Float32))
    limits = bounds(rows_of, digit_share=(0.9, None), word_count=(50, None), letter_share=(0.1, None))
    assert unscored(old, limits) == ["digit_share", "word_count"]
    assert decide(old, limits, "tur_Latn")["is_kept"].all()
    assert "no document has a score for digit_share, word_count" in caplog.text


def test_a_bound_without_numbers_needs_no_column(rows_of: Rows):
    limits = bounds(rows_of, digit_share=(None, None), word_count=(None, 5))
    assert "digit_share" not in columns_to_decide(limits)
    assert {"doc_id", "failure", "lid_label", "lid_score", "word_count"} <= set(columns_to_decide(limits))
    rows = labelled(rows_of, {}, {"word_count": 9.0})
    few = rows.select(columns_to_decide(limits))
    assert decide(few, limits, "tur_Latn").equals(decide(rows, limits, "tur_Latn"))


def test_the_kept_and_the_dropped_have_a_quality_bucket(rows_of: Rows):
    """Twentieths by the quantiles of the profile, best first at 19."""
    limits = bounds(rows_of, word_count=(None, 0.8), perplexity=(None, None)).with_columns(
        quantiles=pl.when(pl.col("signal") == "perplexity").then(pl.lit([float(n) for n in range(21)]))
    )
    rows = labelled(rows_of, {"word_count": 0.9}, {}).with_columns(perplexity=pl.Series([0.5, 19.5], dtype=pl.Float32))
    found = decide(rows, limits, "tur_Latn")
    assert found["quality_bucket"].to_list() == [19, 0]
    assert found["perplexity_part"].to_list() == ["head", "tail"]
    assert found["is_kept"].to_list() == [False, True]


@pytest.mark.parametrize("text", ["123 456 789", "😀😀😀 👍🏽", "٣٤٥ ۶۷۸", "\ufffd\ufffd", ""])
@pytest.mark.parametrize("language", ["yor_Latn", "amh_Ethi", "urd_Arab", "mya_Mymr", "tha_Thai", "tur_Latn"])
def test_a_text_without_letters_has_a_decision_and_a_reason(
    rows_of: Rows, documents: Callable[..., pl.DataFrame], text: str, language: str
):
    row = decide(label(documents(text), language, None), bounds(rows_of), language).row(0, named=True)
    assert (row["is_kept"], row["drop_reason"], row["tier"]) == (False, "undetermined_language", "language")
