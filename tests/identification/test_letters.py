"""Plain text is words and nothing else, in every script."""

import unicodedata

import numpy as np
import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from lugha.identification.letters import COMMON_LETTER, FIRST_SCRIPT, MARK, kinds, lower, plain, script_masks, scripts
from lugha.sample.articles import articles_of
from lugha.scripts import letters_of

SIX = ("yor_Latn", "amh_Ethi", "urd_Arab", "mya_Mymr", "tha_Thai", "tur_Latn")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("İSTANBUL'da 12 kişi", "istanbul da kişi"),
        ("Ọ̀RỌ̀ — ẹ̀kọ́!", "ọ̀rọ̀ ẹ̀kọ́"),
        ("ሰላም፣ ዓለም።", "ሰላም ዓለም"),
        ("می‌روم https://x.org", "می‌روم https x org"),
        ("မြန်မာ၊ ၁၂", "မြန်မာ"),
        ("แม่น้ำ 5 สาย", "แม่น้ำ สาย"),
        ("", ""),
        ("12 🌾\n", ""),
    ],
)
def test_plain_text_keeps_letters_marks_and_joiners_in_lower_case(text: str, words: str):
    assert plain(text) == words


@given(st.text())
def test_plain_text_is_plain(text: str):
    found = plain(text)
    assert plain(found) == found
    assert regex.fullmatch(r"(?:[\p{L}\p{M}\u200c\u200d]+ )*[\p{L}\p{M}\u200c\u200d]*", found)


@pytest.mark.parametrize("language", SIX)
def test_letters_are_of_the_script_that_the_patterns_say(language: str):
    script = language[4:]
    (place,) = (n for n, code in enumerate(scripts()) if code == script)
    for character in set("".join(articles_of(language)[0].paragraphs)):
        is_of_script = kinds()[ord(character)] == FIRST_SCRIPT + place
        assert is_of_script == bool(letters_of(script).fullmatch(character)), character


def test_every_letter_that_python_knows_is_a_letter():
    """And what belongs to no script is no letter of one."""
    known = [p for p in range(0x30000) if unicodedata.category(chr(p))[0] == "L"]
    assert (kinds()[known] >= COMMON_LETTER).all()
    assert kinds()[ord("ー")] == kinds()[0x02BB] == COMMON_LETTER
    assert kinds()[ord("\u0301")] == kinds()[0x200D] == MARK
    assert len(scripts()) < 250


def test_lower_case_is_one_character():
    assert chr(lower()[ord("İ")]) == "i"
    assert [chr(lower()[ord(x)]) for x in "ẸΣДİ한"] == ["ẹ", "σ", "д", "i", "한"]


def test_a_script_that_is_a_mixture_takes_all_of_its_parts():
    masks = script_masks(("jpn_Jpan", "zho_Hans", "yor_Latn", "und_Zyyy"))
    names = np.array([*scripts(), *[""] * (masks.shape[1] - len(scripts()))])
    assert set(names[masks[0]]) == {"Hani", "Hira", "Kana"}
    assert set(names[masks[1]]) == {"Hani", "Bopo"}
    assert set(names[masks[2]]) == {"Latn"}
    assert masks[3].all()
