"""sql/dedup_held_out.sql: new clusters that are held out."""

import hashlib

from lugha.warehouse import query
from tests.sql.deciding import tables


def drawn(count: int, wanted: int) -> set[bytes]:
    rows = query(
        "dedup_held_out",
        tables(
            documents=[{"doc": n} for n in range(count)],
            members=[{"doc": n} for n in (0, 1, 2)],
            clusters=[{"cluster_id": b"0", "is_known": True}, {"cluster_id": b"1", "is_known": False}],
            before=[{"doc_id": b"3"}],
        ),
        wanted=wanted,
    )
    return set(rows["cluster_id"])


def test_only_new_clusters_are_drawn():
    assert drawn(10, 100) == {b"%d" % n for n in (1, 4, 5, 6, 7, 8, 9)}


def test_the_draw_is_in_the_order_of_the_hash_of_their_ids():
    ids = sorted((b"%d" % n for n in (1, *range(4, 50))), key=lambda i: hashlib.sha256(b"held out" + i).digest())
    assert drawn(50, 5) == set(ids[:5])
    assert drawn(50, 0) == set()
