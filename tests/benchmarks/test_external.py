"""Test sets as people keep them: every form, every shape, and files that cannot be read."""

import gzip
import json
from pathlib import Path

import polars as pl
import pytest

from lugha.benchmarks.external import BrokenTestSet, NoTestSets, external_items

QUESTION = "Kí ni orúkọ ọba tí ó jẹ ní Ìbàdàn?"
ANSWER = "အဖြေသည် စာအုပ်ထဲတွင် ရေးထားသည်။"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "quiz" / "yor_Latn"
    folder.mkdir(parents=True)
    return folder


def texts(place: Path) -> list[str]:
    return external_items(place.parent.parent, "yor_Latn")["text"].to_list()


def test_every_long_string_of_a_row_is_an_item_whatever_its_field(place: Path):
    row = {"id": "q-1", "question": QUESTION, "choices": [{"text": ANSWER}, "ọba"], "label": 3}
    (place / "test.jsonl").write_text(json.dumps(row, ensure_ascii=False) + "\n\n", encoding="utf-8")
    assert sorted(texts(place)) == sorted([QUESTION, ANSWER])


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.tsv", "a.csv", "a.parquet", "a.jsonl.gz", "a.tsv.gz"])
def test_every_form_is_read_packed_or_not(place: Path, name: str):
    form = name.removesuffix(".gz").rpartition(".")[2]
    rows = pl.DataFrame({"text": [QUESTION, ANSWER], "label": ["b", "a"]})
    data = {
        "jsonl": rows.write_ndjson,
        "json": rows.write_json,
        "tsv": lambda: rows.write_csv(separator="\t"),
        "csv": rows.write_csv,
    }
    if form == "parquet":
        rows.write_parquet(place / name)
    else:
        plain = str(data[form]()).encode()
        (place / name).write_bytes(gzip.compress(plain) if name.endswith(".gz") else plain)
    assert sorted(texts(place)) == sorted([QUESTION, ANSWER])


def test_a_quotation_mark_in_a_tweet_does_not_swallow_the_rows_after_it(place: Path):
    (place / "a.tsv").write_text(f'tweet\tlabel\n"{QUESTION}\tpositive\r\n{ANSWER}\tnegative\n', encoding="utf-8")
    assert sorted(texts(place)) == sorted([f'"{QUESTION}', ANSWER])


def test_an_id_stays_when_rows_change_places_and_a_text_is_an_item_once(place: Path):
    (place / "a.tsv").write_text(f"{QUESTION}\n{ANSWER}\n", encoding="utf-8")
    before = external_items(place.parent.parent, "yor_Latn")
    (place / "a.tsv").write_text(f"{ANSWER}\n{ANSWER}\n", encoding="utf-8")
    (place / "b.tsv").write_text(f"{QUESTION}\n", encoding="utf-8")
    after = external_items(place.parent.parent, "yor_Latn")
    assert after.equals(before)
    assert after["item_id"].bin.size().to_list() == [16, 16]
    assert after["benchmark"].unique().to_list() == ["quiz"]


def test_addresses_and_short_strings_are_no_items(place: Path):
    (place / "a.tsv").write_text("https://example.org/a/b/c/d/e/f/g/h\tabcdefghijklmnopqrst\n", encoding="utf-8")
    assert texts(place) == []


def test_other_languages_and_no_folder_give_nothing(place: Path):
    (place / "a.tsv").write_text(QUESTION, encoding="utf-8")
    assert external_items(place.parent.parent, "amh_Ethi").is_empty()
    assert external_items(None, "yor_Latn").is_empty()


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.jsonl", b'{"text": '), ("a.jsonl.gz", b"no gzip"), ("a.parquet", b"PAR1"), ("a.tsv", b"\xff\xfe\xfa")],
)
def test_a_file_that_cannot_be_read_is_named(place: Path, name: str, data: bytes):
    (place / name).write_bytes(data)
    with pytest.raises(BrokenTestSet, match=name):
        texts(place)


def test_a_set_that_holds_nothing_readable_is_an_error_and_a_page_beside_it_is_not(place: Path):
    (place / "README.md").write_text(QUESTION, encoding="utf-8")
    with pytest.raises(BrokenTestSet, match=r"README\.md.*\.jsonl"):
        texts(place)
    (place / "a.tsv").write_text(ANSWER, encoding="utf-8")
    assert texts(place) == [ANSWER]


def test_a_folder_that_is_not_there_is_named_with_the_nearest(place: Path):
    missing = place.parent.parent.parent / (place.parent.parent.name + "x")
    with pytest.raises(NoTestSets, match="Nearest"):
        external_items(missing, "yor_Latn")


@pytest.mark.shared
def test_every_set_of_the_shared_data_gives_items(shared_data: Path):
    folder = shared_data / "eval"
    for place in sorted(folder.glob("*/*")):
        found = external_items(folder, place.name).filter(pl.col("benchmark") == place.parent.name)
        assert found.height > 50, place
