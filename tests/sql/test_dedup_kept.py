"""sql/dedup_kept.sql: which of the documents that may have copies are kept."""

import pytest

from lugha.warehouse import query
from tests.sql.deciding import tables

CLUSTER = {"component": 1, "cluster_size": 3, "cluster_id": b"0", "is_known": True}
STANDING = {"representative_id": b"1", "held_out_representative_id": b"2"}


def kept(was_held_out: bool, drawn: list[bytes], *members: dict[str, object]) -> dict[int, tuple[bool, bool]]:
    rows = query(
        "dedup_kept",
        tables(
            members=[{"doc": n, "component": 1} | m for n, m in enumerate(members)],
            clusters=[CLUSTER | STANDING | {"was_held_out": was_held_out}],
            drawn=[{"cluster_id": cluster_id} for cluster_id in drawn],
        ),
    )
    assert rows["is_held_out"].unique().to_list() == [was_held_out or bool(drawn)]
    return {doc: told for doc, *told in rows.select("doc", "is_kept", "is_held_out_copy").rows()}


def test_those_kept_before_are_kept_and_the_one_that_stands_for_the_cluster():
    found = kept(False, [], {"was_kept": True, "was_held_out": False}, {}, {})
    assert found == {0: [True, False], 1: [True, False], 2: [False, False]}


@pytest.mark.parametrize(("was_held_out", "drawn"), [(True, []), (False, [b"0"])])
def test_in_a_held_out_cluster_the_other_stands(was_held_out, drawn):
    assert kept(was_held_out, drawn, {}, {}, {}) == {0: [False, False], 1: [False, False], 2: [True, False]}


def test_what_was_on_the_training_side_of_a_held_out_cluster_is_kept_no_longer():
    found = kept(True, [], {"was_kept": True, "was_held_out": False}, {"was_kept": True, "was_held_out": True}, {})
    assert found == {0: [False, True], 1: [True, False], 2: [True, False]}
