"""How much a text is like the trusted text of its language.

Subjects and register count in it too: it sorts and weighs, and drops nothing unless a person sets a bound.
"""

from typing import Any

import polars as pl

from lugha.signals.bound import Bound

MEANING = (
    "probability that the text is of the trusted text of its language and not of the rest of its crawl, 0..1; mean over "
    "passages; null where the language has no such classifier"
)
SOURCE = "fastText classifier per language, lugha/tiers/quality.py; trusted text against crawl as in Brown et al. 2020, appendix A, and Li et al. 2024 (DCLM)"
BOUND = Bound("no number: the score sorts and explains, and drops nothing unless a person sets a bound")
MODEL = "trusted"


def score(documents: pl.DataFrame, language: str, model: Any) -> pl.Series:
    """One value a document; null for text without letters."""
    scores: pl.Series = model.scores(documents["text"])
    return scores
