"""Clusters of equal and nearly equal documents of one language, over all snapshots, in the order in which they were
first seen.

Documents join one by one, oldest first, and a decision once made is never changed by a later document: so adding a
snapshot gives the same clusters as starting over. A document that resembles two clusters joins the older one and
leaves both as they are. datasketch signs and looks up, which is enough for corpora of some
hundred megabytes a language.
"""

from collections.abc import Iterator

import numpy as np
import polars as pl

from lugha.deduplication.held_out import hold_out
from lugha.lake.schemas import TABLES
from lugha.scripts import folded_tokens

SHINGLE = 5  # tokens
BANDS, ROWS = 14, 8  # FineWeb2: P(match at .8) = .924
SEED = 1
LEAST_SIMILARITY = 0.7  # estimated Jaccard; below, a match of one band is usually a template


def cluster(documents: pl.DataFrame, held_out_before: pl.DataFrame) -> pl.DataFrame:
    """`dedup_sets` rows of one language.

    `documents`: doc_id, snapshot, host, content_hash, byte_count, first_seen, text of every kept document of the
    language. `held_out_before`: cluster_id, is_held_out of the last run; sides do not change.
    """
    ordered = documents.sort("first_seen", "doc_id")
    joined = pl.DataFrame(list(_join(ordered)), schema=JOINED, orient="row")
    clustered = (
        ordered.drop("text")
        .with_columns(*joined.get_columns())
        .with_columns(pl.len().over("cluster_id").cast(pl.Int64).alias("cluster_size"))
    )
    sides = hold_out(clustered.filter("is_kept").select("cluster_id"), held_out_before)
    return clustered.join(sides, on="cluster_id", how="left").select(list(TABLES["dedup_sets"].columns))


JOINED = {
    "cluster_id": pl.Binary,
    "representative_id": pl.Binary,
    "is_kept": pl.Boolean,
    "method": pl.String,
    "similarity": pl.Float32,
}


def _join(documents: pl.DataFrame) -> Iterator[tuple[bytes, bytes, bool, str, float]]:
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(num_perm=BANDS * ROWS, params=(BANDS, ROWS))
    doc_ids = documents["doc_id"].to_list()
    by_hash: dict[bytes, int] = {}  # content_hash -> first row of the cluster
    first_of: dict[int, int] = {}  # row of the index -> first row of its cluster
    signatures: dict[int, MinHash] = {}
    for row, (content_hash, text) in enumerate(documents.select("content_hash", "text").iter_rows()):
        if (known := by_hash.get(content_hash)) is not None:
            # An exact copy adds nothing to the index: its signature is there already, and a hundred thousand copies
            # stay cheap.
            yield doc_ids[known], doc_ids[known], False, "exact", 1.0
            continue
        signature = _sign(text)
        match, similarity = _oldest_match(signature, index, signatures, first_of)
        first = row if match is None else first_of[match]
        first_of[row] = by_hash[content_hash] = first
        if signature is not None:
            signatures[row] = signature
            index.insert(row, signature, check_duplication=False)
        yield doc_ids[first], doc_ids[first], match is None, "unique" if match is None else "near", similarity


def _sign(text: str):  # type: ignore[no-untyped-def]  # datasketch is imported where it is used
    """MinHash of the 5-token shingles; None for a text without tokens, which is like nothing."""
    from datasketch import MinHash

    words = folded_tokens(text)
    if not words:
        return None
    shingles = {" ".join(words[i : i + SHINGLE]).encode() for i in range(max(1, len(words) - SHINGLE + 1))}
    signature = MinHash(num_perm=BANDS * ROWS, seed=SEED)
    signature.update_batch(list(shingles))
    return signature


def _oldest_match(signature, index, signatures, first_of) -> tuple[int | None, float]:  # type: ignore[no-untyped-def]
    """The first similar row of the oldest cluster that has one: an older row may belong to a younger cluster."""
    if signature is None:
        return None, 1.0
    for row in sorted(index.query(signature), key=lambda row: (first_of[row], row)):
        similarity = float(np.mean(signatures[row].hashvalues == signature.hashvalues))
        if similarity >= LEAST_SIMILARITY:
            return row, similarity
    return None, 1.0
