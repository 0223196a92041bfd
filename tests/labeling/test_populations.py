"""Whose text a distribution is of: documents and not sentences, once each, and not the junk of a crawl."""

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest

from lugha.labeling import populations
from lugha.labeling.populations import (
    crawl_population,
    reference_population,
    score_reference,
    stored_reference_population,
)
from lugha.lake import Lake
from lugha.reference import SETTING, reference, reference_digest
from lugha.sample.articles import articles_of
from lugha.signals import signals

Rows = Callable[..., pl.DataFrame]
LANGUAGES = ("yor_Latn", "amh_Ethi", "urd_Arab", "mya_Mymr", "tha_Thai", "tur_Latn")


@pytest.fixture
def text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of reference text: the bundled articles as documents, their paragraphs as a file of sentences."""
    for language in LANGUAGES:
        folder = tmp_path / "text" / language
        folder.mkdir(parents=True)
        articles = articles_of(language)
        rows = [{"text": "\n".join([a.title, *a.paragraphs])} for a in articles] + [{"text": articles[0].title}]
        with gzip.open(folder / "articles.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        lines = [p.replace("\n", " ") for a in articles for p in a.paragraphs]
        (folder / "lines.txt").write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setenv(SETTING, str(tmp_path / "text"))
    reference.cache_clear()
    yield tmp_path / "text"
    reference.cache_clear()


@pytest.mark.usefixtures("text")
@pytest.mark.parametrize("language", LANGUAGES)
def test_reference_documents_are_scored_without_sentences_and_held_out_ones(language: str):
    rows = score_reference(language, ())
    held_out = reference().filter(
        pl.col("language") == language, pl.col("source").str.contains("jsonl"), pl.col("is_held_out")
    )
    long = held_out.filter(pl.col("text").str.len_chars() >= populations.LEAST_CHARACTERS)
    assert rows.height == len(articles_of(language)) - long.height
    assert rows.columns == list(signals())
    assert rows["byte_count"].null_count() == 0
    models = [name for name, signal in signals().items() if hasattr(signal, "MODEL")]
    assert all(rows[name].null_count() == rows.height for name in models)


def test_the_order_of_the_files_does_not_matter_even_where_not_all_is_read(text: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(populations, "REFERENCE_DOCUMENTS", 3)
    one = score_reference("yor_Latn", ())
    path = text / "yor_Latn" / "articles.jsonl.gz"
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    path.write_bytes(gzip.compress("\n".join(reversed(lines)).encode()))
    reference.cache_clear()
    assert one.height == 3
    assert score_reference("yor_Latn", ()).equals(one)


@pytest.mark.usefixtures("text")
def test_only_languages_with_documents_are_in_the_population():
    found = reference_population(lambda language: ())
    assert found.kind == "reference"
    assert sorted(found.by_language) == sorted(LANGUAGES)
    assert all(x["byte_count"].count >= 3 for x in found.by_language.values())


def test_a_language_without_reference_text_has_no_scores(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(SETTING, raising=False)
    reference.cache_clear()
    assert score_reference("yor_Latn", ()).height == 0
    assert reference_population(lambda language: ()).by_language == {}
    reference.cache_clear()


def label(lake: Lake, rows_of: Rows, language: str, *rows: dict[str, object], snapshot: str = "web-1") -> None:
    good: dict[str, object] = {"lid_label": language, "lid_score": 0.9, "byte_count": 900.0, "word_count": 90.0}
    good |= {"letter_share": 0.9, "script_share": 1.0, "is_mixed": False}
    frames = [good | {"doc_id": f"{snapshot} {n:09}".encode(), **row} for n, row in enumerate(rows)]
    keys = {"snapshot": snapshot, "language": language}
    lake.overwrite("labelled_documents", rows_of("labelled_documents", *frames), keys, run_id="test")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_junk_of_a_crawl_is_left_out(lake: Lake, rows_of: Rows, language: str):
    junk: list[dict[str, object]] = [
        {"failure": "no_text"},
        {"lid_label": "eng_Latn"},
        {"lid_label": None},
        {"is_mixed": True},
        {"byte_count": 20.0},
        {"letter_share": 0.1},
    ]
    good = [{"digit_share": n / 100} for n in range(10)]
    label(lake, rows_of, language, *good, *({"digit_share": 0.1} | row for row in junk))
    found = crawl_population(lake)
    assert found.kind == "crawl"
    assert found.by_language[language]["digit_share"].count == 10
    assert found.by_language[language]["digit_share"].quantile(1) == pytest.approx(0.09)


def test_copies_count_once_and_snapshots_together(lake: Lake, rows_of: Rows):
    copy = {"own_hash": b"1" * 16, "digit_share": 0.14}
    label(lake, rows_of, "tha_Thai", copy, copy, copy, {"own_hash": b"2" * 16, "digit_share": 0.0})
    label(lake, rows_of, "tha_Thai", copy, {"own_hash": b"3" * 16, "digit_share": 0.0}, snapshot="web-2")
    found = crawl_population(lake).by_language["tha_Thai"]["digit_share"]
    assert (found.count, found.median) == (3, 0.0)


def test_languages_are_told_apart_and_can_be_named(lake: Lake, rows_of: Rows):
    label(lake, rows_of, "tha_Thai", {"digit_share": 0.01}, {"digit_share": 0.02})
    label(lake, rows_of, "yor_Latn", {"digit_share": 0.05})
    assert {x: y["digit_share"].count for x, y in crawl_population(lake).by_language.items()} == {
        "tha_Thai": 2,
        "yor_Latn": 1,
    }
    assert list(crawl_population(lake, only=["yor_Latn", "amh_Ethi"]).by_language) == ["yor_Latn"]
    assert crawl_population(lake, only=[]).by_language == {}


def test_of_a_large_language_a_fixed_number_of_documents_counts(
    lake: Lake, rows_of: Rows, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(populations, "CRAWL_DOCUMENTS", 5)
    rows = [{"doc_id": bytes([n, *[0] * 15]), "digit_share": n / 2560} for n in range(256)]
    label(lake, rows_of, "yor_Latn", *rows)
    label(lake, rows_of, "tur_Latn", *rows[:3])
    found = crawl_population(lake).by_language
    assert found["yor_Latn"]["digit_share"].count == 5
    assert found["yor_Latn"]["digit_share"].quantile(1) == pytest.approx(4 / 2560)
    assert found["tur_Latn"]["digit_share"].count == 3


def test_an_empty_lake_has_no_population(lake: Lake):
    assert crawl_population(lake).by_language == {}


@pytest.mark.usefixtures("text")
def test_reference_text_is_scored_once_for_the_same_stop_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "models"
    reference_digest.cache_clear()
    first = stored_reference_population(folder, lambda _: ())
    fresh = reference_population(lambda _: ())
    for language in LANGUAGES:
        ours, theirs = first.of(language, "word_count"), fresh.of(language, "word_count")
        assert ours
        assert theirs
        assert (ours.count, ours.mean, ours.standard_deviation) == (
            theirs.count,
            theirs.mean,
            theirs.standard_deviation,
        )
        assert ours.quantiles.tolist() == theirs.quantiles.tolist()
    assert first.of("yor_Latn", "trusted_score") is None
    monkeypatch.setattr(populations, "score_reference", lambda *_: pytest.fail("scored again"))
    assert stored_reference_population(folder, lambda _: ()).kind == "reference"
    with pytest.raises(pytest.fail.Exception, match="scored again"):
        stored_reference_population(folder, lambda _: ("àti",))
    reference_digest.cache_clear()
