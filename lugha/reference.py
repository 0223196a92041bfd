"""Reference text: documents and sentences whose language somebody knows, to learn from and to measure on.

`LUGHA_REFERENCE` names one or more folders (with ":" between). In a folder, `<language code>/*` holds files of that
language: `.jsonl` (field `text`), `.tsv` and `.csv` with a column `text`, `.txt` (one sentence a line), each also with
`.gz`. A JSONL row with a field `lang` or `language` speaks for itself wherever it lies. Files whose name begins with
"dev" are never learned from: they are what models are measured on. Of all other texts a twentieth is kept out as
well, chosen by the hash of the text, but for languages with so few that they need each of them.
"""

import csv
import gzip
import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import polars as pl

from lugha.errors import LughaError
from lugha.lake.digest import content_digest
from lugha.languages import registered

SETTING = "LUGHA_REFERENCE"
HELD_OUT_OF_256 = 13  # a twentieth
FEW_TEXTS = 20  # of a language: none of them is held out, or it might lose the only one
SCHEMA = {"language": pl.String, "source": pl.String, "text": pl.String, "is_held_out": pl.Boolean}


class BrokenReference(LughaError):
    """A folder or file of reference text cannot be read."""


def reference_folders() -> list[Path]:
    """The folders that the setting names. Raises BrokenReference where one is not there."""
    folders = [Path(x) for x in os.environ.get(SETTING, "").split(":") if x]
    for folder in folders:
        if not folder.is_dir():
            raise BrokenReference(
                f'{SETTING} names "{folder}", which is not a folder. Correct it or unset it; without reference text, '
                "languages are learned from what pages say of themselves."
            )
    return folders


def reference_documents(folders: Iterable[Path]) -> pl.DataFrame:
    """Columns `language`, `source` (folder of the file and its name), `text`, `is_held_out`, in the order of the
    files' names; texts of languages that have no file in lugha/languages/ are left out.

    Raises BrokenReference for a file that cannot be read.
    """
    known = registered()
    rows = [row for folder in folders for row in _texts(folder) if row[0] in known and row[2].strip()]
    counts = Counter(language for language, _, _, is_development in rows if not is_development)
    held_out = [
        (language, source, text, is_development or (counts[language] >= FEW_TEXTS and _is_held_out(text)))
        for language, source, text, is_development in rows
    ]
    return pl.DataFrame(held_out, schema=SCHEMA, orient="row")


@cache
def reference() -> pl.DataFrame:
    """`reference_documents` of the setting, read once in a process."""
    return reference_documents(reference_folders())


@cache
def reference_digest() -> str:
    """Digest of all reference text of the setting: part of the settings of whatever leans on it."""
    return content_digest(reference(), list(SCHEMA))


def _texts(folder: Path) -> Iterator[tuple[str, str, str, bool]]:
    for path in sorted(folder.glob("*/*")):
        kind = path.name.removesuffix(".gz").rpartition(".")[2]
        if kind not in ("jsonl", "tsv", "csv", "txt"):
            continue
        source, is_development = f"{folder.name}/{path.name}", path.name.startswith("dev")
        try:
            for language, text in _of_file(path, kind):
                yield language or path.parent.name, source, text, is_development
        except (OSError, EOFError, ValueError, KeyError, csv.Error) as problem:
            raise BrokenReference(
                f"{path}: {type(problem).__name__}: {problem}. Repair or remove the file; lugha/reference.py tells the forms."
            ) from problem


def _of_file(path: Path, kind: str) -> Iterator[tuple[str | None, str]]:
    opened = gzip.open(path, "rt", encoding="utf-8-sig") if path.suffix == ".gz" else path.open(encoding="utf-8-sig")  # noqa: SIM115 - closed below
    with opened as lines:
        if kind == "jsonl":
            for row in map(json.loads, lines):
                yield row.get("lang") or row.get("language"), row["text"]
        elif kind == "txt":
            yield from ((None, line.strip()) for line in lines)
        else:
            # Sentences hold single quotation marks, which a TSV does not mean as quoting.
            tabs = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
            for row in tabs if kind == "tsv" else csv.DictReader(lines):
                yield row.get("lang") or row.get("language"), row["text"]


def _is_held_out(text: str) -> bool:
    return hashlib.sha256(text.encode()).digest()[0] < HELD_OUT_OF_256
