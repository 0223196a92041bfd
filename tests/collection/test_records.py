"""Records of a cell out of WARC files, also of damaged ones."""

from pathlib import Path

import polars as pl
import pytest

from lugha.collection.index import index_rows, recollection_snapshot, uncollected
from lugha.collection.politeness import Politeness
from lugha.collection.records import records_from_warc
from lugha.collection.site import Limits
from lugha.collection.walk import walk
from lugha.parsing.parse import parse
from lugha.sample.server import serve

PARAGRAPH = "Soko la samaki linafunguliwa alfajiri, na wavuvi hupanga samaki wao kwenye meza za mbao karibu na gati. "


@pytest.fixture
def index(tmp_path: Path) -> pl.DataFrame:
    """crawl_index rows of a small host: a listing and three pages."""
    host = tmp_path / "hosts" / "soko.example" / "sw"
    host.mkdir(parents=True)
    links = "".join(f'<a href="/sw/{n}.html">{n}</a>' for n in range(3))
    (host.parent / "index.html").write_text(f"<html lang='sw'><body>{links}</body></html>", encoding="utf-8")
    for n in range(3):
        page = f"<html lang='sw'><body><article><h1>Soko {n}</h1><p>{PARAGRAPH * (n + 4)}</p></article></body></html>"
        (host / f"{n}.html").write_text(page, encoding="utf-8")
    with serve(tmp_path / "hosts") as address:
        manners = Politeness(user_agent="lugha/0.1 (+http://localhost/test)", delay_seconds=0.0, resolve={"*": address})
        found = walk(["http://soko.example/"], manners, Limits(), tmp_path / "warc", lambda progress: None)
    return index_rows(found, "web-1")


def test_a_corrupt_warc_record_costs_no_other_and_is_counted_under_its_reason(index: pl.DataFrame, tmp_path: Path):
    plan = index.filter(pl.col("outcome") == "fetched")
    victim = plan.filter(pl.col("url").str.ends_with("/1.html")).row(0, named=True)
    file = tmp_path / "warc" / victim["warc_file"]
    content = bytearray(file.read_bytes())
    content[victim["warc_offset"] + 20 : victim["warc_offset"] + 60] = b"\xff" * 40
    file.write_bytes(content)
    records = records_from_warc(plan, tmp_path / "warc")
    assert records.filter(pl.col("failure").is_not_null())["url"].to_list() == [victim["url"]]
    parsed = parse(records.with_columns(snapshot=pl.lit("web-1"), language=pl.lit("swh_Latn")), "swh_Latn")
    reasons = dict(parsed.select("url", "failure").iter_rows())
    assert reasons[victim["url"]] == "broken_record"
    assert sum(reason is None for reason in reasons.values()) >= 2


def test_a_record_has_one_id_and_the_language_of_its_address(index: pl.DataFrame):
    assert index["doc_id"].n_unique() == index.height
    pages = index.filter(pl.col("url").str.contains("/sw/"))
    assert set(pages["language"]) == {"swh_Latn"}


def test_what_is_known_and_never_fetched_is_left_for_a_recollection(index: pl.DataFrame):
    both = pl.concat([index, index.with_columns(outcome=pl.lit("known"))]).with_columns(snapshot=pl.lit("web-1"))
    assert uncollected(both.lazy()).is_empty()
    one = both.with_columns(
        outcome=pl.when(pl.col("url").str.ends_with("/2.html")).then(pl.lit("known")).otherwise("outcome")
    )
    assert uncollected(one.lazy())["url"].to_list() == ["http://soko.example/sw/2.html"]


def test_all_languages_that_fall_in_a_week_share_one_snapshot():
    from datetime import date

    assert recollection_snapshot(date(2026, 11, 21)) == "recollect-2026w47"
    assert recollection_snapshot(date(2027, 1, 1)) == "recollect-2026w53"
