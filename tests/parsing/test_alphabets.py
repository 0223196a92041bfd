"""Letters suit a language or they do not, also where nobody wrote its alphabet down."""

import pytest

from lugha.parsing.alphabets import Alphabets, alphabets

THREE = Alphabets(
    {"tr_Latn": {"ş": 1, "ğ": 1, "ı": 1}, "is_Latn": {"þ": 1, "ð": 1, "ý": 1}, "az_Latn": {"ş": 1, "ğ": 1, "ə": 1}}
)


@pytest.mark.parametrize("language", ["tur_Latn", "und_Zyyy", "isl_Latn"])
def test_letters_of_one_alphabet_are_likelier_than_letters_that_never_met(language: str):
    mixed = THREE.log_likelihood({"ş": 3, "þ": 3}, language)
    assert THREE.log_likelihood({"ş": 3, "ğ": 3}, language) > mixed
    assert THREE.log_likelihood({"ð": 3, "þ": 3}, language) > mixed


def test_letters_of_the_hinted_language_are_likelier_than_those_of_another():
    turkish, icelandic = {"ş": 3, "ğ": 1}, {"þ": 3, "ð": 1}
    assert THREE.log_likelihood(turkish, "tur_Latn") > THREE.log_likelihood(icelandic, "tur_Latn")
    assert THREE.log_likelihood(turkish, "isl_Latn") < THREE.log_likelihood(icelandic, "isl_Latn")


def test_a_wrong_hint_does_not_rule_a_language_out():
    assert THREE.log_likelihood({"ş": 50, "ğ": 50}, "isl_Latn") > -10


def test_no_letters_suit_every_language():
    assert THREE.log_likelihood({}, "tur_Latn") == pytest.approx(0, abs=0.5)


@pytest.mark.parametrize(
    ("language", "letters", "foreign"),
    [
        ("tur_Latn", "şğıöüç", "þðýæ"),
        ("kaz_Cyrl", "әғқңөұүһі", "ђћџљњ"),
        ("yor_Latn", "ọẹṣàáèé", "ąęłżź"),
        ("vie_Latn", "ươđăâê", "ąęłżź"),
        ("urd_Arab", "ٹڈڑےں", "ەێۆڵڕ"),
        ("tha_Thai", "กขคงจ", "абвгд"),
    ],
)
def test_real_alphabets_know_their_letters(language: str, letters: str, foreign: str):
    suits, suits_not = (alphabets().log_likelihood(dict.fromkeys(text, 2.0), language) for text in (letters, foreign))
    assert suits > suits_not
