"""Words and sentences in scripts with and without spaces between words, and on text that is no text."""

import time
import tracemalloc

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lugha.sample.articles import articles_of
from lugha.segmentation import (
    PIECE,
    is_unspaced,
    sentence_spans,
    sentences,
    word_breaks,
    word_spans,
    words,
)

SIX = ("yor_Latn", "amh_Ethi", "urd_Arab", "mya_Mymr", "tha_Thai", "tur_Latn")
ANY_TEXT = st.text(st.one_of(st.characters(), st.sampled_from("กาไทย ကို။၊ ខ្មែរ 今天。བོད་། ꆈꌠ a1.\n\u200b\ud800😀")))
VALID_TEXT = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("กาไทย ကို။ ខ្ 今天 བོད་ ꆈ a1.\n"))
)


def page(language: str, number: int = 0) -> str:
    article = articles_of(language)[number]
    return "\n\n".join([article.title, *article.paragraphs])


def cut(texts: list[str | None]) -> list[str]:
    """Texts end to end, cut at white space and at the breaks: what a reader of `word_breaks` counts."""
    series = pl.Series(texts, dtype=pl.String)
    whole, found = "".join(text or "" for text in texts).encode(), word_breaks(series).tolist()
    parts = [whole[start:end].decode() for start, end in zip([0, *found], [*found, len(whole)], strict=True)]
    return [word for part in parts for word in part.split()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ọ̀rọ̀ àti ẹ̀kọ́.", ["Ọ̀rọ̀", "àti", "ẹ̀kọ́"]),
        ("ሰላም፣ ለዓለም። 12", ["ሰላም", "ለዓለም", "12"]),
        ("محمد نے کہا۔", ["محمد", "نے", "کہا"]),
        ("İstanbul'da ağaçlar", ["İstanbul'da", "ağaçlar"]),
        ("နေရာသည် ကောင်းသည်။", ["နေရာ", "သည်", "ကောင်း", "သည်"]),
        ("ภาษาไทยกินข้าว", ["ภาษา", "ไทย", "กิน", "ข้าว"]),
        ("ພາສາລາວ", ["ພາສາ", "ລາວ"]),
        ("របស់ប្រទេសកម្ពុជា", ["របស់", "ប្រទេស", "កម្ពុជា"]),
        ("今天天气很好。", ["今天", "天气", "很好"]),
        ("東京は日本の首都", ["東京", "は", "日本", "の", "首都"]),
        ("བོད་ཀྱི་སྐད།", ["བོད", "ཀྱི", "སྐད"]),
        ("ꆈꌠꁱꂷ", ["ꆈ", "ꌠ", "ꁱ", "ꂷ"]),
        ("ราคา50บาทcafeดี", ["ราคา", "50", "บาท", "cafe", "ดี"]),
        ("𠀀去\ud800x", ["𠀀", "去", "x"]),
        ("🌾 … —", []),
        ("", []),
    ],
)
def test_words_are_found_with_and_without_spaces(text: str, expected: list[str]):
    assert words(text) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        *((language, language in ("mya_Mymr", "tha_Thai")) for language in SIX),
        ("lao_Laoo", True),
        ("khm_Khmr", True),
        ("zho_Hans", True),
        ("yue_Hant", True),
        ("jpn_Jpan", True),
        ("bod_Tibt", True),
        ("kor_Hang", False),
        ("kor_Kore", False),
        ("und_Zyyy", False),
    ],
)
def test_a_language_is_unspaced_by_its_script(language: str, expected: bool):
    assert is_unspaced(language) is expected


@pytest.mark.parametrize("language", SIX)
def test_every_letter_and_digit_of_a_page_is_in_a_word(language: str):
    text = page(language)
    inside = {place for start, end in word_spans(text) for place in range(start, end)}
    assert [c for place, c in enumerate(text) if c.isalnum() and place not in inside] == []


@pytest.mark.parametrize("language", ["tha_Thai", "mya_Mymr"])
def test_breaks_in_an_unspaced_page_give_as_many_words_as_words_does(language: str):
    text = page(language)
    assert len(cut([text])) == pytest.approx(len(words(text)), rel=0.01)


@pytest.mark.parametrize("language", ["yor_Latn", "amh_Ethi", "urd_Arab", "tur_Latn"])
def test_a_page_in_a_spaced_script_has_no_breaks(language: str):
    assert word_breaks(pl.Series([page(language)])).tolist() == []


def test_breaks_stand_beside_unspaced_letters_only_and_punctuation_stays_with_the_word_before():
    assert cut(["ภาษาhello-world.comไทย2021ปี", "今天「天气」很好，我们😀去", "ꆈꌠ don't"]) == [
        *("ภาษา", "hello-world.com", "ไทย", "2021"),
        "ปี今天「",  # texts end to end, as in an Arrow buffer: the first word of a text is no break
        *("天气」", "很好，", "我们😀", "去ꆈ", "ꌠ", "don't"),
    ]


def test_breaks_are_offsets_into_all_texts_with_nulls_and_spaced_texts_between():
    alone = word_breaks(pl.Series(["ภาษาไทย"])).tolist()
    before = ["kitabu", None, "", "çay"]
    shift = sum(len((text or "").encode()) for text in before)
    assert word_breaks(pl.Series([*before, "ภาษาไทย", None])).tolist() == [shift + place for place in alone]
    assert alone == [len("ภาษา".encode())]


@given(st.lists(st.one_of(st.none(), VALID_TEXT), max_size=5))
def test_breaks_are_rising_and_at_letters_inside_a_run_of_a_text(texts: list[str | None]):
    whole = "".join(text or "" for text in texts).encode()
    found = word_breaks(pl.Series(texts, dtype=pl.String)).tolist()
    assert found == sorted(set(found))
    for place in found:
        following, before = whole[place:].decode()[0], whole[:place].decode()
        assert following.isalnum() or not following.isascii()
        assert before
        assert not before[-1].isspace()


@given(ANY_TEXT)
def test_words_and_what_lies_between_give_the_text_back(text: str):
    place, parts = 0, []
    for start, end in word_spans(text):
        assert place <= start < end <= len(text)
        parts += [text[place:start], text[start:end]]
        place = end
    assert "".join(parts) + text[place:] == text
    assert len(words(text)) == len(parts) // 2


@given(ANY_TEXT, st.sampled_from([*SIX, "ell_Grek", "bod_Tibt", "und_Zyyy"]))
def test_between_sentences_lies_white_space_only(text: str, language: str):
    place = 0
    for start, end in sentence_spans(text, language):
        assert place <= start < end <= len(text)
        assert text[place:start].strip() == ""
        assert text[start:end].strip() == text[start:end]
        place = end
    assert text[place:].strip() == ""


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("yor_Latn", "Ó lọ sọ́jà. Kí ló rà? Iṣu!", ["Ó lọ sọ́jà.", "Kí ló rà?", "Iṣu!"]),
        ("amh_Ethi", "ዝናብ ዘነበ። ገበያ ተዘጋ።", ["ዝናብ ዘነበ።", "ገበያ ተዘጋ።"]),
        ("urd_Arab", "بارش ہوئی۔ بازار بند ہے۔", ["بارش ہوئی۔", "بازار بند ہے۔"]),
        ("mya_Mymr", "မိုးရွာ၏။ ဈေး၊ ကျောင်း ပိတ်သည်။", ["မိုးရွာ၏။", "ဈေး၊ ကျောင်း ပိတ်သည်။"]),
        ("tur_Latn", "Yağmur yağdı. Pazar 3.5 saat kapalı.", ["Yağmur yağdı.", "Pazar 3.5 saat kapalı."]),
        ("hin_Deva", "बारिश हुई। बाज़ार बंद है।", ["बारिश हुई।", "बाज़ार बंद है।"]),
        ("khm_Khmr", "ភ្លៀងធ្លាក់។ ផ្សារបិទ។", ["ភ្លៀងធ្លាក់។", "ផ្សារបិទ។"]),
        ("zho_Hans", "下雨了。市场关门！", ["下雨了。", "市场关门！"]),
        ("bod_Tibt", "ཆར་པ་བབས་སོང༌། ཁྲོམ་སྒོ་བརྒྱབ།", ["ཆར་པ་བབས་སོང༌།", "ཁྲོམ་སྒོ་བརྒྱབ།"]),
        ("hye_Armn", "Անձրև եկավ: Շուկան փակ է։ Ժամը 9:30", ["Անձրև եկավ:", "Շուկան փակ է։", "Ժամը 9:30"]),
        ("ell_Grek", "Βρέχει; Ναι.", ["Βρέχει;", "Ναι."]),
        ("und_Zyyy", "Βρέχει; Ναι.\n\nλίστα", ["Βρέχει; Ναι.", "λίστα"]),
        ("lao_Laoo", " \n\t ", []),
        ("tha_Thai", "", []),
    ],
)
def test_sentences_end_at_the_stops_of_their_script(language: str, text: str, expected: list[str]):
    assert sentences(text, language) == expected


def test_a_thai_sentence_ends_at_a_space_after_at_least_forty_characters():
    found = sentences(articles_of("tha_Thai")[0].paragraphs[0], "tha_Thai")
    assert len(found) > 1
    assert all(len(sentence) >= 39 for sentence in found[:-1])


NO_TEXT = {
    "one line of Thai": "ตลาดเช้าวันเสาร์" * (PIECE // 4),
    "one line of Burmese with spaces": "ဈေး ဖွင့်သည်။ " * (PIECE // 4),
    "only digits": "7" * 5 * PIECE,
    "only emoji": "👩🏽‍🌾" * PIECE,
    "only marks": "\u0301" * 5 * PIECE,
    "only stops": ". 1" * PIECE,
    "right to left with marks": "مُحَمَّد " * PIECE,
    "unassigned": "\u0378\U000e0fff" * PIECE,
    "lone surrogates": "ก\ud800" * 2 * PIECE,
    "paragraphs": "ก\n" * 3 * PIECE,
}


@pytest.mark.parametrize("name", NO_TEXT)
def test_text_that_is_no_text_is_cut_all_the_same(name: str):
    text = NO_TEXT[name]
    assert sum(end - start for start, end in word_spans(text)) <= len(text)
    assert "".join("".join(sentences(text, "tha_Thai")).split()) == "".join(text.split())
    if "surrogates" not in name:
        assert word_breaks(pl.Series([text])).tolist() == sorted(word_breaks(pl.Series([text])).tolist())


def seconds(text: str) -> float:
    """CPU seconds of all three functions on a text."""
    begin = time.process_time()
    word_breaks(pl.Series([text]))
    word_spans(text)
    sentence_spans(text, "tha_Thai")
    return time.process_time() - begin


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["ตลาดเช้า", "今天", "ကျောင်း", "ก\n", "😀", ". 1", "7", "\u0301", "a "])
def test_time_grows_with_the_text_and_no_faster(unit: str):
    small, large = unit * (300_000 // len(unit)), unit * (3_000_000 // len(unit))
    seconds(small)
    assert seconds(large) < 20 * min(seconds(small) for _ in range(3)) + 0.5


@pytest.mark.slow
def test_a_line_of_ten_megabytes_takes_seconds_and_a_few_times_its_size():
    text = "ตลาดเช้า" * (10_000_000 // len("ตลาดเช้า".encode()))
    series = pl.Series([text])
    tracemalloc.start()
    begin = time.process_time()
    found = word_breaks(series)
    took = time.process_time() - begin
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found) > 500_000
    assert took < 20  # under tracemalloc, a second without
    assert peak < 100_000_000
