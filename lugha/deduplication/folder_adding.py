"""Decisions after shards were added, for what these touch: new documents, and old clusters that one of them belongs to.

All others stay as they were, so that little work follows from little that is new. What comes out is what deciding on
all documents at once would have given.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from lugha.deduplication.clusters import decide
from lugha.deduplication.forest import components
from lugha.deduplication.held_out import held_out_count

BEFORE = ["doc_id", "cluster_id", "representative_id", "is_kept", "is_held_out"]
MOST_ADDED_SHARE = 0.2  # new documents for each old one; with more, looking for what they touch saves nothing
TOUCHED_BYTES = 1_000  # a document of a touched cluster, while its cluster is looked for


def decide_added(
    decided: pl.LazyFrame,
    added: pl.LazyFrame,
    signatures: pl.LazyFrame,
    edges: Sequence[Path],
    memory_bytes: int,
    folder: Path,
) -> pl.LazyFrame | None:
    """All documents with what is decided for them now; None where so many are touched that all are better decided anew.

    `decided`: what was decided for the old ones. `added`: the new ones. `signatures`: doc and signature of both.
    `edges`: files of edges among both. The frame reads `decided` and files in `folder` when it is collected.
    """
    documents = added.collect()
    old_count = decided.select(pl.len()).collect().item()
    if documents.height > MOST_ADDED_SHARE * old_count or documents.height * TOUCHED_BYTES > memory_bytes:
        return None
    near = _edges_to(documents["doc"], edges)
    clusters = _touched_clusters(decided, documents, near)
    is_touched = pl.col("cluster_id").is_in(clusters.implode())
    touched = decided.filter(is_touched)
    if touched.select(pl.len()).collect().item() * TOUCHED_BYTES > memory_bytes:
        return None
    before = touched.collect()
    together = pl.concat([before.select(documents.columns), documents])
    found = decide(
        together.lazy(),
        components([near, _within_clusters(before)], memory_bytes, folder),
        before.select(BEFORE).lazy(),
        memory_bytes=memory_bytes,
        folder=folder,
        signatures=signatures.filter(pl.col("doc").is_in(together["doc"].implode())),
    ).collect()
    untouched = decided.filter(~is_touched)
    return pl.concat([untouched, _held_out(found, before, untouched).select(decided.collect_schema().names()).lazy()])


def _edges_to(docs: pl.Series, edges: Sequence[Path]) -> pl.DataFrame:
    is_new = pl.col("doc_a").is_in(docs.implode()) | pl.col("doc_b").is_in(docs.implode())
    return pl.scan_parquet(list(edges)).filter(is_new).select("doc_a", "doc_b").collect()


def _touched_clusters(decided: pl.LazyFrame, documents: pl.DataFrame, near: pl.DataFrame) -> pl.Series:
    """Clusters with a document that is near to a new one, or has its text or address."""
    ends = pl.concat([near["doc_a"], near["doc_b"]]).unique()
    is_touched = pl.col("doc").is_in(ends.implode()) | pl.any_horizontal(
        pl.col(name).is_in(documents[name].drop_nulls().unique().implode()) for name in ("content_hash", "url_hash")
    )
    return decided.filter(is_touched).select("cluster_id").collect().to_series().unique()


def _within_clusters(before: pl.DataFrame) -> pl.DataFrame:
    """Edges that hold every old cluster together, which takes one for each document."""
    return before.select(pl.col("doc").min().over("cluster_id").alias("doc_a"), pl.col("doc").alias("doc_b"))


def _held_out(found: pl.DataFrame, before: pl.DataFrame, untouched: pl.LazyFrame) -> pl.DataFrame:
    """`found` with the sides of new clusters as they are drawn among the clusters of all documents."""
    is_old = found["doc_id"].is_in(before["doc_id"].implode())
    known = found.filter(is_old)["cluster_id"].unique()
    was_held_out = found["doc_id"].is_in(before.filter("is_held_out")["doc_id"].implode())
    other_count, other_held_out_count = (
        untouched.select(
            (pl.col("doc_id") == pl.col("cluster_id")).sum(),
            held_out=pl.col("cluster_id").filter("is_held_out").n_unique(),
        )
        .collect()
        .row(0)
    )
    all_count = other_count + found["cluster_id"].n_unique()
    wanted = held_out_count(all_count) - other_held_out_count - found.filter(was_held_out)["cluster_id"].n_unique()
    new = found.filter(~found["cluster_id"].is_in(known.implode()))["cluster_id"].unique()
    drawn = sorted(new, key=lambda cluster: hashlib.sha256(b"held out" + cluster).digest())[: max(0, wanted)]
    is_drawn = pl.col("cluster_id").is_in(pl.Series(drawn, dtype=pl.Binary).implode())
    is_known = pl.col("cluster_id").is_in(known.implode())
    return found.with_columns(is_held_out=pl.when(is_known).then("is_held_out").otherwise(is_drawn))
