"""Runs of digits in text of any script: what a telephone number, a card number or a date is cut from.

A run is seven digits or more with at most four separators between neighbours. It is given once more in a plain form,
ASCII digits and one kind of space and dash, with the place of each character in the text, because marks of direction
stand between the digits of right-to-left pages, and pages of India, Thailand or Iran write their own digits.
"""

import re
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

LEAST_DIGITS = 7  # E.164 numbers and national identifiers that could be told from other numbers have more
MOST_DIGITS = 40  # two numbers and an extension; a longer run is a table or a constant
_MARKS = "\u00ad\u200b-\u200f\u061c\u202a-\u202e\u2060\u2066-\u2069"  # invisible: soft hyphen, joiners, direction
_SPACES = " \u00a0\u2000-\u200a\u202f\u205f\u3000"
_DASHES = "\\-\u058a\u05be\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
_SEPARATOR = f"[{_SPACES}{_DASHES}{_MARKS}./()·（）．／]"
# Possessive, so that a run that fails is not tried again digit by digit.
_RUN = re.compile(rf"[(（]?[+＋]?[(（]?\d(?:{_SEPARATOR}{{0,4}}+\d){{{LEAST_DIGITS - 1},}}+")
# The same from its first digit on: a pattern that begins with a digit is searched six times as fast.
RUN_OF_DIGITS = rf"\d(?:{_SEPARATOR}{{0,4}}\d){{{LEAST_DIGITS - 1}}}"
# Spans and lists of years, those of the Buddhist era with them.
YEARS = re.compile(r"\(?(?:(?:1\d|2[0145])\d\d[ )]*[-./( ]*)+\)?")
_PART = re.compile(r"[^\d(+]*(?: {2,}|[ )][-/][ (]|/ | /)[^\d(+]*")  # what stands between two numbers of one run
_IS_MARK = re.compile(f"[{_MARKS}]")


@cache
def _plain_characters() -> dict[int, str]:
    """The plain form of every character that a run can hold, marks left out."""
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    plain = {ord(c): str(unicodedata.decimal(c)) for c in re.findall(r"\d", everything)}
    shapes = ((_SPACES, " "), (_DASHES, "-"), ("(（", "("), (")）", ")"), ("+＋", "+"), (".．·", "."), ("/／", "/"))
    for pattern, instead in shapes:
        plain |= {ord(c): instead for c in re.findall(f"[{pattern}]", everything[: 1 << 16])}
    return plain


@dataclass(frozen=True, slots=True)
class DigitRun:
    """A run: its plain form, and for each character of it the place in the text."""

    plain: str
    places: Sequence[int]

    @property
    def digits(self) -> str:
        """The digits alone, ASCII."""
        return re.sub(r"\D", "", self.plain)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where characters start..end of the plain form stand in the text."""
        return self.places[start], self.places[end - 1] + 1

    def part(self, start: int, end: int) -> "DigitRun":
        """The run of characters start..end of the plain form."""
        return DigitRun(self.plain[start:end], self.places[start:end])


def digit_runs(text: str) -> list[DigitRun]:
    """The runs of a text from left to right, those that spaced slashes, spaced dashes or wide gaps divide cut there.

    Runs of zeros only are left out, since they are what a replaced number looks like, and so is what still has more
    than MOST_DIGITS.
    """
    return [part for found in _RUN.finditer(text) for part in _parts(text, *found.span()) if _may_be_a_number(part)]


def zeroed(text: str) -> str:
    """The text with every digit replaced by the zero of its own script; all else stays."""
    return "".join(chr(ord(c) - unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def _may_be_a_number(run: DigitRun) -> bool:
    digits = run.digits
    return LEAST_DIGITS <= len(digits) <= MOST_DIGITS and digits.strip("0") != ""


def _parts(text: str, start: int, end: int) -> list[DigitRun]:
    written = text[start:end]
    places: Sequence[int] = range(start, end)
    if _IS_MARK.search(written):
        places = [place for place in places if not _IS_MARK.match(text[place])]
        written = _IS_MARK.sub("", written)
    run, parts, last = DigitRun(written.translate(_plain_characters()), places), [], 0
    for gap in _PART.finditer(run.plain):
        parts.append(run.part(last, gap.start()))
        last = gap.end()
    return [*parts, run.part(last, len(run.plain))]
