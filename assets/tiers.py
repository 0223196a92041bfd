"""The tiers above the rules: small models of each language, and a large model that judges a sample."""

from functools import partial
from typing import Any

import dagster as dg
import polars as pl

from assets.documents import standardized_documents
from assets.metadata import of_partition, of_table, sample_table
from assets.partitions import languages, one_run, to_language
from assets.stage import run_stage
from lugha.lake.build import Built, Made
from lugha.lake.digest import digest_of
from lugha.reference import reference
from lugha.rubrics import rubrics
from lugha.tiers.agreement import agreement
from lugha.tiers.teacher import teach
from lugha.tiers.train_models import VERSION, SmallModelSettings, report_table, train_language_models
from lugha.tiers.training_text import training_text
from resources import LakeResource, ModelsResource, TeacherResource

GROUP, OWNERS = "labeling", ["team:labeling"]
REPORTED = 40  # languages


@dg.asset(
    partitions_def=languages,
    deps=[dg.AssetDep(standardized_documents, partition_mapping=to_language)],
    group_name=GROUP,
    kinds={"fasttext", "numba"},
    owners=OWNERS,
    code_version=VERSION,
    backfill_policy=one_run,
)
def small_models(
    context: dg.AssetExecutionContext, lake: LakeResource, models: ModelsResource
) -> dg.MaterializeResult[Any]:
    """Stop words, classifiers and a character language model of each language, from its own text: reference text
    against crawl, and the labels of people and of the teacher. What there is too little text for is left out and told.

    New models score every document of the language anew, so no sensor trains them.
    """
    opened, settings = lake.open(), SmallModelSettings()
    reports = [
        train_language_models(
            language,
            *training_text(opened, language, reference(), settings.crawl_bytes),
            models.folder_of_language(language),
            settings,
        )
        for language in context.partition_keys
    ]
    for report in reports if len(reports) > 1 else ():
        context.add_asset_metadata(
            {"bytes": report.size_bytes, "report": dg.MetadataValue.md(sample_table(report_table([report])))},
            partition_key=report.language,
        )
    return dg.MaterializeResult(
        metadata={
            "trained_count": sum(not report.is_unchanged for report in reports),
            "trained_bytes": sum(report.size_bytes for report in reports),
            "languages": dg.MetadataValue.md(sample_table(report_table(reports), REPORTED)),
        },
        data_version=dg.DataVersion(digest_of(sorted(report.fingerprint for report in reports))),
    )


@dg.asset(
    partitions_def=languages,
    deps=[dg.AssetDep(standardized_documents, partition_mapping=to_language)],
    group_name=GROUP,
    kinds={"llm", "deltalake"},
    owners=OWNERS,
    code_version="1",
    backfill_policy=one_run,
    metadata=of_table("teacher_labels"),
)
def teacher_labels(
    context: dg.AssetExecutionContext, lake: LakeResource, teacher: TeacherResource
) -> dg.MaterializeResult[Any]:
    """What a large model says about a sample of a language's documents, within a budget of tokens. It costs, so only
    a person starts it; a run that is killed or out of budget goes on where it was. Beside it, how far it agrees with
    people (kappa).
    """
    opened, chat = lake.open(), teacher.chat()

    def make(keys: Any) -> Made:
        language = keys["language"]
        tell = partial(_log, context, language)
        rows, done = teach(
            opened, language, teacher.rubrics(), chat, teacher.token_budget, teacher.journal(language), tell
        )
        context.log.info(f"{language}: {done}")
        return Made(rows)

    def tell(built: Built, rows: pl.DataFrame) -> dict[str, dg.MetadataValue]:
        agreed = agreement(opened.read("annotations", **built.keys), rows, rubrics())
        numbers = {"token_count": int(rows["token_count"].sum()), "document_count": rows["doc_id"].n_unique()}
        table = dg.MetadataValue.md(sample_table(agreed, agreed.height))
        return of_partition(built, rows, numbers=numbers) | {"agreement": table}

    asked = [teacher.model, teacher.token_budget, [each.digest for each in teacher.rubrics()]]
    return run_stage(context, opened, settings=lambda keys: asked, make=make, tell=tell)


def _log(context: dg.AssetExecutionContext, language: str, done: Any) -> None:
    if done.judged_count % 20 == 0:
        context.log.info(f"{language}: {done.judged_count} documents judged, {done.token_count} tokens")
