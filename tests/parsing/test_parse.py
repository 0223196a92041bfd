"""From bytes to main text, one row for each record whatever the bytes are."""

import time
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lugha.lake.schemas import TABLES
from lugha.parsing import parse as parsing
from lugha.parsing.parse import MOST_CHARACTERS, extractor_name, main_text, parse
from lugha.sample.articles import articles_of

Record = Callable[..., pl.DataFrame]
FAILURES = {"empty_body", "no_text", "page_too_long", "no_main_text", "extractor_error"}


@pytest.fixture(scope="session")
def records(rows_of: Callable[..., pl.DataFrame]) -> Callable[..., pl.DataFrame]:
    """`records(body, ...)`: rows of `raw_crawls` with these bodies."""

    def make(*bodies: bytes) -> pl.DataFrame:
        rows = [
            {"doc_id": bytes([n]) * 16, "url": f"http://a.example/{n}", "host": "a.example", "body": body}
            for n, body in enumerate(bodies)
        ]
        return rows_of("raw_crawls", *rows)

    return make


def test_the_text_is_found_and_the_menu_left_out(page: Any, records: Record):
    row = parse(records(page.html.encode()), page.language).row(0, named=True)
    assert row["failure"] is None
    lines = row["text"].split("\n")
    assert [line for line in lines if line in page.paragraphs] == list(page.paragraphs)
    assert not set(page.menu) & set(lines)
    assert "var menu" not in row["text"]


def test_encoding_and_extractor_are_written_down(thai: Any, records: Record):
    row = parse(records(thai.html.encode("cp874", errors="ignore")), "tha_Thai").row(0, named=True)
    assert row["charset"] == "cp874"
    assert row["charset_source"] == "detected"
    assert row["extractor"] == extractor_name()
    assert "trafilatura 2." in extractor_name()


@pytest.mark.parametrize(("declared", "written"), [("windows-1252", "windows-1252"), ("", None)])
def test_what_was_declared_is_written_down_beside_what_was_read(
    declared: str, written: str | None, turkish: Any, records: Record
):
    meta = f'<head><meta charset="{declared}">' if declared else "<head>"
    body = turkish.html.replace("<head>", meta).encode("cp1254", errors="ignore")
    row = parse(records(body), "tur_Latn").row(0, named=True)
    assert (row["charset"], row["charset_source"], row["charset_declared"]) == ("cp1254", "detected", written)


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        (b"", "empty_body"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "no_text"),
        ("<p>Ağaçlar ve kuşlar. </p>".encode() * (3_000_000 // 26), "page_too_long"),
        (b"<html><head><title></title></head><body></body></html>", "no_main_text"),
        (b"   \n ", "no_main_text"),
    ],
)
def test_a_page_without_text_keeps_the_reason(body: bytes, failure: str, records: Record):
    row = parse(records(body), "tur_Latn").row(0, named=True)
    assert (row["text"], row["failure"]) == ("", failure)
    assert (row["charset"] is None) == (failure in ("empty_body", "no_text"))


def test_a_page_of_the_most_characters_is_still_read(turkish: Any, records: Record):
    padded = turkish.html + " " * (MOST_CHARACTERS - len(turkish.html))
    assert parse(records(padded.encode()), "tur_Latn")["failure"].to_list() == [None]
    assert parse(records((padded + " ").encode()), "tur_Latn")["failure"].to_list() == ["page_too_long"]


def test_there_is_one_row_for_each_record_in_its_order(page: Any, records: Record):
    given_records = records(page.html.encode(), b"", b"\0", page.html.encode("utf-16"), b"<p>")
    parsed = parse(given_records, page.language)
    assert parsed["doc_id"].to_list() == given_records["doc_id"].to_list()
    assert list(parsed.columns) == list(TABLES["parsed_documents"].columns)
    assert parsed["text"][0] == parsed["text"][3]


def test_no_records_give_no_rows_in_the_right_types(records: Record):
    parsed = parse(records(), "mya_Mymr")
    assert parsed.height == 0
    assert parsed.schema == pl.Schema({c: TABLES["parsed_documents"].schema[c] for c in parsed.columns})


def test_an_extractor_that_fails_loses_the_page_and_not_the_run(
    records: Record, turkish: Any, monkeypatch: pytest.MonkeyPatch
):
    real = parsing.main_text

    def fragile(html: str) -> str:
        if "burada yarım" in html:
            raise ValueError("a tree without a root")
        return real(html)

    monkeypatch.setattr(parsing, "main_text", fragile)
    parsed = parse(records("<p>burada yarım".encode(), turkish.html.encode()), "tur_Latn")
    assert parsed["failure"].to_list() == ["extractor_error", None]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=200),
            st.lists(
                st.sampled_from(
                    ["<div>", "</div>", "<p>", "<table><td>", "<!--", "&#xD800;", "&#0;", "ọ̀rọ̀ ", "\x0c", "<"]
                ),
                max_size=40,
            ).map(lambda parts: "".join(parts).encode()),
        ),
        max_size=4,
    )
)
def test_every_record_has_either_a_text_or_a_reason(records: Record, bodies: list[bytes]):
    parsed = parse(records(*bodies), "yor_Latn")
    assert parsed.height == len(bodies)
    for text, failure in parsed.select("text", "failure").iter_rows():
        assert bool(text) == (failure is None)
        assert failure is None or failure in FAILURES


@pytest.mark.parametrize("depth", [10_000, 100_000])
def test_a_page_of_nested_divs_neither_crashes_nor_hangs(depth: int, thai: Any, records: Record):
    """Ten thousand take two seconds and give their text; 100,000 took minutes, so there is no second look."""
    body = "<html><body>" + "<div>" * depth + thai.html
    start = time.process_time()
    row = parse(records(body.encode()), "tha_Thai").row(0, named=True)
    assert time.process_time() - start < 8
    assert (row["failure"], thai.paragraphs[0] in row["text"]) in ((None, True), ("no_main_text", False))
    assert row["failure"] is None or depth > 10_000


@pytest.mark.parametrize("unit", ["<b><i><span>", "<table><tr><td>", "<!-- ", "<script ", "&amp;", "a\u0323\u0300"])
def test_a_page_of_one_thing_over_and_over_is_parsed_in_bounded_time(unit: str, records: Record):
    start = time.process_time()
    parse(records(("<html><body><p>" + unit * (150_000 // len(unit))).encode()), "yor_Latn")
    assert time.process_time() - start < 8


@pytest.mark.parametrize("mark", ["\u0323\u0300", "&#803;&#x300;"])
def test_a_tower_of_marks_does_not_stop_the_run(mark: str, records: Record):
    """Python sorts the marks of a letter in quadratic time, and trafilatura ends with NFC."""
    start = time.process_time()
    row = parse(records(("<html><body><p>o" + mark * 100_000).encode()), "yor_Latn").row(0, named=True)
    assert time.process_time() - start < 8
    assert row["text"].startswith("ọ")


@pytest.mark.parametrize(
    ("joined", "written"),
    [
        ("می\u200cخواهم کتاب\u200cها را بخوانم", "می\u200cخواهم کتاب\u200cها را بخوانم"),
        ("ශ්\u200dරී ලංකාව", "ශ්&zwj;රී ලංකාව"),
        ("क्\u200dष और क्ष", "क्&#8205;ष और क्ष"),
        ("می\u200cروند", "می&#x200C;روند"),
        ("ភាសា\u200bខ្មែរ", "ភាសា\u200bខ្មែរ"),
    ],
)
@pytest.mark.parametrize("repeats", [1, 40])
def test_joiners_are_spelling_and_stay(joined: str, written: str, repeats: int):
    """trafilatura deletes what Python does not call printable. One repeat goes to the second extractor."""
    html = f"<html><body><article><p>{' '.join([written] * repeats)}</p></article></body></html>"
    assert main_text(html) == " ".join([joined] * repeats)


@pytest.mark.parametrize(
    "text",
    [
        "Ọ̀rọ̀ ẹ̀yin ará àti ọ̀dọ́",
        "መጽሐፍ ቅዱስ",
        "مُحَمَّد نے کہا",
        "ကျောင်းသားများ",
        "น้ำใจคนไทย",
        "Iğdır’ın ışığı",
        "ʻōlelo Hawaiʻi",
    ],
)
def test_diacritics_are_spelling_and_stay(text: str):
    assert main_text(f"<html><body><article><p>{' '.join([text] * 20)}</p></article></body></html>").startswith(text)


def test_references_mean_what_browsers_take_them_for():
    """Old pages write &#146; for an apostrophe, which is a control character to libxml2."""
    html = "<html><body><article><p>" + "Ankara&#146;da &ouml;&#287;le &lt;b&gt; &#60;i&#62; &amp;. " * 10
    assert main_text(html).startswith("Ankara’da öğle <b> <i> &.")


def test_the_declared_encoding_of_a_page_that_is_already_text_is_not_believed():
    paragraphs = articles_of("tha_Thai")[0].paragraphs
    html = (
        '<?xml version="1.0" encoding="iso-8859-1"?><html><head><meta charset="iso-8859-1"></head><body><article>'
        + "".join(f"<p>{p}</p>" for p in paragraphs)
    )
    assert main_text(html).split("\n") == list(paragraphs)


def test_a_refrain_stays_in_its_song():
    verses, refrain = articles_of("yor_Latn")[0].paragraphs, "Ẹ wá, ẹ bá wa ṣọdún, ọdún ayọ̀ ló dé fún gbogbo wa."
    html = "<html><body><article>" + "".join(f"<p>{v}</p><p>{refrain}</p>" for v in verses) + "</article></body></html>"
    assert main_text(html).count(refrain) == len(verses)


def test_a_short_page_gets_a_second_look():
    """The first extractor takes the caption for the article; the second knows the letter in the divs."""
    letter = "ሰላም ለዓለም፤ ይህ አጭር ደብዳቤ ነው። " * 4
    html = f"<html><body><div>{letter}</div></body></html>"
    assert letter.strip() in main_text(html)
