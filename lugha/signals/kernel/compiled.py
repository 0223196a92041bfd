"""Compiling, and the two hash functions of the passes."""

from collections.abc import Callable
from typing import TypeVar, cast

import numpy as np
from numba import njit

Compiled = TypeVar("Compiled", bound=Callable[..., object])
# Odd numbers with well spread bits: the fractional part of the golden ratio (Knuth) and the finalizer of MurmurHash3.
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MURMUR = np.uint64(0xFF51AFD7ED558CCD)


def compiled(function: Compiled) -> Compiled:
    """Machine code that runs without the interpreter lock and is kept for the next process."""
    return cast(Compiled, njit(nogil=True, cache=True, error_model="numpy")(function))


@compiled
def fed(state: np.uint64, value: np.uint64) -> np.uint64:
    """A running hash after one more value."""
    state = (state ^ value) * GOLDEN
    return state ^ (state >> np.uint64(29))


@compiled
def mixed(state: np.uint64) -> np.uint64:
    """A hash whose low bits depend on all bits, never 0."""
    state = (state ^ (state >> np.uint64(33))) * MURMUR
    return (state ^ (state >> np.uint64(33))) | np.uint64(1)


@compiled
def table_size(entries: int) -> int:
    """The power of two in which so many entries fill at most half."""
    size = 16
    while size < 2 * entries:
        size *= 2
    return size
