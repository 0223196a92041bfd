"""What a language is taken for is counted, and the bad pairs are told."""

from typing import Any

import polars as pl
import pytest

from lugha.identification.confusion import (
    DOCUMENTS,
    SENTENCES,
    confusion,
    confusion_problems,
    held_out_texts,
    macro_f1,
    scores,
)
from lugha.lake.schemas import TABLES
from lugha.reference import SCHEMA
from lugha.sample.articles import articles_of

SCHEMA_OF_ROWS = TABLES["lid_confusion"].schema


def counted(*rows: tuple[str, str, int]) -> pl.DataFrame:
    """Rows of `lid_confusion`: (language, predicted, texts); Croatian and Serbian are close."""
    close = {("hrv_Latn", "srp_Latn"), ("srp_Latn", "hrv_Latn")}
    totals = {x: sum(n for y, _, n in rows if y == x) for x, _, _ in rows}
    return pl.DataFrame(
        [("sentence", y, n, n / totals[x], (x, y) in close, x) for x, y, n in rows], schema=SCHEMA_OF_ROWS, orient="row"
    )


def held_out(texts: list[Any]) -> pl.DataFrame:
    rows = [(x.language, DOCUMENTS, x.text) for x in texts if x.is_held_out]
    rows += [(language, SENTENCES, line) for language, _, text in rows for line in text.split("\n") if len(line) > 60]
    return pl.DataFrame(rows, schema=["language", "level", "text"], orient="row")


def test_every_held_out_text_is_counted_once(texts: list[Any], lid: Any):
    given = held_out(texts)
    found = confusion(lid.model, given)
    assert found.schema == pl.Schema(SCHEMA_OF_ROWS)
    assert found["text_count"].sum() == given.height
    assert set(found["level"]) == {DOCUMENTS, SENTENCES}
    shares = found.group_by("language", "level").agg(pl.col("share").sum())["share"]
    assert shares.to_list() == pytest.approx([1.0] * len(shares))
    assert macro_f1(found, DOCUMENTS, set(given["language"])) >= 0.97
    assert macro_f1(found, SENTENCES, set(given["language"])) >= 0.95


def test_a_language_alone_has_the_rows_that_it_has_among_others(texts: list[Any], lid: Any):
    given = held_out(texts)
    together = confusion(lid.model, given).filter(pl.col("language") == "yor_Latn")
    assert confusion(lid.model, given.filter(pl.col("language") == "yor_Latn")).equals(together)
    assert confusion(lid.model, given.head(0)).schema == pl.Schema(SCHEMA_OF_ROWS)


def test_recall_precision_and_f1_are_those_of_the_counts():
    rows = counted(("tur_Latn", "tur_Latn", 90), ("tur_Latn", "azj_Latn", 10), ("azj_Latn", "azj_Latn", 40))
    turkish = scores(rows).filter(pl.col("language") == "tur_Latn").row(0, named=True)
    assert (turkish["recall"], turkish["precision"], turkish["f1"]) == (0.9, 1.0, pytest.approx(0.9 * 2 / 1.9))
    assert turkish["confused_with"] == "azj_Latn"
    assert macro_f1(rows, "sentence", ["tur_Latn", "azj_Latn"]) == pytest.approx((0.9 * 2 / 1.9 + 80 / 90) / 2)
    assert macro_f1(rows, "document", ["tur_Latn"]) is None


def test_a_language_that_is_never_found_scores_nothing():
    lost = scores(counted(("yor_Latn", "hau_Latn", 60), ("hau_Latn", "hau_Latn", 60))).filter(language="yor_Latn")
    assert lost.select("recall", "precision", "f1").row(0) == (0.0, 1.0, 0.0)


def test_close_languages_that_are_mixed_up_are_a_problem():
    rows = counted(("hrv_Latn", "hrv_Latn", 86), ("hrv_Latn", "srp_Latn", 14), ("srp_Latn", "srp_Latn", 100))
    ((language, problem),) = confusion_problems(rows)
    assert language == "hrv_Latn"
    assert problem.startswith("taken for its close language srp_Latn in 14%")


def test_a_language_that_is_hardly_found_is_a_problem():
    problems = confusion_problems(counted(("mya_Mymr", "mya_Mymr", 40), ("mya_Mymr", "shn_Mymr", 20)))
    ((language, problem),) = problems
    assert language == "mya_Mymr"
    assert problem.startswith("recall 0.67 on 60 sentences")


def test_too_few_texts_are_no_problem():
    assert confusion_problems(counted(("mya_Mymr", "mya_Mymr", 2), ("mya_Mymr", "shn_Mymr", 20))) == []


def test_held_out_reference_text_is_told_by_its_file():
    rows = [
        ("yor_Latn", "mono/asp.jsonl.gz", "Ọ̀rọ̀", True),
        ("yor_Latn", "sib200/dev.tsv", "Ẹ̀kọ́", True),
        ("yor_Latn", "sib200/train.tsv", "Ilé", False),
    ]
    found = held_out_texts(pl.DataFrame(rows, schema=SCHEMA, orient="row"))
    assert found.rows() == [("yor_Latn", DOCUMENTS, "Ọ̀rọ̀"), ("yor_Latn", SENTENCES, "Ẹ̀kọ́")]


def test_without_reference_text_hinted_lines_are_held_out():
    lines = [line for article in articles_of("swh_Latn") for line in article.paragraphs]
    documents = pl.DataFrame({"language": ["swh_Latn"], "text": ["\n".join(lines)]})
    found = held_out_texts(pl.DataFrame(schema=SCHEMA), documents)
    assert 0 < found.height < 0.15 * len(lines)
    assert set(found["level"]) == {SENTENCES}
