"""A fast 128-bit hash of bytes, to tell texts apart. It is stored, so it must never change; it resists no attack."""

from typing import Any

import numpy as np

from lugha.deduplication.kernel.compiled import compiled

Array = np.ndarray[Any, Any]
# The primes of XXH64 (Collet), whose rounds these are, and a multiplier of wyhash.
FIRST = np.uint64(0x9E3779B185EBCA87)
SECOND = np.uint64(0xC2B2AE3D27D4EB4F)
THIRD = np.uint64(0x165667B19E3779F9)
FOURTH = np.uint64(0xD6E8FEB86659FD93)

_1, _2, _3, _4, _5, _6, _7, _8 = [np.uint64(step) for step in range(1, 9)]
_16, _24, _32, _40, _48, _56 = [np.uint64(bits) for bits in range(16, 64, 8)]


@compiled
def _word(data: Array, i: np.uint64) -> np.uint64:
    """Eight bytes, little-endian. Written out and with an unsigned index, this is compiled to one load."""
    low = np.uint64(data[i]) | np.uint64(data[i + _1]) << _8 | np.uint64(data[i + _2]) << _16
    low |= np.uint64(data[i + _3]) << _24 | np.uint64(data[i + _4]) << _32
    high = np.uint64(data[i + _5]) << _40 | np.uint64(data[i + _6]) << _48 | np.uint64(data[i + _7]) << _56
    return low | high


@compiled
def _round(state: np.uint64, word: np.uint64, before: np.uint64, after: np.uint64) -> np.uint64:
    state += word * before
    return ((state << np.uint64(31)) | (state >> np.uint64(33))) * after


@compiled
def _finished(state: np.uint64) -> np.uint64:
    state = (state ^ (state >> np.uint64(33))) * SECOND
    state = (state ^ (state >> np.uint64(29))) * THIRD
    return state ^ (state >> np.uint64(32))


@compiled
def text_hashes(data: Array, starts: Array, ends: Array, rows: Array, hashes: Array) -> None:
    """Fill `hashes[rows]`: two hashes each of the bytes from `starts` to `ends`, with different numbers."""
    for d in range(rows.shape[0]):
        i, end = np.uint64(starts[d]), np.uint64(ends[d])
        a = (end - i + _1) * FIRST
        b = a ^ THIRD
        while i + _8 <= end:
            word = _word(data, i)
            a, b = _round(a, word, SECOND, FIRST), _round(b, word, FOURTH, THIRD)
            i += _8
        rest, shift = np.uint64(0), np.uint64(0)
        while i < end:
            rest |= np.uint64(data[i]) << shift
            shift += _8
            i += _1
        hashes[rows[d], 0] = _finished(_round(a, rest, SECOND, FIRST))
        hashes[rows[d], 1] = _finished(_round(b, rest, FOURTH, THIRD))
