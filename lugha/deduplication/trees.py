"""The compiled part of union-find: a table of documents whose roots are the smallest document of each tree.

`docs[slot]` is the number of a document, `parents[slot]` the slot of its parent plus one, 0 where the slot is empty. The
sizes of tables are powers of two. Import it inside functions: numba takes half a second. numba's cache knows a compiled
function by the file it stands in and by nothing else, so what a function calls stands in the same file.
"""

from typing import Any

import numpy as np

from lugha.deduplication.kernel.compiled import compiled

Array = np.ndarray[Any, Any]
GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # the fractional part of the golden ratio (Knuth)


@compiled
def _slot(docs: Array, parents: Array, doc: int) -> int:
    """Where a document stands, or the empty slot where it belongs."""
    mixed = np.uint64(doc) * GOLDEN
    slot = int(np.int64((mixed ^ (mixed >> np.uint64(32))) & np.uint64(docs.shape[0] - 1)))
    while parents[slot] != 0 and docs[slot] != doc:
        slot = (slot + 1) & (docs.shape[0] - 1)
    return slot


@compiled
def _root(parents: Array, slot: int) -> int:
    """The root of a tree; the way there is halved for the next time."""
    while parents[slot] != slot + 1:
        parents[slot] = parents[parents[slot] - 1]
        slot = parents[slot] - 1
    return slot


@compiled
def join(docs: Array, parents: Array, count: int, doc_a: Array, doc_b: Array, start: int) -> tuple[int, int]:
    """Join the trees of doc_a[k] and doc_b[k] from k = start on, as long as the table of `count` documents stays at
    most half full. Which k is next, and how many documents there are.
    """
    slots = np.empty(2, np.int64)
    for k in range(start, doc_a.shape[0]):
        if 2 * (count + 2) > docs.shape[0]:
            return k, count
        for side, doc in enumerate((doc_a[k], doc_b[k])):
            slot = _slot(docs, parents, doc)
            if parents[slot] == 0:
                docs[slot], parents[slot] = doc, slot + 1
                count += 1
            slots[side] = _root(parents, slot)
        smaller, larger = slots[0], slots[1]
        if docs[smaller] > docs[larger]:
            smaller, larger = larger, smaller
        parents[larger] = smaller + 1
    return doc_a.shape[0], count


@compiled
def move(docs: Array, parents: Array, new_docs: Array, new_parents: Array) -> None:
    """Move all documents to larger, empty tables."""
    for slot in range(docs.shape[0]):
        if parents[slot]:
            to = _slot(new_docs, new_parents, int(docs[slot]))
            new_docs[to], new_parents[to] = docs[slot], to + 1
    for slot in range(docs.shape[0]):
        if parents[slot]:
            to = _slot(new_docs, new_parents, int(docs[slot]))
            new_parents[to] = _slot(new_docs, new_parents, int(docs[parents[slot] - 1])) + 1


@compiled
def roots(docs: Array, parents: Array, start: int, stop: int) -> tuple[Array, Array]:
    """The documents in the slots from `start` to `stop`, and the roots of their trees."""
    found, found_roots = np.empty(stop - start, np.int64), np.empty(stop - start, np.int64)
    count = 0
    for slot in range(start, stop):
        if parents[slot]:
            found[count] = docs[slot]
            found_roots[count] = docs[_root(parents, slot)]
            count += 1
    return found[:count], found_roots[:count]
