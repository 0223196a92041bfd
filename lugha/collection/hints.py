"""Which language a page says it is in: hints in its address, its links, its headers and its markup, and a vote over
them.

The vote is cheap and often wrong where templates were copied; it decides which cell reads a record, and
identification of the text corrects it later. Here no text is looked at and no script is checked.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from resiliparse.parse.html import HTMLTree

SITE_LANGUAGE = "site_lang"  # source of the hint that tells what the front page of the host declares


class Hint(NamedTuple):
    """Where a hint stands ("url_path", "hreflang", "html_lang", ...) and the language tag as it is written there."""

    source: str
    tag: str


# A tag of the simple kind that sites use in addresses: language, perhaps script, perhaps region.
_ADDRESS_TAG = re.compile(r"[a-z]{2,3}([-_][a-z]{4})?([-_]([a-z]{2}|\d{3}))?", re.I)
# Language codes that are words far more often: the short ones are trusted as the first segment of a path only ("/is/",
# but not "/what/is/it/"), the long ones nowhere. Both are trusted behind a segment that announces a language.
# (Words read best as words, so they are not lists of literals.)
_SHORT_WORDS = frozenset("as at be by do go he hi ho id in is it me my na no or pm so to tv uk us".split())  # noqa: SIM905
_LONG_WORDS = frozenset(
    "bar bin bug cat cor ext fan fit fur ice jam lit mag may mic min mon nav new not per run sat tab top vol war".split()  # noqa: SIM905
)
_ANNOUNCING = frozenset("lang language languages locale i18n l10n translations stories books".split())  # noqa: SIM905
_NEGOTIATED = re.compile(
    r"(?<=\.)[a-z]{2,3}(?:[-_][a-z]{2,4})?(?=\.x?html?$)|(?<=\.html\.)[a-z]{2,3}(?:[-_][a-z]{2,4})?$"
)
_PUBLIC_SECOND_LEVELS = frozenset("ac co com edu go gob gov mil ne net or org".split())  # noqa: SIM905

# Weights of the vote, set by judgement so that: an address beats what a template repeats on every page; an attribute
# that somebody changed for this one page beats one address hint and loses to two; a subdomain, often a country, beats a
# template only.
_ADDRESS_WEIGHTS = {"url_path": 4.0, "url_file": 4.0, "hreflang": 4.0, "url_host": 2.0}
_DECLARED_WEIGHTS = {"html_lang": 3.0, "meta_language": 1.0, "content_language": 1.0, "og_locale": 1.0}
_OWN_ATTRIBUTE_WEIGHT = 5.0  # html_lang that differs from the front page's
_SITE_AGREES_WEIGHT = 1.5  # the front page's language, for an address hint that says the same
_TEMPLATE_DISCOUNT = 0.25  # for what the front page declares too
_ORDER = [*_ADDRESS_WEIGHTS, *_DECLARED_WEIGHTS, SITE_LANGUAGE]


def choose_language(hints: Iterable[tuple[str, str]]) -> tuple[str, str | None]:
    """The code that the hints speak for and the source that spoke loudest for it; ("und_Zyyy", None) where none is
    understood.

    Each hint whose tag a registered language lists gives its weight to that language; the highest sum wins, at a tie
    the earlier source in the order url_path, url_file, hreflang, url_host, html_lang, meta_language, content_language,
    og_locale. Declarations that say the same as the front page of the host (hint "site_lang") weigh a quarter: most
    likely they belong to the template. The front page itself speaks only for what an address hint says too.
    """
    from lugha.languages import UNDETERMINED, by_tag

    understood = [(source, code) for source, tag in hints if (code := by_tag(tag)) is not None]
    site_language = next((code for source, code in understood if source == SITE_LANGUAGE), None)
    votes: dict[str, float] = defaultdict(float)
    loudest: dict[str, tuple[float, int, str]] = {}
    for source, code in dict.fromkeys(understood):
        weight = _weight(source, code, site_language)
        if weight:
            votes[code] += weight
            loudest[code] = max(loudest.get(code, (0.0, 0, "")), (weight, -_ORDER.index(source), source))
    if not votes:
        return UNDETERMINED, None
    if site_language in {code for source, code in understood if source in _ADDRESS_WEIGHTS}:
        votes[site_language] += _SITE_AGREES_WEIGHT
    chosen = max(votes, key=lambda code: (votes[code], loudest[code][1], code))
    return chosen, loudest[chosen][2]


def _weight(source: str, code: str, site_language: str | None) -> float:
    if source in _ADDRESS_WEIGHTS:
        return _ADDRESS_WEIGHTS[source]
    weight = _DECLARED_WEIGHTS.get(source, 0.0)
    if site_language is None:
        return weight
    if code == site_language:
        return weight * _TEMPLATE_DISCOUNT
    return _OWN_ATTRIBUTE_WEIGHT if source == "html_lang" else weight


def in_order(hints: Iterable[Hint]) -> list[Hint]:
    """The hints once each, sorted by source and tag, so that the same page always has the same list."""
    return sorted(
        set(hints), key=lambda hint: (_ORDER.index(hint.source) if hint.source in _ORDER else len(_ORDER), hint)
    )


def address_hints(url: str) -> list[Hint]:
    """What the directories, the first host label and the file name of a canonical URL say.

    Of a file name only the form of content negotiation speaks, "licence.de.html" or "licence.html.de".
    """
    parts = urlsplit(url)
    *segments, file = unquote(parts.path).lower().split("/")[1:] or [""]
    before = ["", *segments]
    found = [
        Hint("url_path", segment)
        for position, segment in enumerate(segments)
        if _is_language_segment(segment, position, before[position])
    ]
    found += [
        Hint("url_file", tag) for tag in _NEGOTIATED.findall(file) if _names_language(tag) and tag not in _LONG_WORDS
    ]
    label = _language_label(parts.hostname or "")
    return found + ([Hint("url_host", label)] if label else [])


def declared_hints(tree: HTMLTree, headers: Mapping[str, str]) -> list[Hint]:
    """What a page declares about itself: html lang or xml:lang, meta content-language, og:locale and the
    Content-Language header.

    A declaration of several languages tells for whom a page is, not in what it is written, and is left out.
    """
    found = [("content_language", headers.get("content-language", ""))]
    document = tree.document
    root = document.query_selector("html") if document else None
    if root is not None:
        found.append(("html_lang", root.getattr("lang") or root.getattr("xml:lang") or ""))
    for meta in document.query_selector_all("meta[content]").values() if document else ():
        content = meta.getattr("content") or ""
        if (meta.getattr("http-equiv") or "").lower() == "content-language":
            found.append(("meta_language", content))
        elif (meta.getattr("property") or "").lower() == "og:locale":
            found.append(("og_locale", content))
    return [Hint(source, tag.strip()) for source, tag in found if is_tag(tag)]


def is_tag(text: str) -> bool:
    """Whether the text has the form of one language tag; "x-default" and lists have not."""
    return re.fullmatch(r"\s*[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*\s*", text) is not None


def _is_language_segment(segment: str, position: int, before: str) -> bool:
    if not _names_language(segment):
        return False
    base = re.split(r"[-_]", segment)[0]
    if before in _ANNOUNCING:
        return True
    return base not in _LONG_WORDS and (base not in _SHORT_WORDS or position == 0)


def _language_label(host: str) -> str | None:
    label, *rest = host.split(".")
    is_below_registered_name = len(rest) >= (3 if rest[:1] and rest[0] in _PUBLIC_SECOND_LEVELS else 2)
    is_word = label in _SHORT_WORDS or label in _LONG_WORDS
    return label if is_below_registered_name and not is_word and _names_language(label) else None


def _names_language(text: str) -> bool:
    from lugha.languages import by_tag

    return _ADDRESS_TAG.fullmatch(text) is not None and by_tag(text) is not None
