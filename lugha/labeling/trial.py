"""What another bound would do to one language: who would be dropped or kept that is not today, from stored scores."""

from dataclasses import dataclass

import polars as pl
from deltalake import DeltaTable

from lugha.errors import LughaError, nearest
from lugha.labeling.decide import columns_to_decide, decide
from lugha.labeling.profiles import UnknownSignal, profile
from lugha.lake import Lake
from lugha.languages import language
from lugha.signals import signals

CHARACTERS = 150  # of a sample


class NothingLabelled(LughaError):
    """There are no labels to try a bound on."""


@dataclass(frozen=True)
class Trial:
    """One signal's bound as it is (`now`, a row of `language_profiles`) and as it would be, and for each document what
    becomes of it: columns `doc_id`, `snapshot`, `score`, `own_byte_count`, `reason_now`, `reason_tried` (null: kept).
    """

    signal: str
    language: str
    now: dict[str, object]
    at_least: float | None
    at_most: float | None
    documents: pl.DataFrame

    @property
    def newly_dropped(self) -> pl.DataFrame:
        """Documents that are kept now and would be dropped, the nearest to the bound first."""
        found = self.documents.filter(pl.col("reason_now").is_null() & pl.col("reason_tried").is_not_null())
        return found.sort(self._distance(), "doc_id")

    @property
    def newly_kept(self) -> pl.DataFrame:
        """Documents that are dropped by this bound now and would be kept, the nearest to the tried bound first."""
        found = self.documents.filter(pl.col("reason_now").is_not_null() & pl.col("reason_tried").is_null())
        return found.sort(self._distance(), "doc_id")

    @property
    def dropped_now(self) -> pl.DataFrame:
        """Documents that this signal drops today."""
        return self.documents.filter(pl.col("reason_now").is_in([f"{self.signal}_below", f"{self.signal}_above"]))

    def _distance(self) -> pl.Expr:
        """Between a score and the nearer of the tried bounds."""
        return pl.min_horizontal((pl.col("score") - x).abs() for x in (self.at_least, self.at_most) if x is not None)


def try_bound(
    lake: Lake,
    signal: str,
    code: str,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    snapshot: str | None = None,
) -> Trial:
    """Decide the documents of a language twice: under the bounds it has, and with this signal's bound changed on the
    sides that are given. Blocked hosts are left aside.

    Raises UnknownSignal, UnknownLanguage and NothingLabelled.
    """
    if signal not in signals():
        near = nearest(signal, signals())
        raise UnknownSignal(f'No signal "{signal}".{near} There are: {", ".join(signals())}.')
    keys = _keys(lake, language(code).code, snapshot)
    bounds = _bounds(lake, signal, code)
    now = bounds.filter(pl.col("signal") == signal).row(0, named=True)
    tried = {"at_least": now["at_least"] if at_least is None else at_least}
    tried["at_most"] = now["at_most"] if at_most is None else at_most
    changes = [pl.when(pl.col("signal") == signal).then(x).otherwise(side).alias(side) for side, x in tried.items()]
    others = bounds.with_columns(changes)
    columns = dict.fromkeys([*columns_to_decide(bounds), signal, "own_byte_count", "snapshot"])
    labelled = lake.scan("labelled_documents", **keys).select(list(columns)).collect()
    documents = labelled.select(
        "doc_id",
        "snapshot",
        "own_byte_count",
        score=signal,
        reason_now=decide(labelled, bounds, code)["drop_reason"],
        reason_tried=decide(labelled, others, code)["drop_reason"],
    )
    return Trial(signal, code, now, tried["at_least"], tried["at_most"], documents)


def texts(lake: Lake, trial: Trial, documents: pl.DataFrame) -> pl.DataFrame:
    """The documents with `host` and the beginning of their `text`, in the order given."""
    rows = documents.with_columns(place=pl.int_range(pl.len()))
    pages = lake.scan("standardized_documents", language=trial.language).select(
        "doc_id", "snapshot", "host", pl.col("text").str.slice(0, CHARACTERS)
    )
    ids = rows["doc_id"].to_list()
    pages = pages.filter(pl.col("snapshot").is_in(rows["snapshot"].unique().to_list()), pl.col("doc_id").is_in(ids))
    return rows.join(pages.collect(), on=["doc_id", "snapshot"], how="left").sort("place").drop("place")


def _keys(lake: Lake, code: str, snapshot: str | None) -> dict[str, str]:
    """The partitions to read; NothingLabelled where none of them holds a label."""
    is_there = DeltaTable.is_deltatable(lake.uri("labelled_documents"), storage_options=lake.options)
    cells = [key for key, state in lake.states("labelled_documents").items() if state.row_count] if is_there else []
    if not cells:
        raise NothingLabelled(
            f"The lake {lake.root} holds no labels. Materialize labelled_documents, or name another lake in LUGHA_LAKE."
        )
    snapshots = sorted(s for s, x in cells if x == code)
    if not snapshots:
        labelled = sorted({x for _, x in cells})
        raise NothingLabelled(
            f"No document of {code} is labelled.{nearest(code, labelled)} Materialize labelled_documents for it. "
            f"Labelled are {', '.join(labelled[:20])}{' and more' if len(labelled) > 20 else ''}."
        )
    if snapshot and snapshot not in snapshots:
        raise NothingLabelled(
            f'No document of {code} is labelled in the snapshot "{snapshot}".{nearest(snapshot, snapshots)} '
            f"There are {', '.join(snapshots)}."
        )
    return {"language": code} | ({"snapshot": snapshot} if snapshot else {})


def _bounds(lake: Lake, signal: str, code: str) -> pl.DataFrame:
    """The bounds of the language's profile; the defaults where it has none, or none for this signal yet."""
    rows, defaults = pl.DataFrame(), profile(code, ())
    if DeltaTable.is_deltatable(lake.uri("language_profiles"), storage_options=lake.options):
        rows = lake.read("language_profiles", language=code).drop("language")
    if rows.is_empty():
        return defaults
    return pl.concat([rows, defaults.filter(pl.col("signal") == signal).join(rows, on="signal", how="anti")])
