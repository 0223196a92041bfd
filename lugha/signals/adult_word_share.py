"""How much of a text consists of words that a list for its language calls adult.

A list knows no context: dialects, reclaimed words, medicine and names suffer (docs/harm.md). So there is no bound by
default, and a language without a list has no score rather than the score of a clean text.
"""

import polars as pl

from lugha.signals.bound import Bound
from lugha.wordlists import word_list

MEANING = "tokens that an entry of the language's adult list covers / tokens, 0..1; null where the language has no list"
SOURCE = "lists that users add ($LUGHA_CATALOG/wordlists/adult/<language>.txt); lugha ships none: docs/harm.md"
BOUND = Bound("no number: a word list sorts and explains, and drops nothing unless a person sets a bound")


def score(documents: pl.DataFrame, language: str) -> pl.Series:
    """Share in [0, 1]; a text without tokens scores 0. Raises what lugha.wordlists.word_list raises."""
    words = word_list("adult", language)
    if words is None:
        return pl.repeat(None, documents.height, dtype=pl.Float32, eager=True)
    from lugha.wordlists.matching import covered_share

    return covered_share(documents["text"], words)
