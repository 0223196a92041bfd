"""Near copies among documents that share a key, as edges of a graph; its connected parts are the clusters.

Only as many edges are kept as join all that belong together. What was compared once is not compared again: new
documents are held against the old ones and themselves. Keys are read in parts of a range that fit into memory, so the
index may be of any size; what grows with it is the answer alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from lugha.deduplication.ranges import HIGHEST, LOWEST, KeyRange, split
from lugha.deduplication.shingles import MAX_DIFFERING_BITS, PERMUTATIONS

Array = np.ndarray[Any, Any]
COLUMNS = ["key", "doc", "sketch_low", "sketch_high"]  # of an index
FOUND = ["doc_a", "doc_b", "differing"]
EDGE_SCHEMA = {"doc_a": pl.Int64, "doc_b": pl.Int64, "similarity": pl.Float32}
# Different sketches under one key that one of them is compared with. Within a second for the largest bucket, and out of
# reach for pages that are not near copies of most others there.
MOST_COMPARED = 16_384
PARTS = 8  # that a range is cut into when it does not fit into memory
KEY_BYTES = 16  # memory for a new key: itself, its slots, and slack of the allocator
ROW_BYTES = 192  # memory for a document whose key occurs twice: as a frame, as rows, sorted, and its edge
SLOTS = 8  # for each new key; one key in eight then stands in a slot of another


def edges_of(index: pl.LazyFrame, within: KeyRange, memory_bytes: int) -> pl.DataFrame:
    """Edges (EDGE_SCHEMA, doc_a < doc_b, sorted, none twice) that join all near copies which share a key of the range.

    `index` has the columns of `lugha.deduplication.signatures.BAND_SCHEMA`. Near copies differ in at most
    MAX_DIFFERING_BITS bits of their sketches; `similarity` is the Jaccard similarity estimated from them. Documents of
    one sketch are tied to the one with the smallest number, in linear time. Different sketches under one key are
    compared until they hang together, each with at most MOST_COMPARED others, so that a template of a million pages
    is not a million times a million comparisons: beyond that many different sketches under one key, pairs may be missed
    that no other key finds either.
    """
    return edges_with(index, index.clear(), within, memory_bytes)


def edges_with(new: pl.LazyFrame, old: pl.LazyFrame, within: KeyRange, memory_bytes: int) -> pl.DataFrame:
    """Edges as in `edges_of`, those among `new` and between `new` and `old`.

    Together with the edges of `old` they join the same documents as the edges of both compared at once would.
    """
    waiting, parts = [within], [np.empty((0, 3), np.int64)]
    while waiting:
        part = waiting.pop()
        in_part = pl.col("key").is_between(part.low, part.high)
        ours, theirs = new.filter(in_part), old.filter(in_part)
        if slots := _slots_of(ours, theirs, part, memory_bytes):
            parts.append(_spanning_edges(_rows(ours.filter(slots.is_shared()), theirs.filter(slots.is_shared()))))
        elif part.low == part.high:
            parts.extend(_edges_under_one_key(ours, theirs, memory_bytes))
        else:
            waiting.extend(split(part, PARTS))
    return _as_frame(np.concatenate(parts))


@dataclass(frozen=True)
class _Slots:
    """Which keys from `lowest` on may belong to two documents, one of them new. Keys that differ in their lowest
    `shift` bits only share a slot; two bits of `marks` tell whether it was met once or twice.
    """

    lowest: int
    shift: int
    marks: Array

    def is_shared(self) -> pl.Expr:
        from lugha.deduplication.buckets import marked_twice

        def of(keys: pl.Series) -> pl.Series:
            return pl.Series(marked_twice(keys.to_numpy(), self.lowest, self.shift, self.marks), dtype=pl.Boolean)

        return pl.col("key").map_batches(of, return_dtype=pl.Boolean, is_elementwise=True)


def _slots_of(new: pl.LazyFrame, old: pl.LazyFrame, within: KeyRange, memory_bytes: int) -> _Slots | None:
    """The slots of a range, None if its new keys or the documents that share one do not fit into memory."""
    from lugha.deduplication.buckets import mark_new, mark_old, marked_twice

    new_keys: list[Array] = []
    for keys in _keys(new):
        new_keys.append(keys)
        if sum(map(len, new_keys)) * KEY_BYTES > memory_bytes:
            return None
    last = within.high - within.low
    shift = max(0, last.bit_length() - (SLOTS * sum(map(len, new_keys))).bit_length())
    slots = _Slots(within.low, shift, np.zeros((last >> shift >> 2) + 1, np.uint8))
    found = slots.lowest, slots.shift, slots.marks
    for keys in new_keys:
        mark_new(keys, *found)
    shared = sum(mark_old(keys, *found) for keys in _keys(old)) if new_keys else 0
    shared += sum(int(np.count_nonzero(marked_twice(keys, *found))) for keys in new_keys)
    return slots if shared * ROW_BYTES <= memory_bytes else None


def _keys(index: pl.LazyFrame) -> Iterator[Array]:
    for batch in index.select("key").collect_batches(engine="streaming"):
        yield batch["key"].to_numpy()


def _rows(new: pl.LazyFrame, old: pl.LazyFrame) -> pl.DataFrame:
    """New and old documents in memory, told apart by `is_new`."""
    marked = [part.select(*COLUMNS, is_new=pl.lit(is_new, pl.Int64)) for part, is_new in ((new, 1), (old, 0))]
    return pl.concat(marked).collect(engine="streaming")


def _spanning_edges(rows: pl.DataFrame) -> Array:
    """Edges of rows with `is_new` as numbers of two documents and differing bits, none twice."""
    from lugha.deduplication.buckets import spanning_edges

    order = rows["key"].arg_sort().to_numpy()
    ordered = rows.to_numpy(order="c")[order]
    del order
    found = spanning_edges(ordered, MOST_COMPARED, MAX_DIFFERING_BITS)
    return pl.DataFrame(found, schema=FOUND).unique().to_numpy(order="c")


def _edges_under_one_key(new: pl.LazyFrame, old: pl.LazyFrame, memory_bytes: int) -> Iterator[Array]:
    """Edges of more documents under one key than fit into memory: by ranges of their numbers, each beside one document
    for every sketch before it, up to MOST_COMPARED of them.
    """
    most_rows = max(1, memory_bytes // ROW_BYTES)
    waiting, carried = [KeyRange(LOWEST, HIGHEST)], None
    while waiting:
        part = waiting.pop()
        in_part = pl.col("doc").is_between(part.low, part.high)
        rows = _rows(new.filter(in_part).head(most_rows), old.filter(in_part).head(most_rows))
        if rows.height >= most_rows and part.low < part.high:
            waiting.extend(reversed(split(part, PARTS)))
            continue
        beside = rows if carried is None else pl.concat([carried, rows.sort("doc")])
        yield _spanning_edges(beside)
        carried = beside.unique(["sketch_low", "sketch_high"], keep="first", maintain_order=True).head(MOST_COMPARED)


def _as_frame(found: Array) -> pl.DataFrame:
    similarity = 1 - 2 * pl.col("differing") / PERMUTATIONS
    ordered = (
        pl.DataFrame(found, schema=FOUND).sort(FOUND).unique(["doc_a", "doc_b"], keep="first", maintain_order=True)
    )
    return ordered.select("doc_a", "doc_b", similarity=similarity.cast(pl.Float32))
