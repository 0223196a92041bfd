"""What people judged comes in once, wrong rows are named by their line, and nothing of a wrong file is kept."""

import csv
import json
from contextlib import suppress
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lugha.lake import Lake
from lugha.rubrics import rubrics
from lugha.tiers.annotations import (
    BrokenAnnotations,
    export_documents,
    import_annotations,
    read_annotations,
)

CELL = {"snapshot": "web-1", "language": "yor_Latn"}
YORUBA = "Àwọn ọmọdé ló kọ́kọ́ gbé garawa wọn síwájú"
HEAD = "doc_id\turl\taspect\tlabel\tannotator\tnote\n"


def id_of(n: int) -> bytes:
    return bytes([n]) * 16


def url_of(n: int) -> str:
    return f"https://farm.example/{n}"


@pytest.fixture
def filled(lake: Lake, rows_of) -> Lake:
    rows = [
        {
            "doc_id": id_of(n),
            "url": url_of(n),
            "host": f"host-{n % 2}.example",
            "text": f"{YORUBA} {n}",
            "byte_count": 60,
        }
        for n in range(6)
    ]
    rows.append({"doc_id": id_of(9), "url": url_of(9), "host": "farm.example", "failure": "no_text"})
    lake.overwrite("standardized_documents", rows_of("standardized_documents", *rows), CELL, run_id="t")
    return lake


def write(path: Path, *lines: str) -> Path:
    path.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_file_is_read_by_url_or_by_id(filled: Lake, tmp_path: Path):
    path = write(
        tmp_path / "a.tsv",
        f"\t{url_of(0)}\tquality\tgood\tAdé\tó dára",
        f"{id_of(1).hex()}\t\tadult\tnone\tÌyábọ̀\t",
    )
    done = import_annotations(filled, path, "yor_Latn")
    assert (done.new_count, done.changed_count, done.unchanged_count, done.empty_count) == (2, 0, 0, 0)
    found = filled.read("annotations", language="yor_Latn").sort("doc_id")
    assert found.select("doc_id", "aspect", "label", "annotator", "note").rows() == [
        (id_of(0), "quality", "good", "Adé", "ó dára"),
        (id_of(1), "adult", "none", "Ìyábọ̀", None),
    ]
    assert found["annotated_at"].null_count() == 0


def test_a_file_that_is_read_again_changes_nothing(filled: Lake, tmp_path: Path):
    path = write(tmp_path / "a.tsv", f"\t{url_of(0)}\tquality\tgood\tAdé\t")
    import_annotations(filled, path, "yor_Latn")
    version, before = filled.version("annotations"), filled.read("annotations")
    assert import_annotations(filled, path, "yor_Latn").unchanged_count == 1
    assert filled.version("annotations") == version
    assert filled.read("annotations").equals(before)


def test_who_judges_again_replaces_their_own_word_and_no_other(filled: Lake, tmp_path: Path):
    import_annotations(
        filled,
        write(tmp_path / "a.tsv", *(f"\t{url_of(0)}\tquality\tgood\t{who}\t" for who in ("Adé", "Ìyábọ̀"))),
        "yor_Latn",
    )
    done = import_annotations(filled, write(tmp_path / "b.tsv", f"\t{url_of(0)}\tquality\tpoor\tAdé\t"), "yor_Latn")
    assert (done.new_count, done.changed_count) == (0, 1)
    said = dict(filled.read("annotations").select("annotator", "label").iter_rows())
    assert said == {"Adé": "poor", "Ìyábọ̀": "good"}


def test_rows_without_a_label_are_passed_over(filled: Lake, tmp_path: Path):
    done = import_annotations(filled, write(tmp_path / "a.tsv", f"\t{url_of(0)}\tquality\t\t\t"), "yor_Latn")
    assert (done.new_count, done.empty_count) == (0, 1)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (f"\t{url_of(0)}\tquality\tgoood\tAdé\t", 'line 3: "goood" is no label of quality. Nearest: "good"'),
        (f"\t{url_of(0)}\tqualty\tgood\tAdé\t", 'line 3: .*Nearest: "quality"'),
        (f"\t{url_of(0)}x\tquality\tgood\tAdé\t", "line 3: no document with the url"),
        ("\t\tquality\tgood\tAdé\t", "line 3: neither doc_id nor url"),
        (f"{id_of(77).hex()}\t\tquality\tgood\tAdé\t", "line 3: no document"),
        ("seven\t\tquality\tgood\tAdé\t", 'line 3: no document "seven"'),
        (f"{id_of(9).hex()}\t\tquality\tgood\tAdé\t", "line 3: no document"),
        (f"\t{url_of(0)}\tquality\tgood\t \t", "line 3: the annotator is missing"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_of_its_file_is_kept(filled: Lake, tmp_path: Path, row: str, told: str):
    path = write(tmp_path / "a.tsv", f"\t{url_of(1)}\tquality\tgood\tAdé\t", row)
    with pytest.raises(BrokenAnnotations, match=told):
        import_annotations(filled, path, "yor_Latn")
    assert filled.read("annotations").is_empty()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.xlsx", b"", "must end in"),
        ("a.tsv", b"doc_id\turl\taspect\tlable\tannotator\n", 'no column "label".*Nearest: "lable"'),
        ("a.tsv", b"", 'no column "aspect"'),
        ("a.csv", HEAD.replace("\t", ",").encode() + b"\xff\xfe,", "cannot be read"),
        ("a.jsonl", b'{"label": "good"\n', "line 1: no JSON"),
        ("a.jsonl", b"\n[1]\n", "line 2: a JSON object"),
        ("a.jsonl", b'{"label": 3}\n', 'line 1: "label" is no text'),
        ("none.tsv", None, "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(filled: Lake, tmp_path: Path, name: str, content: bytes | None, told: str):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(BrokenAnnotations, match=told):
        import_annotations(filled, tmp_path / name, "yor_Latn")


@pytest.mark.parametrize("name", ["a.tsv", "a.csv", "a.jsonl"])
def test_what_was_written_out_and_filled_in_is_read_back(filled: Lake, tmp_path: Path, name: str):
    path = tmp_path / name
    assert export_documents(filled, path, "yor_Latn", "quality", 4) == 4
    if name == "a.jsonl":
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        filled_in = "".join(json.dumps({**row, "label": "fair", "annotator": "Adé"}) + "\n" for row in rows)
    else:
        rows = [*csv.DictReader(path.open(encoding="utf-8", newline=""), delimiter="\t" if name == "a.tsv" else ",")]
        separator = "\t" if name == "a.tsv" else ","
        filled_in = separator.join(("doc_id", "aspect", "label", "annotator")) + "\n"
        filled_in += "".join(separator.join((row["doc_id"], row["aspect"], "fair", "Adé")) + "\n" for row in rows)
    assert all(YORUBA in row["text"] and not row["label"] for row in rows)
    assert {row["labels"] for row in rows} == {"unusable | poor | fair | good"}
    path.write_text(filled_in, encoding="utf-8")
    assert import_annotations(filled, path, "yor_Latn").new_count == 4


def test_what_language_a_document_is_in_is_told_by_a_code(filled: Lake, tmp_path: Path):
    said = write(tmp_path / "a.tsv", f"\t{url_of(0)}\tlanguage\tibo_Latn\tAdé\t")
    assert import_annotations(filled, said, "yor_Latn").new_count == 1
    assert filled.read("annotations")["label"].to_list() == ["ibo_Latn"]
    with pytest.raises(BrokenAnnotations, match='Nearest: "ibo_Latn"'):
        import_annotations(filled, write(tmp_path / "b.tsv", f"\t{url_of(0)}\tlanguage\tibo_Latin\tAdé\t"), "yor_Latn")
    assert export_documents(filled, tmp_path / "c.tsv", "yor_Latn", "language", 2) == 2


def test_documents_that_nobody_judged_come_first(filled: Lake, tmp_path: Path):
    import_annotations(
        filled,
        write(tmp_path / "a.tsv", *(f"\t{url_of(n)}\tquality\tgood\tAdé\t" for n in range(4))),
        "yor_Latn",
    )
    export_documents(filled, tmp_path / "b.jsonl", "yor_Latn", "quality", 2)
    rows = [json.loads(line) for line in (tmp_path / "b.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {row["doc_id"] for row in rows} == {id_of(4).hex(), id_of(5).hex()}


def test_a_text_of_the_web_is_no_formula(filled: Lake, rows_of, tmp_path: Path):
    row = {"doc_id": id_of(0), "url": url_of(0), "text": "=HYPERLINK(evil) ọ̀rọ̀", "byte_count": 9}
    filled.overwrite("standardized_documents", rows_of("standardized_documents", row), CELL, run_id="t")
    export_documents(filled, tmp_path / "a.csv", "yor_Latn", "quality", 5)
    (cell,) = [row["text"] for row in csv.DictReader((tmp_path / "a.csv").open(encoding="utf-8", newline=""))]
    assert cell.startswith("'=")


def test_an_empty_lake_has_nothing_to_judge(lake: Lake, tmp_path: Path):
    assert export_documents(lake, tmp_path / "a.tsv", "yor_Latn", "quality", 5) == 0


def test_an_error_names_the_line_a_row_begins_on(filled: Lake, tmp_path: Path):
    """A quoted note may go over several lines."""
    path = tmp_path / "a.csv"
    note = '"one\ntwo\nthree"'
    path.write_text(
        f"url,aspect,label,annotator,note\n{url_of(0)},quality,good,Adé,{note}\n{url_of(1)},quality,bad,Adé,\n",
        encoding="utf-8",
    )
    with pytest.raises(BrokenAnnotations, match="line 5"):
        import_annotations(filled, path, "yor_Latn")


@given(st.binary(max_size=300), st.sampled_from([".tsv", ".csv", ".jsonl"]))
def test_any_bytes_are_read_or_refused_in_words(tmp_path_factory: pytest.TempPathFactory, content: bytes, ending: str):
    path = tmp_path_factory.mktemp("annotations") / f"a{ending}"
    path.write_bytes(
        content if ending == ".jsonl" else HEAD.replace("\t", "\t" if ending == ".tsv" else ",").encode() + content
    )
    documents = pl.DataFrame({"doc_id": [id_of(0)], "url": [url_of(0)]})
    with suppress(BrokenAnnotations):
        rows, _ = read_annotations(path, documents, rubrics())
        assert set(rows["doc_id"]) <= {id_of(0)}
