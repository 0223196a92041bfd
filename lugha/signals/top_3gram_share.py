"""Share of the tokens that the most frequent run of three tokens covers: spam and broken generators repeat themselves."""

from collections import Counter

import polars as pl

from lugha.scripts import folded_tokens
from lugha.signals import Bound

MEANING = "tokens covered by the most frequent 3-gram, 0..1"
SOURCE = "Rae et al. 2021 (Gopher), Table A1 (there in characters, .18); in tokens here, so that unspaced scripts are comparable"
BOUND = Bound("Gopher's .18 with room for scripts where a token is a letter", at_most=0.25)


def score(documents: pl.DataFrame, language: str) -> pl.Series:
    """Share in [0, 1]; a text of fewer than six tokens scores 0."""
    return pl.Series([_share(folded_tokens(text)) for text in documents["text"]], dtype=pl.Float32)


def _share(words: list[str]) -> float:
    if len(words) < 6:
        return 0.0
    count = Counter(zip(words, words[1:], words[2:], strict=False)).most_common(1)[0][1]
    return min(1.0, 3 * count / len(words)) if count > 1 else 0.0
