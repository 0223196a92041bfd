"""Documents that as a whole are nearly a copy of an evaluation item: signatures that share a band."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from lugha.deduplication.shingles import THRESHOLD
from lugha.deduplication.signatures import Signed, band_rows, sign, similarities

Array = np.ndarray[Any, Any]
MOST_ITEMS = 32  # items that a key leads to: more share their frame, not their question
NO_HITS = {"row": pl.Int64, "item": pl.Int64, "share": pl.Float32}


@dataclass(frozen=True)
class NearItems:
    """Signatures of items. `keys` lead from the key of a band to a row of `signed`, `items` from there to the item."""

    signed: Signed
    keys: pl.DataFrame
    items: Array
    most_tokens: int


def near_index(texts: pl.Series, items: Array, most_tokens: int) -> NearItems:
    """The index of the texts of items, of which `items` are the numbers."""
    signed = sign(texts)
    keys = band_rows(np.arange(len(texts)), signed).select("key", at="doc")
    return NearItems(signed, keys.filter(pl.Series(are_first(keys["key"].to_numpy(), MOST_ITEMS))), items, most_tokens)


def are_first(sorted_values: Array, most: int) -> Array:
    """Whether each is among the first `most` of its value."""
    begins = np.flatnonzero(np.concatenate([[True], sorted_values[1:] != sorted_values[:-1]]))
    counts = np.diff(np.append(begins, len(sorted_values)))
    chosen: Array = np.arange(len(sorted_values)) - np.repeat(begins, counts) < most
    return chosen


def near_items(texts: pl.Series, token_counts: Array, index: NearItems) -> pl.DataFrame:
    """(row of the text, item, share) where a text and an item have an estimated Jaccard similarity of THRESHOLD or
    more; share is that similarity.
    """
    # A text twice as long as the longest item cannot be that similar, and most of a corpus need not be signed.
    rows = np.flatnonzero((token_counts > 0) & (token_counts <= 2 * index.most_tokens))
    if not len(rows) or not len(index.items):
        return pl.DataFrame(schema=NO_HITS)
    signed = sign(texts.gather(rows))
    met = band_rows(np.arange(len(rows)), signed).select("key", "doc").join(index.keys, on="key")
    met = met.select("doc", "at").unique()
    doc, at = met["doc"].to_numpy(), met["at"].to_numpy()
    share = similarities(signed.signatures[doc], index.signed.signatures[at])
    found = pl.DataFrame({"row": rows[doc], "item": index.items[at], "share": share}, schema=NO_HITS)
    return found.filter(pl.col("share") >= THRESHOLD)
