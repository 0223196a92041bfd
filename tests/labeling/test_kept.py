"""Kept documents: no second copy of their text, and never a text that was not decided on."""

import polars as pl
import pytest

from lugha.labeling import kept
from lugha.labeling.kept import StaleDecision, cleaned, kept_batches, kept_documents, own_lines
from lugha.lake import Lake
from lugha.lake.schemas import TABLES

CELL = {"snapshot": "web-1", "language": "tha_Thai"}
TEXT = "แม่ไปตลาดตอนเช้า\nMother goes to the market\nลูกเดินตามหลัง"


@pytest.fixture
def decided(lake: Lake, rows_of):
    """A lake with two documents, the second of which was dropped."""
    a, b = b"a" * 16, b"b" * 16

    def put(table: str, *rows: dict[str, object]) -> pl.DataFrame:
        frame = rows_of(table, *rows)
        lake.overwrite(table, frame, CELL, run_id="test")
        return frame

    documents = put(
        "standardized_documents",
        {"doc_id": a, "host": "a.example", "text": TEXT, "content_hash": b"1" * 16},
        {"doc_id": b, "host": "b.example", "text": "x", "content_hash": b"2" * 16},
    )
    scored = {"own_hash": b"3" * 16, "own_byte_count": 90}
    labelled = put(
        "labelled_documents",
        {"doc_id": a, "content_hash": b"1" * 16, "foreign_lines": [1]} | scored,
        {"doc_id": b, "content_hash": b"2" * 16, "foreign_lines": []} | scored,
    )
    decisions = put("decisions", {"doc_id": a, "is_kept": True}, {"doc_id": b, "is_kept": False})
    put("cleaned_shards", *cleaned(labelled, decisions, documents).to_dicts())
    return lake


def test_a_kept_document_is_read_without_its_foreign_lines(decided: Lake):
    rows = kept_documents(decided, language="tha_Thai")
    assert rows["text"].to_list() == ["แม่ไปตลาดตอนเช้า\nลูกเดินตามหลัง"]
    assert rows["content_hash"].to_list() == [b"3" * 16]
    assert "text" not in TABLES["cleaned_shards"].columns


def test_only_the_documents_that_are_wanted_are_read(decided: Lake):
    nobody = pl.LazyFrame({"doc_id": [b"z" * 16]})
    assert kept_documents(decided, only=nobody).is_empty()
    wanted = pl.LazyFrame({"doc_id": [b"a" * 16], "language": ["tha_Thai"], "repeat_count": [2]})
    assert kept_documents(decided, only=wanted).height == 1


def test_a_text_that_changed_since_the_decision_is_refused(decided: Lake, rows_of):
    changed = rows_of("standardized_documents", {"doc_id": b"a" * 16, "text": "ใหม่", "content_hash": b"9" * 16})
    decided.overwrite("standardized_documents", changed, CELL, run_id="test")
    with pytest.raises(StaleDecision, match=r"tha_Thai\|web-1"):
        kept_documents(decided)


@pytest.mark.parametrize(
    ("foreign", "left"), [([], "a\nb\nc"), ([0], "b\nc"), ([1], "a\nc"), ([0, 1, 2], ""), (None, "a\nb\nc")]
)
def test_own_lines_leave_out_the_foreign_ones(foreign: list[int] | None, left: str):
    assert own_lines("a\nb\nc", foreign) == left


def test_batches_hold_the_same_documents_as_one_frame(lake: Lake, rows_of, monkeypatch: pytest.MonkeyPatch):
    ids = [bytes([n]) * 16 for n in range(5)]
    texts = [{"doc_id": i, "text": f"เรื่องที่ {i[0]}", "content_hash": i, "url": "http://a.example/"} for i in ids]
    lake.overwrite("standardized_documents", rows_of("standardized_documents", *texts), CELL, run_id="test")
    decided = [{"doc_id": i, "document_hash": i, "content_hash": i} for i in ids]
    lake.overwrite("cleaned_shards", rows_of("cleaned_shards", *decided), CELL, run_id="test")
    monkeypatch.setattr(kept, "BATCH_ROWS", 2)
    batches = list(kept_batches(lake))
    assert len(batches) > 1
    whole = kept_documents(lake)
    assert pl.concat(batches).sort("doc_id").equals(whole.select(batches[0].columns).sort("doc_id"))
    assert whole.height == 5


def test_batches_of_a_text_that_changed_end_in_the_same_refusal(decided: Lake, rows_of):
    decided.overwrite("standardized_documents", rows_of("standardized_documents"), CELL, run_id="test")
    with pytest.raises(StaleDecision, match="has changed"):
        list(kept_batches(decided))
