"""First pass: UTF-8 bytes to code points and their flags, document by document into one array."""

from typing import Any

import numpy as np

from lugha.signals.kernel.compiled import compiled
from lugha.signals.kernel.tables import BREAK

Array = np.ndarray[Any, Any]


@compiled
def _code_point(data: Array, i: int) -> tuple[np.uint32, int]:
    """The code point of two bytes or more at byte i of valid UTF-8, and the index behind it."""
    b = np.uint32(data[i])
    low = np.uint32(0x3F)
    second = np.uint32(data[i + 1]) & low
    if b < 0xE0:
        return (b & np.uint32(0x1F)) << np.uint32(6) | second, i + 2
    third = np.uint32(data[i + 2]) & low
    if b < 0xF0:
        return (b & np.uint32(0x0F)) << np.uint32(12) | second << np.uint32(6) | third, i + 3
    fourth = np.uint32(data[i + 3]) & low
    high = (b & np.uint32(0x07)) << np.uint32(18) | second << np.uint32(12)
    return high | third << np.uint32(6) | fourth, i + 4


@compiled
def decoded(
    data: Array, starts: Array, ends: Array, breaks: Array, first_break: Array, flags: Array
) -> tuple[Array, Array, Array]:
    """Code points and flags of all documents end to end, and where each document ends in them (one more than there are
    documents, beginning with 0). At the bytes `breaks` of document d, from `first_break[d]` up to `first_break[d + 1]`
    and counted from its start, the flag BREAK is set.
    """
    size = 0
    for d in range(starts.shape[0]):
        size += ends[d] - starts[d]
    points, kinds = np.empty(size, np.uint32), np.empty(size, np.uint32)
    bounds = np.zeros(starts.shape[0] + 1, np.int64)
    n = 0
    for d in range(starts.shape[0]):
        i, end, b = starts[d], ends[d], first_break[d]
        last_break = first_break[d + 1]
        following = starts[d] + breaks[b] if b < last_break else end + 1
        while i < end:
            at = i
            if data[i] < 0x80:
                point = np.uint32(data[i])
                i += 1
            else:
                point, i = _code_point(data, i)
            kind = flags[point]
            if at == following:
                kind |= BREAK
                b += 1
                following = starts[d] + breaks[b] if b < last_break else end + 1
            points[n], kinds[n] = point, kind
            n += 1
        bounds[d + 1] = n
    return points, kinds, bounds
