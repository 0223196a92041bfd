"""Which languages a new checkpoint is worse in, by more than items and retraining explain.

    d_li = candidate - anchor, bits per byte of item i in language l         D_l = mean over items
    m    = median of D_l over the measured languages                         excess_l = D_l - m
    SE_l = sqrt(var_i(d_li) / n_l + 2 s^2)                                   p_l = P(t > excess_l / SE_l), n_l - 1 df
    regression = Benjamini-Hochberg(p, q) and excess_l >= min_effect

Two runs of one recipe differ in every language by s, the seed's doing: a test without it took noise for 36 regressions
a release in simulation (200 languages, s = .0076), with it for 0.03 to 0.5. What all languages share (a longer run,
another budget) says nothing about one of them, so its median is taken away; a fall of half of all languages hides
behind it, and that alarm is not this file's. The simulation had 200 items a language and known s. With few items the t
distribution, and s itself as the floor of SE, make the test careful; it then sees only large falls.

Nothing here is remembered or asked for: scores in, verdicts out. What follows from a verdict is
lugha.evaluation.requests.
"""

import math
from dataclasses import dataclass

import numpy as np
import polars as pl

from lugha.errors import LughaError
from lugha.evaluation.bits_per_byte import refuse_non_finite

COMPARISON_SCHEMA = pl.Schema(
    {
        "language": pl.String(),
        "item_count": pl.Int64(),
        "anchor_bits_per_byte": pl.Float64(),
        "candidate_bits_per_byte": pl.Float64(),
        "difference": pl.Float64(),
        "median_shift": pl.Float64(),
        "excess": pl.Float64(),
        "standard_error": pl.Float64(),
        "p_value": pl.Float64(),
        "is_regression": pl.Boolean(),
        "verdict": pl.String(),
    }
)
REPLAY_SCHEMA = pl.Schema(
    {"release_number": pl.Int64(), "checkpoint_id": pl.String(), "anchor_id": pl.String(), **COMPARISON_SCHEMA}
)
LEAST_LANGUAGES = 3  # of two languages the median is their mean: a fall of one would look like a rise of the other


class BadRegressionSettings(LughaError):
    """A number of the regression rule has a value that it cannot work with."""


class DuplicateItem(LughaError):
    """An item is scored twice under one checkpoint."""


class ItemChanged(LughaError):
    """An item has other bytes under the candidate than under the anchor: the two were not asked the same."""


@dataclass(frozen=True)
class RegressionSettings:
    """The numbers of the rule. Bits per byte, except counts and the rate.

    seed_sd: how far one run's language moves by its seed alone (measured .0076 on twelve languages, one pair of seeds,
    a million parameters). min_effect: less is no regression however sure. false_discovery_rate: q of Benjamini and
    Hochberg 1995, one-sided. min_items: with fewer a language is shown and never flagged.
    Raises BadRegressionSettings.
    """

    seed_sd: float = 0.0076
    min_effect: float = 0.02
    false_discovery_rate: float = 0.05
    min_items: int = 4

    def __post_init__(self) -> None:
        if not (self.seed_sd > 0 and math.isfinite(self.seed_sd)):
            raise BadRegressionSettings(
                f"seed_sd is {self.seed_sd}; runs always differ. Measure yours with three seeds, or use 0.0076."
            )
        if not 0 < self.false_discovery_rate < 1:
            raise BadRegressionSettings(
                f"false_discovery_rate is {self.false_discovery_rate}; it lies between 0 and 1, usually 0.05."
            )
        if self.min_items < 2:
            raise BadRegressionSettings(f"min_items is {self.min_items}; a variance needs at least 2 items.")


def compare(anchor: pl.DataFrame, candidate: pl.DataFrame, settings: RegressionSettings) -> pl.DataFrame:
    """One row (COMPARISON_SCHEMA) for each language of either side, sorted by language, on the items that both have.

    anchor, candidate: language, item_id, nats, byte_count of one checkpoint each. anchor_ and candidate_bits_per_byte
    are means over the shared items, every item the same, so that difference is their difference; `bits_per_byte` weighs
    items by bytes and may differ in the third digit. A language with fewer than min_items shared items has no p_value,
    no median_shift and no excess, and is no regression. With fewer than LEAST_LANGUAGES measured languages median_shift
    is 0 and the verdict says so.
    Raises NonFiniteScore, DuplicateItem, ItemChanged.
    """
    shown = _paired_means(_checked(anchor, "anchor"), _checked(candidate, "candidate"))
    is_measured = (shown["item_count"] >= settings.min_items).to_numpy()
    difference = shown["difference"].to_numpy()[is_measured]
    count = shown["item_count"].to_numpy()[is_measured]
    has_yardstick = len(difference) >= LEAST_LANGUAGES
    shift = float(np.median(difference)) if has_yardstick else 0.0
    excess = difference - shift
    standard_error = np.sqrt(shown["variance"].to_numpy()[is_measured] / count + 2 * settings.seed_sd**2)
    p_value = _upper_tail(excess / standard_error, count - 1)
    is_regression = _benjamini_hochberg(p_value, settings.false_discovery_rate) & (excess >= settings.min_effect)
    measured = shown.filter(pl.Series(is_measured)).select(
        "language",
        pl.lit(shift).alias("median_shift"),
        pl.Series("excess", excess),
        pl.Series("standard_error", standard_error),
        pl.Series("p_value", p_value),
        pl.Series("is_regression", is_regression),
    )
    return (
        shown.join(measured, on="language", how="left")
        .with_columns(pl.col("is_regression").fill_null(value=False))
        .with_columns(_verdict(settings, has_yardstick=has_yardstick).alias("verdict"))
        .select(COMPARISON_SCHEMA.names())
        .cast(COMPARISON_SCHEMA)
        .sort("language")
    )


def replay(scores: pl.DataFrame, settings: RegressionSettings) -> pl.DataFrame:
    """Every release compared with its anchor (REPLAY_SCHEMA), in order of release and language.

    scores: checkpoint_id, created_at (anything that sorts), language, item_id, nats, byte_count. The anchor of a
    release is the newest earlier one that had no regression against its own: a fall stays a fall until it is made good,
    and does not become the new normal. The first release is its own anchor and has no rows; release_number counts from
    1.
    Raises NonFiniteScore, DuplicateItem, ItemChanged.
    """
    order = scores.group_by("checkpoint_id").agg(pl.col("created_at").min()).sort("created_at", "checkpoint_id")
    by_checkpoint = {str(key): rows for (key,), rows in scores.group_by("checkpoint_id")}
    anchor_id = None
    compared = [REPLAY_SCHEMA.to_frame()]
    for number, checkpoint_id in enumerate(order["checkpoint_id"], start=1):
        if anchor_id is None:
            anchor_id = checkpoint_id
            continue
        rows = compare(by_checkpoint[anchor_id], by_checkpoint[checkpoint_id], settings)
        release = (pl.lit(number, dtype=pl.Int64).alias("release_number"), pl.lit(checkpoint_id).alias("checkpoint_id"))
        compared.append(rows.select(*release, pl.lit(anchor_id).alias("anchor_id"), pl.all()))
        if not rows["is_regression"].any():
            anchor_id = checkpoint_id
    return pl.concat(compared)


def _checked(scores: pl.DataFrame, side: str) -> pl.DataFrame:
    refuse_non_finite(scores, f"the {side}")
    twice = scores.filter(pl.struct("language", "item_id").is_duplicated())
    if not twice.is_empty():
        raise DuplicateItem(
            f"{twice.height} scores of the {side} share an item with another; "
            f"the first is item {twice['item_id'][0].hex()} of {twice['language'][0]}. "
            "Give the scores of one checkpoint, each item once."
        )
    bits_per_byte = pl.col("nats") / math.log(2) / pl.col("byte_count")
    return scores.select("language", "item_id", "byte_count", bits_per_byte.alias(side))


def _paired_means(anchor: pl.DataFrame, candidate: pl.DataFrame) -> pl.DataFrame:
    """language, item_count, anchor_bits_per_byte, candidate_bits_per_byte, difference, variance of the difference."""
    pairs = anchor.join(candidate, on=["language", "item_id"], suffix="_now")
    changed = pairs.filter(pl.col("byte_count") != pl.col("byte_count_now"))
    if not changed.is_empty():
        row = changed.row(0, named=True)
        raise ItemChanged(
            f"item {row['item_id'].hex()} of {row['language']} has {row['byte_count']} bytes under the anchor and "
            f"{row['byte_count_now']} under the candidate, and {changed.height - 1} more differ. "
            "Score both checkpoints on the same items."
        )
    # Sorted, because the last bit of a sum must not depend on the order of the items.
    difference = (pl.col("candidate") - pl.col("anchor")).sort()
    means = pairs.group_by("language").agg(
        pl.len().cast(pl.Int64).alias("item_count"),
        pl.col("anchor").sort().mean().alias("anchor_bits_per_byte"),
        pl.col("candidate").sort().mean().alias("candidate_bits_per_byte"),
        difference.mean().alias("difference"),
        difference.var(ddof=1).alias("variance"),
    )
    languages = pl.concat([anchor.select("language"), candidate.select("language")]).unique().sort("language")
    return languages.join(means, on="language", how="left", maintain_order="left").with_columns(
        pl.col("item_count").fill_null(0)
    )


def _upper_tail(t: np.ndarray, degrees: np.ndarray) -> np.ndarray:
    from scipy.special import stdtr

    tail: np.ndarray = stdtr(degrees, -t)
    return tail


def _benjamini_hochberg(p_value: np.ndarray, rate: float) -> np.ndarray:
    """Which p values stand out, at most `rate` of them by chance (Benjamini and Hochberg 1995)."""
    ranked = np.sort(p_value)
    passed = ranked[ranked <= rate * np.arange(1, len(ranked) + 1) / max(1, len(ranked))]
    rejected: np.ndarray = p_value <= passed.max(initial=-1.0)
    return rejected


def _verdict(settings: RegressionSettings, *, has_yardstick: bool) -> pl.Expr:
    alone = "" if has_yardstick else f"; fewer than {LEAST_LANGUAGES} languages, no common shift removed"
    excess = pl.col("excess").round(4).cast(pl.String)
    return (
        pl.when(pl.col("item_count") == 0)
        .then(pl.lit("no item in common"))
        .when(pl.col("p_value").is_null())
        .then(pl.lit("too few items"))
        .when(pl.col("is_regression"))
        .then(pl.format(f"regressed by {{}} bits per byte{alone}", excess))
        .when(pl.col("excess") <= 0)
        .then(pl.format(f"not worse: {{}} bits per byte{alone}", excess))
        .when(pl.col("excess") < settings.min_effect)
        .then(pl.format(f"no regression: {{}} is under the minimum effect of {settings.min_effect:g}{alone}", excess))
        .otherwise(pl.format(f"no regression: {{}} may be noise{alone}", excess))
    )
