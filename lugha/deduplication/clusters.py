"""Clusters of copies of one language over all snapshots: who stands for whom, and which cluster is held out.

A cluster is a connected component of three kinds of edges: near copies, equal text, equal address. What was decided
stays: a document that was kept is kept as long as it is there, so a new document that joins two clusters leaves two
kept documents under one cluster id, and nobody's mixture changes under them. One thing overrides an earlier decision:
a document that turns out to be a copy of held-out text is no longer kept, because what a model is measured on must
not be trained on.

Memory is bounded: DuckDB does the joins and spills. Documents without a copy, which are most, go through none of it.
"""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from lugha.deduplication.held_out import draw
from lugha.errors import LughaError
from lugha.warehouse import query_text

if TYPE_CHECKING:
    import duckdb

DECIDED = {
    "cluster_id": pl.Binary,
    "representative_id": pl.Binary,
    "is_kept": pl.Boolean,
    "cluster_size": pl.Int64,
    "method": pl.String,
    "similarity": pl.Float32,
    "rehydration_weight": pl.Int32,
    "is_held_out": pl.Boolean,
}
LATEST = 2**63 - 1  # where first_seen is unknown
THREAD_BYTES = 125_000_000  # DuckDB's guide asks for this much a thread
DECIDED_BYTES = 300  # a row of a copy in a hash table, generously


class NumbersCollide(LughaError):
    """Two documents have the same number, so their edges cannot be told apart."""


def decide(
    documents: pl.LazyFrame,
    components: pl.LazyFrame,
    before: pl.LazyFrame,
    *,
    memory_bytes: int,
    folder: Path,
    signatures: pl.LazyFrame | None = None,
) -> pl.LazyFrame:
    """`documents` with cluster_id, representative_id, is_kept, cluster_size, method, similarity, rehydration_weight
    and is_held_out, in no particular order.

    `documents`: doc Int64 (its number), doc_id Binary, first_seen Datetime in UTC, quality Float64, content_hash
    Binary, url_hash Binary, and whatever else is to be passed through. An unknown (null) first_seen counts as latest,
    an unknown quality as worst, an unknown hash as equal to nothing.
    `components`: doc, component (a number shared by all documents that near copies join), for documents that have any.
    `before`: doc_id, representative_id, is_kept, is_held_out as the last run decided; empty in the first.
    `signatures`: doc, signature (Binary, null without tokens); without them the similarity of near copies is null.

    The rows are read from files in `folder` (and from `documents`, if copies are few) when the frame is collected, so
    both must stay until then. Raises NumbersCollide.
    """
    with (
        tempfile.TemporaryDirectory(dir=folder, prefix="deciding-") as working,
        _connect(memory_bytes // 2, Path(working)) as connection,
    ):
        _load(connection, documents, components, before)
        _join_components(connection, memory_bytes // 2, Path(working))
        for table in ("members", "clusters"):
            connection.execute(f"CREATE TABLE {table} AS {query_text(f'dedup_{table}')}")
        draw(connection)
        for table in ("kept", "copies"):
            connection.execute(f"CREATE TABLE {table} AS {query_text(f'dedup_{table}')}")
        _measure(connection, signatures, Path(working))
        return _completed(connection, documents, memory_bytes // 2, folder)


def _connect(memory_bytes: int, working: Path) -> "duckdb.DuckDBPyConnection":
    import duckdb

    connection = duckdb.connect(
        config={
            "memory_limit": f"{max(memory_bytes, THREAD_BYTES) // 1000}kB",
            "temp_directory": str(working / "spilled"),
            "preserve_insertion_order": False,
        }
    )
    threads = int(connection.execute("SELECT current_setting('threads')").fetchall()[0][0])
    connection.execute(f"SET threads = {max(1, min(threads, memory_bytes // THREAD_BYTES))}")
    connection.execute("SET enable_progress_bar = false")  # it would be printed into every log
    return connection


def _load(
    connection: "duckdb.DuckDBPyConnection", documents: pl.LazyFrame, components: pl.LazyFrame, before: pl.LazyFrame
) -> None:
    ordered = documents.select(
        "doc",
        "doc_id",
        "content_hash",
        "url_hash",
        seen=pl.col("first_seen").dt.epoch("us").fill_null(LATEST),
        worse=-pl.col("quality").fill_nan(None).fill_null(float("-inf")),
    )
    _stream(connection, "documents", ordered)
    twice = connection.execute("SELECT doc FROM documents GROUP BY doc HAVING count(*) > 1 LIMIT 1").fetchall()
    if twice:
        found = connection.execute("SELECT hex(doc_id) FROM documents WHERE doc = ? LIMIT 2", twice[0]).fetchall()
        raise NumbersCollide(
            f"The documents {found[0][0].lower()} and {found[1][0].lower()} both have the number {twice[0][0]}. If they "
            "are one document, it came in twice: find its snapshots by its doc_id. If not, remove one with a tombstone."
        )
    _stream(connection, "components", components.lazy().select("doc", "component"))
    _stream(connection, "before", before.select("doc_id", "representative_id", "is_kept", "is_held_out"))


def _stream(connection: "duckdb.DuckDBPyConnection", table: str, frame: pl.LazyFrame) -> None:
    """A table of the rows of a frame, which are never all in memory."""
    connection.register("incoming", frame.collect_batches(lazy=True))
    connection.execute(f"CREATE TABLE {table} AS FROM incoming")
    connection.unregister("incoming")


def _join_components(connection: "duckdb.DuckDBPyConnection", memory_bytes: int, working: Path) -> None:
    """Table `joined` (doc, component): components, each named by its number, that equal texts and addresses join."""
    from lugha.deduplication.forest import components

    edges = working / "joins.parquet"
    connection.execute(f"COPY ({query_text('dedup_joins')}) TO '{edges}' (FORMAT parquet)")
    _stream(
        connection,
        "joined",
        components(pl.scan_parquet(edges).collect_batches(lazy=True), memory_bytes, working)
        .lazy()
        .select("doc", "component"),
    )


def _measure(connection: "duckdb.DuckDBPyConnection", signatures: pl.LazyFrame | None, working: Path) -> None:
    """Table `similarities` (doc, similarity) of the copies whose text is not that of their representative."""
    pairs, measured = working / "pairs.parquet", working / "similarities.parquet"
    connection.execute("CREATE TABLE similarities (doc BIGINT, similarity FLOAT)")
    if signatures is None:
        return
    connection.register("incoming", signatures.select("doc", "signature").collect_batches(lazy=True))
    connection.execute(
        "CREATE TABLE signed AS SELECT doc, signature FROM incoming WHERE doc IN ("
        "SELECT unnest([doc, representative_doc]) FROM copies WHERE NOT is_same_text)"
    )
    connection.unregister("incoming")
    connection.execute(f"COPY ({query_text('dedup_pairs')}) TO '{pairs}' (FORMAT parquet, COMPRESSION uncompressed)")
    pl.scan_parquet(pairs).map_batches(
        _similarities, schema={"doc": pl.Int64, "similarity": pl.Float32}, streamable=True
    ).sink_parquet(measured)
    connection.execute(f"INSERT INTO similarities FROM '{measured}'")


def _similarities(pairs: pl.DataFrame) -> pl.DataFrame:
    from lugha.deduplication.signatures import signatures_of, similarities

    both = pairs.drop_nulls()  # a document without tokens is like nothing
    found = similarities(signatures_of(both["signature"]), signatures_of(both["representative_signature"]))
    measured = both.select("doc").with_columns(similarity=pl.Series(found, dtype=pl.Float32))
    return pairs.select("doc").join(measured, on="doc", how="left").with_columns(pl.col("similarity").fill_null(0))


def _completed(
    connection: "duckdb.DuckDBPyConnection", documents: pl.LazyFrame, memory_bytes: int, folder: Path
) -> pl.LazyFrame:
    """All documents with their decisions. Few decisions are joined when the frame is read, which saves writing all
    rows once more; many of them by DuckDB, which spills.
    """
    rows, all_rows = folder / "decisions.parquet", folder / "decided.parquet"
    connection.execute(f"COPY ({query_text('dedup_decisions')}) TO '{rows}' (FORMAT parquet)")
    decisions = pl.scan_parquet(rows).cast(DECIDED)
    if decisions.select(pl.len()).collect().item() * DECIDED_BYTES <= memory_bytes:
        return _complete(documents.join(decisions, on="doc", how="left"))
    connection.execute(f"CREATE VIEW decisions AS FROM '{rows}'")
    connection.register("incoming", documents.collect_batches(lazy=True))
    connection.execute(f"COPY ({query_text('dedup_completed')}) TO '{all_rows}' (FORMAT parquet)")
    connection.unregister("incoming")
    return pl.scan_parquet(all_rows).cast(dict(documents.collect_schema()) | DECIDED)


def _complete(joined: pl.LazyFrame) -> pl.LazyFrame:
    """A document without a decision is alone and stands for itself."""
    plain = {
        "cluster_id": pl.col("doc_id"),
        "representative_id": pl.col("doc_id"),
        "is_kept": pl.lit(True),
        "cluster_size": pl.lit(1, pl.Int64),
        "method": pl.lit("unique"),
        "similarity": pl.lit(1, pl.Float32),
        "rehydration_weight": pl.lit(1, pl.Int32),
        "is_held_out": pl.lit(False),
    }
    is_alone = pl.col("cluster_id").is_null()
    return joined.with_columns(
        pl.when(is_alone).then(plain[name]).otherwise(pl.col(name)).alias(name) for name in DECIDED
    )
