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
from lugha.deduplication.signatures import signatures_of, similarities

BEFORE = ["doc_id", "cluster_id", "representative_id", "is_kept", "is_held_out"]
MOST_ADDED_SHARE = 0.2  # new documents for each old one; with more, looking for what they touch saves nothing
TOUCHED_BYTES = 3_000  # a document that is new or of a touched cluster, with its signature and its representative's
DECIDING_BYTES = 250_000_000  # one thread is enough for what is touched, and more of them take longer to start


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
    most = memory_bytes // TOUCHED_BYTES
    documents = added.head(most + 1).collect()
    if documents.height > min(most, MOST_ADDED_SHARE * decided.select(pl.len()).collect().item()):
        return None
    near = _edges_to(documents["doc"], edges)
    is_touched = pl.col("cluster_id").is_in(_touched_clusters(decided, documents, near).implode())
    before = decided.filter(is_touched).head(most + 1).collect()
    if before.height > most:
        return None
    together = pl.concat([before.select(documents.columns), documents])
    found = decide(
        together.lazy(),
        components([near, _within_clusters(before)], memory_bytes, folder),
        before.select(BEFORE).lazy(),
        memory_bytes=min(memory_bytes, DECIDING_BYTES),
        folder=folder,
    ).collect()
    untouched = decided.filter(~is_touched)
    measured = _measured(_held_out(found, before, untouched), before, signatures)
    return pl.concat([untouched, measured.select(before.columns).lazy()])


def _edges_to(docs: pl.Series, edges: Sequence[Path]) -> pl.DataFrame:
    is_new = pl.col("doc_a").is_in(docs.implode()) | pl.col("doc_b").is_in(docs.implode())
    return pl.scan_parquet(list(edges)).filter(is_new).select("doc_a", "doc_b").collect().rechunk()


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


def _measured(found: pl.DataFrame, before: pl.DataFrame, signatures: pl.LazyFrame) -> pl.DataFrame:
    """`found` with the similarity of near copies to their representatives: as before where these are the same, else
    from both signatures; 0 for a document without tokens, which is like nothing.
    """
    known = before.select("doc_id", "representative_id", known="similarity")
    joined = found.join(known, on=["doc_id", "representative_id"], how="left", maintain_order="left")
    numbers = found.select("doc_id", other="doc")
    pairs = joined.filter(pl.col("similarity").is_null() & pl.col("known").is_null()).select("doc", "representative_id")
    pairs = pairs.join(numbers, left_on="representative_id", right_on="doc_id")
    needed = pl.concat([pairs["doc"], pairs["other"]]).unique()
    # Were the signature part of the condition, all of them would be read.
    read = signatures.filter(pl.col("doc").is_in(needed.implode())).collect().drop_nulls()
    both = pairs.join(read, on="doc").join(read, left_on="other", right_on="doc", suffix="_of_other")
    measured = similarities(signatures_of(both["signature"]), signatures_of(both["signature_of_other"]))
    new = both.select("doc", new=pl.Series(measured, dtype=pl.Float32))
    similarity = pl.coalesce("similarity", "known", "new", pl.lit(0.0, pl.Float32))
    return joined.join(new, on="doc", how="left").with_columns(similarity)


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
