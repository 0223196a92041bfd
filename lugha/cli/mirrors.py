"""`lugha mirrors`: hosts that repeat what another host had first, and languages that hold the same documents."""

import click
import polars as pl
from rich.console import Console
from rich.table import Table

from lugha.deduplication.mirrors import LEAST_DOCUMENTS, LEAST_SHARE, source_overlap
from lugha.lake import Lake
from lugha.languages import language as find_language
from lugha.settings import lake_uri

MOST_ROWS = 40


@click.command("mirrors")
@click.option("--language", help='Code of the language, such as "yor_Latn". Without it, all that have clusters.')
def command(language: str | None) -> None:
    """Hosts that repeat what another host had first, and languages that hold the same documents."""
    lake, console = Lake(lake_uri()), Console()
    lake.create_tables()
    codes = [find_language(language).code] if language else [code for (code,) in sorted(lake.states("dedup_sets"))]
    hosts = pl.concat(
        [
            lake.scan("source_overlap").head(0).collect(),
            *(source_overlap(lake, code).with_columns(language=pl.lit(code)) for code in codes),
        ],
        how="diagonal",
    ).sort(["is_mirror", "document_count"], descending=True, maintain_order=True)
    console.print(_hosts(hosts.head(MOST_ROWS)))
    if hosts.height > MOST_ROWS:
        console.print(f"{hosts.height - MOST_ROWS} more pairs of hosts are in the table source_overlap.")
    if not lake.states("dedup_sets"):
        console.print("There are no clusters yet: materialize dedup_sets.")
    elif hosts["is_mirror"].any():
        console.print(
            f"Mirror: {LEAST_SHARE:.0%} or more of a host's documents, {LEAST_DOCUMENTS} at least, stood on the first host "
            "before. Its copies are in no mixture; a host that is nothing but copies can be put on a blocklist."
        )
    languages = lake.scan("language_overlap").filter(pl.col("language").is_in(codes)).collect()
    if languages.height:
        console.print(
            _languages(languages.sort("document_count", "language", descending=[True, False]).head(MOST_ROWS))
        )


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
