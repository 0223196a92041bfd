"""sql/language_overlap.sql: documents that two languages hold."""

import polars as pl
import pytest

from lugha.warehouse import query

INDEX = {"key": pl.Int64, "doc": pl.Int64, "language": pl.String, "sketch_low": pl.Int64, "sketch_high": pl.Int64}
SIGNATURES = {
    "doc_id": pl.Binary, "doc": pl.Int64, "language": pl.String, "content_hash": pl.Binary, "url_hash": pl.Binary,
}  # fmt: skip


def overlap(
    documents: list[tuple[int, str, str, str | None]],
    keys: list[tuple[int, int, int]] = (),
    most_languages: int = 16,
) -> dict[tuple[str, str, str], tuple[int, float, int, int]]:
    """Counts, shares and examples by (language, other language, kind) of documents (number, language, text, address)
    and keys (key, number, sketch).
    """
    language = {doc: code for doc, code, _, _ in documents}
    signatures = [
        (bytes([doc]) * 16, doc, code, text.encode(), url.encode() if url else None)
        for doc, code, text, url in documents
    ]
    tables = {
        "signatures": pl.DataFrame(signatures, schema=SIGNATURES, orient="row"),
        "band_index": pl.DataFrame(
            [(key, doc, language[doc], sketch, 0) for key, doc, sketch in keys], schema=INDEX, orient="row"
        ),
    }
    rows = query("language_overlap", tables, most_languages=most_languages, most_bits=3)
    return {(row[0], row[1], row[2]): (*row[3:5], row[5][0], row[6][0]) for row in rows.sort(pl.all()).iter_rows()}


def test_the_same_text_is_told_from_both_sides():
    found = overlap([(1, "amh_Ethi", "x", None), (2, "tir_Ethi", "x", None), (3, "tir_Ethi", "y", None)])
    assert found == {
        ("amh_Ethi", "tir_Ethi", "same_text"): (1, 1.0, 1, 2),
        ("tir_Ethi", "amh_Ethi", "same_text"): (1, 0.5, 2, 1),
    }


def test_a_document_counts_by_the_surest_kind_alone():
    both = [(1, "amh_Ethi", "x", "u"), (2, "tir_Ethi", "x", "u")]
    assert {kind for _, _, kind in overlap(both, [(5, 1, 0), (5, 2, 0)])} == {"same_text"}
    other_text = [(1, "amh_Ethi", "x", "u"), (2, "tir_Ethi", "y", "u")]
    assert {kind for _, _, kind in overlap(other_text, [(5, 1, 0), (5, 2, 0)])} == {"same_url"}


@pytest.mark.parametrize(("sketch", "is_near"), [(0b111, True), (0b1111, False), (-1, False)])
def test_near_copies_share_a_key_and_nearly_all_bits(sketch: int, is_near: bool):
    pair = [(1, "amh_Ethi", "x", None), (2, "tir_Ethi", "y", None)]
    found = overlap(pair, [(5, 1, 0), (5, 2, sketch), (6, 1, 0), (6, 2, sketch)])
    assert list(found) == ([("amh_Ethi", "tir_Ethi", "near"), ("tir_Ethi", "amh_Ethi", "near")] if is_near else [])
    assert all(count == 1 for count, *_ in found.values())


def test_copies_that_are_not_among_the_keys_count_too():
    documents = [(1, "amh_Ethi", "x", None), (2, "tir_Ethi", "y", None), (3, "tir_Ethi", "y", None)]
    found = overlap(documents, [(5, 1, 0), (5, 2, 0)])
    assert found["tir_Ethi", "amh_Ethi", "near"][0] == 2


def test_one_language_alone_overlaps_with_nobody():
    assert overlap([(1, "amh_Ethi", "x", "u"), (2, "amh_Ethi", "x", "u")], [(5, 1, 0), (5, 2, 0)]) == {}


def test_documents_without_an_address_do_not_have_the_same_one():
    assert overlap([(1, "amh_Ethi", "x", None), (2, "tir_Ethi", "y", None)]) == {}


def test_a_text_of_all_languages_gives_few_links():
    documents = [(n, f"l{n:02}_Latn", "cookies", None) for n in range(30)]
    found = overlap(documents, most_languages=4)
    assert len(found) == 26 * 4 + 4 * 3
