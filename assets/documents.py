"""Parsing, standardization and labeling: one record becomes one document, with its scores."""

from collections import Counter
from typing import Any

import dagster as dg
import polars as pl

from assets.collection import raw_crawls
from assets.metadata import of_partition, of_table
from assets.partitions import cells, one_run, to_language, when_new
from assets.stage import run_stage
from lugha.identification.corrections import add_corrections, corrections
from lugha.labeling.label import label
from lugha.lake.build import Built, Made
from lugha.parsing.parse import extractor_name, parse, reader_name
from lugha.signals import signals
from lugha.standardization.standardize import standardize
from lugha.wordlists import KINDS, word_list
from resources import LakeResource, ModelsResource

PII_COUNTS = ("email_count", "phone_count", "ip_count", "identifier_count")


def _told(built: Built, rows: pl.DataFrame) -> dict[str, dg.MetadataValue]:
    failures = Counter(failure or "text found" for failure in rows["failure"])
    return of_partition(
        built,
        rows,
        before_count=rows.height,
        reasons=failures,
        numbers={"text_share": failures["text found"] / max(1, rows.height)},
    )


def _told_repairs(built: Built, rows: pl.DataFrame) -> dict[str, dg.MetadataValue]:
    repairs = Counter(name for names in rows["repairs"].drop_nulls() for name in names.split(",") if name)
    replaced = {name: int(rows[name].sum() or 0) for name in PII_COUNTS}
    table = "| repair | documents |\n|---|---:|\n" + "\n".join(f"| {name} | {n} |" for name, n in repairs.most_common())
    return _told(built, rows) | {
        "repairs": dg.MetadataValue.md(table),
        **{name: dg.MetadataValue.int(count) for name, count in replaced.items()},
    }


@dg.asset(
    partitions_def=cells,
    deps=[raw_crawls],
    group_name="parsing",
    kinds={"trafilatura", "deltalake"},
    owners=["team:parsing"],
    code_version="2",
    backfill_policy=one_run,
    automation_condition=when_new,
    metadata=of_table("parsed_documents"),
)
def parsed_documents(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult[Any]:
    """Main text of every record, read in the character encoding that the bytes really have; a record without text
    keeps the reason.
    """
    opened = lake.open()
    return run_stage(
        context,
        opened,
        settings=lambda keys: [reader_name(), extractor_name()],
        tell=_told,
        make=lambda keys: Made(parse(opened.read("raw_crawls", **keys), keys["language"])),
    )


@dg.asset(
    partitions_def=cells,
    deps=[parsed_documents],
    group_name="standardization",
    kinds={"ftfy", "deltalake"},
    owners=["team:standardization"],
    code_version="2",
    backfill_policy=one_run,
    automation_condition=when_new,
    metadata=of_table("standardized_documents"),
)
def standardized_documents(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult[Any]:
    """Repaired text in one normal form, with the names of the repairs; diacritics, joiners and orthography stay. The
    site's own boilerplate goes.
    """
    opened = lake.open()
    return run_stage(
        context,
        opened,
        tell=_told_repairs,
        make=lambda keys: Made(standardize(opened.read("parsed_documents", **keys), keys["language"])),
    )


@dg.asset(
    partitions_def=cells,
    deps=[standardized_documents, "lid_model", dg.AssetDep("small_models", partition_mapping=to_language)],
    group_name="labeling",
    kinds={"fasttext", "numba", "deltalake"},
    owners=["team:labeling"],
    code_version="2",
    backfill_policy=one_run,
    automation_condition=when_new,
    metadata=of_table("labelled_documents"),
)
def labelled_documents(
    context: dg.AssetExecutionContext, lake: LakeResource, models: ModelsResource
) -> dg.MaterializeResult[Any]:
    """Scores of every document, one column a signal, no text; drops nothing. A document found to be in another
    language is written down as a correction of the index, so that the next run of the right language has it.
    """
    opened, model = lake.open(), models.lid()
    found: list[pl.DataFrame] = []

    def settings(keys: Any) -> object:
        code = keys["language"]
        lists = {kind: words.digest for kind in KINDS if (words := word_list(kind, code))}
        return [sorted(signals()), lists, models.lid_digest(), models.fingerprint_of_language(code)]

    def make(keys: Any) -> Made:
        documents, code = opened.read("standardized_documents", **keys), keys["language"]
        return Made(label(documents, code, model, models.of_language(code)))

    def tell(built: Built, rows: pl.DataFrame) -> dict[str, dg.MetadataValue]:
        # From the written rows and for unchanged cells too: what a killed run did not write down is found again here.
        found.append(
            corrections(rows, built.keys["language"]).with_columns(pl.lit(built.keys["snapshot"]).alias("snapshot"))
        )
        labels = Counter(label or "no text" for label in rows["lid_label"])
        own = labels[built.keys["language"]] / max(1, rows.height - labels["no text"])
        return of_partition(
            built,
            rows,
            reasons=labels,
            numbers={"own_language_share": own, "mean_lid_score": rows["lid_score"].mean() or 0.0},
        )

    result = run_stage(context, opened, settings=settings, make=make, tell=tell)
    add_corrections(opened, pl.concat(found) if found else None, context.run.run_id)
    return result
