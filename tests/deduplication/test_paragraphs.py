"""Paragraphs that stand in several documents of a language."""

import datetime as dt
from collections import defaultdict
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lugha.deduplication.paragraphs import (
    HASHES,
    LEAST_TOKENS,
    hashed,
    hashes_of,
    least_tokens,
    repeated_in,
    repeated_paragraphs,
)
from lugha.lake import TABLES, Lake
from lugha.sample.articles import articles_of
from lugha.scripts import folded_tokens

LANGUAGES = ("yor_Latn", "amh_Ethi", "urd_Arab", "mya_Mymr", "tha_Thai", "tur_Latn")
MEMORY = 500_000_000


def documents(*texts: str | None) -> pl.DataFrame:
    """Kept documents, a day and a host each."""
    return pl.DataFrame(
        {
            "doc_id": [bytes([n]) * 16 for n in range(len(texts))],
            "host": [f"host{n}.example" for n in range(len(texts))],
            "fetched_at": [dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=n) for n in range(len(texts))],
            "text": texts,
        },
        schema={"doc_id": pl.Binary, "host": pl.String, "fetched_at": pl.Datetime("us", "UTC"), "text": pl.String},
    )


def found(folder: Path, *texts: str | None, least: int = LEAST_TOKENS) -> tuple[pl.DataFrame, pl.DataFrame]:
    repeated, repeats = repeated_paragraphs(hashed(documents(*texts)).lazy(), MEMORY, folder / "work", least)
    return repeated.collect(), repeats.collect()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_paragraph_in_two_documents_is_found_in_any_script(language: str, tmp_path: Path):
    one, two, three = articles_of(language)[:3]
    shared = max(one.paragraphs, key=len)
    texts = ["\n".join(one.paragraphs), f"{two.paragraphs[0]}\n  {shared.upper()} !", "\n".join(three.paragraphs)]
    repeated, repeats = found(tmp_path, *texts, least=least_tokens(language))
    assert repeated.select("document_count", "host_count", "first_doc_id", "first_number").rows() == [
        (2, 2, bytes(16), one.paragraphs.index(shared))
    ]
    assert repeated["byte_count"].item() == len(shared.encode())
    assert repeated["token_count"].item() == len(folded_tokens(shared))
    told = {doc_id[0]: (count, size) for doc_id, _, count, size in repeats.iter_rows()}
    assert told == {0: (0, 0), 1: (1, len(f"  {shared.upper()} !".encode())), 2: (0, 0)}


@pytest.mark.parametrize(("length", "is_told"), [(LEAST_TOKENS - 1, False), (LEAST_TOKENS, True)])
def test_what_is_short_is_the_same_by_chance_and_not_told(length: int, is_told: bool, tmp_path: Path):
    line = " ".join(f"ọ̀rọ̀{letter}" for letter in "abcdefghij"[:length])
    repeated, repeats = found(tmp_path, line, line)
    assert (repeated.height, repeats.height) == ((1, 2) if is_told else (0, 0))


def test_a_letter_of_an_unspaced_script_says_less_than_a_word():
    assert {code: least_tokens(code) for code in ("yor_Latn", "kor_Kore", "amh_Ethi")} == dict.fromkeys(
        ("yor_Latn", "kor_Kore", "amh_Ethi"), LEAST_TOKENS
    )
    unspaced = ("tha_Thai", "mya_Mymr", "jpn_Jpan", "cmn_Hans", "cmn_Hant", "bod_Tibt")
    assert {least_tokens(code) for code in unspaced} == {3 * LEAST_TOKENS}


@pytest.mark.parametrize("texts", [(), ("", None, "\n\n", "... !")])
def test_no_paragraphs_give_empty_tables(texts: tuple[str | None, ...], tmp_path: Path):
    repeated, repeats = found(tmp_path, *texts)
    assert repeated.is_empty()
    assert repeats.is_empty()
    assert repeated.schema == pl.Schema({n: c.dtype for n, c in TABLES["repeated_paragraphs"].columns.items()})
    assert repeats.schema == pl.Schema({n: c.dtype for n, c in TABLES["paragraph_repeats"].columns.items()})


def test_batches_are_one_frame(tmp_path: Path):
    rows = documents("a b c d e f g h", None, "x\ny", "z")
    batched = hashes_of([rows[:1], rows[1:2], rows[2:]], tmp_path / "batches").collect()
    assert batched.equals(hashed(rows))
    assert hashes_of([], tmp_path / "none").collect().schema == pl.Schema(HASHES)


PARAGRAPH = st.tuples(st.integers(0, 6), st.integers(0, 3), st.integers(1, 2))  # document, hash, tokens


@settings(max_examples=25, deadline=None)
@given(st.lists(PARAGRAPH, max_size=40), st.permutations([None, 1, 1, 2, 3, 4, 5]))
def test_tables_are_what_counting_by_hand_gives(tmp_path_factory, paragraphs, days):
    numbers: dict[int, int] = defaultdict(int)
    rows, holders, own = [], defaultdict(set), defaultdict(list)
    for doc, hash_, token_count in paragraphs:
        seen = dt.datetime(2026, 1, days[doc], tzinfo=dt.UTC) if days[doc] else None
        rows.append((bytes([doc]) * 16, f"{doc % 3}.example", seen, numbers[doc], hash_, token_count, 10))
        numbers[doc] += 1
        if token_count > 1:
            holders[hash_].add(doc)
            own[doc].append(hash_)
    frame = pl.LazyFrame(rows, schema=HASHES, orient="row")
    repeated, repeats = repeated_paragraphs(frame, MEMORY, tmp_path_factory.mktemp("p"), least_tokens=2)

    def oldest(hash_: int) -> int:
        return min(holders[hash_], key=lambda doc: (days[doc] or 99, doc))

    assert {row[0]: row[1:] for row in repeated.collect().select(
        "paragraph_hash", "document_count", "host_count", pl.col("first_doc_id").bin.head(1)
    ).iter_rows()} == {
        h: (len(docs), len({doc % 3 for doc in docs}), bytes([oldest(h)])) for h, docs in holders.items() if len(docs) > 1
    }  # fmt: skip
    assert {row[0][0]: row[1:] for row in repeats.collect().iter_rows()} == {
        doc: (len(hashes), again := sum(oldest(h) != doc for h in hashes), 10 * again) for doc, hashes in own.items()
    }


@pytest.fixture
def kept(lake: Lake, rows_of) -> Lake:
    """A lake with three kept documents of Thai, of two snapshots; the notice stands in a foreign line of the third."""
    notice = "เว็บไซต์นี้ใช้คุกกี้เพื่อให้ท่านได้รับประสบการณ์ที่ดีที่สุด"
    pages = [("web-1", 0, "ก"), ("web-2", 1, "ข"), ("web-2", 2, "ค")]
    for snapshot in ("web-1", "web-2"):
        rows = [
            {
                "doc_id": bytes([n]) * 16, "document_hash": bytes([n]) * 16, "content_hash": bytes([n]) * 16,
                "host": f"{n}.example", "fetched_at": dt.datetime(2026, 1, 1 + n, tzinfo=dt.UTC),
                "foreign_lines": [0] if n == 2 else [], "text": f"{notice}\n{letter * 30}", "url": f"http://{n}.example/",
            }
            for where, n, letter in pages
            if where == snapshot
        ]  # fmt: skip
        cell = {"snapshot": snapshot, "language": "tha_Thai"}
        for table, left_out in (
            ("cleaned_shards", ("text", "url")),
            ("standardized_documents", ("document_hash", "foreign_lines")),
        ):
            told = [{c: v for c, v in row.items() if c not in left_out} for row in rows]
            lake.overwrite(table, rows_of(table, *told), cell, run_id="test")
    return lake


def test_a_language_is_read_from_the_lake_over_its_snapshots_without_foreign_lines(kept: Lake, tmp_path: Path):
    made = repeated_in(kept, "tha_Thai", MEMORY, tmp_path / "work")
    (row,) = made.rows.lazy().collect().to_dicts()
    assert (row["document_count"], row["first_doc_id"], row["first_number"]) == (2, bytes(16), 0)
    repeats = made.sides["paragraph_repeats"].lazy().collect()
    assert repeats["repeated_count"].to_list() == [0, 1, 0]
    again = repeated_in(kept, "tha_Thai", MEMORY, tmp_path / "work")
    assert again.rows.lazy().collect().height == 1


def test_a_language_without_documents_gives_no_rows(lake: Lake, tmp_path: Path):
    made = repeated_in(lake, "yor_Latn", MEMORY, tmp_path / "work")
    assert made.rows.lazy().collect().is_empty()


@pytest.mark.slow
def test_more_than_fits_into_memory_is_spilled_and_counted_alike(tmp_path: Path):
    count = 2_000_000
    rows = pl.LazyFrame({"n": pl.arange(count, eager=True)}).select(
        doc_id=(pl.col("n") // 10).cast(pl.String).str.pad_start(16, "0").cast(pl.Binary),
        host=pl.format("{}.example", pl.col("n") // 1000),
        first_seen=pl.from_epoch(pl.col("n") // 10, "s").dt.cast_time_unit("us").dt.replace_time_zone("UTC"),
        number=(pl.col("n") % 10).cast(pl.Int32),
        hash=pl.when(pl.col("n") % 2 == 0).then(pl.col("n") % 100_000).otherwise(-pl.col("n")),
        token_count=pl.lit(9, pl.Int32),
        byte_count=pl.lit(100, pl.Int32),
    )
    repeated, repeats = repeated_paragraphs(rows, 120_000_000, tmp_path)
    assert repeated.select(pl.len(), pl.col("document_count").sum()).collect().row(0) == (50_000, 1_000_000)
    assert repeats.select(pl.len(), pl.col("repeated_count").sum()).collect().row(0) == (200_000, 950_000)
    assert repeats.select(pl.col("doc_id").is_sorted()).collect().item()
