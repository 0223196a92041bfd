"""The side of a cluster is drawn once and never changes."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lugha.deduplication.held_out import held_out_count, hold_out
from lugha.lake.digest import short_hash

NONE = pl.DataFrame(schema={"cluster_id": pl.Binary, "is_held_out": pl.Boolean})


def clusters(*numbers: int) -> pl.DataFrame:
    return pl.DataFrame(
        {"cluster_id": [short_hash(f"{n}".encode()) for n in numbers]}, schema={"cluster_id": pl.Binary}
    )


def sides(frame: pl.DataFrame) -> dict[bytes, bool]:
    return dict(frame.iter_rows())


@pytest.mark.parametrize(
    ("cluster_count", "held_out"),
    [
        (0, 0),
        (5, 0),  # too few to give one away
        (6, 1),
        (7, 1),
        (8, 1),
        (15, 1),
        (16, 2),
        (59, 2),
        (60, 3),  # one in twenty
        (500, 25),
        (1_000, 50),
        (5_000, 50),  # at least 50
        (10_000, 100),  # one in a hundred
        (1_000_000, 10_000),
    ],
)
def test_how_many_are_held_out(cluster_count, held_out):
    assert held_out_count(cluster_count) == held_out


@given(st.integers(0, 10**7))
def test_more_clusters_never_mean_fewer_held_out(cluster_count):
    assert held_out_count(cluster_count) <= held_out_count(cluster_count + 1) <= cluster_count + 1


@given(st.integers(40, 10**7))
def test_never_more_than_one_in_twenty_except_in_the_smallest_languages(cluster_count):
    assert held_out_count(cluster_count) <= max(2, cluster_count / 20)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(1, 120), min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_sides_never_change_when_clusters_are_added(batches, random):
    """Each batch is a run: what stands on a side stays there, and the count is what the rule says for what there is."""
    before, numbers = NONE, []
    for size in batches:
        numbers += range(len(numbers), len(numbers) + size)
        shuffled = list(numbers)
        random.shuffle(shuffled)
        now = hold_out(clusters(*shuffled), before)
        assert sides(now).items() >= sides(before).items()
        assert now["is_held_out"].sum() == held_out_count(len(numbers))
        before = now


@settings(deadline=None, max_examples=30)
@given(st.sets(st.integers(0, 300), min_size=1), st.sets(st.integers(0, 300), min_size=1))
def test_a_cluster_that_is_gone_takes_no_other_to_its_side(first, second):
    """Bounds may change and clusters vanish; those that are left keep their side."""
    before = hold_out(clusters(*first), NONE)
    now = hold_out(clusters(*second), before)
    assert all(sides(now)[c] == side for c, side in sides(before).items() if c in sides(now))
    assert now["cluster_id"].to_list() == clusters(*second)["cluster_id"].to_list()


def test_the_draw_depends_on_the_clusters_alone():
    forward, backward = hold_out(clusters(*range(100)), NONE), hold_out(clusters(*reversed(range(100))), NONE)
    assert sides(forward) == sides(backward)
    assert sum(sides(forward).values()) == 5


def test_a_repeated_run_changes_nothing():
    before = hold_out(clusters(*range(100)), NONE)
    assert hold_out(clusters(*range(100)), pl.concat([before, before])).equals(before)


def test_no_clusters_have_no_sides():
    assert hold_out(clusters(), NONE).equals(NONE)
