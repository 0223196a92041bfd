"""What lines make of paragraphs and documents."""

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lugha.identification.identify import identify
from lugha.identification.levels import LEVELS
from lugha.languages import UNDETERMINED
from lugha.sample.articles import articles_of

SIX = ("yor_Latn", "amh_Ethi", "urd_Arab", "mya_Mymr", "tha_Thai", "tur_Latn")


def told(text: str, language: str, lid: Any) -> dict[str, Any]:
    return identify([text], language, lid.model).row(0, named=True)


@pytest.mark.parametrize("language", SIX)
def test_a_page_in_one_language_is_one_paragraph_in_one_script(language: str, lid: Any):
    text = "\n\n".join(articles_of(language)[3].paragraphs)
    row = told(text, UNDETERMINED, lid)
    (paragraph,) = row["paragraphs"]
    assert (paragraph["first_line"], paragraph["line_count"]) == (0, text.count("\n") + 1)
    assert paragraph["language"] == row["lid_label"] == language
    assert row["scripts"][0] == {"script": language[4:], "share": pytest.approx(1.0, abs=0.1)}
    assert row["lid_top"][0]["language"] == language
    assert not row["is_mixed"]


@pytest.mark.parametrize(
    ("own", "other"), [("tur_Latn", "swh_Latn"), ("tha_Thai", "yor_Latn"), ("urd_Arab", "amh_Ethi")]
)
def test_a_page_of_two_halves_is_mixed_and_tells_where(own: str, other: str, lid: Any):
    halves = [articles_of(own)[4].paragraphs, articles_of(other)[4].paragraphs]
    row = told("\n".join(line for half in halves for line in half), own, lid)
    first, second = row["paragraphs"]
    assert (first["language"], first["first_line"], first["line_count"]) == (own, 0, len(halves[0]))
    assert (second["language"], second["first_line"], second["line_count"]) == (other, len(halves[0]), len(halves[1]))
    assert row["is_mixed"]
    letters = [sum(map(str.isalpha, "".join(half))) for half in halves]
    assert row["foreign_share"] == pytest.approx(letters[1] / sum(letters))
    assert {x["language"] for x in row["lid_top"][:2]} == {own, other}


def test_a_line_of_another_language_in_a_long_page_is_no_mixture(lid: Any):
    pages = [line for article in articles_of("mya_Mymr")[:6] for line in article.paragraphs]
    quoted = articles_of("tur_Latn")[2].paragraphs[0]
    row = told("\n".join([*pages[:3], quoted, *pages[3:]]), "mya_Mymr", lid)
    assert row["foreign_lines"] == [3]
    assert [x["language"] for x in row["paragraphs"]] == ["mya_Mymr", "tur_Latn", "mya_Mymr"]
    assert not row["is_mixed"]
    assert {x["script"] for x in row["scripts"]} == {"Mymr", "Latn"}


@pytest.mark.parametrize("language", SIX)
def test_noisy_lines_are_told_and_stay(language: str, lid: Any):
    own = articles_of(language)[1].paragraphs[0]
    lines = [own, "2026 / 11 / 21", "=== *** ===", "", "\ufffd\ufffd\ufffd" + own[:9], own]
    row = told("\n".join(lines), language, lid)
    assert row["noisy_lines"] == [1, 2, 4]
    assert row["foreign_lines"] == []


@settings(deadline=None, max_examples=60)
@given(
    texts=st.lists(
        st.text(st.one_of(st.characters(codec="utf-8"), st.just("\n"), st.sampled_from("aẹọşığمنတာ"))), max_size=4
    )
)
def test_the_levels_of_any_texts_agree_with_each_other(texts: list[str], lid: Any):
    for language in ("yor_Latn", "mya_Mymr", UNDETERMINED):
        found = identify(texts, language, lid.model)
        assert found.schema == pl.Schema(LEVELS)
        assert found.height == len(texts)
        for text, row in zip(texts, found.iter_rows(named=True), strict=True):
            line_count = text.count("\n") + 1
            assert sum(x["line_count"] for x in row["paragraphs"]) in (0, line_count)
            assert all(0 <= n < line_count for n in row["foreign_lines"] + row["noisy_lines"])
            assert 0 <= row["foreign_share"] <= 1.0001
            assert 0 <= row["lid_score"] <= 1.0001
            assert sum(x["share"] for x in row["scripts"]) == pytest.approx(1) or not row["scripts"]
            assert (row["lid_label"] is None) == (not any(map(str.isalpha, text))) or not text.isascii()
            told_scores = [x["score"] for x in row["lid_top"]]
            assert told_scores == sorted(told_scores, reverse=True)
            assert len(told_scores) <= 5


def test_documents_do_not_look_at_each_other(texts: list[Any], lid: Any):
    pages = [x.text for x in texts[::7]] + ["", "12"]
    together = identify(pages, "hau_Latn", lid.model)
    alone = pl.concat([identify([page], "hau_Latn", lid.model) for page in pages])
    assert together.drop("lid_score", "lid_runner_up_score", "lid_top", "paragraphs", "foreign_share").equals(
        alone.drop("lid_score", "lid_runner_up_score", "lid_top", "paragraphs", "foreign_share")
    )
    assert together["lid_score"].to_list() == pytest.approx(alone["lid_score"].to_list(), abs=1e-5)


def test_without_a_model_lines_of_another_script_are_foreign():
    lines = [articles_of("urd_Arab")[0].paragraphs[0], articles_of("tur_Latn")[0].paragraphs[0][:60]]
    row = identify(["\n".join(lines)], "urd_Arab", None).row(0, named=True)
    assert (row["lid_label"], row["foreign_lines"]) == ("urd_Arab", [1])
