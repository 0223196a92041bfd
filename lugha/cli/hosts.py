"""`lugha hosts`: the hosts of a language, so that one whose documents fail is seen and can be blocked."""

import click
from rich.console import Console
from rich.table import Table

from lugha.labeling.hosts import MAX_KEPT_SHARE, MIN_DOCUMENTS, host_scores
from lugha.lake import Lake
from lugha.languages import language as find_language
from lugha.settings import lake_uri

MOST_ROWS = 40


@click.command("hosts")
@click.option("--language", required=True, help='Code of the language, such as "yor_Latn".')
@click.option("--failing", is_flag=True, help="Only hosts of which hardly anything was kept.")
def command(language: str, failing: bool) -> None:
    """The hosts of a language: documents, kept share, what the rest was dropped for."""
    lake = Lake(lake_uri())
    lake.create_tables()
    rows = host_scores(lake, find_language(language).code)
    shown = rows.filter("is_failing") if failing else rows
    table = Table(title=f"Hosts of {find_language(language).endonym} ({language})")
    # A host that is cut off cannot be put on a list, so it is folded and comes first.
    for name in ("host", "documents", "kept", "bytes kept", "own language", "most dropped for", "blocked by"):
        is_word = name in ("host", "most dropped for", "blocked by")
        table.add_column(name, justify="left" if is_word else "right", overflow="fold")
    for row in shown.head(MOST_ROWS).iter_rows(named=True):
        reason = f"{row['top_drop_reason']} ({row['top_drop_share']:.0%})" if row["top_drop_reason"] else ""
        table.add_row(
            row["host"] + (" (failing)" if row["is_failing"] else ""),
            f"{row['document_count']:,}",
            f"{row['kept_share']:.0%}",
            f"{row['kept_bytes']:,}",
            f"{row['own_language_share']:.0%}",
            reason,
            row["blocked_by"] or "",
        )
    console = Console()
    console.print(table)
    if shown.height > MOST_ROWS:
        console.print(f"{shown.height - MOST_ROWS} more hosts are in the table host_scores.")
    if rows.is_empty():
        console.print(f"Nothing of {language} was decided on yet: materialize cleaned_shards for it.")
    elif rows["is_failing"].any():
        console.print(
            f"Failing: {MIN_DOCUMENTS} documents or more, {MAX_KEPT_SHARE:.0%} or less kept. Look at the reasons first. To "
            "block a host, name it with a reason in a list: CONTRIBUTING.md, A blocklist."
        )
