"""Sentence pairs that are the same: one translation that several parallel corpora hold.

Two pairs are the same when both of their sides are, but for case, punctuation, white space and the way digits are
written. Numbers count, other than in near-duplicate detection: "5 km" and "7 km" are two translations. A source with
two translations, or a translation of two sources, is knowledge and no duplicate: it is counted and stays. OpusFilter's
RemoveDuplicates does the same on lower-cased letters.

No asset uses this yet: the lake has no parallel text.
"""

import unicodedata
from hashlib import blake2b

import polars as pl
import regex

from lugha.scripts import TOKEN

_DIGIT = regex.compile(r"[^\P{Nd}0-9]")
_JOINERS = str.maketrans("", "", "\u200c\u200d")
KEY_BYTES = 16


def same_pairs(pairs: pl.DataFrame) -> pl.DataFrame:
    """Which pairs are copies of which; `pairs` has `pair_id` (unique, sortable), `source` and `target`.

    Rows in the order of `pairs` with `pair_id`, `cluster_id` (the least `pair_id` of the same pairs), `is_kept` (true
    for that one), `target_count` (different translations of this source) and `source_count` (different sources of this
    target). A side that is null is like an empty one.
    """
    keyed = pairs.select("pair_id", *(_keys(pairs[side]).alias(side) for side in ("source", "target")))
    return keyed.select(
        "pair_id",
        cluster_id=pl.col("pair_id").min().over("source", "target"),
        is_kept=pl.col("pair_id") == pl.col("pair_id").min().over("source", "target"),
        target_count=pl.col("target").n_unique().over("source").cast(pl.Int64),
        source_count=pl.col("source").n_unique().over("target").cast(pl.Int64),
    )


def compared(sentence: str) -> str:
    """What is compared of a sentence: its tokens with case folded and digits in ASCII, separated by spaces; of a
    sentence without tokens its characters without white space.

    Zero-width joiners go out and İ i I ı become one letter, as in `lugha.scripts.folded_tokens`.
    """
    folded = unicodedata.normalize("NFC", sentence).replace("İ", "i").casefold().replace("ı", "i").translate(_JOINERS)
    plain = _DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0])), folded)
    return " ".join(TOKEN.findall(plain)) or "".join(sentence.split())


def _keys(sentences: pl.Series) -> pl.Series:
    return pl.Series([_key(compared(sentence or "")) for sentence in sentences], dtype=pl.Binary)


def _key(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=KEY_BYTES).digest()
