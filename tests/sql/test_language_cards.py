"""sql/language_cards.sql: one language in numbers."""

import json

import polars as pl
import pytest

from lugha.lake import TABLES
from lugha.warehouse import query

YOR, AMH = {"language": "yor_Latn"}, {"language": "amh_Ethi"}


@pytest.fixture
def card(rows_of):
    def card(language: str, raw_crawls=(), decisions=(), dedup_sets=()) -> dict[str, object]:
        tables = {
            name: rows_of(name, {"language": "none"}, *rows)
            for name, rows in {"raw_crawls": raw_crawls, "decisions": decisions, "dedup_sets": dedup_sets}.items()
        }
        rows = query("language_cards", tables, language=language)
        assert rows.height == 1
        return rows.row(0, named=True)

    return card


def test_a_language_is_counted_over_all_of_its_snapshots_and_no_other_language(card):
    pages = [YOR | {"snapshot": "web-1"}, YOR | {"snapshot": "web-2"}, AMH | {"snapshot": "web-1"}]
    assert card("yor_Latn", raw_crawls=pages)["page_count"] == 2


def test_decisions_are_counted_by_reason_the_commonest_first(card):
    decisions = [
        YOR | {"is_kept": False, "drop_reason": "too_short"},
        YOR | {"is_kept": False, "drop_reason": "other_language"},
        YOR | {"is_kept": False, "drop_reason": "other_language"},
        YOR | {"is_kept": True},
        AMH | {"is_kept": False, "drop_reason": "digit_share"},
    ]
    found = card("yor_Latn", decisions=decisions)
    assert found["kept_count"] == 1
    assert list(json.loads(found["dropped"]).items()) == [("other_language", 2), ("too_short", 1)]


def test_clusters_and_bytes_are_those_of_the_representatives(card):
    def of(cluster: bytes, host: str, byte_count: int, method: str = "unique", is_held_out: bool = False):
        kept = method in ("unique", "representative")
        return {
            "cluster_id": cluster * 16,
            "host": host,
            "byte_count": byte_count,
            "method": method,
            "is_kept": kept,
            "is_held_out": is_held_out,
        }

    dedup_sets = [
        YOR | of(b"1", "a.example", 300, "representative"),
        YOR | of(b"1", "a.example", 300, "same_text"),
        YOR | of(b"1", "a.example", 300, "near"),
        YOR | of(b"1", "a.example", 310, "near"),
        YOR | of(b"2", "b.example", 100, is_held_out=True),
        YOR | of(b"3", "c.example", 400),
        AMH | of(b"4", "d.example", 900),
    ]
    found = card("yor_Latn", dedup_sets=dedup_sets)
    assert (found["cluster_count"], found["held_out_count"], found["unique_bytes"]) == (3, 1, 700)
    assert (found["host_count"], found["largest_host_share"]) == (3, 0.5)
    assert list(json.loads(found["copies"]).items()) == [("near", 2), ("same_text", 1)]


def test_a_cluster_that_a_later_document_joined_counts_once(card):
    joined = [
        YOR | {"cluster_id": b"1" * 16, "doc_id": d * 16, "is_kept": True, "host": "a", "byte_count": 5}
        for d in (b"1", b"2")
    ]
    assert card("yor_Latn", dedup_sets=joined)["cluster_count"] == 1


def test_a_language_of_which_nothing_was_found_is_a_card_of_zeros(card):
    assert card("tur_Latn") == {
        "page_count": 0,
        "kept_count": 0,
        "dropped": "{}",
        "cluster_count": 0,
        "copies": "{}",
        "held_out_count": 0,
        "unique_bytes": 0,
        "host_count": 0,
        "largest_host_share": 0.0,
    }


def test_a_language_that_dropped_nothing_has_no_reasons(card):
    assert card("yor_Latn", decisions=[YOR | {"is_kept": True}])["dropped"] == "{}"


def test_the_card_fits_its_table(lake):
    tables = {name: lake.scan(name) for name in ("raw_crawls", "decisions", "dedup_sets")}
    rows = query("language_cards", tables, language="yor_Latn").with_columns(pl.lit("Yorùbá").alias("endonym"))
    assert set(rows.columns) == set(TABLES["language_cards"].columns)
    lake.overwrite("language_cards", rows, YOR, run_id="run-1")
    assert lake.read("language_cards", **YOR)["endonym"].to_list() == ["Yorùbá"]
