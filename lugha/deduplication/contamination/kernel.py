"""The pass over documents that looks for the n-grams of evaluation items.

Every token is a 64-bit hash; the hash of any run of tokens comes from two prefix sums, so that all lengths cost the
same. A bitmap, small enough for the processor's cache, answers nearly every look-up; what it lets through is looked up
in a table of open addressing. Memory does not grow with the length of a document: its tokens go through a buffer.

numba's cache does not see that kernel/reading.py changed: delete `__pycache__` after that.
"""

from typing import Any

import numpy as np

from lugha.deduplication.contamination.tables import Items, Keys, Runs, Seen
from lugha.deduplication.kernel.compiled import compiled
from lugha.deduplication.kernel.reading import read_tokens

Array = np.ndarray[Any, Any]
Hits = tuple[Array, int]  # rows of two numbers, and how many of them are used
# Odd numbers with well spread bits: a multiplier of wyhash, the fractional part of the golden ratio (Knuth), and the
# finalizer of MurmurHash3.
BASE = np.uint64(0xD6E8FEB86659FD93)
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MURMUR = np.uint64(0xFF51AFD7ED558CCD)
BUFFERED = 1 << 15  # tokens held at a time beside the longest run that is looked for
BITS_PER_KEY = 16  # of the bitmap: one look-up in sixteen goes on to the table for nothing


@compiled
def _table_size(entries: int) -> int:
    """The power of two in which so many entries fill at most half."""
    size = 16
    while size < 2 * entries:
        size *= 2
    return size


@compiled
def keys_of(keys: Array) -> tuple[Array, Array, Array]:
    """Slots, numbers and bitmap of distinct keys, which are numbered in their order."""
    size, bits = _table_size(len(keys)), _table_size(len(keys) * BITS_PER_KEY // 2)
    slots, numbers = np.zeros(size, np.uint64), np.zeros(size, np.int32)
    bitmap = np.zeros(bits // 8, np.uint8)
    for number in range(len(keys)):
        key = keys[number]
        slot = np.int64(key >> np.uint64(20)) & (size - 1)
        while slots[slot]:
            slot = (slot + 1) & (size - 1)
        slots[slot], numbers[slot] = key, number
        bit = key >> np.uint64(1) & np.uint64(bits - 1)
        bitmap[bit >> np.uint64(3)] |= np.uint8(1) << np.uint8(bit & np.uint64(7))
    return slots, numbers, bitmap


@compiled
def number_of(key: np.uint64, keys: Keys) -> int:
    """Number of a key, -1 where it is not there."""
    mask = len(keys.slots) - 1
    slot = np.int64(key >> np.uint64(20)) & mask
    while keys.slots[slot]:
        if keys.slots[slot] == key:
            return int(keys.numbers[slot])
        slot = (slot + 1) & mask
    return -1


@compiled
def power(exponent: int) -> np.uint64:
    """BASE to a power, modulo 2^64."""
    result, factor = np.uint64(1), BASE
    while exponent:
        if exponent & 1:
            result *= factor
        factor *= factor
        exponent >>= 1
    return result


@compiled
def key_of(polynomial: Any, length: int) -> np.uint64:
    """Key of a run of tokens, of its polynomial and its length; never 0."""
    state: np.uint64 = polynomial ^ np.uint64(length) * GOLDEN
    state = (state ^ (state >> np.uint64(33))) * MURMUR
    return (state ^ (state >> np.uint64(33))) | np.uint64(1)


@compiled
def _read(data: Array, i: int, end: int, codes: Array, expansions: Array, tokens: Array, held: int) -> tuple[int, int]:
    """`read_tokens` in signed numbers: those of the two kinds become floating point where they meet."""
    behind, count = read_tokens(data, np.uint64(i), np.uint64(end), codes, expansions, tokens, held)
    return int(behind), int(count)


@compiled
def fill_prefixes(tokens: Array, count: int, prefixes: Array) -> None:
    """`prefixes[i]` becomes the polynomial of the first i tokens."""
    prefixes[0] = np.uint64(0)
    for i in range(count):
        prefixes[i + 1] = prefixes[i] * BASE + tokens[i]


@compiled
def _pushed(pairs: Array, used: int, doc: int, number: int) -> Hits:
    """`pairs` with one more row, and how many rows of it are used; twice as long where it was full."""
    if used == len(pairs):
        longer = np.empty((2 * len(pairs), 2), np.int64)
        longer[:used] = pairs
        pairs = longer
    pairs[used, 0], pairs[used, 1] = doc, number
    return pairs, used + 1


@compiled
def _likely(prefixes: Array, end: int, window: int, bitmap: Array, places: Array) -> int:
    """Write the places before `end` where a run of `window` tokens begins whose key the bitmap has to `places`, and
    return how many. All but one in sixteen of those that are not looked for are gone after this.
    """
    shift, mask, found = power(window), np.uint64(len(bitmap) * 8 - 1), 0
    for i in range(end):
        # Unsigned, because numba asks of a signed index whether it counts from the end.
        bit = key_of(prefixes[i + window] - prefixes[i] * shift, window) >> np.uint64(1) & mask
        places[found] = i
        found += int(bitmap[bit >> np.uint64(3)] >> np.uint8(bit & np.uint64(7)) & np.uint8(1))
    return found


@compiled
def _grams(
    prefixes: Array, stop: int, count: int, doc: int, grams: Runs, seen: Seen, most: int, places: Array, hits: Hits
) -> Hits:
    """`hits` and those of the n-grams that begin at the first `stop` of `count` tokens."""
    pairs, n = hits
    for window in grams.windows:
        shift = power(window)
        likely = _likely(prefixes, min(stop, count - window + 1), window, grams.keys.bitmap, places)
        for i in places[:likely]:
            number = number_of(key_of(prefixes[i + window] - prefixes[i] * shift, window), grams.keys)
            if number >= 0 and seen.last[number] != doc:
                seen.last[number] = doc
                seen.counts[number] += 1
                if seen.counts[number] <= most:
                    pairs, n = _pushed(pairs, n, doc, number)
    return pairs, n


@compiled
def _wholes(prefixes: Array, stop: int, count: int, doc: int, items: Items, places: Array, found: Hits) -> Hits:
    """`found` and the whole items that begin at the first `stop` of `count` tokens."""
    pairs, n = found
    for window in items.anchors.windows:
        shift = power(window)
        likely = _likely(prefixes, min(stop, count - window + 1), window, items.anchors.keys.bitmap, places)
        for i in places[:likely]:
            anchor = number_of(key_of(prefixes[i + window] - prefixes[i] * shift, window), items.anchors.keys)
            if anchor < 0:
                continue
            for length in items.lengths[items.bounds[anchor] : items.bounds[anchor + 1]]:
                if i + length > count:
                    continue
                item = number_of(key_of(prefixes[i + length] - prefixes[i] * power(length), length), items.wholes)
                if item >= 0:
                    pairs, n = _pushed(pairs, n, doc, item)
    return pairs, n


@compiled
def look(
    data: Array,
    starts: Array,
    ends: Array,
    docs: Array,
    codes: Array,
    expansions: Array,
    grams: Runs,
    items: Items,
    seen: Seen,
    most: int,
    token_counts: Array,
) -> tuple[Array, Array]:
    """Rows of (number of a document, number of an n-gram) and of (number of a document, number of an item).

    An n-gram is told once for a document, and not any more after the first `most` documents. `token_counts` is filled
    for each of `docs`.
    """
    longest = max(items.most_tokens, 1)
    for window in grams.windows:
        longest = max(longest, window)
    tokens = np.empty(2 * longest + BUFFERED, np.uint64)
    prefixes = np.empty(len(tokens) + 1, np.uint64)
    places = np.empty(len(tokens), np.int64)
    hits, found = (np.empty((256, 2), np.int64), 0), (np.empty((256, 2), np.int64), 0)
    for d in range(len(docs)):
        i, end, doc = starts[d], ends[d], docs[d]
        held, total, whole = 0, 0, np.uint64(0)
        while True:
            i, count = _read(data, i, end, codes, expansions, tokens, held)
            for token in tokens[held:count]:
                whole = whole * BASE + token
            total += count - held
            fill_prefixes(tokens, count, prefixes)
            is_last = i >= end
            # What begins later than this may end beyond the buffer, and is looked at when the rest is there.
            stop = count if is_last else count - longest + 1
            hits = _grams(prefixes, stop, count, doc, grams, seen, most, places, hits)
            found = _wholes(prefixes, stop, count, doc, items, places, found)
            if is_last:
                break
            held = count - stop
            tokens[:held] = tokens[stop:count]
        token_counts[d] = total
        if total:
            item = number_of(key_of(whole, total), items.wholes)
            if item >= 0:
                found = _pushed(found[0], found[1], doc, item)
    return hits[0][: hits[1]], found[0][: found[1]]


@compiled
def tokens_of(data: Array, starts: Array, ends: Array, codes: Array, expansions: Array) -> tuple[Array, Array]:
    """Token hashes of texts end to end, and where each begins (one more: where the last ends)."""
    most = 0
    for d in range(len(starts)):
        most += ends[d] - starts[d]
    # A byte is at most one token; the array is given back at the end.
    tokens, bounds = np.empty(most + 1, np.uint64), np.zeros(len(starts) + 1, np.int64)
    for d in range(len(starts)):
        _, bounds[d + 1] = _read(data, starts[d], ends[d], codes, expansions, tokens, bounds[d])
    return tokens[: bounds[-1]].copy(), bounds


@compiled
def is_varied(tokens: Array, least: int) -> bool:
    """Whether a run has at least so many different tokens."""
    seen = np.empty(least, np.uint64)
    found = 0
    for token in tokens:
        is_new = True
        for k in range(found):
            is_new &= seen[k] != token
        if is_new:
            seen[found] = token
            found += 1
            if found == least:
                return True
    return False


@compiled
def are_varied(tokens: Array, bounds: Array, least: int) -> Array:
    """`is_varied` of each text."""
    varied = np.zeros(len(bounds) - 1, np.bool_)
    for d in range(len(varied)):
        varied[d] = is_varied(tokens[bounds[d] : bounds[d + 1]], least)
    return varied


@compiled
def run_key(tokens: Array) -> np.uint64:
    """Key of all these tokens."""
    polynomial = np.uint64(0)
    for token in tokens:
        polynomial = polynomial * BASE + token
    return key_of(polynomial, len(tokens))


@compiled
def run_keys(tokens: Array, begins: Array, ends: Array) -> Array:
    """Key of each run of tokens from `begins` to `ends`."""
    keys = np.empty(len(begins), np.uint64)
    for k in range(len(keys)):
        keys[k] = run_key(tokens[begins[k] : ends[k]])
    return keys


@compiled
def gram_keys(tokens: Array, bounds: Array, texts: Array, windows: Array, least: int) -> tuple[Array, Array]:
    """Key and text of every n-gram of `windows[d]` tokens of `texts` that is varied enough, repeated where it is."""
    most = 0
    for d in texts:
        most += max(bounds[d + 1] - bounds[d] - windows[d] + 1, 0)
    keys, of_text = np.empty(most, np.uint64), np.empty(most, np.int64)
    n = 0
    for d in texts:
        for at in range(bounds[d], bounds[d + 1] - windows[d] + 1):
            run = tokens[at : at + windows[d]]
            if is_varied(run, least):
                keys[n], of_text[n] = run_key(run), d
                n += 1
    return keys[:n], of_text[:n]
