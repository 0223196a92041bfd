"""Items end where a writer paused, and never inside a letter."""

import re
import unicodedata

import polars as pl
import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from lugha.evaluation.items import ITEMS_SCHEMA, MIN_ITEM_BYTES, cut, make_items


def no_space(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFC", text))


def test_items_are_of_the_size_asked_for_in_every_language(held_out: pl.DataFrame):
    items = make_items(held_out, max_bytes=200)
    sizes = items["text"].str.len_bytes()
    assert items.schema == ITEMS_SCHEMA
    assert items["language"].unique().sort().to_list() == held_out["language"].unique().sort().to_list()
    assert sizes.min() >= MIN_ITEM_BYTES
    assert sizes.max() <= 200


def test_a_document_is_cut_between_its_paragraphs_first():
    first = "Bu sabah pazar çok kalabalıktı, çünkü gece yağmur yağmadı. Herkes geldi. Biz de geldik."
    second = "Ninem masal anlatır. Çocuklar onu dinler. Kimse uyumaz. Sonra hepsi uyur, ateş söner."
    assert cut(f"{first}\n\n{second}", 160) == [first, second]


@pytest.mark.parametrize(
    ("sentence", "mark"),
    [
        ("ድልድዩ ሃያ ሁለት ሜትር ርዝመት ያለው ሲሆን ከእንጨትና ከብረት የተሠራ ነው", "።"),
        ("راستہ اچھا نہیں تھا مگر وہ رات تک چلتے رہے اور گھر پہنچ گئے", "۔"),
        ("လမ်းမကောင်းပေမယ့် ညနေအထိ လျှောက်ခဲ့ကြတယ်", "။"),
        ("Ojú ọ̀nà kò dára, ṣùgbọ́n wọ́n rìn títí alẹ́ kí wọ́n tó dé ilé wọn", "."),
        ("Geç kalan 3.5 lira ceza öder, uzaktan gelenler ödemez, çocuklar da ödemez", "?"),
    ],
)
def test_within_a_paragraph_items_end_with_a_sentence(sentence: str, mark: str):
    space = " " if mark in ".?" else ""
    items = cut(space.join([sentence + mark] * 6), 2 * len((sentence + mark + " ").encode()))
    assert len(items) == 3
    assert all(item.endswith(mark) for item in items)


def test_thai_without_sentence_marks_is_cut_at_its_spaces():
    phrase = "เมื่อวานชาวนาขนข้าวกลับบ้านกันหมด"
    assert cut(" ".join([phrase] * 6), 250) == [f"{phrase} {phrase}"] * 3


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("a Yoruba letter keeps its marks", "ọ̀"),
        ("a stacked Burmese consonant stays under its base", "န္တ"),
        ("a Thai vowel that is written first stays with its consonant", "แก้"),
        ("a Thai sara am stays with its consonant", "น้ำ"),
        ("a conjunct held by a joiner stays whole", "क्‍ष"),
        ("an Urdu letter keeps its non-joiner", "ے\u200c"),
    ],
)
def test_a_character_is_never_broken(name: str, word: str):
    items = cut(word * 100, 101)
    assert len(items) > 2
    assert all(item == word * (len(item) // len(word)) for item in items), name


@settings(max_examples=200, deadline=None)
@given(
    document=st.text(
        st.one_of(st.sampled_from("ab \n.။۔ọ\u0300\u1039\u200dแเก👩🏽‍ሀ"), st.characters(exclude_categories=["Cs"])),
        max_size=400,
    ),
    max_bytes=st.integers(1, 300),
)
def test_nothing_but_space_is_lost_and_no_grapheme_is_broken(document: str, max_bytes: int):
    items = cut(document, max_bytes)
    assert no_space("".join(items)) == no_space(document)
    assert all(items)
    whole = regex.findall(r"\X", unicodedata.normalize("NFC", document).strip())
    pieces = [grapheme for item in items for grapheme in regex.findall(r"\X", item)]
    assert [p for p in pieces if p.strip()] == [g for g in whole if g.strip()]


@settings(max_examples=100, deadline=None)
@given(words=st.lists(st.sampled_from(["ọ̀rọ̀", "ገበያ", "کتاب", "မြို့", "ตลาด", "ağaç.", "\n"]), min_size=20, max_size=120))
def test_sizes_hold_for_any_text_of_short_words(words: list[str]):
    document = " ".join(words)
    sizes = [len(item.encode()) for item in cut(document, 200)]
    assert all(size <= 200 for size in sizes)
    assert all(size >= MIN_ITEM_BYTES for size in sizes) or len(document.strip().encode()) < MIN_ITEM_BYTES


def test_other_documents_change_no_item(held_out: pl.DataFrame):
    alone = make_items(held_out.filter(pl.col("language") == "urd_Arab"))
    together = make_items(held_out)
    assert together.filter(pl.col("language") == "urd_Arab").equals(alone)
    assert make_items(held_out.reverse()).equals(together)


def test_the_first_items_by_id_are_taken(held_out: pl.DataFrame):
    everything = make_items(held_out, max_bytes=160)
    some = make_items(held_out, max_bytes=160, max_items=2)
    assert some.equals(everything.group_by("language", maintain_order=True).head(2).select(everything.columns))
    assert everything["item_id"].bin.size().unique().to_list() == [16]
    assert everything["item_id"].is_unique().all()


def test_a_blank_document_gives_no_item_and_no_documents_give_an_empty_table(held_out: pl.DataFrame):
    blank = held_out.head(1).with_columns(text=pl.lit(" \n\t "))
    assert make_items(blank).is_empty()
    assert make_items(held_out.clear()).schema == ITEMS_SCHEMA
