"""`lugha mirrors`: hosts that repeat what another host had first, and languages that hold the same documents."""

from collections.abc import Callable

import click
import polars as pl
from rich.console import Console
from rich.table import Table

from lugha.deduplication.mirrors import LEAST_DOCUMENTS, LEAST_SHARE
from lugha.lake import Lake
from lugha.languages import language as find_language
from lugha.settings import lake_uri

MOST_ROWS = 40


@click.command("mirrors")
@click.option("--language", help='Code of the language, such as "yor_Latn". Without it, all of them.')
def command(language: str | None) -> None:
    """Hosts that repeat what another host had first, and languages that hold the same documents."""
    lake, console = Lake(lake_uri()), Console()
    lake.create_tables()
    keys = {"language": find_language(language).code} if language else {}
    hosts, languages = lake.read("source_overlap", **keys), lake.read("language_overlap", **keys)
    if hosts.is_empty() and languages.is_empty():
        console.print("Nobody repeats anybody, or nobody looked yet: materialize source_overlap and language_overlap.")
        return
    _show(
        console,
        _hosts,
        hosts.sort("is_mirror", "document_count", descending=True, maintain_order=True),
        "source_overlap",
    )
    if hosts["is_mirror"].any():
        console.print(
            f"Mirror: {LEAST_SHARE:.0%} or more of a host's documents, {LEAST_DOCUMENTS} at least, stood on another host "
            "before. Its copies are in no mixture. To block the host, name it with a reason in a list: CONTRIBUTING.md, A "
            "blocklist."
        )
    _show(
        console, _languages, languages.sort("document_count", descending=True, maintain_order=True), "language_overlap"
    )


def _show(console: Console, table: Callable[[pl.DataFrame], Table], rows: pl.DataFrame, name: str) -> None:
    if rows.height:
        console.print(table(rows.head(MOST_ROWS)))
    if rows.height > MOST_ROWS:
        console.print(f"{rows.height - MOST_ROWS} more are in the table {name}.")


def _hosts(rows: pl.DataFrame) -> Table:
    table = Table(title="Hosts that repeat another host")
    for name in ("host", "language", "repeats", "documents", "share", "bytes"):
        # A host that is cut off cannot be put on a list, so it is folded.
        table.add_column(name, justify="left" if name in ("host", "language", "repeats") else "right", overflow="fold")
    for row in rows.iter_rows(named=True):
        table.add_row(
            row["host"] + (" (mirror)" if row["is_mirror"] else ""),
            row["language"],
            row["first_host"],
            f"{row['document_count']:,}",
            f"{row['share']:.0%}",
            f"{row['byte_count']:,}",
        )
    return table


def _languages(rows: pl.DataFrame) -> Table:
    table = Table(title="Documents that another language holds too")
    for name in ("language", "other", "by", "documents", "share"):
        table.add_column(name, justify="right" if name in ("documents", "share") else "left")
    for row in rows.iter_rows(named=True):
        table.add_row(
            row["language"], row["other_language"], row["kind"], f"{row['document_count']:,}", f"{row['share']:.1%}"
        )
    return table
