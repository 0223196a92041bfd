"""Tokens of a document: words where a script has spaces, letters with their marks where it has none."""

import polars as pl

from lugha.scripts import tokens
from lugha.signals import Bound

MEANING = "tokens of the text, by script"
SOURCE = "Rae et al. 2021 (Gopher), Table A1: 50 to 100,000 words; the lower bound there is for English web pages"
BOUND = Bound("Gopher's upper bound; a third of its lower one", at_least=15, at_most=100_000)


def score(documents: pl.DataFrame, language: str) -> pl.Series:
    """Number of tokens, 0 for none."""
    return pl.Series([len(tokens(text)) for text in documents["text"]], dtype=pl.Float32)
