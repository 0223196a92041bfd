"""Reading and writing the Delta tables: whole partitions, flat memory, many partitions in one commit.

polars streams rows into a staged parquet file, DuckDB takes its digest, delta-rs commits. delta-rs' own writer is not
used for data: its peak memory grows with the frame (decision 0002). What it would do for us is therefore done here:
the columns and types are checked, and the commit is retried, because it conflicts with commits to other partitions
too.

The file name of a partition carries what went in (fingerprint, and the digest of its inputs) and what came out. So
the state of a partition is committed in the same atomic step as its rows, and no second table can disagree with it.
"""

import json
import logging
import os
import random
import re
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import polars as pl
import pyarrow as pa
from deltalake import CommitProperties, DeltaTable
from deltalake import Schema as DeltaSchema
from deltalake.exceptions import CommitFailedError
from deltalake.transaction import AddAction

from lugha.errors import LughaError, nearest
from lugha.lake.digest import content_digest
from lugha.lake.schemas import TABLES, Table

log = logging.getLogger(__name__)
SAFE_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*\Z")
FILE_NAME = re.compile(r"part-([0-9a-f]{16})-([0-9a-f]{16})-([0-9a-f]{16})-[0-9a-f]{8}\.parquet\Z")
COMMIT_ATTEMPTS = 60
NO_FINGERPRINT = "0" * 16
Keys = Mapping[str, str]


class UnknownTable(LughaError):
    """No table of the lake has this name."""


class UnsafeKey(LughaError):
    """A partition value that cannot be part of a path."""


class WrongColumns(LughaError):
    """A frame that lacks a column of its table, has one that the table does not know, or a value that does not fit."""


@dataclass(frozen=True)
class PartitionState:
    """What a partition holds now: digests of what went in (`fingerprint`: code, settings and inputs; `inputs`: code
    and inputs alone) and of what came out, rows, and bytes of its file.
    """

    fingerprint: str
    inputs: str
    digest: str
    row_count: int
    size_bytes: int


class Lake:
    """The Delta tables under one root: a local folder, or `s3://`, `gs://`, `az://` with `storage_options`."""

    def __init__(self, root: str, storage_options: Mapping[str, str] | None = None) -> None:
        self.root = root.rstrip("/")
        self.options = dict(storage_options) if storage_options else None
        self.is_remote = "://" in root

    def uri(self, table: str) -> str:
        """Address of a table's folder."""
        if table not in TABLES:
            raise UnknownTable(
                f'No table "{table}" in the lake.{nearest(table, TABLES)} Tables are declared in lugha/lake/schemas/.'
            )
        return f"{self.root}/{table}"

    def create_tables(self) -> None:
        """Create every table that is not there yet. Done before writers start: two racing creations make two commits."""
        for name in TABLES:
            self._widen(name)

    def _delta(self, table: str) -> DeltaTable:
        uri = self.uri(table)
        if not DeltaTable.is_deltatable(uri, storage_options=self.options):
            _create(uri, TABLES[table], self.options)
        return DeltaTable(uri, storage_options=self.options)

    def _widen(self, table: str) -> None:
        """Add the columns that a table has gained since it was created (a new signal file); older rows read null there."""
        delta = self._delta(table)
        have = {f.name for f in delta.schema().fields}
        wanted = DeltaSchema.from_arrow(TABLES[table].empty().to_arrow().schema)
        if new := [f for f in wanted.fields if f.name not in have]:
            delta.alter.add_columns(new)

    def version(self, table: str) -> int:
        """Number of the table's newest commit."""
        return int(self._delta(table).version())

    def scan(self, table: str, **keys: str) -> pl.LazyFrame:
        """Rows of a table, of one partition where `keys` name it; an empty frame where nothing was written."""
        frame = pl.scan_delta(self._delta(table))
        return frame.filter([pl.col(column) == value for column, value in keys.items()]) if keys else frame

    def read(self, table: str, **keys: str) -> pl.DataFrame:
        """`scan`, collected, in the columns and types of the table."""
        return self.scan(table, **keys).collect().select(list(TABLES[table].schema)).cast(TABLES[table].schema)  # type: ignore[arg-type]

    def states(self, table: str) -> dict[tuple[str, ...], PartitionState]:
        """State of every live partition, keyed by its values in the order of `partitioned_by`."""
        spec = TABLES[table]
        actions = pl.DataFrame(pa.table(self._delta(table).get_add_actions(flatten=True)))
        found: dict[tuple[str, ...], PartitionState] = {}
        for row in actions.iter_rows(named=True):
            name = FILE_NAME.search(row["path"])
            # A file that something else wrote (a compaction, a hand) has no state: its partition counts as changed.
            fingerprint, inputs, digest = name.groups() if name else ("", "", "")
            key = tuple(row[f"partition.{column}"] for column in spec.partitioned_by)
            state = PartitionState(fingerprint, inputs, digest, row["num_records"] or 0, row["size_bytes"])
            # We write one file a partition: a second one is foreign too, whichever comes first.
            if other := found.get(key):
                state = PartitionState(
                    "", "", "", other.row_count + state.row_count, other.size_bytes + state.size_bytes
                )
            found[key] = state
        return found

    def state(self, table: str, **keys: str) -> PartitionState | None:
        """State of one partition, null where it was never written."""
        return self.states(table).get(tuple(keys[column] for column in TABLES[table].partitioned_by))

    def overwrite(self, table: str, frame: pl.LazyFrame | pl.DataFrame, keys: Keys, *, run_id: str) -> PartitionState:
        """Replace one partition by the rows of `frame`, outside any build: it has no fingerprint, so a build of it
        would not be skipped.
        """
        batch = Batch(self, table, run_id)
        state = batch.stage(frame, keys, NO_FINGERPRINT, NO_FINGERPRINT)
        batch.commit()
        return state

    def sweep(self, older_than_seconds: float = 86_400) -> int:
        """Remove staged files that a killed writer left behind, local lakes only; the number of files removed.

        Only files that the log does not mention and that are older than any run we know of (whole hours, at least
        one): a running writer's staged file must survive, and so must what earlier versions of a table hold.
        """
        if self.is_remote:
            return 0
        removed = 0
        for table in TABLES:
            delta, hours = self._delta(table), max(1, round(older_than_seconds / 3600))
            # A full vacuum also lists what later versions replaced; that alone is what a vacuum that is not full lists.
            unused, replaced = (
                delta.vacuum(hours, dry_run=True, enforce_retention_duration=False, full=full) for full in (True, False)
            )
            for name in set(unused) - set(replaced):
                Path(self.uri(table), name).unlink()
                removed += 1
        return removed


class Batch:
    """Partitions of one table that are staged one by one and become visible together in one commit."""

    def __init__(self, lake: Lake, table: str, run_id: str) -> None:
        self.lake, self.table, self.run_id = lake, table, run_id
        self.spec = TABLES[table]
        self.staged: dict[str, AddAction] = {}  # by folder: what is staged twice must not be committed twice

    def stage(self, frame: pl.LazyFrame | pl.DataFrame, keys: Keys, fingerprint: str, inputs: str) -> PartitionState:
        """Write the rows of one partition beside the table, invisible until `commit`; what was staged for it before
        is forgotten.

        Raises UnsafeKey, and WrongColumns for a frame that does not fit the table.
        """
        folder = _partition_path(self.spec, keys)
        temporary = f"{folder}/staged-{uuid.uuid4().hex[:8]}.parquet"
        try:
            rows, digest = self._write(_shape(self.table, frame.lazy(), keys), temporary)
        except BaseException as error:
            self._remove(temporary)
            if isinstance(error, pl.exceptions.InvalidOperationError):
                raise WrongColumns(
                    f"{self.table}: a value does not fit its column: {str(error).splitlines()[0].rstrip('.')}."
                ) from error
            raise
        self.unstage(keys)
        final = f"{folder}/part-{fingerprint}-{inputs}-{digest}-{uuid.uuid4().hex[:8]}.parquet"
        size = self._rename(temporary, final)
        self.staged[folder] = AddAction(
            path=final,
            size=size,
            partition_values=dict(keys),
            modification_time=int(time.time() * 1000),
            data_change=True,
            stats=json.dumps({"numRecords": rows}),
        )
        return PartitionState(fingerprint, inputs, digest, rows, size)

    def unstage(self, keys: Keys) -> None:
        """Forget what was staged for a partition, if anything was."""
        if add := self.staged.pop(_partition_path(self.spec, keys), None):
            self._remove(add.path)

    def _write(self, shaped: pl.LazyFrame, temporary: str) -> tuple[int, str]:
        """Stream the rows into a staged file; their number and digest."""
        uri = self.lake.uri(self.table)
        if self.lake.is_remote:
            _sink(shaped, f"{uri}/{temporary}", self.lake.options)
        else:
            # Opened here: polars would create the file in a thread, now and then after a failed sink was cleaned up.
            Path(uri, temporary).parent.mkdir(parents=True, exist_ok=True)
            with Path(uri, temporary).open("wb") as file:
                _sink(shaped, file, None)
        written = pl.scan_parquet(f"{uri}/{temporary}", hive_partitioning=False, storage_options=self.lake.options)
        rows = int(written.select(pl.len()).collect().item())
        return rows, content_digest(written, [c for c in self.spec.columns if c not in self.spec.covered_by_digest])

    def _remove(self, name: str) -> None:
        """Remove a file that no commit will refer to, local lakes only."""
        if not self.lake.is_remote:
            Path(self.lake.uri(self.table), name).unlink(missing_ok=True)

    def _rename(self, source: str, target: str) -> int:
        """Give the staged file its name; the bytes of the file."""
        if not self.lake.is_remote:
            os.replace(f"{self.lake.uri(self.table)}/{source}", f"{self.lake.uri(self.table)}/{target}")
            return Path(f"{self.lake.uri(self.table)}/{target}").stat().st_size
        import obstore

        store = obstore.store.from_url(self.lake.uri(self.table), config=self.lake.options)  # type: ignore[arg-type]
        obstore.rename(store, source, target)
        return int(obstore.head(store, target)["size"])

    def commit(self) -> None:
        """Make everything staged visible in one commit, replacing what those partitions held. Last writer wins."""
        if not self.staged:
            return
        adds = list(self.staged.values())
        where = _filters(self.spec, [_keys(a) for a in adds])
        for group in _groups(self.spec, adds) if where is None else [(where, adds)]:
            self._commit_group(*group)
        self.staged = {}

    def _commit_group(self, where: list[tuple[str, str, str | list[str]]], adds: list[AddAction]) -> None:
        # No retries inside delta-rs: it would commit what was planned on an older version, and two writers that both
        # found a partition empty would both stay in it. Our loop plans anew on the version that is there.
        properties = CommitProperties(
            max_commit_retries=0, custom_metadata={"run_id": self.run_id, "partitions": str(len(adds))}
        )
        for attempt in range(COMMIT_ATTEMPTS):
            table = self.lake._delta(self.table)
            try:
                table.create_write_transaction(
                    [*adds],
                    mode="overwrite",
                    schema=table.schema(),
                    partition_by=list(self.spec.partitioned_by),
                    partition_filters=where,
                    commit_properties=properties,
                )
                return
            except CommitFailedError:
                log.info("commit to %s met another writer, attempt %d", self.table, attempt + 1)
                time.sleep(random.random() * 0.1 * min(attempt + 1, 10))
        raise CommitFailedError(
            f"{self.table}: gave up after {COMMIT_ATTEMPTS} attempts; another writer commits without pause."
        )


def _sink(frame: pl.LazyFrame, target: str | IO[bytes], options: dict[str, str] | None) -> None:
    frame.sink_parquet(
        target, compression="zstd", compression_level=3, row_group_size=50_000, storage_options=options, mkdir=False
    )


def _create(uri: str, spec: Table, options: dict[str, str] | None) -> None:
    # No statistics at all: the default ones keep the start of texts and whole URLs in the log, where erasure would
    # miss them.
    DeltaTable.create(
        uri,
        schema=pl.DataFrame(schema=spec.schema).to_arrow().schema,
        partition_by=list(spec.partitioned_by),
        mode="ignore",
        configuration={"delta.dataSkippingNumIndexedCols": "0"},
        storage_options=options,
    )


def _partition_path(spec: Table, keys: Keys) -> str:
    if set(keys) != set(spec.partitioned_by):
        raise UnsafeKey(f"This table is partitioned by {list(spec.partitioned_by)}, not by {sorted(keys)}.")
    for column, value in keys.items():
        if not SAFE_KEY.match(value):
            raise UnsafeKey(
                f"{column} = {value!r} cannot be a partition: letters, digits, '_', '.', '-' only, and it becomes a folder name."
            )
    return "/".join(f"{column}={keys[column]}" for column in spec.partitioned_by)


def _shape(table: str, frame: pl.LazyFrame, keys: Keys) -> pl.LazyFrame:
    """Columns in the order and types of the table, without the partition columns."""
    spec, have = TABLES[table], frame.collect_schema()
    if missing := [c for c in spec.columns if c not in have]:
        raise WrongColumns(f"{table}: the frame lacks {missing}.")
    if extra := [c for c in have if c not in spec.schema]:
        hints = "".join(nearest(c, spec.schema) for c in extra)
        raise WrongColumns(
            f"{table}: the frame has columns {extra} that the table does not know.{hints} Declare them in lugha/lake/schemas/."
        )
    present = {c: keys[c] for c in keys if c in have}
    frame = frame.select(
        [*(pl.col(c) for c in present), *(pl.col(c).cast(t) for c, t in spec.schema.items() if c not in keys)]
    )
    if not present:
        return frame
    columns = [c for c in spec.schema if c not in keys]

    def check(batch: pl.DataFrame) -> pl.DataFrame:
        for column, value in present.items():
            if not (batch[column] == value).fill_null(False).all():
                raise WrongColumns(
                    f"{table}: a row has another {column} than the partition {value!r} it is written to."
                )
        return batch.select(columns)

    return frame.map_batches(check, streamable=True, schema={c: spec.schema[c] for c in columns})


def _keys(add: AddAction) -> dict[str, str]:
    return {column: str(value) for column, value in add.partition_values.items()}


def _filters(spec: Table, keys: Sequence[Keys]) -> list[tuple[str, str, str | list[str]]] | None:
    """Filters that select exactly these partitions, or None where they are no product of their values."""
    values = {c: sorted({k[c] for k in keys}) for c in spec.partitioned_by}
    product = 1
    for column in spec.partitioned_by:
        product *= len(values[column])
    if product != len({tuple(k[c] for c in spec.partitioned_by) for k in keys}):
        return None
    return [(c, "in", v) if len(v) > 1 else (c, "=", v[0]) for c, v in values.items()]


def _groups(
    spec: Table, adds: Iterable[AddAction]
) -> list[tuple[list[tuple[str, str, str | list[str]]], list[AddAction]]]:
    """One group a value of the first partition column: within it the partitions are a product."""
    first = spec.partitioned_by[0]
    by_value: dict[str, list[AddAction]] = {}
    for add in adds:
        by_value.setdefault(_keys(add)[first], []).append(add)
    return [(_filters(spec, [_keys(a) for a in group]) or [], group) for group in by_value.values()]
