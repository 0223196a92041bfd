"""sql/dedup_completed.sql: all documents with what was decided for them."""

from lugha.warehouse import query
from tests.sql.deciding import tables

DECISION = {"doc": 1, "cluster_id": b"0", "representative_id": b"9", "is_kept": False, "cluster_size": 5}


def test_a_document_without_a_decision_stands_for_itself_and_others_have_theirs():
    decision = DECISION | {"method": "near", "similarity": None, "rehydration_weight": 0, "is_held_out": True}
    rows = query("dedup_completed", tables(incoming=[{"doc": 1}, {"doc": 2}], decided=[decision])).sort("doc")
    assert rows.drop("doc_id", "content_hash", "url_hash", "seen", "worse").rows() == [
        (1, b"0", b"9", False, 5, "near", None, 0, True),
        (2, b"2", b"2", True, 1, "unique", 1, 1, False),
    ]
