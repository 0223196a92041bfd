"""A folder of documents of which it is known who copies whom.

About a quarter of the bytes are edited copies. Cluster sizes have a heavy tail: most originals are copied once, a few a
thousand times. Documents of one site share a frame of menu and footer, copied or not, so that whoever takes a template
for a copy loses precision. Every copy has its true Jaccard similarity to the original, on the shingles that
lugha.deduplication.shingles defines.

    shards/*.parquet   id, text, lang
    truth.parquet      id, cluster, lang, script, kind, jaccard
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from bench.near_copies.decks import Deck, pieces_of
from lugha.deduplication.shingles import shingles

COPY_SHARE = 0.25  # of all bytes
TAIL = 0.9  # exponent of the Pareto law of cluster sizes
MOST_COPIES = 2000
MEDIAN_BYTES, SPREAD = 2200, 0.8  # log-normal; with the tail a mean of 3 kB, as crawled pages of small languages have
LEAST_BYTES, MOST_BYTES = 300, 100_000
SITES = 30  # of a language
FRAMED_SHARE = 0.2  # of the originals
KINDS = {"exact": 0.25, "case_and_space": 0.1, "frame": 0.15, "words": 0.3, "truncated": 0.2}
REPLACED = (0.005, 0.1)  # share of the words, drawn evenly on a logarithmic scale
CUT = (0.05, 0.35)  # share of the text
SHARD_BYTES = 25_000_000
BATCH_BYTES = 4_000_000


@dataclass(frozen=True)
class Document:
    """One text and where it comes from; the original has the kind `original`, or `unique` if nobody copies it."""

    text: str
    cluster: int
    lang: str
    kind: str
    jaccard: float


class Sites:
    """Frames of the sites of a language: one menu line and one footer each."""

    def __init__(self, deck: Deck, rng: np.random.Generator) -> None:
        self._rng = rng
        self._frames = [(self._line(deck, " | "), self._line(deck, " ")) for _ in range(SITES)]

    def framed(self, text: str) -> str:
        """The text as a page of one of the sites."""
        menu, footer = self._frames[int(self._rng.integers(SITES))]
        return f"{menu}\n{text}\n{footer}"

    def _line(self, deck: Deck, between: str) -> str:
        return between.join(deck.word().strip() for _ in range(int(self._rng.integers(4, 16))))


def documents(sentences: dict[str, list[list[str]]], size_bytes: float, seed: int) -> Iterator[Document]:
    """Documents made of the sentences of each language, up to a size in UTF-8 bytes; an original stands right before
    its copies.
    """
    rng = np.random.default_rng(seed)
    found = {name: Deck(of_language, rng) for name, of_language in sentences.items()}
    sites = {name: Sites(deck, rng) for name, deck in found.items()}
    names = list(found)
    weights = _weights(found)
    most_copies = int(min(MOST_COPIES, max(2, size_bytes / 500_000)))
    made = copied = 0
    for cluster in range(1 << 40):
        name = names[int(rng.choice(len(names), p=weights))]
        text = _text(found[name], rng)
        if rng.random() < FRAMED_SHARE:
            text = sites[name].framed(text)
        count = min(1 + int(rng.pareto(TAIL)), most_copies) if copied < COPY_SHARE * made else 0
        original = Document(text, cluster, name, "original" if count else "unique", 1.0)
        for document in (original, *_copies(original, count, found[name], sites[name], rng)):
            yield document
            made += (size := len(document.text.encode()))
            copied += size if document.kind in KINDS else 0
            if made >= size_bytes:
                return


def write(made: Iterator[Document], size_bytes: float, folder: Path, seed: int) -> int:
    """Write shards and truth into a new folder and return the bytes of text. A document goes into any shard, so that
    copies seldom stand together; a shard is written in row groups, so that memory does not grow with the size.
    """
    rng = np.random.default_rng(seed)
    (folder / "shards").mkdir(parents=True)
    shards = [_Shard(folder / "shards" / f"{n:05d}.parquet") for n in range(max(4, round(size_bytes / SHARD_BYTES)))]
    truth, total = [], 0
    for number, document in enumerate(made):
        name = f"d{(number * 0x9E3779B1) % (1 << 32):010d}"  # no order of ids tells originals from copies
        total += len(document.text.encode())
        shards[int(rng.integers(len(shards)))].add(name, document, rng)
        truth.append((name, document.cluster, document.lang, _script(document.lang), document.kind, document.jaccard))
    for shard in shards:
        shard.close(rng)
    columns = ["id", "cluster", "lang", "script", "kind", "jaccard"]
    pl.DataFrame(truth, schema=columns, orient="row").write_parquet(folder / "truth.parquet")
    return total


class _Shard:
    def __init__(self, path: Path) -> None:
        self._path, self._bytes = path, 0
        self._rows: list[tuple[str, str, str]] = []
        self._writer: Any = None

    def add(self, name: str, document: Document, rng: np.random.Generator) -> None:
        self._rows.append((name, document.text, document.lang))
        self._bytes += len(document.text)
        if self._bytes > BATCH_BYTES:
            self._flush(rng)

    def close(self, rng: np.random.Generator) -> None:
        self._flush(rng)
        self._writer.close()

    def _flush(self, rng: np.random.Generator) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        schema = pa.schema([(name, pa.large_string()) for name in ("id", "text", "lang")])
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, schema, compression="zstd")
        rows = [self._rows[i] for i in rng.permutation(len(self._rows)).tolist()]
        columns = list(zip(*rows, strict=True)) or [(), (), ()]
        self._writer.write_table(pa.table([pa.array(c, pa.large_string()) for c in columns], schema=schema))
        self._rows, self._bytes = [], 0


def _text(deck: Deck, rng: np.random.Generator) -> str:
    wanted = min(max(MEDIAN_BYTES * float(np.exp(rng.normal(0, SPREAD))), LEAST_BYTES), MOST_BYTES)
    paragraphs, size = [], 0.0
    while size < wanted:
        pieces = deck.paragraph(int(rng.integers(2, 6)))
        pieces = pieces[: max(8, int((wanted - size) / deck.mean_bytes) + 1)]
        paragraphs.append("".join(pieces).strip())
        size += len(pieces) * deck.mean_bytes
    return "\n".join(paragraphs)


def _copies(original: Document, count: int, deck: Deck, sites: Sites, rng: np.random.Generator) -> Iterator[Document]:
    if not count:
        return
    wanted = shingles(original.text)
    for kind in rng.choice(list(KINDS), size=count, p=list(KINDS.values())).tolist():
        text = _copy(kind, original.text, deck, sites, rng)
        found = shingles(text)
        jaccard = len(wanted & found) / max(1, len(wanted | found))
        yield replace(original, text=text, kind=kind, jaccard=jaccard)


def _copy(kind: str, text: str, deck: Deck, sites: Sites, rng: np.random.Generator) -> str:
    if kind == "exact":
        return text
    if kind == "case_and_space":
        return text.upper() if rng.random() < 0.5 else re.sub(r"\n|  ?", " \n ", text)
    if kind == "frame":
        return sites.framed(text)
    if kind == "truncated":
        return text[: int(len(text) * (1 - rng.uniform(*CUT)))]
    pieces = pieces_of(text)
    share = float(np.exp(rng.uniform(*np.log(REPLACED))))
    for i in np.flatnonzero(rng.random(len(pieces)) < share).tolist():
        pieces[i] = deck.word()
    return "".join(pieces)


def _weights(found: dict[str, Deck]) -> list[float]:
    """Chances of the languages: by the square root of their text, and less in a script of many languages, so that rare
    scripts have copies enough to be measured.
    """
    roots = {name: deck.piece_count**0.5 for name, deck in found.items()}
    of_script: Counter[str] = Counter()
    for name, root in roots.items():
        of_script[_script(name)] += root
    weights = [root / of_script[_script(name)] ** 0.5 for name, root in roots.items()]
    return [weight / sum(weights) for weight in weights]


def _script(language: str) -> str:
    """The script in a code such as swh_Latn; Zyyy (undetermined) in one without."""
    match = re.search(r"_([A-Z][a-z]{3})$", language)
    return match[1] if match else "Zyyy"
