"""N-grams of tokens that repeat, and stop words.

A longer n-gram can only repeat where its shorter beginning and end do. So after single tokens and pairs, only the few
places that still repeat are looked at: the higher orders cost next to nothing on ordinary text, and no order costs more
than one look-up a token on any text. A token is hashed to 64 bits once; from there on everything is exact, because a
pair is two numbers of 32 bits side by side.
"""

from typing import Any

import numpy as np

from lugha.signals.kernel.columns import POSITION
from lugha.signals.kernel.compiled import compiled, mixed, table_size

Array = np.ndarray[Any, Any]
STOP_WORD_COUNT, STOP_WORD_SHARE = POSITION["stop_word_count"], POSITION["stop_word_share"]
WORD_COUNT = POSITION["word_count"]
TOP = POSITION["top_2gram_share"] - 2
DUPLICATE = POSITION["duplicate_5gram_share"] - 5
LONGEST = 10
EMPTY = np.uint32(0xFFFFFFFF)


@compiled
def numbered(keys: Array, firsts: Array, counts: Array) -> None:
    """For every key the place of its first occurrence, and there the number of its occurrences."""
    n = keys.shape[0]
    table = np.full(table_size(n), EMPTY)
    mask = np.uint64(table.shape[0] - 1)
    for i in range(n):
        key = keys[i]
        place = mixed(key) >> np.uint64(1) & mask
        while table[place] != EMPTY and keys[table[place]] != key:
            place = (place + np.uint64(1)) & mask
        if table[place] == EMPTY:
            table[place] = i
            counts[i] = 0
        firsts[i] = table[place]
        counts[firsts[i]] += 1


@compiled
def repetition(
    hashes: Array,
    ends: Array,
    token_bounds: Array,
    bounds: Array,
    rows: Array,
    stop_hashes: Array,
    stop_words: Array,
    out: Array,
) -> None:
    """Fill the columns of n-grams and of stop words, from tokens as `words` gives them.

    `stop_hashes` are sorted, `stop_words` says which word of the list each of them stands for.
    """
    is_met = np.zeros(stop_words.shape[0], np.bool_)
    for d in range(rows.shape[0]):
        first, last, row = token_bounds[d], token_bounds[d + 1], rows[d]
        n = last - first
        tokens, counts = np.empty(n, np.uint32), np.empty(n, np.uint32)
        numbered(hashes[first:last], tokens, counts)
        if stop_hashes.shape[0]:
            _stop_words(hashes[first:last], tokens, counts, stop_hashes, stop_words, is_met, row, out)
        _orders(tokens, counts, ends[first:last], bounds[d + 1] - bounds[d], row, out)


@compiled
def _stop_words(
    hashes: Array,
    tokens: Array,
    counts: Array,
    stop_hashes: Array,
    stop_words: Array,
    is_met: Array,
    row: int,
    out: Array,
) -> None:
    is_met[:] = False
    occurrences = distinct = 0
    for i in range(tokens.shape[0]):
        if tokens[i] != i:
            continue
        place = np.searchsorted(stop_hashes, hashes[i])
        if place < stop_hashes.shape[0] and stop_hashes[place] == hashes[i]:
            occurrences += counts[i]
            distinct += not is_met[stop_words[place]]
            is_met[stop_words[place]] = True
    out[STOP_WORD_COUNT, row] = distinct
    out[STOP_WORD_SHARE, row] = occurrences / max(out[WORD_COUNT, row], 1)


@compiled
def _orders(tokens: Array, token_counts: Array, ends: Array, total: int, row: int, out: Array) -> None:
    """Walk up the orders from 2 to 10, or to the first that does not repeat."""
    n = tokens.shape[0]
    places, grams = np.empty(n, np.int64), np.empty(n, np.uint32)
    m = 0
    for i in range(n):
        if token_counts[tokens[i]] > 1:
            places[m], grams[m] = i, tokens[i]
            m += 1
    keys, firsts, counts = np.empty(m, np.uint64), np.empty(m, np.uint32), np.empty(m, np.uint32)
    order = 2
    while order <= LONGEST and m > 1:
        # Candidates: a place where the shorter n-gram repeats, and so does the one at the next place.
        kept = 0
        for j in range(m - 1):
            if places[j + 1] == places[j] + 1:
                keys[kept] = np.uint64(grams[j]) << np.uint64(32) | np.uint64(tokens[places[j] + order - 1])
                places[kept] = places[j]
                kept += 1
        numbered(keys[:kept], firsts, counts)
        if order <= 4:
            out[TOP + order, row] = _most_frequent(places, firsts[:kept], counts, ends, order) / total
        else:
            out[DUPLICATE + order, row] = _skipping(places, firsts[:kept], ends, order) / total
        m = 0
        for j in range(kept):
            if counts[firsts[j]] > 1:
                places[m], grams[m] = places[j], firsts[j]
                m += 1
        order += 1


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
    return ends[at + order - 1] - (ends[at - 1] if at else 0)
