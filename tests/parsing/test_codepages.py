"""What speaks against an encoding: signs in words, controls, capitals and scripts where no orthography has them."""

import numpy as np
import pytest

from lugha.parsing.codepages import Triples, code_pages, small_letters


def against(word: bytes, *charsets: str) -> list[float]:
    padded = np.frombuffer(b" " + word + b" ", np.uint8)
    places = [n for n in range(1, len(padded) - 1) if padded[n] >= 0x80]
    triples = Triples(*(padded[[n + shift for n in places]] for shift in (-1, 0, 1)), np.ones(len(places)))
    return [float(x) for x in code_pages(charsets).against(triples)]


@pytest.mark.parametrize(
    ("word", "right", "wrong"),
    [
        ("ağaç", "cp1254", "koi8-r"),  # two scripts in a word
        ("школа", "koi8-r", "cp1252"),  # Latin letters that crowd
        ("Школа", "koi8-r", "cp1251"),  # capitals after small letters
        ("niño", "cp1252", "mac-roman"),  # a sign between letters
        ("“”", "cp1252", "iso8859-15"),  # controls
        ("หมู่บ้าน", "cp874", "cp1252"),
    ],
)
def test_the_right_encoding_has_least_against_it(word: str, right: str, wrong: str):
    found_right, found_wrong = against(word.encode(right), right, wrong)
    assert found_right == 0
    assert found_wrong > 0


@pytest.mark.parametrize("text", ["l’ami", "«oui»", "“oro”", "12º", "– b"])
def test_punctuation_where_it_belongs_is_not_held_against_an_encoding(text: str):
    assert against(text.encode("cp1252"), "cp1252") == [0]


def test_marks_follow_letters():
    assert against("ê\u0301".encode("cp1258"), "cp1258") == [0]
    assert against("\u0301".encode("cp1258"), "cp1258")[0] > 0


def test_letters_are_small_and_signs_are_none():
    letters = small_letters("cp1254")
    assert [letters[byte] for byte in "ŞşIĞ".encode("cp1254")] == ["ş", "ş", "i", "ğ"]
    assert letters[0xA9] == letters[0xBA] == ""
