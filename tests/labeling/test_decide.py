"""One document, one reason, and the bound that it crossed."""

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lugha.labeling.decide import clean, decide
from lugha.labeling.label import label
from lugha.labeling.lid import UNDETERMINED
from lugha.lake.digest import short_hash
from lugha.lake.schemas import TABLES
from lugha.sample.articles import articles_of
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


def documents(rows_of: Rows, *texts: str) -> pl.DataFrame:
    rows = [
        {
            "doc_id": bytes([n]) * 16,
            "text": text,
            "content_hash": short_hash(text.encode()),
            "byte_count": len(text.encode()),
        }
        for n, text in enumerate(texts)
    ]
    return rows_of("standardized_documents", *rows)


def test_cleaning_takes_the_foreign_lines_and_nothing_else(rows_of: Rows):
    texts = ("bir\nkwanza\niki\npili", "üç\n\ndört", "Ọ̀rọ̀\nअंत")
    frame = labelled(rows_of, {"foreign_lines": [1, 3]}, {"foreign_lines": []}, {"foreign_lines": [0]})
    shards = clean(documents(rows_of, *texts), frame, decide(frame, bounds(rows_of), "tur_Latn")).sort("doc_id")
    assert shards["text"].to_list() == ["bir\niki", "üç\n\ndört", "अंत"]
    assert shards["content_hash"].to_list() == [short_hash(text.encode()) for text in shards["text"]]
    assert shards["byte_count"].to_list() == [len(text.encode()) for text in shards["text"]]
    assert list(shards.columns) == list(TABLES["cleaned_shards"].columns)


def test_cleaning_leaves_the_dropped_documents_out(rows_of: Rows):
    frame = labelled(rows_of, {}, {"lid_label": "yor_Latn"}, {"failure": "no_text"}, {})
    pages = documents(rows_of, "bir", "méjì", "", "dört")
    shards = clean(pages, frame, decide(frame, bounds(rows_of), "tur_Latn"))
    assert sorted(shards["text"]) == ["bir", "dört"]


def test_a_bilingual_page_is_cleaned_to_its_own_half(rows_of: Rows, lid: Any):
    own, foreign = articles_of("yor_Latn")[3].paragraphs, articles_of("swh_Latn")[3].paragraphs
    pages = documents(rows_of, "\n".join(line for pair in zip(own, foreign, strict=False) for line in pair))
    frame = label(pages, "yor_Latn", lid.model)
    shards = clean(pages, frame, decide(frame, bounds(rows_of), "yor_Latn"))
    assert shards["text"].to_list() == ["\n".join(own[: len(foreign)])]
