"""How much of a page's main text is found, how much else comes with it, and how fast, beside other extractors.

INPUT is a folder with trafilatura/ (segments that must and must not be in the text) and scrapinghub/ (whole article
bodies), each with html/. Both are scored as their makers do: F1 over all segments, white space folded; and the overlap
of runs of four words, precision and recall averaged over pages. `f1` is the mean of both sets.
Without INPUT the sample web is built, and the articles printed on its pages are the bodies, for each language; words
of scripts without spaces are letters there.

The readability-lxml package is run where it is installed; it is no dependency of this project.
"""

import gzip
import json
import re
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lugha.parsing.charset import read_page
from lugha.parsing.parse import main_text
from lugha.sample.articles import articles_of
from lugha.scripts import tokens

RUN = 4  # words
WARM_UP_PAGES = 5
NOT_UTF8 = b"<html><body><p>\xe9</p></body></html>"


@dataclass(frozen=True)
class Page:
    """A page with its truth: the whole body, or segments that belong to the text and segments that do not."""

    html: bytes
    body: str | None = None
    wanted: Sequence[str] = ()
    unwanted: Sequence[str] = ()


@dataclass
class Result:
    """Precision, recall and F1 of each set, 0..1, and what they took."""

    sets: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    cpu_seconds: float = 0.0


def measure(given: Path | None) -> dict[str, Any]:
    """F1 of each set and pages per CPU second, ours and the peers'."""
    sets = _given(given) if given else _made()
    results = {name: _run(extract, sets) for name, extract in _extractors().items()}
    count = sum(map(len, sets.values()))
    figures = {
        name: {
            "f1": round(sum(f1 for *_, f1 in result.sets.values()) / len(sets), 4),
            **{f"f1_{name}": round(f1, 4) for name, (*_, f1) in result.sets.items()},
            "pages_per_cpu_s": round(count / result.cpu_seconds, 1),
        }
        for name, result in results.items()
    }
    return {
        "input_mb": round(sum(len(page.html) for pages in sets.values() for page in pages) / 1e6, 2),
        "ours": figures.pop("ours"),
        "peers": figures,
        "table": _table(sets, results, count),
    }


def _given(folder: Path) -> dict[str, list[Page]]:
    segments = json.loads((folder / "trafilatura" / "evaldata.json").read_text(encoding="utf-8"))
    bodies = json.loads((folder / "scrapinghub" / "ground-truth.json").read_text(encoding="utf-8"))
    return {
        "segments": [
            Page(_unpacked(folder / "trafilatura" / "html" / row["file"]), None, row["with"], row["without"])
            for row in segments.values()
        ],
        "bodies": [
            Page(_unpacked(folder / "scrapinghub" / "html" / f"{name}.html.gz"), row["articleBody"])
            for name, row in bodies.items()
        ],
    }


def _unpacked(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())


def _made() -> dict[str, list[Page]]:
    """Article pages of the sample web that are whole, by language; their text is known from the article's name."""
    from lugha.sample.build import build

    sets: dict[str, list[Page]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(folder)
        for row in map(json.loads, (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()):
            # Copies are changed on purpose, and a page of two languages has the text of two articles.
            if row["role"] == "article" and row["dup_kind"] is None and "+" not in row["lang_truth"]:
                body = _bodies(row["lang_truth"])[_slug(row["path"])]
                sets[row["lang_truth"]].append(Page((folder / row["path"]).read_bytes(), body))
    return dict(sorted(sets.items()))


def _slug(path: str) -> str:
    return Path(path.removesuffix("/index.html")).stem


@cache
def _bodies(language: str) -> dict[str, str]:
    return {article.slug: "\n".join((article.title, *article.paragraphs)) for article in articles_of(language)}


def _run(extract: Callable[[bytes], str], sets: dict[str, list[Page]]) -> Result:
    _text(extract, NOT_UTF8)  # what reads legacy encodings is loaded once in a process
    for page in next(iter(sets.values()))[:WARM_UP_PAGES]:
        _text(extract, page.html)
    result = Result()
    for name, pages in sets.items():
        start = time.process_time()
        texts = [_text(extract, page.html) for page in pages]
        result.cpu_seconds += time.process_time() - start
        score = _segments if pages[0].body is None else _overlap
        precision, recall = score(zip(texts, pages, strict=True))
        result.sets[name] = precision, recall, 2 * precision * recall / max(1e-9, precision + recall)
    return result


def _text(extract: Callable[[bytes], str], html: bytes) -> str:
    try:
        return extract(html)
    except Exception:  # whatever a page makes an extractor raise: it is a page without text
        return ""


def _segments(found: Iterable[tuple[str, Page]]) -> tuple[float, float]:
    hits = missed = unwanted = 0
    for text, page in found:
        folded = _folded(text)
        there = sum(_folded(segment) in folded for segment in page.wanted)
        hits, missed = hits + there, missed + len(page.wanted) - there
        unwanted += sum(_folded(segment) in folded for segment in page.unwanted)
    return hits / max(1, hits + unwanted), hits / max(1, hits + missed)


def _folded(text: str) -> str:
    return " ".join(text.split())


def _overlap(found: Iterable[tuple[str, Page]]) -> tuple[float, float]:
    shares = []
    for text, page in found:
        ours, gold = _runs(text), _runs(page.body or "")
        same = (ours & gold).total()
        shares.append((same / max(1, ours.total()), same / max(1, gold.total())))
    precision, recall = (sum(column) / len(shares) for column in zip(*shares, strict=True))
    return precision, recall


def _runs(text: str) -> Counter[tuple[str, ...]]:
    # As scrapinghub's benchmark splits, but where marks or a script without spaces would break its words.
    words = re.findall(r"\w+", text) if text.isascii() else tokens(text)
    return Counter(tuple(words[n : n + RUN]) for n in range(max(1, len(words) - RUN + 1)))


def _table(sets: dict[str, list[Page]], results: dict[str, Result], count: int) -> str:
    lines = [
        f"| extractor | {' | '.join(f'{name} P / R / F1' for name in sets)} | pages per CPU second |",
        "|---|" + "---|" * len(sets) + "---:|",
    ]
    for name, result in results.items():
        scores = " | ".join(" / ".join(f"{x:.3f}" for x in result.sets[chosen]) for chosen in sets)
        lines.append(f"| {name} | {scores} | {count / result.cpu_seconds:.0f} |")
    counts = ", ".join(f"{len(pages)} {name}" for name, pages in sets.items())
    missing = "" if find_spec("readability") else " readability-lxml is not installed and was not run."
    return "\n".join([*lines, "", f"Pages: {counts}.{missing}"])


def _ours(html: bytes) -> str:
    reading = read_page(html, None, "und_Zyyy")
    return main_text(reading.text) if reading else ""


def _trafilatura(**options: bool) -> Callable[[bytes], str]:
    def extract(html: bytes) -> str:
        import trafilatura

        return trafilatura.extract(html, include_comments=False, include_tables=True, **options) or ""

    return extract


def _resiliparse(html: bytes) -> str:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    text = bytes_to_str(html, detect_encoding(html))
    return str(
        extract_plain_text(text, main_content=True, alt_texts=False, list_bullets=False, links=False, comments=False)
    )


def _justext(html: bytes) -> str:
    import justext

    return "\n".join(p.text for p in justext.justext(html, _stop_words()) if not p.is_boilerplate)


@cache
def _stop_words() -> frozenset[str]:
    import justext

    return frozenset().union(*(justext.get_stoplist(language) for language in justext.get_stoplists()))


def _readability(html: bytes) -> str:
    from lxml.html import fromstring
    from readability import Document

    return str(fromstring(Document(html).summary()).text_content())


def _extractors() -> dict[str, Callable[[bytes], str]]:
    trafilatura = f"trafilatura {version('trafilatura')}"
    found: dict[str, Callable[[bytes], str]] = {
        "ours": _ours,
        f"{trafilatura} full": _trafilatura(fast=False),
        f"{trafilatura} fast": _trafilatura(fast=True),
        f"{trafilatura} precision": _trafilatura(favor_precision=True),
        f"resiliparse {version('resiliparse')} main": _resiliparse,
        f"justext {version('jusText')}": _justext,
    }
    return found | (
        {f"readability-lxml {version('readability-lxml')}": _readability} if find_spec("readability") else {}
    )
