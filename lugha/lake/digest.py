"""Digests that name content: of a partition, of settings, of a record.

A partition's digest does not depend on the order of its rows, so that a shuffled re-run is still "unchanged". It is
its Dagster data version.
"""

import hashlib
import json
from collections.abc import Sequence

import duckdb
import polars as pl


def short_hash(content: bytes) -> bytes:
    """First 16 bytes of sha256; used for doc_id, content_hash and body_digest."""
    return hashlib.sha256(content).digest()[:16]


def digest_of(value: object) -> str:
    """16 hex digits of sha256 of a JSON value; key order does not matter."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()[:16]


def content_digest(rows: pl.LazyFrame | pl.DataFrame, columns: Sequence[str]) -> str:
    """16 hex digits over the multiset of rows, seen through `columns`.

    Each row is rendered by DuckDB, hashed with md5 and the hashes are added, so the work streams and order cannot
    matter. md5 is used as a fast mixing function, not against an adversary, and of its bits the 64 that the digest has
    room for. No rows give a digest too: "empty" is content. Without columns it is the number of rows.
    """
    if not columns:
        return digest_of([[], rows.lazy().select(pl.len()).collect().item()])
    frame = rows.lazy().select(columns)
    rendered = ", ".join(_rendered(name, dtype) for name, dtype in frame.collect_schema().items())
    duckdb.execute("SET enable_progress_bar = false")  # it would be printed into every log
    sums = duckdb.sql(f"SELECT count(*), sum(md5_number_lower(row({rendered})::VARCHAR)) FROM frame")
    assert sums is not None  # a SELECT yields rows
    return digest_of([list(columns), *(str(x) for x in sums.fetchall()[0])])


def _rendered(name: str, dtype: pl.DataType) -> str:
    """A column in SQL. Bytes and instants are named in the forms that are rendered several times faster than their
    default ones.
    """
    quoted = '"' + name.replace('"', '""') + '"'
    if dtype == pl.Binary:
        return f"hex({quoted})"
    return f"epoch_us({quoted})" if isinstance(dtype, pl.Datetime) else quoted
