"""Each check on a lake that breaks what it holds, and on one that does not."""

from collections.abc import Callable

import polars as pl
import pytest

from assets.checks.clusters import LISTED_ENOUGH, MOST_IN_ONE, TEMPLATE_ENOUGH, orphans, swallowed, taken_by_test_sets
from assets.checks.documents import (
    CEILING_ENOUGH,
    GOLD_ENOUGH,
    failing_hosts,
    forbidden,
    imprecise,
    one_rule_drops,
    unreasoned,
)
from assets.checks.mixtures import budget_problems, impossible_scores, leaked, share_problems
from assets.checks.tables import LARGE_ENOUGH, emptied, schema_problems
from lugha.lake import TABLES, Lake


def put(lake: Lake, table: str, keys: dict[str, str], *rows: dict[str, object]) -> None:
    """Rows of one partition; what a row does not name is null."""
    schema = {c: TABLES[table].schema[c] for c in TABLES[table].columns}
    frame = pl.DataFrame([dict.fromkeys(schema) | row for row in rows], schema=schema)
    lake.overwrite(table, frame, keys, run_id="test")


def identity(n: int) -> bytes:
    return n.to_bytes(16, "big")


CELL = {"snapshot": "web-1", "language": "amh_Ethi"}


def test_shares_that_sum_to_one_pass_and_others_fail(lake: Lake):
    put(lake, "mixture_languages", {"mixture": "base"}, {"share": 0.25}, {"share": 0.75})
    assert list(share_problems(lake)) == []
    put(lake, "mixture_languages", {"mixture": "base"}, {"share": 0.25}, {"share": 0.7})
    assert [name for name, _ in share_problems(lake)] == ["base"]


@pytest.mark.parametrize(
    ("byte_count", "repeat_count", "is_fine"), [(1_000, 2, True), (5_000_000, 1, False), (1_000, 9, False)]
)
def test_a_mixture_over_its_budget_or_its_epochs_fails(lake: Lake, byte_count: int, repeat_count: int, is_fine: bool):
    small = [
        {"doc_id": identity(n), "language": "amh_Ethi", "byte_count": byte_count, "repeat_count": repeat_count}
        for n in range(3)
    ]
    put(lake, "training_mixtures", {"mixture": "base"}, *small)
    assert (list(budget_problems(lake)) == []) == is_fine


def test_a_held_out_text_in_a_mixture_fails(lake: Lake):
    put(
        lake,
        "dedup_sets",
        {"language": "tha_Thai"},
        {"doc_id": identity(1), "content_hash": b"a" * 16, "is_held_out": True},
    )
    put(lake, "training_mixtures", {"mixture": "base"}, {"doc_id": identity(2), "content_hash": b"b" * 16})
    assert list(leaked(lake)) == []
    put(lake, "training_mixtures", {"mixture": "base"}, {"doc_id": identity(2), "content_hash": b"a" * 16})
    assert [name for name, _ in leaked(lake)] == ["base"]


def test_a_document_found_to_be_a_copy_of_held_out_text_after_it_was_mixed_fails(lake: Lake):
    copy = {"doc_id": identity(1), "content_hash": b"a" * 16, "is_held_out": False, "method": "held_out_copy"}
    put(lake, "dedup_sets", {"language": "tha_Thai"}, copy)
    put(lake, "training_mixtures", {"mixture": "base"}, {"doc_id": identity(1), "content_hash": b"a" * 16})
    assert [name for name, _ in leaked(lake)] == ["base"]


def test_a_record_that_robots_forbid_fails(lake: Lake):
    put(lake, "raw_crawls", CELL, {"doc_id": identity(1), "robots": "allowed"})
    assert list(forbidden(lake)) == []
    put(lake, "raw_crawls", CELL, {"doc_id": identity(1), "robots": "forbidden"})
    assert [name for name, _ in forbidden(lake)] == ["amh_Ethi|web-1"]


def test_a_document_dropped_without_a_reason_fails(lake: Lake):
    put(lake, "decisions", CELL, {"doc_id": identity(1), "is_kept": False, "drop_reason": "byte_count_below"})
    assert list(unreasoned(lake)) == []
    put(lake, "decisions", CELL, {"doc_id": identity(1), "is_kept": False})
    assert [name for name, _ in unreasoned(lake)] == ["amh_Ethi|web-1"]


def test_a_document_without_any_decision_fails_once_its_cell_was_decided(lake: Lake):
    put(lake, "labelled_documents", CELL, {"doc_id": identity(1)}, {"doc_id": identity(2)})
    assert list(unreasoned(lake)) == []
    put(lake, "decisions", CELL, {"doc_id": identity(1), "is_kept": True})
    assert [what for _, what in unreasoned(lake)] == ["1 documents have no decision at all"]


def test_a_cell_whose_gold_pages_are_in_another_language_fails(lake: Lake):
    pages = [{"doc_id": identity(n), "lid_label": "amh_Ethi"} for n in range(GOLD_ENOUGH)]
    put(lake, "labelled_documents", CELL, *pages)
    said = [{"doc_id": identity(n), "aspect": "language", "label": "amh_Ethi"} for n in range(GOLD_ENOUGH)]
    put(lake, "annotations", {"language": "amh_Ethi"}, *said)
    assert list(imprecise(lake)) == []
    wrong = [row | {"label": "tir_Ethi"} if n < 2 else row for n, row in enumerate(said)]
    put(lake, "annotations", {"language": "amh_Ethi"}, *wrong)
    assert [name for name, _ in imprecise(lake)] == ["amh_Ethi|web-1"]
    put(lake, "annotations", {"language": "amh_Ethi"}, *wrong[: GOLD_ENOUGH - 1])
    assert list(imprecise(lake)) == []


@pytest.mark.parametrize(
    ("tier", "dropped", "fails"), [("rule", 26, True), ("rule", 25, False), ("language", 50, False)]
)
def test_a_bound_that_drops_most_documents_of_a_cell_fails(lake: Lake, tier: str, dropped: int, fails: bool):
    rows = [
        {"doc_id": identity(n), "is_kept": n >= dropped}
        | ({"drop_reason": "word_count_below", "tier": tier} if n < dropped else {})
        for n in range(CEILING_ENOUGH)
    ]
    put(lake, "decisions", CELL, *rows)
    found = list(one_rule_drops(lake))
    assert [name for name, _ in found] == (["amh_Ethi|web-1"] if fails else [])
    assert all("lugha try-signal word_count" in what for _, what in found)


def test_a_failing_host_is_told_until_a_list_blocks_it(lake: Lake):
    host = {"host": "farm.example", "document_count": 40, "kept_count": 1, "is_failing": True}
    put(lake, "host_scores", {"language": "amh_Ethi"}, host)
    assert [name for name, _ in failing_hosts(lake)] == ["amh_Ethi"]
    put(lake, "host_scores", {"language": "amh_Ethi"}, host | {"blocked_by": "farms"})
    assert list(failing_hosts(lake)) == []


def test_a_score_that_is_no_number_fails(lake: Lake):
    put(lake, "eval_scores", {"language": "urd_Arab"}, {"nats": 1.0, "byte_count": 10})
    assert list(impossible_scores(lake)) == []
    put(lake, "eval_scores", {"language": "urd_Arab"}, {"nats": float("nan"), "byte_count": 10})
    assert [name for name, _ in impossible_scores(lake)] == ["urd_Arab"]


@pytest.mark.parametrize("ids", [[identity(1), identity(1)], [b"short"], [None]])
def test_a_document_without_its_one_id_fails(lake: Lake, ids: list[bytes | None]):
    put(lake, "cleaned_shards", CELL, {"doc_id": identity(1)}, {"doc_id": identity(2)})
    assert list(schema_problems(lake, "cleaned_shards")) == []
    put(lake, "cleaned_shards", CELL, *({"doc_id": i} for i in ids))
    assert [name for name, _ in schema_problems(lake, "cleaned_shards")] == ["amh_Ethi|web-1"]


def test_a_stage_that_swallows_many_documents_fails_and_a_thin_one_does_not(lake: Lake):
    put(lake, "raw_crawls", CELL, *({"doc_id": identity(n)} for n in range(LARGE_ENOUGH - 1)))
    put(lake, "parsed_documents", CELL)
    assert list(emptied(lake, "parsed_documents")) == []
    put(lake, "raw_crawls", CELL, *({"doc_id": identity(n)} for n in range(LARGE_ENOUGH)))
    assert [name for name, _ in emptied(lake, "parsed_documents")] == ["amh_Ethi|web-1"]


@pytest.mark.parametrize("find", [share_problems, budget_problems, leaked, forbidden, unreasoned, impossible_scores])
def test_an_empty_lake_breaks_nothing(lake: Lake, find: Callable[[Lake], object]):
    assert list(find(lake)) == []  # type: ignore[call-overload]


def documents(*rows: tuple[int, int, int, bool, str]) -> list[dict[str, object]]:
    """Rows of dedup_sets from (document, cluster, representative, is_kept, method)."""
    return [
        {
            "doc_id": identity(doc),
            "cluster_id": identity(cluster),
            "representative_id": identity(representative),
            "is_kept": is_kept,
            "method": method,
            "host": "a.example",
        }
        for doc, cluster, representative, is_kept, method in rows
    ]


@pytest.mark.parametrize(
    ("copy", "is_fine"),
    [
        ((2, 1, 1, False, "near"), True),
        ((2, 1, 2, False, "near"), False),  # stands for itself and is not kept
        ((2, 1, 9, False, "near"), False),  # nobody
        ((2, 3, 1, False, "near"), False),  # of another cluster
        ((2, 1, 2, False, "held_out_copy"), True),
    ],
)
def test_a_copy_without_a_kept_representative_in_its_cluster_fails(
    lake: Lake, copy: tuple[int, int, int, bool, str], is_fine: bool
):
    put(lake, "dedup_sets", {"language": "yor_Latn"}, *documents((1, 1, 1, True, "representative"), copy))
    assert [name for name, _ in orphans(lake)] == ([] if is_fine else ["yor_Latn"])


@pytest.mark.parametrize("method", ["near", "same_text"])
def test_a_cluster_that_holds_most_different_texts_of_a_language_is_shown(lake: Lake, method: str):
    """Equal texts are many without harm; a hundred different ones in one cluster are pages of a template."""
    copies = [(n, 1, 1, n == 1, method) for n in range(1, TEMPLATE_ENOUGH + 1)]
    others = [(n, n, n, True, "unique") for n in range(1_000, 1_000 + int(TEMPLATE_ENOUGH / MOST_IN_ONE) - 60)]
    put(lake, "dedup_sets", {"language": "mya_Mymr"}, *documents(*copies, *others))
    assert [name for name, _ in swallowed(lake)] == (["mya_Mymr"] if method == "near" else [])


@pytest.mark.parametrize(("listed", "is_fine"), [(LISTED_ENOUGH - 1, True), (LISTED_ENOUGH, False)])
def test_a_test_set_that_takes_much_of_a_language_is_shown(lake: Lake, listed: int, is_fine: bool):
    put(lake, "dedup_sets", {"language": "tha_Thai"}, *documents(*((n, n, n, True, "unique") for n in range(40))))
    rows = [{"doc_id": identity(n), "benchmark": "held_out_text"} for n in range(listed)]
    put(lake, "contaminated_documents", {"language": "tha_Thai"}, *rows)
    assert [name for name, _ in taken_by_test_sets(lake)] == ([] if is_fine else ["tha_Thai"])
