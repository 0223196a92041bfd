"""Personal data out of text: e-mail addresses, telephone numbers, public IP addresses, national, bank and card numbers.

A model repeats what it read, and a telephone number belongs to somebody. What is found is replaced in place, so that
the sentence stays a sentence: an e-mail by one address that RFC 2606 reserves, an IP address by one that is reserved
for documentation, and every digit of a number by the zero of its own script, which keeps length, script and
separators. Nothing that is put in can be real, and none of it is found again.

Names and postal addresses are not looked for: nothing finds them in hundreds of languages without taking people of
public life and places with them. Precision goes first, because dates, prices and verse numbers are in most documents
and a telephone number is in few.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from lugha.standardization.addresses import EMAIL, find_emails, find_ips
from lugha.standardization.digit_runs import RUN_OF_DIGITS, DigitRun, digit_runs, zeroed
from lugha.standardization.identifiers import find_ibans, is_identifier
from lugha.standardization.number_context import context_of
from lugha.standardization.phones import find_phone

# What every number and IP address holds: a run of digits, three dots between digits, or a group of hexadecimal digits
# and a colon. One scan, because most documents hold none.
_MAY_HOLD = re.compile(rf"{RUN_OF_DIGITS}|\d\.\d{{1,3}}\.\d{{1,3}}\.\d|\d[0-9a-fA-F]{{3}}:[0-9a-fA-F:]{{4}}")
_LIST = re.compile(r"[^\w\n]{0,4}\w{0,4}[^\w\n]{1,3}")  # what stands between two numbers of a list


@dataclass(frozen=True, slots=True)
class PiiCounts:
    """How many of each kind were replaced in a text; identifiers are national, bank and card numbers."""

    email_count: int = 0
    phone_count: int = 0
    ip_count: int = 0
    identifier_count: int = 0

    def __add__(self, other: "PiiCounts") -> "PiiCounts":
        return PiiCounts(
            self.email_count + other.email_count,
            self.phone_count + other.phone_count,
            self.ip_count + other.ip_count,
            self.identifier_count + other.identifier_count,
        )


_NOTHING = PiiCounts()
_Replacement = tuple[int, int, str]  # start, end, what stands there instead


def replace_pii(text: str, language: str) -> tuple[str, PiiCounts]:
    """The text with its personal data replaced, and how many of each kind were.

    `language` says which countries' national numbers to expect; international numbers, IBAN, cards, e-mail and IP
    addresses are found in every language. Applied to its own result it changes and counts nothing. A text without
    any candidate comes back as the same object. Raises UnknownLanguage.

    >>> replace_pii("Simu: 0712 345 678, barua@mfano.co.ke", "swh_Latn")
    ('Simu: 0000 000 000, email@example.org', PiiCounts(email_count=1, phone_count=1, ip_count=0, identifier_count=0))
    """
    counts = _NOTHING
    while True:
        text, found = _once(text, language)
        if found == _NOTHING:
            return text, counts
        counts += found


def _once(text: str, language: str) -> tuple[str, PiiCounts]:
    emails = [(*span, EMAIL) for span in find_emails(text)] if "@" in text or "＠" in text else []
    ips: list[_Replacement] = []
    numbers, phone_count = ips, 0
    if _MAY_HOLD.search(text):
        ips = _apart(find_ips(text), emails)
        numbers, phone_count = _numbers(text, language, [*emails, *ips])
    if not (emails or ips or numbers):
        return text, _NOTHING
    counts = PiiCounts(len(emails), phone_count, len(ips), len(numbers) - phone_count)
    return _replaced(text, sorted([*emails, *ips, *numbers])), counts


def _numbers(text: str, language: str, taken: list[_Replacement]) -> tuple[list[_Replacement], int]:
    """Bank accounts, identifiers and telephone numbers outside what is taken, and how many are telephone numbers."""
    ibans = _apart([(start, end, zeroed(text[start:end])) for start, end in find_ibans(text)], taken)
    found, phone_count, last_phone = list(ibans), 0, -1
    for run, span in _free_runs(text, [*taken, *ibans]):
        context = context_of(text, run)
        if last_phone >= 0 and _LIST.fullmatch(text, last_phone, span[0]):
            context = replace(context, is_told=True)
        if context.is_attached:
            continue
        phone = None
        if context.is_told or not is_identifier(run, context.after, language):
            phone = find_phone(run, context, language)
            if not phone:
                continue
            phone_count, last_phone = phone_count + 1, phone[1]
        start, end = phone or span
        found.append((start, end, zeroed(text[start:end])))
    return found, phone_count


def _free_runs(text: str, taken: list[_Replacement]) -> Iterator[tuple[DigitRun, tuple[int, int]]]:
    """The runs of digits that touch nothing that is taken, with their places."""
    touches = _touching(taken)
    for run in digit_runs(text):
        span = run.span(0, len(run.plain))
        if not touches(*span):
            yield run, span


def _apart(candidates: list[_Replacement], taken: list[_Replacement]) -> list[_Replacement]:
    """The candidates that touch nothing that is taken."""
    touches = _touching(taken)
    return [candidate for candidate in candidates if not touches(candidate[0], candidate[1])]


def _touching(taken: list[_Replacement]) -> Callable[[int, int], bool]:
    """A question whether a span overlaps one of those that are taken, which overlap each other nowhere."""
    starts, ends = sorted(start for start, _, _ in taken), sorted(end for _, end, _ in taken)
    return lambda start, end: bisect_right(ends, start) != bisect_left(starts, end)


def _replaced(text: str, replacements: list[_Replacement]) -> str:
    parts, last = [], 0
    for start, end, instead in replacements:
        parts += [text[last:start], instead]
        last = end
    return "".join([*parts, text[last:]])
