"""In which twentieth of its language a document lies, by the best of several quality scores.

After CCI4.0 (20 buckets of 5 %, maximum of several classifiers; by its data card): each classifier has its own taste,
and a document that one of them finds good is good enough to keep in the upper part. Scores of different classifiers
are not comparable, their quantiles are. Harm is not quality, so toxicity and adult scores have no part in this.

A bucket tells how many of the 19 inner quantiles lie below the score. A score that equals quantiles is above none of
them, so with few distinct values the lower bucket is given, and a classifier that says the same of everything gives 0
and lifts nothing.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

# Signal -> whether a high score is good.
SCORES = {"trusted_score": True, "teacher_score": True, "perplexity": False}
BUCKET_COUNT = 20
QUANTILE_COUNT = BUCKET_COUNT + 1  # the minimum and the maximum are among them
PARTS = ("head", "middle", "tail")


def quality_bucket(labelled: pl.DataFrame, profiles: pl.DataFrame) -> pl.Series:
    """Bucket of each document, 0 (worst) to 19 (best), Int32; null where no score of it can be placed.

    `labelled` are `labelled_documents` rows and `profiles` `language_profiles` rows, both of one language; a score
    without a row of 21 quantiles does not count.
    """
    best = np.full(labelled.height, -1, dtype=np.int32)
    for signal, is_high_good in SCORES.items():
        quantiles = _quantiles(profiles, signal)
        if signal in labelled.columns and quantiles is not None:
            best = np.maximum(best, _buckets(labelled[signal], quantiles, is_high_good))
    return pl.Series("quality_bucket", best, dtype=pl.Int32).replace(-1, None)


def perplexity_part(labelled: pl.DataFrame, profiles: pl.DataFrame) -> pl.Series:
    """Third of the language by perplexity as CCNet names them (Wenzek et al. 2020): head is the least surprising,
    tail the most; null where there is no perplexity.
    """
    quantiles = _quantiles(profiles, "perplexity")
    if quantiles is None or "perplexity" not in labelled.columns:
        return pl.Series("perplexity_part", [None] * labelled.height, dtype=pl.String)
    thirds = np.interp([1 / 3, 2 / 3], np.linspace(0, 1, QUANTILE_COUNT), quantiles)
    scores = labelled["perplexity"].cast(pl.Float64).fill_nan(None)
    place = pl.Series(np.searchsorted(thirds, scores.fill_null(0.0).to_numpy(), side="left"), dtype=pl.Int32)
    named = place.replace_strict(dict(enumerate(PARTS)), return_dtype=pl.String)
    empty = pl.Series([None], dtype=pl.String)
    return named.zip_with(scores.is_not_null(), empty).alias("perplexity_part")


def _buckets(scores: pl.Series, quantiles: npt.NDArray[np.float64], is_high_good: bool) -> npt.NDArray[np.int32]:
    """Bucket of each score, -1 for null and NaN."""
    # Quantiles were computed from 32-bit scores; comparing in 32 bits keeps a tie a tie.
    values = scores.cast(pl.Float32).fill_null(float("nan")).to_numpy()
    inner = quantiles[1:-1].astype(np.float32)
    if not is_high_good:
        values, inner = -values, -inner[::-1]
    return np.where(np.isnan(values), -1, np.searchsorted(inner, values, side="left")).astype(np.int32)


def _quantiles(profiles: pl.DataFrame, signal: str) -> npt.NDArray[np.float64] | None:
    rows = profiles.filter(pl.col("signal") == signal)["quantiles"].drop_nulls().to_list()
    found = np.array(rows[0], dtype=np.float64) if rows else np.empty(0)
    if len(found) != QUANTILE_COUNT or np.isnan(found).any():
        return None
    return found
