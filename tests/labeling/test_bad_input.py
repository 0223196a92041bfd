"""What nobody should have put on the web still gets a score, a decision and a reason, in bounded time."""

import time
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from lugha.labeling.decide import decide
from lugha.labeling.label import label
from lugha.labeling.profiles import profile
from lugha.sample.articles import articles_of
from lugha.signals import signals
from lugha.standardization.standardize import standardize

SECONDS = 60.0  # of CPU for 10 MB through all stages; the slowest measured took a quarter of it
URDU = " ".join(articles_of("urd_Arab")[0].paragraphs)
SMALL = {
    "only digits": "0123456789 " * 40 + "٠١٢٣٤٥٦٧٨٩ " * 20,
    "only emoji": "👩‍👩‍👧‍👦🇹🇷👍🏽 " * 60,
    "right to left with marks": "".join(letter + "\u064b\u0651\u200f" for letter in URDU if letter.isalpha()),
    "unassigned code points": "\u0378\u0379\ufff0" * 200,
    "private use": "\ue000\uf8ff" * 200,
    "nothing but marks": "\u0301" * 500,
    "one letter": "ẹ",
    "spaces": " \u3000\u200b\n" * 50,
    "lone surrogates": "ọmọ \udcff\ud800 " * 60,
}
HUGE: dict[str, Callable[[], str]] = {
    "one line of 10 MB": lambda: "ọmọ náà ń ka ìwé " * 440_000,
    "one word of 10 MB": lambda: "ẹ" * 3_400_000,
    "a million paragraphs": lambda: "ìwé kan\n\n" * 1_000_000,
    "10 MB of digits": lambda: "0123456789" * 1_000_000,
    "10 MB of Thai without a space": lambda: "แม่ไปตลาดตอนเช้า" * 210_000,
}


def decided(text: str, language: str, model: Any, rows_of: Callable[..., pl.DataFrame]) -> tuple[pl.DataFrame, Any]:
    """Labels and decision of one document after all stages."""
    # Lone surrogates cannot be in a column; a parser that met them left U+FFFD, as Python's "replace" does.
    column = text.encode("utf-8", errors="replace").decode()
    parsed = rows_of("parsed_documents", {"doc_id": b"d" * 16, "host": "a.example", "text": column})
    documents = standardize(parsed, language)
    labelled = label(documents, language, model)
    decision = decide(labelled, profile(language, ()), language)
    return labelled, decision.row(0, named=True)


@pytest.mark.parametrize("language", ["yor_Latn", "amh_Ethi", "urd_Arab", "mya_Mymr", "tha_Thai", "tur_Latn"])
@pytest.mark.parametrize("kind", SMALL)
def test_text_that_is_none_has_scores_a_decision_and_a_reason(kind: str, language: str, lid: Any, rows_of):
    labelled, decision = decided(SMALL[kind], language, lid.model, rows_of)
    assert labelled.height == 1
    kernel = [name for name, signal in signals().items() if not hasattr(signal, "score")]
    values = labelled.select(kernel).drop("stop_word_count", "stop_word_share").row(0)
    assert all(value is not None and value == value for value in values)
    assert decision["is_kept"] or (decision["drop_reason"] and decision["tier"])
    if kind != "right to left with marks":
        assert not decision["is_kept"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", HUGE)
def test_a_huge_document_has_them_too_in_bounded_time(kind: str, lid: Any, rows_of):
    language = "tha_Thai" if "Thai" in kind else "yor_Latn"
    started = time.process_time()
    _, decision = decided(HUGE[kind](), language, lid.model, rows_of)
    assert time.process_time() - started < SECONDS
    assert decision["is_kept"] or decision["drop_reason"]
