"""What people say about documents, read from files and kept in the table `annotations`; and files for them to fill in.

A file is TSV, CSV or JSONL with `doc_id` (32 hex digits) or `url`, `aspect`, `label`, `annotator` and, where they
wish, `note`. An exported file holds the text too, which is not read back. Who judges a document again replaces what
they said of it; importing a file twice changes nothing. Rows without a label are not judged yet and are passed over.
"""

import csv
import json
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from lugha.errors import LughaError, nearest
from lugha.lake import Lake
from lugha.lake.schemas import TABLES
from lugha.languages import registered
from lugha.registry import UnknownName
from lugha.rubrics import Rubric, rubric, rubrics
from lugha.tiers.judging_sample import documents_of, documents_to_judge

COLUMNS = ("doc_id", "url", "aspect", "label", "annotator", "note")
EXPORTED: tuple[str, ...] = ("doc_id", "url", "aspect", "label", "annotator", "note", "labels", "text")
KEY = ("doc_id", "aspect", "annotator")
LANGUAGE = "language"  # the aspect that needs no rubric: the label is the code of the language that a document is in
EXPORTED_CHARACTERS = 4_000
NOTE_CHARACTERS = 2_000
Row = Mapping[str, object]


class BrokenAnnotations(LughaError):
    """A file of annotations cannot be read, or a row of it cannot be understood."""


@dataclass(frozen=True)
class Imported:
    """Rows of a file: new judgements, changed ones, those that were there already, and rows without a label."""

    new_count: int
    changed_count: int
    unchanged_count: int
    empty_count: int


def import_annotations(lake: Lake, path: Path, language: str) -> Imported:
    """Put the judgements of a file into the table. Raises BrokenAnnotations, which names file and line; nothing is
    written then.
    """
    documents = documents_of(lake, language)
    rows, empty_count = read_annotations(path, documents, rubrics())
    before = lake.read("annotations", language=language).drop("language")
    known = {tuple(row[key] for key in KEY): (row["label"], row["note"]) for row in before.iter_rows(named=True)}
    said = [tuple(row[key] for key in KEY) for row in rows.iter_rows(named=True)]
    same = [known.get(key) == pair for key, pair in zip(said, rows.select("label", "note").iter_rows(), strict=True)]
    written = rows.filter(~pl.Series(same, dtype=pl.Boolean))
    changed = sum(tuple(row[key] for key in KEY) in known for row in written.iter_rows(named=True))
    if written.height:
        kept = before.join(written, on=KEY, how="anti")
        lake.overwrite("annotations", pl.concat([kept, written]), {"language": language}, run_id=f"annotate-{_id()}")
    return Imported(written.height - changed, changed, sum(same), empty_count)


def read_annotations(path: Path, documents: pl.DataFrame, known: Mapping[str, Rubric]) -> tuple[pl.DataFrame, int]:
    """Rows for the table, the last one where somebody judged a document twice in the file; and how many rows have no
    label. `documents` (`doc_id`, `url`) are those that may be spoken of. Raises BrokenAnnotations.
    """
    ids = set(documents["doc_id"])
    by_url: dict[str, bytes] = dict(documents.select("url", "doc_id").iter_rows())
    now, empty_count = datetime.now(UTC), 0
    found: dict[tuple[object, ...], dict[str, object]] = {}
    for line, given in _rows(path):
        where = f"{path}, line {line}"
        texts = {name: _text(given.get(name), name, where) for name in COLUMNS}
        if not texts["label"]:
            empty_count += 1
            continue
        row: dict[str, object] = {
            "doc_id": _doc_id(texts, ids, by_url, where),
            **_judgement(texts, known, where),
            "annotated_at": now,
            "note": texts["note"][:NOTE_CHARACTERS] or None,
        }
        found[tuple(row[key] for key in KEY)] = row
    columns = {name: column.dtype for name, column in TABLES["annotations"].columns.items()}
    return pl.DataFrame(list(found.values()), schema=columns, orient="row"), empty_count


def export_documents(lake: Lake, path: Path, language: str, aspect: str, count: int) -> int:
    """Write documents for a person to judge, with empty labels; how many. Documents that somebody judged already come
    last.
    """
    labels = "a code of lugha/languages/" if aspect == LANGUAGE else " | ".join(rubric(aspect).labels)
    judged = lake.read("annotations", language=language).filter(pl.col("aspect") == aspect)["doc_id"]
    chosen = documents_to_judge(lake, language, count, judged, judged_first=False)
    rows = [
        {
            "doc_id": doc_id.hex(),
            "url": url,
            "aspect": aspect,
            "label": "",
            "annotator": "",
            "note": "",
            "labels": labels,
            "text": _cell(text[:EXPORTED_CHARACTERS]),
        }
        for doc_id, url, text in chosen.select("doc_id", "url", "text").iter_rows()
    ]
    _write(path, rows)
    return len(rows)


def _doc_id(texts: Mapping[str, str], ids: set[bytes], by_url: Mapping[str, bytes], where: str) -> bytes:
    if texts["doc_id"]:
        try:
            doc_id = bytes.fromhex(texts["doc_id"])
        except ValueError:
            doc_id = b""
        if doc_id not in ids:
            raise BrokenAnnotations(
                f'{where}: no document "{texts["doc_id"]}" of this language. A doc_id is written in 32 hex digits; '
                "`lugha annotate --export` writes them."
            )
        return doc_id
    if texts["url"] not in by_url:
        asked = f'no document with the url "{texts["url"]}"' if texts["url"] else "neither doc_id nor url"
        raise BrokenAnnotations(
            f"{where}: {asked} in this language.{nearest(texts['url'], by_url)} Correct the row or the language."
        )
    return by_url[texts["url"]]


def _judgement(texts: Mapping[str, str], known: Mapping[str, Rubric], where: str) -> dict[str, str]:
    labels = _labels(texts["aspect"], known, where)
    if texts["label"] not in labels:
        shown = ", ".join(labels) if len(labels) < 20 else "the codes of lugha/languages/"
        raise BrokenAnnotations(
            f'{where}: "{texts["label"]}" is no label of {texts["aspect"]}.{nearest(texts["label"], labels)} '
            f"Its labels: {shown}."
        )
    if not texts["annotator"]:
        raise BrokenAnnotations(f"{where}: the annotator is missing. Fill in who judged, in any words they choose.")
    return {name: texts[name] for name in ("aspect", "label", "annotator")}


def _labels(aspect: str, known: Mapping[str, Rubric], where: str) -> Collection[str]:
    """What may be said under an aspect: the labels of its rubric; of the language of a document, any code."""
    if aspect == LANGUAGE:
        return registered()
    if aspect not in known:
        raise BrokenAnnotations(f"{where}: {UnknownName('rubrics', aspect, [*known, LANGUAGE])}")
    return known[aspect].labels


def _rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Rows of a file with the line they begin on."""
    read = _FORMS.get(path.suffix.lower())
    if read is None:
        raise BrokenAnnotations(f"{path}: the name must end in {', '.join(_FORMS)}, so that its form is known.")
    try:
        yield from read(path)
    except (OSError, UnicodeDecodeError, csv.Error, ValueError) as problem:
        raise BrokenAnnotations(
            f"{path}: cannot be read: {problem}. Save it as UTF-8 in the form of its name."
        ) from problem


def _of_json_lines(path: Path) -> Iterator[tuple[int, Row]]:
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as problem:
                raise BrokenAnnotations(f"{path}, line {number}: no JSON: {problem}") from problem
            if not isinstance(row, dict):
                raise BrokenAnnotations(f"{path}, line {number}: a JSON object is asked for.")
            yield number, row


def _of_table(delimiter: str) -> Callable[[Path], Iterator[tuple[int, Row]]]:
    def read(path: Path) -> Iterator[tuple[int, Row]]:
        csv.field_size_limit(1 << 30)  # a text of megabytes may stand in a cell
        with path.open(encoding="utf-8-sig", newline="") as lines:
            table = csv.DictReader(lines, delimiter=delimiter)
            names = table.fieldnames or []
            for needed in ("aspect", "label", "annotator"):
                if needed not in names:
                    raise BrokenAnnotations(
                        f'{path}, line 1: no column "{needed}".{nearest(needed, names)} Columns: {", ".join(COLUMNS)}.'
                    )
            begins = table.line_num + 1
            for row in table:
                yield begins, row
                begins = table.line_num + 1

    return read


_FORMS: dict[str, Callable[[Path], Iterator[tuple[int, Row]]]] = {
    ".tsv": _of_table("\t"),
    ".csv": _of_table(","),
    ".jsonl": _of_json_lines,
}


def _text(value: object, name: str, where: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BrokenAnnotations(f'{where}: "{name}" is no text. Write it in quotation marks.')
    return value.encode(errors="replace").decode().strip()


def _cell(text: str) -> str:
    """Text of the web must not be a formula where a spreadsheet opens it (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    if path.suffix.lower() not in _FORMS:
        raise BrokenAnnotations(f"{path}: the name must end in {', '.join(_FORMS)}, so that its form is known.")
    with path.open("w", encoding="utf-8", newline="") as file:
        if path.suffix.lower() == ".jsonl":
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            return
        table = csv.DictWriter(file, EXPORTED, delimiter="\t" if path.suffix.lower() == ".tsv" else ",")
        table.writeheader()
        table.writerows(rows)


def _id() -> str:
    return uuid.uuid4().hex[:8]
