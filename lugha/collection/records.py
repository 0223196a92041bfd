"""Records of one language: from the WARC files that the index points to, or fetched anew for a re-collection."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from lugha.collection.journal import BrokenRecord, read_body
from lugha.lake import Lake
from lugha.lake.digest import short_hash
from lugha.lake.schemas import TABLES
from lugha.warehouse import query

if TYPE_CHECKING:
    from lugha.collection.politeness import Politeness
    from lugha.collection.progress import Progress

log = logging.getLogger(__name__)
COLUMNS = list(TABLES["raw_crawls"].columns)


def corrected_plan(lake: Lake, snapshot: str) -> pl.DataFrame:
    """The fetched records of a snapshot, each under the language it belongs to (sql/crawl_plan.sql)."""
    tables = {
        "crawl_index": lake.scan("crawl_index", snapshot=snapshot),
        "index_corrections": lake.scan("index_corrections", snapshot=snapshot),
    }
    return query("crawl_plan", tables, snapshot=snapshot)


def recollection_plan(lake: Lake, snapshot: str, language: str) -> pl.DataFrame:
    """Addresses of a language that are known and were never fetched, best hosts first (sql/uncollected_records.sql)."""
    tables = {
        "crawl_index": lake.scan("crawl_index").filter(~pl.col("snapshot").str.starts_with("recollect-")),
        "raw_crawls": lake.scan("raw_crawls").select("url", "snapshot"),
        "cleaned_shards": lake.scan("cleaned_shards").select("host", "language", "byte_count"),
    }
    return query("uncollected_records", tables, language=language, snapshot=snapshot)


def records_from_warc(plan: pl.DataFrame, folder: Path) -> pl.DataFrame:
    """`raw_crawls` rows for fetched index rows, with the bytes that the snapshot's WARC folder holds.

    A WARC record that cannot be read costs no other: its row has no bytes and the `failure` "broken_record", and a line
    in the log says file, offset and what to do.
    """
    places = plan.select("url", "warc_file", "warc_offset", "warc_length").iter_rows()
    bodies = [_body(folder, *place) for place in places]
    return plan.with_columns(
        pl.Series("body", [body or b"" for body in bodies], dtype=pl.Binary),
        pl.Series("body_digest", [short_hash(body or b"") for body in bodies], dtype=pl.Binary),
        pl.Series("failure", ["broken_record" if body is None else None for body in bodies], dtype=pl.String),
    ).select(COLUMNS)


def _body(folder: Path, url: str, file: str, offset: int, length: int) -> bytes | None:
    try:
        return read_body(folder, file, offset, length)[1]
    except BrokenRecord as error:
        log.warning("%s: %s", url, error)
        return None


def recollect(
    plan: pl.DataFrame,
    politeness: "Politeness",
    folder: Path,
    wanted_bytes: int,
    on_progress: "Callable[[Progress], None]",
) -> pl.DataFrame:
    """Fetch the addresses of a plan, in its order, until `wanted_bytes` of pages have come; `raw_crawls` rows of
    those that came.

    A record keeps the id that the index gave it. A killed call goes on from its WARC journal.
    """
    from lugha.collection.listed import fetch_list

    found = fetch_list(plan.select("url", "hints"), politeness, folder, wanted_bytes, on_progress)
    fetched = found.filter(pl.col("outcome") == "fetched").join(plan.select("url", "doc_id"), on="url", how="inner")
    return records_from_warc(fetched, folder)
