"""How much of a text is in the script of its language. A Burmese page that is half Latin is half something else."""

import polars as pl

from lugha.scripts import script_share
from lugha.signals import Bound

MEANING = "letters in the script of the language, 0..1"
SOURCE = "none published per language; a majority is the least that can be asked"
BOUND = Bound("a majority of the letters", at_least=0.5)


def score(documents: pl.DataFrame, language: str) -> pl.Series:
    """Share in [0, 1]; a text without letters scores 0, an undetermined script accepts every letter."""
    script = language.rpartition("_")[2]
    return pl.Series([script_share(text, script) for text in documents["text"]], dtype=pl.Float32)
