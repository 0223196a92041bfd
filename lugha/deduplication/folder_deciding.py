"""Clusters of a folder from its signatures and edges, and the files that tell of them."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from lugha.deduplication.clusters import decide
from lugha.deduplication.folder_comparing import COMPARING
from lugha.deduplication.folder_files import made_from, note, whole_file
from lugha.deduplication.folder_shards import Shard
from lugha.deduplication.folder_signing import SIGNING, signatures_path
from lugha.deduplication.forest import components

BEFORE = {
    "doc_id": pl.Binary,
    "cluster_id": pl.Binary,
    "representative_id": pl.Binary,
    "is_kept": pl.Boolean,
    "is_held_out": pl.Boolean,
}
DECIDING = [1]  # of the rules


@dataclass(frozen=True)
class Counts:
    """What was decided: documents and bytes of text, and how many were removed by each kind of copy."""

    document_count: int
    kept_count: int
    removed_counts: dict[str, int]
    text_bytes: int
    kept_text_bytes: int
    cluster_count: int
    largest_cluster: int


def decide_folder(out: Path, shards: Sequence[Shard], edges: Sequence[Path], memory_bytes: int) -> Counts:
    """Write clusters.parquet and removed_ids.txt and count what they say; where nothing has changed, only count."""
    path = out / "clusters.parquet"
    inputs = [SIGNING, COMPARING, DECIDING, {shard.name: shard.digest for shard in shards}]
    if made_from(path) != inputs:
        _write_clusters(out, path, shards, edges, memory_bytes, note(inputs))
    removed = pl.scan_parquet(path).filter(~pl.col("is_kept")).select("id")
    with whole_file(out / "removed_ids.txt") as part:
        removed.sink_csv(part, include_header=False, quote_style="never")
    return _counts(pl.scan_parquet(path))


def _write_clusters(
    out: Path, path: Path, shards: Sequence[Shard], edges: Sequence[Path], memory_bytes: int, inputs: dict[str, str]
) -> None:
    working = out / "state" / "working"
    shutil.rmtree(working, ignore_errors=True)
    working.mkdir(parents=True)
    rows = pl.scan_parquet([signatures_path(out / "state", shard) for shard in shards])
    before = pl.scan_parquet(path).select(list(BEFORE)) if path.exists() else pl.LazyFrame(schema=BEFORE)
    decided = decide(
        rows.drop("signature"),
        components((pl.read_parquet(edge) for edge in edges), memory_bytes, working),
        before,
        memory_bytes=memory_bytes,
        folder=working,
        signatures=rows.select("doc", "signature"),
    )
    with whole_file(path) as part:
        decided.drop("doc").sink_parquet(part, compression="uncompressed", statistics=False, metadata=inputs)
    shutil.rmtree(working)


def _counts(decided: pl.LazyFrame) -> Counts:
    kept, size = pl.col("is_kept"), pl.col("byte_count")
    methods = decided.group_by("method", "is_kept").agg(
        pl.len(),
        size.sum(),
        largest=pl.col("cluster_size").max(),
        clusters=(pl.col("doc_id") == pl.col("cluster_id")).sum(),
    )
    found = methods.collect(engine="streaming")
    standing = found.filter(kept)
    removed = found.filter(~kept).sort("len", "method", descending=[True, False])
    return Counts(
        document_count=int(found["len"].sum()),
        kept_count=int(standing["len"].sum()),
        removed_counts=dict(removed.select("method", "len").iter_rows()),
        text_bytes=int(found["byte_count"].sum()),
        kept_text_bytes=int(standing["byte_count"].sum()),
        cluster_count=int(found["clusters"].sum()),
        largest_cluster=max(found["largest"], default=0),
    )
