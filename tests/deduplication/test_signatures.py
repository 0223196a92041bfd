"""Signatures are those of datasketch, bit for bit, and what is made of them finds the same copies."""

import subprocess
import sys
from itertools import combinations

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from datasketch import MinHashLSH
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from lugha.deduplication import signatures
from lugha.deduplication.kernel.reading import WINDOW
from lugha.deduplication.shingles import BANDS, PERMUTATIONS, ROWS, jaccard, minhash, to_datasketch
from lugha.deduplication.signatures import (
    BAND_SCHEMA,
    PARAGRAPH_SCHEMA,
    Signed,
    band_rows,
    paragraph_hashes,
    sign,
    signatures_of,
    similarities,
)
from lugha.sample.articles import articles_of
from lugha.scripts import folded_tokens

SIX = ("yor_Latn", "amh_Ethi", "urd_Arab", "mya_Mymr", "tha_Thai", "tur_Latn")
PARTS = st.sampled_from([*"aZß0٣๒ \n.ǰŉıİIιͅ", "ﬃ", "ก", "ำ", "က", "\u0301", "\u200d", "👨\u200d👩", "\u0378", "漢"])
TEXTS = st.one_of(
    st.lists(PARTS, max_size=60).map("".join), st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
)


def pages(language: str, count: int = 5) -> list[str]:
    return ["\n\n".join([article.title, *article.paragraphs]) for article in articles_of(language)[:count]]


def copies() -> list[str]:
    """Pages, the same with their last tenth cut off, and the same with every 8th word out."""
    whole = [page for language in SIX for page in pages(language, 3)]
    cut = [page[: len(page) * 9 // 10] for page in whole]
    return [*whole, *cut, *(" ".join(w for n, w in enumerate(page.split()) if n % 8) for page in whole)]


def by_datasketch(texts: list[str]) -> list[list[int]]:
    return [minhash(text).hashvalues.tolist() for text in texts]


@pytest.mark.parametrize("language", SIX)
def test_signatures_of_pages_are_those_of_datasketch(language: str):
    texts = pages(language)
    assert sign(pl.Series(texts)).signatures.tolist() == by_datasketch(texts)


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_signatures_of_any_text_are_those_of_datasketch(text: str):
    signed = sign(pl.Series([text]))
    assert signed.token_counts.tolist() == [len(folded_tokens(text))]
    assert signed.signatures.tolist() == by_datasketch([text])


@pytest.mark.parametrize("near", [0, 5, 36, WINDOW, 2 * WINDOW - 4, 3 * WINDOW - 8])
def test_texts_of_any_number_of_tokens_are_signed_whole(near: int):
    """Windows overlap by four tokens; every length around the end of the first three is tried."""
    texts = [
        " ".join(f"w{chr(97 + n % 26)}{n // 26:x}x" for n in range(size)) for size in range(max(near - 6, 0), near + 7)
    ]
    signed = sign(pl.Series(texts))
    assert signed.token_counts.tolist() == [len(folded_tokens(text)) for text in texts]
    assert signed.signatures.tolist() == by_datasketch(texts)


def test_a_text_without_tokens_has_no_signature_and_no_keys():
    signed = sign(pl.Series(["…", None, "", "ọ̀rọ̀"]))
    assert signed.token_counts.tolist() == [0, 0, 0, 1]
    assert signed.as_binary().is_null().to_list() == [True, True, True, False]
    assert band_rows(np.arange(4), signed)["doc"].unique().to_list() == [3]


def test_a_column_without_rows_is_signed():
    signed = sign(pl.Series([], dtype=pl.String))
    assert signed.signatures.shape == (0, PERMUTATIONS)
    assert (
        len(signed.as_binary()) == len(band_rows(np.arange(0), signed)) == len(signatures_of(signed.as_binary())) == 0
    )


def test_stored_signatures_are_read_back():
    signed = sign(pl.Series([*pages("amh_Ethi", 3), None, *pages("tha_Thai", 3)]))
    stored = signed.as_binary()
    assert stored.dtype == pl.Binary
    assert stored.bin.size().to_list() == [4 * PERMUTATIONS] * 3 + [None] + [4 * PERMUTATIONS] * 3
    assert np.array_equal(signatures_of(stored), signed.signatures)
    assert signatures_of(pl.concat([stored[:2], stored[2:]], rechunk=False)).flags.c_contiguous


def test_datasketch_answers_on_stored_signatures():
    texts = copies()
    stored = sign(pl.Series(texts)).as_binary().to_list()
    index = MinHashLSH(num_perm=PERMUTATIONS, params=(BANDS, ROWS))
    for number, signature in enumerate(stored):
        index.insert(number, to_datasketch(signature))
    third = len(texts) // 3
    for number in range(third):
        assert {number, number + third} <= set(index.query(minhash(texts[number])))
        assert not {n % third for n in index.query(to_datasketch(stored[number]))} - {number}


def test_documents_share_keys_where_datasketch_lets_them_meet():
    texts = copies()
    signed = sign(pl.Series(texts))
    rows = band_rows(np.arange(len(texts)) * 7 - 50, signed)
    met = rows.join(rows, on="key").filter(pl.col("doc") < pl.col("doc_right"))
    index = MinHashLSH(num_perm=PERMUTATIONS, params=(BANDS, ROWS))
    for number, text in enumerate(texts):
        index.insert(number * 7 - 50, minhash(text))
    expected = {(a, b) for a in index.keys for b in index.query(minhash(texts[(a + 50) // 7])) if a < b}
    assert set(met.select("doc", "doc_right").iter_rows()) == expected != set()


def test_rows_of_the_index_are_sorted_by_key_and_carry_the_sketch():
    signed = sign(pl.Series(copies()))
    rows = band_rows(np.arange(len(signed.token_counts)), signed)
    assert dict(rows.schema) == BAND_SCHEMA
    assert rows["key"].is_sorted()
    assert rows["doc"].value_counts()["count"].unique().to_list() == [BANDS]
    for doc, low, high in rows.select("doc", "sketch_low", "sketch_high").unique().iter_rows():
        bits = sum(int(minimum & 1) << k for k, minimum in enumerate(signed.signatures[doc]))
        assert (low % (1 << 64)) | (high % (1 << 64)) << 64 == bits


def test_equal_minima_in_different_bands_make_different_keys():
    """Otherwise documents would meet that agree in nothing."""
    same = Signed(np.full((1, PERMUTATIONS), 5, np.uint32), np.array([9]))
    assert band_rows(np.array([1]), same)["key"].n_unique() == BANDS


def test_similarities_are_those_of_datasketch_and_near_the_truth():
    texts = copies()
    signed, third = sign(pl.Series(texts)).signatures, len(texts) // 3
    found = similarities(signed[:third], signed[third : 2 * third])
    assert found.dtype == np.float32
    assert found.tolist() == pytest.approx([minhash(texts[n]).jaccard(minhash(texts[n + third])) for n in range(third)])
    truth = [jaccard(texts[n], texts[n + third]) for n in range(third)]
    assert np.abs(found - truth).max() < 0.15


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.none(), TEXTS), max_size=5))
def test_paragraphs_are_the_lines_that_have_a_token(texts: list[str | None]):
    lines = [
        (row, number, line)
        for row, text in enumerate(texts)
        for number, line in enumerate((text or "").split("\n"))
        if folded_tokens(line)
    ]
    found = paragraph_hashes(pl.Series(texts, dtype=pl.String))
    assert dict(found.schema) == PARAGRAPH_SCHEMA
    assert found.drop("hash").rows() == [(row, n, len(folded_tokens(x)), len(x.encode())) for row, n, x in lines]
    for (first, (*_, a)), (second, (*_, b)) in combinations(zip(found["hash"], lines, strict=True), 2):
        assert (first == second) == (folded_tokens(a) == folded_tokens(b))


@pytest.mark.parametrize("language", SIX)
def test_paragraphs_are_equal_whatever_their_case_punctuation_and_place(language: str):
    title, *paragraphs = pages(language, 1)[0].split("\n\n")
    other = "\n".join(["ọ̀rọ̀", *(f"  {p.upper()} !" for p in reversed(paragraphs))])
    hashes = paragraph_hashes(pa.array([title + "\n" + "\n".join(paragraphs), other]))
    first, second = (hashes.filter(row=row)["hash"].to_list() for row in range(2))
    assert first[1:] == second[:0:-1]
    assert len({*first, *second}) == len(first) + 1


def test_more_paragraphs_than_fit_at_a_time_are_all_found(monkeypatch: pytest.MonkeyPatch):
    texts = pl.Series([*copies(), None, "a\n" * 50, "\n" * 50, "b"])
    whole = paragraph_hashes(texts)
    for size in (1, 7, len(whole)):
        monkeypatch.setattr(signatures, "_PARAGRAPHS", size)
        assert_frame_equal(paragraph_hashes(texts), whole)


@pytest.mark.parametrize("tail", [b"\xc3", b"\xe1\x80", b"\xe1", b"\xf0\xa0\x80", b"\xe1a\xc3\xa9", b"\xff", b"\x80"])
def test_broken_bytes_at_the_end_of_a_buffer_are_not_read_past(tail: bytes):
    """pyarrow hands out what a Parquet file holds, valid or not; here letters follow where the buffer ends."""
    data = "ọ̀rọ̀ àti ẹ̀kọ́ ".encode() + tail
    for behind in (b"\x80\x80\x80", b"\xa9\xa9\xa9", b"aaa"):
        buffer = pa.py_buffer(data + behind).slice(0, len(data))
        texts = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(np.array([0, len(data)], np.int32)), buffer])
        lone = pa.Array.from_buffers(
            pa.string(), 1, [None, texts.buffers()[1], pa.py_buffer(data + bytes(3)).slice(0, len(data))]
        )
        assert np.array_equal(sign(texts).signatures, sign(lone).signatures)
        assert paragraph_hashes(texts).equals(paragraph_hashes(lone))


def test_a_huge_text_is_signed_in_little_memory():
    """One line of 60 MB with a token every two bytes: what is held beside it stays below 40 MB."""
    code = """
import resource
import pyarrow as pa
from lugha.deduplication.signatures import paragraph_hashes, sign
sign(pa.array(["a"])), paragraph_hashes(pa.array(["a b"]))
data = b"a " * 30_000_000
bounds = pa.array([0, len(data)], pa.int32()).buffers()[1]
text = pa.Array.from_buffers(pa.string(), 1, [None, bounds, pa.py_buffer(data)])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert sign(text).token_counts.tolist() == [30_000_000]
assert paragraph_hashes(text)["token_count"].to_list() == [30_000_000]
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    grown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert int(grown) < 40_000, grown


def test_signing_loads_neither_datasketch_nor_scipys_linear_algebra():
    """Each takes longer to load than 50 MB take to sign."""
    code = """
import sys
import polars as pl
from lugha.deduplication.signatures import band_rows, sign, text_hashes
texts = pl.Series(["a b", None])
sign(texts).as_binary(), text_hashes(texts)
print({"datasketch", "scipy.linalg", "pyarrow.compute"} & {*sys.modules})
"""
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
