"""sql/dedup_alone.sql: documents without a copy."""

from lugha.warehouse import query
from tests.sql.deciding import tables


def test_those_that_are_members_of_no_component_are_alone_on_the_side_they_were_on():
    rows = query(
        "dedup_alone",
        tables(
            documents=[{"doc": n} for n in (1, 2, 3, 4)],
            members=[{"doc": 4}],
            before=[{"doc_id": b"%d" % n, "is_held_out": n == 2} for n in (2, 3, 4, 5)],
        ),
    )
    assert sorted(rows.rows()) == [(1, b"1", None), (2, b"2", True), (3, b"3", False)]
