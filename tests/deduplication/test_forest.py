"""A component is what edges join, named by its smallest document, whatever the order and the memory."""

from itertools import pairwise
from pathlib import Path
from random import Random

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lugha.deduplication.forest import components

PLENTY = 1 << 30
NUMBERS = st.one_of(st.integers(-20, 20), st.sampled_from([-(2**63), 2**63 - 1, 2**62, -(2**62)]))


def edges(*pairs: tuple[int, int]) -> pl.DataFrame:
    return pl.DataFrame(list(pairs), schema={"doc_a": pl.Int64, "doc_b": pl.Int64}, orient="row")


def joined(pairs: list[tuple[int, int]]) -> dict[int, int]:
    """The same, by moving whole sets."""
    parts: dict[int, set[int]] = {}
    for a, b in pairs:
        part = parts.get(a, {a}) | parts.get(b, {b})
        parts |= dict.fromkeys(part, part)
    return {doc: min(part) for doc, part in parts.items()}


def found(frames: list[pl.DataFrame], memory_bytes: int, folder: Path) -> dict[int, int]:
    rows = components(iter(frames), memory_bytes, folder).collect()
    assert rows["doc"].is_unique().all()
    return dict(rows.iter_rows())


@settings(deadline=None)
@given(st.lists(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=20), max_size=5))
def test_components_are_those_of_moving_whole_sets(tmp_path_factory, frames):
    pairs = [pair for frame in frames for pair in frame]
    there = found([edges(*frame) for frame in frames], PLENTY, tmp_path_factory.getbasetemp())
    assert there == joined(pairs)


@pytest.mark.parametrize("seed", range(3))
def test_a_forest_in_files_gives_the_same_components(tmp_path, seed):
    """14,000 documents outgrow the first table several times, and 100 kB at once."""
    random = Random(seed)
    pairs = [(random.getrandbits(62), random.getrandbits(62)) for _ in range(7_000)]
    docs = [doc for pair in pairs for doc in pair]
    pairs += [(random.choice(docs), random.choice(docs)) for _ in range(5_000)]
    frames = [edges(*pairs[start : start + 1_000]) for start in range(0, len(pairs), 1_000)]
    assert found(frames, 100_000, tmp_path) == joined(pairs)
    assert [path.name for path in tmp_path.iterdir()] == ["components"]


def test_what_fits_into_memory_leaves_no_file(tmp_path):
    assert found([edges((1, 2), (2, 3))], PLENTY, tmp_path) == {1: 1, 2: 1, 3: 1}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("frames", [[], [edges()], [edges(), edges()]])
def test_without_edges_there_are_no_components(tmp_path, frames):
    assert found(frames, PLENTY, tmp_path) == {}


def test_a_chain_of_two_hundred_thousand_is_one_component(tmp_path):
    """Neither deep nor slow, in the order that makes the deepest trees."""
    chain = np.array(list(pairwise(range(200_000, 0, -1))))
    rows = components([pl.DataFrame(chain, schema=["doc_a", "doc_b"])], PLENTY, tmp_path).collect()
    assert rows["component"].unique().to_list() == [1]
    assert rows.height == 200_000
