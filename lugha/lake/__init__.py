"""The lake: Delta tables that are read with polars and DuckDB and written one whole partition at a time."""

from lugha.lake.lake import Batch, Lake, PartitionState, UnknownTable, UnsafeKey, WrongColumns
from lugha.lake.schemas import TABLES, Table

__all__ = ["TABLES", "Batch", "Lake", "PartitionState", "Table", "UnknownTable", "UnsafeKey", "WrongColumns"]
