"""What a fetched page or sitemap says about other addresses and about itself, in one reading of its markup.

Only addresses that http(s) can reach are links. Which of them are visited is for the frontier and the rules of the
site.
"""

import html
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from resiliparse.parse.encoding import bytes_to_str, detect_encoding, map_encoding_to_html5
from resiliparse.parse.html import HTMLTree

from lugha.collection.bodies import media_type
from lugha.collection.hints import Hint, declared_hints, is_tag
from lugha.collection.licence import licence_of
from lugha.collection.urls import resolved_url

MAX_LINKS_PER_PAGE = 10_000  # more is a trap or a dump; a sitemap may hold 50,000 by its protocol
MAX_SITEMAP_URLS = 50_000
_SELECTOR = "a[href], area[href], link[href], option[value]"
_NO_ADDRESS = re.compile(r"\s*(#|(javascript|mailto|tel|data):)", re.I)
_PATH_LIKE = re.compile(r"https?://|\.{0,2}/", re.I)
_PAGE_ALTERNATES = frozenset({"", "text/html", "application/xhtml+xml", "text/plain"})


class Link(NamedTuple):
    """A canonical address and the language tag that the link gives it, if any."""

    url: str
    hreflang: str | None = None


@dataclass(frozen=True)
class Page:
    """What the markup of one page tells: its links in order, what it declares about its language, its licence."""

    links: tuple[Link, ...]
    hints: tuple[Hint, ...]
    licence: str | None


@dataclass(frozen=True)
class Sitemap:
    """What one sitemap lists: pages, and further sitemaps if it is an index."""

    pages: tuple[Link, ...]
    sitemaps: tuple[str, ...]


def read_page(url: str, headers: Mapping[str, str], body: bytes) -> Page:
    """Read a page that came from `url`. Never raises for what a page holds; plain text has headers only."""
    is_plain = media_type(headers.get("content-type")) == "text/plain"
    tree = HTMLTree.parse("" if is_plain else _decoded(body, headers.get("content-type", "")))
    links = tuple(dict.fromkeys(_links(tree, url)))[:MAX_LINKS_PER_PAGE]
    return Page(links, tuple(declared_hints(tree, headers)), licence_of(tree))


def read_sitemap(url: str, body: bytes) -> Sitemap:
    """Read a sitemap, sitemap index or list of addresses (sitemaps.org protocol 0.9), plain or gzip.

    Read by pattern and not by an XML parser: real sitemaps hold bare ampersands, and a pattern expands no entities.
    """
    text = _unpacked(body).decode("utf-8-sig", "replace")
    if "<" not in text:
        return Sitemap(tuple(_resolved(url, text.split()))[:MAX_SITEMAP_URLS], ())
    if re.search(r"<(\w+:)?sitemapindex\b", text):
        return Sitemap((), tuple(link.url for link in _resolved(url, _locations(text)))[:MAX_SITEMAP_URLS])
    alternates = [
        Link(target, tag)
        for element in re.findall(r"<(?:\w+:)?link\b[^<>]*>", text)
        if (tag := _attribute(element, "hreflang")) is not None and is_tag(tag)
        if (target := resolved_url(url, _attribute(element, "href") or "")) is not None
    ]
    pages = dict.fromkeys([*_resolved(url, _locations(text)), *alternates])
    return Sitemap(tuple(pages)[:MAX_SITEMAP_URLS], ())


def _links(tree: HTMLTree, url: str) -> Iterator[Link]:
    document = tree.document
    if document is None:
        return
    base_element = document.query_selector("base[href]")
    base = resolved_url(url, (base_element.getattr("href") if base_element else "") or "") or url
    # values() and not the list itself: stepping through the live list takes quadratic time in resiliparse 2.0.1.
    for element in document.query_selector_all(_SELECTOR).values():
        reference = element.getattr("value" if element.tag == "option" else "href") or ""
        rel = (element.getattr("rel") or "").lower().split()
        if element.tag == "option" and not _PATH_LIKE.match(reference.strip()):
            continue
        if element.tag == "link" and (
            "alternate" not in rel or media_type(element.getattr("type")) not in _PAGE_ALTERNATES
        ):
            continue
        target = None if _NO_ADDRESS.match(reference) else resolved_url(base, reference)
        if target is not None:
            hreflang = (element.getattr("hreflang") or "").strip()
            yield Link(target, hreflang if is_tag(hreflang) else None)


def _decoded(body: bytes, content_type: str) -> str:
    """The body as text, well enough for its markup: mark, else header, else the page's own word, else its looks."""
    declared = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", content_type, re.I)
    has_mark = body.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"))
    known = map_encoding_to_html5(declared[1], fallback_utf8=False) if declared and not has_mark else None
    return bytes_to_str(body, known or detect_encoding(body, from_html_meta=True) or "utf-8", errors="replace")


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(
            body, 50 * 1024 * 1024
        )  # sitemaps.org: 50 MB unpacked
    except zlib.error:
        return b""


def _locations(text: str) -> list[str]:
    values = re.findall(r"<(?:\w+:)?loc\s*>\s*(?:<!\[CDATA\[)?\s*([^<>\s\]]+)", text)
    return [_unescaped(value) for value in values]


def _attribute(element: str, name: str) -> str | None:
    match = re.search(rf"\b{name}\s*=\s*(\"([^\"]*)\"|'([^']*)')", element)
    return None if match is None else _unescaped(match[2] or match[3] or "").strip()


def _unescaped(value: str) -> str:
    """Character references with their semicolon replaced; "&copy=1" is a bare ampersand and stays."""
    return re.sub(r"&#?\w+;", lambda reference: html.unescape(reference[0]), value)


def _resolved(url: str, references: list[str]) -> Iterator[Link]:
    for reference in references:
        target = resolved_url(url, reference)
        if target is not None:
            yield Link(target)
