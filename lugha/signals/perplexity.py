"""How surprising a text is to the character language model of its language.

Low is usual text, very low is repetition, high is damage, another language or a register that the trusted text lacks.
It sorts into buckets and drops nothing unless a person sets a bound.
"""

from typing import Any

import polars as pl

from lugha.signals.bound import Bound

MEANING = (
    "bits per character under the character n-gram model of the language; null where the language has no such model"
)
SOURCE = "lugha/tiers/ngrams.py; perplexity as a measure of quality: Wenzek et al. 2020 (CCNet)"
BOUND = Bound("no number: the score sorts and explains, and drops nothing unless a person sets a bound")
MODEL = "ngram"


def score(documents: pl.DataFrame, language: str, model: Any) -> pl.Series:
    """One value a document; null for empty text."""
    return pl.Series(model.bits_per_character(documents["text"].to_list()), dtype=pl.Float32).fill_nan(None)
