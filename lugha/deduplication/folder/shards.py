"""A folder of shards, read in batches: parquet, or JSON lines that may be compressed with gzip or Zstandard.

A shard has the columns `id` and `text`, and may have `url`, `first_seen`, `quality` and `lang`. Others are not read.
How much of a shard is held at once does not grow with the shard; only a document stands in memory as a whole.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from lugha.errors import LughaError, nearest

PARQUET = (".parquet",)
JSON_LINES = (".jsonl", ".jsonl.gz", ".jsonl.zst")
# What is told of a document besides its text, and in which type.
FIELDS: dict[str, pl.DataType] = {
    "id": pl.String(),
    "url": pl.String(),
    "first_seen": pl.Datetime("us", "UTC"),
    "quality": pl.Float64(),
    "lang": pl.String(),
}
NEEDED = ("id", "text")
END_BYTES = 1 << 16  # of a shard, at its start and at its end, that its digest is made from


class NoShards(LughaError):
    """A folder holds no file that could be a shard."""


class MixedShards(LughaError):
    """A folder holds parquet and JSON lines, which is most often one corpus twice."""


class MissingColumn(LughaError):
    """A shard lacks its ids or its text."""


class BrokenShard(LughaError):
    """A shard cannot be read, or says something that makes no sense."""


class Shard(NamedTuple):
    """A file of the folder: `name` is its path within it, `digest` tells whether it is the file that it was."""

    name: str
    path: Path
    byte_count: int
    digest: str


class Batch(NamedTuple):
    """Some documents of a shard: `fields` in the types of FIELDS, `texts` beside them as polars or Arrow has them, and
    which share of the shard's file has been read with them, 0..1.
    """

    fields: pl.DataFrame
    texts: Any
    read_share: float


def find_shards(folder: Path, out: Path) -> list[Shard]:
    """The shards of a folder at any depth, by name; hidden files and what is under `out` are none. Raises NoShards,
    MixedShards.
    """
    if out == folder:
        raise NoShards(f"{folder} cannot hold its shards and what is found out about them. Name another output folder.")
    is_inside = out.is_relative_to(folder)
    inside = [
        path.relative_to(folder)
        for path in folder.rglob("*")
        if path.is_file() and not (is_inside and path.is_relative_to(out))
    ]
    names = sorted(str(path) for path in inside if not any(part.startswith(".") for part in path.parts))
    parquet, json_lines = ([n for n in names if n.endswith(kind)] for kind in (PARQUET, JSON_LINES))
    if not parquet and not json_lines:
        seen = f"It has {len(names)} other files, such as {names[0]}." if names else "It has no file at all."
        raise NoShards(f"{folder} has no shard. {seen} A shard ends in {', '.join((*PARQUET, *JSON_LINES))}.")
    if parquet and json_lines:
        raise MixedShards(
            f"{folder} has {len(parquet)} parquet shards ({parquet[0]}) and {len(json_lines)} of JSON lines "
            f"({json_lines[0]}). If both are wanted, put them into two folders and convert one; else remove one kind."
        )
    return [
        Shard(name, folder / name, (folder / name).stat().st_size, _digest(folder / name))
        for name in parquet or json_lines
    ]


def batches(shard: Shard, most_bytes: int) -> Iterator[Batch]:
    """The documents of a shard, in batches of about `most_bytes` of text; a larger document is a batch of its own.

    Raises BrokenShard and MissingColumn, which name the shard.
    """
    read = _parquet if shard.name.endswith(PARQUET) else _json_lines
    try:
        for batch in read(shard, most_bytes):
            if batch.fields["id"].has_nulls():
                raise BrokenShard(f"{shard.path}: a document has no id. Every document needs one; give it and go on.")
            yield batch
    except (OSError, pl.exceptions.PolarsError, ValueError) as problem:
        raise BrokenShard(
            f"{shard.path} cannot be read: {problem}. Write it anew, or move it out of the folder, and go on: the other "
            "shards are not read again."
        ) from problem


def _digest(path: Path) -> str:
    """Of size, time of change and both ends. A file that was changed in its middle only, and whose size and time were
    then set back, would not be noticed; hashing terabytes at every run would cost more than it finds.
    """
    state = path.stat()
    hashed = hashlib.sha256(f"{state.st_size} {state.st_mtime_ns}".encode())
    with path.open("rb") as file:
        hashed.update(file.read(END_BYTES))
        file.seek(max(0, state.st_size - END_BYTES))
        hashed.update(file.read())
    return hashed.hexdigest()


def _parquet(shard: Shard, most_bytes: int) -> Iterator[Batch]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not shard.byte_count:
        return
    # Reading a column chunk by buffer keeps a row group of many gigabytes out of memory.
    with pq.ParquetFile(shard.path, buffer_size=1 << 20, pre_buffer=False) as file:
        _refuse_missing(shard, file.schema_arrow.names)
        names = [name for name in (*FIELDS, "text") if name in file.schema_arrow.names]
        rows_read = 0
        for number in range(file.num_row_groups):
            group = file.metadata.row_group(number)
            rows = max(1, group.num_rows * most_bytes // max(1, group.total_byte_size))
            for part in file.iter_batches(min(rows, 1 << 16), row_groups=[number], columns=names, use_threads=False):
                rows_read += part.num_rows
                texts = part.column("text")
                if texts.type not in (pa.string(), pa.large_string()):
                    texts = texts.cast(pa.large_string())
                fields = pl.DataFrame(pl.from_arrow(part.drop_columns("text")))
                yield Batch(_typed(fields), texts, rows_read / file.metadata.num_rows)


def _json_lines(shard: Shard, most_bytes: int) -> Iterator[Batch]:
    import pyarrow as pa

    with pa.OSFile(str(shard.path)) as file:
        for rows in map(partial(_parsed, shard), _whole_lines(file, shard, most_bytes)):
            yield Batch(_typed(rows.drop("text")), rows["text"], file.tell() / shard.byte_count)


def _parsed(shard: Shard, lines: bytes) -> pl.DataFrame:
    rows = pl.read_ndjson(lines, schema=dict.fromkeys((*FIELDS, "text"), pl.String))
    if rows["text"].null_count() == rows.height or rows["id"].null_count() == rows.height:
        _refuse_missing(shard, pl.read_ndjson(lines, n_rows=1).columns)
    return rows


def _whole_lines(file: Any, shard: Shard, most_bytes: int) -> Iterator[bytes]:
    """Blocks of about `most_bytes` that end where a line ends; those without a letter are left out."""
    import pyarrow as pa

    compression = {".gz": "gzip", ".zst": "zstd"}.get(shard.path.suffix)
    stream = pa.CompressedInputStream(file, compression) if compression else file
    held = BytesIO()
    while block := stream.read(most_bytes):
        end = block.rfind(b"\n") + 1
        held.write(block[:end])
        if end:
            # A line of a gigabyte should not stand in memory more often than it must.
            lines, held = held.getvalue(), BytesIO()
            if not lines.isspace():
                yield lines
            del lines
        held.write(block[end:])
    if held.getvalue().strip():
        yield held.getvalue() + b"\n"


def _refuse_missing(shard: Shard, names: list[str]) -> None:
    for name in NEEDED:
        if name not in names:
            raise MissingColumn(
                f'{shard.path} has no column "{name}".{nearest(name, names)} It has: {", ".join(names) or "none"}. '
                f"Rename the one that holds {'the ids' if name == 'id' else 'the text'}."
            )


def _typed(fields: pl.DataFrame) -> pl.DataFrame:
    """All of FIELDS in their types, null where a shard does not tell; times without a zone are taken as UTC."""
    columns: list[pl.Expr | pl.Series] = []
    for name, dtype in FIELDS.items():
        if name not in fields.columns or fields.schema[name] == pl.Null:
            columns.append(pl.lit(None, dtype).alias(name))
        elif isinstance(dtype, pl.Datetime) and fields.schema[name] == pl.String:
            columns.append(pl.Series(name, [time and _instant(time) for time in fields[name]], dtype))
        elif isinstance(dtype, pl.Datetime) and getattr(fields.schema[name], "time_zone", None) is None:
            columns.append(pl.col(name).cast(pl.Datetime("us")).dt.replace_time_zone("UTC"))
        else:
            columns.append(pl.col(name).cast(dtype))
    return fields.select(columns)


def _instant(time: str) -> datetime:
    """A time in ISO 8601. Raises ValueError."""
    found = datetime.fromisoformat(time)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
