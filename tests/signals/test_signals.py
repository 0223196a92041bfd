"""Each signal means what it says, on any text."""

import math
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from lugha.sample.articles import articles_of
from lugha.signals import Bound, BrokenSignal, score_signals, signals
from lugha.signals.kernel.columns import COLUMNS
from lugha.tiers.small_models import NO_MODELS, LanguageModels

LANGUAGES = ("yor_Latn", "amh_Ethi", "urd_Arab", "mya_Mymr", "tha_Thai", "tur_Latn", "und_Zyyy")
# May be above 1: how much of something there is for each token, and n-grams that overlap themselves.
RATES = ("hash_word_share", "ellipsis_word_share", "line_break_word_share", "top_2gram_share", "top_3gram_share")
RATES += ("top_4gram_share",)
SHARES = [name for name in COLUMNS if name.endswith("_share") and name not in RATES]
LENGTHS = [name for name in COLUMNS if not name.endswith("_share")]
OF_STOP_WORDS = ("stop_word_count", "stop_word_share")


def scores(*texts: str | None, language: str = "mya_Mymr", models: LanguageModels = NO_MODELS) -> pl.DataFrame:
    documents = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    return pl.DataFrame(score_signals(documents, language, models))


def score(name: str, *texts: str, language: str = "mya_Mymr") -> list[float]:
    return scores(*texts, language=language)[name].to_list()


def test_every_column_of_the_kernel_is_a_signal():
    assert set(COLUMNS) <= set(signals())
    assert list(signals()) == sorted(signals())


def test_scores_are_named_and_ordered_as_the_signals():
    found = score_signals(pl.DataFrame({"text": ["Mo kí ọ."]}), "yor_Latn", NO_MODELS)
    assert [x.name for x in found] == list(signals())
    assert {x.dtype for x in found} == {pl.Float32}


def test_the_registry_can_be_read_without_a_compiler():
    ask = "import sys, lugha.signals as s; s.signals(); print('numba' in sys.modules, 'fasttext' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert done.stdout.strip() == "False False", done.stderr


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("byte_count", "ọ̀rọ̀", 11),
        ("byte_count", "ကခ\n", 7),
        ("character_count", " Ẹ káàárọ̀,  ọ̀rẹ́! ", 15),
        ("digit_share", "၁၂ က", 2 / 4),
        ("digit_share", "ปี ๒๕๖๙", 4 / 7),
        ("digit_share", "۲۰۲۶ ء", 4 / 6),
        ("duplicate_line_share", "menü\nağaç\nmenü\n\nmenü", 2 / 4),
        ("duplicate_line_share", "ሰላም\n\n\n\nለዓለም", 0),
        ("duplicate_line_share", "\nሰላም\n", 0),
        ("duplicate_paragraph_share", "ሰላም\nነው\n\nሰላም\nነው", 1 / 2),
        ("duplicate_paragraph_character_share", "ሰላም\nነው\n\nሰላም\nነው", 6 / 14),
        ("letter_share", "น้ำ 12", 3 / 5),
        ("letter_share", unicodedata.normalize("NFD", "ọ̀ 1"), 3 / 4),
        ("longest_word_length", "Çekoslovakyalı — — — —", 14),
        ("mean_word_length", "Ağaç altında", 5.5),
        ("one_word_line_share", "Ìròyìn\nẸ káàbọ̀ sílé\n\n***\n", 1 / 3),
        ("script_share", "က a ခ 1", 2 / 3),
        ("sentence_count", "ሰላም ነው። አዎ፧ 3.14 ነው።", 3),
        ("sentence_count", "کیا یہ سچ ہے؟ ہاں۔", 2),
        ("sentence_count", "Saat 10.30'da geldi. Dr. Ayşe bekliyordu.", 3),
        ("symbol_share", "«Ẹ kú» — 5", 3 / 10),
        ("terminal_line_share", "ወደ ቤት\nሄድኩ።", 1 / 2),
        ("top_3gram_share", "bir iki üç dört bir iki üç beş", 2 * 10 / 30),
        ("top_3gram_share", "ሀ ለ ሐ መ ሠ ረ", 0),
        ("top_3gram_share", "ሀ ለ ሐ ሀ ለ", 0),
        ("uppercase_share", "İYİ gün", 3 / 7),
        ("word_count", "Ọ̀rọ̀ àti ẹ̀kọ́: 12", 4),
        ("word_count", "ภาษาไทย", 2),
    ],
)
def test_a_score_is_what_one_counts_by_hand(name: str, text: str, expected: float):
    assert score(name, text) == pytest.approx([expected])


@pytest.mark.parametrize(
    ("text", "garbled"),
    [
        ("Ã§ok gÃ¼zel", 4),
        ("donâ€™t", 3),
        ("ÐŸÑ€Ð¸Ð²ÐµÑ‚", 12),
        ("à¤¹à¤¿", 6),
        ("Ã\x80Ã\x81", 4),
        ("Â\u00a0boş", 2),
        ("ka\ufffd\ufffdr\x00", 3),
        ("\x80\x9f \ue000 \u0378 \U0010ffff", 5),
        ("« bébé…” \u00bb à\u00a0«\u00a0été\u00a0» voilà— là–bas", 0),
        ("Ọ̀nà Ïgbà ñandú São ŞÜKRÜ\r\n\t", 0),
        ("1º Â» naïve", 0),
    ],
)
def test_noise_is_what_is_no_writing_and_typography_is_none(text: str, garbled: int):
    assert score("noise_share", text) == pytest.approx([garbled / len(text)])


def test_stop_words_count_as_written_capitalised_and_in_capitals():
    models = LanguageModels(stop_words=("için", "ve", "ılık"))
    found = scores("İçin VE için Ilık. Su veya", "süt", language="tur_Latn", models=models)
    assert found["stop_word_count"].to_list() == [3, 0]
    assert found["stop_word_share"].to_list() == pytest.approx([4 / 6, 0])


def test_without_a_list_nothing_is_said_of_stop_words():
    assert scores("Su ve süt", "").select(OF_STOP_WORDS).rows() == [(None, None), (None, None)]


@pytest.mark.parametrize("language", LANGUAGES[:-1])
def test_an_ordinary_page_crosses_no_bound(language: str):
    texts = ["\n\n".join([article.title, *article.paragraphs]) for article in articles_of(language)]
    found = scores(*texts, language=language)
    for name, signal in signals().items():
        for value in found[name].drop_nulls():
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
    "unassigned": "\u0378\U000e0080 \U0003fffe\ufdd0",
    "private use": "\ue000\U000f0000\U0010fffd",
    "controls": "\x00\x01\x7f\x85\u2028",
    "a colon": ":",
    "an address cut short": "http://",
    "letters that mojibake begins with": "ÂÃâôÂ",
    "dots": "...... . . .",
}


@pytest.mark.parametrize("edge", sorted(EDGES))
def test_an_odd_text_has_a_score_within_the_range(edge: str):
    for language in LANGUAGES:
        row = scores(EDGES[edge], language=language).drop(OF_STOP_WORDS).row(0, named=True)
        for name in COLUMNS:
            if name not in OF_STOP_WORDS:
                assert math.isfinite(row[name]), name
                assert 0 <= row[name] <= (1 if name in SHARES else 1000), name


def test_an_empty_document_scores_zero_and_no_document_scores_nothing():
    row = scores("", None).select(set(COLUMNS) - {*OF_STOP_WORDS})
    assert set(row.row(0)) == {0.0}
    assert set(row.row(1)) == {None}


def test_there_may_be_no_documents_at_all():
    assert {len(x) for x in score_signals(pl.DataFrame(schema={"text": pl.String}), "yor_Latn", NO_MODELS)} == {0}


def test_digits_and_emoji_alone_are_neither_letters_nor_words():
    digits, emoji = scores(EDGES["digits"].replace(" ", ""), EDGES["emoji"]).rows(named=True)
    assert (digits["digit_share"], digits["letter_share"], digits["alphabetic_word_share"]) == (1, 0, 0)
    assert (emoji["script_share"], emoji["word_count"], emoji["mean_word_length"]) == (0, 0, 0)


def test_text_from_right_to_left_is_letters_with_its_marks():
    row = scores("مُحَمَّدٌ رَسُولٌ", language="urd_Arab").row(0, named=True)
    assert (row["letter_share"], row["script_share"], row["word_count"]) == (1, 1, 2)


def test_an_undetermined_script_accepts_every_letter():
    assert score("script_share", "aက", "", "12", language="und_Zyyy") == [1, 0, 0]


@pytest.mark.parametrize("name", sorted(signals()))
def test_a_signal_says_what_it_means_and_where_its_bound_comes_from(name: str):
    signal = signals()[name]
    assert signal.MEANING
    assert signal.SOURCE
    assert signal.BOUND.calibrated_by


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
    assert "question_share" in signals()
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


def test_a_file_without_a_score_puts_its_bound_on_a_column_of_the_kernel(own_signals: Path):
    stricter = 'from lugha.signals import Bound\nMEANING = SOURCE = "x"\nBOUND = Bound("x", at_most=0.05)\n'
    (own_signals / "url_share.py").write_text(stricter)
    assert signals()["url_share"].BOUND.at_most == 0.05
    assert score("url_share", "https://example.org") == [1.0]
    (own_signals / "url_shares.py").write_text(stricter)
    signals.cache_clear()
    with pytest.raises(BrokenSignal, match=r'lacks score.*column of the kernel\. Nearest: "url_share"'):
        signals()


OF_MODEL = """
import polars as pl
from lugha.signals import Bound
MEANING, SOURCE, BOUND, MODEL = "what the model says", "a guess", Bound("a guess", at_most=9), "dialect"
def score(documents: pl.DataFrame, language: str, model: float) -> pl.Series:
    return pl.Series([model] * documents.height)
"""


def test_a_signal_of_a_model_gets_that_of_the_language_and_is_null_without_one(own_signals: Path):
    (own_signals / "verdict.py").write_text(OF_MODEL)
    models = LanguageModels(classifiers={"dialect": 0.25})
    assert scores("አዎ", "", models=models)["verdict"].to_list() == [0.25, 0.25]
    assert scores("አዎ", "")["verdict"].to_list() == [None, None]


@pytest.mark.parametrize(
    ("returned", "complaint"),
    [("pl.Series([1.0])", "gave 1 values for 2 documents"), ("[1.0, 2.0]", "gave a list for 2 documents")],
)
def test_a_score_of_the_wrong_shape_is_named(own_signals: Path, returned: str, complaint: str):
    (own_signals / "question_share.py").write_text(QUESTIONS.split("    return")[0] + f"    return {returned}\n")
    with pytest.raises(BrokenSignal, match=f"question_share.*{complaint}"):
        scores("አዎ", "")


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
    assert set(COLUMNS) <= set(signals())
    signals.cache_clear()
