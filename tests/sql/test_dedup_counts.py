"""sql/dedup_counts.sql: clusters there are, and those that were held out."""

from lugha.warehouse import query
from tests.sql.deciding import tables


def test_clusters_of_copies_and_documents_that_are_alone_are_counted_with_their_sides():
    held_out = [{"doc_id": b"%d" % n, "is_held_out": n in (1, 5, 7)} for n in (1, 2, 5, 7)]
    rows = query(
        "dedup_counts",
        tables(
            documents=[{"doc": n} for n in (1, 2, 3, 4, 5)],
            members=[{"doc": 4}, {"doc": 5}],
            clusters=[{"component": 4, "was_held_out": True}],
            before=held_out,
        ),
    )
    assert rows.rows() == [(4, 2)]


def test_no_documents_are_no_clusters():
    assert query("dedup_counts", tables(documents=[], members=[], clusters=[], before=[])).rows() == [(0, 0)]
