"""Compiling, and loading what was compiled without what no kernel here needs."""

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit
from numba.np import linalg

Compiled = TypeVar("Compiled", bound=Callable[..., object])


def compiled(function: Compiled) -> Compiled:
    """Machine code that runs without the interpreter lock and is kept for the next process."""
    return cast(Compiled, njit(nogil=True, cache=True, error_model="numpy")(function))


def _load_without_scipy() -> None:
    """Load numba's array functions as where scipy is missing. They import its linear algebra only to see whether it is
    there, which is a fifth of the time in which a process comes to its first signature; all that changes is that
    `np.correlate` and `np.convolve` of floats do without it.
    """
    asked = linalg.ensure_blas
    linalg.ensure_blas = _no_scipy
    try:
        import numba.np.arraymath  # noqa: F401
    finally:
        linalg.ensure_blas = asked


def _no_scipy() -> None:
    raise ImportError


_load_without_scipy()
