"""How much a text looks as if it attacked somebody, as a small model learned it from judged documents.

Dialects, reclaimed words and reports about violence score too high wherever the judged documents hold few of them, so
there is no bound by default.
"""

from typing import Any

import polars as pl

from lugha.signals.bound import Bound

MEANING = (
    "probability that a judge would say that the text attacks somebody, 0..1; mean over "
    "passages; null where the language has no such classifier"
)
SOURCE = "fastText classifier per language, from annotations and teacher_labels of the aspect toxicity: lugha/tiers/quality.py"
BOUND = Bound("no number: the score sorts and explains, and drops nothing unless a person sets a bound")
MODEL = "toxicity"


def score(documents: pl.DataFrame, language: str, model: Any) -> pl.Series:
    """One value a document; null for text without letters."""
    scores: pl.Series = model.scores(documents["text"])
    return scores
