"""What tests of clusters share: documents, the decisions of one run, and the rules once more, slowly and plainly."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from lugha.deduplication.cells import doc_number
from lugha.deduplication.clusters import decide
from lugha.lake.digest import short_hash

START = datetime(2026, 1, 1, tzinfo=UTC)
ENOUGH = 1_000_000_000
DOCUMENTS = {
    "doc_id": pl.Binary,
    "first_seen": pl.Datetime("us", "UTC"),
    "quality": pl.Float64,
    "content_hash": pl.Binary,
    "url_hash": pl.Binary,
    "host": pl.String,
}
BEFORE = {"doc_id": pl.Binary, "representative_id": pl.Binary, "is_kept": pl.Boolean, "is_held_out": pl.Boolean}
NONE = pl.DataFrame(schema=BEFORE)
ALONE = pl.DataFrame(schema={"doc": pl.Int64, "component": pl.Int64})


@dataclass(frozen=True)
class Page:
    """A document by its name; `seen` is a day, `text` and `url` are names of a text and an address."""

    name: str
    seen: int | None = 0
    quality: float | None = None
    text: str | None = None
    url: str | None = None

    @property
    def doc_id(self) -> bytes:
        return short_hash(self.name.encode())

    @property
    def content_hash(self) -> bytes:
        return short_hash((self.text or f"text of {self.name}").encode())


def frame(pages: Iterable[Page]) -> pl.DataFrame:
    rows = [
        {
            "doc_id": page.doc_id,
            "first_seen": None if page.seen is None else START + timedelta(days=page.seen),
            "quality": page.quality,
            "content_hash": page.content_hash,
            "url_hash": short_hash(page.url.encode()) if page.url else None,
            "host": f"{page.name}.example",
        }
        for page in pages
    ]
    return pl.DataFrame(rows, schema=DOCUMENTS).with_columns(doc_number().alias("doc"))


def number(page: Page) -> int:
    return int.from_bytes(page.doc_id[:8], "little", signed=True)


def groups(nodes: Iterable[object], pairs: Iterable[tuple[object, object]]) -> list[set[object]]:
    """The connected components of a graph."""
    of = {node: {node} for node in nodes}
    for one, other in pairs:
        if of[one] is not of[other]:
            of[one] |= of[other]
            for node in of[other]:
                of[node] = of[one]
    return list({id(group): group for group in of.values()}.values())


def near_components(pages: Iterable[Page], near: Iterable[tuple[str, str]]) -> pl.DataFrame:
    """What the forest says of near pairs of names; of pairs with a document that is not there, nothing."""
    there = {page.name: number(page) for page in pages}
    pairs = [(there[a], there[b]) for a, b in near if a in there and b in there and a != b]
    rows = [(doc, min(group)) for group in groups({d for p in pairs for d in p}, pairs) for doc in group]
    return pl.DataFrame(rows, schema=ALONE.schema, orient="row")


def decided(
    documents: pl.DataFrame,
    components: pl.DataFrame = ALONE,
    before: pl.DataFrame = NONE,
    memory_bytes: int = ENOUGH,
    signatures: pl.DataFrame | None = None,
) -> pl.DataFrame:
    with TemporaryDirectory() as folder:
        return decide(
            documents.lazy(),
            components.lazy(),
            before.lazy(),
            memory_bytes=memory_bytes,
            folder=Path(folder),
            signatures=None if signatures is None else signatures.lazy(),
        ).collect()


def run(
    pages: Iterable[Page],
    near: Iterable[tuple[str, str]] = (),
    before: pl.DataFrame = NONE,
    memory_bytes: int = ENOUGH,
    signatures: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """One run over the documents that are there, with names in place of numbers, in their order."""
    pages = list(pages)
    names = {page.doc_id: page.name for page in pages}
    rows = decided(frame(pages), near_components(pages, near), before, memory_bytes, signatures)
    return rows.with_columns(
        pl.Series(column, [names[doc_id] for doc_id in rows[f"{column}_id"]], dtype=pl.String)
        for column in ("doc", "cluster", "representative")
    ).sort("doc")


def told(decided: pl.DataFrame, column: str) -> dict[str, object]:
    return dict(decided.select("doc", column).iter_rows())


def partition(decided: pl.DataFrame) -> set[frozenset[str]]:
    clusters = defaultdict(set)
    for cluster, name in decided.select("cluster", "doc").iter_rows():
        clusters[cluster].add(name)
    return {frozenset(names) for names in clusters.values()}


def expected(
    pages: Iterable[Page], near: Iterable[tuple[str, str]], before: pl.DataFrame, drawn: Mapping[str, bool]
) -> Iterator[dict[str, object]]:
    """The rules once more, one document after the other. `drawn` tells the side of documents without a history."""
    pages = list(pages)
    by_name = {page.name: page for page in pages}
    names = {page.doc_id: page.name for page in pages}
    old = {names[row["doc_id"]]: row for row in before.iter_rows(named=True) if row["doc_id"] in names}
    pairs = [(a, b) for a, b in near if a in by_name and b in by_name]
    for key in (lambda page: page.content_hash, lambda page: page.url):
        first: dict[object, str] = {}
        pairs += [(first.setdefault(key(p), p.name), p.name) for p in pages if key(p) is not None]
    for group in groups(by_name, pairs):
        members = sorted((by_name[str(name)] for name in group), key=_age)
        sides = [old[page.name]["is_held_out"] for page in members if page.name in old]
        is_held_out = any(sides) if sides else drawn[members[0].name]
        trained_on = {p.name for p in members if is_held_out and p.name in old and not old[p.name]["is_held_out"]}
        fit = [page for page in members if page.name not in trained_on]
        kept = [p.name for p in fit if p.name in old and old[p.name]["is_kept"]]
        kept = kept or [min(fit, key=lambda p: (-p.quality if p.quality is not None else 9, *_age(p))).name]
        order = sorted(members, key=lambda p: (p.name not in kept, *_age(p)))
        for page in members:
            mine = names.get(old.get(page.name, {}).get("representative_id"))
            stands = page.name if page.name in kept else mine if mine in kept else kept[0]
            yield {
                "doc": page.name,
                "cluster": members[0].name,
                "representative": stands,
                "is_kept": page.name in kept,
                "cluster_size": len(members),
                "method": "held_out_copy" if page.name in trained_on else _method(page, order, kept),
                "rehydration_weight": _weight(len(members)) if page.name == kept[0] else int(page.name in kept),
                "is_held_out": is_held_out and page.name not in trained_on,
            }


def _age(page: Page) -> tuple[float, bytes]:
    return (9_999 if page.seen is None else page.seen, page.doc_id)


def _method(page: Page, order: list[Page], kept: list[str]) -> str:
    if page.name in kept:
        return "unique" if len(order) == 1 else "representative"
    earlier = order[: order.index(page)]
    if any(other.content_hash == page.content_hash for other in earlier):
        return "same_text"
    return "same_url" if page.url and any(other.url == page.url for other in earlier) else "near"


def _weight(cluster_size: int) -> int:
    return next(w for most, w in ((1, 1), (2, 2), (4, 3), (99, 5), (999, 8), (10**9, 1)) if cluster_size <= most)
