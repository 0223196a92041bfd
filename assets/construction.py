"""Construction: recipes become mixtures."""

from typing import Any

import dagster as dg
import polars as pl

from assets.collection import crawl_index
from assets.contamination import contaminated_documents
from assets.deduplication import dedup_sets
from assets.evaluation_sets import eval_sets
from assets.metadata import of_partition, of_table
from assets.partitions import every_partition, mixtures, one_run
from assets.stage import run_stage
from lugha.construction.mixture import mix
from lugha.deduplication.trainable import trainable
from lugha.lake.build import Built, Made
from lugha.lake.digest import digest_of
from lugha.lake.lineage import input_digests
from lugha.mixtures import recipe
from resources import LakeResource

UPSTREAM = (dedup_sets, eval_sets, contaminated_documents, crawl_index)


@dg.asset(
    partitions_def=mixtures,
    deps=[dg.AssetDep(a, partition_mapping=every_partition) for a in UPSTREAM],
    group_name="construction",
    kinds={"polars", "deltalake"},
    owners=["team:construction"],
    code_version="2",
    backfill_policy=one_run,
    metadata=of_table("training_mixtures"),
)
def training_mixtures(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult[Any]:
    """One recipe file became a manifest: every document with the number of times it is read. Beside it
    `mixture_languages` tells, for each language, what there was, what was drawn, how often it repeats and what limits
    it; "data" means that more text is what it needs.
    """
    opened = lake.open()
    tables = input_digests(opened, "training_mixtures")

    def make(keys: Any) -> Made:
        documents = trainable(opened).collect()
        items = dict(opened.scan("eval_sets").group_by("language").len().collect().iter_rows())
        known = opened.scan("crawl_index").filter(pl.col("outcome") == "known").group_by("language").len().collect()
        mixed = mix(documents, recipe(keys["mixture"]), items, dict(known.iter_rows()))
        return Made(mixed.documents, {"mixture_languages": mixed.languages})

    def tell(built: Built, rows: pl.DataFrame) -> dict[str, dg.MetadataValue]:
        of_language = opened.read("mixture_languages", **built.keys).sort("share", descending=True)
        numbers = {
            "drawn_bytes": of_language["drawn_bytes"].sum(),
            "language_count": of_language.height,
            "data_bound_count": of_language.filter(pl.col("bound_by") == "data").height,
        }
        table = dg.MetadataValue.md(_shares(of_language))
        manifest = of_language["manifest_id"][0] if of_language.height else ""
        return of_partition(built, rows, numbers=numbers) | {
            "languages": table,
            "manifest_id": dg.MetadataValue.text(manifest),
        }

    return run_stage(
        context,
        opened,
        inputs=lambda keys: {**tables(keys), "recipe": digest_of(recipe(keys["mixture"]))},
        make=make,
        tell=tell,
    )


def _shares(of_language: pl.DataFrame) -> str:
    rows = of_language.select("language", "available_bytes", "drawn_bytes", "share", "epochs", "bound_by").iter_rows()
    lines = [
        f"| {code} | {available:,} | {drawn:,} | {share:.2%} | {epochs:.2f} | {bound} |"
        for code, available, drawn, share, epochs, bound in rows
    ]
    return "\n".join(
        [
            "| language | available bytes | drawn bytes | share | epochs | limited by |",
            "|---|---:|---:|---:|---:|---|",
            *lines,
        ]
    )
