"""`lugha annotate`: take in what people judged, or write out documents for them to judge."""

from pathlib import Path

import click
from rich.console import Console

from lugha.lake import Lake
from lugha.languages import language as find_language
from lugha.rubrics import rubric
from lugha.settings import lake_uri
from lugha.tiers.annotations import LANGUAGE, export_documents, import_annotations


@click.command("annotate")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--language", required=True, help='Code of the language, such as "yor_Latn".')
@click.option("--export", "is_export", is_flag=True, help="Write documents to FILE instead of reading it.")
@click.option("--aspect", default="quality", show_default=True, help="What is to be judged, for --export.")
@click.option("--count", default=100, show_default=True, type=click.IntRange(1), help="Documents, for --export.")
def command(file: Path, language: str, is_export: bool, aspect: str, count: int) -> None:
    """Read the judgements in FILE (.tsv, .csv or .jsonl) into the table annotations, or with --export write documents
    into it that still have to be judged.
    """
    lake, console = Lake(lake_uri()), Console(soft_wrap=True)
    lake.create_tables()
    code = find_language(language).code
    if is_export:
        written = export_documents(lake, file, code, aspect, count)
        console.print(f"{written} documents of {find_language(code).endonym} ({code}) are in {file}.")
        if aspect == LANGUAGE:
            console.print("Which language is each of them in? Answer with its code, such as yor_Latn.")
        else:
            asked = rubric(aspect)
            console.print(asked.question)
            for label, meaning in asked.labels.items():
                console.print(f"  {label}: {meaning}")
        console.print(f"Fill in label and annotator, then: lugha annotate {file} --language {code}")
        return
    done = import_annotations(lake, file, code)
    console.print(
        f"{done.new_count} new judgements, {done.changed_count} changed, {done.unchanged_count} were there already, "
        f"{done.empty_count} rows without a label."
    )
