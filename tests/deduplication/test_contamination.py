"""Overlap with evaluation items: nothing planted is missed, nothing clean is listed, what everybody writes is let be."""

from collections.abc import Sequence

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lugha.benchmarks.external import external_items
from lugha.deduplication.contamination import EXACT, GRAM, MOST_DOCUMENTS, NEAR, OVERLAPS, contaminated
from lugha.deduplication.contamination.index import GRAM as WORDS
from lugha.deduplication.contamination.index import (
    LEAST_DISTINCT,
    LEAST_TOKENS,
    LETTERS_OF_A_WORD,
    MOST_ITEMS,
    index_of,
)
from lugha.deduplication.contamination.kernel import BUFFERED
from lugha.deduplication.shingles import THRESHOLD
from lugha.sample.articles import articles_of
from lugha.scripts import folded_tokens

LANGUAGES = ["yor_Latn", "amh_Ethi", "urd_Arab", "mya_Mymr", "tha_Thai", "tur_Latn"]
UNSPACED = {"mya_Mymr", "tha_Thai"}


def texts_of(language: str) -> list[str]:
    return ["\n".join(article.paragraphs) for article in articles_of(language)]


def documents(*texts: str | None) -> pl.DataFrame:
    ids = [b"d%015d" % n for n in range(len(texts))]
    return pl.DataFrame({"doc_id": ids, "text": texts}, schema={"doc_id": pl.Binary, "text": pl.String})


def items(*texts: str | None, benchmark: str = "quiz") -> pl.DataFrame:
    ids = [b"i%015d" % n for n in range(len(texts))]
    schema = {"benchmark": pl.String, "item_id": pl.Binary, "text": pl.String}
    return pl.DataFrame({"benchmark": [benchmark] * len(texts), "item_id": ids, "text": texts}, schema=schema)


def found(texts: Sequence[str | None], *asked: str | None) -> list[tuple[int, int, str]]:
    """(number of the text, number of the item, kind) of what is listed."""
    rows = contaminated([documents(*texts)], items(*asked))
    return [(int(d[1:]), int(i[1:]), kind) for d, _, i, kind, _ in rows.iter_rows()]


def run_of(language: str, words: int) -> tuple[str, str]:
    """So many words (letters in proportion, where nothing stands between words) of an article, and the article."""
    text = texts_of(language)[0]
    tokens = folded_tokens(text)[3 : 3 + words * (LETTERS_OF_A_WORD if language in UNSPACED else 1)]
    return ("" if language in UNSPACED else " ").join(tokens), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_item_that_stands_in_a_document_from_end_to_end_is_exact(language: str):
    item, text = run_of(language, LEAST_TOKENS)
    other = texts_of(language)[1]
    assert found([other, text], item) == [(1, 0, EXACT)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_item_of_fewer_words_counts_only_where_it_is_the_whole_document(language: str):
    item, text = run_of(language, LEAST_TOKENS - 1)
    assert found([text, f"{item}!", f"{item} {folded_tokens(text)[-1]}"], item) == [(1, 0, EXACT)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_thirteen_words_of_an_item_are_found_and_twelve_are_not(language: str):
    one, other, third = texts_of(language)[:3]
    size = WORDS * (LETTERS_OF_A_WORD if language in UNSPACED else 1)
    gap = "" if language in UNSPACED else " "
    item = gap.join(folded_tokens(one)[: 4 * size])
    part = folded_tokens(one)[5 : 5 + size]
    assert found([f"{other}\n{gap.join(part)}\n{third}"], item) == [(0, 0, GRAM)]
    assert found([f"{other}\n{gap.join(part)}", f"{gap.join(part)}\n{other}"], item) == [(0, 0, GRAM), (1, 0, GRAM)]
    assert found([f"{other}\n{gap.join(part[1:])}\n{third}"], item) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_document_that_is_nearly_an_item_is_near(language: str):
    """Another word is put after every eleven, so that no run of thirteen is left."""
    item, text = run_of(language, WORDS - 1 if language not in UNSPACED else 5 * WORDS)
    size, gap = (11 * LETTERS_OF_A_WORD, "") if language in UNSPACED else (11, " ")
    changed = [f"{token}{gap}ዓ" if n % size == size - 1 else token for n, token in enumerate(folded_tokens(item))]
    rows = contaminated([documents(gap.join(changed), texts_of(language)[2], text[-200:])], items(item))
    assert rows.select("doc_id", "kind").rows() == [(b"d%015d" % 0, NEAR)]
    assert THRESHOLD <= rows["share"][0] < 1


def test_case_punctuation_numbers_and_normal_form_do_not_count():
    text = "Ní ọdún 1999, àwọn ọmọ ilé-ìwé náà lọ sí ọjà láti ra ẹja àti ata"
    decomposed = "NÍ ỌDÚN 2024 ÀWỌN ỌMỌ ILÉ ÌWÉ (NÁÀ) LỌ SÍ ỌJÀ LÁTI RA ẸJA ÀTI ATA"
    assert found([text], pl.Series([decomposed]).str.normalize("NFD")[0]) == [(0, 0, EXACT)]


def test_a_share_is_the_part_of_the_runs_of_an_item_that_the_document_holds():
    words = folded_tokens(texts_of("swh_Latn")[0])[: WORDS + 7]
    rows = contaminated([documents(" ".join(["mbali", *words[: WORDS + 1], "mbali"]))], items(" ".join(words)))
    assert rows["kind"].to_list() == [GRAM]
    assert rows["share"].to_list() == [0.25]


def test_runs_that_more_than_ten_documents_hold_are_sayings_and_do_not_count():
    item, _ = run_of("tur_Latn", WORDS + 4)
    part = " ".join(item.split()[:WORDS])
    texts = [f"{part} {text}" for text in texts_of("tur_Latn")[1 : MOST_DOCUMENTS + 2]]
    assert len(found(texts[:MOST_DOCUMENTS], item)) == MOST_DOCUMENTS
    assert found(texts, item) == []


def test_documents_are_counted_over_all_batches():
    item, _ = run_of("tur_Latn", WORDS + 4)
    part = " ".join(item.split()[:WORDS])
    rows = documents(*(f"{part} {text}" for text in texts_of("tur_Latn")[1 : MOST_DOCUMENTS + 2]))
    assert contaminated(rows.iter_slices(1), items(item)).is_empty()
    assert contaminated(rows.head(MOST_DOCUMENTS).iter_slices(3), items(item)).height == MOST_DOCUMENTS


def test_a_whole_item_counts_however_many_documents_hold_it():
    item, _ = run_of("tur_Latn", LEAST_TOKENS)
    texts = [f"{text} {item}" for text in texts_of("tur_Latn")[1 : MOST_DOCUMENTS + 3]]
    assert len(found(texts, item)) == MOST_DOCUMENTS + 2


def test_rows_of_numbers_and_of_one_word_are_no_item():
    numbers = " ".join(str(n) for n in range(60))
    laughter = "ฮ่า" * 60
    assert found([f"Bei: {numbers}", f"{laughter} ดีมาก", "ha " * 50], numbers, laughter, "Ha! " * 20) == []
    assert LEAST_DISTINCT > 2


def test_a_repeated_run_counts_once_for_a_document():
    item, _ = run_of("yor_Latn", WORDS)
    rows = contaminated([documents(*[f"{item} bẹ́ẹ̀ {item}"] * MOST_DOCUMENTS)], items(f"{item} rárá"))
    assert rows.height == MOST_DOCUMENTS
    assert rows["share"].to_list() == [0.5] * MOST_DOCUMENTS


def test_each_benchmark_is_told_and_of_each_the_item_that_overlaps_most():
    text = texts_of("swh_Latn")[0]
    words = folded_tokens(text)
    small, whole = " ".join([*words[: WORDS + 1], *"mbali sana huko"]), " ".join(words[20:60])
    asked = pl.concat([items(small, whole), items(small, benchmark="other")])
    rows = contaminated([documents(text)], asked)
    assert rows.select("benchmark", "item_id", "kind").rows() == [
        ("other", b"i%015d" % 0, GRAM),
        ("quiz", b"i%015d" % 1, EXACT),
    ]


@pytest.mark.parametrize("texts", [[], [None], [""], ["", None, "!?", "\u200d"]])
def test_texts_without_tokens_overlap_with_nothing(texts: list[str | None]):
    assert found(texts, "", None, "…", "ab", *texts_of("yor_Latn")) == []
    assert found([*texts, *texts_of("yor_Latn")], *texts) == []


def test_without_items_or_documents_nothing_is_listed():
    assert contaminated([], items("a b c d e f g h")).schema == OVERLAPS
    assert contaminated([documents("a b c d e f g h")], items()).schema == OVERLAPS


def test_an_item_is_found_wherever_it_stands_in_a_document_larger_than_the_buffer():
    item, _ = run_of("amh_Ethi", LEAST_TOKENS)
    words = folded_tokens("\n".join(texts_of("tur_Latn")))
    long = (words * (2 * BUFFERED // len(words) + 1))[: 2 * BUFFERED]
    places = [0, len(long), *range(BUFFERED - 2 * LEAST_TOKENS, BUFFERED + 3 * LEAST_TOKENS, 3)]
    texts = [" ".join([*long[:place], item, *long[place:]]) for place in places]
    assert found([*texts, " ".join(long)], item) == [(n, 0, EXACT) for n in range(len(places))]


def test_ten_thousand_questions_of_one_frame_stay_cheap():
    frame = " ".join(folded_tokens(texts_of("swh_Latn")[0])[: WORDS + 3])
    asked = [f"{frame} " + f"{n:b}".replace("1", "moja ").replace("0", "sifuri ") for n in range(10_000)]
    rows = contaminated([documents(f"{frame} jambo lingine kabisa")], items(*asked))
    assert rows["kind"].to_list() == [GRAM]
    assert index_of(items(*asked)).of_gram.group_by("gram").len()["len"].max() == MOST_ITEMS


WORD = st.sampled_from(["alfa", "beta", "gama", "deli", "epsi", "zeta", "eta", "theta", "iota", "kapa", "lamda", "mi"])
TEXT = st.lists(WORD, max_size=40)


@st.composite
def planted(draw: st.DrawFn) -> tuple[list[list[str]], list[list[str]]]:
    """Texts that are put together from pieces of items, and the items."""
    asked = draw(st.lists(TEXT, min_size=1, max_size=4))
    piece = st.builds(
        lambda n, first, size: asked[n % len(asked)][first : first + size],
        st.integers(0, 3), st.integers(0, 30), st.integers(0, 20),
    )  # fmt: skip
    pieces = st.lists(st.one_of(piece, piece, TEXT), max_size=3)
    return [[word for part in parts for word in part] for parts in draw(st.lists(pieces, max_size=6))], asked


@settings(deadline=None, max_examples=60)
@given(planted())
def test_what_is_found_is_what_a_plain_search_finds(drawn: tuple[list[list[str]], list[list[str]]]):
    """Exact and 13-gram by sets of tuples; near copies stand on the tests of signatures."""
    texts, asked = drawn
    got = {(d, kind) for d, _, kind in found([" ".join(t) for t in texts], *(" ".join(a) for a in asked))}
    want = set()
    for number, text in enumerate(texts):
        if any(_holds(text, item) for item in asked):
            want.add((number, EXACT))
        elif any(_grams(text) & _grams(item) for item in asked if len(set(item)) >= LEAST_DISTINCT):
            want.add((number, GRAM))
    assert {row for row in got if row[1] != NEAR and row[0] not in {d for d, k in got if k == NEAR}} <= want
    assert {d for d, _ in want} <= {d for d, _ in got}
    assert {row for row in got if row[1] == EXACT} == {row for row in want if row[1] == EXACT}


def _grams(words: list[str]) -> set[tuple[str, ...]]:
    runs = {tuple(words[i : i + WORDS]) for i in range(len(words) - WORDS + 1)}
    return {run for run in runs if len(set(run)) >= LEAST_DISTINCT}


def _holds(text: list[str], item: list[str]) -> bool:
    if not item:
        return False
    if len(item) < LEAST_TOKENS or len(set(item)) < LEAST_DISTINCT:
        return text == item
    return any(text[i : i + len(item)] == item for i in range(len(text) - len(item) + 1))


SIB = ["amh_Ethi", "ben_Beng", "hau_Latn", "hin_Deva", "ibo_Latn", "khm_Khmr", "mya_Mymr", "tha_Thai", "urd_Arab", "yor_Latn"]  # fmt: skip


@pytest.mark.shared
@pytest.mark.parametrize("language", SIB)
def test_sentences_of_sib_200_are_found_where_they_are_planted_and_nowhere_else(shared_data, language: str):
    asked = external_items(shared_data / "eval", language).filter(pl.col("benchmark") == "sib200")
    # Documents of the lake are in NFC, which writes some letters of Bengali in two; SIB-200 is not.
    sentences = asked.sort("item_id")["text"].str.normalize("NFC").to_list()
    enough = LEAST_TOKENS * (LETTERS_OF_A_WORD if language.endswith(("Khmr", "Mymr", "Thai")) else 1)
    sentences = [sentence for sentence in sentences if len(folded_tokens(sentence)) >= enough]
    planted, carriers = sentences[:60], sentences[60:120]
    texts = [f"{carrier}\n{sentence}\n{carrier}" for sentence, carrier in zip(planted, carriers, strict=True)]
    others = asked.filter(~pl.col("text").str.normalize("NFC").is_in(carriers))
    rows = contaminated([documents(*texts, *carriers)], others)
    assert rows["doc_id"].to_list() == [b"d%015d" % n for n in range(60)]
    assert set(rows["kind"]) == {EXACT}


def test_an_advertisement_of_the_lake_costs_a_language_none_of_its_text_and_a_published_item_always_does():
    """One held-out line, which stood on every page, had taken all Thai documents out of training."""
    line = "ร้านสมใจมีรองเท้านักเรียนลดราคา |"
    pages = pl.DataFrame(
        {
            "doc_id": [bytes([n]) * 16 for n in range(12)],
            "text": ["\n".join([*article.paragraphs, line]) for article in articles_of("tha_Thai")[:12]],
        }
    )
    items = pl.DataFrame({"benchmark": ["held_out_text"], "item_id": [b"i" * 16], "text": [line]})
    assert contaminated([pages], items).height == 12
    assert contaminated([pages], items, own=[b"i" * 16]).is_empty()
    assert contaminated([pages.head(10)], items, own=[b"i" * 16]).height == 10
