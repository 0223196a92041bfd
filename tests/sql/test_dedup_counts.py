"""sql/dedup_counts.sql: clusters there are, and those that were held out."""

from lugha.warehouse import query
from tests.sql.deciding import tables


def test_clusters_of_copies_and_documents_that_are_alone_are_counted_with_their_sides_and_those_without_one():
    alone = [{"doc": n, "was_held_out": side} for n, side in enumerate((True, False, None))]
    clusters = [{"component": n, "was_held_out": n == 9, "is_known": n > 7} for n in (7, 8, 9)]
    assert query("dedup_counts", tables(alone=alone, clusters=clusters)).rows() == [(6, 2, 2)]


def test_no_documents_are_no_clusters():
    assert query("dedup_counts", tables(alone=[], clusters=[])).rows() == [(0, 0, 0)]
