"""Evaluation items as the tables that documents are looked up in."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from lugha.deduplication.contamination import MOST_DOCUMENTS, kernel
from lugha.deduplication.contamination.near import NearItems, are_first, near_index
from lugha.deduplication.contamination.tables import Items, Keys, Runs, Seen
from lugha.deduplication.kernel.buffers import spans
from lugha.deduplication.kernel.tables import code_points
from lugha.scripts import UNSPACED

Array = np.ndarray[Any, Any]
GRAM = 13  # tokens, as GPT-3
LEAST_TOKENS = 8  # a shorter item is a phrase that anybody may write
# In scripts without spaces a token is one letter with its marks. A word of Thai has 3.0 of them (ICU's words in the
# sentences of SIB-200), and a Thai, Burmese, Khmer or Tibetan sentence 3.0 to 4.2 for each word of the English one.
LETTERS_OF_A_WORD = 3
LEAST_DISTINCT = 5  # different tokens in a run: rows of numbers, of one word or of laughter are no item
# Items of one benchmark that an n-gram leads to. What more of them share is the frame of the benchmark's questions;
# a document that holds it is listed all the same.
MOST_ITEMS = 32
_UNSPACED_LETTERS = "[[" + "".join(rf"\p{{Script={script}}}" for script in UNSPACED) + r"]&&\p{L}]"


@dataclass(frozen=True)
class ItemIndex:
    """What documents are looked up in. `items`: item (number), benchmark, item_id, gram_count; `of_gram`: gram, item;
    `of_whole`: whole (number of a sequence of tokens), item.
    """

    items: pl.DataFrame
    of_gram: pl.DataFrame
    of_whole: pl.DataFrame
    grams: Runs
    wholes: Items
    seen: Seen
    near: NearItems

    def look(self, texts: pl.Series, number: int) -> tuple[pl.DataFrame, pl.DataFrame, Array]:
        """(row, gram), (row, whole) of the n-grams and items that the texts hold, and the tokens of each text. `number`
        is how many texts came before: n-grams are counted over all of them.
        """
        counts = np.zeros(len(texts), np.int64)
        found: list[tuple[Array, Array]] = []
        for span in spans(texts):
            own = np.zeros(len(span.rows), np.int64)
            codes, expansions = code_points()
            found.append(
                kernel.look(
                    span.data,
                    span.starts,
                    span.ends,
                    span.rows + number,
                    codes,
                    expansions,
                    self.grams,
                    self.wholes,
                    self.seen,
                    MOST_DOCUMENTS,
                    own,
                )
            )
            counts[span.rows] = own
        grams, wholes = (np.concatenate([np.empty((0, 2), np.int64), *(f[k] for f in found)]) for k in (0, 1))
        return _frame(grams, number, "gram"), _frame(wholes, number, "whole").unique(), counts


def _frame(pairs: Array, number: int, name: str) -> pl.DataFrame:
    return pl.DataFrame({"row": pairs[:, 0] - number, name: pairs[:, 1]})


def index_of(items: pl.DataFrame) -> ItemIndex:
    """The index of items (benchmark, item_id, text). Items without tokens are left out; of several items of one
    benchmark with the same tokens the first stands for all.
    """
    items = items.sort("benchmark", maintain_order=True)
    tokens, bounds = _tokens(items["text"])
    lengths = np.diff(bounds)
    words = np.where(_is_unspaced(items["text"], lengths), LETTERS_OF_A_WORD, 1)
    keys = kernel.run_keys(tokens, bounds[:-1], bounds[1:])
    is_long = kernel.are_varied(tokens, bounds, LEAST_DISTINCT) & (lengths >= LEAST_TOKENS * words)
    known = (
        items.select("benchmark", "item_id")
        .with_columns(item=pl.int_range(pl.len()), key=keys, is_long=is_long, length=lengths)
        .filter(pl.col("length") > 0)
        .unique(["benchmark", "key"], keep="first", maintain_order=True)
    )
    longs = known.filter("is_long")["item"].to_numpy()
    runs, gram_items = kernel.gram_keys(tokens, bounds, longs, GRAM * words, LEAST_DISTINCT)
    grams, of_gram, gram_counts = _numbered(runs, gram_items, items["benchmark"].rank("dense").to_numpy())
    whole_keys, of_whole = _wholes(known)
    return ItemIndex(
        items=known.select("item", "benchmark", "item_id").join(gram_counts, on="item", how="left"),
        of_gram=of_gram,
        of_whole=of_whole,
        grams=Runs(np.unique(GRAM * words[longs]), Keys(*kernel.keys_of(grams))),
        wholes=_anchored(tokens, bounds, longs, LEAST_TOKENS * words, whole_keys),
        seen=Seen(np.zeros(len(grams), np.int32), np.full(len(grams), -1, np.int64)),
        near=near_index(items["text"].gather(longs), longs, int(lengths.max(initial=0))),
    )


def _tokens(texts: pl.Series) -> tuple[Array, Array]:
    """Token hashes of all texts end to end, and where each begins (one more: where the last ends)."""
    parts: list[Array] = [np.zeros(0, np.uint64)] * len(texts)
    codes, expansions = code_points()
    for span in spans(texts):
        tokens, bounds = kernel.tokens_of(span.data, span.starts, span.ends, codes, expansions)
        for at, row in enumerate(span.rows):
            parts[row] = tokens[bounds[at] : bounds[at + 1]]
    bounds = np.cumsum([0, *map(len, parts)])
    return np.concatenate([np.zeros(0, np.uint64), *parts]), bounds


def _is_unspaced(texts: pl.Series, lengths: Array) -> Array:
    """Whether half of the tokens of each text are letters of scripts without spaces."""
    letters = texts.str.count_matches(_UNSPACED_LETTERS).fill_null(0).to_numpy()
    unspaced: Array = 2 * letters >= np.maximum(lengths, 1)
    return unspaced


def _numbered(keys: Array, items: Array, benchmarks: Array) -> tuple[Array, pl.DataFrame, pl.DataFrame]:
    """Distinct keys of n-grams, (gram, item) with at most MOST_ITEMS items of a benchmark, and (item, gram_count).
    `items` ascend, and so do the numbers of their `benchmarks`.
    """
    order = np.argsort(keys, kind="stable")
    keys, items = keys[order], items[order]
    is_first = _changes(keys) | _changes(items)
    keys, items = keys[is_first], items[is_first]
    is_new = _changes(keys)
    chosen = are_first(np.cumsum(is_new | _changes(benchmarks[items])), MOST_ITEMS)
    led = pl.DataFrame({"gram": (np.cumsum(is_new) - 1)[chosen], "item": items[chosen]})
    count_of = np.bincount(items)
    counts = pl.DataFrame({"item": np.flatnonzero(count_of), "gram_count": count_of[count_of > 0]})
    return keys[is_new], led, counts


def _changes(values: Array) -> Array:
    """Whether each differs from the one before it; the first does."""
    changed: Array = np.append(True, values[1:] != values[:-1])[: len(values)]
    return changed


def _wholes(known: pl.DataFrame) -> tuple[Array, pl.DataFrame]:
    """Distinct keys of whole items, and (whole, item)."""
    keys = known.select("key").unique(maintain_order=True).with_row_index("whole")
    rows = known.join(keys, on="key").select(pl.col("whole").cast(pl.Int64), "item")
    return keys["key"].to_numpy(), rows


def _anchored(tokens: Array, bounds: Array, longs: Array, windows: Array, whole_keys: Array) -> Items:
    """The items that may stand within a document, found by how they begin."""
    firsts = kernel.run_keys(tokens, bounds[longs], bounds[longs] + windows[longs])
    begun = pl.DataFrame({"key": firsts, "length": np.diff(bounds)[longs]}).unique().sort("key", "length")
    keys = begun["key"].unique(maintain_order=True).to_numpy()
    places = np.flatnonzero(np.diff(begun["key"].to_numpy(), prepend=np.uint64(0)))
    return Items(
        Runs(np.unique(windows[longs]), Keys(*kernel.keys_of(keys))),
        begun["length"].to_numpy(),
        np.append(places, begun.height),
        Keys(*kernel.keys_of(whole_keys)),
        int(begun["length"].max() or 0),  # type: ignore[arg-type]
    )
