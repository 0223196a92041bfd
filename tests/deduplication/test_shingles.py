"""Shingles and the similarity of texts, in the plain form that the kernel has to match."""

import pytest
from datasketch import MinHashLSH
from datasketch.lsh import _optimal_param
from hypothesis import given
from hypothesis import strategies as st

from lugha.deduplication.shingles import (
    BANDS,
    MAX_DIFFERING_BITS,
    PERMUTATIONS,
    ROWS,
    SHINGLE,
    THRESHOLD,
    jaccard,
    minhash,
    shingle_hash,
    shingles,
    to_datasketch,
    token_hash,
)
from lugha.sample.articles import articles_of
from lugha.scripts import folded_tokens

SIX = ("yor_Latn", "amh_Ethi", "urd_Arab", "mya_Mymr", "tha_Thai", "tur_Latn")


def page(language: str, number: int = 0) -> str:
    article = articles_of(language)[number]
    return "\n\n".join([article.title, *article.paragraphs])


def test_a_shingle_is_five_folded_tokens_in_a_row():
    assert shingles("Ọ̀rọ̀ àti ẸKỌ́, 12 ni ó.") == {"ọ̀rọ̀ àti ẹkọ́ 0 ni".encode(), "àti ẹkọ́ 0 ni ó".encode()}


def test_a_text_shorter_than_a_shingle_has_one_of_all_its_tokens():
    assert shingles("ሰላም ለዓለም") == {"ሰላም ለዓለም".encode()}
    assert shingles("… 🌾 —") == shingles("") == set()


@pytest.mark.parametrize("language", SIX)
def test_case_punctuation_and_space_make_no_difference(language: str):
    text = page(language)
    assert jaccard(text, "  ".join(text.upper().split(" ")) + " …!") == 1.0
    assert jaccard(text, page(language, 1)) < 0.05


@pytest.mark.parametrize("language", SIX)
def test_a_word_less_takes_five_shingles_at_most(language: str):
    tokens = folded_tokens(page(language))[:100]
    without = [*tokens[:50], *tokens[51:]]
    assert 0 < len(shingles(" ".join(tokens)) - shingles(" ".join(without))) <= SHINGLE


def test_a_text_without_tokens_is_like_nothing():
    assert jaccard("", "") == jaccard("…", "…") == jaccard("", "a b c d e") == 0.0


def test_datasketch_chooses_these_bands_for_the_threshold():
    index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS, weights=(0.4, 0.6))
    assert (index.b, index.r) == (BANDS, ROWS) == _optimal_param(THRESHOLD, PERMUTATIONS, 0.4, 0.6)


@pytest.mark.parametrize(("similarity", "share"), [(0.6, 0.62), (0.7, 0.92), (0.8, 0.998)])
def test_copies_meet_as_often_as_the_constants_say(similarity: float, share: float):
    assert 1 - (1 - similarity**ROWS) ** BANDS == pytest.approx(share, abs=0.005)


def test_sketches_may_differ_by_as_many_bits_as_the_threshold_allows():
    assert pytest.approx(THRESHOLD) == 1 - 2 * MAX_DIFFERING_BITS / PERMUTATIONS


@given(st.text(max_size=20), st.text(max_size=20))
def test_different_tokens_have_different_hashes(a: str, b: str):
    assert (token_hash(a) == token_hash(b)) == (a == b)


def test_the_order_of_tokens_counts():
    assert shingle_hash(b"a b c d e") != shingle_hash(b"b a c d e")
    assert 0 <= shingle_hash("ก ข ค ง จ".encode()) < 1 << 32


def test_stored_hashes_never_change():
    """They lie in lakes: a change of these numbers makes every stored signature worthless."""
    assert token_hash("ẹkọ́") == 0x432E592DA3B7183D
    assert shingle_hash("ọ̀rọ̀ àti ẹkọ́ 0 ni".encode()) == 0xF4644ECC


@pytest.mark.parametrize("language", SIX)
def test_a_signature_that_was_stored_is_that_of_datasketch(language: str):
    made = minhash(page(language))
    loaded = to_datasketch(made.hashvalues.astype("<u4").tobytes())
    assert loaded == made
    assert loaded.jaccard(minhash(page(language, 1))) < 0.1


def test_a_loaded_signature_can_be_updated():
    text, more = page("yor_Latn"), page("yor_Latn", 1)
    loaded = to_datasketch(minhash(text).hashvalues.tobytes())
    loaded.update_batch(shingles(more))
    both = minhash(text)
    both.merge(minhash(more))
    assert loaded == both
