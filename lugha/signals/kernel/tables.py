"""What every code point is, as bits of one number, so that a pass over a text looks up once and asks many things.

The properties are Unicode's, as the package `regex` has them (newer than Python's own `unicodedata`). numba's cache
knows a compiled function by the file it stands in: after a change of the numbers here, delete `__pycache__`.
"""

import string
from functools import cache
from typing import Any

import numpy as np
import regex

from lugha.scripts import letters_of

Flags = np.ndarray[Any, np.dtype[np.uint32]]
CODE_POINTS = 0x110000

SPACE = np.uint32(1 << 0)  # str.isspace
LETTER = np.uint32(1 << 1)
MARK = np.uint32(1 << 2)
DIGIT = np.uint32(1 << 3)  # of any script
NUMERIC = np.uint32(1 << 4)  # str.isdigit: digits and such as ² ①
UPPER = np.uint32(1 << 5)
IN_WORD = np.uint32(1 << 6)  # letters, marks, digits, joiners
WORD_START = np.uint32(1 << 7)  # letters, digits
SYMBOL = np.uint32(1 << 8)  # punctuation, symbols and numbers that are no digits: tokens, but no words
PUNCTUATION = np.uint32(1 << 9)  # punctuation and symbols
MEANT = np.uint32(1 << 10)  # letters, marks, numbers: what makes a word more than a symbol
PARENTHESIS = np.uint32(1 << 11)
NOISE = np.uint32(1 << 12)
TERMINAL = np.uint32(1 << 13)
LINE_END = np.uint32(1 << 14)  # where str.splitlines splits
BULLET = np.uint32(1 << 15)
OF_A_SCRIPT = np.uint32(1 << 16)  # letters that belong to one script
URL = np.uint32(1 << 17)
ASCII_PUNCTUATION = np.uint32(1 << 18)
WATCHED = np.uint32(1 << 19)  # may begin or end a sequence: . : terminals, line ends, letters that mojibake begins with
CONTINUATION = np.uint32(1 << 20)  # what a byte of UTF-8 after the first reads as in Latin-1 or windows-1252
TYPOGRAPHY = np.uint32(1 << 21)  # those of them that ordinary text has right behind a letter
# Not of the code point but of its place in a text:
BREAK = np.uint32(1 << 22)  # a new word begins here without white space, says whoever cut the words
WORD_HERE = np.uint32(1 << 23)  # a word, which is more than a symbol, begins here

SENTENCE = np.uint32(24)  # the four bits from here on: the class of UAX #29's table 4
OTHER, ATERM, STERM, CLOSE, SP, PARAGRAPH_END, LOWER_CASE, UPPER_CASE, OTHER_LETTER, CONTINUE, EXTEND, NUMBER = range(
    12
)
_SENTENCE_CLASSES = {
    ATERM: "ATerm",
    STERM: "STerm",
    CLOSE: "Close",
    SP: "Sp",
    PARAGRAPH_END: "[\\p{SB=Sep}\\p{SB=CR}\\p{SB=LF}]",
    LOWER_CASE: "Lower",
    UPPER_CASE: "Upper",
    OTHER_LETTER: "OLetter",
    CONTINUE: "SContinue",
    EXTEND: "[\\p{SB=Extend}\\p{SB=Format}]",
    NUMBER: "Numeric",
}
_PATTERNS = {
    LETTER: r"\p{L}",
    MARK: r"\p{M}",
    DIGIT: r"\p{Nd}",
    NUMERIC: r"[\p{Nd}\p{Numeric_Type=Digit}]",
    UPPER: r"\p{Uppercase}",
    IN_WORD: r"[\p{L}\p{M}\p{Nd}\u200c\u200d]",
    WORD_START: r"[\p{L}\p{Nd}]",
    SYMBOL: r"[\p{P}\p{S}\p{No}\p{Nl}]",
    PUNCTUATION: r"[\p{P}\p{S}]",
    MEANT: r"[\p{L}\p{M}\p{N}]",
    OF_A_SCRIPT: r"(?=\p{L})[^\p{Script=Zyyy}\p{Script=Zinh}]",
    # Unicode's Sentence_Terminal and three marks of Khmer, of which 159 are FineWeb2's list of all scripts.
    TERMINAL: r"[\p{Sentence_Terminal}\u17d6\u17d9\u17da]",
}
_BYTES = bytes(range(0x80, 0xC0))
_CHARACTERS = {
    PARENTHESIS: "{}⟨⟩[]()",  # NeMo Curator
    LINE_END: "\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029",  # documentation of str.splitlines
    BULLET: "•-",  # datatrove's Gopher filter
    URL: string.ascii_letters + string.digits + "-._~:/?#[]@!$&'()*+,;=%",  # RFC 3986
    ASCII_PUNCTUATION: string.punctuation,
    WATCHED: ".:…" + "".join(map(chr, range(0xC2, 0xF5))),
    CONTINUATION: (_BYTES.decode("latin-1") + _BYTES.decode("windows-1252", "ignore")),
    TYPOGRAPHY: "\u00a0«»·‘’“”–—•…‹›",
}
_PLANES = ((0, 0x40000), (0xE0000, 0xE1000))  # all others are unassigned or private use
_KEPT_CONTROLS = "\t\n\r"


@cache
def flags() -> Flags:
    """The flags of every code point. Unassigned ones, private use, surrogates, controls and U+FFFD are noise."""
    table = np.zeros(CODE_POINTS, np.uint32)
    table[_PLANES[0][1] : _PLANES[1][0]] = table[_PLANES[1][1] :] = NOISE
    for flag, pattern in {**_PATTERNS, NOISE: r"[\p{Cn}\p{Co}\p{Cs}\p{Cc}\ufffd]"}.items():
        _set(table, pattern, flag)
    for kind, name in _SENTENCE_CLASSES.items():
        _set(table, name if name.startswith("[") else rf"\p{{SB={name}}}", np.uint32(kind) << SENTENCE)
    for flag, characters in _CHARACTERS.items():
        table[[ord(c) for c in characters]] |= flag
    table[[c for c in range(0x3001) if chr(c).isspace()]] |= SPACE
    table[[ord(c) for c in _KEPT_CONTROLS]] &= ~NOISE
    sentence = table >> SENTENCE
    table[np.isin(sentence, (ATERM, STERM, PARAGRAPH_END))] |= WATCHED
    return table


@cache
def letters(script: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which code points are letters of a script (ISO 15924), by lugha/scripts.py; of "Zyyy" all that belong to one."""
    table = np.zeros(CODE_POINTS, np.uint32)
    _set(table, letters_of(script).pattern, np.uint32(1))
    found: np.ndarray[Any, np.dtype[np.bool_]] = (table == 1) & ((flags() & OF_A_SCRIPT) != 0)
    return found


@cache
def _assigned() -> tuple[tuple[int, str], ...]:
    """The planes that have characters with properties, and where each begins."""
    return tuple((begin, "".join(map(chr, range(begin, end)))) for begin, end in _PLANES)


def _set(table: Flags, pattern: str, flag: np.uint32) -> None:
    runs = regex.compile(f"(?:{pattern})+")
    for begin, characters in _assigned():
        for run in runs.finditer(characters):
            table[begin + run.start() : begin + run.end()] |= flag
