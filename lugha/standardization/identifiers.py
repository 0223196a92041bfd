"""National, bank and card numbers in running text: forms whose check digits or structure chance rarely meets.

A number counts only whole, never as a part of a longer run, and where it is written in groups, only in the groups
that its country writes. What each form lets through of random digits was measured with python-stdnum 2.2 and stands
beside it; forms of fewer than eleven digits with a single check digit let one number in ten through and are left out.
The numbers of a country count in the languages that are spoken there, IBAN and cards everywhere.
"""

import re
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from lugha.standardization.digit_runs import YEARS, DigitRun
from lugha.standardization.territories import territories


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of number: its module in python-stdnum, the groups it is written in, whether it must be grouped, and how
    many digits it has where the module takes several.
    """

    module: str
    groups: tuple[tuple[int, ...], ...] = ()
    is_grouped: bool = False
    digit_count: int | None = None


_JMBG = Form("si.emso")  # .003; one form in all states of former Yugoslavia
FORMS: dict[str, tuple[Form, ...]] = {
    "AR": (Form("ar.cuit", ((2, 8, 1),)), Form("ar.cbu", ((8, 14),))),  # .011, below .001
    "BA": (_JMBG,),
    "BE": (Form("be.nn", ((2, 2, 2, 3, 2), (6, 3, 2))),),  # .001
    "BG": (Form("bg.egn"),),  # .013
    "BR": (Form("br.cpf", ((3, 3, 3, 2), (9, 2))), Form("br.cnpj", ((2, 3, 3, 4, 2),))),  # .008, .007
    "CN": (Form("cn.ric", ((6, 8, 4),)),),  # below .001
    "CU": (Form("cu.ni"),),  # .036
    "CZ": (Form("cz.rc", ((6, 4),)),),  # .019
    "DE": (Form("de.idnr", ((2, 3, 3, 3),)),),  # .003
    "DK": (Form("dk.cpr", ((6, 4),), is_grouped=True),),  # .028
    "DO": (Form("do.cedula", ((3, 7, 1),)),),  # .091
    "EE": (Form("ee.ik"),),  # .002
    "FR": (Form("fr.nir", ((1, 2, 2, 2, 3, 3, 2), (13, 2))),),  # .009
    "GR": (Form("gr.amka"),),  # .006
    "HR": (Form("hr.oib"), _JMBG),  # .094
    "ID": (Form("id.nik", ((6, 6, 4), (4, 4, 4, 4))),),  # .031
    "IN": (Form("in_.aadhaar", ((4, 4, 4),)),),  # .088
    "IS": (Form("is_.kennitala", ((6, 4),)),),  # below .001
    "JP": (Form("jp.in_", ((4, 4, 4),)),),  # .099
    "KR": (Form("kr.rrn", ((6, 7),)),),  # .004
    "LT": (Form("lt.asmens"),),  # .013
    "LV": (Form("lv.pvn", ((6, 5),)),),  # .056
    "MD": (Form("md.idno"),),  # .105
    "ME": (_JMBG,),
    "MK": (_JMBG,),
    "MY": (Form("my.nric", ((6, 2, 4),)),),  # .034
    "NO": (Form("no.fodselsnummer", ((6, 5),)),),  # .001
    "PK": (Form("pk.cnic", ((5, 7, 1),), is_grouped=True),),  # no check digit; the groups are nobody else's
    "PL": (Form("pl.pesel"),),  # .024
    "RO": (Form("ro.cnp"),),  # .002
    "RS": (_JMBG,),
    "RU": (Form("ru.inn", digit_count=12),),  # .012; the ten digits of a company let .099 through
    "SE": (Form("se.personnummer", ((6, 4), (8, 4))),),  # .005
    "SI": (_JMBG,),
    "SK": (Form("cz.rc", ((6, 4),)),),
    "TH": (Form("th.pin", ((1, 4, 5, 2, 1),)),),  # .082
    "TR": (Form("tr.tckimlik"),),  # .014
    "XK": (_JMBG,),
    "ZA": (Form("za.idnr", ((6, 4, 3), (6, 4, 2, 1))),),  # .001
}
LEAST_DIGITS = 10
_CARD_GROUPS = ((4, 4, 4, 4), (4, 6, 5), (4, 4, 4, 4, 3))
# Issuers' ranges (ISO/IEC 7812): Visa, Mastercard, American Express, Discover and RuPay, JCB, UnionPay, Mir, Troy.
_CARD = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]|22[2-9]|2[3-6]\d|27[01])\d{13,14}|3[47]\d{13}|6(?:011|5\d\d|0\d\d)\d{12}"
    r"|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17}|220[0-4]\d{12}|9792\d{12}"
)
_IBAN = re.compile(
    r"(?<![A-Za-z0-9])[A-Z]{2}[0-9]{2}(?:[ \u00a0]?[A-Z0-9]{4}){2,7}(?:[ \u00a0]?[A-Z0-9]{1,3})?(?![A-Za-z0-9])"
)


def find_ibans(text: str) -> list[tuple[int, int]]:
    """Where international bank account numbers stand, from left to right; their check digits and length are right."""
    from stdnum import iban

    found = []
    for candidate in _IBAN.finditer(text):
        written = candidate.group()
        while len(written) > 14 and not iban.is_valid(written.replace("\u00a0", " ")):
            written = written[:-1].rstrip(" \u00a0") if " " not in written[-5:] else written.rpartition(" ")[0]
        if len(written) > 14 and re.search("[1-9]", written):
            found.append((candidate.start(), candidate.start() + len(written)))
    return found


def is_identifier(run: DigitRun, after: str, language: str) -> bool:
    """Whether a run of digits, as a whole, is a card number or one of the language's territories' identifiers.

    `after` is what follows: an X there is the check digit of a Chinese identity number.
    """
    digits = run.digits + ("X" if len(run.digits) == 17 and after.startswith(("X", "x")) else "")
    if len(digits) < LEAST_DIGITS or len(set(digits)) == 1 or YEARS.fullmatch(run.plain):
        return False
    groups = tuple(len(group) for group in re.split(r"[ .\-/]+", run.plain.strip("() .-/")))
    if _CARD.fullmatch(digits) and (len(groups) == 1 or groups in _CARD_GROUPS) and _module("luhn").is_valid(digits):
        return True
    return any(_has_form(digits, groups, form) for form in _forms(language))


def _has_form(digits: str, groups: tuple[int, ...], form: Form) -> bool:
    is_ungrouped = len(groups) == 1
    if (is_ungrouped and form.is_grouped) or (not is_ungrouped and groups not in form.groups):
        return False
    if form.digit_count not in (None, len(digits)):
        return False
    try:
        return bool(_module(form.module).is_valid(digits))
    except KeyError:  # python-stdnum 2.2: cn.ric looks for the county of a code that has none
        return False


@cache
def _forms(language: str) -> tuple[Form, ...]:
    return tuple(dict.fromkeys(form for territory in territories(language) for form in FORMS.get(territory, ())))


@cache
def _module(name: str) -> Any:
    return import_module(f"stdnum.{name}")
