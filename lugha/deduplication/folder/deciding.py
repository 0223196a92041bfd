"""Clusters of a folder from its signatures and edges, and the files that tell of them."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from lugha.deduplication.clusters import decide
from lugha.deduplication.folder.adding import BEFORE, decide_added
from lugha.deduplication.folder.comparing import COMPARING
from lugha.deduplication.folder.files import made_from, note, whole_file
from lugha.deduplication.folder.shards import Shard
from lugha.deduplication.folder.signing import signatures_path, texts_of
from lugha.deduplication.forest import components
from lugha.deduplication.verification import verify

DECIDED_BEFORE = {name: pl.Boolean if name.startswith("is_") else pl.Binary for name in BEFORE}
RULES = [1, COMPARING]  # 1: of deciding; other rules decide on all documents again


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


def decide_folder(
    out: Path, shards: Sequence[Shard], edges: Sequence[Path], memory_bytes: int, least_jaccard: float | None
) -> Counts:
    """Write clusters.parquet and removed_ids.txt and count what they say; where nothing has changed, only count."""
    path, inputs = out / "clusters.parquet", {**_inputs(shards), "least_jaccard": least_jaccard}
    if made_from(path) != inputs:
        working = out / "state" / "working"
        shutil.rmtree(working, ignore_errors=True)
        working.mkdir(parents=True)
        decided = _decided(out / "state", path, shards, edges, memory_bytes, working)
        if least_jaccard is not None:
            decided = verify(decided, partial(texts_of, shards), least_jaccard, memory_bytes)
        with whole_file(path) as part:
            decided.sink_parquet(part, compression="uncompressed", statistics=False, metadata=note(inputs))
        shutil.rmtree(working)
    removed = pl.scan_parquet(path).filter(~pl.col("is_kept")).select("id")
    with whole_file(out / "removed_ids.txt") as part:
        removed.sink_csv(part, include_header=False, quote_style="never")
    return _counts(pl.scan_parquet(path))


def _inputs(shards: Sequence[Shard]) -> dict[str, Any]:
    return {"rules": RULES, "shards": {shard.name: shard.digest for shard in shards}}


def _decided(
    state: Path, path: Path, shards: Sequence[Shard], edges: Sequence[Path], memory_bytes: int, working: Path
) -> pl.LazyFrame:
    noted = made_from(path)
    if noted and noted["rules"] == RULES and noted["shards"].items() <= _inputs(shards)["shards"].items():
        new = [shard for shard in shards if shard.name not in noted["shards"]]
        if not new:  # only what is wanted of similarity is another
            return pl.scan_parquet(path)
        added = _rows(state, new)
        signatures = _rows(state, shards).select("doc", "signature")
        decided = pl.scan_parquet(path)
        found = decide_added(decided, added.drop("signature"), signatures, edges, memory_bytes, working)
        if found is not None:
            return found
    before = pl.scan_parquet(path).select(BEFORE) if path.exists() else pl.LazyFrame(schema=DECIDED_BEFORE)
    near = components((pl.read_parquet(edge) for edge in edges), memory_bytes, working)
    rows = _rows(state, shards)
    return decide(
        rows.drop("signature"),
        near,
        before,
        memory_bytes=memory_bytes,
        folder=working,
        signatures=rows.select("doc", "signature"),
    )


def _rows(state: Path, shards: Sequence[Shard]) -> pl.LazyFrame:
    return pl.scan_parquet([signatures_path(state, shard) for shard in shards])


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
