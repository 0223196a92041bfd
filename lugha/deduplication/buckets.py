"""The compiled part of comparing: which keys occur twice, and which documents under one key are near copies.

Import it inside functions: numba takes half a second. numba's cache knows a compiled function by the file it stands in
and by nothing else, so what a function calls and the numbers it is built on stand in the same file.
"""

from typing import Any

import numpy as np

from lugha.deduplication.kernel.compiled import compiled

Array = np.ndarray[Any, Any]
KEY, DOC, LOW, HIGH, IS_NEW = range(5)  # columns of rows, all int64
MIX = np.uint64(0xFF51AFD7ED558CCD)  # of the finalizer of MurmurHash3
PAIRS, FOURS = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333)
EIGHTS, BYTES = np.uint64(0x0F0F0F0F0F0F0F0F), np.uint64(0x0101010101010101)


@compiled
def _slot(key: int, lowest: int, shift: int) -> tuple[np.uint64, np.uint8]:
    """Byte of `marks` for a key, and the first of its two bits there."""
    slot = (np.uint64(key) - np.uint64(lowest)) >> np.uint64(shift)
    return slot >> np.uint64(2), np.uint8(slot & np.uint64(3)) * np.uint8(2)


@compiled
def mark(keys: Array, lowest: int, shift: int, marks: Array) -> None:
    """Mark the slots of keys once or, from the second key on, twice: one bit or two of the four pairs in a byte.

    Keys of one slot differ in their lowest `shift` bits only. Keys that come sorted, or in sorted runs, walk through
    `marks` once for each run.
    """
    for k in range(keys.shape[0]):
        at, bit = _slot(keys[k], lowest, shift)
        marks[at] |= (np.uint8(1) + ((marks[at] >> bit) & np.uint8(1))) << bit


@compiled
def is_marked(keys: Array, lowest: int, shift: int, marks: Array, twice: bool) -> Array:
    """Which keys stand in slots that are marked, or marked twice; none that is beyond all slots."""
    found = np.zeros(keys.shape[0], np.bool_)
    for k in range(keys.shape[0]):
        at, bit = _slot(keys[k], lowest, shift)
        if at < np.uint64(marks.shape[0]):
            found[k] = (marks[at] >> (bit + np.uint8(twice))) & np.uint8(1)
    return found


@compiled
def _bit_count(bits: np.uint64) -> np.uint64:
    bits -= (bits >> np.uint64(1)) & PAIRS
    bits = (bits & FOURS) + ((bits >> np.uint64(2)) & FOURS)
    return (((bits + (bits >> np.uint64(4))) & EIGHTS) * BYTES) >> np.uint64(56)


@compiled
def _distance(rows: Array, a: int, b: int) -> int:
    """Bits in which the sketches of two rows differ."""
    low, high = rows[a, LOW] ^ rows[b, LOW], rows[a, HIGH] ^ rows[b, HIGH]
    return int(np.int64(_bit_count(np.uint64(low)) + _bit_count(np.uint64(high))))


@compiled
def _comes_before(rows: Array, a: int, b: int) -> bool:
    """The order within a bucket: old documents first, then by number."""
    if rows[a, IS_NEW] != rows[b, IS_NEW]:
        return bool(rows[b, IS_NEW])
    return bool(rows[a, DOC] < rows[b, DOC])


@compiled
def _sort(rows: Array, order: Array) -> None:
    """Shell sort with the gaps of Tokuda 1992: nine of ten buckets have two or three rows."""
    gap = 1
    while 9 * gap < 4 * order.shape[0]:
        gap = (9 * gap + 4) // 4
    while gap > 0:
        for k in range(gap, order.shape[0]):
            row, at = order[k], k
            while at >= gap and _comes_before(rows, row, order[at - gap]):
                order[at] = order[at - gap]
                at -= gap
            order[at] = row
        gap = gap * 4 // 9 if gap > 1 else 0


@compiled
def _add(rows: Array, a: int, b: int, differing: int, found: Array, count: int) -> int:
    """Put an edge behind the `count` found ones; two rows of one document are none."""
    first, second = min(rows[a, DOC], rows[b, DOC]), max(rows[a, DOC], rows[b, DOC])
    if first == second:
        return count
    found[count, 0], found[count, 1], found[count, 2] = first, second, differing
    return count + 1


@compiled
def _collapse(rows: Array, order: Array, table: Array, places: Array, found: Array, count: int) -> tuple[int, int]:
    """Move one row of every sketch to the front of `order`, the one that comes before all others, and tie the other new
    rows to it. How many sketches there are, and the count of edges.
    """
    size = 4
    while size < 2 * order.shape[0]:
        size *= 2
    table[:size] = -1
    for k, row in enumerate(order):
        mixed = np.uint64(rows[row, LOW]) * MIX ^ np.uint64(rows[row, HIGH])
        mixed = (mixed ^ (mixed >> np.uint64(32))) * MIX
        place = np.int64(mixed >> np.uint64(32)) & (size - 1)
        while table[place] >= 0:
            other = table[place]
            if rows[other, LOW] == rows[row, LOW] and rows[other, HIGH] == rows[row, HIGH]:
                break
            place = (place + 1) & (size - 1)
        if table[place] < 0 or _comes_before(rows, row, table[place]):
            table[place] = row
        places[k] = place
    sketches = 0
    for k, row in enumerate(order):
        first = int(table[places[k]])
        if row == first:
            order[sketches] = row
            sketches += 1
        elif rows[row, IS_NEW]:
            count = _add(rows, first, row, 0, found, count)
    return sketches, count


@compiled
def _take_near(
    rows: Array, row: int, pool: Array, start: int, most: int, bits: int, near: Array, at: int
) -> tuple[int, int]:
    """Move those of `pool[start:]` whose sketches differ from that of `row` in at most `bits` bits to `near[at:]`. Of
    the pool, only the first `most` are looked at. Where the pool begins now, and where `near` ends.
    """
    left = stop = min(pool.shape[0], start + most)
    for k in range(stop - 1, start - 1, -1):
        other = pool[k]
        if _distance(rows, row, other) <= bits:
            near[at] = other
            at += 1
        else:
            left -= 1
            pool[left] = other
    return left, at


@compiled
def _reach_old(
    rows: Array, row: int, near: Array, most: int, bits: int, queue: Array, end: int, found: Array, count: int
) -> tuple[int, int]:
    """Tie the new `row` to the old ones in `near`: one edge for each part of them that holds together by itself, since
    edges between old ones are known. All of them go to `queue[end:]`. Where it ends, and the count of edges.
    """
    start = 0
    while start < near.shape[0]:
        queue[end] = near[start]
        count = _add(rows, row, near[start], _distance(rows, row, near[start]), found, count)
        ahead = end
        start, end = start + 1, end + 1
        while ahead < end:
            start, end = _take_near(rows, queue[ahead], near, start, most, bits, queue, end)
            ahead += 1
    return end, count


@compiled
def _reach(
    rows: Array, olds: Array, news: Array, most: int, bits: int, queue: Array, near: Array, found: Array, count: int
) -> int:
    """Edges that join all near sketches of a bucket, found breadth first, so that whoever is reached is compared with
    those alone that are not. Old ones are not compared with old ones. The count of edges.
    """
    old_start = new_start = 0
    while new_start < news.shape[0]:
        queue[0] = news[new_start]
        new_start += 1
        ahead, end = 0, 1
        while ahead < end:
            row, last = queue[ahead], end
            ahead += 1
            new_start, end = _take_near(rows, row, news, new_start, most, bits, queue, end)
            for k in range(last, end):
                count = _add(rows, row, queue[k], _distance(rows, row, queue[k]), found, count)
            if rows[row, IS_NEW]:
                old_start, stop = _take_near(rows, row, olds, old_start, most, bits, near, 0)
                end, count = _reach_old(rows, row, near[:stop], most, bits, queue, end, found, count)
    return count


@compiled
def spanning_edges(rows: Array, most: int, bits: int) -> Array:
    """Edges that join the near copies under each key: number of a document, larger number of another, differing bits.

    `rows`: int64[n, 5], key, doc, sketch_low, sketch_high, 1 where the document is new, sorted by key. Pairs of old
    documents are taken as joined already. Near is who differs in at most `bits` bits; a sketch is compared with at
    most `most` others of a bucket that it is not joined with, smallest doc numbers first.
    """
    count = len(rows)
    found = np.empty((count, 3), np.int64)
    order, table = np.arange(count), np.empty(4 * count + 4, np.int64)
    queue, near = np.empty(count, np.int64), np.empty(count, np.int64)
    begin = edges = 0
    while begin < count:
        end, new_count = begin, 0
        while end < count and rows[end, KEY] == rows[begin, KEY]:
            new_count += rows[end, IS_NEW]
            end += 1
        if new_count and end - begin > 1:
            bucket = order[begin:end]
            sketches, edges = _collapse(rows, bucket, table, near, found, edges)
            _sort(rows, bucket[:sketches])
            olds = 0
            while olds < sketches and not rows[bucket[olds], IS_NEW]:
                olds += 1
            edges = _reach(rows, bucket[:olds], bucket[olds:sketches], most, bits, queue, near, found, edges)
        begin = end
    return found[:edges]
