"""`lugha try-signal`: what another bound would change, before anything is changed."""

import json
import os
from unicodedata import category

import click
import numpy as np
import polars as pl
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from rich.text import Text

from lugha.labeling.trial import Trial, texts, try_bound
from lugha.lake import Lake
from lugha.settings import lake_uri
from lugha.signals import signals

SAMPLES = 10
BINS = 20
BAR_CHARACTERS = 40
ISOLATE, END = "\u2068", "\u2069"  # keep the direction of a text to itself
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@click.command("try-signal")
@click.argument("name")
@click.option("--language", required=True, help='Code of the language, such as "yor_Latn".')
@click.option("--snapshot", help="Only this snapshot; all of them where it is left out.")
@click.option("--at-least", type=float, help="Drop documents that score less.")
@click.option("--at-most", type=float, help="Drop documents that score more.")
def command(name: str, language: str, snapshot: str | None, at_least: float | None, at_most: float | None) -> None:
    """Show what another bound on the signal NAME would drop and keep, from the scores that are stored.

    Nothing is changed. A side that is not given stays as it is.
    """
    if at_least is None and at_most is None:
        raise click.UsageError("Say what to try: --at-least, --at-most or both.")
    if not all(np.isfinite(x) for x in (at_least, at_most) if x is not None):
        raise click.UsageError("A bound is a finite number.")
    lake = Lake(lake_uri(), json.loads(os.environ.get("LUGHA_LAKE_OPTIONS", "null")))
    trial = try_bound(lake, name, language, at_least=at_least, at_most=at_most, snapshot=snapshot)
    if trial.at_least is not None and trial.at_most is not None and trial.at_least > trial.at_most:
        raise click.UsageError(
            f"At least {trial.at_least:g} and at most {trial.at_most:g}: no document can be both. Name both sides."
        )
    console = Console(highlight=False, soft_wrap=True)
    _show_bounds(console, trial)
    _show_counts(console, trial)
    _show_histogram(console, trial)
    for title, documents in (("newly dropped", trial.newly_dropped), ("newly kept", trial.newly_kept)):
        if documents.height:
            _show_samples(console, title, documents.height, texts(lake, trial, documents.head(SAMPLES)))
    _show_lines(console, trial)


def _show_bounds(console: Console, trial: Trial) -> None:
    console.print(Text(f"{trial.signal} of {trial.language}: {signals()[trial.signal].MEANING}", style="bold"))
    console.print(Text(f"now    {_in_words(trial.now['at_least'], trial.now['at_most'])}"))
    console.print(Text(f"       {trial.now['method']}: {trial.now['calibrated_by']}"))
    console.print(Text(f"tried  {_in_words(trial.at_least, trial.at_most)}\n"))


def _in_words(at_least: object, at_most: object) -> str:
    sides = [
        f"{side} {x:g}" for side, x in (("at least", at_least), ("at most", at_most)) if isinstance(x, float | int)
    ]
    return ", ".join(sides) or "no bound, drops nothing"


def _show_counts(console: Console, trial: Trial) -> None:
    everything = trial.documents
    table = Table(box=None, pad_edge=False)
    for column in ("", "documents", "of all", "bytes", "of all bytes"):
        table.add_column(column, justify="right" if column else "left")
    rows = {
        "labelled": everything,
        "without a score": everything.filter(pl.col("score").is_null()),
        "kept now": everything.filter(pl.col("reason_now").is_null()),
        "dropped by it now": trial.dropped_now,
        "newly dropped": trial.newly_dropped,
        "newly kept": trial.newly_kept,
    }
    all_bytes = int(everything["own_byte_count"].sum()) or 1
    for label, found in rows.items():
        size = int(found["own_byte_count"].sum())
        share, share_of_bytes = found.height / everything.height, size / all_bytes
        table.add_row(label, f"{found.height:,}", f"{share:.2%}", f"{size:,}", f"{share_of_bytes:.2%}")
    console.print(table)


def _show_histogram(console: Console, trial: Trial) -> None:
    """Documents by score, between the hundredths at both ends; the bins that hold a bound are marked."""
    values = trial.documents["score"].cast(pl.Float64).drop_nulls().to_numpy()
    values = values[np.isfinite(values)]
    if not values.size:
        console.print("\nNo document has a score: label them anew, then there is something to see.\n")
        return
    bounds = _numbers(trial)
    usual = [*np.quantile(values, [0.01, 0.99]), *np.clip([*bounds.values()], values.min(), values.max())]
    if min(usual) == max(usual):
        usual += bounds.values()
    limits = min(usual), max(usual)
    counts, edges = np.histogram(values.clip(*limits), BINS, range=limits)
    console.print()
    for n, count in enumerate(counts):
        bar = "#" * int(np.ceil(count / counts.max() * BAR_CHARACTERS))
        marks = ", ".join(f"{name} {x:g}" for name, x in bounds.items() if _bin(x, edges) == n)
        console.print(Text(f"{edges[n]:>10.4g} {bar:<{BAR_CHARACTERS}} {count:>10,}{f'  <- {marks}' if marks else ''}"))
    console.print()


def _numbers(trial: Trial) -> dict[str, float]:
    """The bounds that there are, by what they are called."""
    found = {
        "now at least": trial.now["at_least"],
        "now at most": trial.now["at_most"],
        "tried at least": trial.at_least,
        "tried at most": trial.at_most,
    }
    return {name: float(x) for name, x in found.items() if isinstance(x, float | int)}


def _bin(bound: float, edges: NDArray[np.float64]) -> int:
    """The bin that a bound lies in, the first or last where it lies outside."""
    return int(np.clip(np.searchsorted(edges, bound, side="right") - 1, 0, len(edges) - 2))


def _show_samples(console: Console, title: str, total: int, rows: pl.DataFrame) -> None:
    console.print(Text(f"{title}: the {rows.height} of {total:,} that are nearest to the tried bound", style="bold"))
    for row in rows.iter_rows(named=True):
        console.print(Text(f"{row['score']:>10.5g}  {row['host'] or '-'}"))
        console.print(Text(f"            {_isolated(row['text'] or 'no text is stored')}"))
    console.print()


def _isolated(text: str) -> str:
    """The text on one line, in its own direction, without what moves the cursor or turns the direction of what follows
    it. Joiners stay: words need them.
    """
    line = "".join(" " if x in TURNING or category(x) in ("Cc", "Cs", "Zl", "Zp") else x for x in text)
    return f"{ISOLATE}{' '.join(line.split())}{END}"


def _show_lines(console: Console, trial: Trial) -> None:
    sides = {"at_least": trial.at_least, "at_most": trial.at_most}
    lines = [f"[bounds.{trial.signal}]", *(f"{side} = {x!r}" for side, x in sides.items() if x is not None)]
    console.print(
        Text(
            f"To make it last, put this into lugha/languages/{trial.language}.toml, or into a file of that name in "
            "languages/ of the folder that LUGHA_CATALOG names:\n"
        )
    )
    for line in [*lines, 'calibrated_by = "what you looked at, when, and how much of it"']:
        console.print(Text(f"    {line}"))
    console.print(
        Text(f"\nThen materialize language_profiles and cleaned_shards for {trial.language}. Nothing is scored again.")
    )
