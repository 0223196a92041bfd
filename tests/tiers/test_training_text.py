"""What is trusted is reference text, else what people judged good, else nothing."""

import polars as pl
import pytest

from lugha.lake import Lake
from lugha.reference import SCHEMA
from lugha.rubrics import rubric
from lugha.tiers.training_text import CRAWL, LABELS, TRUSTED, TrainingText, texts_by_id, training_text

YORUBA = "Àwọn ọmọdé ló kọ́kọ́ gbé garawa wọn síwájú"
LANGUAGE = {"language": "yor_Latn"}
NO_REFERENCE = pl.DataFrame(schema=SCHEMA)


def id_of(n: int) -> bytes:
    return bytes([n]) * 16


@pytest.fixture
def filled(lake: Lake, rows_of) -> Lake:
    """Ten documents: 0 to 4 of a farm, 5 to 8 of a school, 9 without text; 2 in a second snapshot too."""
    hosts = ["farm.example"] * 5 + ["school.example"] * 5
    rows = [
        {"doc_id": id_of(n), "host": host, "text": f"{YORUBA} {n}", "byte_count": 60}
        if n < 9
        else {"doc_id": id_of(n), "host": host, "failure": "no_text"}
        for n, host in enumerate(hosts)
    ]
    lake.overwrite(
        "standardized_documents", rows_of("standardized_documents", *rows), {"snapshot": "web-1"} | LANGUAGE, run_id="t"
    )
    again = rows_of("standardized_documents", rows[2])
    lake.overwrite("standardized_documents", again, {"snapshot": "web-2"} | LANGUAGE, run_id="t")
    return lake


def annotate(lake: Lake, rows_of, *rows: tuple[int, str, str]) -> None:
    said = [{"doc_id": id_of(n), "aspect": "quality", "label": label, "annotator": who} for n, label, who in rows]
    lake.overwrite("annotations", rows_of("annotations", *said), LANGUAGE, run_id="t")


def read(lake: Lake, reference: pl.DataFrame = NO_REFERENCE, most_bytes: int = 10_000) -> TrainingText:
    found = training_text(lake, "yor_Latn", reference, most_bytes)
    assert [dict(frame.schema) for frame in found] == [TRUSTED, CRAWL, LABELS]
    return found


def test_an_empty_lake_gives_nothing(lake: Lake):
    assert all(frame.is_empty() for frame in read(lake))


def test_reference_text_of_the_language_is_trusted_unless_it_is_held_out(filled: Lake):
    reference = pl.DataFrame(
        [
            ("yor_Latn", "mono/a", "ọ̀rọ̀", False),
            ("yor_Latn", "mono/a", "ilé", True),
            ("amh_Ethi", "mono/b", "ሰላም", False),
        ],
        schema=SCHEMA,
        orient="row",
    )
    found = read(filled, reference)
    assert found.trusted.rows() == [("ọ̀rọ̀", "ọ̀rọ̀", "reference mono/a")]
    assert found.crawl.height == 9


def test_without_reference_text_what_people_judged_good_is_trusted_and_no_negative(filled: Lake, rows_of):
    annotate(filled, rows_of, (0, "good", "Adé"), (6, "fair", "Adé"), (7, "poor", "Adé"))
    found = read(filled)
    assert sorted(text[-1] for text in found.trusted["text"]) == ["0", "6"]
    assert set(found.trusted["source"]) == {"judged good by people"}
    assert sorted(text[-1] for text in found.crawl["text"]) == ["1", "2", "3", "4", "5", "7", "8"]


def test_a_host_that_people_found_good_again_and_again_is_trusted_as_a_whole(filled: Lake, rows_of):
    annotate(filled, rows_of, (0, "good", "Adé"), (1, "good", "Adé"), (2, "fair", "Ìyábọ̀"), (5, "good", "Adé"))
    found = read(filled)
    assert sorted(text[-1] for text in found.trusted["text"]) == ["0", "1", "2", "3", "4", "5"]


def test_one_bad_document_takes_the_trust_from_a_host(filled: Lake, rows_of):
    annotate(filled, rows_of, *((n, "good", "Adé") for n in range(3)), (3, "unusable", "Adé"))
    assert sorted(text[-1] for text in read(filled).trusted["text"]) == ["0", "1", "2"]


def test_where_people_are_split_nothing_is_trusted(filled: Lake, rows_of):
    annotate(filled, rows_of, (0, "good", "Adé"), (0, "poor", "Ìyábọ̀"))
    assert read(filled).trusted.is_empty()


def test_the_crawl_is_cut_by_its_ids_and_each_document_comes_once(filled: Lake):
    assert [text[-1] for text in read(filled, most_bytes=200).crawl.sort("text")["text"]] == ["0", "1", "2"]
    assert read(filled).crawl["text"].n_unique() == read(filled).crawl.height == 9


def test_labels_of_people_and_teacher_come_with_their_text(filled: Lake, rows_of):
    annotate(filled, rows_of, (3, "good", "Adé"), (9, "poor", "Adé"))
    taught = {"doc_id": id_of(4), "aspect": "quality", "label": "poor", "rubric": rubric("quality").digest}
    reworded = {"doc_id": id_of(5), "aspect": "quality", "label": "good", "rubric": "of another question"}
    filled.overwrite("teacher_labels", rows_of("teacher_labels", taught, reworded), LANGUAGE, run_id="t")
    assert sorted(read(filled).labels.rows()) == [
        (f"{YORUBA} 3", "farm.example", "quality", "good", True),
        (f"{YORUBA} 4", "farm.example", "quality", "poor", False),
    ]


def test_texts_are_found_by_their_ids(filled: Lake):
    assert texts_by_id(filled, "yor_Latn", [id_of(2), id_of(99)]).rows() == [(id_of(2), "farm.example", f"{YORUBA} 2")]
    assert texts_by_id(filled, "yor_Latn", []).is_empty()
