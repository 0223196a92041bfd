"""The kernel agrees with a slow reading of the definitions on any text, and takes bounded time and memory."""

import math
import re
import subprocess
import sys
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from lugha.sample.articles import articles_of
from lugha.scripts import UNSPACED, script_share, tokens
from lugha.signals.kernel import measure
from lugha.signals.kernel.columns import COLUMNS

SCRIPTS = ("Latn", "Ethi", "Arab", "Mymr", "Thai", "Zyyy")
UNSPACED_LETTER = regex.compile("[" + "".join(f"\\p{{Script={s}}}" for s in UNSPACED) + "]")
# Few letters, so that runs and lines repeat, beside any character there is.
ALPHABET = st.sampled_from([*"ab. \n\n#…-", "ọ̀", "ሀ", "ک", "င်", "ก", "İ", "\u200d", "\r\n", "http://a", "Ã©"])
ANY = st.characters(exclude_categories=["Cs"])
TEXTS = st.one_of(st.lists(ALPHABET, max_size=60).map("".join), st.text(ANY, max_size=40))


def rows(*texts: str | None, script: str = "Latn", stop_words: tuple[str, ...] = ("a",)) -> list[tuple[float, ...]]:
    return pl.DataFrame(measure(pl.Series(texts, dtype=pl.String), script, stop_words)).rows()


def read_slowly(text: str, script: str) -> dict[str, float]:
    """A handful of columns by the words of their definitions, one regular expression or count each."""
    own = text.strip()
    lines = [line for line in re.split("\n+", own) if line]
    paragraphs = [p for p in re.split(r"\n{2,}", own) if p]
    words = own.split()
    pairs = Counter(pairwise(words))
    top = max(pairs, key=lambda pair: pairs[pair], default=("", ""))
    return {
        "byte_count": len(text.encode()),
        "word_count": len(tokens(text)),
        "script_share": script_share(text, script),
        "duplicate_line_share": 1 - len(set(lines)) / len(lines) if lines else 0.0,
        "duplicate_paragraph_share": 1 - len(set(paragraphs)) / len(paragraphs) if paragraphs else 0.0,
        "white_space_share": sum(map(str.isspace, text)) / max(1, len(text)),
        "character_entropy": -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values()),
        "top_2gram_share": (len(" ".join(top)) * pairs[top] if pairs[top] > 1 else 0) / max(1, len(text)),
    }


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.sampled_from(SCRIPTS))
def test_it_agrees_with_a_slow_reading(text: str, script: str):
    expected, texts = read_slowly(text, script), pl.Series([text])
    found = measure(texts, script)
    of_white_space = measure(texts, script, breaks=np.empty(0, np.int64))
    if UNSPACED_LETTER.search(text):
        del expected["word_count"]  # there a dictionary says what a word is, and it knows more than letters
    for name, value in expected.items():
        column = of_white_space if name == "top_2gram_share" else found
        assert column[name][0] == pytest.approx(value, rel=1e-5, abs=1e-6), name


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.none(), TEXTS), max_size=6), st.randoms())
def test_a_document_keeps_its_scores_whatever_stands_around_it(texts: list[str | None], random: object):
    order = list(range(len(texts)))
    random.shuffle(order)  # type: ignore[attr-defined]
    together = rows(*texts)
    assert rows(*(texts[i] for i in order)) == [together[i] for i in order]
    assert together == [row for text in texts for row in rows(text)]


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_every_value_is_finite_and_every_share_of_something_at_most_one(text: str):
    row = dict(zip(COLUMNS, rows(text)[0], strict=True))
    over = ("hash_word_share", "ellipsis_word_share", "line_break_word_share")
    for name, value in row.items():
        assert math.isfinite(value), name
        assert value >= 0, name
        if name.endswith("_share") and name not in over and not name.startswith("top_"):
            assert value <= 1, name


def test_text_is_read_where_it_lies():
    """In a slice, in chunks, behind a null, short enough to lie inside the view, and across two buffers."""
    texts = ["kısa", None, "bir daha bir daha bir daha uzunca", "", "ოცდაათი " * 9, "ታላቅ ቤት " * 40]
    column = pl.concat([pl.Series(texts * 3), pl.Series(["önce", *texts]).slice(1)], rechunk=False)
    assert column.n_chunks() == 2
    expected = [rows(text)[0] for text in texts]
    assert rows(*column.to_list()) == expected * 4
    assert pl.DataFrame(measure(column, "Latn", ("a",))).rows() == expected * 4
    assert pl.DataFrame(measure(column[2:9], "Latn", ("a",))).rows() == (expected * 2)[2:9]


def test_a_column_of_pyarrow_is_taken_as_it_is():
    for kind in (pa.string(), pa.large_string(), pa.string_view()):
        column = pl.Series(pa.chunked_array([pa.array(["ሰላም ለዓለም", None, "ሀ"], kind)]))
        assert measure(column, "Ethi")["word_count"].to_list() == [2, None, 1]


def test_breaks_that_are_given_end_words_and_nothing_else_but_white_space_does():
    text = "can't stop"
    assert measure(pl.Series([text]), "Latn")["word_count"].to_list() == [3]
    given = measure(pl.Series(["", text]), "Latn", breaks=np.array([2]))
    assert given["word_count"].to_list() == [0, 3]
    assert given["longest_word_length"].to_list() == [0, 4]
    assert measure(pl.Series([text]), "Latn", breaks=np.empty(0, np.int64))["word_count"].to_list() == [2]


def _seconds(text: str) -> float:
    start = time.process_time()
    rows(text)
    return time.process_time() - start


HUGE = {
    "one line": ("Ọ̀rọ̀ kan ", 10_000_000),
    "one word": ("a", 10_000_000),
    "one paragraph each": ("a\n\n", 3_000_000),
    "different paragraphs": (None, 3_000_000),
    "digits": ("1234567890", 10_000_000),
    "emoji": ("👩🏽\u200d🌾", 10_000_000),
    "right to left with marks": ("مُحَمَّد ", 10_000_000),
    "unassigned": ("\u0378", 10_000_000),
    "dots": (".", 10_000_000),
    "colons": ("http:", 10_000_000),
    "brackets behind a dot": (".(((((((((", 10_000_000),
    "white space": (" \n", 10_000_000),
    "bullets behind spaces": ("\n" + " " * 1000 + "-", 5_000_000),
    "mojibake": ("Ã", 10_000_000),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(HUGE))
def test_ten_megabytes_of_anything_take_seconds(kind: str):
    unit, size = HUGE[kind]
    text = "\n\n".join(map(str, range(400_000))) if unit is None else unit * (size // len(unit.encode()))
    rows("warm")
    assert _seconds(text) < 5


@pytest.mark.slow
def test_no_time_grows_faster_than_the_text():
    text = "".join("\n\n".join(a.paragraphs) for a in articles_of("tha_Thai")) + "Ọmọ náà lọ. " * 1000
    rows("warm")
    once, often = min(_seconds(text * 4) for _ in range(3)), min(_seconds(text * 32) for _ in range(3))
    assert often < 16 * once


MEMORY = """
import re
import polars as pl
from lugha.signals.kernel import measure
measure(pl.Series(["kısa"]), "Latn")
# Not getrusage: its peak is inherited from the process that started this one.
held = lambda name: int(re.search(name + r":\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1e3
column, before = pl.Series(["kısa ev " * 1_000_000]), held("VmRSS")
measure(column, "Latn")
print(held("VmRSS") - before, held("VmHWM") - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_of_a_huge_document_is_bounded_and_given_back():
    """Of 10 MB; what compiled code takes is seen by the process alone."""
    done = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True, cwd=Path(__file__).parents[2])
    left, peak = map(float, done.stdout.split())
    assert left < 100
    assert peak < 500
