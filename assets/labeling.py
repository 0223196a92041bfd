"""Labeling: bounds per language, and the documents that pass them."""

from collections import Counter
from dataclasses import asdict
from functools import cache
from typing import Any

import dagster as dg
import polars as pl

from assets.documents import labelled_documents, standardized_documents
from assets.metadata import of_partition, of_table, sample_table
from assets.partitions import cells, keys_of, languages, one_run, to_language, when_new
from assets.stage import run_stage
from lugha.blocklists import blocked, blocklists
from lugha.labeling.populations import crawl_population, stored_reference_population
from lugha.labeling.profiles import leans_on, profile, profile_settings
from lugha.labeling.redecide import decided_cell
from lugha.lake.build import Built, Made
from lugha.reference import reference_digest
from resources import LakeResource, ModelsResource

GROUP, OWNERS = "labeling", ["team:labeling"]


@dg.asset(
    partitions_def=languages,
    deps=[dg.AssetDep(labelled_documents, partition_mapping=to_language)],
    group_name=GROUP,
    kinds={"polars", "deltalake"},
    owners=OWNERS,
    code_version="2",
    backfill_policy=one_run,
    automation_condition=when_new,
    metadata=of_table("language_profiles"),
)
def language_profiles(
    context: dg.AssetExecutionContext, lake: LakeResource, models: ModelsResource
) -> dg.MaterializeResult[Any]:
    """The distribution of every signal in one language and the bound computed from it by a named method, drawn towards
    the language's family and script where text is thin; each with its origin in words. A bound in the language's own
    file wins.
    """
    opened = lake.open()
    codes = [keys["language"] for keys in keys_of(context)]

    @cache
    def populations() -> Any:
        """Of all languages at once, because every profile leans on its peers; and only where one has to be made."""
        of_reference = stored_reference_population(models.path("profiles", "reference"), models.stop_words_of)
        return of_reference, crawl_population(opened, leans_on(codes))

    def settings(keys: Any) -> object:
        return [reference_digest(), profile_settings(keys["language"])]

    def tell(built: Built, rows: pl.DataFrame) -> dict[str, dg.MetadataValue]:
        numbers = {
            "document_count": rows["document_count"].max() or 0,
            "own_weight": rows["own_weight"].mean() or 0.0,
            "computed_count": rows.filter(pl.col("method") != "fixed").height,
        }
        told = ("signal", "at_least", "at_most", "method", "median", "document_count", "calibrated_by")
        bounds = rows.filter(pl.col("at_least").is_not_null() | pl.col("at_most").is_not_null()).select(told)
        table = dg.MetadataValue.md(sample_table(bounds, bounds.height))
        return of_partition(built, rows, numbers=numbers) | {"bounds": table}

    return run_stage(
        context,
        opened,
        settings=settings,
        make=lambda keys: Made(profile(keys["language"], populations())),
        tell=tell,
    )


@dg.asset(
    partitions_def=cells,
    deps=[standardized_documents, labelled_documents, dg.AssetDep(language_profiles, partition_mapping=to_language)],
    group_name=GROUP,
    kinds={"polars", "deltalake"},
    owners=OWNERS,
    code_version="2",
    backfill_policy=one_run,
    automation_condition=when_new,
    metadata=of_table("cleaned_shards"),
)
def cleaned_shards(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult[Any]:
    """The documents that pass every bound of their language. The table `decisions` beside it holds, for each dropped
    document, the reason, the score, the bound and where the bound comes from. A changed bound re-decides from the
    stored scores in seconds; no text is read or written.
    """
    opened = lake.open()

    def reasons_of(hosts: Any) -> dict[str, str]:
        return {host: each.reason for host, each in blocked(hosts).items()}

    def tell(built: Built, rows: pl.DataFrame) -> dict[str, dg.MetadataValue]:
        decisions = opened.read("decisions", **built.keys)
        reasons = Counter(reason or "kept" for reason in decisions["drop_reason"])
        return of_partition(
            built,
            rows,
            before_count=decisions.height,
            reasons=reasons,
            numbers={"text_bytes": rows["byte_count"].sum()},
        )

    return run_stage(
        context,
        opened,
        settings=lambda keys: {name: asdict(each) for name, each in blocklists().items()},
        make=lambda keys: decided_cell(opened, keys["snapshot"], keys["language"], reasons_of),
        tell=tell,
    )
