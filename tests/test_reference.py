"""Reference text: which forms are read, what is never learned from, and what a broken folder says."""

import gzip
import json
from pathlib import Path

import polars as pl
import pytest

from lugha.reference import SETTING, BrokenReference, reference_documents, reference_folders

YORUBA = "Ọmọ náà ń ka ìwé lábẹ́ igi."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "yor_Latn").mkdir()
    return tmp_path


def test_every_form_is_read_under_the_language_of_its_folder(folder: Path):
    row = json.dumps({"text": YORUBA + " 1"}, ensure_ascii=False)
    (folder / "yor_Latn" / "a.jsonl.gz").write_bytes(gzip.compress(row.encode()))
    (folder / "yor_Latn" / "b.tsv").write_text(f'id\ttext\n1\t{YORUBA} "2\n', encoding="utf-8")
    (folder / "yor_Latn" / "c.csv").write_text(f'text\n"{YORUBA}, 3"\n', encoding="utf-8")
    (folder / "yor_Latn" / "d.txt").write_text(f"\ufeff{YORUBA} 4\n\n", encoding="utf-8")
    (folder / "yor_Latn" / "notes.md").write_text("not text of the language")
    found = reference_documents([folder])
    assert found["text"].to_list() == [f"{YORUBA} 1", f'{YORUBA} "2', f"{YORUBA}, 3", f"{YORUBA} 4"]
    assert found["language"].unique().to_list() == ["yor_Latn"]


def test_a_row_that_names_its_language_speaks_for_itself_and_an_unknown_language_is_left_out(folder: Path):
    rows = [{"text": "ሰላም ለዓለም", "lang": "amh_Ethi"}, {"text": "unknown", "lang": "qqq_Zzzz"}]
    (folder / "yor_Latn" / "a.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert reference_documents([folder])["language"].to_list() == ["amh_Ethi"]


def test_development_files_and_a_twentieth_of_the_rest_are_held_out(folder: Path):
    (folder / "yor_Latn" / "dev.txt").write_text(YORUBA, encoding="utf-8")
    (folder / "yor_Latn" / "train.txt").write_text("\n".join(f"{YORUBA} {n}" for n in range(2000)), encoding="utf-8")
    found = reference_documents([folder])
    assert found.filter(pl.col("source").str.ends_with("dev.txt"))["is_held_out"].all()
    share = found.filter(pl.col("source").str.ends_with("train.txt"))["is_held_out"].mean()
    assert 0.03 < share < 0.07
    assert reference_documents([folder]).equals(found)


def test_a_language_with_few_texts_keeps_them_all(folder: Path):
    (folder / "yor_Latn" / "train.txt").write_text("\n".join(f"{YORUBA} {n}" for n in range(19)), encoding="utf-8")
    assert not reference_documents([folder])["is_held_out"].any()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", b'{"text": "x"}\n{"text": '),
        ("a.jsonl", b'{"body": "x"}'),
        ("a.tsv", b"id\tbody\n1\tx"),
        ("a.txt", b"\xff\xfe\xfa"),
        ("a.jsonl.gz", b"no gzip"),
        ("a.jsonl.gz", gzip.compress(b'{"text": "x"}' * 99, mtime=0)[:-9]),
    ],
)
def test_a_broken_file_is_named(folder: Path, name: str, content: bytes):
    (folder / "yor_Latn" / name).write_bytes(content)
    with pytest.raises(BrokenReference, match=name):
        reference_documents([folder])


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(SETTING, f"{tmp_path}:{tmp_path}/nowhere")
    with pytest.raises(BrokenReference, match="nowhere"):
        reference_folders()


def test_without_the_setting_there_is_no_reference_text(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(SETTING, raising=False)
    assert reference_documents(reference_folders()).is_empty()
