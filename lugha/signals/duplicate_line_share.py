"""Share of a document's lines that repeat an earlier line: pages of repeated menu lines teach a model to loop."""

import polars as pl

from lugha.signals import Bound

MEANING = "lines that repeat an earlier line, 0..1"
SOURCE = "Rae et al. 2021 (Gopher), Table A1"
BOUND = Bound("Gopher, calibrated on English", at_most=0.30)


def score(documents: pl.DataFrame, language: str) -> pl.Series:
    """Share of the non-empty lines in [0, 1]; an empty document scores 0."""
    lines = documents["text"].str.split("\n").list.eval(pl.element().filter(pl.element() != ""))
    return (1 - lines.list.n_unique() / lines.list.len()).fill_nan(0.0).fill_null(0.0)
