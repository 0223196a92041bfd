"""Clusters of copies of one language over all snapshots: who stands for whom, and which cluster is held out.

A cluster is a connected component of three kinds of edges: near copies, equal text, equal address. What was decided
stays: a document that was kept is kept as long as it is there, so a new document that joins two clusters leaves two
kept documents under one cluster id, and nobody's mixture changes under them. One thing overrides an earlier decision:
a document that turns out to be a copy of held-out text is no longer kept, because what a model is measured on must
not be trained on.

Memory is bounded: DuckDB does the joins and spills. Documents without a copy, which are most, go through none of it.
"""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb
import polars as pl

from lugha.deduplication.held_out import draw
from lugha.errors import LughaError
from lugha.warehouse import THREAD_BYTES, MemoryTooSmall, query_text

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
SIMILARITY = {"doc": pl.Int64, "similarity": pl.Float32}
LATEST = 2**63 - 1  # where first_seen is unknown
LEAST_BYTES = 125_000_000  # DuckDB asks for this much for its one thread
DECISION_BYTES = 300  # one decision in a hash table, generously
PAIRS_AT_ONCE = 8_192  # of signatures, 8 MB


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
    both must stay until then. Raises NumbersCollide, MemoryTooSmall.
    """
    half = memory_bytes // 2  # the other half is for frames on their way in and out
    with tempfile.TemporaryDirectory(dir=folder, prefix="deciding-") as working, _connect(half, working) as connection:
        try:
            _load(connection, documents, components, before)
            _join_components(connection, half, Path(working))
            _derive(connection, "members")
            _derive(connection, "alone", no_longer=("documents", "components", "joined", "before"))
            _derive(connection, "clusters")
            draw(connection)
            _derive(connection, "kept", no_longer=("members", "clusters"))
            _derive(connection, "copies", no_longer=("kept",))
            _measure(connection, signatures, Path(working))
            return _completed(connection, documents, half, Path(working), folder)
        except duckdb.OutOfMemoryException as error:
            raise MemoryTooSmall(
                f"{memory_bytes // 1_000_000} MB are too few for deciding who is kept, though it spills. Give it more: "
                f"{str(error).splitlines()[0]}"
            ) from error


def _connect(memory_bytes: int, working: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        config={
            "memory_limit": f"{max(memory_bytes, LEAST_BYTES) // 1_000_000}MB",
            "temp_directory": str(Path(working) / "spilled"),
            "threads": max(1, min(os.cpu_count() or 1, memory_bytes // THREAD_BYTES)),
            "preserve_insertion_order": False,
        }
    )
    connection.execute("SET enable_progress_bar = false")  # it would be printed into every log
    return connection


def _load(
    connection: duckdb.DuckDBPyConnection, documents: pl.LazyFrame, components: pl.LazyFrame, before: pl.LazyFrame
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


def _stream(connection: duckdb.DuckDBPyConnection, table: str, frame: pl.LazyFrame) -> None:
    """A table of the rows of a frame, which are never all in memory."""
    connection.register("incoming", frame.collect_batches(lazy=True))
    connection.table("incoming").create(table)
    connection.unregister("incoming")


def _derive(connection: duckdb.DuckDBPyConnection, table: str, no_longer: Sequence[str] = ()) -> None:
    """A table of the query of its name; those that are `no_longer` needed give their memory back."""
    connection.sql(query_text(f"dedup_{table}")).create(table)
    for name in no_longer:
        connection.execute(f"DROP TABLE {name}")


def _join_components(connection: duckdb.DuckDBPyConnection, memory_bytes: int, working: Path) -> None:
    """Table `joined` (doc, component): components, each named by its number, that equal texts and addresses join."""
    from lugha.deduplication.forest import COMPONENT_SCHEMA, components

    edges = working / "joins.parquet"
    connection.sql(query_text("dedup_joins")).write_parquet(str(edges))
    joins = pl.scan_parquet(edges)
    if joins.head(1).collect().is_empty():  # near copies hold most equal texts together already
        _stream(connection, "joined", pl.LazyFrame(schema=COMPONENT_SCHEMA))
        return
    joined = components(joins.collect_batches(lazy=True), memory_bytes, working)
    _stream(connection, "joined", joined)


def _measure(connection: duckdb.DuckDBPyConnection, signatures: pl.LazyFrame | None, working: Path) -> None:
    """Table `similarities` (doc, similarity) of the copies whose text is not that of their representative."""
    if signatures is None:
        _stream(connection, "similarities", pl.LazyFrame(schema=SIMILARITY))
        return
    compared = connection.sql(
        "SELECT DISTINCT unnest([doc, representative_doc]) AS doc FROM copies WHERE NOT is_same_text"
    )
    # Here and not in DuckDB: polars reads the signatures of these documents only.
    is_compared = pl.col("doc").is_in(compared.pl()["doc"].implode())
    _stream(connection, "signed", signatures.select("doc", "signature").filter(is_compared))
    pairs, measured = working / "pairs.parquet", working / "similarities.parquet"
    connection.sql(query_text("dedup_pairs")).write_parquet(
        str(pairs), compression="uncompressed", row_group_size=PAIRS_AT_ONCE
    )
    pl.scan_parquet(pairs).map_batches(_similarities, schema=SIMILARITY, streamable=True).sink_parquet(measured)
    connection.read_parquet(str(measured)).create("similarities")


def _similarities(pairs: pl.DataFrame) -> pl.DataFrame:
    from lugha.deduplication.signatures import signatures_of, similarities

    both = pairs.drop_nulls()  # a document without tokens is like nothing
    found = similarities(signatures_of(both["signature"]), signatures_of(both["representative_signature"]))
    measured = both.select("doc").with_columns(similarity=pl.Series(found, dtype=pl.Float32))
    return pairs.select("doc").join(measured, on="doc", how="left").with_columns(pl.col("similarity").fill_null(0))


def _completed(
    connection: duckdb.DuckDBPyConnection, documents: pl.LazyFrame, memory_bytes: int, working: Path, folder: Path
) -> pl.LazyFrame:
    """All documents with their decisions. Few decisions are joined when the frame is read, which saves writing all
    rows once more; many of them by DuckDB, which spills.
    """
    decisions, rows = folder / "decisions.parquet", folder / "decided.parquet"
    connection.sql(query_text("dedup_decisions")).write_parquet(str(decisions))
    decided = pl.scan_parquet(decisions)
    if decided.select(pl.len()).collect().item() * DECISION_BYTES <= memory_bytes // 4:
        return _complete(documents.join(decided.cast(pl.Schema(DECIDED)), on="doc", how="left"))
    connection.read_parquet(str(decisions)).create_view("decided")
    # From a file DuckDB knows how many they are, and holds the decisions for the join instead of them.
    documents.sink_parquet(working / "documents.parquet", compression="lz4", statistics=False)
    connection.read_parquet(str(working / "documents.parquet")).create_view("incoming")
    connection.sql(query_text("dedup_completed")).write_parquet(str(rows))
    return pl.scan_parquet(rows).cast(documents.collect_schema()).cast(pl.Schema(DECIDED))


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
