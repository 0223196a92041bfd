"""`lugha dedup`: which documents of a folder are copies of which."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from lugha.deduplication.folder import Report
    from lugha.deduplication.folder.threads import OnProgress

KINDS = {
    "same_text": "the same text",
    "same_url": "the same address",
    "near": "near copies",
    "held_out_copy": "copies of held-out text",
}


@click.command("dedup")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Where results go.")
@click.option(
    "--memory-mb", default=1000, show_default=True, type=click.IntRange(600), help="Memory of the whole process."
)
@click.option("--threads", type=click.IntRange(1), help="Threads that read and sign; as many as cores if left out.")
@click.option(
    "--verify",
    "least_jaccard",
    type=click.FloatRange(0, 1),
    help="Read near copies again, at every run, and remove none below this true Jaccard similarity.",
)
def command(folder: Path, out: Path, memory_mb: int, threads: int | None, least_jaccard: float | None) -> None:
    """Find copies in the shards of FOLDER: parquet, .jsonl, .jsonl.gz or .jsonl.zst with the columns id and text, and
    where they are known url, first_seen, quality and lang.

    The folder of --out gets clusters.parquet with a row for each document, removed_ids.txt and report.json. Run it again after a
    kill, or with more or fewer shards: only what is new is read, and what was kept before stays kept.
    """
    from lugha.deduplication.folder import deduplicate

    with _uncollected(), _shown() as show:
        report = deduplicate(
            folder,
            out,
            memory_bytes=memory_mb * 1_000_000,
            threads=threads,
            least_jaccard=least_jaccard,
            on_progress=show,
        )
    _show(report, out)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Nothing here is made in cycles, and searching what libraries bring for some takes a fifth of a second."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def _shown() -> Iterator["OnProgress"]:
    """A bar on a terminal, and what moves it."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from lugha.deduplication.folder.threads import Progress as Now

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[documents]:,} documents, {task.fields[megabytes]:,.0f} MB"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not sys.stderr.isatty(), transient=True) as bar:
        task = bar.add_task("reading", total=None, documents=0, megabytes=0.0)

        def show(now: Now) -> None:
            bar.update(
                task,
                description=now.step,
                completed=now.file_bytes,
                total=now.all_file_bytes or None,
                documents=now.document_count,
                megabytes=now.text_bytes / 1e6,
            )

        yield show


def _show(report: "Report", out: Path) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(justify="right")
    rows = {
        "shards": f"{report.shard_count:,}",
        "of them new or changed": f"{report.signed_shard_count:,}",
        "documents": f"{report.document_count:,}",
        "kept": f"{report.kept_count:,}",
        **{f"removed: {KINDS[kind]}": f"{count:,}" for kind, count in report.removed_counts.items()},
        "clusters": f"{report.cluster_count:,}",
        "documents of the largest": f"{report.largest_cluster:,}",
        "seconds": f"{report.seconds:.1f}",
        "MB of new text a second": f"{report.signed_text_bytes / 1e6 / report.seconds:,.1f}",
    }
    for name, value in rows.items():
        table.add_row(name, value)
    console = Console()
    console.print(table)
    console.print(f"What was decided for each document: {out / 'clusters.parquet'}", soft_wrap=True)
