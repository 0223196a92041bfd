"""A text is as surprising as the model of its language says, and the probabilities of every context sum to one."""

import math
import time
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lugha.sample.articles import articles_of
from lugha.tiers.ngrams import CODE_POINTS, NgramModel, load_ngrams, train_ngrams

LANGUAGES = ("amh_Ethi", "mya_Mymr", "tha_Thai", "tur_Latn", "urd_Arab", "yor_Latn")


def texts_of(language: str) -> list[str]:
    return ["\n\n".join([a.title, *a.paragraphs]) for a in articles_of(language)]


def probability(model: NgramModel, context: str, character: str) -> float:
    """What the model gives `character` behind `context` at the start of a text."""
    both, before = model.bits_per_character([context + character, context])
    return 2.0 ** -(float(both) * (len(context) + 1) - (float(before) * len(context) if context else 0.0))


def test_probabilities_are_those_computed_by_hand():
    """Of "aab" and "ab": starts of text are followed by a twice; a by a once and b twice; aa by b, and b by nothing.

    Alphabet of four. p(a) = 3/7 + 2/7 * 1/4; p(a | start) = 2/3 + 1/3 * p(a); p(b | a) = 2/5 + 2/5 * p(b).
    """
    model = train_ngrams(["aab", "ab"], order=2, most_ngrams=100, alphabet_size=4)
    a, b = 3 / 7 + 2 / 7 / 4, 2 / 7 + 2 / 7 / 4
    assert probability(model, "", "a") == pytest.approx(2 / 3 + 1 / 3 * a, rel=1e-5)
    assert probability(model, "", "b") == pytest.approx(1 / 3 * b, rel=1e-5)
    assert probability(model, "a", "b") == pytest.approx(2 / 5 + 2 / 5 * b, rel=1e-5)
    assert probability(model, "a", "z") == pytest.approx(2 / 5 * 2 / 7 / 4, rel=1e-5)
    assert probability(model, "ab", "a") == pytest.approx(a, rel=1e-5)


@pytest.mark.parametrize("most_ngrams", [1_000, 12, 5])
@pytest.mark.parametrize("order", [1, 2, 3, 5])
def test_the_probabilities_of_every_context_sum_to_one(order: int, most_ngrams: int):
    """Also where n-grams were pruned, and behind contexts that never occurred."""
    model = train_ngrams(["abab cab", "aac", "bbbb"], order, most_ngrams, alphabet_size=6)
    for context in ("", *map("".join, product("abz", repeat=2)), "abab", "aac", "zzzz"):
        assert sum(probability(model, context, c) for c in "abc yz") == pytest.approx(1, rel=1e-4)


def test_pruning_keeps_the_most_frequent_and_every_single_character():
    text = "ကခဂ" * 50 + "abcdefgh"
    model = train_ngrams([text], order=3, most_ngrams=20)
    assert len(model.keys) <= 20 + 1
    assert probability(model, "ကခ", "ဂ") > 0.9


@pytest.mark.parametrize("language", LANGUAGES)
def test_unseen_text_of_the_language_surprises_less_than_damaged_or_foreign_text(language: str):
    texts = texts_of(language)
    model = train_ngrams(texts[:24], order=5, most_ngrams=200_000)
    own = model.bits_per_character(texts[24:])
    other = model.bits_per_character(texts_of(LANGUAGES[LANGUAGES.index(language) - 1]))
    damaged = model.bits_per_character([text.encode()[1:].decode("cp1252", "replace") for text in texts[24:]])
    shuffled = model.bits_per_character(["".join(np.random.default_rng(1).permutation([*t])) for t in texts[24:]])
    assert own.max() < min(other.min(), shuffled.min(), damaged.min())


def test_case_digits_and_runs_of_space_do_not_count():
    model = train_ngrams(texts_of("tur_Latn"), order=5, most_ngrams=50_000)
    one, two, three = model.bits_per_character(["köyde 1987 yılı", "KÖYDE 2026 yılı", "köyde \n\t 1234 yılı"])
    assert one == two == three
    assert model.bits_per_character(["๑๒๓"])[0] == model.bits_per_character(["123"])[0]


def test_accents_count():
    model = train_ngrams(texts_of("yor_Latn"), order=5, most_ngrams=50_000)
    marked, plain = model.bits_per_character(["ọ̀rọ̀ tí wọ́n sọ", "oro ti won so"])
    assert marked != plain


def test_a_text_without_characters_has_no_value():
    model = train_ngrams(["ab"], order=3, most_ngrams=10)
    assert np.isnan(model.bits_per_character(["", None])).all()
    assert model.bits_per_character([]).shape == (0,)


def test_a_model_of_no_text_finds_every_character_equally_likely():
    model = train_ngrams([], order=3, most_ngrams=10)
    assert model.bits_per_character(["ሰላም"])[0] == pytest.approx(math.log2(CODE_POINTS), rel=1e-5)


def test_a_model_that_was_saved_gives_the_same_scores(tmp_path: Path):
    texts = texts_of("amh_Ethi")
    model = train_ngrams(texts[:20], order=5, most_ngrams=200_000)
    model.save(tmp_path / "ngrams.npz")
    loaded = load_ngrams(tmp_path / "ngrams.npz")
    assert np.allclose(loaded.bits_per_character(texts), model.bits_per_character(texts), rtol=2e-3)


def test_training_does_not_depend_on_the_order_of_the_texts():
    texts = texts_of("urd_Arab")
    one, two = (train_ngrams(order, 4, 5_000) for order in (texts, texts[::-1]))
    assert (one.keys == two.keys).all()
    assert np.allclose(one.log_probability, two.log_probability)


@given(st.lists(st.text(max_size=60), max_size=5), st.text(min_size=1, max_size=60))
def test_any_text_has_a_finite_value_above_zero(trained: list[str], text: str):
    bits = train_ngrams(trained, 4, 50).bits_per_character([text])
    assert np.isfinite(bits).all()
    assert bits[0] >= 0


@pytest.mark.parametrize(
    "text",
    [
        "ab" * 5_000_000,
        "a\n" * 1_000_000,
        "7" * 1_000_000,
        "🌾🐐" * 500_000,
        "ا\u0651\u064e" * 300_000,
        "\U000e0fff\u0378" * 100_000,
        "\ud800 abc \udfff" * 10_000,
        "\0" * 100_000,
    ],
    ids=["one line of 10 MB", "a million lines", "digits", "emoji", "marks", "unassigned", "surrogates", "NUL"],
)
def test_strange_text_has_a_value_in_little_time(text: str):
    model = train_ngrams(texts_of("swh_Latn"), order=5, most_ngrams=50_000)
    begin = time.process_time()
    assert np.isfinite(model.bits_per_character([text])).all()
    assert time.process_time() - begin < 10
