"""Deduplication: signatures and keys per cell, near copies per key range, clusters over all snapshots of a language."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl

from assets.labeling import cleaned_shards
from assets.metadata import of_partition, of_table
from assets.partitions import (
    cells,
    comparisons,
    key_ranges,
    languages,
    of_same_language,
    one_run,
    to_language,
    when_new,
)
from assets.stage import run_stage
from lugha.lake.build import Built, Made
from lugha.settings import home, least_jaccard, memory_bytes
from resources import LakeResource

# Signatures, keys and comparison hang together: another version of one makes all comparisons anew.
SIGNED_BY = "1"
COMPARED_BY = "1"


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for what does not fit into memory, beside everything else that is written, gone afterwards."""
    (home() / "scratch").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home() / "scratch") as folder:
        yield Path(folder)


@dg.asset(
    partitions_def=cells,
    deps=[cleaned_shards],
    group_name="deduplication",
    kinds={"numba", "deltalake"},
    owners=["team:deduplication"],
    code_version=SIGNED_BY,
    backfill_policy=one_run,
    automation_condition=when_new,
    metadata=of_table("signatures"),
)
def signatures(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult[Any]:
    """MinHash signatures of the kept documents of a cell, which datasketch can load, and beside them `band_index`:
    the keys by which near copies meet, sorted.
    """
    from lugha.deduplication.cells import sign_cell

    opened = lake.open()

    def tell(built: Built, rows: pl.DataFrame) -> dict[str, dg.MetadataValue]:
        numbers = {"byte_count": rows["byte_count"].sum(), "token_count": rows["token_count"].sum()}
        return of_partition(built, rows, numbers=numbers)

    with scratch() as folder:
        return run_stage(
            context,
            opened,
            make=lambda keys: sign_cell(opened, **keys, memory_bytes=memory_bytes(), folder=folder / "cell"),
            tell=tell,
        )


@dg.asset(
    partitions_def=comparisons,
    deps=[dg.AssetDep(signatures, partition_mapping=of_same_language)],
    group_name="deduplication",
    kinds={"numba", "deltalake"},
    owners=["team:deduplication"],
    code_version=f"{SIGNED_BY}.{COMPARED_BY}",
    backfill_policy=one_run,
    automation_condition=when_new,
    metadata=of_table("duplicate_edges"),
)
def duplicate_edges(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult[Any]:
    """Near copies of a language that share a key of one key range. Key ranges know nothing of each other: each may be
    a step of its own on a machine of its own. A new snapshot is compared with the stored keys, which are not compared
    again.
    """
    from lugha.deduplication.comparing import compare
    from lugha.deduplication.ranges import key_ranges as cut

    opened = lake.open()
    ranges = dict(zip(key_ranges.get_partition_keys(), cut(len(key_ranges.get_partition_keys())), strict=True))

    def make(keys: Any) -> Made:
        within = ranges[keys["key_range"]]
        return compare(opened, **keys, within=within, memory_bytes=memory_bytes(), code_version=SIGNED_BY + COMPARED_BY)

    def tell(built: Built, rows: pl.DataFrame) -> dict[str, dg.MetadataValue]:
        compared = opened.read("compared_snapshots", **built.keys)
        return of_partition(built, rows, numbers={"edge_count": rows.height, "snapshot_count": compared.height})

    return run_stage(context, opened, make=make, tell=tell)


@dg.asset(
    partitions_def=languages,
    deps=[
        dg.AssetDep(signatures, partition_mapping=to_language),
        dg.AssetDep(duplicate_edges, partition_mapping=to_language),
    ],
    group_name="deduplication",
    kinds={"numba", "duckdb", "deltalake"},
    owners=["team:deduplication"],
    code_version=f"2.{SIGNED_BY}.{COMPARED_BY}",
    backfill_policy=one_run,
    automation_condition=when_new,
    metadata=of_table("dedup_sets"),
)
def dedup_sets(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult[Any]:
    """Which documents of a language are copies of which, over all snapshots: cluster, representative, method,
    similarity. Nothing is deleted.

    A decision once made stays: a new snapshot joins old clusters; a representative that is gone is replaced by the
    next best. Some clusters are held out for evaluation, once and for ever.
    """
    from lugha.deduplication.sets import cluster_language

    opened = lake.open()
    ranges = key_ranges.get_partition_keys()

    with scratch() as folder:

        def make(keys: Any) -> Made:
            compared_by = SIGNED_BY + COMPARED_BY
            return Made(
                cluster_language(
                    opened, keys["language"], ranges, memory_bytes(), folder / "language", compared_by, least_jaccard()
                )
            )

        return run_stage(context, opened, make=make, settings=lambda keys: least_jaccard(), tell=_told)


def _told(built: Built, rows: pl.DataFrame) -> dict[str, dg.MetadataValue]:
    kept = rows.filter("is_kept")
    in_clusters = rows.group_by("cluster_id").agg(pl.col("is_kept").sum())
    reasons = dict(rows.group_by("method").len().iter_rows())
    numbers = {
        "cluster_count": in_clusters.height,
        "joined_clusters": in_clusters.filter(pl.col("is_kept") > 1).height,
        "removed_share": 1 - kept.height / max(1, rows.height),
        "largest_cluster": rows["cluster_size"].max() or 0,
        "held_out_count": kept["is_held_out"].sum(),
        "unique_bytes": kept.filter(~pl.col("is_held_out"))["byte_count"].sum(),
    } | {f"{method}_count": reasons.get(method, 0) for method in ("same_url", "same_text", "near", "held_out_copy")}
    return of_partition(built, kept, before_count=rows.height, reasons=reasons, numbers=numbers)
