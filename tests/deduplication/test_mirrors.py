"""Hosts that repeat hosts, and languages that hold what another holds."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from lugha.deduplication import mirrors
from lugha.deduplication.cells import sign_cell
from lugha.deduplication.mirrors import keys_of_several_languages, language_overlap, source_overlap
from lugha.lake import TABLES, Lake
from lugha.lake.digest import short_hash
from lugha.sample.articles import articles_of

MEMORY = 500_000_000
FIRST = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
Put = Callable[..., None]


def article(language: str, number: int) -> str:
    return "\n".join(articles_of(language)[number].paragraphs)


@pytest.fixture
def put(lake: Lake, rows_of, tmp_path: Path) -> Put:
    """Sign documents, each a text or (address, text), into a cell of the lake."""

    def put(language: str, *documents: str | tuple[str, str], snapshot: str = "web-1") -> None:
        cell = {"snapshot": snapshot, "language": language}
        pages = [d if isinstance(d, tuple) else (f"http://{language}.example/{n}", d) for n, d in enumerate(documents)]
        rows = [
            {"doc_id": short_hash(f"{snapshot} {language} {n}".encode()), "text": text, "url": url, "host": "a.example",
             "fetched_at": FIRST, "content_hash": short_hash(text.encode())}
            for n, (url, text) in enumerate(pages)
        ]  # fmt: skip
        lake.overwrite("standardized_documents", rows_of("standardized_documents", *rows), cell, run_id="test")
        kept = [
            {c: row[c] for c in ("doc_id", "host", "fetched_at", "content_hash")}
            | {"document_hash": row["content_hash"]}
            for row in rows
        ]
        lake.overwrite("cleaned_shards", rows_of("cleaned_shards", *kept), cell, run_id="test")
        made = sign_cell(lake, snapshot, language, MEMORY, tmp_path / "cell")
        lake.overwrite("signatures", made.rows, cell, run_id="test")
        lake.overwrite("band_index", made.sides["band_index"], cell, run_id="test")

    return put


def told(lake: Lake, folder: Path, memory_bytes: int = MEMORY) -> dict[tuple[str, str], tuple[str, int, float]]:
    rows = language_overlap(lake, memory_bytes, folder)
    assert rows.schema == pl.Schema(TABLES["language_overlap"].schema)
    pairs = rows.select("language", "other_language", "kind", "document_count", "share").iter_rows()
    return {(a, b): (kind, count, share) for a, b, kind, count, share in pairs}


@pytest.mark.parametrize("language", ["yor_Latn", "amh_Ethi", "urd_Arab", "mya_Mymr", "tha_Thai", "tur_Latn"])
def test_a_text_with_another_end_is_a_near_copy_in_any_script(language: str, lake: Lake, put: Put, tmp_path: Path):
    text = "\n".join(article(language, n) for n in range(3))
    put(language, text, article(language, 4))
    put("swh_Latn", f"{text}\n{articles_of(language)[5].title}", article("swh_Latn", 0))
    assert told(lake, tmp_path / "work") == {
        (language, "swh_Latn"): ("near", 1, 0.5),
        ("swh_Latn", language): ("near", 1, 0.5),
    }


def test_translations_of_one_page_are_no_copies(lake: Lake, put: Put, tmp_path: Path):
    for language in ("yor_Latn", "hau_Latn", "swh_Latn"):
        put(language, *(article(language, n) for n in range(3)))
    assert told(lake, tmp_path / "work") == {}


def test_texts_and_addresses_are_compared_over_snapshots(lake: Lake, put: Put, tmp_path: Path):
    put("yor_Latn", article("yor_Latn", 0), ("http://a.example/two", article("yor_Latn", 1)))
    put("hau_Latn", article("yor_Latn", 0), snapshot="web-2")
    put("swh_Latn", ("http://a.example/two", article("swh_Latn", 1)), snapshot="web-2")
    assert told(lake, tmp_path / "work") == {
        ("yor_Latn", "hau_Latn"): ("same_text", 1, 0.5),
        ("hau_Latn", "yor_Latn"): ("same_text", 1, 1.0),
        ("yor_Latn", "swh_Latn"): ("same_url", 1, 0.5),
        ("swh_Latn", "yor_Latn"): ("same_url", 1, 1.0),
    }


def test_examples_are_documents_of_their_languages(lake: Lake, put: Put, tmp_path: Path):
    put("yor_Latn", article("yor_Latn", 0))
    put("hau_Latn", article("hau_Latn", 0), article("yor_Latn", 0))
    row = language_overlap(lake, MEMORY, tmp_path / "work").filter(pl.col("language") == "yor_Latn").row(0, named=True)
    assert row["example_id"] == short_hash(b"web-1 yor_Latn 0")
    assert row["other_example_id"] == short_hash(b"web-1 hau_Latn 1")


def test_an_empty_lake_has_no_overlap(lake: Lake, tmp_path: Path):
    assert language_overlap(lake, MEMORY, tmp_path / "work").is_empty()
    assert source_overlap(lake, "yor_Latn", MEMORY, tmp_path / "hosts").is_empty()


def test_ranges_of_keys_give_what_one_range_gives(lake: Lake, put: Put, tmp_path: Path):
    texts = [article("yor_Latn", n) for n in range(6)]
    put("yor_Latn", *texts)
    put("hau_Latn", *(f"{text}\nPari." for text in texts[:4]), article("hau_Latn", 0))
    index = lake.scan("band_index").select(mirrors.INDEX)
    parts = tmp_path / "parts"
    cut = keys_of_several_languages(index, 1_000, parts)
    whole = keys_of_several_languages(index, MEMORY, tmp_path / "whole")
    assert len(list(parts.glob("*.parquet"))) > 10
    assert cut.collect().sort(pl.all()).equals(whole.collect().sort(pl.all()))
    assert 0 < whole.collect().height < index.collect().height


def test_source_overlap_has_the_rows_of_its_table(lake: Lake, rows_of, tmp_path: Path):
    rows = [
        {"doc_id": bytes([n]) * 16, "cluster_id": bytes([n // 2 * 2]) * 16, "cluster_size": 2, "snapshot": "web-1",
         "host": ("first.example", "mirror.example")[n % 2], "byte_count": 10, "first_seen": FIRST + dt.timedelta(days=n)}
        for n in range(10)
    ]  # fmt: skip
    lake.overwrite("dedup_sets", rows_of("dedup_sets", *rows), {"language": "yor_Latn"}, run_id="test")
    found = source_overlap(lake, "yor_Latn", MEMORY, tmp_path / "hosts")
    lake.overwrite("source_overlap", found, {"language": "yor_Latn"}, run_id="test")
    assert lake.read("source_overlap").rows() == [("first.example", "mirror.example", 5, 50, 1.0, True, "yor_Latn")]
    assert source_overlap(lake, "hau_Latn", MEMORY, tmp_path / "hosts").is_empty()


@pytest.mark.slow
def test_a_notice_of_a_thousand_languages_is_no_square(tmp_path: Path):
    """30,000 documents with one text and one key in a thousand languages: links grow with documents, not their square."""
    from lugha.warehouse import query_files

    rows = pl.DataFrame({"n": pl.arange(30_000, eager=True)}).select(
        doc_id=pl.col("n").cast(pl.String).str.pad_start(16, "0").cast(pl.Binary),
        doc=pl.col("n"),
        language=pl.format("l{}_Latn", pl.col("n") % 1000),
        content_hash=pl.lit(b"x" * 16),
        url_hash=pl.lit(None, pl.Binary),
    )
    keys = rows.select("doc", "language", key=pl.lit(7), sketch_low=pl.lit(0), sketch_high=pl.lit(0))
    files = {"signatures": tmp_path / "s.parquet", "band_index": tmp_path / "b.parquet"}
    rows.write_parquet(files["signatures"])
    keys.write_parquet(files["band_index"])
    found = query_files("language_overlap", files, tmp_path / "o.parquet", MEMORY, most_languages=16, most_bits=24)
    assert found.select(pl.len()).collect().item() == (1000 - 16) * 16 + 16 * 15
