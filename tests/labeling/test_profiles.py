"""A bound moves only where a language's own text asks for it, and says so."""

from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lugha.labeling.profiles import LEAST_DOCUMENTS, SHRINKAGE, profile
from lugha.lake.schemas import TABLES
from lugha.signals import signals

Rows = Callable[..., pl.DataFrame]
BOUND = signals()["digit_share"].BOUND.at_most or 0.0
LETTERS = signals()["letter_share"].BOUND.at_least or 0.0


def documents(rows_of: Rows, count: int, language: str = "mya_Mymr", **scores: float | None) -> pl.DataFrame:
    """Labelled documents of one language that are all alike."""
    row = {"lid_label": language, **dict.fromkeys(signals(), 0.6), **scores}
    return rows_of("labelled_documents", *({"doc_id": n.to_bytes(16), **row} for n in range(count)))


def bound(rows: pl.DataFrame, signal: str) -> dict[str, object]:
    return rows.filter(pl.col("signal") == signal).row(0, named=True)


@pytest.mark.parametrize("count", [0, 1, LEAST_DOCUMENTS - 1])
def test_with_few_documents_every_default_is_kept(rows_of: Rows, count: int):
    few = documents(rows_of, count, digit_share=0.9, letter_share=0.1)
    rows = profile(few, "mya_Mymr", few)
    assert rows["signal"].to_list() == list(signals())
    for name, signal in signals().items():
        row = bound(rows, name)
        assert (row["at_least"], row["at_most"]) == (signal.BOUND.at_least, signal.BOUND.at_most)
        assert row["calibrated_by"] == f"default: {signal.BOUND.calibrated_by}"
        assert row["document_count"] == count


def test_a_bound_that_cuts_into_normal_text_is_loosened_part_of_the_way(rows_of: Rows):
    """50 documents weigh as much as all of the script."""
    own = documents(rows_of, SHRINKAGE, digit_share=0.4, letter_share=0.3)
    pool = pl.concat([own, documents(rows_of, 5_000, "shn_Mymr", digit_share=0.2, letter_share=0.5)])
    rows = profile(own, "mya_Mymr", pool)
    assert bound(rows, "digit_share")["at_most"] == pytest.approx((0.4 + 0.2) / 2)
    assert bound(rows, "letter_share")["at_least"] == pytest.approx((0.3 + 0.5) / 2)


def test_a_loosened_bound_says_where_it_comes_from(rows_of: Rows):
    own = documents(rows_of, SHRINKAGE, digit_share=0.4)
    origin = bound(profile(own, "mya_Mymr", own), "digit_share")["calibrated_by"]
    assert origin == (
        f"loosened from {BOUND} to the 2% tail of {SHRINKAGE} documents of mya_Mymr, "
        f"weight 0.50 against {SHRINKAGE} of its script"
    )


def test_a_bound_is_never_tightened(rows_of: Rows):
    own = documents(rows_of, 500, digit_share=0.0, letter_share=1.0)
    rows = profile(own, "mya_Mymr", own)
    for name, side, default in (("digit_share", "at_most", BOUND), ("letter_share", "at_least", LETTERS)):
        assert bound(rows, name)[side] == default
        assert str(bound(rows, name)["calibrated_by"]).startswith("default: ")


def test_lengths_keep_their_default(rows_of: Rows):
    captions = documents(rows_of, 500, byte_count=40.0, word_count=3.0)
    rows = profile(captions, "mya_Mymr", captions)
    assert bound(rows, "byte_count")["at_least"] == signals()["byte_count"].BOUND.at_least
    assert bound(rows, "word_count")["at_least"] == signals()["word_count"].BOUND.at_least
    assert bound(rows, "word_count")["median"] == 3.0


def test_documents_without_text_or_of_another_language_do_not_count(rows_of: Rows):
    failed = documents(rows_of, 100, digit_share=0.9).with_columns(pl.lit("no_text").alias("failure"))
    foreign = documents(rows_of, 100, "shn_Mymr", digit_share=0.9)
    own = documents(rows_of, 5, digit_share=0.1)
    rows = profile(pl.concat([own, failed, foreign]), "mya_Mymr", own)
    assert bound(rows, "digit_share")["document_count"] == 5
    assert bound(rows, "digit_share")["at_most"] == BOUND


def test_a_signal_that_was_never_computed_keeps_its_default(rows_of: Rows):
    """As for documents that were labelled before the signal's file was added."""
    own = documents(rows_of, 500, letter_share=None)
    row = bound(profile(own, "mya_Mymr", own), "letter_share")
    assert (row["at_least"], row["median"]) == (LETTERS, None)
    assert str(row["calibrated_by"]).startswith("default: ")


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.floats(0, 1, width=32), min_size=LEAST_DOCUMENTS, max_size=60),
    st.lists(st.floats(0, 1, width=32), max_size=60),
)
def test_a_loosened_bound_lies_between_the_default_and_the_farthest_document(
    rows_of: Rows, own_scores: list[float], other_scores: list[float]
):
    def scored(scores: list[float], language: str) -> pl.DataFrame:
        column = pl.Series(scores, dtype=pl.Float32)
        frame = documents(rows_of, len(scores), language)
        return frame.with_columns(column.alias("digit_share"), column.alias("letter_share"))

    own = scored(own_scores, "mya_Mymr")
    pool = pl.concat([own, scored(other_scores, "shn_Mymr")])
    rows = profile(own, "mya_Mymr", pool)
    everything = [*own_scores, *other_scores]
    assert BOUND <= bound(rows, "digit_share")["at_most"] <= max(BOUND, *everything) + 1e-6
    assert min(LETTERS, *everything) - 1e-6 <= bound(rows, "letter_share")["at_least"] <= LETTERS
    assert list(rows.columns) == list(TABLES["language_profiles"].columns)
