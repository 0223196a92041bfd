"""Hashes of bytes tell texts apart."""

import numpy as np
import polars as pl
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from lugha.deduplication.signatures import text_hashes
from lugha.sample.articles import articles_of


def test_a_stored_hash_never_changes():
    hashes = text_hashes(pl.Series(["", "ọ̀rọ̀ àti ẹ̀kọ́"])).tolist()
    assert hashes == [[0x686332B672D3FD25, 0x4AFEDAC1C0AFFA7E], [0x8135B101F3651863, 0x57ED9E2724A683E3]]


@given(st.lists(st.text(max_size=40), min_size=2, max_size=10))
def test_equal_texts_and_only_they_have_equal_hashes(texts: list[str]):
    hashes = text_hashes(pl.Series(texts))
    for half in hashes.T:
        assert len(set(half.tolist())) == len(set(texts))


def test_every_bit_of_a_text_counts_in_both_halves():
    text = articles_of("yor_Latn")[0].paragraphs[0].encode()[:200]
    flipped = [text, *(text[:i] + bytes([text[i] ^ 1 << bit]) + text[i + 1 :] for i in range(200) for bit in range(7))]
    hashes = text_hashes(pa.array(flipped, pa.binary()).view(pa.string()))
    assert [len(np.unique(half)) for half in hashes.T] == [len(flipped)] * 2
    changed = np.unpackbits((hashes[1:] ^ hashes[0]).view(np.uint8), axis=1).mean(axis=0)
    assert changed.min() > 0.4
    assert changed.max() < 0.6


def test_zeros_at_the_end_count():
    assert len(np.unique(text_hashes(pl.Series(["\0" * n for n in range(40)]))[:, 0])) == 40


def test_a_hash_does_not_depend_on_where_a_text_lies():
    texts = pa.array(["a" * n + "ก" for n in range(60)])
    whole = text_hashes(texts)
    assert all(np.array_equal(text_hashes(pl.Series([text.as_py()]))[0], whole[n]) for n, text in enumerate(texts))


def test_a_null_has_zeros():
    assert text_hashes(pl.Series([None, "a"], dtype=pl.String)).any(axis=1).tolist() == [False, True]
