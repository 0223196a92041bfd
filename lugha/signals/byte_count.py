"""Size of a document in UTF-8 bytes.

Bytes, because a character count means something else in every script and mixtures are budgeted in bytes.
"""

import polars as pl

from lugha.signals import Bound

MEANING = "UTF-8 bytes of the text"
SOURCE = "HPLT drops texts under 500 bytes; ours is lower, since whole documents of small languages are that short"
BOUND = Bound("a caption is shorter, a short story is not", at_least=150)


def score(documents: pl.DataFrame, language: str) -> pl.Series:
    """Bytes of the text, 0 for none."""
    return documents["text"].str.len_bytes()
