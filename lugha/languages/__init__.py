"""The languages that lugha knows: one TOML file each, named by its code, ISO 639-3 + `_` + ISO 15924 ("swh_Latn").

A page says "sw", "swa" or "sw-KE" and means the same language, so each file also lists the tags by which pages call it.
Which languages are easily taken for each other is kept here too, because identification, calibration and diagnosis all
ask for it.

This package reads the files. It does not look at text, and it never guesses: a tag that no file lists is nobody's.
Sources: RFC 5646 and RFC 4647 (tags and their lookup), CLDR (which language a macrolanguage's tag means by custom);
each file says in `source` where its names come from; families are those of Glottolog.
"""

import math
import os
import re
import unicodedata
from dataclasses import dataclass, field, replace
from functools import cache

from lugha.errors import LughaError
from lugha.registry import UnknownName, entries

SETTING = "LUGHA_LANGUAGES"  # the environment variable that limits a deployment to some languages
UNDETERMINED = "und_Zyyy"  # the code of text whose language nothing tells

_CODE = re.compile(r"[a-z]{3}_[A-Z][a-z]{3}")
_TAG = re.compile(r"[a-z]{1,8}([-_][a-z0-9]{1,8})*", re.ASCII | re.IGNORECASE)
_EXTENSION = re.compile(r"(?<=[a-z0-9])-[a-z0-9](?=-|$)")


class UnknownLanguage(UnknownName):
    """No file in lugha/languages/ or in the user's catalog has this code."""


class TagClaimedTwice(LughaError):
    """Two files list the same tag, so a page with this tag would belong to both."""


@dataclass(frozen=True, slots=True)
class LanguageBound:
    """What a signal of this language's documents must be, where a person knows better than calibration: `at_least`,
    `at_most` or both, inclusive, in the signal's own unit. `calibrated_by` says on what text the numbers were found.

    Which signals there are is not known here; a name without a signal is refused where bounds are used.
    """

    calibrated_by: str
    at_least: float | None = None
    at_most: float | None = None

    def __post_init__(self) -> None:
        given = [each for each in (self.at_least, self.at_most) if each is not None]
        if not self.calibrated_by.strip():
            raise ValueError('the key "calibrated_by" is empty. Say on what text the bound was found, and how.')
        if not given:
            raise ValueError('neither "at_least" nor "at_most" is given. A bound needs one of them.')
        if not all(map(math.isfinite, given)):
            raise ValueError('"at_least" and "at_most" must be finite numbers. Leave out the side that has no bound.')
        if given[0] > given[-1]:
            raise ValueError(f'"at_least" is {given[0]} and "at_most" only {given[-1]}: no document can be both.')


@dataclass(frozen=True, slots=True)
class Language:
    """One language in one script.

    `name` is the English name and `endonym` the language's own, NFC. `tags` are the BCP 47 tags by which pages call it,
    the best one first; the code itself is always understood. `close` are codes of languages that are easily confused
    with it, in both directions whichever file says so. `source` says where name and endonym come from, and when the
    endonym is not known. `family` is the top-level family by the name that Glottolog gives it (glottolog-cldf,
    CC BY 4.0, as in qwanqwa 1.2.1); macrolanguages have that of their members; empty for isolates, constructed languages
    and pidgins, and where it is not known. `bounds` holds bounds of this language alone, by the name of the signal.
    """

    code: str
    name: str
    endonym: str
    tags: tuple[str, ...]
    close: tuple[str, ...]
    source: str
    family: str = ""
    bounds: dict[str, LanguageBound] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not _CODE.fullmatch(self.code):
            raise ValueError(
                'the file name is not a code of ISO 639-3, "_" and ISO 15924 such as "swh_Latn". Rename the file.'
            )
        if not unicodedata.is_normalized("NFC", self.endonym):
            raise ValueError('the key "endonym" is not in Unicode NFC. Write it composed.')
        for key in ("name", "endonym", "source"):
            if not getattr(self, key).strip():
                raise ValueError(f'the key "{key}" is empty. Fill it; "source" may say that something is not known.')
        if self.code in self.close:
            raise ValueError(f'the key "close" holds "{self.code}" itself. Remove it.')
        for tag in self.tags:
            if not _TAG.fullmatch(tag):
                raise ValueError(
                    f'the key "tags" holds "{tag}", which is no BCP 47 tag. Write it like "sw" or "sr-Latn".'
                )

    @property
    def script(self) -> str:
        """The ISO 15924 part of the code, such as "Latn"."""
        return self.code[4:]


class _Languages:
    """What `languages` is: a function that remembers, and whose `cache_clear` forgets files and settings."""

    def __call__(self) -> dict[str, Language]:
        """The languages of this deployment by code, sorted; the result is shared, do not change it.

        Those that LUGHA_LANGUAGES names (codes with commas between) and und_Zyyy, or all where it is unset or empty.
        Raises UnknownLanguage for a code in the setting that no file has, and what `registered` raises.
        """
        return _selected()

    def cache_clear(self) -> None:
        """Forget files and setting; the next call reads them again."""
        _selected.cache_clear()
        _read.cache_clear()


languages = _Languages()


def registered() -> dict[str, Language]:
    """All languages by code, sorted, whatever LUGHA_LANGUAGES says. The result is shared: do not change it.

    Raises what lugha.registry.entries raises, UnknownLanguage for a `close` that no file has, and TagClaimedTwice.
    """
    return _read()[0]


def language(code: str) -> Language:
    """The language with this code, whether or not LUGHA_LANGUAGES names it; raises UnknownLanguage."""
    if code not in registered():
        raise _unknown(code)
    return registered()[code]


def by_tag(tag: str) -> str | None:
    """The code of the registered language that a page means by a BCP 47 tag ("yo-NG", "EN_us", "sr-Latn"), else None.

    Case, "-" or "_", and whitespace around it do not matter. The longest listed beginning of the tag decides, so
    regions and variants are ignored unless a file lists them ("zh-TW"). A script in the tag must be the language's:
    "sr-Latn" is srp_Latn, and "ja-Latn" is None, because jpn_Jpan would be wrong and jpn_Latn is not registered.
    """
    normalised = _normalised(tag)
    if normalised is None:
        return None
    codes, subtags = _read()[1], normalised.split("-")[:4]  # language, extended language, script, region
    for end in range(len(subtags), 0, -1):
        if code := codes.get("-".join(subtags[:end])):
            return _in_script(code, subtags[end:])
    return None


def _in_script(code: str, subtags: list[str]) -> str | None:
    """The code, or its variant in the script that the subtags name; None where that variant is not registered."""
    script = next((subtag.capitalize() for subtag in subtags if len(subtag) == 4 and subtag.isalpha()), code[4:])
    variant = code[:4] + script
    return variant if variant in registered() else None


def _normalised(tag: str) -> str | None:
    """The tag in lower case with "-", cut before extensions and private part; None where it is not formed like one."""
    if not _TAG.fullmatch(tag := tag.strip()):
        return None
    return _EXTENSION.split(tag.lower().replace("_", "-"), maxsplit=1)[0]


def _unknown(code: str, asked_by: str = "") -> UnknownLanguage:
    """The error for a code that no file has; people also write a tag or an English name where a code is asked for."""
    by_name = {each.name.lower(): each.code for each in registered().values()}
    hint = by_tag(code) or by_name.get(code.lower())
    return UnknownLanguage("languages", code, registered(), asked_by, hint)


@cache
def _selected() -> dict[str, Language]:
    wanted = {code.strip() for code in os.environ.get(SETTING, "").split(",")} - {""}
    if not wanted:
        return registered()
    for code in sorted(wanted - registered().keys()):
        raise _unknown(code, asked_by=SETTING)
    return {code: each for code, each in registered().items() if code in wanted or code == UNDETERMINED}


@cache
def _read() -> tuple[dict[str, Language], dict[str, str]]:
    """Every language by code, and every code by normalised tag."""
    found = entries("languages", Language, identity="code")
    return _with_close_in_both_directions(found), _codes_by_tag(found)


def _with_close_in_both_directions(found: dict[str, Language]) -> dict[str, Language]:
    """A file that names another counts for both, so that a new language is one file and no other edit."""
    close = {code: set(each.close) for code, each in found.items()}
    for code, each in found.items():
        for other in each.close:
            if other not in found:
                raise UnknownLanguage("languages", other, found, asked_by=f'{code}, key "close"')
            close[other].add(code)
    return {
        code: each if len(close[code]) == len(each.close) else replace(each, close=tuple(sorted(close[code])))
        for code, each in found.items()
    }


def _codes_by_tag(found: dict[str, Language]) -> dict[str, str]:
    """Every listed tag and every code, normalised, with the code that it stands for."""
    codes: dict[str, str] = {}
    for code, each in found.items():
        for tag in filter(None, map(_normalised, (code, *each.tags))):
            if codes.setdefault(tag, code) != code:
                raise TagClaimedTwice(
                    f'languages/{codes[tag]}.toml and languages/{code}.toml both stand for the tag "{tag}". '
                    'A tag belongs to one language: remove it from the key "tags" of one of them.'
                )
    return codes
