"""Bounds per language, computed from the language's own documents where there are enough of them.

A bound keeps the default of its signal file until the language's own distribution says that the default would cut
into normal text of that language: then it is loosened to the tail of the distribution. It is never tightened here,
and with few documents it moves only part of the way, towards what all languages of the script show (shrinkage). Every
bound carries its origin in words.
"""

import polars as pl

from lugha.lake.schemas import TABLES
from lugha.signals import Signal, signals

LEAST_DOCUMENTS = 20
SHRINKAGE = 50  # documents: with this many the own distribution and that of the script count the same
TAIL = 0.02


def profile(labelled: pl.DataFrame, language: str, script_labelled: pl.DataFrame) -> pl.DataFrame:
    """`language_profiles` rows of one language: a bound for every signal.

    `labelled` are the language's `labelled_documents`, `script_labelled` those of all languages of its script.
    Documents without text and those that are of another language say nothing about normal text and are left out.
    """
    own, pool = _normal(labelled.filter(pl.col("lid_label") == language)), _normal(script_labelled)
    rows = [{"signal": name, **_bound(name, signal, own, pool, language)} for name, signal in signals().items()]
    spec = TABLES["language_profiles"]
    return pl.DataFrame(rows, schema={c: spec.schema[c] for c in spec.columns})


def _normal(labelled: pl.DataFrame) -> pl.DataFrame:
    return labelled.filter(pl.col("failure").is_null())


def _bound(name: str, signal: Signal, own: pl.DataFrame, pool: pl.DataFrame, language: str) -> dict[str, object]:
    default, count = signal.BOUND, own.height
    at_least, at_most, origin = default.at_least, default.at_most, f"default: {default.calibrated_by}"
    # Lengths are left alone: that most documents of a language are short is no reason to train on captions.
    if count >= LEAST_DOCUMENTS and name not in ("byte_count", "word_count"):
        weight = count / (count + SHRINKAGE)
        how = f"{TAIL:.0%} tail of {count} documents of {language}, weight {weight:.2f} against {pool.height} of its script"
        low, high = _tail(name, own, pool, TAIL, weight), _tail(name, own, pool, 1 - TAIL, weight)
        if at_least is not None and low is not None and low < at_least:
            at_least, origin = low, f"loosened from {default.at_least} to the {how}"
        if at_most is not None and high is not None and high > at_most:
            at_most, origin = high, f"loosened from {default.at_most} to the {how}"
    return {
        "at_least": at_least,
        "at_most": at_most,
        "calibrated_by": origin,
        "document_count": count,
        "median": own[name].median() if count else None,
    }


def _tail(name: str, own: pl.DataFrame, pool: pl.DataFrame, quantile: float, weight: float) -> float | None:
    """Quantile of the language drawn towards that of its script; None where a signal was computed for neither."""
    mine, theirs = own[name].quantile(quantile), pool[name].quantile(quantile)
    return None if mine is None or theirs is None else weight * float(mine) + (1 - weight) * float(theirs)
