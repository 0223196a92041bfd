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
    matter. md5 is used as a fast 128-bit mixing function, not against an adversary. No rows give a digest too:
    "empty" is content.
    """
    frame = rows.select(columns)  # noqa: F841 - DuckDB reads the local variable by its name
    sums = duckdb.sql(
        "SELECT count(*), sum(md5_number_lower(r)::HUGEINT), sum(md5_number_upper(r)::HUGEINT) "
        "FROM (SELECT frame::VARCHAR AS r FROM frame)"
    )
    assert sums is not None  # a SELECT yields rows
    return digest_of([list(columns), *(str(x) for x in sums.fetchall()[0])])
