"""What the 256 bytes are in encodings of one byte a character, and what speaks against reading a page so.

In no orthography do controls, box drawing and unassigned characters belong to text, signs stand between letters, do
two scripts share a word or does a capital follow a small letter; the right reading of a page has next to none of that,
a wrong one has much.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, TypeAlias

import numpy as np

Bytes: TypeAlias = np.ndarray[Any, np.dtype[np.uint8]]
Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]

SPACE, LOWER, UPPER, LETTER, MARK, SIGN, QUOTE, ODD, JOINING = range(9)
# Log-odds against: an ODD character, a sign between two letters, a sign that touches one, a capital after a small
# letter, a letter of another script in a word, and three letters in a row that are Latin but not ASCII.
NEVER, SIGN_INSIDE, SIGN_BESIDE, CASE, TWO_SCRIPTS, CROWDED = 6.0, 5.0, 1.5, 3.0, 5.0, 1.5
APOSTROPHES = "'\u2019\u02bc\u00b7\u00ad-\u2010\u2011"  # inside words
ORDINALS = "\u00aa\u00ba"  # for Unicode they are letters; they follow numbers in every language
# Beside the brackets, what touches words: … • – — „ ‚ ¿ ¡ and the question mark, comma and semicolons of Arabic and Greek.
QUOTES = "\u2026\u2022\u2013\u2014\u201e\u201a\u00bf\u00a1\u061f\u060c\u061b\u037e"
_SCRIPTS: dict[str, int] = {"": 0, "LATIN": 1}


@dataclass(frozen=True)
class Triples:
    """The bytes outside ASCII of a page, each with its neighbours in the word (spaces at its ends), and how often each
    triple occurs.
    """

    left: Bytes
    byte: Bytes
    right: Bytes
    count: Floats

    def damped(self) -> Floats:
        """For each of the 256 bytes the logarithm of its occurrences: the hundredth ş says less than the first."""
        return np.log2(1 + np.bincount(self.byte, self.count, 256))


@dataclass(frozen=True)
class CodePages:
    """Several encodings: kind and script of the 256 characters of each, a row an encoding."""

    kinds: Bytes
    scripts: Bytes  # 0 for what is no letter

    def against(self, triples: Triples) -> Floats:
        """For each encoding the log-odds against it, 0 at best."""
        left, kind, right = (self.kinds[:, part] for part in (triples.left, triples.byte, triples.right))
        before, script, after = (self.scripts[:, part] for part in (triples.left, triples.byte, triples.right))
        follows, precedes = _is_in_word(left), _is_in_word(right)
        found = NEVER * (kind == ODD)
        found += SIGN_INSIDE * (((kind == SIGN) | (kind == QUOTE)) & follows & precedes | (kind == MARK) & ~follows)
        found += SIGN_BESIDE * ((kind == SIGN) & (follows ^ precedes))
        found += CASE * ((kind == UPPER) & (left == LOWER) | (kind == LOWER) & (right == UPPER))
        found += TWO_SCRIPTS * (_is_other(script, before) | _is_other(script, after))
        is_wide = (triples.left >= 0x80) & (triples.right >= 0x80)
        found += CROWDED * (is_wide & (script == 1) & (before == 1) & (after == 1))
        per_byte = np.maximum(np.bincount(triples.byte, triples.count, 256), 1)
        weights = triples.count * (triples.damped() / per_byte)[triples.byte]
        against: Floats = found @ weights
        return against


def _is_in_word(kinds: Bytes) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return (kinds >= LOWER) & (kinds <= MARK)


def _is_other(script: Bytes, neighbour: Bytes) -> np.ndarray[Any, np.dtype[np.bool_]]:
    other: np.ndarray[Any, np.dtype[np.bool_]] = (script != 0) & (neighbour != 0) & (script != neighbour)
    return other


@lru_cache(100)
def code_pages(charsets: tuple[str, ...]) -> CodePages:
    """The tables of these encodings, all of them of one byte a character."""
    return CodePages(
        np.array([[_kind(character) for character in characters(charset)] for charset in charsets], np.uint8),
        np.array([[_script(character) for character in characters(charset)] for charset in charsets], np.uint8),
    )


@cache
def characters(charset: str) -> str:
    """The 256 characters of an encoding, U+FFFD where a byte means nothing."""
    return "".join(bytes([byte]).decode(charset, errors="replace") for byte in range(256))


@cache
def small_letters(charset: str) -> list[str]:
    """For each of the 256 bytes the letter or mark in lower case, "" for what is neither."""
    return [c.lower() if _kind(c) in (LOWER, UPPER, LETTER, MARK) else "" for c in characters(charset)]


@cache
def is_single_byte(charset: str) -> bool:
    """Whether every character of an encoding is one byte; raises LookupError for an unknown name."""
    # Of all bytes in a row some begin a longer character wherever there are any.
    return len(bytes(range(256)).decode(charset, errors="replace")) == 256 and len(characters(charset)) == 256


def _kind(character: str) -> int:
    category = unicodedata.category(character)
    if character in APOSTROPHES or character in ORDINALS:
        return JOINING
    if category[0] in "LM":
        return {"Ll": LOWER, "Lu": UPPER}.get(category, MARK if category[0] == "M" else LETTER)
    if category[0] == "Z" or character in "\t\n\r":
        return SPACE
    if (category[0] == "C" and category != "Cf") or character == "\ufffd" or "\u2500" <= character <= "\u259f":
        return ODD
    return QUOTE if category in ("Pi", "Pf", "Ps", "Pe") or character in QUOTES else SIGN


def _script(character: str) -> int:
    """Number of a letter's script, told by the first word of its Unicode name."""
    name = unicodedata.name(character, "").partition(" ")[0] if character.isalpha() else ""
    return _SCRIPTS.setdefault(name, len(_SCRIPTS))
