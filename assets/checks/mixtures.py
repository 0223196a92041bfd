"""What holds for mixtures and scores."""

import polars as pl

from assets.checks.checking import Found
from lugha.lake import Lake
from lugha.mixtures import recipe


def share_problems(lake: Lake) -> Found:
    """Mixtures whose shares do not sum to 1."""
    for mixture, total in (
        lake.scan("mixture_languages").group_by("mixture").agg(pl.col("share").sum()).collect().iter_rows()
    ):
        if abs(total - 1) > 1e-6:
            yield mixture, f"shares sum to {total:.6f}"


def budget_problems(lake: Lake) -> Found:
    """Mixtures that draw more than their budget, one document a language of tolerance, or repeat a document too often."""
    drawn = (
        lake.scan("training_mixtures")
        .group_by("mixture")
        .agg(
            (pl.col("byte_count") * pl.col("repeat_count")).sum().alias("drawn"),
            pl.col("repeat_count").max().alias("most"),
            pl.col("language").n_unique().alias("languages"),
            pl.col("byte_count").max().alias("largest"),
        )
        .collect()
    )
    for mixture, total, most, languages, largest in drawn.iter_rows():
        chosen = recipe(mixture)
        if total > chosen.budget_bytes + languages * largest:
            yield mixture, f"{total:,} bytes drawn, the budget is {chosen.budget_bytes:,}"
        if most > chosen.max_epochs + 1:
            yield mixture, f"a document is read {most} times, max_epochs is {chosen.max_epochs}"


def leaked(lake: Lake) -> Found:
    """Mixtures that hold a document of a held-out cluster, a later found copy of one, or a text equal to one."""
    is_apart = pl.col("is_held_out") | (pl.col("method") == "held_out_copy")
    held_out = lake.scan("dedup_sets").filter(is_apart).select("content_hash").unique()
    rows = (
        lake.scan("training_mixtures").join(held_out, on="content_hash", how="semi").group_by("mixture").len().collect()
    )
    yield from ((mixture, f"{n} documents are held out for evaluation") for mixture, n in rows.iter_rows())


def impossible_scores(lake: Lake) -> Found:
    """Scores that are no numbers or belong to items without bytes."""
    bad = (
        lake.scan("eval_scores")
        .filter(~pl.col("nats").is_finite() | (pl.col("byte_count") <= 0))
        .group_by("language")
        .len()
        .collect()
    )
    yield from ((language, f"{n} scores that are no finite number") for language, n in bad.iter_rows())
