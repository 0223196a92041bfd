"""sql/dedup_held_out.sql: new clusters that are held out."""

import hashlib

from lugha.warehouse import query
from tests.sql.deciding import tables


def drawn(count: int, wanted: int, largest: str = "f" * 64) -> set[bytes]:
    rows = query(
        "dedup_held_out",
        tables(
            alone=[{"doc": n, "was_held_out": False if n == 3 else None} for n in range(3, count)],
            clusters=[{"cluster_id": b"0", "is_known": True}, {"cluster_id": b"1", "is_known": False}],
        ),
        wanted=wanted,
        largest=largest,
    )
    return set(rows["cluster_id"])


def test_only_new_clusters_are_drawn():
    assert drawn(10, 100) == {b"%d" % n for n in (1, 4, 5, 6, 7, 8, 9)}


def test_the_draw_is_in_the_order_of_the_hash_of_their_ids():
    ids = sorted((b"%d" % n for n in (1, *range(4, 50))), key=lambda i: hashlib.sha256(b"held out" + i).digest())
    assert drawn(50, 5) == set(ids[:5])
    assert drawn(50, 0) == set()


def test_no_hash_above_the_bound_is_drawn():
    below = {b"%d" % n for n in (1, *range(4, 50)) if hashlib.sha256(b"held out%d" % n).hexdigest() <= "8"}
    assert drawn(50, 100, "8") == below
    assert 10 < len(below) < 40
