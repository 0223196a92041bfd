"""Letters, marks and tokens in scripts that work differently."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lugha.sample.articles import articles_of
from lugha.scripts import COMPOSITE, UNSPACED, folded_tokens, letters_of, script_share, tokens

SIX = ("yor_Latn", "amh_Ethi", "urd_Arab", "mya_Mymr", "tha_Thai", "tur_Latn")
# Unassigned characters are left out: `regex` knows a later Unicode than Python does.
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cn"]))


def page(language: str, number: int = 0) -> str:
    article = articles_of(language)[number]
    return "\n\n".join([article.title, *article.paragraphs])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ọ̀rọ̀ àti ẹ̀kọ́.", ["Ọ̀rọ̀", "àti", "ẹ̀kọ́"]),
        (unicodedata.normalize("NFD", "Ọ̀rọ̀ yìí"), [unicodedata.normalize("NFD", x) for x in ("Ọ̀rọ̀", "yìí")]),
        ("ሰላም፣ ለዓለም። 12", ["ሰላም", "ለዓለም", "12"]),
        ("مُحَمَّد نے کہا۔", ["مُحَمَّد", "نے", "کہا"]),
        ("می\u200cخواهم", ["می\u200cخواهم"]),
        ("ကျောင်းသား", ["ကျော", "င်း", "သား"]),
        ("น้ำใจ ๒๕๖๙", ["น้", "ำ", "ใ", "จ", "๒๕๖๙"]),
        ("İstanbul'da ağaçlar", ["İstanbul", "da", "ağaçlar"]),
        ("ភាសាខ្មែរ", ["ភា", "សា", "ខ្", "មែ", "រ"]),
        ("Hawaiʻi", ["Hawaiʻi"]),
        ("ข้าวabc", ["ข้", "า", "ว", "abc"]),
        ("🌾 … —", []),
        ("", []),
    ],
)
def test_a_token_keeps_its_marks(text: str, expected: list[str]):
    assert tokens(text) == expected


@pytest.mark.parametrize("language", SIX)
def test_no_letter_or_mark_of_a_page_is_lost_between_tokens(language: str):
    for number in range(5):
        text = page(language, number)
        wanted = [c for c in text if unicodedata.category(c)[0] in "LM" or unicodedata.category(c) == "Nd"]
        assert [c for token in tokens(text) for c in token if c not in "\u200c\u200d"] == wanted


@given(ANY_TEXT)
def test_tokens_stand_in_the_text_in_their_order(text: str):
    place = 0
    for token in tokens(text):
        assert token
        assert unicodedata.category(token[0]) in ("Lu", "Ll", "Lt", "Lm", "Lo", "Nd")
        place = text.index(token, place) + len(token)


@pytest.mark.parametrize("language", SIX)
def test_a_page_is_in_the_script_of_its_language(language: str):
    assert script_share(page(language), language[-4:]) > 0.97
    others = {code[-4:] for code in SIX} - {language[-4:]}
    assert all(script_share(page(language), script) < 0.03 for script in others)


def test_marks_and_digits_do_not_count_as_letters():
    assert script_share("က္ကု 2026 ab", "Mymr") == pytest.approx(2 / 4)


def test_a_text_without_letters_has_no_script():
    assert script_share("", "Latn") == script_share("123 🌾 \u0300", "Latn") == 0.0
    assert script_share("123", "Zyyy") == 0.0


def test_an_undetermined_script_accepts_every_letter():
    assert script_share("abc กขค ሰላም", "Zyyy") == 1.0
    assert letters_of("Zyyy").findall("aก1ሰ") == ["a", "ก", "ሰ"]


def test_a_script_that_nobody_knows_accepts_every_letter():
    assert letters_of("Qaaa").findall("aก1ሰ") == ["a", "ก", "ሰ"]


def test_letters_that_all_scripts_share_speak_for_none():
    """The ʻokina of Hawaiian and the long-vowel mark of Katakana are letters of the script "Common"."""
    assert script_share("Hawaiʻi", "Latn") == 1.0
    assert script_share("コーヒー", "Jpan") == 1.0


@pytest.mark.parametrize("script", [*COMPOSITE, *UNSPACED])
def test_every_script_that_is_named_here_has_a_pattern_of_its_own(script: str):
    assert not letters_of(script).search("ሀ")


@given(ANY_TEXT, st.sampled_from(["Latn", "Arab", "Jpan", "Zyyy", "Qaaa", ""]))
def test_a_script_share_lies_between_0_and_1(text: str, script: str):
    assert 0.0 <= script_share(text, script) <= 1.0


def test_folded_tokens_compare_case_joiners_and_numbers_away():
    assert folded_tokens("2026 YILI") == folded_tokens("1999 yılı")
    assert folded_tokens("می\u200cخواهم") == folded_tokens("میخواهم")
    assert folded_tokens("๒๕๖๙") == ["0"]


def test_a_turkish_headline_in_capitals_is_folded_like_the_text():
    assert folded_tokens("İSTANBUL IŞIKLARI") == folded_tokens("istanbul ışıkları")


def test_folded_tokens_keep_the_tones_that_tell_words_apart():
    """Yoruba: owó is money, ọwọ́ a hand, ọ̀wọ̀ respect."""
    words = ("owó", "ọwọ́", "ọ̀wọ̀")
    assert len({tuple(folded_tokens(word)) for word in words}) == 3
