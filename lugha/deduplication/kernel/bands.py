"""Keys of bands, sketches, and how far two signatures agree."""

from typing import Any

import numpy as np

from lugha.deduplication.kernel.compiled import compiled

Array = np.ndarray[Any, Any]
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX = np.uint64(0xFF51AFD7ED558CCD)


@compiled
def band_keys(signatures: Array, picked: Array, bands: int, rows: int, keys: Array) -> None:
    """Fill `keys[p * bands + band]` for the signatures at `picked[p]`: a hash of the number of the band and its rows."""
    for p in range(picked.shape[0]):
        for band in range(bands):
            state = np.uint64(band + 1)
            for k in range(band * rows, (band + 1) * rows):
                state = (state ^ np.uint64(signatures[picked[p], k])) * GOLDEN
                state ^= state >> np.uint64(29)
            state = (state ^ (state >> np.uint64(32))) * MIX
            keys[p * bands + band] = np.int64(state ^ (state >> np.uint64(29)))


@compiled
def sketches(signatures: Array, picked: Array, low: Array, high: Array) -> None:
    """Fill `low[p]` and `high[p]` for the signatures at `picked[p]`: the lowest bit of minimum k is bit k of `low`, from
    64 on bit k - 64 of `high`.
    """
    for p in range(picked.shape[0]):
        halves = np.zeros(2, np.uint64)
        for k in range(signatures.shape[1]):
            bit = np.uint64(signatures[picked[p], k] & np.uint32(1))
            halves[k >> 6] |= bit << np.uint64(k & 63)
        low[p], high[p] = np.int64(halves[0]), np.int64(halves[1])


@compiled
def equal_minima(a: Array, b: Array, counts: Array) -> None:
    """Fill `counts[m]` with the number of minima that a[m] and b[m] share."""
    for m in range(a.shape[0]):
        count = 0
        for k in range(a.shape[1]):
            count += a[m, k] == b[m, k]
        counts[m] = count
