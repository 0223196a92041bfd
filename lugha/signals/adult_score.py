"""How much a text looks like adult content, as a small model learned it from judged documents.

Health and education score too high wherever the judged documents hold little of them, so there is no bound by default.
"""

from typing import Any

import polars as pl

from lugha.signals.bound import Bound

MEANING = (
    "probability that a judge would call the text adult content, 0..1; mean over "
    "passages; null where the language has no such classifier"
)
SOURCE = (
    "fastText classifier per language, from annotations and teacher_labels of the aspect adult: lugha/tiers/quality.py"
)
BOUND = Bound("no number: the score sorts and explains, and drops nothing unless a person sets a bound")
MODEL = "adult"


def score(documents: pl.DataFrame, language: str, model: Any) -> pl.Series:
    """One value a document; null for text without letters."""
    scores: pl.Series = model.scores(documents["text"])
    return scores
