"""sql/dedup_members.sql: documents that may have copies."""

from lugha.warehouse import query
from tests.sql.deciding import tables


def test_members_are_in_the_component_that_texts_and_addresses_joined_theirs_to():
    rows = query(
        "dedup_members",
        tables(
            documents=[{"doc": n} for n in (1, 2, 3, 4)],
            components=[{"doc": 1, "component": 1}, {"doc": 2, "component": 2}, {"doc": 99, "component": 2}],
            joined=[{"doc": 2, "component": 0}, {"doc": 3, "component": 0}],
            before=[],
        ),
    )
    assert dict(rows.select("doc", "component").rows()) == {1: 1, 2: 0, 3: 0}


def test_what_was_decided_before_is_told_and_is_unknown_for_a_new_document():
    rows = query(
        "dedup_members",
        tables(
            documents=[{"doc": 1}, {"doc": 2}],
            components=[{"doc": 1, "component": 1}, {"doc": 2, "component": 1}],
            joined=[],
            before=[{"doc_id": b"1", "representative_id": b"1", "is_kept": True, "is_held_out": False}],
        ),
    )
    told = rows.sort("doc").select("was_kept", "was_held_out", "old_representative_id").rows()
    assert told == [(True, False, b"1"), (False, None, None)]
