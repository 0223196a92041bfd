"""Evaluation: every checkpoint scored on every language."""

from typing import Any

import dagster as dg
import polars as pl

from assets.evaluation_sets import BENCHMARK, eval_sets
from assets.metadata import of_partition, of_table
from assets.partitions import every_partition, keys_of, languages, one_run, when_new
from assets.stage import run_stage
from assets.training import checkpoints
from lugha.evaluation.bits_per_byte import bits_per_byte
from lugha.evaluation.scores import score_new
from lugha.lake.build import Built, Made
from resources import LakeResource, TrainerResource


@dg.asset(
    partitions_def=languages,
    deps=[eval_sets, dg.AssetDep(checkpoints, partition_mapping=every_partition)],
    group_name="evaluation",
    kinds={"pytorch", "deltalake"},
    owners=["team:evaluation"],
    code_version="1",
    backfill_policy=one_run,
    automation_condition=when_new,
    metadata=of_table("eval_scores"),
)
def eval_scores(
    context: dg.AssetExecutionContext, lake: LakeResource, trainer: TrainerResource
) -> dg.MaterializeResult[Any]:
    """Bits per byte of every held-out item under every checkpoint that has not scored it yet; a checkpoint is loaded
    once for all languages.
    """
    opened = lake.open()
    wanted = [keys["language"] for keys in keys_of(context)]
    scores = score_new(opened, wanted, BENCHMARK, trainer.path(""), context.log.info)

    def tell(built: Built, rows: pl.DataFrame) -> dict[str, dg.MetadataValue]:
        newest = rows.filter(pl.col("created_at") == pl.col("created_at").max())
        numbers: dict[str, Any] = {"item_count": newest["item_id"].n_unique()}
        if newest.height:
            measured = bits_per_byte(newest.select("language", "item_id", "nats", "byte_count")).row(0, named=True)
            numbers |= {"bits_per_byte": measured["bits_per_byte"], "standard_error": measured["standard_error"] or 0.0}
        return of_partition(built, rows, numbers=numbers) | {"by_checkpoint": dg.MetadataValue.md(_by_checkpoint(rows))}

    return run_stage(context, opened, make=lambda keys: Made(scores[keys["language"]]), tell=tell)


def _by_checkpoint(rows: pl.DataFrame) -> str:
    lines = []
    for (created, mixture, checkpoint_id), group in rows.sort("created_at").group_by(
        ["created_at", "mixture", "checkpoint_id"], maintain_order=True
    ):
        value = bits_per_byte(group.select("language", "item_id", "nats", "byte_count")).row(0, named=True)
        lines.append(
            f"| {created:%Y-%m-%d %H:%M} | {mixture} | {checkpoint_id} | {value['bits_per_byte']:.4f} | {group.height} |"
        )
    return "\n".join(["| made | mixture | checkpoint | bits per byte | items |", "|---|---|---|---:|---:|", *lines])
