"""A near copy is removed only where its shingles are those of the document that stands for it."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lugha.deduplication.shingles import jaccard, shingle_hash, shingles
from lugha.deduplication.signatures import shingle_sets
from lugha.deduplication.verification import CHANGED, jaccard_of, verify
from lugha.sample.articles import articles_of

LANGUAGES = ("yor_Latn", "amh_Ethi", "urd_Arab", "mya_Mymr", "tha_Thai", "tur_Latn")
MEMORY = 100_000_000


def text_of(language: str, number: int) -> str:
    return "\n".join(articles_of(language)[number].paragraphs)


def decided(*rows: tuple[bytes, bytes, str, str]) -> pl.LazyFrame:
    """Rows of one cluster, oldest first: doc_id, representative_id, method, text (its hash is the text)."""
    return pl.LazyFrame(
        [
            {
                "doc_id": doc_id,
                "cluster_id": rows[0][0],
                "representative_id": standing,
                "is_kept": doc_id == standing,
                "method": method,
                "similarity": 0.7,
                "rehydration_weight": 3 if doc_id == standing else 0,
                "content_hash": text.encode(),
                "first_seen": number,
                "byte_count": len(text.encode()),
            }
            for number, (doc_id, standing, method, text) in enumerate(rows)
        ],
        schema_overrides={"similarity": pl.Float32, "rehydration_weight": pl.Int32},
    )


def texts(rows: pl.LazyFrame):
    held = rows.select("doc_id", text=pl.col("content_hash").cast(pl.String)).collect()
    return lambda doc_ids: [held.filter(pl.col("doc_id").is_in(doc_ids.implode()))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_shingle_sets_hold_every_shingle_once(language: str):
    long = "\n".join(text_of(language, n) for n in range(12))
    for text in (long + long, text_of(language, 0), long[:9], "", "…"):
        (found,) = shingle_sets(pl.Series([text], dtype=pl.String))
        assert len(found) == len({shingle_hash(s) for s in shingles(text)})
        assert (np.diff(found.astype(np.int64)) > 0).all()


@given(st.lists(st.sampled_from(["ọjà", "ìlú", "ilé", "ọmọ", "àwọn", "2026"]), max_size=40), st.data())
def test_similarity_of_sets_is_that_of_the_texts(words: list[str], data: st.DataObject):
    other = data.draw(st.permutations(words)) if words else ["ilé"]
    a, b = " ".join(words), " ".join(other[: len(words) // 2] + words[len(words) // 2 :])
    of_a, of_b = shingle_sets(pl.Series([a, b]))
    assert jaccard_of(of_a, of_b) == pytest.approx(jaccard(a, b))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_copy_stays_removed_and_what_only_looked_like_one_is_kept(language: str):
    first, other = text_of(language, 0), text_of(language, 1)
    copy = first.replace("\n", " ", 1) + " 1"
    rows = decided((b"a", b"a", "representative", first), (b"b", b"a", "near", copy), (b"c", b"a", "near", other))
    found = verify(rows, texts(rows), 0.8, MEMORY).collect().sort("doc_id")
    assert found["is_kept"].to_list() == [True, False, True]
    assert found["representative_id"].to_list() == [b"a", b"a", b"c"]
    assert found["method"].to_list() == ["representative", "near", "representative"]
    assert found["similarity"][1] == pytest.approx(jaccard(first, copy))
    assert found["cluster_id"].n_unique() == 1
    assert found["rehydration_weight"].to_list() == [2, 0, 1], "each weighs as those it stands for"


def test_what_is_like_a_copy_that_is_kept_stands_behind_it():
    first, other = text_of("amh_Ethi", 0), text_of("amh_Ethi", 1)
    rows = decided(
        (b"a", b"a", "representative", first),
        (b"b", b"a", "near", other),
        (b"c", b"a", "near", other + " ፩"),
        (b"d", b"a", "same_text", other),
    )
    found = verify(rows, texts(rows), 0.8, MEMORY).collect().sort("doc_id")
    assert found["representative_id"].to_list() == [b"a", b"b", b"b", b"b"]
    assert found["is_kept"].to_list() == [True, True, False, False]


def test_what_was_kept_before_stands_for_what_is_like_it():
    """Kept by an earlier run, so it is no copy in this one; its own copy must not be kept beside it."""
    first, other = text_of("mya_Mymr", 0), text_of("mya_Mymr", 1)
    rows = decided(
        (b"a", b"a", "representative", first),
        (b"b", b"b", "representative", other),
        (b"c", b"a", "same_text", other),
        (b"d", b"a", "near", other + " ၁"),
    )
    found = verify(rows, texts(rows), 0.8, MEMORY).collect().sort("doc_id")
    assert found["is_kept"].to_list() == [True, True, False, False]
    assert found["representative_id"].to_list() == [b"a", b"b", b"b", b"b"]
    assert found["rehydration_weight"].to_list() == [1, 3, 0, 0]


def test_equal_texts_and_equal_addresses_need_no_proof():
    first, other = text_of("urd_Arab", 0), text_of("urd_Arab", 1)
    rows = decided(
        (b"a", b"a", "representative", first), (b"b", b"a", "same_text", first), (b"c", b"a", "same_url", other)
    )

    def refused(doc_ids: pl.Series) -> list[pl.DataFrame]:
        raise AssertionError(f"the texts of {doc_ids.to_list()} should not be read")

    found = verify(rows, refused, 0.9, MEMORY).collect().sort("doc_id")
    assert found.select(list(CHANGED)).equals(
        rows.select("doc_id", *CHANGED).collect().sort("doc_id").select(list(CHANGED))
    )


def test_clusters_are_read_in_parts_that_fit_into_memory():
    pages = [text_of("tur_Latn", n) for n in range(6)]
    clusters = [
        decided((bytes([n]), bytes([n]), "representative", page), (bytes([n, 1]), bytes([n]), "near", page + " ve"))
        for n, page in enumerate(pages)
    ]
    rows, asked = pl.concat(clusters), []

    def told(doc_ids: pl.Series):
        asked.append(len(doc_ids))
        return texts(rows)(doc_ids)

    small = verify(rows, told, 0.8, 4 * 500).collect().sort("doc_id")
    assert len(asked) > 1
    assert small.equals(verify(rows, texts(rows), 0.8, MEMORY).collect().sort("doc_id"))
