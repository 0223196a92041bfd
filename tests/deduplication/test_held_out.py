"""The side of a cluster is drawn once and never changes."""

import hashlib
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lugha.deduplication.held_out import held_out_count
from tests.deduplication.clustering import NONE, Page, run, told


def pages(numbers: Iterable[int]) -> list[Page]:
    """Documents that are like no other, each a cluster."""
    return [Page(f"{n}") for n in numbers]


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


@settings(deadline=None, max_examples=10)
@given(st.lists(st.integers(1, 120), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_sides_never_change_when_clusters_are_added(batches, random):
    """Each batch is a run: what stands on a side stays there, and the count is what the rule says for what there is."""
    before, sides, numbers = NONE, {}, []
    for size in batches:
        numbers += range(len(numbers), len(numbers) + size)
        shuffled = pages(numbers)
        random.shuffle(shuffled)
        rows = run(shuffled, before=before)
        now = told(rows, "is_held_out")
        assert now.items() >= sides.items()
        assert sum(now.values()) == held_out_count(len(numbers))
        before, sides = rows.select(NONE.columns), now


@settings(deadline=None, max_examples=10)
@given(st.sets(st.integers(0, 300), min_size=1), st.sets(st.integers(0, 300), min_size=1))
def test_a_cluster_that_is_gone_takes_no_other_to_its_side(first, second):
    """Bounds may change and clusters vanish; those that are left keep their side."""
    before = run(pages(first))
    sides, now = (
        told(before, "is_held_out"),
        told(run(pages(second), before=before.select(NONE.columns)), "is_held_out"),
    )
    assert all(now[name] == side for name, side in sides.items() if name in now)


def test_the_draw_depends_on_the_clusters_alone():
    forward, backward = (told(run(pages(numbers)), "is_held_out") for numbers in (range(100), reversed(range(100))))
    assert forward == backward
    assert sum(forward.values()) == 5


def test_a_cluster_is_drawn_as_one_whoever_stands_for_it():
    """Two hundred documents in a hundred clusters give five clusters, not ten documents."""
    rows = run([Page(f"{n}", n, float(n % 7), text=f"{n % 100}") for n in range(200)])
    held_out = rows.filter("is_held_out")
    assert (held_out.height, held_out["cluster"].n_unique()) == (10, 5)


def test_the_bound_of_hashes_leaves_enough_of_them_whatever_is_wanted():
    """Twenty thousand clusters, of which 200 are held out: less than a tenth of the hashes is looked at."""
    rows = run([Page(f"{n}") for n in range(20_000)])
    ids = sorted(rows["doc_id"], key=lambda i: hashlib.sha256(b"held out" + i).digest())
    assert set(rows.filter("is_held_out")["doc_id"]) == set(ids[:200])
