"""One reading of the bytes of texts: code points, folded tokens and their hashes, and what is built on them.

Tokens are those of `lugha.scripts.folded_tokens`, hashes those of `lugha.deduplication.shingles`; nothing is kept but
a window of token hashes, so a text of any length takes the same memory.

Indexes are unsigned, since numba asks of every other one whether it counts from the end; functions that are called for
every character take no part of an array, since each would be counted.
"""

from typing import Any

import numpy as np

from lugha.deduplication.kernel.compiled import compiled

Array = np.ndarray[Any, Any]
# Constants of other files stand here again and are not imported: numba's cache would not see them change.
SHINGLE = 5
LETTER, UNSPACED_LETTER, MARK, JOINER, DIGIT, EXPANDING, OTHER = [np.uint32(kind << 24) for kind in range(7)]
KIND, FOLDED = np.uint32(0xFF << 24), np.uint32((1 << 24) - 1)
ZERO = np.uint64(ord("0"))
LINE_FEED = np.uint8(10)
CHARACTER = np.uint64(0x9E3779B97F4A7C15)
MIX = np.uint64(0xFF51AFD7ED558CCD)
TOKEN, LONG_TOKEN = np.uint32(0x85EBCA77), np.uint64(0xD6E8FEB86659FD93)
ONE, TWO, THREE, FOUR = [np.uint64(step) for step in range(1, 5)]
WINDOW = 1024  # token hashes at a time
LANES = 32  # numbers that the processor takes in one step of the loop over permutations, or a multiple of them


@compiled
def _code_point(data: Array, i: np.uint64, first: np.uint32) -> tuple[np.uint32, np.uint64]:
    """The code point of two bytes or more at byte i, and the index behind it. Of broken UTF-8 it is some code point, and
    0 where it would go beyond the buffer, which pyarrow does not check.
    """
    low, size = np.uint32(0x3F), np.uint64(data.shape[0])
    if first < np.uint32(0xE0):
        if i + ONE >= size:
            return np.uint32(0), size
        return (first & np.uint32(0x1F)) << np.uint32(6) | np.uint32(data[i + ONE]) & low, i + TWO
    if i + TWO >= size:
        return np.uint32(0), size
    middle = (np.uint32(data[i + ONE]) & low) << np.uint32(6) | np.uint32(data[i + TWO]) & low
    if first < np.uint32(0xF0):
        return (first & np.uint32(0x0F)) << np.uint32(12) | middle, i + THREE
    if i + THREE >= size:
        return np.uint32(0), size
    return (first & np.uint32(0x07)) << np.uint32(18) | middle << np.uint32(6) | np.uint32(
        data[i + THREE]
    ) & low, i + FOUR


@compiled
def _code(data: Array, i: np.uint64, end: np.uint64, codes: Array) -> tuple[np.uint32, np.uint64]:
    """What the tables say of the character at byte i, and the index behind it; at the end of the text, OTHER."""
    if i >= end:
        return OTHER, i
    first = np.uint32(data[i])
    if first < np.uint32(0x80):
        return codes[first], i + ONE
    point, behind = _code_point(data, i, first)
    return codes[point], behind


@compiled
def _mixed(state: np.uint64) -> np.uint64:
    state = (state ^ (state >> np.uint64(32))) * MIX
    return state ^ (state >> np.uint64(29))


@compiled
def _fed(state: np.uint64, code: np.uint32) -> np.uint64:
    return state * CHARACTER + np.uint64(code & FOLDED)


@compiled
def _fed_all(state: np.uint64, code: np.uint32, expansions: Array) -> np.uint64:
    for k in range(expansions.shape[1]):
        point = expansions[code & FOLDED, k]
        if point:
            state = _fed(state, point)
    return state


@compiled
def read_tokens(
    data: Array, i: np.uint64, end: np.uint64, codes: Array, expansions: Array, hashes: Array, n: int
) -> tuple[np.uint64, int]:
    """Write the hashes of the tokens from byte i on to `hashes[n:]`, until these are full or the text is at its end.
    Returns the byte, which is never inside a token, and the number of hashes that have been reached.

    One function, because the two loops run a third slower as functions of their own.
    """
    code, behind = _code(data, i, end, codes)
    while i < end and n < hashes.shape[0]:
        kind = code & KIND
        if kind in (OTHER, MARK, JOINER):
            i = behind
            code, behind = _code(data, i, end, codes)
            continue
        state, in_number = np.uint64(0), False
        if kind == UNSPACED_LETTER:
            state = _fed(state, code)
            while True:
                i = behind
                code, behind = _code(data, i, end, codes)
                kind = code & KIND
                if kind == MARK:
                    state = _fed(state, code)
                elif kind != JOINER:
                    break
        else:
            while True:
                while code < UNSPACED_LETTER:
                    state = state * CHARACTER + np.uint64(code)
                    i, in_number = behind, False
                    code, behind = _code(data, i, end, codes)
                kind = code & KIND
                if kind == MARK:
                    state = _fed(state, code)
                elif kind == DIGIT:
                    state = state if in_number else state * CHARACTER + ZERO
                elif kind == EXPANDING:
                    state = _fed_all(state, code, expansions)
                elif kind != JOINER:
                    break
                i, in_number = behind, kind == DIGIT
                code, behind = _code(data, i, end, codes)
        hashes[np.uint64(n)] = _mixed(state)
        n += 1
    return i, n


@compiled
def _shingle_hashes(hashes: Array, n: int, halves: Array, out: Array) -> int:
    """Hashes of the shingles of n tokens as datasketch's permutations take them, after MurmurHash3's finalizer. The
    first is repeated until they fill LANES: it changes no minimum, and spares the loop over them a remainder.
    """
    for k in range(n):
        halves[k] = np.uint32(hashes[k] >> np.uint64(32))
    count, length = max(n - SHINGLE + 1, 1), min(n, SHINGLE)
    for first in range(count):
        out[first] = halves[first]
    for k in range(1, length):
        for first in range(count):
            out[first] = np.uint32(out[first] * TOKEN) + halves[first + k]
    for first in range(count):
        value = out[first]
        value ^= value >> np.uint32(16)
        value = np.uint32(value * np.uint32(0x85EBCA6B))
        value ^= value >> np.uint32(13)
        value = np.uint32(value * np.uint32(0xC2B2AE35))
        out[first] = value ^ (value >> np.uint32(16))
    filled = (count + LANES - 1) // LANES * LANES
    out[count:filled] = out[0]
    return filled


@compiled
def _lower_minima(values: Array, count: int, factors: Array, summands: Array, minima: Array) -> None:
    for k in range(minima.shape[0]):
        least, factor, summand = minima[k], factors[k], summands[k]
        for v in range(count):
            least = min(least, np.uint32(np.uint32(values[v] * factor) + summand))
        minima[k] = least


@compiled
def sign(
    data: Array,
    starts: Array,
    ends: Array,
    rows: Array,
    codes: Array,
    expansions: Array,
    factors: Array,
    summands: Array,
    signatures: Array,
    token_counts: Array,
) -> None:
    """Fill `signatures[rows]`, which hold the largest number everywhere, and `token_counts[rows]` for the texts from
    bytes `starts` to `ends` of `data`.
    """
    hashes = np.empty(WINDOW, np.uint64)
    halves, values = np.empty(WINDOW, np.uint32), np.empty(WINDOW, np.uint32)
    for d in range(rows.shape[0]):
        i, end, minima = np.uint64(starts[d]), np.uint64(ends[d]), signatures[rows[d]]
        n = total = 0
        while True:
            i, reached = read_tokens(data, i, end, codes, expansions, hashes, n)
            total += reached - n
            n = reached
            if n >= SHINGLE or 0 < n == total:
                count = _shingle_hashes(hashes, n, halves, values)
                _lower_minima(values, count, factors, summands, minima)
            if i >= end:
                break
            hashes[: SHINGLE - 1] = hashes[n - SHINGLE + 1 : n]
            n = SHINGLE - 1
        token_counts[rows[d]] = total


@compiled
def shingle_values(data: Array, start: int, end: int, codes: Array, expansions: Array) -> Array:
    """Hashes of all shingles from byte `start` to `end`, as `sign` takes them; some may stand more than once."""
    hashes, found, count = np.empty(WINDOW, np.uint64), np.empty(WINDOW, np.uint32), 0
    halves, values = np.empty(WINDOW, np.uint32), np.empty(WINDOW, np.uint32)
    i, last = np.uint64(start), np.uint64(end)
    n = total = 0
    while True:
        i, reached = read_tokens(data, i, last, codes, expansions, hashes, n)
        total += reached - n
        n = reached
        if n >= SHINGLE or 0 < n == total:
            added = _shingle_hashes(hashes, n, halves, values)
            if count + added > found.shape[0]:
                longer = np.empty(2 * (count + added), np.uint32)
                longer[:count] = found[:count]
                found = longer
            found[count : count + added] = values[:added]
            count += added
        if i >= last:
            return found[:count]
        hashes[: SHINGLE - 1] = hashes[n - SHINGLE + 1 : n]
        n = SHINGLE - 1


@compiled
def paragraphs(
    data: Array,
    starts: Array,
    ends: Array,
    rows: Array,
    codes: Array,
    expansions: Array,
    place: Array,
    out_rows: Array,
    numbers: Array,
    paragraph_hashes: Array,
    token_counts: Array,
    byte_counts: Array,
) -> int:
    """Row, number, hash, token count and byte count of the lines that have a token, for the texts from bytes `starts` to
    `ends`, until the arrays are full. Returns how many were written.

    `place` is where to go on, and is moved: the text, the byte from its start, and the number of the line there.
    """
    hashes = np.empty(WINDOW, np.uint64)
    found = 0
    while place[0] < rows.shape[0]:
        d = int(place[0])
        start, end = starts[d] + place[1], ends[d]
        while start < end:
            if found == numbers.shape[0]:
                place[1] = start - starts[d]
                return found
            line_end = start
            while line_end < end and data[np.uint64(line_end)] != LINE_FEED:
                line_end += 1
            total, line_hash = _paragraph(data, start, line_end, codes, expansions, hashes)
            if total:
                out_rows[found], numbers[found], paragraph_hashes[found] = rows[d], place[2], line_hash
                token_counts[found], byte_counts[found] = total, line_end - start
                found += 1
            place[2] += 1
            start = line_end + 1
        place[0], place[1], place[2] = d + 1, 0, 0
    return found


@compiled
def _paragraph(
    data: Array, start: int, end: int, codes: Array, expansions: Array, hashes: Array
) -> tuple[int, np.int64]:
    """How many tokens stand between two bytes, and a hash of all of them."""
    state, total, i, last = np.uint64(0), 0, np.uint64(start), np.uint64(end)
    while i < last:
        i, n = read_tokens(data, i, last, codes, expansions, hashes, 0)
        for k in range(n):
            state = state * LONG_TOKEN + hashes[k]
        total += n
    return total, np.int64(_mixed(state))
