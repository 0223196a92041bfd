"""A classifier tells trusted text from other text, and where it cannot there is none."""

import random
import time

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lugha.identification.identifier import LABEL
from lugha.sample.articles import articles_of
from lugha.tiers.quality import (
    MOST_PASSAGES,
    PASSAGE_CHARACTERS,
    Classifier,
    ClassifierSettings,
    area_under_curve,
    auc_standard_error,
    held_out_groups,
    passages_of,
    train_classifier,
)

FAST = ClassifierSettings(lines_read=12_000, learning_rate=1.0)
LANGUAGES = ("amh_Ethi", "mya_Mymr", "tha_Thai", "tur_Latn", "urd_Arab", "yor_Latn")


def texts_of(language: str) -> list[str]:
    return ["\n\n".join([a.title, *a.paragraphs]) for a in articles_of(language)]


def damaged(text: str, seed: int) -> str:
    """Every tenth letter another one of the text or a sign of markup."""
    chance, letters = random.Random(seed), list(text)
    for place in range(0, len(letters), 10):
        letters[place] = chance.choice([*"|#=<>&;", letters[chance.randrange(len(letters))]])
    return "".join(letters)


def documents(texts: list[str]) -> pl.DataFrame:
    rows = [(text, f"{n}") for n, text in enumerate(texts)]
    return pl.DataFrame(rows, schema={"text": pl.String, "group": pl.String}, orient="row")


@pytest.fixture(scope="module")
def turkish() -> Classifier:
    texts = texts_of("tur_Latn")
    trained, _ = train_classifier(documents(texts), documents([damaged(text, n) for n, text in enumerate(texts)]), FAST)
    assert trained
    return trained


@pytest.mark.parametrize("language", LANGUAGES)
def test_damaged_text_is_told_from_whole_text(language: str):
    texts = texts_of(language)
    negative = documents([damaged(text, n) for n, text in enumerate(texts)])
    trained, report = train_classifier(documents(texts), negative, FAST)
    assert trained, report
    assert report.refused == ""
    assert report.auc is not None
    assert report.auc > 0.85
    whole, broken = trained.scores(pl.Series(texts)), trained.scores(negative["text"])
    assert whole.is_between(0, 1).all()
    assert whole.median() > 0.8 > 0.2 > broken.median()


def test_two_halves_of_one_text_cannot_be_told_apart():
    passages = [p for language in ("hau_Latn", "swh_Latn") for t in texts_of(language) for p in passages_of(t)]
    mixed = random.Random(1).sample(passages, len(passages))
    half = len(mixed) // 2
    trained, report = train_classifier(documents(mixed[:half]), documents(mixed[half:]), FAST)
    assert trained is None
    assert "may be chance" in report.refused


def test_little_text_gives_no_classifier_and_says_how_little():
    trained, report = train_classifier(documents(texts_of("tur_Latn")[:3]), documents(texts_of("yor_Latn")), FAST)
    assert trained is None
    assert report.refused.startswith("too little text: ")
    assert report.auc is None


def test_one_host_is_never_on_both_sides_of_the_measure():
    """A single group cannot be divided, so there is nothing to measure on and no classifier."""
    one_host = documents(texts_of("tur_Latn")).with_columns(group=pl.lit("farm.example"))
    trained, report = train_classifier(one_host, documents(texts_of("yor_Latn")), FAST)
    assert trained is None
    assert "0 and" in report.refused


def test_a_fifth_of_the_text_is_held_out_in_whole_groups():
    rows = documents(texts_of("tur_Latn"))
    held_out = held_out_groups(rows)
    assert held_out == held_out_groups(rows.reverse())
    share = rows.filter(pl.col("group").is_in(list(held_out)))["text"].str.len_chars().sum() / 50_459
    assert 0.2 <= share <= 0.4


def test_a_host_with_most_of_the_text_is_learned_from():
    rows = documents(texts_of("tur_Latn")).with_columns(
        group=pl.when(pl.col("group").str.len_chars() == 2).then(pl.lit("large.example")).otherwise("group")
    )
    assert "large.example" not in held_out_groups(rows)
    assert held_out_groups(rows)
    assert held_out_groups(documents([])) == set()


def test_what_stands_on_both_sides_counts_as_trusted():
    texts = texts_of("tur_Latn")
    _, report = train_classifier(documents(texts), documents(texts), FAST)
    assert report.negative_count == 0


def test_the_curve_is_that_of_scikit_learn():
    """roc_auc_score of scikit-learn 1.x on these scores."""
    assert area_under_curve(np.array([0.9, 0.4, 0.4, 0.1]), np.array([0.4, 0.3, 0.05, 0.1, 0.8])) == pytest.approx(
        0.675
    )


def test_the_curve_of_a_perfect_and_of_a_useless_score():
    assert area_under_curve(np.array([2.0, 3.0]), np.array([0.0, 1.0])) == 1
    assert area_under_curve(np.array([1.0, 1.0]), np.array([1.0])) == 0.5


def test_the_standard_error_is_the_one_of_the_formula():
    """Q1 = .8/1.2, Q2 = 1.28/1.8: variance (.16 + 9 * (Q1 - .64) + 19 * (Q2 - .64)) / 200."""
    variance = (0.16 + 9 * (0.8 / 1.2 - 0.64) + 19 * (1.28 / 1.8 - 0.64)) / 200
    assert auc_standard_error(0.8, 10, 20) == pytest.approx(variance**0.5)
    assert auc_standard_error(1.0, 10, 20) == 0


@given(st.text(max_size=3_000))
def test_passages_are_short_hold_letters_and_lose_none(text: str):
    found = passages_of(text)
    assert all(0 < len(passage) <= PASSAGE_CHARACTERS and "\n" not in passage for passage in found)
    assert all(any(map(str.isalpha, passage)) for passage in found)
    if LABEL not in text:
        assert sum(map(str.isalpha, text)) == sum(map(str.isalpha, "".join(found)))


def test_a_page_cannot_name_its_own_side(turkish: Classifier):
    plain = damaged(texts_of("tur_Latn")[0], 1)
    assert turkish.scores(pl.Series([f"{LABEL}positive {plain}"]))[0] < 0.5


def test_text_without_letters_has_no_score(turkish: Classifier):
    assert turkish.scores(pl.Series(["", "12 34", "🌾", None, "\n\n"], dtype=pl.String)).to_list() == [None] * 5
    assert turkish.scores(pl.Series([], dtype=pl.String)).dtype == pl.Float32


@pytest.mark.parametrize(
    "text",
    [
        "köy " * 2_500_000,
        "köy\n\n" * 1_000_000,
        "ş" * 5_000_000,
        "ا\u0651\u064e" * 500_000,
        "\U000e0fff\u0378a" * 100_000,
    ],
    ids=["one line of 10 MB", "a million paragraphs", "one word", "marks", "unassigned"],
)
def test_strange_text_has_a_score_in_little_time(turkish: Classifier, text: str):
    begin = time.process_time()
    assert turkish.scores(pl.Series([text])).is_between(0, 1).all()
    assert time.process_time() - begin < 15


def test_a_long_document_is_judged_by_passages_spread_over_it(turkish: Classifier):
    good, bad = "\n".join(texts_of("tur_Latn")[:3]), damaged("\n".join(texts_of("tur_Latn")[:3]), 1)
    mixed = turkish.scores(pl.Series([good + "\n" + bad]))[0]
    assert 0.25 < mixed < 0.75
    assert len(passages_of(good + "\n" + bad)) > MOST_PASSAGES
