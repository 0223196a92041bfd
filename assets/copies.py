"""Copies beyond the clusters: paragraphs that many documents hold, hosts that repeat others, languages that hold the
same documents.
"""

from functools import cache
from typing import Any

import dagster as dg
import polars as pl

from assets.deduplication import SIGNED_BY, dedup_sets, scratch, signatures
from assets.labeling import cleaned_shards
from assets.metadata import of_partition, of_table
from assets.partitions import every_partition, languages, one_run, to_language, when_new
from assets.stage import run_stage
from lugha.lake.build import Built, Made
from lugha.settings import memory_bytes
from resources import LakeResource


@dg.asset(
    partitions_def=languages,
    deps=[dg.AssetDep(cleaned_shards, partition_mapping=to_language)],
    group_name="deduplication",
    kinds={"numba", "duckdb", "deltalake"},
    owners=["team:deduplication"],
    code_version="1",
    backfill_policy=one_run,
    automation_condition=when_new,
    metadata=of_table("repeated_paragraphs"),
)
def repeated_paragraphs(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult[Any]:
    """Paragraphs that stand in two or more documents of a language, and beside them `paragraph_repeats`: how much of
    each document an older one holds. Nothing is removed for it.
    """
    from lugha.deduplication.paragraphs import repeated_in

    opened = lake.open()

    def tell(built: Built, rows: pl.DataFrame) -> dict[str, dg.MetadataValue]:
        repeats = opened.scan("paragraph_repeats", **built.keys).select(
            "repeated_count", "repeated_bytes", "paragraph_count"
        )
        numbers = {
            "most_documents": rows["document_count"].max() or 0,
            **repeats.sum().collect().row(0, named=True),
        }
        return of_partition(built, rows, numbers=numbers)

    with scratch() as folder:
        return run_stage(
            context,
            opened,
            make=lambda keys: repeated_in(opened, keys["language"], memory_bytes(), folder / "language"),
            tell=tell,
        )


@dg.asset(
    partitions_def=languages,
    deps=[dedup_sets],
    group_name="audit",
    kinds={"duckdb", "deltalake"},
    owners=["team:audit"],
    code_version="1",
    backfill_policy=one_run,
    automation_condition=when_new,
    metadata=of_table("source_overlap"),
)
def source_overlap(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult[Any]:
    """Which host of a language repeats what another had first, and which of them are mirrors: half of their documents
    or more.
    """
    from lugha.deduplication import mirrors

    opened = lake.open()

    def tell(built: Built, rows: pl.DataFrame) -> dict[str, dg.MetadataValue]:
        numbers = {"mirror_count": rows["is_mirror"].sum(), "repeated_documents": rows["document_count"].sum()}
        return of_partition(built, rows, numbers=numbers)

    with scratch() as folder:
        return run_stage(
            context,
            opened,
            make=lambda keys: Made(mirrors.source_overlap(opened, keys["language"], memory_bytes(), folder)),
            tell=tell,
        )


@dg.asset(
    partitions_def=languages,
    deps=[dg.AssetDep(signatures, partition_mapping=every_partition)],
    group_name="audit",
    kinds={"duckdb", "deltalake"},
    owners=["team:audit"],
    code_version=f"1.{SIGNED_BY}",
    backfill_policy=one_run,
    automation_condition=when_new,
    metadata=of_table("language_overlap"),
)
def language_overlap(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult[Any]:
    """Documents of a language that another language holds too: the same text, the same address or a near copy. One of
    the two has them under the wrong name, or they are boilerplate.
    """
    from lugha.deduplication import mirrors

    opened = lake.open()
    with scratch() as folder:

        @cache  # one answer serves all partitions of a run
        def everything() -> pl.DataFrame:
            return mirrors.language_overlap(opened, memory_bytes(), folder / "languages")

        return run_stage(
            context,
            opened,
            make=lambda keys: Made(everything().filter(pl.col("language") == keys["language"])),
        )
