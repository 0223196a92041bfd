"""Training: the tokenizer, and a checkpoint for every mixture."""

import json
from datetime import UTC, datetime
from typing import Any

import dagster as dg
import polars as pl

from assets.construction import training_mixtures
from assets.contamination import contaminated_documents
from assets.deduplication import dedup_sets
from assets.metadata import of_partition, of_table, sample_table
from assets.partitions import every_partition, mixtures, one_run
from assets.stage import run_stage
from lugha.deduplication.trainable import trainable
from lugha.labeling.kept import kept_documents
from lugha.lake import Lake
from lugha.lake.build import Built, Made
from lugha.lake.digest import digest_of
from lugha.lake.lineage import input_digests
from lugha.lake.schemas import TABLES
from lugha.mixtures import recipe
from lugha.training.parent import newest_checkpoint
from lugha.training.tokenizer import tokenizer_report, train_tokenizer
from lugha.training.train import TrainProgress, train
from resources import LakeResource, ModelsResource, TrainerResource

GROUP, OWNERS = "training", ["team:training"]
LOG_STEPS = 50
TOKENIZER_VERSION = "1"


@dg.asset(
    deps=[dg.AssetDep(a, partition_mapping=every_partition) for a in (dedup_sets, contaminated_documents)],
    group_name=GROUP,
    kinds={"tokenizers"},
    owners=OWNERS,
    code_version=TOKENIZER_VERSION,
)
def tokenizer(lake: LakeResource, models: ModelsResource, trainer: TrainerResource) -> dg.MaterializeResult[Any]:
    """A byte-level BPE tokenizer from the same number of bytes of every language. A new one makes every earlier token
    count incomparable, so no schedule and no sensor trains one: it changes when somebody materializes it on changed
    text.
    """
    opened = lake.open()
    texts = _texts(opened)
    made_of = [
        TOKENIZER_VERSION,
        trainer.vocabulary_size,
        trainer.tokenizer_bytes_per_language,
        *(
            sorted((k, v.digest) for k, v in opened.states(table).items())
            for table in ("dedup_sets", "contaminated_documents")
        ),
    ]
    fingerprint = digest_of(made_of)
    current = models.current("tokenizer")
    if current and current["fingerprint"] == fingerprint:
        return dg.MaterializeResult(metadata={"run": "unchanged"}, data_version=dg.DataVersion(current["digest"]))
    made = train_tokenizer(texts, trainer.vocabulary_size, trainer.tokenizer_bytes_per_language)
    digest = digest_of(made)
    path = models.path("tokenizer", f"{digest}.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(made, encoding="utf-8")
    models.promote("tokenizer", path.name, fingerprint, digest)
    report = tokenizer_report(made, texts)
    return dg.MaterializeResult(
        metadata={
            "vocabulary_size": trainer.vocabulary_size,
            "language_count": len(texts),
            "median_bytes_per_token": float(report.select(pl.col("bytes_per_token").median()).item() or 0.0),
            "report": dg.MetadataValue.md(sample_table(report.sort("bytes_per_token"))),
        },
        data_version=dg.DataVersion(digest),
    )


def _texts(lake: Lake) -> dict[str, list[str]]:
    """Texts that may be trained on, by language, in the order of their ids."""
    rows = kept_documents(lake, only=trainable(lake).select("doc_id", "language")).sort("language", "doc_id")
    return {str(key[0]): group["text"].to_list() for key, group in rows.group_by(["language"], maintain_order=True)}


@dg.asset(
    partitions_def=mixtures,
    deps=[training_mixtures, tokenizer],
    group_name=GROUP,
    kinds={"pytorch", "transformers"},
    owners=OWNERS,
    code_version="1",
    backfill_policy=one_run,
    pool="training",
    metadata=of_table("checkpoints"),
)
def checkpoints(
    context: dg.AssetExecutionContext, lake: LakeResource, models: ModelsResource, trainer: TrainerResource
) -> dg.MaterializeResult[Any]:
    """The training run of a mixture: a small Llama, continued from the checkpoint of the recipe that this one names,
    with the record of what it read. A killed run goes on from its last saved step. A mixture that changed gives a new
    checkpoint; earlier ones stay.
    """
    opened = lake.open()
    tokenizer_json, tokenizer_digest = models.tokenizer()
    tables = input_digests(opened, "checkpoints")

    def parent_of(keys: Any) -> dict[str, str] | None:
        return newest_checkpoint(opened.read("checkpoints"), recipe(keys["mixture"]))

    def models_used(keys: Any) -> dict[str, str]:
        parent = parent_of(keys)
        return {"tokenizer": tokenizer_digest, "parent": parent["checkpoint_id"] if parent else "none"}

    def make(keys: Any) -> Made:
        chosen = recipe(keys["mixture"])
        parent, manifest_id = parent_of(keys), opened.read("mixture_languages", **keys)["manifest_id"][0]
        settings = trainer.settings(chosen.seed, is_continued=parent is not None)
        plan_digest = digest_of([manifest_id, tokenizer_digest, parent and parent["checkpoint_id"], settings])
        folder = f"{chosen.name}/{plan_digest}"
        lineage = {
            "mixture": chosen.name,
            "manifest_id": manifest_id,
            "parent_id": parent and parent["checkpoint_id"],
            "tokenizer": tokenizer_digest,
        }
        result = train(
            _documents(opened, keys),
            tokenizer_json,
            settings,
            trainer.path(folder),
            trainer.path(parent["folder"]) if parent else None,
            lineage,
            _progress(context),
        )
        row = {
            "checkpoint_id": result.checkpoint_id,
            "parent_id": parent and parent["checkpoint_id"],
            "manifest_id": manifest_id,
            "plan_digest": plan_digest,
            "folder": str(result.folder.relative_to(trainer.path(""))),
            "step_count": result.step_count,
            "token_count": sum(result.tokens_by_language.values()),
            "created_at": datetime.now(UTC),
            "lineage": json.dumps({**lineage, "tokens": result.tokens_by_language, "loss": result.loss_by_language}),
        }
        before = (
            opened.read("checkpoints", **keys).drop("mixture").filter(pl.col("checkpoint_id") != result.checkpoint_id)
        )
        schema = {c: TABLES["checkpoints"].schema[c] for c in before.columns}
        return Made(pl.concat([before, pl.DataFrame([row], schema=schema)]))

    def tell(built: Built, rows: pl.DataFrame) -> dict[str, dg.MetadataValue]:
        newest = rows.sort("created_at").row(-1, named=True)
        record = json.loads(newest["lineage"])
        numbers = {"token_count": newest["token_count"], "step_count": newest["step_count"]}
        numbers |= {f"loss {code}": loss for code, loss in sorted(record["loss"].items())[:40]}
        return of_partition(built, rows, numbers=numbers) | {
            "checkpoint_id": dg.MetadataValue.text(newest["checkpoint_id"])
        }

    return run_stage(
        context,
        opened,
        settings=lambda keys: trainer.model_dump_json(exclude={"folder"}),
        inputs=lambda keys: {**tables(keys), **models_used(keys)},
        make=make,
        tell=tell,
    )


def _documents(lake: Lake, keys: Any) -> pl.DataFrame:
    """The documents of a mixture with their text."""
    rows = lake.scan("training_mixtures", **keys).select("doc_id", "language", "snapshot", "repeat_count")
    texts = kept_documents(lake, only=rows)
    return (
        texts.join(rows.collect(), on=["doc_id", "language", "snapshot"])
        .select("doc_id", "language", "text", "repeat_count")
        .sort("doc_id")
    )


def _progress(context: dg.AssetExecutionContext) -> Any:
    def log(progress: TrainProgress) -> None:
        if progress.step % LOG_STEPS == 0 or progress.step == progress.step_count:
            context.log.info(
                f"step {progress.step} of {progress.step_count}, loss {progress.loss:.3f}, {progress.tokens_per_second:.0f} tokens/s"
            )

    return log
