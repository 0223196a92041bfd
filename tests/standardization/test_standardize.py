"""Repairs mend what is broken and leave the orthography alone."""

import time
import unicodedata
from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lugha.lake.digest import short_hash
from lugha.lake.schemas import TABLES
from lugha.parsing.charset import MENDED
from lugha.sample.articles import articles_of
from lugha.standardization.standardize import standardize, standardize_text

SIX = ("yor_Latn", "amh_Ethi", "urd_Arab", "mya_Mymr", "tha_Thai", "tur_Latn")
# Parts that repairs act on, put together in ways no page has: halves of broken characters, marks, controls, spaces.
BROKEN = ("Ã", "©", "â", "€", "™", "\x80", "\x99", "Â", "à¸", "ø", "é")
MARKED = ("o", "\u0323", "\u0300", "\u0344", "\u0958", "\ufb2c", "က", "\u200c", "\u200d")
UNSEEN = ("\u00a0", " ", "\n", "\r", "\t", "\x00", "\u00ad", "\u2028", "\x0c", "\ufeff", "\ue000")
PARTS = st.sampled_from(BROKEN + MARKED + UNSEEN)
TEXTS = st.one_of(st.text(st.characters(exclude_categories=["Cs"])), st.lists(PARTS, max_size=30).map("".join))


def page(language: str, number: int = 0) -> str:
    article = articles_of(language)[number]
    return "\n\n".join([article.title, *article.paragraphs])


@settings(max_examples=300, deadline=None)
@given(TEXTS)
@example("Ã\x00©")
@example("Ã\u00ad\u00a0")
@example("a\r\r\r\nb")
@example("Ã\u2028©")
def test_a_repaired_text_needs_no_repair(text: str):
    repaired, _ = standardize_text(text)
    assert standardize_text(repaired) == (repaired, [])


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_every_text_comes_out_in_one_normal_form_without_controls(text: str):
    repaired, repairs = standardize_text(text)
    assert unicodedata.is_normalized("NFC", repaired)
    assert not [c for c in repaired if unicodedata.category(c) in ("Cc", "Co", "Cs") and c != "\n" and c < "\U000f0000"]
    assert repaired == repaired.strip()
    assert "\n\n\n" not in repaired
    assert "  " not in repaired
    assert bool(repairs) == (repaired != text)


@pytest.mark.parametrize("language", SIX)
def test_good_text_is_left_alone(language: str):
    for article in articles_of(language):
        text = "\n\n".join([article.title, *article.paragraphs])
        assert standardize_text(text) == (text, [])


@pytest.mark.parametrize(
    "text",
    [
        "Ọ̀rọ̀ ẹ̀yin ará: owó, ọwọ́, ọ̀wọ̀",
        "مُحَمَّد نے کہا",
        "می\u200cخواهم کتاب\u200cها",
        "ශ්\u200dරී ලංකාව",
        "র\u200d্যাব",
        "ʻŌlelo Hawaiʻi, ʼOʻodham, oʻzbekcha",
        "“Iğdır’ın ışığı”",
        "ကျွန်ုပ်တို့၏ ဘာသာစကား",
        "ភាសា\u200bខ្មែរ",
        "น้ำใจ ๒๕๖๙",
        "ሰላም፣ ለዓለም። ፳፻፲፱",
        "ﷺ ½ ² ﬁ Ⅳ ㎏",
        "\u200fسلام\u200e",
        "👩🏽\u200d🌾",
    ],
)
def test_letters_tones_and_joiners_stay(text: str):
    wanted = unicodedata.normalize("NFC", text)
    assert standardize_text(text)[0] == wanted
    assert standardize_text(unicodedata.normalize("NFD", text))[0] == wanted


@pytest.mark.parametrize(
    ("broken", "text", "repairs"),
    [
        (unicodedata.normalize("NFD", "ọ̀rọ̀"), "ọ̀rọ̀", ["nfc"]),
        ("ሰላም \t\u00a0ለዓለም ", "ሰላም ለዓለም", ["spaces"]),
        ("bir\n\n\n\n\niki", "bir\n\niki", ["spaces"]),
        ("ağ\u00adaç\x00\ufeff", "ağaç", ["controls"]),
        ("bir\r\niki\rüç\u2028dört\x0cbeş", "bir\niki\nüç\ndört\nbeş", ["controls"]),
        ("o" + "\u0323" * 40, "ọ" + "\u0323" * 29, ["marks", "nfc"]),
        ("IÄŸdÄ±râ€™Ä±n Ä±ÅŸÄ±ÄŸÄ±", "Iğdır’ın ışığı", ["encoding"]),
        ("", "", []),
        (" \n\u3000", "", ["spaces"]),
    ],
)
def test_a_repair_is_named(broken: str, text: str, repairs: list[str]):
    assert standardize_text(broken) == (text, repairs)


@pytest.mark.parametrize("language", SIX)
@pytest.mark.parametrize("wrong", ["latin-1", "sloppy-windows-1252"])
def test_text_that_was_decoded_wrongly_is_mended(language: str, wrong: str):
    import ftfy.bad_codecs  # noqa: F401 - registers the codec that browsers use for windows-1252

    text = page(language)
    mended, repairs = standardize_text(text.encode().decode(wrong))
    assert mended == text
    assert repairs == ["encoding"]


def test_text_that_was_decoded_wrongly_twice_is_mended():
    text = page("tur_Latn")
    assert standardize_text(text.encode().decode("latin-1").encode().decode("latin-1"))[0] == text


def test_one_broken_line_is_mended_inside_good_text():
    first, second, *_ = articles_of("tur_Latn")[0].paragraphs
    broken = f"{first}\n\n{second.encode().decode('latin-1')}"
    assert standardize_text(broken)[0].startswith(f"{first}\n\n{second[:60]}")


@pytest.mark.parametrize(
    "unit",
    ["Ẹ káàárọ̀ ", "مُحَمَّد ", "ကျောင်း", " ", "\u00a0\t", "\u0323\u0300", "Ã©", "Ã", "\x00\r", "â€™", "\u2028"],
)
def test_a_megabyte_in_one_line_is_standardized_in_bounded_time(unit: str):
    """NFC alone does not come back from a letter with a million marks."""
    text = "o" + unit * (1_000_000 // len(unit.encode()))
    start = time.process_time()
    standardize_text(text)
    assert time.process_time() - start < 5


def parsed(rows_of: Callable[..., pl.DataFrame], *texts: str | None, host: str = "a.example") -> pl.DataFrame:
    rows = [{"doc_id": bytes([n]) * 16, "host": host, "text": text} for n, text in enumerate(texts)]
    return rows_of("parsed_documents", *rows)


def test_there_is_one_row_for_each_document_in_its_order(rows_of: Callable[..., pl.DataFrame]):
    before = parsed(rows_of, "ሰላም", "", None, "bir  iki")
    after = standardize(before, "und_Zyyy")
    assert list(after.columns) == list(TABLES["standardized_documents"].columns)
    assert after["doc_id"].to_list() == before["doc_id"].to_list()
    assert after["text"].to_list() == ["ሰላም", "", "", "bir iki"]
    assert after["repairs"].to_list() == ["", "", "", "spaces"]


def test_hash_and_bytes_are_those_of_the_repaired_text(rows_of: Callable[..., pl.DataFrame]):
    nfc, nfd = (unicodedata.normalize(form, "ọ̀rọ̀") for form in ("NFC", "NFD"))
    rows = standardize(parsed(rows_of, nfc, nfd), "yor_Latn")
    assert rows["content_hash"].to_list() == [short_hash(nfc.encode())] * 2
    assert rows["byte_count"].to_list() == [11, 11]


def test_a_text_of_white_space_becomes_a_document_without_text(rows_of: Callable[..., pl.DataFrame]):
    before = parsed(rows_of, " \u00a0\n", "", "กข").with_columns(
        pl.Series("failure", [None, "no_text", None], dtype=pl.String)
    )
    assert standardize(before, "und_Zyyy")["failure"].to_list() == ["no_main_text", "no_text", None]


def test_the_menu_of_a_host_is_a_repair_of_its_own(rows_of: Callable[..., pl.DataFrame]):
    paragraphs = articles_of("mya_Mymr")[0].paragraphs[:3]
    texts = [f"{p}\n\nသတင်း\n\nအားကစား\n\n{p[:20]}" for p in paragraphs]
    rows = standardize(parsed(rows_of, *texts, "သတင်း\nအားကစား"), "mya_Mymr")
    assert rows["text"].to_list() == [*(f"{p}\n\n{p[:20]}" for p in paragraphs), ""]
    assert rows["repairs"].to_list() == ["boilerplate"] * 4
    assert rows["failure"].to_list() == [None, None, None, "no_main_text"]


@pytest.mark.parametrize(
    ("charset", "source", "declared", "is_named"),
    [
        ("utf-8", "valid utf-8", "utf-8", False),
        ("utf-8", "valid utf-8", None, True),
        ("utf-8", "valid utf-8", "iso-8859-1", True),
        ("utf-8-sig", "byte order mark", None, False),
        ("utf-16", "byte order mark", "utf-16le", False),
        ("utf-16", "byte order mark", "utf-8", True),
        ("cp1254", "declared", "iso-8859-9", False),
        ("cp1254", "detected", "windows-1252", True),
        ("cp874", "detected", None, True),
        ("utf-8", MENDED, "utf-8", True),
        (None, None, None, False),
    ],
)
def test_a_page_read_otherwise_than_it_declares_is_a_repair(
    charset: str | None, source: str | None, declared: str | None, is_named: bool, rows_of: Callable[..., pl.DataFrame]
):
    row = {"host": "a.example", "text": "หมู่บ้าน", "charset": charset, "charset_source": source}
    rows = standardize(rows_of("parsed_documents", row | {"charset_declared": declared}), "tha_Thai")
    assert rows["repairs"].to_list() == ["charset" if is_named else ""]


def test_personal_data_is_replaced_counted_and_named(rows_of: Callable[..., pl.DataFrame]):
    text = f"{articles_of('swh_Latn')[0].paragraphs[0]} Barua: asha@mfano.co.tz"
    row = standardize(parsed(rows_of, text), "swh_Latn").row(0, named=True)
    assert "asha" not in row["text"]
    assert (row["email_count"], row["phone_count"], row["repairs"]) == (1, 0, "personal_data")
    assert row["content_hash"] == short_hash(row["text"].encode())


def test_emoji_that_joiners_make_and_flags_that_tags_make_stay():
    text = "👩\u200d👩\u200d👧\u200d👦 🏳️\u200d🌈 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f ❤️ 👍🏽"
    assert standardize_text(text) == (text, [])


def test_lone_surrogates_go_and_unassigned_characters_stay():
    assert standardize_text("ሰላም\ud800 \u0378 \udfffዓለም") == ("ሰላም \u0378 ዓለም", ["controls"])


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit", ["ọ̀rọ̀ ", "ọ̀rọ̀\n", "گاؤں ", "0123456789", "👩\u200d👧", "\ud800a", "Ã©", "\x80\x81", "\n", "\u200fשׁ\u05b8"]
)
def test_ten_megabytes_are_standardized_in_bounded_time(unit: str):
    text = unit * (10_000_000 // len(unit.encode("utf-8", "surrogatepass")))
    start = time.process_time()
    standardize_text(text)
    assert time.process_time() - start < 60


def test_no_documents_give_no_rows(rows_of: Callable[..., pl.DataFrame]):
    assert standardize(rows_of("parsed_documents"), "tha_Thai").height == 0
