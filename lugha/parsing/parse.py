"""Main text of fetched pages, with the reason where there is none.

trafilatura's fast mode finds the main text (measured against its peers in bench/); pages where it finds next to
nothing get a second look by resiliparse, which keeps more. Nothing is dropped: a page without text is a row with a
`failure`, so that every record is accounted for.
"""

import logging
import re
from functools import cache
from html import unescape
from importlib.metadata import version
from itertools import islice

import polars as pl

from lugha.lake.schemas import TABLES
from lugha.parsing.charset import Reading, read_page
from lugha.scripts import MARKS

log = logging.getLogger(__name__)
TOO_LITTLE = 80  # characters: below this the first extractor usually took a caption for the article
MOST_CHARACTERS = 2_000_000  # a page beyond this is a dump, and tree building is not linear in it
# The second extractor asks each element for the divs and articles around it: 10,000 open divs take it 2 s, 30,000 15 s.
MOST_STEPS = 60_000_000
TAG = re.compile(r"<(?:(/)?(div|article)\b|[a-z])", re.IGNORECASE)
REFERENCE = re.compile(r"&(?:#x[0-9a-f]{2,6}|#[0-9]{3,7}|zwn?j);", re.IGNORECASE)
JOINERS = "\u200b\u200c\u200d"


@cache
def extractor_name() -> str:
    """Names and versions of the extractors, part of every row and of the settings digest."""
    return f"trafilatura {version('trafilatura')}, resiliparse {version('resiliparse')}"


@cache
def reader_name() -> str:
    """Names and versions of what tells encodings apart, part of the settings digest."""
    return f"chardet {version('chardet')}, gflanguages {version('gflanguages')}"


def parse(records: pl.DataFrame, language: str) -> pl.DataFrame:
    """`raw_crawls` rows of one language in, `parsed_documents` rows out, one for each record.

    `failure` is that of the record ("broken_record"), "empty_body", "no_text" (bytes that are no text), "page_too_long", "no_main_text" or "extractor_error".
    """
    rows = [_parse_one(row, language) for row in records.iter_rows(named=True)]
    spec = TABLES["parsed_documents"]
    return pl.DataFrame(rows, schema={c: spec.schema[c] for c in spec.columns})


def _parse_one(row: dict[str, object], language: str) -> dict[str, object]:
    body = row["body"]
    assert isinstance(body, bytes)
    reading = read_page(body, str(row["content_type"] or ""), language) if body else None
    text, failure = (
        ("", "empty_body" if not body else "no_text") if reading is None else _main_text(reading, str(row["url"]))
    )
    failure = str(row["failure"]) if row.get("failure") else failure
    kept = {c: row[c] for c in ("doc_id", "url", "host", "fetched_at", "hints", "licence")}
    return kept | {
        "text": text,
        "charset": reading and reading.charset,
        "charset_source": reading and reading.source,
        "charset_declared": reading and reading.declared,
        "extractor": extractor_name(),
        "failure": failure,
    }


def _main_text(reading: Reading, url: str) -> tuple[str, str | None]:
    if len(reading.text) > MOST_CHARACTERS:
        return "", "page_too_long"
    try:
        text = main_text(reading.text)
    except ImportError:  # a broken installation would look like a web without text
        raise
    except Exception as error:  # whatever a broken tree makes the extractors raise; the page is lost, not the run
        log.warning("%s: the extractor failed with %s: %s", url, type(error).__name__, str(error)[:200])
        return "", "extractor_error"
    return (text, None) if text else ("", "no_main_text")


def main_text(html: str) -> str:
    """Main text of a page, paragraphs separated by line breaks; empty where the page has none."""
    import trafilatura
    from resiliparse.extract.html2text import extract_plain_text

    html = MARKS.sub(r"\1", REFERENCE.sub(_resolved, html))
    html, joiner_of = _with_joiners_veiled(html)
    text = trafilatura.extract(html, fast=True, include_comments=False, include_tables=True) or ""
    text = text.translate(joiner_of)
    if len(text) >= TOO_LITTLE or _steps_of_second_look(html) > MOST_STEPS:
        return text
    second = extract_plain_text(
        html, main_content=True, alt_texts=False, list_bullets=False, links=False, comments=False
    )
    second = second.strip().translate(joiner_of)
    return second if len(second) > 2 * len(text) else text


def _resolved(reference: re.Match[str]) -> str:
    """A character reference as its character, so that joiners and marks are seen however they are written. ASCII stays:
    it may be markup.
    """
    character = unescape(reference[0])
    return reference[0] if character.isascii() else character


def _with_joiners_veiled(html: str) -> tuple[str, dict[int, str]]:
    """The page with each joiner as a letter that the page does not hold (of cuneiform), and the table that turns the
    letters back. trafilatura deletes what is not printable, and joiners are spelling in Persian, Sinhala and others.
    """
    if not any(joiner in html for joiner in JOINERS):
        return html, {}
    letters = islice((letter for letter in map(chr, range(0x12000, 0x12399)) if letter not in html), len(JOINERS))
    letter_of = dict(zip(map(ord, JOINERS), letters, strict=True))
    return html.translate(letter_of), {ord(letter): chr(joiner) for joiner, letter in letter_of.items()}


def _steps_of_second_look(html: str) -> int:
    """Sum, over all elements, of the divs and articles around them, from the tags alone."""
    depth = steps = 0
    for closing, container in TAG.findall(html):
        if container:
            depth = max(0, depth - 1) if closing else depth + 1
        steps += depth
    return steps
