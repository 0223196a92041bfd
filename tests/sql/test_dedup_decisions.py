"""sql/dedup_decisions.sql: what is decided where something is to be decided."""

from lugha.warehouse import query
from tests.sql.deciding import tables

NOTHING = {"alone": [], "drawn": [], "copies": [], "similarities": []}


def test_an_equal_text_is_fully_similar_and_others_as_measured():
    rows = query(
        "dedup_decisions",
        tables(
            **NOTHING
            | {
                "copies": [{"doc": n, "is_same_text": n == 1} for n in (1, 2, 3)],
                "similarities": [{"doc": 1, "similarity": 0.5}, {"doc": 2, "similarity": 0.75}],
            }
        ),
    )
    assert dict(rows.select("doc", "similarity").rows()) == {1: 1, 2: 0.75, 3: None}


def test_of_documents_without_a_copy_only_those_that_are_held_out_are_told():
    rows = query(
        "dedup_decisions",
        tables(
            **NOTHING
            | {
                "alone": [{"doc": n, "was_held_out": n == 2 if n > 1 else None} for n in (1, 2, 3)],
                "drawn": [{"cluster_id": b"1"}, {"cluster_id": b"4"}],
            }
        ),
    )
    assert sorted(rows.rows()) == [(n, b"%d" % n, b"%d" % n, True, 1, "unique", 1, 1, True) for n in (1, 2)]
