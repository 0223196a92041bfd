"""One reading of the bytes of texts: code points, folded tokens and their hashes, and what is built on them.

Tokens are those of `lugha.scripts.folded_tokens`, hashes those of `lugha.deduplication.shingles`; nothing is stored but
a window of token hashes, so a text of any length takes the same memory.
"""

from typing import Any

import numpy as np

from lugha.deduplication.kernel.compiled import compiled

Array = np.ndarray[Any, Any]
# Again, and not imported: numba's cache would not see them change.
SHINGLE = 5
CLASS = np.uint32(24)
FOLDED = np.uint32((1 << 21) - 1)
LETTER, UNSPACED_LETTER, MARK, JOINER, DIGIT, EXPANDING = range(1, 7)
ZERO = np.uint64(ord("0"))
CHARACTER = np.uint64(0x9E3779B97F4A7C15)
TOKEN = np.uint64(0xD6E8FEB86659FD93)
MIX = np.uint64(0xFF51AFD7ED558CCD)
WINDOW = 512  # token hashes at a time


@compiled
def _code_point(data: Array, i: int) -> tuple[np.uint32, int]:
    """The code point at byte i of valid UTF-8, and the index behind it."""
    low = np.uint32(0x3F)
    first = np.uint32(data[i])
    if first < 0x80:
        return first, i + 1
    second = np.uint32(data[i + 1]) & low
    if first < 0xE0:
        return (first & np.uint32(0x1F)) << np.uint32(6) | second, i + 2
    third = np.uint32(data[i + 2]) & low
    if first < 0xF0:
        return (first & np.uint32(0x0F)) << np.uint32(12) | second << np.uint32(6) | third, i + 3
    fourth = np.uint32(data[i + 3]) & low
    high = (first & np.uint32(0x07)) << np.uint32(18) | second << np.uint32(12)
    return high | third << np.uint32(6) | fourth, i + 4


@compiled
def _mixed(state: np.uint64) -> np.uint64:
    state = (state ^ (state >> np.uint64(32))) * MIX
    return state ^ (state >> np.uint64(29))


@compiled
def _fed(state: np.uint64, code: np.uint32) -> np.uint64:
    return state * CHARACTER + np.uint64(code & FOLDED)


@compiled
def _fed_all(state: np.uint64, points: Array) -> np.uint64:
    for point in points:
        if point:
            state = state * CHARACTER + np.uint64(point)
    return state


@compiled
def read_tokens(
    data: Array, i: int, end: int, codes: Array, expansions: Array, hashes: Array, n: int
) -> tuple[int, int]:
    """Write the hashes of the tokens from byte i on to `hashes[n:]`, until they are full or the text is at its end.
    Returns the byte and the number of hashes that have been reached; i is never inside a token.
    """
    code, j = np.uint32(0), i
    if i < end:
        point, j = _code_point(data, i)
        code = codes[point]
    while i < end and n < hashes.shape[0]:
        kind = code >> CLASS
        state = np.uint64(0)
        if kind == UNSPACED_LETTER:
            state = _fed(state, code)
            i = j
            while i < end:
                point, j = _code_point(data, i)
                code = codes[point]
                kind = code >> CLASS
                if kind == MARK:
                    state = _fed(state, code)
                elif kind != JOINER:
                    break
                i = j
        elif kind in (LETTER, DIGIT, EXPANDING):
            in_number = False
            while True:
                if kind in (LETTER, MARK):
                    state = _fed(state, code)
                elif kind == DIGIT:
                    if not in_number:
                        state = state * CHARACTER + ZERO
                elif kind == EXPANDING:
                    state = _fed_all(state, expansions[code & FOLDED])
                elif kind != JOINER:
                    break
                in_number = kind == DIGIT
                i = j
                if i >= end:
                    break
                point, j = _code_point(data, i)
                code = codes[point]
                kind = code >> CLASS
        else:
            i = j
            if i < end:
                point, j = _code_point(data, i)
                code = codes[point]
            continue
        hashes[n] = _mixed(state)
        n += 1
    return i, n


@compiled
def _premixed(state: np.uint64) -> np.uint32:
    """The hash of a shingle as datasketch's permutations take it: after MurmurHash3's finalizer."""
    value = np.uint32(state >> np.uint64(32))
    value ^= value >> np.uint32(16)
    value = np.uint32(value * np.uint32(0x85EBCA6B))
    value ^= value >> np.uint32(13)
    value = np.uint32(value * np.uint32(0xC2B2AE35))
    return np.uint32(value ^ (value >> np.uint32(16)))


@compiled
def _shingle_hashes(hashes: Array, n: int, out: Array) -> int:
    count = max(n - SHINGLE + 1, 1)
    for first in range(count):
        state = np.uint64(0)
        for k in range(first, min(first + SHINGLE, n)):
            state = state * TOKEN + hashes[k]
        out[first] = _premixed(state)
    return count


@compiled
def _lower_minima(values: Array, count: int, factors: Array, summands: Array, minima: Array) -> None:
    for k in range(minima.shape[0]):
        least, factor, summand = minima[k], factors[k], summands[k]
        for v in range(count):
            permuted = np.uint32(np.uint32(values[v] * factor) + summand)
            least = permuted if permuted < least else least
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
    hashes, values = np.empty(WINDOW, np.uint64), np.empty(WINDOW, np.uint32)
    for d in range(rows.shape[0]):
        i, end, minima = starts[d], ends[d], signatures[rows[d]]
        n, total = 0, 0
        while True:
            i, filled = read_tokens(data, i, end, codes, expansions, hashes, n)
            total += filled - n
            n = filled
            if n >= SHINGLE or (i >= end and 0 < total < SHINGLE):
                count = _shingle_hashes(hashes, n, values)
                _lower_minima(values, count, factors, summands, minima)
            if i >= end:
                break
            for k in range(SHINGLE - 1):
                hashes[k] = hashes[n - SHINGLE + 1 + k]
            n = SHINGLE - 1
        token_counts[rows[d]] = total


@compiled
def paragraphs(
    data: Array,
    start: int,
    end: int,
    codes: Array,
    expansions: Array,
    number: int,
    numbers: Array,
    paragraph_hashes: Array,
    token_counts: Array,
    byte_counts: Array,
) -> tuple[int, int, int]:
    """Hashes, token counts and byte counts of the lines of the text from byte `start` on that have a token, until the
    arrays are full or the text is at its end. `number` is that of the line that begins at `start`.

    Returns the byte and the number of the line that have been reached, and how many lines have been written.
    """
    hashes = np.empty(WINDOW, np.uint64)
    found, i = 0, start
    while i < end and found < numbers.shape[0]:
        line_end = i
        while line_end < end and data[line_end] != 10:
            line_end += 1
        state, total, at = np.uint64(0), 0, i
        while at < line_end:
            at, n = read_tokens(data, at, line_end, codes, expansions, hashes, 0)
            for k in range(n):
                state = state * TOKEN + hashes[k]
            total += n
        if total:
            numbers[found], token_counts[found], byte_counts[found] = number, total, line_end - i
            paragraph_hashes[found] = np.int64(_mixed(state))
            found += 1
        number += 1
        i = line_end + 1
    return i, number, found
