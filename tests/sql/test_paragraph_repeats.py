"""sql/paragraph_repeats.sql: how much of a document stands in older ones."""

import polars as pl
import pytest

from lugha.warehouse import query


@pytest.fixture
def repeats(rows_of):
    def repeats(*paragraphs: tuple[bytes, int, int]) -> dict[bytes, tuple[int, int, int]]:
        """(letter of the document, hash, bytes) of each paragraph; hash 7 stood first in document a."""
        hashes = pl.DataFrame(
            [(doc * 16, hash_, size) for doc, hash_, size in paragraphs],
            schema={"doc_id": pl.Binary, "hash": pl.Int64, "byte_count": pl.Int32},
            orient="row",
        )
        repeated = rows_of("repeated_paragraphs", {"paragraph_hash": 7, "first_doc_id": b"a" * 16})
        rows = query("paragraph_repeats", {"paragraph_hashes": hashes, "repeated_paragraphs": repeated})
        return {row[0][:1]: row[1:] for row in rows.iter_rows()}

    return repeats


def test_what_an_older_document_holds_is_counted_with_its_bytes(repeats):
    assert repeats((b"a", 7, 50), (b"b", 7, 60), (b"b", 8, 70))[b"b"] == (2, 1, 60)


def test_the_first_document_repeats_nothing(repeats):
    assert repeats((b"a", 7, 50), (b"b", 7, 60))[b"a"] == (1, 0, 0)


def test_a_paragraph_that_a_document_repeats_twice_counts_twice(repeats):
    assert repeats((b"b", 7, 60), (b"b", 7, 61))[b"b"] == (2, 2, 121)


def test_a_document_with_nothing_but_its_own_is_there_with_zero(repeats):
    assert repeats((b"c", 9, 60)) == {b"c": (1, 0, 0)}
