"""Which letters a language writes with, to tell apart encodings whose letters are of one script.

The alphabets are those of gflanguages (Google Fonts; 1,069 languages with exemplar characters, most of them from CLDR
and Hyperglot, Apache-2.0). A language that is not among them is judged by the alphabets of all others: letters that
stand together in some orthography are likelier than letters that never met.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, TypeAlias

import numpy as np

AUXILIARY = 0.5  # weight of a letter that a language has in loanwords and names only, beside 1 for its own
FOREIGN = 2.0  # log-odds against a letter that the language has not; a quotation or a name may bring one in
UNHEARD_OF = 0.1  # share of the pages whose alphabet is not among ours, judged by hand
LEAST_SPREAD = 0.001  # share of alphabets for a letter of none or one of them
HINT_IS_RIGHT = 0.8  # share of pages that are in the language they are hinted to be in, judged by hand

Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float32]]


class Alphabets:
    """Lower-case letters outside ASCII, and the marks that make them, of many languages."""

    def __init__(self, weights: Mapping[str, Mapping[str, float]]) -> None:
        """`weights` holds for each language its letters with 1, or AUXILIARY."""
        self._rows = {language: n for n, language in enumerate(weights)}
        self._letters: dict[str, Floats] = {}
        for row, letters in enumerate(weights.values()):
            for letter, weight in letters.items():
                self._letters.setdefault(letter, np.zeros(len(weights), np.float32))[row] = weight
        self._spread = {letter: max(LEAST_SPREAD, float(row.mean())) for letter, row in self._letters.items()}

    def log_likelihood(self, counts: Mapping[str, float], language: str) -> float:
        """How well letters (with how often they occur) suit a language, natural logarithm, 0 at best.

        A language without an alphabet here is taken for any of those that have one, all equally likely; one that has,
        too, in the share of cases in which hints are wrong.
        """
        lacking = np.full(len(self._rows), -FOREIGN * sum(counts.values()), np.float32)
        for letter, count in counts.items():
            if (row := self._letters.get(letter)) is not None:
                lacking += FOREIGN * count * row
        likelihood = np.logaddexp(
            np.logaddexp.reduce(lacking) - np.log(len(lacking)), np.log(UNHEARD_OF) + self._of_any(counts)
        )
        own = next((self._rows[name] for name in _names(language) if name in self._rows), None)
        if own is None:
            return float(likelihood)
        return float(np.logaddexp(np.log(HINT_IS_RIGHT) + lacking[own], np.log(1 - HINT_IS_RIGHT) + likelihood))

    def _of_any(self, letters: Iterable[str]) -> float:
        """For an alphabet that nobody listed: letters come in it as often as in the others."""
        return float(sum(np.log(self._spread.get(letter, LEAST_SPREAD)) for letter in letters))


@cache
def alphabets() -> Alphabets:
    """The alphabets of gflanguages; reading them takes a second, once in a process."""
    from gflanguages import LoadLanguages

    found = {code: _letters(language.exemplar_chars) for code, language in LoadLanguages().items()}
    return Alphabets({code: letters for code, letters in found.items() if letters})


def _letters(exemplars: Any) -> dict[str, float]:
    weights: dict[str, float] = {}
    for text, weight in ((exemplars.auxiliary, AUXILIARY), (exemplars.marks, 1.0), (exemplars.base, 1.0)):
        # The marks beside the letters: windows-1258 writes tones apart.
        for form in ("NFD", "NFC"):
            for character in unicodedata.normalize(form, text).lower():
                if unicodedata.category(character)[0] in "LM" and not character.isascii():
                    weights[character] = weight
    return weights


@cache
def _names(language: str) -> list[str]:
    """The names that gflanguages may have for a language; it prefers two-letter tags."""
    from lugha.languages import registered

    code, _, script = language.partition("_")
    known = registered().get(language)
    tags = {code} | ({tag.partition("-")[0] for tag in known.tags} if known else set())
    return [f"{tag}_{script}" for tag in sorted(tags, key=lambda tag: (len(tag), tag))]
