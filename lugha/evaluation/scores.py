"""Scores that are still missing: every checkpoint on every item of the wanted languages, each pair once."""

from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from lugha.benchmarks import benchmarks
from lugha.evaluation.bits_per_byte import score_items
from lugha.lake import Lake
from lugha.lake.schemas import TABLES

COLUMNS = list(TABLES["eval_scores"].columns)


def score_new(
    lake: Lake, languages: Sequence[str], benchmark: str, store: Path, tell: Callable[[str], None]
) -> dict[str, pl.DataFrame]:
    """`eval_scores` rows by language: those that are there, and new ones for every pair of checkpoint and item that
    is not.

    `store` is the folder that the checkpoints' folders are relative to. A checkpoint is loaded once for all languages.
    """
    items = (
        lake.scan("eval_sets").filter(pl.col("language").is_in(languages), pl.col("benchmark") == benchmark).collect()
    )
    known = lake.scan("eval_scores").filter(pl.col("language").is_in(languages)).collect()
    level, metric = benchmarks()[benchmark].level, benchmarks()[benchmark].metric
    new = []
    # Two mixtures of the same documents give the same weights, which are one checkpoint.
    checkpoints = lake.read("checkpoints").sort("created_at").unique("checkpoint_id", keep="first", maintain_order=True)
    for row in checkpoints.iter_rows(named=True):
        done = known.filter(pl.col("checkpoint_id") == row["checkpoint_id"]).select("language", "item_id")
        missing = items.join(done, on=["language", "item_id"], how="anti").select("language", "item_id", "text")
        if missing.is_empty():
            continue
        tell(
            f"scoring checkpoint {row['checkpoint_id']} ({row['mixture']}): {missing.height} items of {missing['language'].n_unique()} languages"
        )
        scores = score_items(store / row["folder"], missing)
        new.append(
            scores.with_columns(
                *(pl.lit(row[c]).alias(c) for c in ("checkpoint_id", "mixture")),
                pl.lit(row["created_at"]).cast(TABLES["eval_scores"].schema["created_at"]).alias("created_at"),
                pl.lit(benchmark).alias("benchmark"),
                pl.lit(level).alias("level"),
                pl.lit(metric).alias("metric"),
            )
        )
    schema = pl.Schema({c: TABLES["eval_scores"].schema[c] for c in ("language", *COLUMNS)})
    everything = pl.concat(
        [known.select(list(schema)).cast(schema), *(frame.select(list(schema)).cast(schema) for frame in new)]
    )
    return {language: everything.filter(pl.col("language") == language).select(COLUMNS) for language in languages}
