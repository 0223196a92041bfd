"""Labeling: the language identifier, bounds per language, and the documents that pass them."""

from collections import Counter
from dataclasses import asdict
from typing import Any

import dagster as dg
import polars as pl

from assets.documents import labelled_documents, standardized_documents
from assets.metadata import of_partition, of_table, sample_table
from assets.partitions import cells, every_partition, languages, one_run, to_language, when_new
from assets.stage import run_stage
from lugha.labeling.decide import clean, decide
from lugha.labeling.lid import LidSettings, NothingToLearnFrom, train_lid, training_lines
from lugha.labeling.profiles import profile
from lugha.lake.build import Built, Made
from lugha.lake.digest import digest_of
from resources import LakeResource, ModelsResource

GROUP, OWNERS = "labeling", ["team:labeling"]
LID_VERSION = "1"


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
    """A language identifier learned from the lines of pages that name their language; lines that two languages share
    teach nothing.

    With fewer than two such languages there is none, and labels fall back to the hints of the pages.
    """
    settings, opened = LidSettings(), lake.open()
    documents = (
        opened.scan("standardized_documents").filter(pl.col("failure").is_null()).select("language", "text").collect()
    )
    lines = training_lines(documents, settings)
    fingerprint = digest_of([LID_VERSION, asdict(settings), lines])
    current = models.current("lid")
    if current and current["fingerprint"] == fingerprint and models.path("lid", current["file"]).exists():
        return dg.MaterializeResult(
            metadata={"run": "unchanged", "language_count": len(lines)}, data_version=dg.DataVersion(fingerprint)
        )
    path = models.path("lid", f"{fingerprint}.bin")
    try:
        report = train_lid(documents, settings, path)
    except NothingToLearnFrom as reason:
        context.log.warning(str(reason))
        return dg.MaterializeResult(
            metadata={"run": str(reason), "language_count": len(lines)}, data_version=dg.DataVersion("none")
        )
    models.promote("lid", path.name, fingerprint, fingerprint)
    return dg.MaterializeResult(
        metadata={
            "language_count": report.height,
            "line_count": int(report["line_count"].sum()),
            "refuted_share": float(report.select(pl.col("refuted_share").mean()).item() or 0.0),
            "bytes": path.stat().st_size,
            "report": dg.MetadataValue.md(sample_table(report.sort("agreement"))),
        },
        data_version=dg.DataVersion(fingerprint),
    )


@dg.asset(
    partitions_def=languages,
    deps=[dg.AssetDep(labelled_documents, partition_mapping=to_language)],
    group_name=GROUP,
    kinds={"polars", "deltalake"},
    owners=OWNERS,
    code_version="1",
    backfill_policy=one_run,
    automation_condition=when_new,
    metadata=of_table("language_profiles"),
)
def language_profiles(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult[Any]:
    """The bound on every signal for one language, computed from its own documents where there are enough, with its
    origin in words.
    """
    opened = lake.open()
    labelled = opened.scan("labelled_documents").collect()

    def make(keys: Any) -> Made:
        language = keys["language"]
        of_script = labelled.filter(
            pl.col("language").str.ends_with(language[-5:]), pl.col("lid_label") == pl.col("language")
        )
        return Made(profile(labelled.filter(pl.col("language") == language), language, of_script))

    def tell(built: Built, rows: pl.DataFrame) -> dict[str, dg.MetadataValue]:
        loosened = rows.filter(pl.col("calibrated_by").str.starts_with("loosened")).height
        return of_partition(
            built, rows, numbers={"loosened_count": loosened, "document_count": rows["document_count"].max() or 0}
        )

    return run_stage(context, opened, make=make, tell=tell)


@dg.asset(
    partitions_def=cells,
    deps=[standardized_documents, labelled_documents, dg.AssetDep(language_profiles, partition_mapping=to_language)],
    group_name=GROUP,
    kinds={"polars", "deltalake"},
    owners=OWNERS,
    code_version="1",
    backfill_policy=one_run,
    automation_condition=when_new,
    metadata=of_table("cleaned_shards"),
)
def cleaned_shards(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult[Any]:
    """The documents that pass every bound of their language, without the lines of other languages. The table
    `decisions` beside it holds, for each dropped document, the reason, the score, the bound and where the bound comes
    from. Changing a bound re-decides without re-scoring.
    """
    opened = lake.open()

    def make(keys: Any) -> Made:
        labelled = opened.read("labelled_documents", **keys)
        decisions = decide(labelled, opened.read("language_profiles", language=keys["language"]), keys["language"])
        return Made(clean(opened.read("standardized_documents", **keys), labelled, decisions), {"decisions": decisions})

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

    return run_stage(context, opened, make=make, tell=tell)
