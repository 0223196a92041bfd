"""Signals: numbers about a document that a bound can be put on. One file of this folder is one signal, found by its
name.

A signal file holds MEANING, SOURCE, BOUND and one of three: nothing more, where the signal is the column of the same
name of the kernel (lugha/signals/kernel); `score(documents, language) -> pl.Series`, one value a document; or
`MODEL = "kind"` and `score(documents, language, model) -> pl.Series` with the language's model of that kind. A user's
own signals lie in `$LUGHA_CATALOG/signals/*.py` and need no other edit.
"""

import importlib
import importlib.util
import os
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Protocol, cast

import polars as pl

from lugha.errors import LughaError, nearest
from lugha.signals.bound import Bound
from lugha.signals.kernel.columns import COLUMNS

if TYPE_CHECKING:
    from lugha.tiers.small_models import LanguageModels


class BrokenSignal(LughaError):
    """A signal file that cannot be imported or lacks a part of its contract."""


class Signal(Protocol):
    """What a signal file provides at the least."""

    MEANING: str
    SOURCE: str
    BOUND: Bound


@cache
def signals() -> dict[str, Signal]:
    """Every signal by name, in the order of their names."""
    found: dict[str, Signal] = {}
    for module in pkgutil.iter_modules(__path__):
        if not module.ispkg and module.name != "bound":
            found[module.name] = _checked(importlib.import_module(f"{__name__}.{module.name}"), module.name)
    folder = Path(os.environ.get("LUGHA_CATALOG", "/nonexistent")) / "signals"
    for path in sorted(folder.glob("*.py")):
        found[path.stem] = _checked(_of_catalog(path), str(path))
    return dict(sorted(found.items()))


def score_signals(documents: pl.DataFrame, language: str, models: "LanguageModels") -> list[pl.Series]:
    """All signals of documents of one language, as Float32 series named and ordered as in `signals()`.

    `documents` has at least the column `text`; a text that is null has nulls in the kernel's columns. A signal is null
    where the language lacks what it needs: the model of its kind, or stop words. Raises BrokenSignal.
    """
    of_kernel: Mapping[str, pl.Series] = {}
    if not all(hasattr(signal, "score") for signal in signals().values()):
        from lugha.signals.kernel import measure

        of_kernel = measure(documents["text"], language.rpartition("_")[2], models.stop_words)
    return [
        _scored(name, signal, documents, language, models) if hasattr(signal, "score") else of_kernel[name]
        for name, signal in signals().items()
    ]


def _scored(name: str, signal: Signal, documents: pl.DataFrame, language: str, models: "LanguageModels") -> pl.Series:
    score = cast(Callable[..., pl.Series], signal.score)  # type: ignore[attr-defined]
    kind: str | None = getattr(signal, "MODEL", None)
    if kind is None:
        values = score(documents, language)
    elif (model := models.get(kind)) is None:
        values = pl.repeat(None, documents.height, dtype=pl.Float32, eager=True)
    else:
        values = score(documents, language, model)
    if not isinstance(values, pl.Series) or len(values) != documents.height:
        shape = f"{len(values)} values" if isinstance(values, pl.Series) else f"a {type(values).__name__}"
        raise BrokenSignal(
            f"Signal {name}: score gave {shape} for {documents.height} documents. Return a pl.Series with one each."
        )
    return values.cast(pl.Float32).alias(name)


def _of_catalog(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"lugha_catalog_signals_{path.stem}", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as problem:  # a user's file may raise anything; without its name nobody finds it
        raise BrokenSignal(f"Signal {path} cannot be imported: {type(problem).__name__}: {problem}") from problem
    return module


def _checked(module: object, where: str) -> Signal:
    missing = [name for name in ("MEANING", "SOURCE", "BOUND") if not hasattr(module, name)]
    name = Path(where).stem
    if name not in COLUMNS and not hasattr(module, "score"):
        missing.append("score")
    if missing:
        hint = nearest(name, COLUMNS) if missing == ["score"] else ""
        raise BrokenSignal(
            f"Signal {where} lacks {', '.join(missing)}. The contract of a signal file: CONTRIBUTING.md#a-signal."
            + (f" Without score it would have to be named as a column of the kernel.{hint}" if hint else "")
        )
    signal = cast(Signal, module)
    if not isinstance(signal.BOUND, Bound):
        raise BrokenSignal(
            f"Signal {where}: BOUND is of type {type(signal.BOUND).__name__}. "
            'Write BOUND = Bound("where the numbers come from", at_most=...), with Bound of lugha.signals.'
        )
    return signal
