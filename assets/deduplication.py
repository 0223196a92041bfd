"""Deduplication: clusters of copies over all snapshots of a language, and the clusters that are kept for evaluation."""

from collections import Counter
from typing import Any

import dagster as dg
import polars as pl

from assets.labeling import cleaned_shards
from assets.metadata import of_partition, of_table
from assets.partitions import languages, one_run, to_language, when_new
from assets.stage import run_stage
from lugha.deduplication.clusters import cluster
from lugha.labeling.kept import kept_documents
from lugha.lake.build import Built, Made
from resources import LakeResource


@dg.asset(
    partitions_def=languages,
    deps=[dg.AssetDep(cleaned_shards, partition_mapping=to_language)],
    group_name="deduplication",
    kinds={"datasketch", "deltalake"},
    owners=["team:deduplication"],
    code_version="1",
    backfill_policy=one_run,
    automation_condition=when_new,
    metadata=of_table("dedup_sets"),
)
def dedup_sets(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult[Any]:
    """Which documents of a language are copies of which, over all snapshots: cluster, representative, method,
    similarity. Nothing is deleted.

    Oldest first, so a new snapshot never changes an earlier decision. Some clusters are held out for evaluation, once
    and for ever.
    """
    opened = lake.open()

    def make(keys: Any) -> Made:
        documents = (
            kept_documents(opened, **keys).rename({"fetched_at": "first_seen"}).drop("language", "foreign_lines")
        )
        return Made(cluster(documents, opened.read("dedup_sets", **keys).select("cluster_id", "is_held_out")))

    def tell(built: Built, rows: pl.DataFrame) -> dict[str, dg.MetadataValue]:
        kept = rows.filter("is_kept")
        numbers = {
            "cluster_count": kept.height,
            "removed_share": 1 - kept.height / max(1, rows.height),
            "largest_cluster": rows["cluster_size"].max() or 0,
            "held_out_count": kept["is_held_out"].sum(),
            "unique_bytes": kept.filter(~pl.col("is_held_out"))["byte_count"].sum(),
        }
        reasons = Counter(
            "kept" if is_kept else f"{method} copy" for is_kept, method in rows.select("is_kept", "method").iter_rows()
        )
        return of_partition(built, kept, before_count=rows.height, reasons=reasons, numbers=numbers)

    return run_stage(context, opened, make=make, tell=tell)
