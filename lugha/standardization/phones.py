"""Telephone numbers in running text: international ones, and the national forms of where a language is spoken.

libphonenumber (the port `phonenumbers`) knows every country's plan and says whether digits are a number of it. That is
not enough: every second seven-digit price is a valid number somewhere. So a national number must also look dialled:
begin with the zero of its trunk prefix, have an area code in brackets, stand in three groups that are no quantity, be
an ungrouped mobile number of ten digits, or follow a word or sign for a telephone.
"""

import re
from functools import cache, lru_cache

from lugha.standardization.digit_runs import YEARS, DigitRun
from lugha.standardization.number_context import Context
from lugha.standardization.territories import territories

_DAY = r"[0-3]?\d"
_DATE = re.compile(
    rf"\(?(?:{_DAY}( ?[-./ ] ?){_DAY}\1\d\d(?:\d\d)?|[12]\d{{3}}( ?[-./ ] ?){_DAY}\2{_DAY})\)?(?: ?-? ?\d{{1,2}}[.: ]\d\d)?"
    r"|(?:19|20)\d{6}"
)
_DATES = re.compile(rf"(?:{_DAY}\.{_DAY}\.?(?:\d\d(?:\d\d)?)?(?: *- *|$)){{2}}")  # "03.07. - 17.07.2015"
_QUANTITY = re.compile(r"\(?(?:[1-9]\d{0,2}(?:([ .])\d{3}(?:\1\d{3})*)?|[1-9]\d{0,5}|\d+\.\d+)\)?")
_DECIMALS = re.compile(r"(?:\d+\.\d+ ?)+")
_SECONDS = re.compile(r"1\d{9}")  # since 1970, until 2033
_RANGE = re.compile(r" ?[-/] ?")
_EXTENSIONS = re.compile(r"(?<=\d\d)(?:[-/]\d{1,2})+$")  # a range of lines, as in 02-123-4567-8

LEAST_OF_TWO = 12  # digits of a run that may hold two numbers, or a number and something else
MOST_PLANS = 16  # that are tried on such a run
LEAST_GROUPED, LEAST_UNGROUPED, LEAST_MOBILE = 8, 9, 10  # digits of a national number without a word before it


def find_phone(run: DigitRun, context: Context, language: str) -> tuple[int, int] | None:
    """Where the telephone number of a run stands in the text, or None."""
    plain = run.plain
    with_plus = _with_plus(plain, context.is_dialled or context.after.startswith(("+", "＋")))
    if found := _international(with_plus):
        added = len(with_plus) - len(plain)
        return run.span(max(found[0] - added, 0), found[1] - added)
    if not context.is_told and (_is_book(plain, context.after) or _is_other_number(plain)):
        return None
    for written in (plain, _EXTENSIONS.sub("", plain)):
        if any(_is_number_of(written, territory, context.is_told) for territory in _plans(language)):
            return run.span(0, len(plain))
        if written.isdigit():
            break
    return _part_of_told(run, language) if context.is_told else None


def _with_plus(plain: str, is_international: bool) -> str:
    """The plain form with "+" where the country code is certain: written as 00, in a link, or with the "+" behind, as
    right-to-left text is sometimes typed.
    """
    if match := re.match(r"\(?00(?=[1-9])", plain):
        return "+".rjust(match.end()) + plain[match.end() :]
    return "+" + plain if is_international and "+" not in plain else plain


def _international(plain: str) -> tuple[int, int] | None:
    """Where a number with its country code stands in the plain form."""
    if "+" not in plain[:4]:
        return None
    if _is_valid(plain, None):
        return 0, len(plain)
    from phonenumbers import Leniency, PhoneNumberMatcher

    for match in PhoneNumberMatcher(plain, None, Leniency.VALID):
        return match.start, match.end
    return None


def _part_of_told(run: DigitRun, language: str) -> tuple[int, int] | None:
    """The first number in a run that holds more than a number, after a word for a telephone."""
    from phonenumbers import Leniency, PhoneNumberMatcher

    if len(run.digits) < LEAST_OF_TWO:
        return None
    for territory in _plans(language)[:MOST_PLANS]:
        for match in PhoneNumberMatcher(run.plain, territory, Leniency.VALID, 8):
            return run.span(match.start, match.end)
    return None


def _is_number_of(written: str, territory: str, is_told: bool) -> bool:
    """Whether the whole of a plain form is a number of a territory's plan that looks dialled."""
    if not _begins_like(re.sub(r"\D", "", written), territory) or not _is_valid(written, territory):
        return False
    return is_told or _looks_dialled(written, territory)


def _looks_dialled(written: str, territory: str) -> bool:
    from phonenumbers import Leniency, PhoneNumberMatcher, PhoneNumberType, number_type, parse

    groups = re.findall(r"\d+", written)
    count = sum(map(len, groups))
    if len(groups) == 1:
        if written.startswith("0"):
            return count >= LEAST_UNGROUPED
        is_long = count >= LEAST_MOBILE and not _SECONDS.fullmatch(written)
        return is_long and number_type(parse(written, territory)) == PhoneNumberType.MOBILE
    if count < LEAST_GROUPED:
        return False
    # After a trunk prefix people group as they like: "08 6628 1611" and "081-234-5678" are one kind of number.
    if written.startswith(("0", "(0")):
        return True
    strict = PhoneNumberMatcher(written, territory, Leniency.STRICT_GROUPING, 8)
    is_whole = any(re.sub(r"\D", "", match.raw_string) == "".join(groups) for match in strict)
    return is_whole and (written.startswith("(") or len(groups) >= 3)


@lru_cache(maxsize=4096)  # a site writes its own number on every page
def _is_valid(written: str, territory: str | None) -> bool:
    from phonenumbers import NumberParseException, is_valid_number, parse

    try:
        return is_valid_number(parse(written, territory))
    except NumberParseException:  # too long, too short, no such country code: not a number
        return False


@cache
def _beginnings(territory: str) -> re.Pattern[str]:
    """The national numbers of a plan, with trunk prefix or country code before them or without."""
    from phonenumbers import PhoneMetadata

    plan = PhoneMetadata.metadata_for_region(territory)
    if plan is None or plan.general_desc is None:
        return re.compile("(?!)")  # nothing begins like a plan that nobody knows
    prefix = plan.national_prefix_for_parsing or plan.national_prefix or ""
    return re.compile(rf"(?:{prefix}|{plan.country_code})?(?:{plan.general_desc.national_number_pattern})")


def _begins_like(digits: str, territory: str) -> bool:
    """A look at the plan's pattern, a hundredth of the work of parsing, since few numbers fit a given plan."""
    return _beginnings(territory).match(digits) is not None


def _is_book(plain: str, after: str) -> bool:
    """ISBN of ten digits in its four groups, the last of which may be an X after the run, or of thirteen."""
    from stdnum import isbn

    written = plain.strip("() ./-") + ("X" if re.match("-?[Xx]", after) else "")
    is_grouped = len(re.findall(r"[\dX]+", plain + after)) >= 4
    return (is_grouped or written.startswith(("978", "979"))) and bool(isbn.is_valid(re.sub(r"[^\dX]", "", written)))


def _is_other_number(plain: str) -> bool:
    """Dates, spans of years, amounts in groups of three, decimals, and ranges of those."""
    if any(pattern.fullmatch(plain) for pattern in (_DATE, _DATES, YEARS, _DECIMALS)):
        return True
    pieces = _RANGE.split(plain)
    return len(pieces) <= 2 and all(_QUANTITY.fullmatch(piece) for piece in pieces)


@cache
def _plans(language: str) -> tuple[str, ...]:
    """One territory for each country code, because those that share one share what is valid."""
    from phonenumbers import country_code_for_region

    codes = {territory: country_code_for_region(territory) for territory in reversed(territories(language))}
    first = {code: territory for territory, code in codes.items() if code}
    return tuple(territory for territory in codes if first.get(codes[territory]) == territory)[::-1]
