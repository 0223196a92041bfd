"""What the tables say of single code points."""

import numpy as np
import pytest
from datasketch import MinHash

from lugha.deduplication import shingles
from lugha.deduplication.kernel import reading, tables
from lugha.deduplication.kernel.tables import EXPANDING, LETTER, MARK, OTHER, code_points, permutations


def kind(character: str) -> int:
    return int(code_points()[0][ord(character)] & reading.KIND)


@pytest.mark.parametrize(
    ("character", "expected"),
    [
        ("ọ", "ọ"),
        ("Ọ", "ọ"),
        ("İ", "i"),
        ("I", "i"),
        ("ı", "i"),
        ("ς", "σ"),
        ("ሀ", "ሀ"),
        ("ʻ", "ʻ"),
        ("Ꭰ", "Ꭰ"),
        ("ꭰ", "Ꭰ"),
    ],
)
def test_a_letter_stands_as_what_it_is_folded_to(character: str, expected: str):
    assert code_points()[0][ord(character)] == LETTER | ord(expected)


def test_a_mark_may_be_folded_to_a_letter():
    """The iota below a Greek letter."""
    assert code_points()[0][0x345] == LETTER | ord("ι")


@pytest.mark.parametrize("character", ["\u0378", "\U0001f33e", " ", "\u00ad", "²", "Ⅷ"])
def test_what_is_no_letter_mark_or_digit_ends_a_token(character: str):
    assert kind(character) == OTHER


def test_whatever_becomes_several_characters_begins_with_a_letter_and_goes_on_with_letters_and_marks():
    """The kernel relies on it: such a character goes on with a token, and may begin one."""
    codes, expansions = code_points()
    several = [
        chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000 and len(chr(point).casefold()) > 1
    ]
    assert {c for c in several if kind(c) != EXPANDING} == {"İ"}
    assert len(expansions) == len(several)
    for character in several:
        folded = character.casefold()
        assert {kind(c) for c in folded} <= {LETTER, MARK}
        assert kind(folded[0]) == LETTER
        if character != "İ":
            row = expansions[codes[ord(character)] & reading.FOLDED]
            assert "".join(map(chr, row[row > 0])) == folded


def test_permutations_are_those_of_datasketch():
    made = MinHash(num_perm=shingles.PERMUTATIONS, seed=shingles.SEED)
    assert made.scheme == "affine32"
    assert np.array_equal(permutations(), made.permutations)


def test_constants_that_the_kernel_has_again_are_the_same():
    for name in ("LETTER", "UNSPACED_LETTER", "MARK", "JOINER", "DIGIT", "EXPANDING", "OTHER"):
        assert getattr(reading, name) == getattr(tables, name)
    assert reading.SHINGLE == shingles.SHINGLE
