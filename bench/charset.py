"""How many pages with a wrong or missing charset are read right, beside detectors and a reader who believes.

INPUT is a folder with hosts/ and manifest.jsonl (fields path, html_lang, charset_declared, charset_actual, fault).
Without INPUT the articles of the sample are written in every encoding that holds them, with every kind of declaration;
SEED chooses which pages are taken, MB how much.

A page is read right where the text equals its bytes decoded with `charset_actual`, apart from a byte order mark and the
kind of line breaks. `repaired_share` is that of all pages with a `fault`, as they stand in the manifest, also of those
whose only fault is a lang attribute: there the fault is a wrong hint to us. The share of pages whose charset itself is
at fault (nothing, or something else than the truth, is declared) stands beside it, and so do the pages without fault.
The hint is what the page says itself, never the truth.
"""

import json
import os
import random
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from lugha.languages import by_tag
from lugha.parsing.charset import codec_of, read_page
from lugha.parsing.legacy import PRIOR
from lugha.sample.articles import articles_of

MEGABYTES = 2.0
META = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]+)""", re.IGNORECASE)


@dataclass(frozen=True)
class Page:
    """A page with its truth; `hint` is the language that the page claims, "und_Zyyy" where it claims none."""

    body: bytes
    hint: str
    declared: str | None
    actual: str
    fault: str | None

    @property
    def text(self) -> str:
        """What a reader should see."""
        return _plain(self.body.decode(self.actual, errors="replace"))

    @property
    def is_charset_fault(self) -> bool:
        """Whether the page is at fault about its charset, not only about its language."""
        is_marked = self.actual in ("utf-8-sig", "utf-16")
        return self.fault is not None and (
            (self.declared is None and not is_marked)
            or (self.declared is not None and codec_of(self.declared) != codec_of(self.actual))
        )


def measure(given: Path | None) -> dict[str, Any]:
    """Shares of pages read right and pages per CPU second, ours and the peers'."""
    pages = list(_given(given) if given else _made(int(os.environ.get("SEED") or 1)))
    read_page(b"\xe9", None, "und_Zyyy")  # loads the alphabets, once in a process
    results = {name: _run(reader, pages) for name, reader in READERS.items()}
    figures = {name: _figures(pages, *result) for name, result in results.items()}
    is_right = {name: right for name, (right, _) in results.items()}
    return {
        "input_mb": round(sum(len(page.body) for page in pages) / 1e6, 2),
        "ours": figures.pop("ours"),
        "peers": figures,
        "table": _table(pages, is_right, {name: cpu for name, (_, cpu) in results.items()}),
    }


def _given(folder: Path) -> Iterator[Page]:
    for line in (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["charset_actual"] == "unknown":
            continue
        hint = by_tag(row["html_lang"]) if row.get("html_lang") else None
        body = (folder / row["path"]).read_bytes()
        yield Page(body, hint or "und_Zyyy", row["charset_declared"], row["charset_actual"], row.get("fault"))


def _made(seed: int) -> Iterator[Page]:
    chosen = random.Random(seed)
    sources = [
        (language.name, "".join(f"<p>{paragraph}</p>\n" for paragraph in (article.title, *article.paragraphs)))
        for language in sorted(files("lugha.sample").joinpath("pages").iterdir(), key=lambda folder: folder.name)
        for article in articles_of(language.name)
    ]
    left = float(os.environ.get("MB") or MEGABYTES) * 1e6
    while left > 0:
        language, text = chosen.choice(sources)
        for page in _faulty(language, text, chosen):
            left -= len(page.body)
            yield page


def _faulty(language: str, text: str, chosen: random.Random) -> Iterator[Page]:
    """One page for each way of encoding an article, the encodings from before UTF-8 where they hold its letters."""
    hint = chosen.choice([language, language, "und_Zyyy"])
    for charset, declared, fault in (
        ("utf-8", chosen.choice(["iso-8859-1", "windows-1251", "tis-620"]), "UTF-8 bytes, other charset declared"),
        ("utf-8", None, "no charset declared"),
        ("utf-8-sig", None, "UTF-8 with BOM, no meta"),
        ("utf-16", None, "UTF-16 with BOM"),
        ("utf-8", "utf-8", None),
    ):
        yield Page(_html(text, declared).encode(charset), hint, declared, charset, fault)
    typewritten = text.translate(str.maketrans("‘’“”–—ʼ", "''\"\"--'"))
    for charset in PRIOR:
        for declared, fault in (
            (charset, f"{charset} bytes, declared"),
            (None, f"{charset} bytes, no charset declared"),
            ("utf-8", f"{charset} bytes, utf-8 declared"),
            ("windows-1252", f"{charset} bytes, windows-1252 declared"),
        ):
            try:
                body = _html(typewritten, declared).encode(charset)
            except UnicodeEncodeError:
                continue
            if not body.isascii():
                yield Page(body, hint, declared, charset, fault)


def _html(text: str, declared: str | None) -> str:
    meta = f'<meta charset="{declared}">' if declared else ""
    return f"<!doctype html><html><head>{meta}<title></title></head><body>{text}</body></html>"


def _run(reader: Callable[[Page], str], pages: list[Page]) -> tuple[list[bool], float]:
    start = time.process_time()
    texts = [reader(page) for page in pages]
    cpu = time.process_time() - start
    return [_plain(text) == page.text for text, page in zip(texts, pages, strict=True)], cpu


def _plain(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _figures(pages: list[Page], right: list[bool], cpu: float) -> dict[str, float]:
    return {
        "repaired_share": _share(right, [page.fault is not None for page in pages]),
        "charset_fault_share": _share(right, [page.is_charset_fault for page in pages]),
        "unharmed_share": _share(right, [page.fault is None for page in pages]),
        "pages_per_cpu_s": round(len(pages) / cpu, 1),
    }


def _share(right: list[bool], counted: list[bool]) -> float:
    chosen = [is_right for is_right, counts in zip(right, counted, strict=True) if counts]
    return round(sum(chosen) / max(1, len(chosen)), 4)


def _table(pages: list[Page], right: dict[str, list[bool]], cpu: dict[str, float]) -> str:
    groups: dict[str, list[int]] = defaultdict(list)
    for n, page in enumerate(pages):
        groups["**all pages with a fault**" if page.fault else "**pages without a fault**"].append(n)
        if page.is_charset_fault:
            groups["**charset at fault**"].append(n)
        groups[f"fault: {page.fault or 'none'}"].append(n)
        if not page.body.isascii():
            groups[f"encoding: {codec_of(page.actual)}"].append(n)
    lines = [f"| pages | count | {' | '.join(right)} |", "|---|---:|" + "---:|" * len(right)]
    for name in sorted(groups):
        members = groups[name]
        shares = " | ".join(f"{sum(found[n] for n in members) / len(members):.3f}" for found in right.values())
        lines.append(f"| {name} | {len(members)} | {shares} |")
    speeds = " | ".join(f"{len(pages) / seconds:.0f}" for seconds in cpu.values())
    return "\n".join([*lines, f"| pages per CPU second | {len(pages)} | {speeds} |"])


def _ours(page: Page) -> str:
    reading = read_page(page.body, "text/html", page.hint)
    return reading.text if reading else ""


def _as_declared(page: Page) -> str:
    """As a browser reads: byte order mark, then the page's first 1,024 bytes, then windows-1252."""
    for mark, codec in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if page.body.startswith(mark):
            return page.body.decode(codec, errors="replace")
    found = META.search(page.body[:1024])
    return _decoded(page.body, codec_of(found[1].decode()) if found else "cp1252")


def _decoded(body: bytes, codec: str | None) -> str:
    try:
        return body.decode(codec or "cp1252", errors="replace")
    except LookupError:
        return body.decode("cp1252", errors="replace")


def _chardet(page: Page) -> str:
    import chardet

    return _decoded(page.body, chardet.detect(page.body, compat_names=False)["encoding"])


def _charset_normalizer(page: Page) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(page.body).best()
    return _decoded(page.body, best.encoding if best else None)


def _resiliparse(page: Page) -> str:
    from resiliparse.parse.encoding import detect_encoding

    return _decoded(page.body, detect_encoding(page.body))


READERS: dict[str, Callable[[Page], str]] = {
    "ours": _ours,
    "as declared": _as_declared,
    f"chardet {version('chardet')}": _chardet,
    f"charset-normalizer {version('charset-normalizer')}": _charset_normalizer,
    f"resiliparse {version('resiliparse')}": _resiliparse,
}
