"""Sentence pairs that are the same."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lugha.deduplication.sentence_pairs import compared, same_pairs
from lugha.sample.articles import articles_of

LANGUAGES = ("yor_Latn", "amh_Ethi", "urd_Arab", "mya_Mymr", "tha_Thai", "tur_Latn")


def found(*pairs: tuple[str | None, str | None]) -> list[tuple[int, bool]]:
    """(cluster, kept) of pairs that are numbered from 0."""
    frame = pl.DataFrame(
        [(n, *pair) for n, pair in enumerate(pairs)],
        schema={"pair_id": pl.Int64, "source": pl.String, "target": pl.String},
        orient="row",
    )
    return list(same_pairs(frame).select("cluster_id", "is_kept").iter_rows())


@pytest.mark.parametrize("language", LANGUAGES)
def test_punctuation_and_white_space_make_no_other_sentence(language: str):
    sentence = articles_of(language)[0].paragraphs[0]
    assert found((sentence, "It rained."), (f"  «{sentence}»\n", "it  rained!")) == [(0, True), (0, False)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("İSTANBUL IŞIK", "istanbul ışık"),
        ("ỌJỌ́ Ọ̀SẸ̀", "ọjọ́ ọ̀sẹ̀"),
        ("می‌خواہم", "میخواہم"),
        ("၁၂ ရက်", "12 ရက်"),
        ("ዋጋው 5 ብር ነው።", "ዋጋው 5 ብር ነው"),
        ("Straße", "STRASSE"),
    ],
)
def test_case_joiners_and_the_writing_of_digits_make_no_other_sentence(one: str, other: str):
    assert found((one, "x"), (other, "X")) == [(0, True), (0, False)]


@pytest.mark.parametrize(
    ("one", "other"), [("5 km", "7 km"), ("ሰኔ 5", "ሰኔ 6"), ("ọkọ̀", "ọkọ"), ("ไม่ไป", "ไปไม่"), ("?", "!"), ("", "…")]
)
def test_numbers_marks_order_and_what_has_no_tokens_make_another_sentence(one: str, other: str):
    assert found((one, "x"), (other, "x")) == [(0, True), (1, True)]


def test_composed_and_decomposed_letters_are_one():
    assert compared("Ọ̀rọ̀") == compared("O\u0323\u0300ro\u0323\u0300")


def test_a_source_with_two_translations_is_counted_and_stays():
    pairs = pl.DataFrame(
        {
            "pair_id": ["b", "a", "c", "d"],
            "source": ["Ẹ káàárọ̀.", "ẹ káàárọ̀", "Ẹ káàárọ̀", "Ẹ káàsán"],
            "target": ["Good morning", "Good morning!", "Morning!", "Good day"],
        }
    )
    rows = same_pairs(pairs)
    assert rows["pair_id"].to_list() == ["b", "a", "c", "d"]
    assert rows["cluster_id"].to_list() == ["a", "a", "c", "d"]
    assert rows["is_kept"].to_list() == [False, True, True, True]
    assert rows["target_count"].to_list() == [2, 2, 2, 1]
    assert rows["source_count"].to_list() == [1, 1, 1, 1]


def test_a_missing_side_is_an_empty_one():
    assert found((None, "x"), ("", "x"), (None, None)) == [(0, True), (0, False), (2, True)]


def test_no_pairs_give_no_rows():
    assert found() == []


@given(st.lists(st.tuples(st.text(max_size=4), st.text(max_size=4)), max_size=12), st.randoms())
def test_the_order_of_rows_changes_nothing(pairs: list[tuple[str, str]], random):
    rows = [(n, *pair) for n, pair in enumerate(pairs)]
    schema = {"pair_id": pl.Int64, "source": pl.String, "target": pl.String}
    straight = same_pairs(pl.DataFrame(rows, schema=schema, orient="row"))
    random.shuffle(rows)
    assert same_pairs(pl.DataFrame(rows, schema=schema, orient="row")).sort("pair_id").equals(straight)
    kept = straight.filter("is_kept")
    assert set(straight["cluster_id"]) == set(kept["pair_id"])
    assert kept["cluster_id"].equals(kept["pair_id"])


@pytest.mark.shared
def test_tatoeba_has_pairs_that_differ_in_punctuation_alone(shared_data: Path):
    folder = shared_data / "parallel" / "tatoeba" / "eng_Latn-amh_Ethi"
    source, target = ((folder / f"test.{code}").read_text("utf-8").splitlines() for code in ("eng_Latn", "amh_Ethi"))
    pairs = pl.DataFrame({"source": source, "target": target}).with_row_index("pair_id")
    copies = same_pairs(pairs).filter(~pl.col("is_kept")).join(pairs, on="pair_id")
    assert copies["source"].to_list() == ["Do not disturb!"]
