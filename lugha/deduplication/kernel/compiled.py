"""Compiling."""

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

Compiled = TypeVar("Compiled", bound=Callable[..., object])


def compiled(function: Compiled) -> Compiled:
    """Machine code that runs without the interpreter lock and is kept for the next process."""
    return cast(Compiled, njit(nogil=True, cache=True, error_model="numpy")(function))
