"""sql/dedup_pairs.sql: signatures to be compared."""

from lugha.warehouse import query
from tests.sql.deciding import tables


def test_a_copy_with_another_text_comes_with_its_signature_and_that_of_its_representative():
    rows = query(
        "dedup_pairs",
        tables(
            copies=[
                {"doc": 1, "representative_doc": 1, "is_same_text": True},
                {"doc": 2, "representative_doc": 1, "is_same_text": False},
                {"doc": 3, "representative_doc": 1, "is_same_text": False},
            ],
            signed=[{"doc": 1, "signature": b"one"}, {"doc": 2, "signature": b"two"}],
        ),
    )
    assert rows.sort("doc").rows() == [(2, b"two", b"one"), (3, None, b"one")]
