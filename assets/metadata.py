"""What a materialization tells: one helper, so that keys never differ between assets.

Numbers that are plotted keep one name and one unit. `funnel` says where documents went, `sample` shows rows, `inputs`
names the digest of every partition that went in, `digest` that of what came out.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
import polars as pl

from lugha.lake import TABLES
from lugha.lake.build import Built

SAMPLE_ROWS = 5
SAMPLE_CHARACTERS = 200
# Around each cell of a sample: isolates keep right-to-left text from reordering the table.
ISOLATE, POP = "\u2068", "\u2069"


def of_partition(
    built: Built,
    rows: pl.DataFrame,
    before_count: int | None = None,
    reasons: Mapping[str, int] | None = None,
    numbers: Mapping[str, Any] | None = None,
) -> dict[str, dg.MetadataValue]:
    """Metadata of one partition: counts, share kept of `before_count`, funnel by reason, sample, inputs and digests."""
    state = built.state
    told: dict[str, dg.MetadataValue] = {
        "dagster/row_count": dg.MetadataValue.int(state.row_count),
        "bytes": dg.MetadataValue.int(state.size_bytes),
        "digest": dg.MetadataValue.text(state.digest),
        "unchanged": dg.MetadataValue.bool(built.is_unchanged),
        "inputs": dg.MetadataValue.json(dict(list(built.inputs.items())[:200])),
    }
    if before_count is not None:
        told["before_count"] = dg.MetadataValue.int(before_count)
        told["kept_share"] = dg.MetadataValue.float(round(state.row_count / before_count, 4) if before_count else 0.0)
    if reasons:
        told["funnel"] = dg.MetadataValue.md(funnel_table(reasons))
    if rows.height:
        told["sample"] = dg.MetadataValue.md(sample_table(rows))
    return told | {name: dg.MetadataValue.float(float(value)) for name, value in (numbers or {}).items()}


def of_run(version: int, built: Sequence[Built]) -> dict[str, dg.MetadataValue]:
    """Metadata that all partitions of a run share: the table's version, and how much of the run was new."""
    changed = sum(not b.is_unchanged for b in built)
    return {
        "table_version": dg.MetadataValue.int(version),
        "run": dg.MetadataValue.text(f"{changed} partitions written, {len(built) - changed} unchanged"),
    }


def of_table(table: str) -> dict[str, dg.MetadataValue]:
    """Metadata of an asset's definition: what one row is, and the meaning of every column."""
    columns = [dg.TableColumn(name, str(c.dtype), description=c.meaning) for name, c in TABLES[table].columns.items()]
    return {
        "one_row_is": dg.MetadataValue.text(TABLES[table].grain),
        "dagster/column_schema": dg.MetadataValue.table_schema(dg.TableSchema(columns=columns)),
    }


def funnel_table(reasons: Mapping[str, int]) -> str:
    """Reasons with their counts and shares as a markdown table, most frequent first."""
    total = max(1, sum(reasons.values()))
    ordered = sorted(reasons.items(), key=lambda x: (-x[1], x[0]))
    return "| what became of them | documents | share |\n|---|---:|---:|\n" + "\n".join(
        f"| {name} | {n} | {n / total:.1%} |" for name, n in ordered
    )


def sample_table(rows: pl.DataFrame, count: int = SAMPLE_ROWS) -> str:
    """A few rows as a markdown table: identifiers as hex, long texts cut, safe for right-to-left text."""
    shown = rows.head(count).drop([c for c in ("body", "hints", "lineage") if c in rows.columns])
    lines = ["| " + " | ".join(shown.columns) + " |", "|" + "---|" * len(shown.columns)]
    return "\n".join([*lines, *("| " + " | ".join(_cell(value) for value in row) + " |" for row in shown.iter_rows())])


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.hex()[:12]
    if isinstance(value, float):
        return f"{value:.4g}"
    text = str(value).replace("|", "\\|").replace("\n", " ")
    return f"{ISOLATE}{text[:SAMPLE_CHARACTERS]}{'…' if len(text) > SAMPLE_CHARACTERS else ''}{POP}"
