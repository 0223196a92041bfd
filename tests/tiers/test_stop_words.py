"""Stop words are the words that stand nearly everywhere in a language's own text."""

import random
import time

import pytest

from lugha.sample.articles import articles_of
from lugha.tiers.stop_words import LEAST, LEAST_WORDS, MOST, stop_words, words

# Words that grammars of the languages name as function words; each list must hold some of them.
KNOWN = {
    "amh_Ethi": {"እና", "ነው", "ላይ", "ውስጥ", "ነበር", "ግን"},
    "mya_Mymr": {"သည်", "တယ်", "များ", "ကို", "တွင်", "မှာ", "နဲ့", "က"},
    "swh_Latn": {"na", "ya", "wa", "kwa", "ni", "za"},
    "tha_Thai": {"ที่", "และ", "ใน", "ของ", "มี", "ได้", "ไม่"},
    "tur_Latn": {"ve", "bir", "bu", "da", "de", "için"},
    "urd_Arab": {"کے", "میں", "کی", "ہے", "اور", "سے"},
    "vie_Latn": set(),
    "yor_Latn": {"ní", "tí", "ó", "sì", "àwọn", "kò"},
}
SAMPLED = [language for language, known in KNOWN.items() if known]


def texts_of(language: str) -> list[str]:
    return ["\n\n".join([a.title, *a.paragraphs]) for a in articles_of(language)]


@pytest.mark.parametrize("language", SAMPLED)
def test_function_words_are_found_in_the_language_itself(language: str):
    found = stop_words(texts_of(language), language)
    assert LEAST <= len(found) <= MOST
    assert len(set(found[:10]) & KNOWN[language]) >= 3, found


@pytest.mark.parametrize("language", SAMPLED)
def test_nearly_every_text_holds_two_of_them(language: str):
    found = set(stop_words(texts_of(language), language))
    held = [len(found & set(words([text], language))) for text in texts_of(language)]
    assert sum(n >= 2 for n in held) >= 0.97 * len(held)


def test_little_text_has_no_list():
    few = ["bir köy ve bir göl"] * (LEAST_WORDS // 5 - 1)
    assert stop_words(few, "tur_Latn") == ()
    assert stop_words([], "tha_Thai") == ()
    assert stop_words(["", "12 13", "🌾"], "yor_Latn") == ()


def test_a_word_that_is_frequent_in_one_place_is_no_stop_word():
    body = " ".join(" ".join(texts_of("swh_Latn")).split()[:4_000])
    found = stop_words([body, "Mwanamalundi " * 400], "swh_Latn")
    assert "mwanamalundi" not in found[:LEAST]
    assert "na" in found[:LEAST]


def test_numbers_are_no_stop_words():
    text = " ".join(f"{word} 2026" for word in " ".join(texts_of("tur_Latn")).split())
    assert not any(any(map(str.isdigit, word)) for word in stop_words([text], "tur_Latn"))


def test_the_list_does_not_depend_on_chance():
    texts = texts_of("urd_Arab")
    assert stop_words(texts, "urd_Arab") == stop_words(texts, "urd_Arab")


def test_words_of_a_script_without_spaces_are_words_and_not_letters():
    assert list(words(["ภาษาไทย ABC", "และ"], "tha_Thai"))[-1] == "และ"
    assert max(map(len, words(["ကျွန်တော် စာအုပ် ဖတ်တယ်"], "mya_Mymr"))) > 3


def test_marks_stay_in_the_words():
    assert "sì" in set(words(["Ó sì lọ."], "yor_Latn"))


@pytest.mark.parametrize("language", ["tur_Latn", pytest.param("tha_Thai", marks=pytest.mark.slow)])
def test_a_line_of_ten_megabytes_takes_little_time(language: str):
    word = "ka" if language == "tur_Latn" else "กา"
    begin = time.process_time()
    stop_words([word * (10_000_000 // len(word.encode()))], language)
    assert time.process_time() - begin < 20


def test_words_that_are_never_repeated_give_a_full_list():
    """Nothing covers such text, so the list stops at its greatest length."""
    letters = random.Random(1)
    text = " ".join("".join(letters.choices("abcdefghij", k=9)) for _ in range(LEAST_WORDS + 100))
    assert len(stop_words([text], "swh_Latn")) == MOST
