"""sql/source_overlap.sql: which host repeats which."""

import datetime as dt
from collections import defaultdict

import pytest

from lugha.warehouse import query


@pytest.fixture
def overlap(rows_of):
    def overlap(*documents: tuple[str, str, int, str]) -> dict[tuple[str, str], dict[str, object]]:
        """(cluster, host, day it was seen, snapshot) of each document; 100 bytes each."""
        members = defaultdict(list)
        for n, (cluster, host, day, snapshot) in enumerate(documents):
            seen = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=day)
            members[cluster].append(
                {
                    "doc_id": n.to_bytes(16, "big"),
                    "host": host,
                    "first_seen": seen,
                    "snapshot": snapshot,
                    "byte_count": 100,
                }
            )
        rows = []
        for cluster in members.values():
            first = min(cluster, key=lambda row: (row["first_seen"], row["doc_id"]))["doc_id"]
            rows += [row | {"cluster_id": first, "cluster_size": len(cluster)} for row in cluster]
        found = query(
            "source_overlap", {"dedup_sets": rows_of("dedup_sets", *rows)}, least_documents=5, least_share=0.5
        )
        return {(row["first_host"], row["host"]): row for row in found.iter_rows(named=True)}

    return overlap


def test_the_host_that_repeats_is_told_with_documents_bytes_and_share(overlap):
    row = overlap(
        ("1", "a.example", 0, "web-1"), ("1", "b.example", 1, "web-1"), ("1", "b.example", 2, "web-1"),
        ("2", "b.example", 3, "web-1"),
    )["a.example", "b.example"]  # fmt: skip
    assert (row["document_count"], row["byte_count"], row["share"], row["is_mirror"]) == (2, 200, 2 / 3, False)


def test_a_host_that_repeats_itself_repeats_nobody(overlap):
    assert overlap(("1", "a.example", 0, "web-1"), ("1", "a.example", 1, "web-2")) == {}


def test_half_of_five_or_more_documents_make_a_mirror(overlap):
    def copies(count: int, own: int) -> bool:
        found = overlap(
            *(
                (str(n), host, day, "web-1")
                for n in range(count)
                for day, host in enumerate(("a.example", "b.example"))
            ),
            *((f"own {n}", "b.example", 0, "web-1") for n in range(own)),
        )
        return bool(found["a.example", "b.example"]["is_mirror"])

    assert (copies(5, 5), copies(5, 6), copies(4, 0)) == (True, False, False)


def test_an_older_snapshot_tells_who_was_first(overlap):
    """The large host is known longer, and yet the small one had this text before."""
    found = overlap(
        ("0", "large.example", 0, "web-1"), ("1", "small.example", 5, "web-2"), ("1", "large.example", 9, "web-3"),
    )  # fmt: skip
    assert list(found) == [("small.example", "large.example")]


def test_mirrors_of_one_crawl_that_take_turns_are_seen(overlap):
    """Three hosts with the same ten texts, each first in a third of them: no pair has half, were the clock believed."""
    hosts = ("a.example", "b.example", "c.example")
    found = overlap(
        ("x", "a.example", 0, "web-1"),
        *((str(n), hosts[(n + k) % 3], 1 + k, "web-1") for n in range(9) for k in range(3)),
    )
    assert sorted(found) == [("a.example", "b.example"), ("a.example", "c.example")]
    assert all(row["is_mirror"] and row["share"] == 1 for row in found.values())


def test_mirrors_come_first(overlap):
    found = overlap(
        *((str(n), host, day, "web-1") for n in range(5) for day, host in enumerate(("z.example", "y.example"))),
        *((f"b{n}", "b.example", 0, "web-1") for n in range(20)),
        *((f"b{n}", "c.example", 0, "web-1") for n in range(6)),
        *((f"c{n}", "c.example", 0, "web-1") for n in range(9)),
    )
    assert list(found) == [("z.example", "y.example"), ("b.example", "c.example")]
