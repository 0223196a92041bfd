"""Each signal means what it says, on any text."""

import math
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lugha.sample.articles import articles_of
from lugha.signals import Bound, BrokenSignal, signals

LANGUAGES = ("yor_Latn", "amh_Ethi", "urd_Arab", "mya_Mymr", "tha_Thai", "tur_Latn", "und_Zyyy")
SHARES = ("digit_share", "duplicate_line_share", "letter_share", "script_share", "top_3gram_share")
LENGTHS = ("byte_count", "mean_word_length", "word_count")


def score(name: str, *texts: str, language: str = "mya_Mymr") -> list[float]:
    return signals()[name].score(pl.DataFrame({"text": texts}, schema={"text": pl.String}), language).to_list()


def test_the_signals_that_a_user_is_told_of_are_there():
    assert sorted((*SHARES, *LENGTHS)) == list(signals())


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("byte_count", "ọ̀rọ̀", 11),
        ("byte_count", "ကခ\n", 7),
        ("digit_share", "၁၂ က", 2 / 3),
        ("digit_share", "ปี ๒๕๖๙", 4 / 6),
        ("digit_share", "۲۰۲۶ ء", 4 / 5),
        ("duplicate_line_share", "menü\nağaç\nmenü\n\nmenü", 2 / 4),
        ("duplicate_line_share", "ሰላም\n\n\n\nለዓለም", 0),
        ("letter_share", "น้ำ 12", 3 / 5),
        ("letter_share", unicodedata.normalize("NFD", "ọ̀ 1"), 3 / 4),
        ("mean_word_length", "Ağaç altında", 5.5),
        ("mean_word_length", "ကျောင်းသား", 10 / 3),
        ("script_share", "က a ခ 1", 2 / 3),
        ("top_3gram_share", "bir iki üç dört Bir İKİ ÜÇ beş", 6 / 8),
        ("top_3gram_share", "ሀ ለ ሐ መ ሠ ረ", 0),
        ("top_3gram_share", "ሀ ለ ሐ ሀ ለ", 0),
        ("top_3gram_share", "ဟ " * 20, 1),
        ("word_count", "Ọ̀rọ̀ àti ẹ̀kọ́: 12", 4),
        ("word_count", "မြန်မာ စာ", 4),
    ],
)
def test_a_score_is_what_one_counts_by_hand(name: str, text: str, expected: float):
    assert score(name, text) == pytest.approx([expected])


@pytest.mark.parametrize("language", LANGUAGES[:-1])
def test_an_ordinary_page_crosses_no_bound(language: str):
    texts = ["\n\n".join([article.title, *article.paragraphs]) for article in articles_of(language)[:10]]
    for name, signal in signals().items():
        for value in score(name, *texts, language=language):
            assert signal.BOUND.at_least is None or value >= signal.BOUND.at_least, name
            assert signal.BOUND.at_most is None or value <= signal.BOUND.at_most, name


EDGES = {
    "nothing": "",
    "white space": " \n\t\u00a0\n",
    "digits": "1234567890 ๑๒๓",
    "emoji": "🌾👩🏽\u200d🌾 🇹🇷 ❤️",
    "marks without letters": "\u0300\u0323\u064e",
    "from right to left with marks": "مُحَمَّدٌ رَسُولٌ\u200f۔ שָׁלוֹם",
    "one letter": "က",
    "line breaks": "\n\n\n",
}


@pytest.mark.parametrize("edge", sorted(EDGES))
@pytest.mark.parametrize("name", [*SHARES, *LENGTHS])
def test_an_odd_text_has_a_score_within_the_range(name: str, edge: str):
    for language in LANGUAGES:
        (value,) = score(name, EDGES[edge], language=language)
        assert math.isfinite(value)
        assert 0 <= value <= (1 if name in SHARES else 1000)


@pytest.mark.parametrize("name", [*SHARES, *LENGTHS])
def test_an_empty_document_scores_zero(name: str):
    assert score(name, "") == [0]


def test_digits_and_emoji_alone_are_neither_letters_nor_words():
    assert score("digit_share", EDGES["digits"], "\n") == [1, 0]
    assert score("letter_share", EDGES["digits"]) == score("script_share", EDGES["emoji"]) == [0]
    assert score("word_count", EDGES["emoji"]) == score("mean_word_length", EDGES["emoji"]) == [0]


def test_text_from_right_to_left_is_letters_with_its_marks():
    assert score("letter_share", "مُحَمَّدٌ") == [1]
    assert score("script_share", "مُحَمَّدٌ", language="urd_Arab") == [1]
    assert score("word_count", "مُحَمَّدٌ رَسُولٌ") == [2]


def test_an_undetermined_script_accepts_every_letter():
    assert score("script_share", "aက", "", "12", language="und_Zyyy") == [1, 0, 0]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=5), st.sampled_from(LANGUAGES))
def test_there_is_one_finite_score_for_each_document(texts: list[str], language: str):
    for name in signals():
        values = score(name, *texts, language=language)
        assert len(values) == len(texts)
        assert all(math.isfinite(v) and v >= 0 and (v <= 1 or name in LENGTHS) for v in values), name


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=5))
def test_the_score_of_a_document_does_not_depend_on_the_others(texts: list[str]):
    for name in signals():
        assert score(name, *texts) == [value for text in texts for value in score(name, text)]


@pytest.mark.parametrize("unit", ["ကျောင်း", "مُحَمَّد ", "a"])
def test_a_megabyte_in_one_line_is_scored_in_bounded_time(unit: str):
    text = unit * (1_000_000 // len(unit.encode()))
    start = time.process_time()
    for name in signals():
        score(name, text)
    assert time.process_time() - start < 10


@pytest.mark.parametrize("name", [*SHARES, *LENGTHS])
def test_a_signal_says_what_it_means_and_where_its_bound_comes_from(name: str):
    signal = signals()[name]
    assert signal.MEANING
    assert signal.SOURCE
    assert signal.BOUND.calibrated_by
    assert (signal.BOUND.at_least, signal.BOUND.at_most) != (None, None)


QUESTIONS = '''
"""Share of the lines that ask."""
import polars as pl
from lugha.signals import Bound
MEANING, SOURCE, BOUND = "lines that end in a question mark, 0..1", "a guess", Bound("a guess", at_most=0.9)
def score(documents: pl.DataFrame, language: str) -> pl.Series:
    return documents["text"].str.split("\\n").list.eval(pl.element().str.contains(r"[?؟፧]$")).list.mean()
'''


@pytest.fixture
def own_signals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of signals of a user's catalog."""
    monkeypatch.setenv("LUGHA_CATALOG", str(tmp_path))
    (tmp_path / "signals").mkdir()
    signals.cache_clear()
    yield tmp_path / "signals"
    signals.cache_clear()


def test_a_file_in_the_catalog_is_a_signal(own_signals: Path):
    (own_signals / "question_share.py").write_text(QUESTIONS)
    assert list(signals()) == sorted(["question_share", *SHARES, *LENGTHS])
    assert score("question_share", "ሰላም ነው፧\nአዎ።", "کیا؟") == [0.5, 1.0]
    assert Bound("a guess", at_most=0.9) == signals()["question_share"].BOUND


def test_a_file_in_the_catalog_is_a_column_of_the_lake(own_signals: Path):
    """In a process of its own, because the tables are made when they are first imported."""
    (own_signals / "question_share.py").write_text(QUESTIONS)
    ask = """
import polars as pl
from lugha.lake.schemas import TABLES
from lugha.labeling.label import label
column = TABLES["labelled_documents"].columns["question_share"]
rows = pl.DataFrame([{"doc_id": b"1", "content_hash": b"2", "failure": None, "text": "کیا؟"}])
print(column.dtype, column.meaning, label(rows, "urd_Arab", None)["question_share"].to_list(), sep="|")
"""
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert done.stdout.strip() == "Float32|lines that end in a question mark, 0..1|[1.0]", done.stderr


def test_a_user_may_put_his_own_signal_in_the_place_of_ours(own_signals: Path):
    (own_signals / "word_count.py").write_text(QUESTIONS)
    assert signals()["word_count"].MEANING.startswith("lines that end")


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("MEANING = 'x'\ndef score(documents, language): ...", "lacks SOURCE, BOUND"),
        ("", "lacks MEANING, SOURCE, BOUND, score"),
        (QUESTIONS.replace('Bound("a guess", at_most=0.9)', "0.9"), "BOUND is of type float"),
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("def score(:", "SyntaxError"),
        ("1 / 0", "ZeroDivisionError"),
    ],
)
def test_a_broken_file_is_named_with_what_is_wrong(own_signals: Path, source: str, complaint: str):
    path = own_signals / "question_share.py"
    path.write_text(source)
    with pytest.raises(BrokenSignal) as caught:
        signals()
    assert complaint in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_catalog_without_signals_is_none_to_look_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LUGHA_CATALOG", str(tmp_path))
    signals.cache_clear()
    assert list(signals()) == sorted((*SHARES, *LENGTHS))
    signals.cache_clear()
