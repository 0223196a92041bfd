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

from lugha.deduplication.ranges import KeyRange, key_ranges, split
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
SLOTS = 8  # for each new key, so that few keys stand in a slot of another
LEAST_SLOTS = 1 << 22  # a megabyte; many old keys would meet few new ones in fewer


def edges_of(index: pl.LazyFrame, within: KeyRange, memory_bytes: int) -> pl.DataFrame:
    """Edges (EDGE_SCHEMA, doc_a < doc_b, sorted, none twice) that join all near copies which share a key of the range.

    `index` has the columns of `lugha.deduplication.signatures.BAND_SCHEMA`. Near copies differ in at most
    MAX_DIFFERING_BITS bits of their sketches; `similarity` is the Jaccard similarity estimated from them. Documents of
    one sketch are tied to the one with the smallest number, in linear time. Different sketches under one key are
    compared until they hang together, each with at most MOST_COMPARED others, so that the pages of a template take
    linear time: under a key with more different sketches than that, near copies may be missed if no other key joins
    them.

    What is read at once takes at most `memory_bytes`, ten megabytes for a batch under one key; the answer comes on top.
    """
    return edges_with(index, index.clear(), within, memory_bytes)


def edges_with(new: pl.LazyFrame, old: pl.LazyFrame, within: KeyRange, memory_bytes: int) -> pl.DataFrame:
    """Edges as in `edges_of`, those among `new` and between `new` and `old`.

    Together with the edges of `old` they join the same documents as the edges of both compared at once would, under
    keys of at most MOST_COMPARED different sketches.
    """
    waiting, parts = [within], [np.empty((0, 3), np.int64)]
    while waiting:
        part = waiting.pop()
        ours, theirs = _within(new, part), _within(old, part)
        found = _rows_that_share(ours, theirs, part, memory_bytes)
        if isinstance(found, pl.DataFrame):
            parts.append(_spanning_edges(found))
        elif found == [part]:
            parts.extend(_edges_under_one_key(ours, theirs, memory_bytes))
        else:
            waiting.extend(found)
    return _as_frame(np.concatenate(parts))


def _within(index: pl.LazyFrame, part: KeyRange) -> pl.LazyFrame:
    return index if [part] == key_ranges(1) else index.filter(pl.col("key").is_between(part.low, part.high))


@dataclass(frozen=True)
class _Slots:
    """How often keys were met, once or twice, from `lowest` on. Those that differ in their lowest `shift` bits alone
    share a slot, two bits of `marks`; so what was never met may look as if it had been, but not the other way round.
    """

    lowest: int
    shift: int
    marks: Array

    def mark(self, keys: Array) -> None:
        from lugha.deduplication.buckets import mark

        mark(keys, self.lowest, self.shift, self.marks)

    def is_met(self, keys: Array, *, twice: bool) -> Array:
        from lugha.deduplication.buckets import is_marked

        return is_marked(keys, self.lowest, self.shift, self.marks, twice)

    def met(self, index: pl.LazyFrame, *, twice: bool) -> pl.LazyFrame:
        """Rows of the keys that were met; of keys beyond the range too, since polars filters by everything at once."""

        def of(keys: pl.Series) -> pl.Series:
            return pl.Series(self.is_met(keys.to_numpy(), twice=twice), dtype=pl.Boolean)

        return index.filter(pl.col("key").map_batches(of, return_dtype=pl.Boolean, is_elementwise=True))


def _rows_that_share(
    new: pl.LazyFrame, old: pl.LazyFrame, within: KeyRange, memory_bytes: int
) -> pl.DataFrame | list[KeyRange]:
    """Documents that share a key with a new one, and a few more; or parts of the range where they do not fit into
    memory. One key is never cut.
    """
    new_keys: list[Array] = []
    for batch in new.select("key").collect_batches(engine="streaming"):
        new_keys.append(batch["key"].to_numpy())
        if sum(map(len, new_keys)) * KEY_BYTES > memory_bytes:
            return split(within, PARTS)
    slots = _slots(new_keys, within)
    most = memory_bytes // ROW_BYTES
    old_rows = _marked(slots.met(old, twice=False), is_new=0).head(most + 1).collect(engine="streaming")
    for keys in old_rows["key"].get_chunks():
        slots.mark(keys.to_numpy())
    shared_count = sum(int(np.count_nonzero(slots.is_met(keys, twice=True))) for keys in new_keys)
    if old_rows.height + shared_count > most:
        distinct = np.array_split(pl.Series(np.concatenate(new_keys)).unique().sort().to_numpy(), PARTS)
        return [KeyRange(int(keys[0]), int(keys[-1])) for keys in distinct if len(keys)]
    new_rows = _marked(slots.met(new, twice=True), is_new=1).collect(engine="streaming")
    return pl.concat([old_rows, new_rows])


def _slots(new_keys: list[Array], within: KeyRange) -> _Slots:
    last = within.high - within.low
    slot_count = max(LEAST_SLOTS, SLOTS * sum(map(len, new_keys)))
    shift = max(0, last.bit_length() - slot_count.bit_length())
    slots = _Slots(within.low, shift, np.zeros((last >> shift >> 2) + 1, np.uint8))
    for keys in new_keys:
        slots.mark(keys)
    return slots


def _marked(index: pl.LazyFrame, *, is_new: int) -> pl.LazyFrame:
    return index.select(*COLUMNS, is_new=pl.lit(is_new, pl.Int64))


def _spanning_edges(rows: pl.DataFrame) -> Array:
    """Edges of rows with `is_new` as numbers of two documents and differing bits, none twice."""
    from lugha.deduplication.buckets import spanning_edges

    order = rows["key"].arg_sort().to_numpy()
    ordered = rows.to_numpy(order="c")[order]
    del order
    found = spanning_edges(ordered, MOST_COMPARED, MAX_DIFFERING_BITS)
    return pl.DataFrame(found, schema=FOUND).unique().to_numpy(order="c")


def _edges_under_one_key(new: pl.LazyFrame, old: pl.LazyFrame, memory_bytes: int) -> Iterator[Array]:
    """Edges of more documents under one key than fit into memory: batch by batch, old ones first, each beside one
    document for every sketch that came before, up to MOST_COMPARED of them.
    """
    most_rows = max(1, min(MOST_COMPARED, memory_bytes // ROW_BYTES))
    rows = pl.concat([_marked(old, is_new=0), _marked(new, is_new=1)])
    carried = rows.clear().collect()
    for batch in rows.collect_batches(chunk_size=most_rows, maintain_order=True, engine="streaming"):
        beside = pl.concat([carried, batch])
        yield _spanning_edges(beside)
        carried = beside.unique(["sketch_low", "sketch_high"], keep="first", maintain_order=True).head(MOST_COMPARED)


def _as_frame(found: Array) -> pl.DataFrame:
    similarity = 1 - 2 * pl.col("differing") / PERMUTATIONS
    ordered = (
        pl.DataFrame(found, schema=FOUND).sort(FOUND).unique(["doc_a", "doc_b"], keep="first", maintain_order=True)
    )
    return ordered.select("doc_a", "doc_b", similarity=similarity.cast(pl.Float32))
