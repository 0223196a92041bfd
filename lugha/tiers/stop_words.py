"""The stop words of a language, found in its text: words that stand nearly everywhere, whatever the text is about.

Spread decides, not frequency: a name may be frequent in one story and is absent from the next. The list is as long as
it has to be for its use: Gopher (Rae et al. 2021, Table A1) asks a document of at least 50 words for two different
stop words, so words are taken until nearly every run of 50 words holds two. Languages that put into endings what
others put into words get longer lists by this, and no number is borrowed from English.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import polars as pl
import regex

from lugha.segmentation import is_unspaced, word_breaks

BLOCK_WORDS = 50  # Gopher's shortest document
ASKED = 2  # Gopher's least number of different stop words
COVERED_SHARE = 0.99
LEAST, MOST = 8, 30  # FineWeb2's shipped lists have 8 and more; most of them are below 30
LEAST_WORDS = 2_000  # words of text; below, spread is chance
_WORD = regex.compile(r"[\p{L}\p{M}\p{Nd}\u200c\u200d]+")
_HAS_DIGIT = regex.compile(r"\p{Nd}")


def stop_words(texts: Sequence[str], language: str) -> tuple[str, ...]:
    """Between 8 and 30 words in lower case, the most widely spread first; empty where the texts have fewer than
    `LEAST_WORDS` words. Equal spread is decided by frequency, then by code points.
    """
    found = [word for word in words(texts, language) if not _HAS_DIGIT.search(word)]
    if len(found) < LEAST_WORDS:
        return ()
    blocks = [set(found[n : n + BLOCK_WORDS]) for n in range(0, len(found) - BLOCK_WORDS + 1, BLOCK_WORDS)]
    spread, frequency = Counter(word for block in blocks for word in block), Counter(found)
    ranked = sorted(spread, key=lambda word: (-spread[word], -frequency[word], word))[:MOST]
    held = np.array([[word in block for block in blocks] for word in ranked])
    is_covered = (held.cumsum(axis=0) >= ASKED).mean(axis=1) >= COVERED_SHARE
    needed = int(is_covered.argmax()) + 1 if is_covered.any() else MOST
    return tuple(ranked[: max(LEAST, needed)])


def words(texts: Sequence[str], language: str) -> Iterator[str]:
    """Runs of letters, marks and digits in lower case, cut where lugha/segmentation.py finds a word to begin in a
    script without spaces.
    """
    column = pl.Series(texts, dtype=pl.String)
    joined = "".join(texts).encode()
    ends = column.str.len_bytes().cum_sum().to_numpy()
    breaks = word_breaks(column) if is_unspaced(language) else np.empty(0, np.int64)
    for begin, end in pairwise([0, *np.union1d(ends, breaks).astype(np.int64).tolist()]):
        yield from _WORD.findall(joined[begin:end].decode().lower())
