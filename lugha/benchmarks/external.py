"""Test sets that people keep as files, so that what models are asked elsewhere is not trained on here.

Nothing is known of their columns. Every string of more than LEAST_CHARACTERS characters is an item, whatever its field
and however deep it lies: a question, a premise, an answer that is long enough to be recognised. Labels and ids are
shorter, and where they are not, they do no harm: nobody writes them in a row with anything.
"""

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from lugha.errors import LughaError, nearest

LEAST_CHARACTERS = 20
ITEMS = {"benchmark": pl.String, "item_id": pl.Binary, "text": pl.String}


class NoTestSets(LughaError):
    """The folder of test sets is not there."""


class BrokenTestSet(LughaError):
    """A file of a test set cannot be read as what its name says."""


def external_items(folder: Path | None, language: str) -> pl.DataFrame:
    """Items (ITEMS) of a language from `<benchmark>/<language>/` below `folder`, each text of a benchmark once, sorted;
    none without a folder.

    item_id is the first 16 bytes of sha256 of the benchmark's name, a zero byte and the text, so it stays when files
    are sorted or split anew. Raises NoTestSets and BrokenTestSet.
    """
    if folder is None:
        return pl.DataFrame(schema=ITEMS)
    texts = {
        (path.relative_to(folder).parts[0], text) for path in external_files(folder, language) for text in _texts(path)
    }
    rows = [
        (benchmark, hashlib.sha256(f"{benchmark}\0{text}".encode()).digest()[:16], text)
        for benchmark, text in sorted(texts)
    ]
    return pl.DataFrame(rows, schema=ITEMS, orient="row")


def external_files(folder: Path, language: str) -> list[Path]:
    """The files of a language's test sets below `folder`, sorted. Files of other forms (a
    licence, a page about the set) are left out, but a language folder of a set without any readable file is an error:
    a set that is there and not looked at would promise what is not done. Raises NoTestSets and BrokenTestSet.
    """
    if not folder.is_dir():
        near = nearest(folder.name, (p.name for p in folder.parent.iterdir())) if folder.parent.is_dir() else ""
        raise NoTestSets(
            f"{folder}, which LUGHA_TEST_SETS names, is no folder.{near} Put test sets there as "
            "<benchmark>/<language>/*.jsonl, or unset LUGHA_TEST_SETS."
        )
    found = []
    for place in sorted(folder.glob(f"*/{language}")):
        files = [path for path in sorted(place.rglob("*")) if path.is_file()]
        readable = [path for path in files if _form(path) in FORMS]
        if files and not readable:
            raise BrokenTestSet(
                f"{place} holds {files[0].name} and nothing that can be read. Known forms are "
                f"{', '.join(FORMS)}, as they are or with .gz: convert the files, or take the folder away."
            )
        found += readable
    return found


def _form(path: Path) -> str:
    return Path(path.name.removesuffix(".gz")).suffix


def _texts(path: Path) -> Iterator[str]:
    """The long strings of a file."""
    try:
        data = path.read_bytes()
        plain = gzip.decompress(data) if path.suffix == ".gz" else data
        for text in FORMS[_form(path)](plain):
            if len(text.strip()) > LEAST_CHARACTERS and not _is_address(text):
                yield text.strip()
    except (OSError, EOFError, ValueError, csv.Error, pl.exceptions.PolarsError) as error:
        raise BrokenTestSet(
            f"{path}: {error}. Check that the file is whole and of the form that its name says, or take it away."
        ) from error


def _is_address(text: str) -> bool:
    return text.strip().startswith(("http://", "https://")) and len(text.split()) == 1


def _json_lines(data: bytes) -> Iterator[str]:
    for line in data.decode().split("\n"):
        if line.strip():
            yield from _strings(json.loads(line))


def _json(data: bytes) -> Iterator[str]:
    yield from _strings(json.loads(data))


def _parquet(data: bytes) -> Iterator[str]:
    for row in pl.read_parquet(io.BytesIO(data)).iter_rows():
        yield from _strings(row)


def _tab_separated(data: bytes) -> Iterator[str]:
    # Quotes are no form here: tweets hold them unpaired, and a reader of quotes would swallow the rows between.
    for line in data.decode("utf-8-sig").split("\n"):
        yield from line.rstrip("\r").split("\t")


def _comma_separated(data: bytes) -> Iterator[str]:
    for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True):
        yield from row


def _strings(value: object) -> Iterator[str]:
    """The strings of nested lists and objects, not the keys."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict):
            waiting += each.values()
        elif isinstance(each, list | tuple):
            waiting += each


FORMS: dict[str, Callable[[bytes], Iterator[str]]] = {
    ".jsonl": _json_lines,
    ".json": _json,
    ".parquet": _parquet,
    ".tsv": _tab_separated,
    ".csv": _comma_separated,
}
