"""Word lists count whole tokens in every script, and no list is not the same as nothing found."""

import random
import string
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lugha.lake.schemas import TABLES
from lugha.registry import MissingCatalog
from lugha.sample.articles import articles_of
from lugha.scripts import tokens
from lugha.signals import adult_word_share, toxic_word_share
from lugha.wordlists import BrokenWordList, UnknownWordList, WordList, word_list
from lugha.wordlists.matching import covered_share

SIX = ("yor_Latn", "amh_Ethi", "urd_Arab", "mya_Mymr", "tha_Thai", "tur_Latn")
WriteList = Callable[..., Path]


@pytest.fixture
def write_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WriteList:
    """Writes a list into a catalog of its own."""
    monkeypatch.setenv("LUGHA_CATALOG", str(tmp_path))

    def write(text: str | bytes, kind: str = "toxicity", name: str = "yor_Latn.txt") -> Path:
        path = tmp_path / "wordlists" / kind / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def folded_tokens(text: str, language: str) -> list[str]:
    """What matching works on, by Python's own means."""
    text = unicodedata.normalize("NFC", text)
    folded = text.replace("I", "ı") if language == "tur_Latn" else text
    folded = folded.replace("İ", "i").casefold().replace("\u200c", "").replace("\u200d", "")
    return tokens(unicodedata.normalize("NFC", folded))


def share(text: str | None, language: str, *entries: str) -> float | None:
    shares = covered_share(pl.Series([text], dtype=pl.String), WordList("toxicity", language, entries))
    assert shares.dtype == pl.Float32
    return shares[0]


# The words in these lists are harmless on purpose: what is tested is the counting.
@pytest.mark.parametrize(
    ("language", "text", "entries", "covered", "all_tokens"),
    [
        ("yor_Latn", "Ọ̀rọ̀ yìí, ọ̀rọ̀ náà!", ("ọ̀rọ̀",), 2, 4),
        ("yor_Latn", "ọrọ̀ ọ̀rọ oro", ("ọ̀rọ̀",), 0, 3),
        ("amh_Ethi", "ሰላም፣ ለዓለም። ሰላም", ("ሰላም",), 2, 3),
        ("urd_Arab", "یہ کتاب، کتابیں", ("کتاب",), 1, 3),
        ("pes_Arab", "می\u200cخواهم کتاب", ("میخواهم",), 1, 2),
        ("tur_Latn", "Sık sık gelir, SIK", ("sık",), 3, 4),
        ("tur_Latn", "sik İLE ıssız", ("sık", "ile", "ISSIZ"), 2, 3),
        ("eng_Latn", "Class glass ASS", ("ass",), 1, 3),
        ("deu_Latn", "STRASSE Straße", ("straße",), 2, 2),
        ("ell_Grek", "ΛΌΓΟΣ λόγος", ("λόγος",), 2, 2),
        ("swh_Latn", "mbaya sana, mbaya mno", ("mbaya sana",), 2, 4),
        ("swh_Latn", "mbaya sana sana mno", ("mbaya sana", "sana", "sana mno"), 4, 4),
        ("swh_Latn", "a a a", ("a a",), 3, 3),
        ("hin_Deva", "हिन्दी में हिन्दीभाषा", ("हिन्दी",), 1, 3),
        ("yor_Latn", "123 ... 😀", ("ọ̀rọ̀",), 0, 1),
        ("zho_Hans", "中文文字", ("文字", "中"), 3, 4),
    ],
)
def test_whole_tokens_are_counted_once(
    language: str, text: str, entries: tuple[str, ...], covered: int, all_tokens: int
):
    assert share(text, language, *entries) == pytest.approx(covered / all_tokens)
    assert share(unicodedata.normalize("NFD", text), language, *entries) == pytest.approx(covered / all_tokens)


@pytest.mark.parametrize("language", ["tha_Thai", "mya_Mymr"])
def test_in_scripts_without_spaces_an_entry_is_found_inside_a_line(language: str):
    text = articles_of(language)[0].paragraphs[0]
    clusters = tokens(text)
    entry = "".join(tokens(text.split()[0])[2:6])
    assert share(text, language, entry) == pytest.approx(4 * text.count(entry) / len(clusters), rel=1e-5)
    assert share(" ".join(entry), language, entry) == 0, "a space ends a clause there"


@pytest.mark.parametrize(
    ("text", "covered"), [("mbaya sana", 2), ("mbaya-sana", 2), ("mbaya. Sana", 0), ("mbaya, sana (mbaya", 0)]
)
def test_an_entry_does_not_reach_across_the_end_of_a_sentence(text: str, covered: int):
    assert share(text, "swh_Latn", "mbaya sana") == pytest.approx(covered / len(tokens(text)))


def test_an_abbreviation_is_an_entry_too():
    assert share("K.B.! k.b k b", "swh_Latn", "k.b.") == pytest.approx(4 / 6)


@pytest.mark.parametrize("language", SIX)
def test_tokens_are_those_of_the_rest_of_lugha(language: str):
    """With every token of a text as an entry, the whole text is covered; with all but one, that one's share is left."""
    for article in articles_of(language)[:5]:
        text = " ".join(article.paragraphs)
        found = folded_tokens(text, language)
        words = sorted({token for token in found if any(map(str.isalpha, token))})
        numbers = sum(not any(map(str.isalpha, token)) for token in found)
        assert share(text, language, *words) == pytest.approx(1 - numbers / len(found))
        count = found.count(words[0])
        assert share(text, language, *words[1:]) == pytest.approx(1 - (numbers + count) / len(found))


def test_nothing_to_count_is_zero_and_no_text_is_null():
    assert share("", "yor_Latn", "ọ̀rọ̀") == 0
    assert share("😀 ... \n", "yor_Latn", "ọ̀rọ̀") == 0
    assert share(None, "yor_Latn", "ọ̀rọ̀") is None
    empty = covered_share(pl.Series([], dtype=pl.String), WordList("toxicity", "yor_Latn", ("ọ̀rọ̀",)))
    assert empty.len() == 0


LETTERS = st.sampled_from([*"aAbIıiİß", "ọ̀", "ก", "า", "ก็", "က", "န်", "文", "\u200c", "-", "1", "ة", "ሰ"])


@settings(max_examples=300, deadline=None)
@given(
    st.lists(LETTERS, max_size=30).map("".join),
    st.lists(st.lists(LETTERS, min_size=1, max_size=4).map("".join), min_size=1, max_size=4),
    st.sampled_from(SIX),
)
def test_shares_agree_with_a_slow_count(text: str, entries: list[str], language: str):
    entries = [entry for entry in entries if any(map(str.isalpha, entry))]
    if not entries:
        return

    found, covered = folded_tokens(text, language), set()
    for entry in [folded_tokens(entry, language) for entry in entries]:
        for place in range(len(found) - len(entry) + 1):
            if found[place : place + len(entry)] == entry:
                covered |= set(range(place, place + len(entry)))
    assert share(text, language, *entries) == pytest.approx(len(covered) / len(found) if found else 0)


def test_a_list_is_read_without_comments_and_repetitions(write_list: WriteList):
    write_list("\ufeff# from somewhere, CC BY\n\nbuburú\n  buburú \nọ̀rọ̀ burúkú\n#1 is a comment\n")
    words = word_list("toxicity", "yor_Latn")
    assert words is not None
    assert words.entries == ("buburú", "ọ̀rọ̀ burúkú")
    assert word_list("adult", "yor_Latn") is None
    assert word_list("toxicity", "hau_Latn") is None


def test_a_changed_list_is_read_again_and_has_another_digest(write_list: WriteList):
    write_list("buburú")
    before = word_list("toxicity", "yor_Latn")
    write_list("buburú\nburúkú")
    after = word_list("toxicity", "yor_Latn")
    assert before
    assert after
    assert before.digest != after.digest


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"buburu\nb\xe8b\xe8\n", "yor_Latn.txt: not UTF-8 (at line 2). Save it as UTF-8."),
        (b"", "holds no entry"),
        (b"# only a comment\n\n", "holds no entry"),
        (b"buburu\n88\n", 'line 2: "88" holds no letter'),
        ("buburú\n😀\n".encode(), 'line 2: "😀" holds no letter'),
    ],
)
def test_a_broken_list_says_where_and_what_to_do(write_list: WriteList, text: bytes, message: str):
    write_list(text)
    with pytest.raises(BrokenWordList) as problem:
        word_list("toxicity", "yor_Latn")
    assert message in str(problem.value)


@pytest.mark.parametrize(
    ("kind", "name", "message"),
    [
        ("toxicity", "yor_Lant.txt", 'Nearest: "yor_Latn"'),
        ("toxicity", "yo.txt", "not named"),
        ("toxicity", "yor_Latn.csv", "not named"),
        ("toxic", "yor_Latn.txt", "no kind of word list"),
    ],
)
def test_a_file_that_would_do_nothing_is_named(write_list: WriteList, kind: str, name: str, message: str):
    write_list("buburú", kind, name)
    with pytest.raises(UnknownWordList) as problem:
        word_list("toxicity", "yor_Latn")
    assert message in str(problem.value)


def test_hidden_files_are_passed_over(write_list: WriteList):
    write_list("buburú", name=".yor_Latn.txt.swp")
    assert word_list("toxicity", "yor_Latn") is None


def test_a_catalog_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LUGHA_CATALOG", "/no/such/folder")
    with pytest.raises(MissingCatalog, match="/no/such/folder"):
        word_list("toxicity", "yor_Latn")


@pytest.mark.parametrize(("signal", "kind"), [(toxic_word_share, "toxicity"), (adult_word_share, "adult")])
def test_a_language_without_a_list_has_no_score(write_list: WriteList, signal: object, kind: str):
    """Null and not 0, because 0 would say that the text was looked at."""
    documents = pl.DataFrame({"text": ["ọ̀rọ̀ burúkú", "", None]})
    write_list("burúkú", kind)
    assert signal.score(documents, "yor_Latn").to_list() == [0.5, 0.0, None]  # type: ignore[attr-defined]
    assert signal.score(documents, "tur_Latn").to_list() == [None, None, None]  # type: ignore[attr-defined]


@pytest.mark.parametrize("signal", [toxic_word_share, adult_word_share])
def test_a_word_list_drops_nothing_by_itself(signal: object):
    bound = signal.BOUND  # type: ignore[attr-defined]
    assert bound.at_least is None
    assert bound.at_most is None


def test_the_scores_have_columns():
    columns = TABLES["labelled_documents"].columns
    assert {"toxic_word_share", "adult_word_share"} <= set(columns)


@pytest.mark.slow
def test_a_thousand_entries_are_fast_and_hostile_text_is_bounded():
    """Measured 48 MB per CPU second; a tenth of it here, because machines differ."""
    pick = random.Random(0)
    entries = tuple("".join(pick.choices(string.ascii_lowercase, k=7)) for _ in range(1000))
    words = WordList("toxicity", "yor_Latn", (*entries, "a", "b b"))
    texts = [" ".join(articles_of("yor_Latn")[0].paragraphs)] * 10_000
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    start = time.process_time()
    covered_share(pl.Series(texts), words)
    assert time.process_time() - start < megabytes / 4.8
    for text in ("a " * 5_000_000, "a" * 10_000_000, "😀" * 2_500_000, "1" * 10_000_000, "b " * 1_000_000):
        start = time.process_time()
        covered_share(pl.Series([text]), words)
        assert time.process_time() - start < 30
