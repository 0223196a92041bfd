"""sql/dedup_copies.sql: who stands for a copy, by what it is one, and the weight of those that stand."""

import polars as pl

from lugha.warehouse import query
from tests.sql.deciding import tables

KEPT = {"is_kept": True}
USUAL = {"component": 1, "cluster_id": b"0", "first_kept_id": b"0", "is_held_out": False, "is_held_out_copy": False}


def copies(*documents: dict[str, object], **more: object) -> pl.DataFrame:
    size = {"cluster_size": len(documents), "is_kept": False} | more
    rows = [USUAL | size | {"doc": n, "seen": n} | document for n, document in enumerate(documents)]
    return query("dedup_copies", tables(kept=rows)).sort("doc")


def test_a_copy_has_the_representative_it_had_while_that_is_kept_in_its_cluster():
    rows = copies(
        KEPT,
        KEPT,
        KEPT | {"component": 2},
        {"old_representative_id": b"1"},
        {"old_representative_id": b"2"},
        {"old_representative_id": b"9"},
        {},
    )
    assert rows["representative_id"].to_list() == [b"0", b"1", b"2", b"1", b"0", b"0", b"0"]
    assert rows["representative_doc"].to_list() == [0, 1, 2, 1, 0, 0, 0]


def test_a_document_is_a_copy_by_text_before_by_address_before_by_likeness():
    same = {"content_hash": b"t", "url_hash": b"u"}
    rows = copies(KEPT, {"content_hash": b"t"}, same, {"url_hash": b"u"}, {}, same | {"is_held_out_copy": True})
    assert rows["method"].to_list() == ["representative", "near", "same_text", "same_url", "near", "held_out_copy"]


def test_a_kept_document_is_never_the_copy_of_an_older_one():
    rows = copies({"content_hash": b"t"}, KEPT | {"content_hash": b"t"}, first_kept_id=b"1")
    assert rows["method"].to_list() == ["same_text", "representative"]
    assert rows["is_same_text"].to_list() == [True, True]


def test_a_cluster_that_lost_all_but_one_is_unique():
    assert copies(KEPT)["method"].to_list() == ["unique"]


def test_only_the_first_of_the_kept_bears_the_weight_of_the_cluster():
    rows = copies(KEPT, KEPT, {}, cluster_size=100)
    assert rows["rehydration_weight"].to_list() == [8, 1, 0]


def test_a_held_out_cluster_is_held_out_but_for_what_was_on_the_training_side():
    assert copies(KEPT, {}, {"is_held_out_copy": True}, is_held_out=True)["is_held_out"].to_list() == [
        True,
        True,
        False,
    ]
