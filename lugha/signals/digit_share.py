"""How much of a text is digits, in any script's digits. Score tables and calendars have many."""

import polars as pl

from lugha.signals import Bound

MEANING = "digits among the characters that are no space, 0..1"
SOURCE = "NeMo Curator drops over .15 of the characters"
BOUND = Bound("NeMo Curator's numbers filter", at_most=0.15)


def score(documents: pl.DataFrame, language: str) -> pl.Series:
    """Share in [0, 1]; a text of spaces only scores 0."""
    text = documents["text"]
    visible = text.str.replace_all(r"\s", "").str.len_chars()
    return (text.str.replace_all(r"\P{Nd}", "").str.len_chars() / visible).fill_nan(0.0).fill_null(0.0)
