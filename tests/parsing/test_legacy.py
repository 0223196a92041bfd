"""The encoding of a page from before UTF-8 is told by what its bytes would mean."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lugha.parsing.codepages import characters, is_single_byte
from lugha.parsing.legacy import PRIOR, likeliest
from lugha.sample.articles import articles_of

NATURAL = [
    *(("tur_Latn", charset) for charset in ("cp1254", "iso8859-3", "mac-turkish", "cp857")),
    *(("kaz_Cyrl", charset) for charset in ("ptcp154", "kz1048")),
    ("tha_Thai", "cp874"),
    ("urd_Arab", "cp1256"),
]


@pytest.mark.parametrize("hinted", ["own", "und_Zyyy"])
@pytest.mark.parametrize(("language", "charset"), NATURAL)
def test_whole_articles_are_read_without_any_declaration(language: str, charset: str, hinted: str):
    for article in articles_of(language)[:6]:
        body = "\n".join(article.paragraphs).encode(charset, errors="ignore")
        found = likeliest(body, language if hinted == "own" else hinted, [])
        assert body.decode(found, errors="replace") == body.decode(charset)


@pytest.mark.parametrize("charset", PRIOR)
def test_every_encoding_that_is_tried_has_one_byte_a_character(charset: str):
    assert is_single_byte(charset)
    assert len(characters(charset)) == 256


@pytest.mark.parametrize("charset", ["gb18030", "big5", "shift_jis", "euc_kr", "euc_jp"])
def test_encodings_of_east_asia_have_more(charset: str):
    assert not is_single_byte(charset)


def test_page_in_letters_of_attributes_only_is_read_by_them():
    body = '<img alt="Ağaçların gölgesinde çalışan kadınlar için şarkı"><p>1999</p>'.encode("cp1254")
    assert likeliest(body, "tur_Latn", []) == "cp1254"


def test_numbers_with_ordinal_signs_are_not_taken_for_another_script():
    body = " ".join(f"{n}º artigo" for n in range(1, 30)).encode("cp1252")
    assert likeliest(body, "und_Zyyy", ["cp1252"]) == "cp1252"


@given(st.binary(), st.sampled_from(["tur_Latn", "und_Zyyy", "tha_Thai", "xx"]))
def test_any_bytes_have_a_likeliest_encoding(body: bytes, language: str):
    assert body.decode(likeliest(body, language, ["big5"]), errors="replace") is not None


@pytest.mark.parametrize(
    "unit", [b"\xe9", b"\xe9 ", b"a\xe9<", b"\x81\x30\x81\x30", bytes(range(128, 256)), b"<script>\xe9"]
)
def test_ten_megabytes_are_told_in_bounded_time(unit: bytes):
    body = unit * (10_000_000 // len(unit))
    start = time.process_time()
    likeliest(body, "tur_Latn", ["cp1254"])
    assert time.process_time() - start < 10
