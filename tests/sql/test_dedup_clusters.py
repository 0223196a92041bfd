"""sql/dedup_clusters.sql: components and those that may stand for them."""

import pytest

from lugha.warehouse import query
from tests.sql.deciding import tables


def of(*members: dict[str, object]) -> dict[str, object]:
    rows = query("dedup_clusters", tables(members=[{"doc": n, "component": 1} | m for n, m in enumerate(members)]))
    return rows.row(0, named=True)


def test_the_oldest_names_the_cluster_and_the_best_stands_for_it():
    found = of({"seen": 3, "worse": -2.0}, {"seen": 1, "worse": 0.0}, {"seen": 2, "worse": -2.0})
    assert (found["cluster_id"], found["representative_id"], found["cluster_size"]) == (b"1", b"2", 3)
    assert (found["is_known"], found["was_held_out"]) == (False, False)


def test_of_those_kept_before_the_oldest_stands_for_it_however_good_others_are():
    assert (
        of({"worse": -9.0}, {"was_kept": True, "seen": 5}, {"was_kept": True, "seen": 4})["representative_id"] == b"2"
    )


@pytest.mark.parametrize(
    ("sides", "stands"), [((False, True), b"1"), ((False, None, True), b"2"), ((None, None), b"0")]
)
def test_what_was_on_the_training_side_cannot_stand_for_held_out_text(sides, stands):
    """Kept ones come first, then the best of the rest; a new document is on no side yet."""
    found = of(*({"was_held_out": side, "was_kept": side is not None} for side in sides))
    assert found["held_out_representative_id"] == stands
    assert (found["is_known"], found["was_held_out"]) == (any(s is not None for s in sides), any(sides))
