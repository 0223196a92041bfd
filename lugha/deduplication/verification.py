"""Proof by the texts themselves, for those who want it: a near copy is removed only where its shingles really are those
of the document that stands for it.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import polars as pl

from lugha.deduplication.signatures import shingle_sets

Array = np.ndarray[Any, Any]
Texts = Callable[[pl.Series], Iterable[pl.DataFrame]]
MOST_REPRESENTATIVES = 64  # of one cluster that a document is held against; after them it stands for itself
CHANGED = {
    "representative_id": pl.Binary,
    "is_kept": pl.Boolean,
    "method": pl.String,
    "similarity": pl.Float32,
}


def verify(decided: pl.LazyFrame, texts: Texts, at_least: float, memory_bytes: int) -> pl.LazyFrame:
    """`decided` (rows of `lugha.deduplication.clusters.decide`) with the true Jaccard similarity of every copy to its
    representative, where their texts differ and their addresses are not what made it one. A copy below `at_least`
    (0..1) goes to another kept document of its cluster that it is like; where there is none it is kept, and may stand
    for those after it, by first_seen and doc_id. Clusters stay as they are.

    `texts` gives doc_id and text of the documents whose ids it is asked for, in batches. The copies of one cluster are
    in memory together; of several, as many as fit into `memory_bytes`.
    """
    changes = [pl.DataFrame(schema={"doc_id": pl.Binary, **CHANGED})]
    for copies in _parts(_unlike(decided), memory_bytes // 4):
        standing = _standing(decided, copies)
        wanted = pl.concat([copies["doc_id"], copies["representative_id"], *standing.values()]).unique()
        sets: dict[bytes, Array] = {}
        for batch in texts(wanted):
            sets.update(zip(batch["doc_id"], shingle_sets(batch["text"]), strict=True))
        changes.append(pl.DataFrame(_proved(copies, standing, sets, at_least), schema=changes[0].schema, orient="row"))
    return _weighed(decided, pl.concat(changes))


def _unlike(decided: pl.LazyFrame) -> pl.DataFrame:
    """Removed copies whose text is not that of their representative, cluster by cluster in their order."""
    copies = decided.filter(~pl.col("is_kept") & pl.col("method").is_in(["near", "same_text"]))
    stands = decided.filter("is_kept").select(representative_id="doc_id", stands_hash="content_hash")
    return (
        copies.join(stands, on="representative_id")
        .filter(pl.col("content_hash") != pl.col("stands_hash"))
        .sort("cluster_id", "first_seen", "doc_id", nulls_last=True)
        .select("doc_id", "cluster_id", "representative_id", "method", "byte_count")
        .collect()
    )


def _parts(copies: pl.DataFrame, most_bytes: int) -> Iterator[pl.DataFrame]:
    """Whole clusters, of about `most_bytes` of text together."""
    numbered = copies.with_columns(part=pl.col("byte_count").cum_sum() // most_bytes)
    of_cluster = numbered.with_columns(pl.col("part").first().over("cluster_id"))
    for _, rows in of_cluster.group_by("part", maintain_order=True):
        yield rows


def _standing(decided: pl.LazyFrame, copies: pl.DataFrame) -> dict[bytes, pl.Series]:
    """The kept documents of each cluster, oldest first, MOST_REPRESENTATIVES of them."""
    clusters = copies.select("cluster_id").unique().lazy()
    kept = decided.filter("is_kept").join(clusters, on="cluster_id", how="semi")
    ordered = kept.sort("first_seen", "doc_id", nulls_last=True).select("cluster_id", "doc_id").collect()
    return {key: rows["doc_id"].head(MOST_REPRESENTATIVES) for (key,), rows in ordered.group_by("cluster_id")}


def _proved(
    copies: pl.DataFrame, standing: dict[bytes, pl.Series], sets: dict[bytes, Array], at_least: float
) -> Iterator[tuple[object, ...]]:
    """Rows of doc_id and CHANGED."""
    for (cluster,), rows in copies.group_by("cluster_id", maintain_order=True):
        there = standing[cluster].to_list()
        for doc_id, old, method in rows.select("doc_id", "representative_id", "method").iter_rows():
            for candidate in dict.fromkeys([old, *there]):
                similarity = jaccard_of(sets[doc_id], sets[candidate])
                if similarity >= at_least:
                    yield doc_id, candidate, False, method, similarity
                    break
            else:
                if len(there) < MOST_REPRESENTATIVES:
                    there.append(doc_id)
                yield doc_id, doc_id, True, "representative", 1.0


def _weighed(decided: pl.LazyFrame, changes: pl.DataFrame) -> pl.LazyFrame:
    """`decided` with its changes; in clusters that have any, a kept document weighs as those it stands for."""
    new = changes.rename({name: f"new_{name}" for name in CHANGED}).lazy()
    changed = decided.join(new, on="doc_id", how="left").with_columns(
        pl.coalesce(f"new_{name}", name).alias(name) for name in CHANGED
    )
    touched = decided.join(new, on="doc_id", how="semi").select("cluster_id", is_touched=True).unique()
    counts = changed.group_by("representative_id").agg(pl.len().alias("stands_for"))
    count, is_kept = pl.col("stands_for"), pl.col("is_kept")
    # The steps of FineWeb2, as in sql/dedup_copies.sql.
    steps = pl.when(count < 3).then(count).when(count < 5).then(3).when(count < 100).then(5).when(count < 1000).then(8)
    weight = pl.when(is_kept).then(steps.otherwise(1)).otherwise(0).cast(pl.Int32)
    joined = changed.join(counts, left_on="doc_id", right_on="representative_id", how="left").join(
        touched, on="cluster_id", how="left"
    )
    return joined.with_columns(
        pl.when("is_touched").then(weight).otherwise("rehydration_weight").alias("rehydration_weight")
    ).drop("stands_for", "is_touched", *(f"new_{name}" for name in CHANGED))


def jaccard_of(a: Array, b: Array) -> float:
    """Jaccard similarity, 0..1, of two sorted arrays without repeats; that of two empty ones is 0: nothing is like
    nothing.
    """
    shared = len(np.intersect1d(a, b, assume_unique=True))
    return shared / max(1, len(a) + len(b) - shared)
