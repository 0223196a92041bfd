"""The items that checkpoints are asked."""

from typing import Any

import dagster as dg
import polars as pl

from assets.deduplication import dedup_sets
from assets.metadata import of_partition, of_table
from assets.partitions import languages, one_run, when_new
from assets.stage import run_stage
from lugha.benchmarks import benchmarks
from lugha.evaluation.items import make_items
from lugha.labeling.kept import kept_documents
from lugha.lake.build import Built, Made
from lugha.lake.digest import digest_of
from resources import LakeResource

BENCHMARK = "held_out_text"


@dg.asset(
    partitions_def=languages,
    deps=[dedup_sets],
    group_name="evaluation",
    kinds={"polars", "deltalake"},
    owners=["team:evaluation"],
    code_version="1",
    backfill_policy=one_run,
    automation_condition=when_new,
    metadata=of_table("eval_sets"),
)
def eval_sets(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult[Any]:
    """Items of the benchmark `held_out_text`: the held-out clusters of a language, cut into pieces. No mixture holds
    any of it.
    """
    opened, benchmark = lake.open(), benchmarks()[BENCHMARK]

    def make(keys: Any) -> Made:
        held_out = opened.scan("dedup_sets", **keys).filter(pl.col("is_kept") & pl.col("is_held_out")).select("doc_id")
        documents = kept_documents(opened, only=held_out, language=keys["language"]).select(
            "doc_id", "language", "text"
        )
        items = make_items(documents, benchmark.item_bytes, benchmark.most_items)
        return Made(
            items.with_columns(pl.lit(benchmark.name).alias("benchmark"), pl.lit(benchmark.level).alias("level"))
        )

    def tell(built: Built, rows: pl.DataFrame) -> dict[str, dg.MetadataValue]:
        return of_partition(
            built, rows, numbers={"item_count": rows.height, "document_count": rows["doc_id"].n_unique()}
        )

    return run_stage(context, opened, settings=lambda keys: digest_of(benchmark), make=make, tell=tell)
