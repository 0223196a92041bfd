"""Scores meet bounds: who goes on, and for every document that does not, which bound it crossed.

The order is fixed, so that one document has one reason: no text, a blocked host, no language, another language, then
the signals by name, the lower bound before the upper. Nothing but columns is looked at, so that a changed bound
decides a million documents anew in a second.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lugha.labeling.buckets import SCORES, perplexity_part, quality_bucket
from lugha.lake.schemas import TABLES
from lugha.languages import UNDETERMINED
from lugha.signals import signals

log = logging.getLogger(__name__)
LABELS = ("doc_id", "failure", "lid_label", "lid_score")
NO_BLOCKS: Mapping[str, str] = {}

Mask = NDArray[np.bool_]


class Step(NamedTuple):
    """One question in the order of questions: which documents it drops, and what their decision then says. The score
    is that of the column `score_of`; a `drop_reason` or `calibrated_by` of None is told document by document.
    """

    drops: Mask
    tier: str
    drop_reason: str | None
    calibrated_by: str | None
    score_of: str | None = None
    bound: float | None = None


def columns_to_decide(bounds: pl.DataFrame) -> list[str]:
    """The columns of `labelled_documents` that `decide` looks at under these bounds, those that exist."""
    wanted = [*LABELS, *_bounded(bounds)["signal"], *SCORES]
    return [c for c in dict.fromkeys(wanted) if c in TABLES["labelled_documents"].columns]


def unscored(labelled: pl.DataFrame, bounds: pl.DataFrame) -> list[str]:
    """Signals that have a bound but no score in any of the documents: what they would say is not known, as for
    documents that were labelled before the signal's file was added.
    """
    names = sorted(_bounded(bounds)["signal"])
    return [n for n in names if n not in labelled.columns or labelled[n].null_count() == labelled.height]


def decide(
    labelled: pl.DataFrame,
    bounds: pl.DataFrame,
    language: str,
    *,
    blocked: Mapping[str, str] = NO_BLOCKS,
    hosts: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """`decisions` rows for the `labelled_documents` of one cell under the `language_profiles` rows of its language.

    `blocked` gives the reason for each blocked host; the hosts come as `hosts` (`doc_id`, `host`). `drop_reason` is
    the parser's failure, "blocked_host", "undetermined_language", "other_language", or "<signal>_below" /
    "<signal>_above". A score that is missing passes; a signal that was never computed is named in the log.
    """
    if labelled.height and (names := unscored(labelled, bounds)):
        log.warning("%s: no document has a score for %s; their bounds drop nothing", language, ", ".join(names))
    reasons = _block_reasons(labelled, blocked, hosts)
    steps = [*_first_steps(labelled, language, reasons), *_bound_steps(labelled, bounds)]
    first = np.full(labelled.height, len(steps), dtype=np.uint16)
    for n in range(len(steps) - 1, -1, -1):
        first[steps[n].drops] = n
    return _told(labelled, steps, first, reasons).with_columns(
        quality_bucket(labelled, bounds), perplexity_part(labelled, bounds)
    )


def _first_steps(labelled: pl.DataFrame, language: str, reasons: pl.Series) -> list[Step]:
    label = labelled["lid_label"].fill_null(UNDETERMINED)
    return [
        Step(labelled["failure"].is_not_null().to_numpy(), "rule", None, "a document without text"),
        Step(reasons.is_not_null().to_numpy(), "blocklist", "blocked_host", None),
        Step(
            (label == UNDETERMINED).to_numpy(),
            "language",
            "undetermined_language",
            "no language has enough of its letters",
            "lid_score",
        ),
        Step(
            (label != language).to_numpy(),
            "language",
            "other_language",
            "its lines are of another language; its record is filed anew",
            "lid_score",
        ),
    ]


def _bound_steps(labelled: pl.DataFrame, bounds: pl.DataFrame) -> Iterator[Step]:
    known = signals()
    for row in _bounded(bounds).sort("signal").iter_rows(named=True):
        name, origin = row["signal"], row["calibrated_by"]
        if name not in labelled.columns:
            continue
        tier = "small_model" if hasattr(known.get(name), "MODEL") else "rule"
        # Compared as stored: as 64 bits, a stored .3 is .30000001 and would cross a bound of .3. What is missing
        # becomes NaN, which crosses nothing: "not computed" is no reason to drop a document.
        scores = labelled[name].cast(pl.Float32).to_numpy()
        if (low := row["at_least"]) is not None:
            yield Step(scores < np.float32(low), tier, f"{name}_below", origin, name, low)
        if (high := row["at_most"]) is not None:
            yield Step(scores > np.float32(high), tier, f"{name}_above", origin, name, high)


def _told(labelled: pl.DataFrame, steps: list[Step], first: NDArray[np.uint16], reasons: pl.Series) -> pl.DataFrame:
    """The columns of `decisions` for the step that each document fell at; the last place in each list is "kept"."""
    place = pl.Series(first)

    def of_step(values: Sequence[str | float | None], dtype: type[pl.DataType]) -> pl.Series:
        return pl.Series([*values, None], dtype=dtype).gather(place)

    score = np.full(labelled.height, np.nan)
    for n, step in enumerate(steps):
        if step.score_of and (dropped := np.flatnonzero(first == n)).size:
            score[dropped] = labelled[step.score_of].gather(dropped).cast(pl.Float64).to_numpy()
    rows = pl.DataFrame(
        {
            "doc_id": labelled["doc_id"],
            "is_kept": pl.Series(first == len(steps)),
            "drop_reason": of_step([s.drop_reason for s in steps], pl.String),
            "score": pl.Series(score, nan_to_null=True),
            "bound": of_step([s.bound for s in steps], pl.Float64),
            "calibrated_by": of_step([s.calibrated_by for s in steps], pl.String),
            "tier": of_step([s.tier for s in steps], pl.String),
        }
    )
    return rows.with_columns(
        pl.when(place == 0).then(labelled["failure"]).otherwise("drop_reason").alias("drop_reason"),
        pl.when(place == 1).then(reasons).otherwise("calibrated_by").alias("calibrated_by"),
    )


def _bounded(bounds: pl.DataFrame) -> pl.DataFrame:
    return bounds.filter(pl.col("at_least").is_not_null() | pl.col("at_most").is_not_null())


def _block_reasons(labelled: pl.DataFrame, blocked: Mapping[str, str], hosts: pl.DataFrame | None) -> pl.Series:
    """For every document why its host is blocked; null where it is not."""
    if not blocked or hosts is None:
        return pl.Series("reason", [None], dtype=pl.String).new_from_index(0, labelled.height)
    listed = pl.DataFrame({"host": list(blocked), "reason": list(blocked.values())})
    found = hosts.select("doc_id", "host").join(listed, on="host").unique("doc_id").drop("host")
    return labelled.select("doc_id").join(found, on="doc_id", how="left", maintain_order="left")["reason"]
