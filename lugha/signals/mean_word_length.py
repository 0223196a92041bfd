"""Mean length of a token. Very long ones are addresses and unbroken hashes; in unspaced scripts a token is a letter
with its marks.
"""

import polars as pl

from lugha.scripts import tokens
from lugha.signals import Bound

MEANING = "characters of a word"
SOURCE = "FineWeb2's per-language bounds reach from 2 to over 3,000 and often never fire; only an upper bound that no language nears is set here"
BOUND = Bound("agglutinative languages reach 12; twice that", at_most=24)


def score(documents: pl.DataFrame, language: str) -> pl.Series:
    """Characters, 0 for a text without tokens."""
    found = [tokens(text) for text in documents["text"]]
    return pl.Series([sum(map(len, t)) / len(t) if t else 0.0 for t in found], dtype=pl.Float32)
