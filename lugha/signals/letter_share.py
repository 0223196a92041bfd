"""How much of a text is letters. Tables, price lists and code have few."""

import polars as pl

from lugha.signals import Bound

MEANING = "letters and marks among the characters that are no space, 0..1"
SOURCE = "dclm drops under .2 alphabetic; NeMo Curator over .25 non-alphanumeric; between the two"
BOUND = Bound("between dclm and NeMo Curator; marks count as letters here", at_least=0.55)


def score(documents: pl.DataFrame, language: str) -> pl.Series:
    """Share in [0, 1]; a text of spaces only scores 0."""
    text = documents["text"]
    visible = text.str.replace_all(r"\s", "").str.len_chars()
    return (text.str.replace_all(r"[^\p{L}\p{M}]", "").str.len_chars() / visible).fill_nan(0.0).fill_null(0.0)
