"""How good a large model would find a text, as a small model learned it.

It drops nothing unless a person sets a bound; look at the kappa between teacher and people first.
"""

from typing import Any

import polars as pl

from lugha.signals.bound import Bound

MEANING = (
    "probability that the teacher would call the text good, 0..1; mean over "
    "passages; null where the language has no such classifier"
)
SOURCE = "fastText classifier per language, distilled from teacher_labels of the aspect quality: lugha/tiers/quality.py"
BOUND = Bound("no number: the score sorts and explains, and drops nothing unless a person sets a bound")
MODEL = "teacher"


def score(documents: pl.DataFrame, language: str, model: Any) -> pl.Series:
    """One value a document; null for text without letters."""
    scores: pl.Series = model.scores(documents["text"])
    return scores
