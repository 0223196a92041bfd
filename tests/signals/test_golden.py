"""The kernel's values are those of the reference implementations on the same words, but where a signal's file says
otherwise; golden.json is written by make_golden.py.
"""

import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from icu4py.breakers import SentenceBreaker

from lugha.sample.articles import articles_of
from lugha.signals.kernel import measure

HERE = Path(__file__).parent
NGRAMS = [f"duplicate_{n}gram_share" for n in range(5, 11)]
OF_WORDS = ("hash_word_share", "ellipsis_word_share", "alphabetic_word_share", "line_break_word_share", *NGRAMS)
# Not compared here: each differs by intention, and a test below says how.
INTENDED = {"digit_share", "longest_word_length", "url_share", "one_word_line_share", "symbol_line_share"}


def stress() -> dict[str, str]:
    spec = importlib.util.spec_from_file_location("stress", HERE / "stress.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    texts: dict[str, str] = module.STRESS
    return texts


def _text(name: str) -> str:
    folder, _, slug = name.partition("/")
    if folder == "stress":
        return stress()[slug].strip()
    articles = {a.slug: "\n\n".join([a.title, *a.paragraphs]) for a in articles_of(folder)[:8]}
    return "\n\n".join(articles.values()) if slug == "*" else articles[slug]


GOLDEN: list[dict[str, Any]] = json.loads((HERE / "golden.json").read_text(encoding="utf-8"))
TEXTS = pl.Series([_text(row["text"]) for row in GOLDEN])
NAMES = [row["text"] for row in GOLDEN]


def differing(ours: pl.Series, theirs: list[float]) -> list[tuple[str, float, float]]:
    pairs = zip(NAMES, ours.to_list(), theirs, strict=True)
    return [(n, a, b) for n, a, b in pairs if a != pytest.approx(b, rel=1e-6, abs=1e-7)]


@pytest.fixture(scope="module")
def on_split() -> dict[str, pl.Series]:
    """Words between white space, as Gopher, dclm, dolma and NeMo Curator take them."""
    return measure(TEXTS, "Zyyy", breaks=np.empty(0, np.int64))


@pytest.fixture(scope="module")
def on_spacy() -> dict[str, pl.Series]:
    """Words as datatrove takes them for most languages, with spaCy's tokenizer for no language in particular."""
    before = np.cumsum([0, *(len(text.encode()) for text in TEXTS)])
    places = [np.array(row["spacy"]["breaks"], np.int64) + b for row, b in zip(GOLDEN, before[:-1], strict=True)]
    return measure(TEXTS, "Zyyy", breaks=np.concatenate(places))


def test_there_is_real_text_in_ten_languages_and_text_that_presses_on_the_edges():
    assert len({name.partition("/")[0] for name in NAMES}) == 11
    assert len(NAMES) > 100
    assert [len(text) for text in TEXTS if not text.strip()] == []


@pytest.mark.parametrize("column", GOLDEN[0]["lines"])
def test_lines_and_paragraphs_are_those_of_datatrove(on_split: dict[str, pl.Series], column: str):
    assert differing(on_split[column], [row["lines"][column] for row in GOLDEN]) == []


@pytest.mark.parametrize("column", sorted(set(GOLDEN[0]["characters"]) - INTENDED))
def test_characters_are_those_of_datatrove_curator_slimpajama_and_dclm(on_split: dict[str, pl.Series], column: str):
    assert differing(on_split[column], [row["characters"][column] for row in GOLDEN]) == []


@pytest.mark.parametrize("words", ["split", "spacy"])
@pytest.mark.parametrize("column", OF_WORDS)
def test_words_and_repeated_runs_are_those_of_datatrove(request: pytest.FixtureRequest, words: str, column: str):
    ours = request.getfixturevalue(f"on_{words}")
    assert differing(ours[column], [row[words][column] for row in GOLDEN]) == []


@pytest.mark.parametrize("words", ["split", "spacy"])
@pytest.mark.parametrize("order", [2, 3, 4])
def test_the_most_frequent_run_is_that_of_datatrove_where_one_repeats(
    request: pytest.FixtureRequest, words: str, order: int
):
    """Where none does, datatrove scores the first run of the text and dclm nothing; here it is nothing."""
    ours = request.getfixturevalue(f"on_{words}")[f"top_{order}gram_share"]
    theirs = [row[words] for row in GOLDEN]
    repeats = [x[f"top_{order}gram_share"] if x[f"top_{order}gram_repeats"] else 0.0 for x in theirs]
    assert differing(ours, repeats) == []
    assert any(not x[f"top_{order}gram_repeats"] and x[f"top_{order}gram_share"] > 0 for x in theirs)


@pytest.mark.parametrize("words", ["split", "spacy"])
def test_a_word_is_what_datatrove_calls_one_without_the_symbols_that_its_list_lacks(
    request: pytest.FixtureRequest, words: str
):
    ours, theirs = request.getfixturevalue(f"on_{words}"), [row[words] for row in GOLDEN]
    counts = [x["word_count"] - x["overlooked_count"] for x in theirs]
    characters = [x["mean_word_length"] * x["word_count"] - x["overlooked_characters"] for x in theirs]
    assert differing(ours["word_count"], counts) == []
    means = [size / count if count else 0.0 for size, count in zip(characters, counts, strict=True)]
    assert differing(ours["mean_word_length"], means) == []
    assert sum(x["overlooked_count"] for x in theirs) > 0


def test_stop_words_are_those_of_dclm():
    assert all(row["stop_words"] for row in GOLDEN if not row["text"].startswith("stress"))
    for row, text in zip(GOLDEN, TEXTS, strict=True):
        listed = [w for w in row["stop_words"] if "\u0307" not in w]  # the lower case of İ in Python, no word
        ours = measure(pl.Series([text]), "Zyyy", listed, breaks=np.empty(0, np.int64))
        if listed and listed == row["stop_words"]:
            assert ours["stop_word_count"][0] == row["split"]["stop_word_count"], row["text"]
            share = row["split"]["stop_word_occurrences"] / max(1.0, ours["word_count"][0])
            assert ours["stop_word_share"][0] == pytest.approx(share, rel=1e-6), row["text"]


def test_a_digit_is_that_of_curator_where_it_is_one_of_ascii(on_split: dict[str, pl.Series]):
    """NeMo Curator's [[:digit:]] are 0 to 9 alone; here the digits of all scripts count."""
    for name, text, ours, row in zip(NAMES, TEXTS, on_split["digit_share"], GOLDEN, strict=True):
        others = sum(c.isdecimal() and not c.isascii() for c in text) / len(text)
        assert ours == pytest.approx(row["characters"]["digit_share"] + others, rel=1e-6, abs=1e-7), name
    assert measure(pl.Series(["৪৫৬"]), "Beng")["digit_share"].to_list() == [1.0]


def test_the_longest_word_is_that_of_curator_but_for_words_of_symbols(on_split: dict[str, pl.Series]):
    assert differing(on_split["longest_word_length"], [r["characters"]["longest_word_length"] for r in GOLDEN]) == []


def test_a_line_of_one_word_is_that_of_dclm_but_for_lines_of_symbols(on_split: dict[str, pl.Series]):
    theirs = [r["characters"]["one_word_line_share"] - r["characters"]["symbol_line_share"] for r in GOLDEN]
    ours = on_split["one_word_line_share"].to_list()
    for name, text, a, b in zip(NAMES, TEXTS, ours, theirs, strict=True):
        if not any(len(line.split()) > 1 and sum(map(_is_word, line.split())) == 1 for line in text.split("\n")):
            assert a == pytest.approx(b, abs=1e-6), name


def _is_word(word: str) -> bool:
    return any(c.isalpha() or c.isnumeric() for c in word)


def test_an_address_is_that_of_curator_where_it_has_no_path(on_split: dict[str, pl.Series]):
    """Curator's pattern lacks the slash and so ends there; the bracket behind an address belongs to both."""
    at = NAMES.index("stress/addresses")
    assert GOLDEN[at]["characters"]["url_share"] == pytest.approx(on_split["url_share"][at], rel=1e-6)
    with_path = pl.Series(["https://example.org/a/b?c=d"])
    assert measure(with_path, "Latn")["url_share"].to_list() == [1.0]


def test_a_sentence_is_that_of_icu():
    """All rules of UAX #29, counted where ICU's sentence has a letter or digit in it."""
    theirs = [sum(any(c.isalpha() or c.isdecimal() for c in text[a:b]) for a, b in _sentences(text)) for text in TEXTS]
    assert differing(measure(TEXTS, "Zyyy")["sentence_count"], [float(n) for n in theirs]) == []


def _sentences(text: str) -> list[tuple[int, int]]:
    units = text.encode("utf-16-le")
    places = [(2 * a, 2 * b) for a, b in SentenceBreaker(text, "und").segments()]
    ends = [len(units[:b].decode("utf-16-le")) for _, b in places]
    return list(zip([0, *ends], ends, strict=False))
