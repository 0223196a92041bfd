"""What a table and a column are, and the columns that many tables share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

UTC = pl.Datetime("us", "UTC")
CELL = ("snapshot", "language")


@dataclass(frozen=True)
class Column:
    """A column: its polars type and what it means, with the unit where it has one."""

    dtype: pl.DataType | type[pl.DataType]
    meaning: str


@dataclass(frozen=True)
class Table:
    """A table: what one row is, the columns beside the partition columns, and the columns whose bytes a digest of
    theirs already covers.
    """

    grain: str
    partitioned_by: tuple[str, ...]
    columns: Mapping[str, Column]
    covered_by_digest: tuple[str, ...] = field(default=())

    @cached_property
    def schema(self) -> dict[str, pl.DataType | type[pl.DataType]]:
        """Column types with the partition columns last, as the Delta table has them."""
        return {name: c.dtype for name, c in self.columns.items()} | dict.fromkeys(self.partitioned_by, pl.String)

    def empty(self) -> pl.DataFrame:
        """A frame of this table without rows."""
        return pl.DataFrame(schema=self.schema)


DOC_ID = Column(pl.Binary, "first 16 bytes of sha256 of the record's identity; the same from crawl to checkpoint")
HASH = Column(pl.Binary, "first 16 bytes of sha256 of the standardized text")
URL = Column(pl.String, "address of the record as it was requested")
HOST = Column(pl.String, "host of the address")
FETCHED_AT = Column(UTC, "when the bytes arrived, UTC")
HINTS = Column(pl.String, "JSON list of [where the hint stands, language tag as written]")
LICENCE = Column(pl.String, "licence that the page names, null where it names none")
TEXT = Column(pl.String, "text of the document")
BYTES = Column(pl.Int64, "UTF-8 bytes of the text")

LANGUAGE_SCORES = pl.List(pl.Struct({"language": pl.String, "score": pl.Float32}))
SCRIPT_SHARES = pl.List(pl.Struct({"script": pl.String, "share": pl.Float32}))
PARAGRAPHS = pl.List(
    pl.Struct({"first_line": pl.Int32, "line_count": pl.Int32, "language": pl.String, "score": pl.Float32})
)
