"""What a page is written in, when it says so, says nothing, or says something else."""

import encodings.aliases
import time
import unicodedata
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lugha.parsing.charset import MENDED, codec_of, is_repair, read_page
from lugha.sample.articles import articles_of

LANGUAGES = ("yor_Latn", "amh_Ethi", "urd_Arab", "mya_Mymr", "tha_Thai", "tur_Latn", "kaz_Cyrl", "und_Zyyy")


def html_of(language: str, charset: str, declared: str = "") -> bytes:
    """A page of the sample web as bytes; what the encoding lacks is left out, as sites did."""
    article = articles_of(language)[0]
    meta = f'<meta charset="{declared}">' if declared else ""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in article.paragraphs)
    return f"<html><head>{meta}<title>{article.title}</title></head><body>{text}</body></html>".encode(
        charset, errors="ignore"
    )


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_beats_every_declaration(page: Any, charset: str):
    reading = read_page(page.html.encode(charset), "text/html; charset=windows-1252", page.language)
    assert reading is not None
    assert (reading.text, reading.charset, reading.source) == (page.html, charset, "byte order mark")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-be"])
def test_both_byte_orders_are_read_by_their_mark(thai: Any, codec: str):
    reading = read_page(("\ufeff" + thai.html).encode(codec), None, "tha_Thai")
    assert reading is not None
    assert reading.text == thai.html


@pytest.mark.parametrize("declared", ["windows-1254", "iso-8859-1", "gb2312", "utf-16", "koi8-r"])
def test_valid_utf8_is_read_as_utf8_whatever_is_declared(page: Any, declared: str):
    body = page.html.replace("<head>", f'<head><meta charset="{declared}">').encode()
    reading = read_page(body, f"text/html; charset={declared}", page.language)
    assert reading is not None
    assert (reading.text, reading.charset, reading.source) == (body.decode(), "utf-8", "valid utf-8")


@pytest.mark.parametrize("hinted", ["tha_Thai", "und_Zyyy"])
@pytest.mark.parametrize("declared", ["", "utf-8", "windows-874", "tis-620", "iso-8859-11"])
def test_thai_in_windows_874_is_read_declared_or_not(hinted: str, declared: str):
    """Python knows no "windows-874", and its iso8859-11 lacks the quotation marks that browsers read there."""
    body = html_of("tha_Thai", "cp874", declared) + "“คำพูด”".encode("cp874")
    reading = read_page(body, None, hinted)
    assert reading is not None
    assert (reading.text, reading.charset) == (body.decode("cp874"), "cp874")


@pytest.mark.parametrize("declared", ["", "utf-8", "windows-1254", "iso-8859-9"])
def test_turkish_in_windows_1254_is_read_declared_wrongly_or_not(declared: str):
    body = html_of("tur_Latn", "cp1254", declared)
    reading = read_page(body, f"text/html; charset={declared}" if declared else "text/html", "tur_Latn")
    assert reading is not None
    assert (reading.text, reading.charset) == (body.decode("cp1254"), "cp1254")


@pytest.mark.parametrize("declared", ["", "utf-8", "ptcp154", "windows-1251"])
def test_kazakh_in_ptcp154_is_read_declared_or_not(declared: str):
    body = html_of("kaz_Cyrl", "ptcp154", declared)
    reading = read_page(body, None, "kaz_Cyrl")
    assert reading is not None
    assert (reading.text, reading.charset) == (body.decode("ptcp154"), "ptcp154")


def test_turkish_in_windows_1254_is_read_where_windows_1252_is_declared():
    body = html_of("tur_Latn", "cp1254", "windows-1252")
    reading = read_page(body, None, "tur_Latn")
    assert reading is not None
    assert reading.text == body.decode("cp1254")


def test_urdu_in_windows_1256_is_read_undeclared():
    body = html_of("urd_Arab", "cp1256")
    reading = read_page(body, None, "urd_Arab")
    assert reading is not None
    assert reading.text == body.decode("cp1256")


@pytest.mark.parametrize("hinted", ["kaz_Cyrl", "und_Zyyy", "swh_Latn"])
@pytest.mark.parametrize("declared", ["", "utf-8", "windows-1252"])
@pytest.mark.parametrize("charset", ["ptcp154", "kz1048"])
def test_kazakh_is_read_whatever_is_hinted_and_declared(charset: str, declared: str, hinted: str):
    body = html_of("kaz_Cyrl", charset, declared)
    reading = read_page(body, None, hinted)
    assert reading is not None
    assert (reading.text, reading.charset) == (body.decode(charset), charset)


VIETNAMESE = (
    "<p>Mỗi sáng bà ra chợ bán rau, chiều về lại tưới vườn. Năm nay mưa nhiều nên cải lớn nhanh, giá cũng rẻ.</p>"
)
POLISH = (
    "<p>Wczesną wiosną rzeka wylała i zalała łąki aż po młyn; sąsiedzi wywozili siano łódką przez cały tydzień.</p>"
)
LATVIAN = "<p>Ciema skolā jaunā skolotāja stāsta bērniem par putniem, kas katru pavasari atgriežas ezera krastā.</p>"
SAMOAN = "<p>O le tā o le lā, ua ō tamāloloa i le vao e ‘ave mai fa‘i ma niu mo le tāumafataga a le nu‘u.</p>"
UKRAINIAN = "<p>Наприкінці літа сусіди їздили по гриби, а ввечері ґазди лагодили пліт і співали біля колодязя.</p>"


def vietnamese_of_windows(text: str) -> str:
    """Vowels whole and tones apart, as windows-1258 has them."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    parts = [unicodedata.normalize("NFD", letter) for letter in text]
    return "".join(
        unicodedata.normalize("NFC", "".join(x for x in part if x not in tones))
        + "".join(x for x in part if x in tones)
        for part in parts
    )


@pytest.mark.parametrize("declared", ["", "utf-8", "iso-8859-1"])
@pytest.mark.parametrize(
    ("language", "text", "charset"),
    [
        ("vie_Latn", vietnamese_of_windows(VIETNAMESE), "cp1258"),
        ("pol_Latn", POLISH, "cp1250"),
        ("pol_Latn", POLISH, "iso8859-2"),
        ("lvs_Latn", LATVIAN, "cp1257"),
        ("lvs_Latn", LATVIAN, "iso8859-4"),
        ("smo_Latn", SAMOAN, "cp1257"),
        ("ukr_Cyrl", UKRAINIAN, "koi8-u"),
        ("ukr_Cyrl", UKRAINIAN, "cp1251"),
        ("ukr_Cyrl", UKRAINIAN, "mac-cyrillic"),
    ],
)
def test_the_letters_of_a_language_speak_for_its_encoding(language: str, text: str, charset: str, declared: str):
    meta = f'<meta charset="{declared}">' if declared else ""
    body = f"<html><head>{meta}</head><body>{text}</body></html>".encode(charset, errors="ignore")
    reading = read_page(body, None, language)
    assert reading is not None
    assert reading.text == body.decode(charset)
    assert is_repair(reading.charset, reading.source, reading.declared)


def test_letters_of_a_language_that_nobody_listed_are_read_as_declared():
    body = "<p>Ndëé ña kwa’ã, töñ ñi ka’ãn; ndëé töñ kúni.</p>".encode("cp1252")
    reading = read_page(body, "text/html; charset=windows-1252", "und_Zyyy")
    assert reading is not None
    assert (reading.charset, reading.source) == ("cp1252", "declared")
    assert not is_repair(reading.charset, reading.source, reading.declared)


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("Windows-874", "cp874"),
        ("iso-8859-11", "cp874"),
        ("win-1254", "cp1254"),
        ("cp_1256", "cp1256"),
        ("iso8859_7", "iso8859-7"),
        ("iso-8859-1", "cp1252"),
        ("utf8mb4", "utf-8"),
        ("x-nonsense", "x-nonsense"),
    ],
)
def test_a_misspelt_name_is_understood(label: str, codec: str):
    assert codec_of(label) == codec


def test_a_declaration_behind_a_long_script_is_found():
    body = html_of("tur_Latn", "cp1254").replace(
        b"<head>", b"<head><script>" + b"var x = 1;" * 500 + b"</script><meta charset=windows-1254>"
    )
    reading = read_page(body, None, "und_Zyyy")
    assert reading is not None
    assert (reading.charset, reading.source, reading.declared) == ("cp1254", "declared", "windows-1254")


def test_one_byte_that_means_nothing_does_not_rule_an_encoding_out():
    body = html_of("tur_Latn", "cp1254", "windows-1254").replace(b"</body>", b"<p>x\x8d</p></body>")
    reading = read_page(body, None, "tur_Latn")
    assert reading is not None
    assert reading.charset == "cp1254"
    assert reading.text.count("\ufffd") == 1


def test_escaped_japanese_is_read_as_declared():
    body = "<p>村の学校に新しい先生が来た。</p>".encode("iso-2022-jp")
    reading = read_page(body, "text/html; charset=iso-2022-jp", "jpn_Jpan")
    assert reading is not None
    assert "先生" in reading.text


def test_the_header_comes_before_what_the_page_declares():
    body = html_of("tur_Latn", "cp1254", "windows-1252")
    reading = read_page(body, 'text/html; Charset="Windows-1254"', "und_Zyyy")
    assert reading is not None
    assert (reading.charset, reading.source) == ("cp1254", "declared")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_known_by_the_zero_bytes_of_its_markup(page: Any, codec: str):
    body = page.html.encode(codec)
    reading = read_page(body, None, page.language)
    assert reading is not None
    assert (reading.text, reading.charset) == (page.html, codec)
    cut_off = read_page(body[:-1], None, page.language)
    assert cut_off is not None
    assert cut_off.text == page.html[: len(cut_off.text)]


@pytest.mark.parametrize(
    "body",
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"GIF89a\x01\0\x01\0\x80\0\0", b"\0", b"<html>\0<p>abc</p>", bytes(1000)],
)
def test_bytes_with_zeros_are_no_text(body: bytes):
    assert read_page(body, "text/html; charset=utf-8", "tha_Thai") is None


@pytest.mark.parametrize("language", LANGUAGES[:-1])
def test_utf8_that_was_cut_off_inside_a_character_is_still_utf8(language: str):
    """Read in windows-1256, the halves of Urdu UTF-8 are Arabic letters, so the script cannot settle this."""
    whole = html_of(language, "utf-8")
    end = max(n for n, byte in enumerate(whole) if byte >= 0xC2)
    reading = read_page(whole[: end + 1], "text/html", language)
    assert reading is not None
    assert (reading.text, reading.source) == (whole[:end].decode() + "\ufffd", MENDED)


@pytest.mark.parametrize("language", LANGUAGES[:-1])
def test_a_comment_in_another_encoding_does_not_spoil_a_utf8_page(language: str):
    body = html_of(language, "utf-8").replace(b"</body>", b"<!-- \xfcber -->\xe9\x92</body>")
    reading = read_page(body, None, language)
    assert reading is not None
    assert reading.source == MENDED
    assert reading.text.startswith(html_of(language, "utf-8").decode()[:400])


@pytest.mark.parametrize(
    ("language", "charset"),
    [
        *((language, "cp1252") for language in LANGUAGES if "Latn" in language),
        *(("tur_Latn", charset) for charset in ("cp1254", "iso8859-3", "mac-turkish", "cp857")),
        *(("tha_Thai", "cp874"), ("urd_Arab", "cp1256")),
        *(("kaz_Cyrl", charset) for charset in ("cp1251", "koi8-r", "ptcp154", "kz1048", "mac-cyrillic", "iso8859-5")),
    ],
)
def test_no_legacy_encoding_is_taken_for_broken_utf8(language: str, charset: str):
    reading = read_page(html_of(language, charset), None, language)
    assert reading is None or reading.source != MENDED


def test_a_mark_of_utf8_before_broken_bytes_is_still_utf8():
    body = b"\xef\xbb\xbf" + html_of("yor_Latn", "utf-8") + b"\xff"
    reading = read_page(body, None, "yor_Latn")
    assert reading is not None
    assert (reading.charset, reading.text[-1]) == ("utf-8-sig", "\ufffd")


@pytest.mark.parametrize("name", ["x-nonsense", "none", "utf8mb4", "..", "base64", "hex", "rot13", "mbcs"])
def test_an_unknown_name_of_an_encoding_is_no_declaration(name: str):
    body = html_of("tha_Thai", "cp874", name)
    reading = read_page(body, f"text/html; charset={name}", "tha_Thai")
    assert reading is not None
    assert (reading.text, reading.source == "declared") == (body.decode("cp874"), False)


@pytest.mark.parametrize("name", ["undefined", "idna", "punycode", "unicode_escape", "utf-7", "utf-16", "utf-32"])
def test_codecs_that_no_page_is_written_in_are_not_tried(name: str):
    """Templates print "undefined" for a missing value, and Python's codec of that name raises on any bytes."""
    body = html_of("tur_Latn", "cp1254", name)
    reading = read_page(body, None, "tur_Latn")
    assert reading is not None
    assert reading.text == body.decode("cp1254")


def test_control_characters_speak_against_an_encoding():
    body = b"<p>" + "“Kafan” ‘yaƙi’".encode("cp1252", errors="ignore") + b"</p>"
    reading = read_page(body, "text/html; charset=iso-8859-15", "hau_Latn")
    assert reading is not None
    assert "“Kafan”" in reading.text


CHARSETS = st.one_of(
    st.none(),
    st.text(st.characters(codec="ascii"), max_size=20),
    st.sampled_from(sorted({*encodings.aliases.aliases, *encodings.aliases.aliases.values(), "undefined", "idna"})),
)


@given(
    st.one_of(st.binary(max_size=400), st.binary(min_size=1, max_size=400).map(lambda b: b.replace(b"\0", b"\xe9"))),
    CHARSETS,
    st.sampled_from(LANGUAGES),
)
@example(b"<meta charset=undefined>\xe9", "undefined", "und_Zyyy")
@example(b"\xff\xfe\xff\xfe", None, "tha_Thai")
@example(b"\xff\xfe\x00\x00\x01", None, "tha_Thai")
@example(b"", None, "")
def test_any_bytes_under_any_name_are_text_or_none(body: bytes, charset: str | None, language: str):
    reading = read_page(body, None if charset is None else f"text/html; charset={charset}", language)
    if reading is not None:
        assert len(reading.text) <= len(body)
        assert reading.charset
        assert reading.source
        assert not any("\ud800" <= c <= "\udfff" for c in reading.text)


@pytest.mark.parametrize("unit", [b"<", b"<script ", b"<style>", b"<a href=", b"<!--", b"\xe9\xc2 ", b"<meta "])
def test_a_megabyte_of_broken_markup_is_read_in_bounded_time(unit: bytes):
    body = (unit * (1_000_000 // len(unit)))[:-1] + b"\xe9"
    start = time.process_time()
    read_page(body, None, "tur_Latn")
    assert time.process_time() - start < 5
