"""What a code point does to the tokens of a folded text, as one number for each, so that the kernel need not fold
first: its class in the upper byte and, below it, the code point that it becomes.

Folding is Python's, classes are those of the package `regex`, both as in `lugha.scripts.folded_tokens`.
"""

from functools import cache
from typing import Any

import numpy as np
import regex

from lugha.deduplication.shingles import PERMUTATIONS, SEED
from lugha.scripts import UNSPACED

Array = np.ndarray[Any, Any]
# What three or four bytes can spell, valid or not, so that broken UTF-8 stays inside the table.
CODES = 1 << 21
# Classes, in the upper byte. A letter has none, because most characters are letters: it is its folded code point.
LETTER, UNSPACED_LETTER, MARK, JOINER, DIGIT, EXPANDING, OTHER = (np.uint32(kind << 24) for kind in range(7))
_PLANES = ((0, 0x40000), (0xE0000, 0xE1000))  # all others are unassigned or private use
_CLASSES = {LETTER: r"\p{L}", MARK: r"\p{M}", DIGIT: r"\p{Nd}"}
_FOLDED_BY_HAND = {"İ": "i", "ı": "i"}  # as folded_tokens does


@cache
def code_points() -> tuple[Array, Array]:
    """uint32[CODES]: class | folded code point, and uint32[m, 3]: the letters and marks that a code point of class
    EXPANDING becomes (filled with 0), at the row that stands in place of its folded code point.
    """
    classes = _classes()
    codes = classes | np.arange(CODES, dtype=np.uint32)
    expansions = [(0, 0, 0)]
    for character in _changed_by_folding():
        becomes = [*map(ord, _FOLDED_BY_HAND.get(character) or character.casefold())]
        if len(becomes) == 1:
            codes[ord(character)] = classes[becomes[0]] | becomes[0]
        else:
            codes[ord(character)] = EXPANDING | len(expansions)
            first, second, third = (*becomes, 0, 0)[:3]
            expansions.append((first, second, third))
    return codes, np.array(expansions, np.uint32)


def _changed_by_folding() -> list[str]:
    cased: list[str] = regex.findall(r"[\p{Cased}\p{Changes_When_Casefolded}]", _characters(*_PLANES[0]))
    return [character for character in cased if character.casefold() != character or character in _FOLDED_BY_HAND]


def _classes() -> Array:
    classes = np.full(CODES, OTHER, np.uint32)
    for begin, end in _PLANES:
        characters = _characters(begin, end)
        for kind, pattern in _CLASSES.items():
            for run in regex.finditer(f"{pattern}+", characters):
                classes[begin + run.start() : begin + run.end()] = kind
        # One by one: a set of fourteen scripts costs more than fourteen readings.
        for script in UNSPACED:
            for run in regex.finditer(f"\\p{{Script={script}}}+", characters):
                own = classes[begin + run.start() : begin + run.end()]
                own[own == LETTER] = UNSPACED_LETTER
    classes[[0x200C, 0x200D]] = JOINER
    return classes


@cache
def _characters(begin: int, end: int) -> str:
    return np.arange(begin, end, dtype="<u4").tobytes().decode("utf-32-le", "surrogatepass")


@cache
def permutations() -> tuple[Array, Array]:
    """Factors and summands, uint32[PERMUTATIONS] each, of the permutations h -> a * h + b mod 2^32 of datasketch's
    scheme affine32 (`MinHash._init_permutations` in 2.0), made here because importing datasketch takes half a second.
    """
    generator = np.random.RandomState(SEED)
    odd = generator.randint(0, 1 << 31, PERMUTATIONS, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return odd, generator.randint(0, 1 << 32, PERMUTATIONS, dtype=np.uint32)
