"""Connected parts of a graph of documents, by union-find over edges that come in any order.

The graph may be larger than memory: then the forest lives in files that are mapped into memory, and the answer in
Parquet files.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl

Array = np.ndarray[Any, Any]
COMPONENT_SCHEMA = {"doc": pl.Int64, "component": pl.Int64}
LEAST_SLOTS = 1 << 12
SLOT_BYTES = 16  # the number of a document and its parent
ANSWER_BYTES = 32  # memory for a document in the answer, while it is put together
BATCH = 1 << 20  # slots that are read at once for the answer


def components(edges: Iterable[pl.DataFrame], memory_bytes: int, folder: Path) -> pl.LazyFrame:
    """`doc` and `component` of every document that has an edge, in no order; a component is named by its smallest
    document.

    `edges` have doc_a and doc_b and are read once, frame by frame. What does not fit into `memory_bytes` is written to
    `folder`: the forest until this returns, the answer to components/ there, where it stays.
    """
    with TemporaryDirectory(dir=folder) as spilled:
        forest = _Forest(memory_bytes, Path(spilled))
        for frame in edges:
            forest.join(frame["doc_a"].to_numpy(), frame["doc_b"].to_numpy())
        if forest.count * ANSWER_BYTES <= memory_bytes:
            return pl.concat([pl.DataFrame(schema=COMPONENT_SCHEMA), *forest.rows()]).lazy()
        answer = folder / "components"
        answer.mkdir()
        for number, rows in enumerate(forest.rows()):
            rows.write_parquet(answer / f"{number:06}.parquet")
        return pl.scan_parquet(answer / "*.parquet")


class _Forest:
    """Documents in an open-addressing table, at most half full, each with the slot of its parent. `count` of them."""

    def __init__(self, memory_bytes: int, folder: Path) -> None:
        self.count = 0
        self._memory_bytes, self._folder = memory_bytes, folder
        self._docs, self._parents = self._tables(LEAST_SLOTS, LEAST_SLOTS)

    def _tables(self, slots: int, slots_in_all: int) -> tuple[Array, Array]:
        """Empty tables, mapped from files where `slots_in_all` do not fit into memory."""
        if slots_in_all * SLOT_BYTES <= self._memory_bytes:
            return np.zeros(slots, np.int64), np.zeros(slots, np.int64)
        docs, parents = (self._folder / f"{name}-{slots}" for name in ("docs", "parents"))
        return np.memmap(docs, np.int64, "w+", shape=slots), np.memmap(parents, np.int64, "w+", shape=slots)

    def join(self, doc_a: Array, doc_b: Array) -> None:
        """Join the trees of doc_a[k] and doc_b[k], for every k."""
        from lugha.deduplication.trees import join

        done = 0
        while True:
            done, self.count = join(self._docs, self._parents, self.count, doc_a, doc_b, done)
            if done == len(doc_a):
                return
            self._grow()

    def _grow(self) -> None:
        from lugha.deduplication.trees import move

        slots = 2 * len(self._docs)
        docs, parents = self._tables(slots, slots + len(self._docs))
        move(self._docs, self._parents, docs, parents)
        self._docs, self._parents = docs, parents
        for path in self._folder.glob(f"*-{slots // 2}"):
            path.unlink()

    def rows(self) -> Iterator[pl.DataFrame]:
        """Every document with the root of its tree."""
        from lugha.deduplication.trees import roots

        for start in range(0, len(self._docs), BATCH):
            docs, components = roots(self._docs, self._parents, start, min(start + BATCH, len(self._docs)))
            yield pl.DataFrame({"doc": docs, "component": components}, schema=COMPONENT_SCHEMA)
