"""Signals: numbers about a document that a bound can be put on. One file of this folder is one signal, found by its
name.

A signal file holds MEANING, SOURCE, BOUND and `score(documents, language) -> pl.Series` (columns in, column out, one
value a document). A user's own signals lie in `$LUGHA_CATALOG/signals/*.py` and need no other edit.
"""

import importlib
import importlib.util
import os
import pkgutil
from functools import cache
from pathlib import Path
from typing import Protocol, cast

import polars as pl

from lugha.errors import LughaError
from lugha.signals.bound import Bound


class BrokenSignal(LughaError):
    """A signal file that cannot be imported or lacks a part of its contract."""


class Signal(Protocol):
    """What a signal file provides."""

    MEANING: str
    SOURCE: str
    BOUND: Bound

    def score(self, documents: pl.DataFrame, language: str) -> pl.Series:
        """One value for each document."""
        ...


@cache
def signals() -> dict[str, Signal]:
    """Every signal by name, in the order of their names."""
    found: dict[str, Signal] = {}
    for module in pkgutil.iter_modules(__path__):
        if module.name in ("bound", "kernel"):
            continue
        found[module.name] = _checked(importlib.import_module(f"{__name__}.{module.name}"), module.name)
    folder = Path(os.environ.get("LUGHA_CATALOG", "/nonexistent")) / "signals"
    for path in sorted(folder.glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"lugha_catalog_signals_{path.stem}", path)
        assert spec
        assert spec.loader
        module_object = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module_object)
        except Exception as problem:  # a user's file may raise anything; without its name nobody finds it
            raise BrokenSignal(f"Signal {path} cannot be imported: {type(problem).__name__}: {problem}") from problem
        found[path.stem] = _checked(module_object, str(path))
    return dict(sorted(found.items()))


def _checked(module: object, where: str) -> Signal:
    missing = [name for name in ("MEANING", "SOURCE", "BOUND", "score") if not hasattr(module, name)]
    if missing:
        raise BrokenSignal(
            f"Signal {where} lacks {', '.join(missing)}. The contract of a signal file: CONTRIBUTING.md#a-signal"
        )
    signal = cast(Signal, module)
    if not isinstance(signal.BOUND, Bound):
        raise BrokenSignal(
            f"Signal {where}: BOUND is of type {type(signal.BOUND).__name__}. "
            'Write BOUND = Bound("where the numbers come from", at_most=...), with Bound of lugha.signals.'
        )
    return signal
