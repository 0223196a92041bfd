"""N-grams of tokens that repeat, and stop words.

A longer n-gram can only repeat where its shorter beginning and end do. So after the pairs only the few places that
still repeat are looked at: the higher orders cost next to nothing on ordinary text, and no order costs more than one
look-up a token on any text. Equality is that of 64-bit hashes.
"""

from typing import Any

import numpy as np

from lugha.signals.kernel.columns import POSITION
from lugha.signals.kernel.compiled import GOLDEN, MURMUR, compiled, table_size

Array = np.ndarray[Any, Any]
STOP_WORD_COUNT, STOP_WORD_SHARE = POSITION["stop_word_count"], POSITION["stop_word_share"]
WORD_COUNT = POSITION["word_count"]
TOP = POSITION["top_2gram_share"] - 2
DUPLICATE = POSITION["duplicate_5gram_share"] - 5
LONGEST = 10
EMPTY = np.uint32(0xFFFFFFFF)


@compiled
def numbered(keys: Array, firsts: Array, counts: Array) -> None:
    """For every key (a hash with good high bits) the place of its first occurrence, and there the number of its
    occurrences.
    """
    n = keys.shape[0]
    size = table_size(2 * n)
    table = np.full(size, EMPTY)
    mask, shift = np.uint64(size - 1), np.uint64(32)
    for i in range(n):
        key = keys[i]
        place = key >> shift & mask
        first = table[place]
        while first != EMPTY and keys[first] != key:
            place = (place + np.uint64(1)) & mask
            first = table[place]
        if first == EMPTY:
            table[place] = firsts[i] = i
            counts[i] = 1
        else:
            firsts[i] = first
            counts[first] += 1


@compiled
def repetition(
    hashes: Array, ends: Array, token_bounds: Array, bounds: Array, rows: Array, stops: tuple[Array, Array], out: Array
) -> None:
    """Fill the columns of n-grams and of stop words, from tokens as `words` gives them and `stops` as `stop_table`."""
    for d in range(rows.shape[0]):
        first, last, row = token_bounds[d], token_bounds[d + 1], rows[d]
        if stops[0].shape[0]:
            _stop_words(hashes[first:last], stops[0], stops[1], row, out)
        _orders(hashes[first:last], ends[first:last], bounds[d + 1] - bounds[d], row, out)


@compiled
def stop_table(hashes: Array, numbers: Array) -> tuple[Array, Array]:
    """An open-addressing table of the hashes of stop words and of the numbers of the words that they stand for; no
    table where there are none.
    """
    size = table_size(hashes.shape[0]) if hashes.shape[0] else 0
    keys, values = np.zeros(size, np.uint64), np.zeros(size, np.int64)
    for i in range(hashes.shape[0]):
        place = hashes[i] & np.uint64(size - 1)
        while keys[place] != 0 and keys[place] != hashes[i]:
            place = (place + np.uint64(1)) & np.uint64(size - 1)
        keys[place], values[place] = hashes[i], numbers[i]
    return keys, values


@compiled
def _stop_words(hashes: Array, keys: Array, values: Array, row: int, out: Array) -> None:
    is_met = np.zeros(keys.shape[0], np.bool_)
    mask = np.uint64(keys.shape[0] - 1)
    occurrences = distinct = 0
    for i in range(hashes.shape[0]):
        place = hashes[i] & mask
        while keys[place] != 0:
            if keys[place] == hashes[i]:
                occurrences += 1
                distinct += not is_met[values[place]]
                is_met[values[place]] = True
                break
            place = (place + np.uint64(1)) & mask
    out[STOP_WORD_COUNT, row] = distinct
    out[STOP_WORD_SHARE, row] = occurrences / max(out[WORD_COUNT, row], 1)


@compiled
def _orders(tokens: Array, ends: Array, total: int, row: int, out: Array) -> None:
    """Walk up the orders from 2 to 10, or to the first that does not repeat."""
    kept = tokens.shape[0] - 1
    if kept < 2:
        return
    keys, places = np.empty(kept, np.uint64), np.empty(kept, np.int64)
    firsts, counts = np.empty(kept, np.uint32), np.empty(kept, np.uint32)
    for i in range(kept):
        keys[i], places[i] = _joined(tokens[i], tokens[i + 1]), i
    order = 2
    while True:
        numbered(keys[:kept], firsts, counts)
        if order <= 4:
            out[TOP + order, row] = _most_frequent(places, firsts[:kept], counts, ends, order) / total
        else:
            out[DUPLICATE + order, row] = _skipping(places, firsts[:kept], ends, order) / total
        m = 0
        for j in range(kept):
            if counts[firsts[j]] > 1:
                places[m], keys[m] = places[j], keys[j]
                m += 1
        order += 1
        if m < 2 or order > LONGEST:
            return
        # Candidates: where the shorter n-gram repeats, and so does the one at the next place.
        kept = 0
        for j in range(m - 1):
            if places[j + 1] == places[j] + 1:
                places[kept], keys[kept] = places[j], _joined(keys[j], tokens[places[j] + order - 1])  # pyright: ignore[reportArgumentType]
                kept += 1


@compiled
def _joined(gram: np.uint64, token: np.uint64) -> np.uint64:
    """Hash of an n-gram and the token behind it."""
    return (gram * GOLDEN + token) * MURMUR


@compiled
def _most_frequent(places: Array, firsts: Array, counts: Array, ends: Array, order: int) -> int:
    """Characters that the most frequent n-gram covers, with a space between its tokens; the first of several, and 0
    where none repeats.
    """
    best, at = 1, 0
    for j in range(firsts.shape[0]):
        if firsts[j] == j and counts[j] > best:
            best, at = counts[j], places[j]
    if best == 1:
        return 0
    return best * (_length(ends, at, order) + order - 1)


@compiled
def _skipping(places: Array, firsts: Array, ends: Array, order: int) -> int:
    """Characters of the n-grams that repeat an earlier one, read from left to right: behind a repeated n-gram the
    reading goes on after its last token.
    """
    characters = allowed = 0
    is_seen = np.zeros(firsts.shape[0], np.bool_)
    for j in range(firsts.shape[0]):
        if places[j] < allowed:
            continue
        if is_seen[firsts[j]]:
            characters += _length(ends, places[j], order)
            allowed = places[j] + order
        is_seen[firsts[j]] = True
    return characters


@compiled
def _length(ends: Array, at: int, order: int) -> int:
    return int(ends[at + order - 1] - (ends[at - 1] if at else 0))
