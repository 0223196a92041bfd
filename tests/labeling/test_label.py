"""A page is labelled by its lines, whatever it is filed under."""

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from lugha.labeling.label import identify, label
from lugha.lake.digest import short_hash
from lugha.lake.schemas import TABLES
from lugha.languages import UNDETERMINED
from lugha.sample.articles import articles_of
from lugha.signals import score_signals, signals
from lugha.tiers.small_models import NO_MODELS

SIX = ("yor_Latn", "amh_Ethi", "urd_Arab", "mya_Mymr", "tha_Thai", "tur_Latn")
Documents = Callable[..., pl.DataFrame]


def first_held_out(texts: list[Any], language: str) -> str:
    return str(next(x.text for x in texts if x.language == language and x.is_held_out))


@pytest.mark.parametrize("language", SIX)
def test_a_page_filed_under_the_wrong_language_gets_the_right_label(
    language: str, texts: list[Any], lid: Any, documents: Documents
):
    for filed in ("hau_Latn", "kaz_Cyrl", UNDETERMINED):
        row = label(documents(first_held_out(texts, language)), filed, lid.model).row(0, named=True)
        assert row["lid_label"] == language
        assert row["lid_score"] > 0.6
        assert row["lid_runner_up"] != language


@pytest.mark.parametrize("language", SIX)
def test_a_page_filed_under_its_own_language_has_no_foreign_lines(
    language: str, texts: list[Any], lid: Any, documents: Documents
):
    row = label(documents(first_held_out(texts, language)), language, lid.model).row(0, named=True)
    assert (row["lid_label"], row["foreign_lines"], row["foreign_share"]) == (language, [], 0.0)


@pytest.mark.parametrize(
    ("own", "translation"), [("tur_Latn", "swh_Latn"), ("yor_Latn", "tha_Thai"), ("urd_Arab", "tur_Latn")]
)
def test_a_bilingual_page_stays_where_it_is_filed_and_lists_the_foreign_lines(
    own: str, translation: str, lid: Any, documents: Documents
):
    """The same page under the other language lists the other lines."""
    pairs = zip(articles_of(own)[3].paragraphs, articles_of(translation)[3].paragraphs, strict=False)
    lines = [line for pair in pairs for line in pair]
    for language, foreign in ((own, range(1, len(lines), 2)), (translation, range(0, len(lines), 2))):
        row = label(documents("\n".join(lines)), language, lid.model).row(0, named=True)
        assert row["lid_label"] == language
        assert row["foreign_lines"] == list(foreign)
        letters = [sum(map(str.isalpha, line)) for line in lines]
        assert row["foreign_share"] == pytest.approx(sum(letters[n] for n in foreign) / sum(letters))


def test_numbers_of_foreign_lines_count_empty_lines(lid: Any, documents: Documents):
    own, foreign = articles_of("tur_Latn")[5].paragraphs, articles_of("amh_Ethi")[5].paragraphs
    row = label(documents("\n\n".join([own[0], foreign[0], own[1], own[2]])), "tur_Latn", lid.model).row(0, named=True)
    assert row["foreign_lines"] == [2]


def test_half_a_page_of_nothing_known_is_undetermined(lid: Any, documents: Documents):
    georgian = "ყველა ადამიანი იბადება თავისუფალი და თანასწორი თავისი ღირსებითა და უფლებებით."
    row = label(documents(georgian), "kat_Geor", lid.model).row(0, named=True)
    assert (row["lid_label"], row["foreign_lines"]) == (UNDETERMINED, [])


@pytest.mark.parametrize("model", ["lid", None])
@pytest.mark.parametrize("text", ["", "12 34\n56", "🌾", "\n\n"])
def test_a_page_without_letters_has_no_label(model: str | None, text: str, lid: Any, documents: Documents):
    row = label(documents(text), "mya_Mymr", lid.model if model else None).row(0, named=True)
    assert (row["lid_label"], row["lid_score"], row["foreign_lines"]) == (None, 0.0, [])


@pytest.mark.parametrize("language", SIX)
def test_without_a_model_the_script_decides(language: str, texts: list[Any], documents: Documents):
    page = documents(first_held_out(texts, language))
    row = label(page, language, None).row(0, named=True)
    assert row["lid_label"] == language
    assert row["lid_score"] == pytest.approx(row["script_share"])
    assert label(page, "kat_Geor", None)["lid_label"].to_list() == [UNDETERMINED]


def test_every_document_has_a_row_with_every_signal(texts: list[Any], lid: Any, documents: Documents):
    pages = documents(*(x.text for x in texts[:5]), "").with_columns(
        pl.Series("failure", [None] * 5 + ["no_main_text"], dtype=pl.String)
    )
    labelled = label(pages, texts[0].language, lid.model)
    assert list(labelled.columns) == list(TABLES["labelled_documents"].columns)
    assert labelled.select("doc_id", "content_hash", "failure").equals(
        pages.select("doc_id", "content_hash", "failure")
    )
    for expected in score_signals(pages, texts[0].language, NO_MODELS):
        assert labelled[expected.name].to_list() == expected.to_list()
    told = labelled.drop("failure", "lid_label", "lid_runner_up", *signals())
    assert told.null_count().sum_horizontal().item() == 0


def test_no_documents_give_no_rows_in_the_right_types(lid: Any, documents: Documents):
    labelled = label(documents(), "tha_Thai", lid.model)
    assert labelled.schema == pl.Schema({c: TABLES["labelled_documents"].schema[c] for c in labelled.columns})
    assert labelled.height == 0


def test_the_text_that_goes_on_is_hashed_without_its_foreign_lines(lid: Any, documents: Documents):
    own, foreign = articles_of("yor_Latn")[2].paragraphs, articles_of("tha_Thai")[2].paragraphs
    row = label(documents("\n".join([own[0], foreign[0], own[1]])), "yor_Latn", lid.model).row(0, named=True)
    kept = f"{own[0]}\n{own[1]}".encode()
    assert (row["own_hash"], row["own_byte_count"]) == (short_hash(kept), len(kept))


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("9 1 7 " * 200_000, False),
        ("🌾🚜" * 200_000, False),
        ("\u0378\uffff\ue000" * 100_000, False),
        ("\u200f\u202e" + "אָ֑בָּ" * 100_000, True),
        ("و\u064b\u0651" * 100_000, True),
    ],
    ids=["digits", "emoji", "unassigned", "hebrew with marks", "arabic with marks"],
)
def test_text_that_is_hardly_text_gets_a_verdict(text: str, letters: bool, lid: Any, documents: Documents):
    row = label(documents(text), "urd_Arab", lid.model).row(0, named=True)
    assert (row["lid_label"] is not None) == letters
    assert row["noisy_lines"] == ([] if letters else [0])


@pytest.mark.slow
def test_ten_megabytes_on_one_line_and_a_million_lines_get_a_verdict(lid: Any):
    line = " ".join(articles_of("mya_Mymr")[0].paragraphs)
    long, many = line * (10_000_000 // len(line.encode())), "\n".join(["Bu bir deneme satırıdır."] * 1_000_000)
    found = identify([long, many], UNDETERMINED, lid.model)
    assert found["lid_label"].to_list() == ["mya_Mymr", "tur_Latn"]
    assert found["paragraphs"].list.len().to_list() == [1, 1]


def test_lone_surrogates_do_no_harm(lid: Any):
    (found,) = identify(["\ud800 Bugün hava çok güzel, çocuklar bahçede oynuyor \udfff"], "tur_Latn", lid.model)[
        "lid_label"
    ]
    assert found == "tur_Latn"
