"""sql/uncollected_records.sql: what a language still has to give, the hosts that gave most first."""

import pytest

from lugha.lake import TABLES
from lugha.warehouse import query


@pytest.fixture
def uncollected(rows_of):
    """Addresses in the order in which they are to be fetched for Yoruba into recollect-1."""

    def uncollected(index: list[tuple], raw: list[tuple] = [], cleaned: list[tuple] = []) -> list[str]:  # noqa: B006 - never changed
        of_index = ("snapshot", "url", "host", "depth", "outcome", "language")
        tables = {
            "crawl_index": rows_of("crawl_index", *(dict(zip(of_index, row, strict=True)) for row in index)),
            "raw_crawls": rows_of("raw_crawls", {"snapshot": "none"}, *({"snapshot": s, "url": url} for s, url in raw)),
            "cleaned_shards": rows_of(
                "cleaned_shards",
                {"language": "none"},
                *({"host": h, "language": code, "byte_count": n} for h, code, n in cleaned),
            ),
        }
        rows = query("uncollected_records", tables, language="yor_Latn", snapshot="recollect-1")
        assert set(rows.columns) == set(TABLES["crawl_index"].columns) | {"language"}
        return rows["url"].to_list()

    return uncollected


def known(
    url: str, depth: int = 1, language: str = "yor_Latn", snapshot: str = "web-1", outcome: str = "known"
) -> tuple:
    return (snapshot, url, url.partition("/")[0], depth, outcome, language)


def test_known_addresses_of_the_language_come_by_depth_and_then_by_address(uncollected):
    index = [known("a/2", 2), known("a/9", 1), known("a/1", 1), known("b/1", 1, language="amh_Ethi")]
    assert uncollected(index) == ["a/1", "a/9", "a/2"]


def test_hosts_that_gave_most_kept_text_of_the_language_come_first(uncollected):
    index = [known("a/1"), known("b/1"), known("c/1"), known("c/2", 5)]
    cleaned = [("b", "yor_Latn", 100), ("c", "yor_Latn", 80), ("c", "yor_Latn", 80), ("a", "amh_Ethi", 9000)]
    assert uncollected(index, cleaned=cleaned) == ["c/1", "c/2", "b/1", "a/1"]


@pytest.mark.parametrize("outcome", ["fetched", "robots_forbidden"])
def test_what_any_snapshot_fetched_or_may_not_fetch_is_left_out(uncollected, outcome):
    index = [known("a/1"), known("a/2"), known("a/1", snapshot="web-2", outcome=outcome, language="amh_Ethi")]
    assert uncollected(index) == ["a/2"]


def test_what_another_snapshot_collected_is_left_out_and_its_own_records_are_not(uncollected):
    """A killed re-collection is planned again with what it has."""
    index = [known("a/1"), known("a/2"), known("a/3")]
    assert uncollected(index, raw=[("recollect-0", "a/1"), ("recollect-1", "a/2")]) == ["a/2", "a/3"]


def test_an_address_that_two_snapshots_know_is_planned_once(uncollected):
    assert uncollected([known("a/1", snapshot="web-2"), known("a/1", snapshot="web-1")]) == ["a/1"]


def test_nothing_known_is_nothing_to_collect(uncollected):
    assert uncollected([known("a/1", outcome="failed")]) == []
