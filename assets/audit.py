"""Audit: one language in numbers, for its community and for whoever has to answer for it."""

import json
from dataclasses import asdict
from typing import Any

import dagster as dg
import polars as pl

from assets.deduplication import dedup_sets
from assets.labeling import cleaned_shards
from assets.metadata import of_partition, of_table
from assets.partitions import languages, one_run, to_language, when_new
from assets.stage import run_stage
from lugha.blocklists import blocklists
from lugha.labeling import hosts
from lugha.lake.build import Built, Made
from lugha.lake.digest import digest_of
from lugha.languages import language
from lugha.warehouse import query
from resources import LakeResource


@dg.asset(
    partitions_def=languages,
    deps=[dg.AssetDep(cleaned_shards, partition_mapping=to_language)],
    group_name="audit",
    kinds={"duckdb", "deltalake"},
    owners=["team:audit"],
    code_version="1",
    backfill_policy=one_run,
    automation_condition=when_new,
    metadata=of_table("host_scores"),
)
def host_scores(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult[Any]:
    """Every host of a language: documents, what passed, what the rest was dropped for, and whether it fails or a
    blocklist names it.
    """
    opened = lake.open()

    def tell(built: Built, rows: pl.DataFrame) -> dict[str, dg.MetadataValue]:
        numbers = {
            "failing_count": rows["is_failing"].sum(),
            "blocked_count": rows["blocked_by"].count(),
            "lowest_kept_share": rows["kept_share"].min() or 0.0,
        }
        return of_partition(built, rows, numbers=numbers)

    return run_stage(
        context,
        opened,
        settings=lambda keys: digest_of({name: asdict(each) for name, each in blocklists().items()}),
        make=lambda keys: Made(hosts.host_scores(opened, keys["language"])),
        tell=tell,
    )


@dg.asset(
    partitions_def=languages,
    deps=[dedup_sets],
    group_name="audit",
    kinds={"duckdb", "deltalake"},
    owners=["team:audit"],
    code_version="2",
    backfill_policy=one_run,
    automation_condition=when_new,
    metadata=of_table("language_cards"),
)
def language_cards(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult[Any]:
    """One language under its own name: pages fetched, documents kept and dropped by reason, clusters, bytes, and how
    much one host gives of it.
    """
    opened = lake.open()
    tables = {name: opened.scan(name) for name in ("decisions", "dedup_sets")} | {
        "raw_crawls": opened.scan("raw_crawls").select("doc_id", "language")
    }

    def make(keys: Any) -> Made:
        of_language = {name: frame.filter(pl.col("language") == keys["language"]) for name, frame in tables.items()}
        card = query("language_cards", of_language, language=keys["language"])
        return Made(card.with_columns(pl.lit(language(keys["language"]).endonym).alias("endonym")))

    def tell(built: Built, rows: pl.DataFrame) -> dict[str, dg.MetadataValue]:
        row = rows.row(0, named=True)
        reasons = {"kept": row["kept_count"], **json.loads(row["dropped"])}
        numbers = {
            name: row[name]
            for name in ("page_count", "kept_count", "cluster_count", "unique_bytes", "largest_host_share")
        }
        return of_partition(built, rows, reasons=reasons, numbers=numbers)

    return run_stage(context, opened, make=make, tell=tell)
