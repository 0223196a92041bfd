"""The kernel computes what datasketch does, for every script and every text there is."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lugha.deduplication.shingles import minhash
from lugha.deduplication.signatures import sign
from lugha.sample.articles import articles_of
from lugha.scripts import folded_tokens

SIX = ("yor_Latn", "amh_Ethi", "urd_Arab", "mya_Mymr", "tha_Thai", "tur_Latn")
PARTS = st.sampled_from(
    [*"aZß0٣๒ \n.ǰŉıİIιͅ", "ﬃ", "ก", "ำ", "်", "က", "\u0301", "\u200c", "\u200d", "👨\u200d👩", "\u0378", "漢", "ー"]
)
TEXTS = st.one_of(
    st.lists(PARTS, max_size=60).map("".join), st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
)


@pytest.mark.parametrize("language", SIX)
def test_signatures_of_pages_are_those_of_datasketch(language: str):
    texts = ["\n\n".join([article.title, *article.paragraphs]) for article in articles_of(language)[:5]]
    assert np.array_equal(sign(pl.Series(texts)).signatures, [minhash(text).hashvalues for text in texts])


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_signatures_of_any_text_are_those_of_datasketch(text: str):
    signed = sign(pl.Series([text]))
    assert signed.token_counts.tolist() == [len(folded_tokens(text))]
    assert np.array_equal(signed.signatures[0], minhash(text).hashvalues)
