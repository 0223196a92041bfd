"""SQL over the lake: one SELECT a file in sql/, run by DuckDB over polars frames.

DuckDB reads the lazy frames themselves, so filters and columns push down into the parquet files and no DuckDB
extension is needed.
"""

import importlib.resources
import os
import re
from collections.abc import Mapping
from pathlib import Path

import duckdb
import polars as pl

from lugha.errors import LughaError, nearest

THREAD_BYTES = 200_000_000  # of the limit; with 75 MB a thread, 12 million rows did not fit (DuckDB asks for 125)


class UnknownQuery(LughaError):
    """No file in sql/ has this name."""


class WrongParameters(LughaError):
    """The parameters given are not those of the query."""


class MemoryTooSmall(LughaError):
    """A query does not get along with the memory it may take, though it spills."""


def query_text(name: str) -> str:
    """The SELECT of `sql/<name>.sql`."""
    folder = importlib.resources.files("sql")
    names = sorted(f.name.removesuffix(".sql") for f in folder.iterdir() if f.name.endswith(".sql"))
    if name not in names:
        raise UnknownQuery(f"No sql/{name}.sql.{nearest(name, names)} Queries: {', '.join(names)}.")
    return (folder / f"{name}.sql").read_text(encoding="utf-8")


def query(name: str, tables: Mapping[str, pl.LazyFrame | pl.DataFrame], **parameters: object) -> pl.DataFrame:
    """Rows of `sql/<name>.sql` over the named tables; `$name` in the file is the parameter of that name."""
    text = _checked(name, parameters)
    with duckdb.connect() as connection:
        for table, frame in tables.items():
            connection.register(table, frame)
        rows: pl.DataFrame = connection.sql(text, params=dict(parameters) or None).pl()
        return rows


def query_files(
    name: str, files: Mapping[str, Path], rows: Path, memory_bytes: int, **parameters: object
) -> pl.LazyFrame:
    """Rows of `sql/<name>.sql` over parquet files, written to the file `rows`: for what is larger than memory. What
    does not fit into `memory_bytes` is spilled into the folder of `rows` while the query runs.
    """
    text = _checked(name, parameters)
    limits: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{memory_bytes // 1_000_000}MB",
        "temp_directory": str(rows.parent / "spilled"),
        "threads": max(1, min(os.cpu_count() or 1, memory_bytes // THREAD_BYTES)),
        "preserve_insertion_order": False,  # it costs memory, and a query that cares says ORDER BY
    }
    with duckdb.connect(config=limits) as connection:
        connection.execute("SET enable_progress_bar = false")  # it would be printed into every log
        for table, file in files.items():
            connection.read_parquet(str(file)).create_view(table)
        try:
            connection.sql(text, params=dict(parameters) or None).write_parquet(str(rows), compression="zstd")
        except duckdb.OutOfMemoryException as error:
            raise MemoryTooSmall(
                f"sql/{name}.sql does not get along with {memory_bytes // 1_000_000} MB. Set LUGHA_MEMORY_MB higher: "
                f"{str(error).splitlines()[0]}"
            ) from error
    return pl.scan_parquet(rows)


def _checked(name: str, parameters: Mapping[str, object]) -> str:
    """The SELECT, where the parameters are those that it names; else WrongParameters."""
    text = query_text(name)
    wanted = set(re.findall(r"\$([a-z_]+)", "\n".join(line for line in text.splitlines() if not line.startswith("--"))))
    if wanted != set(parameters):
        raise WrongParameters(f"sql/{name}.sql wants the parameters {sorted(wanted)}, got {sorted(parameters)}.")
    return text
