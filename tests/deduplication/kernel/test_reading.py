"""The kernel cuts and folds tokens as `folded_tokens` does, whatever the text."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lugha.deduplication.kernel.reading import LANES, WINDOW, read_tokens
from lugha.deduplication.kernel.tables import code_points
from lugha.deduplication.shingles import token_hash
from lugha.sample.articles import articles_of
from lugha.scripts import folded_tokens

SIX = ("yor_Latn", "amh_Ethi", "urd_Arab", "mya_Mymr", "tha_Thai", "tur_Latn")
# Few characters, so that what is next to each other matters, beside any that there is.
PARTS = st.sampled_from(
    [*"aZß0٣๒ \n.ǰŉıİIιͅꭰ-", "ﬃ", "ก", "ำ", "်", "က", "\u0301", "\u200c", "\u200d", "👨\u200d👩", "\u0378", "漢", "ー"]
)
TEXTS = st.one_of(
    st.lists(PARTS, max_size=60).map("".join), st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
)


def read(text: str, window: int = 1 << 12) -> list[int]:
    """Hashes of the tokens, read by windows of so many."""
    data, found, i = np.frombuffer(text.encode(), np.uint8), [], np.uint64(0)
    end = np.uint64(len(data))
    while i < end:
        hashes = np.zeros(window, np.uint64)
        i, count = read_tokens(data, np.uint64(i), end, *code_points(), hashes, 0)
        found += hashes[:count].tolist()
    return found


def hashes_of(text: str) -> list[int]:
    return [token_hash(token) for token in folded_tokens(text)]


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_tokens_of_any_text_are_the_folded_tokens(text: str):
    assert read(text) == hashes_of(text)


@pytest.mark.parametrize("language", SIX)
def test_tokens_of_pages_are_the_folded_tokens(language: str):
    for article in articles_of(language)[:5]:
        text = "\n\n".join([article.title, *article.paragraphs])
        assert read(text) == hashes_of(text)
        assert read(text.upper()) == hashes_of(text.upper())


@pytest.mark.parametrize("begin", [*range(0, 0x34000, 0x4000), 0xE0000])
def test_every_code_point_is_read_as_folded_tokens_reads_it(begin: int):
    """Alone, within a word, after a letter of an unspaced script, and within a number."""
    characters = [chr(point) for point in range(begin, begin + 0x4000) if not 0xD800 <= point < 0xE000]
    text = "".join(f"{c} a{c}b ก{c} 1{c}2 " for c in characters)
    assert read(text, 1 << 18) == hashes_of(text)


@given(TEXTS, st.integers(1, 4))
def test_a_full_window_loses_nothing(text: str, window: int):
    assert read(text, window) == hashes_of(text)


def test_shingles_of_a_window_can_be_filled_up_to_whole_lanes():
    assert WINDOW % LANES == 0
