"""sql/repeated_paragraphs.sql: paragraphs that stand in several documents."""

import datetime as dt

import polars as pl

from lugha.deduplication.paragraphs import HASHES
from lugha.warehouse import query


def paragraphs(*rows: tuple[bytes, str, int | None, int, int]) -> pl.DataFrame:
    """(letter of the document, host, day it was seen or None, number of the line, hash) of each paragraph."""
    made = [
        (doc * 16, host, dt.datetime(2026, 1, day, tzinfo=dt.UTC) if day else None, number, hash_, 9, 100 + number)
        for doc, host, day, number, hash_ in rows
    ]
    return pl.DataFrame(made, schema=HASHES, orient="row")


def repeated(*rows: tuple[bytes, str, int | None, int, int]) -> list[dict[str, object]]:
    return query("repeated_paragraphs", {"paragraph_hashes": paragraphs(*rows)}).to_dicts()


def test_a_paragraph_of_two_documents_is_told_with_the_document_that_was_first():
    (row,) = repeated((b"a", "a.example", 2, 5, 7), (b"b", "b.example", 1, 3, 7), (b"c", "b.example", 3, 0, 7))
    assert (row["document_count"], row["host_count"]) == (3, 2)
    assert (row["first_doc_id"], row["first_number"], row["byte_count"]) == (b"b" * 16, 3, 103)


def test_a_paragraph_that_stands_twice_in_one_document_is_not_repeated():
    assert repeated((b"a", "a.example", 1, 0, 7), (b"a", "a.example", 1, 4, 7)) == []


def test_a_document_counts_once_and_with_its_first_line():
    (row,) = repeated((b"a", "a.example", 1, 4, 7), (b"a", "a.example", 1, 2, 7), (b"b", "a.example", 2, 0, 7))
    assert (row["document_count"], row["host_count"], row["first_number"]) == (2, 1, 2)


def test_a_document_without_a_time_is_the_youngest_and_ties_go_to_the_least_id():
    (row,) = repeated((b"a", "a.example", None, 0, 7), (b"b", "a.example", 9, 0, 7))
    assert row["first_doc_id"] == b"b" * 16
    (row,) = repeated((b"b", "a.example", 9, 0, 7), (b"a", "a.example", 9, 0, 7))
    assert row["first_doc_id"] == b"a" * 16


def test_the_most_frequent_comes_first():
    rows = repeated(
        *(
            (doc, "a.example", 1, n, n)
            for n, docs in ((7, b"ab"), (-8, b"abc"))
            for doc in (docs[i : i + 1] for i in range(len(docs)))
        )
    )
    assert [(row["paragraph_hash"], row["document_count"]) for row in rows] == [(-8, 3), (7, 2)]
