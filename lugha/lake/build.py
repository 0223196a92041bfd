"""Building partitions of a table: what is unchanged is left alone, what is done survives a kill, and one bad
partition does not cost the others.

A partition is unchanged when its fingerprint (code version, settings, digests of its inputs) is the one its file
already carries. Finished partitions are committed every few seconds, side tables before the main one: a killed run
has lost only what its next run will find missing.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from lugha.errors import LughaError
from lugha.lake.digest import digest_of
from lugha.lake.lake import Batch, Keys, Lake, PartitionState
from lugha.lake.schemas import TABLES

log = logging.getLogger(__name__)
FLUSH_SECONDS = 5.0


class PartitionsFailed(LughaError):
    """Some partitions of a run could not be built; the others were."""


@dataclass(frozen=True)
class Made:
    """What a partition is made of: rows of the table and of its side tables, partitioned alike."""

    rows: pl.DataFrame | pl.LazyFrame
    sides: Mapping[str, pl.DataFrame | pl.LazyFrame] = field(default_factory=dict)


@dataclass(frozen=True)
class Built:
    """A partition after a run: its keys and state, the digests that went in, and whether it was left as it was."""

    keys: Keys
    state: PartitionState
    inputs: Mapping[str, str]
    is_unchanged: bool
    seconds: float


def build(
    lake: Lake,
    table: str,
    partitions: Iterable[Keys],
    *,
    code_version: str,
    settings: Callable[[Keys], object],
    inputs: Callable[[Keys], Mapping[str, str]],
    make: Callable[[Keys], Made],
    run_id: str,
    on_built: Callable[[int, Keys], None] = lambda done, keys: None,
) -> list[Built]:
    """Bring partitions of `table` up to date and return one `Built` for each, in order.

    `inputs` names the digests that a partition depends on, `settings` everything else, `make` computes it. A LughaError of either fails that
    partition only; after the others are committed, PartitionsFailed tells which.
    """
    before = lake.states(table)
    writer = _Writer(lake, table, run_id)
    built: list[Built] = []
    failed: list[str] = []
    try:
        for done, keys in enumerate(partitions):
            started = time.monotonic()
            try:
                digests = dict(inputs(keys))
                fingerprint = digest_of([code_version, settings(keys), digests])
                state = before.get(tuple(keys[c] for c in TABLES[table].partitioned_by))
                is_unchanged = state is not None and state.fingerprint == fingerprint
                if state is None or not is_unchanged:
                    state = writer.write(keys, make(keys), fingerprint, inputs_digest(code_version, digests))
            except LughaError as error:
                failed.append(f"{'|'.join(keys.values())}: {error}")
                continue
            built.append(Built(keys, state, digests, is_unchanged, time.monotonic() - started))
            on_built(done + 1, keys)
    finally:
        writer.flush()  # whatever ended the loop, what is staged is finished work
    if failed:
        raise PartitionsFailed(
            f"{table}: {len(failed)} of {len(built) + len(failed)} partitions failed, the others are written.\n"
            + "\n".join(failed)
        )
    return built


class _Writer:
    """Batches of a table and its side tables, flushed together, sides first."""

    def __init__(self, lake: Lake, table: str, run_id: str) -> None:
        self.lake, self.run_id, self.main = lake, run_id, Batch(lake, table, run_id)
        self.sides: dict[str, Batch] = {}
        self.flushed = time.monotonic()

    def write(self, keys: Keys, made: Made, fingerprint: str, inputs: str) -> PartitionState:
        state = self.main.stage(made.rows, keys, fingerprint, inputs)
        try:
            for name, rows in made.sides.items():
                self.sides.setdefault(name, Batch(self.lake, name, self.run_id)).stage(rows, keys, fingerprint, inputs)
        except LughaError:
            # Half a partition must not become visible: a main table that is there counts as done.
            for batch in (self.main, *self.sides.values()):
                batch.unstage(keys)
            raise
        if time.monotonic() - self.flushed > FLUSH_SECONDS:
            self.flush()
        return state

    def flush(self) -> None:
        for batch in self.sides.values():
            batch.commit()
        self.main.commit()
        self.flushed = time.monotonic()


def inputs_digest(code_version: str, digests: Mapping[str, str]) -> str:
    """Digest of the code version and the inputs alone; it stands in the file name, so that staleness can be told
    without running anything.
    """
    return digest_of([code_version, digests])
