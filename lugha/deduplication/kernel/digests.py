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


@compiled
def _word(data: Array, i: int) -> np.uint64:
    """Eight bytes, little-endian."""
    word = np.uint64(0)
    for k in range(8):
        word |= np.uint64(data[i + k]) << np.uint64(8 * k)
    return word


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
        i, end = starts[d], ends[d]
        a = np.uint64(end - i) * FIRST
        b = a ^ THIRD
        while i + 8 <= end:
            word = _word(data, i)
            a, b = _round(a, word, SECOND, FIRST), _round(b, word, FOURTH, THIRD)
            i += 8
        rest, shift = np.uint64(0), np.uint64(0)
        while i < end:
            rest |= np.uint64(data[i]) << shift
            shift += np.uint64(8)
            i += 1
        hashes[rows[d], 0] = _finished(_round(a, rest, SECOND, FIRST))
        hashes[rows[d], 1] = _finished(_round(b, rest, FOURTH, THIRD))
