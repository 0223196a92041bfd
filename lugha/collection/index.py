"""Rows of crawl_index: what a walk found, each record with its id and the language it is filed under."""

import json
from datetime import date

import polars as pl

from lugha.lake.digest import short_hash
from lugha.lake.schemas import TABLES

RECOLLECTION = "recollect-"


def is_recollection(snapshot: str) -> bool:
    """Whether a snapshot goes back for languages that fell, rather than over a site list."""
    return snapshot.startswith(RECOLLECTION)


def recollection_snapshot(day: date) -> str:
    """The one re-collection snapshot of a week, "recollect-2026w47": all languages that fall in that week share it,
    so keys stay few.
    """
    year, week, _ = day.isocalendar()
    return f"{RECOLLECTION}{year}w{week:02d}"


def index_rows(found: pl.DataFrame, snapshot: str) -> pl.DataFrame:
    """`crawl_index` rows from the result of a walk: doc_id from the record's identity (snapshot and address),
    language from its hints.
    """
    from lugha.collection.hints import choose_language

    chosen = [
        choose_language([(source, tag) for source, tag in json.loads(hints)])
        for hints in found["hints"].fill_null("[]")
    ]
    spec = TABLES["crawl_index"]
    return found.with_columns(
        pl.Series("doc_id", [short_hash(f"web\n{snapshot}\n{url}".encode()) for url in found["url"]], dtype=pl.Binary),
        pl.Series("language", [code for code, _ in chosen], dtype=pl.String),
        pl.Series("language_source", [source for _, source in chosen], dtype=pl.String),
    ).select(pl.col(c).cast(spec.schema[c]) for c in spec.columns)


def uncollected(indexes: pl.LazyFrame) -> pl.DataFrame:
    """Addresses that `indexes` (rows of other snapshots) know and none has fetched, each once, the first snapshot
    that named it.
    """
    done = indexes.filter(pl.col("outcome").is_in(["fetched", "robots_forbidden"])).select("url")
    known = indexes.filter(pl.col("outcome") == "known").join(done, on="url", how="anti").sort("snapshot", "url")
    return known.unique("url", keep="first", maintain_order=True).drop("snapshot").collect()
