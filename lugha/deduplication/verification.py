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
    "rehydration_weight": pl.Int32,
}


def verify(decided: pl.LazyFrame, texts: Texts, at_least: float, memory_bytes: int) -> pl.LazyFrame:
    """`decided` (rows of `lugha.deduplication.clusters.decide`) with the true Jaccard similarity of every copy to its
    representative, where their texts differ and their addresses are not what made it one. A copy below `at_least`
    (0..1) is kept, and stands for those after it in its cluster, by first_seen and doc_id, that are like it and not
    like theirs. Clusters stay as they are.

    `texts` gives doc_id and text of the documents whose ids it is asked for, in batches. The copies of one cluster are
    in memory together; of several, as many as fit into `memory_bytes`.
    """
    changes = [pl.DataFrame(schema={"doc_id": pl.Binary, **CHANGED})]
    for copies in _parts(_unlike(decided), memory_bytes // 4):
        wanted = pl.concat([copies["doc_id"], copies["representative_id"]]).unique()
        sets: dict[bytes, Array] = {}
        for batch in texts(wanted):
            sets.update(zip(batch["doc_id"], shingle_sets(batch["text"]), strict=True))
        changes.append(pl.DataFrame(_proved(copies, sets, at_least), schema=changes[0].schema, orient="row"))
    new = pl.concat(changes).rename({name: f"proved_{name}" for name in CHANGED}).lazy()
    joined = decided.join(new, on="doc_id", how="left")
    return joined.with_columns(pl.coalesce(f"proved_{name}", name).alias(name) for name in CHANGED).drop(
        f"proved_{name}" for name in CHANGED
    )


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


def _proved(copies: pl.DataFrame, sets: dict[bytes, Array], at_least: float) -> Iterator[tuple[object, ...]]:
    """Rows of doc_id and CHANGED."""
    for _, rows in copies.group_by("cluster_id", maintain_order=True):
        standing: list[bytes] = []
        for doc_id, old, method in rows.select("doc_id", "representative_id", "method").iter_rows():
            for candidate in (old, *standing):
                similarity = jaccard_of(sets[doc_id], sets[candidate])
                if similarity >= at_least:
                    yield doc_id, candidate, False, method, similarity, 0
                    break
            else:
                if len(standing) < MOST_REPRESENTATIVES:
                    standing.append(doc_id)
                yield doc_id, doc_id, True, "representative", 1.0, 1


def jaccard_of(a: Array, b: Array) -> float:
    """Jaccard similarity, 0..1, of two sorted arrays without repeats; that of two empty ones is 0: nothing is like
    nothing.
    """
    shared = len(np.intersect1d(a, b, assume_unique=True))
    return shared / max(1, len(a) + len(b) - shared)
