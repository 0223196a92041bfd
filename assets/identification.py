"""Language identification: the model that tells languages apart, and the audit of what it takes for what."""

from dataclasses import asdict
from functools import cache
from typing import Any

import dagster as dg
import polars as pl

from assets.documents import standardized_documents
from assets.metadata import of_partition, of_table, sample_table
from assets.partitions import every_partition, languages, one_run
from assets.stage import run_stage
from lugha.identification.confusion import DOCUMENTS, SENTENCES, confusion, held_out_texts, macro_f1, scores
from lugha.identification.training import LidSettings, NothingToLearnFrom, load_lid, train_lid, training_lines
from lugha.lake import TABLES, Lake
from lugha.lake.build import Built, Made
from lugha.lake.digest import digest_of
from lugha.languages import UNDETERMINED
from lugha.reference import reference, reference_digest
from resources import LakeResource, ModelsResource

GROUP, OWNERS = "labeling", ["team:labeling"]
LID_VERSION = "2"
REPORTED = 40  # languages, those with the lowest F1 first


@dg.asset(
    deps=[dg.AssetDep(standardized_documents, partition_mapping=every_partition)],
    group_name=GROUP,
    kinds={"fasttext"},
    owners=OWNERS,
    code_version=LID_VERSION,
)
def lid_model(
    context: dg.AssetExecutionContext, lake: LakeResource, models: ModelsResource
) -> dg.MaterializeResult[Any]:
    """The language identifier: a model named by LUGHA_LID_MODEL and pinned by its digest, else one that learns from
    reference text and from the lines of pages that name their language, where lines that two languages share teach
    nothing.

    With fewer than two languages there is none, and labels fall back to the hints of the pages.
    """
    if outside := models.external_lid():
        return dg.MaterializeResult(
            metadata={
                "model": outside.named,
                "digest": outside.digest,
                "language_count": len({code for code in outside.code_of.values() if code != UNDETERMINED}),
                "unknown_label_count": outside.report().filter(~pl.col("is_known")).height,
                "labels": dg.MetadataValue.md(sample_table(outside.report().sort("is_known"))),
            },
            data_version=dg.DataVersion(outside.digest[:16]),
        )
    settings, documents = LidSettings(), _hinted(lake.open())
    fingerprint = digest_of([LID_VERSION, asdict(settings), training_lines(documents, settings), reference_digest()])
    current = models.current("lid")
    is_unchanged = current and current["fingerprint"] == fingerprint and models.path("lid", current["file"]).exists()
    path = models.path("lid", f"{fingerprint}.bin")
    if not is_unchanged:
        try:
            report = train_lid(documents, settings, path, reference())
        except NothingToLearnFrom as reason:
            context.log.warning(str(reason))
            return dg.MaterializeResult(metadata={"run": str(reason)}, data_version=dg.DataVersion("none"))
        models.promote("lid", path.name, fingerprint, fingerprint)
    measured = confusion(load_lid(path), held_out_texts(reference(), documents))
    told = {
        "run": "unchanged" if is_unchanged else "trained",
        "bytes": path.stat().st_size,
        "reference_bytes": int(reference()["text"].str.len_bytes().sum() or 0),
        **({} if is_unchanged else _training(report)),
        **_measured(measured),
    }
    return dg.MaterializeResult(metadata=told, data_version=dg.DataVersion(fingerprint))


@dg.asset(
    partitions_def=languages,
    deps=[lid_model],
    group_name=GROUP,
    kinds={"fasttext", "deltalake"},
    owners=OWNERS,
    code_version="1",
    backfill_policy=one_run,
    metadata=of_table("lid_confusion"),
)
def lid_confusion(
    context: dg.AssetExecutionContext, lake: LakeResource, models: ModelsResource
) -> dg.MaterializeResult[Any]:
    """What held-out text of a language is taken for by the identifier in use: its row of the confusion matrix, for
    sentences and for whole documents, with the languages that are close to it marked.
    """
    opened, model = lake.open(), models.lid()

    @cache
    def measured() -> pl.DataFrame:
        if model is None:
            return TABLES["lid_confusion"].empty()
        return confusion(model, held_out_texts(reference(), _hinted(opened)))

    def tell(built: Built, rows: pl.DataFrame) -> dict[str, dg.MetadataValue]:
        own = rows.filter(pl.col("predicted") == built.keys["language"])
        recall = {f"{level}_recall": share for level, share in own.select("level", "share").iter_rows()}
        return of_partition(built, rows, numbers={"text_count": rows["text_count"].sum(), **recall})

    return run_stage(
        context,
        opened,
        settings=lambda keys: {"model": models.lid_digest(), "reference": reference_digest()},
        inputs=lambda keys: {},
        make=lambda keys: Made(measured().filter(pl.col("language") == keys["language"]).drop("language")),
        tell=tell,
    )


def _hinted(lake: Lake) -> pl.DataFrame:
    """The documents that have text, under the languages that their pages name."""
    rows = lake.scan("standardized_documents").filter(pl.col("failure").is_null())
    return rows.select("language", "text").collect()


def _training(report: pl.DataFrame) -> dict[str, Any]:
    return {
        "language_count": report.height,
        "line_count": int(report["line_count"].sum()),
        "refuted_share": float(report.select(pl.col("refuted_share").mean()).item() or 0.0),
        "training": dg.MetadataValue.md(sample_table(report.sort("agreement"))),
    }


def _measured(confusions: pl.DataFrame) -> dict[str, Any]:
    """Macro F1 over all languages that have held-out text, and the languages that are told apart worst."""
    known = confusions["language"].unique().to_list()
    f1 = {level: macro_f1(confusions, level, known) for level in (SENTENCES, DOCUMENTS)}
    return {f"macro_f1_{level}s": value for level, value in f1.items() if value is not None} | {
        "languages": dg.MetadataValue.md(sample_table(scores(confusions).sort("f1"), REPORTED))
    }
