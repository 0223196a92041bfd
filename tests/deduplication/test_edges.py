"""Edges join what shares a key and has near sketches, whatever the memory, the order and the split into runs."""

import time
from itertools import combinations, groupby, pairwise
from operator import itemgetter
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lugha.deduplication import edges
from lugha.deduplication.edges import EDGE_SCHEMA, ROW_BYTES, edges_of, edges_with
from lugha.deduplication.forest import components
from lugha.deduplication.ranges import HIGHEST, LOWEST, KeyRange, key_ranges
from lugha.deduplication.shingles import MAX_DIFFERING_BITS, PERMUTATIONS
from lugha.deduplication.signatures import BAND_SCHEMA, band_rows, sign
from lugha.sample.articles import articles_of

ALL = KeyRange(LOWEST, HIGHEST)
PLENTY, LITTLE = 1 << 30, 5 * ROW_BYTES
Row = tuple[int, int, int, int]  # key, doc, sketch_low, sketch_high

# Sketches on a line: two differ in as many bits as they lie apart, so some are near only by way of others.
PLACES = st.sampled_from([0, 1, 12, 24, 25, 36, 48, 49, 60, 64, 80, 100, 120])
KEYS = st.sampled_from([LOWEST, -5, 0, 1, 2, HIGHEST])
DOCS = st.one_of(st.integers(0, 15), st.sampled_from([LOWEST, HIGHEST]))


def row(key: int, doc: int, place: int) -> Row:
    bits = np.array([(1 << place) - 1 & (1 << 64) - 1, (1 << place) - 1 >> 64], np.uint64).view(np.int64)
    return key, doc, int(bits[0]), int(bits[1])


ROWS = st.lists(st.builds(row, KEYS, DOCS, PLACES), max_size=40)


def index(rows: list[Row]) -> pl.LazyFrame:
    return pl.LazyFrame(rows, schema=BAND_SCHEMA, orient="row")


def similarities(rows: list[Row]) -> dict[tuple[int, int], set[float]]:
    """What two documents that are near copies under some key may be said to have in common, by comparing all pairs."""
    found: dict[tuple[int, int], set[float]] = {}
    buckets = [list(bucket) for _, bucket in groupby(sorted(rows), key=itemgetter(0))]
    for a, b in (pair for bucket in buckets for pair in combinations(bucket, 2)):
        bits = sum(((a[half] ^ b[half]) & (1 << 64) - 1).bit_count() for half in (2, 3))
        if bits <= MAX_DIFFERING_BITS and a[1] != b[1]:
            pair = min(a[1], b[1]), max(a[1], b[1])
            found.setdefault(pair, set()).add(float(np.float32(1 - 2 * bits / PERMUTATIONS)))
    return found


def parts(*frames: pl.DataFrame) -> set[frozenset[int]]:
    return joined([pair for frame in frames for pair in frame.select("doc_a", "doc_b").iter_rows()])


def joined(pairs: list[tuple[int, int]]) -> set[frozenset[int]]:
    """Connected parts, by moving whole sets."""
    of: dict[int, frozenset[int]] = {}
    for a, b in pairs:
        part = of.get(a, frozenset([a])) | of.get(b, frozenset([b]))
        of |= dict.fromkeys(part, part)
    return set(of.values())


@settings(deadline=None, max_examples=60)
@given(ROWS, st.sampled_from([PLENTY, LITTLE]))
def test_edges_are_near_pairs_that_join_all_near_pairs(rows, memory_bytes):
    found, near = edges_of(index(rows), ALL, memory_bytes), similarities(rows)
    assert found.schema == EDGE_SCHEMA
    pairs = list(found.select("doc_a", "doc_b").iter_rows())
    assert pairs == sorted(set(pairs))
    assert all(similarity in near[a, b] for a, b, similarity in found.iter_rows())
    assert joined(pairs) == joined(list(near))


@settings(deadline=None, max_examples=60)
@given(ROWS, st.lists(st.integers(0, 40), max_size=4), st.sampled_from([PLENTY, LITTLE]))
def test_edges_of_what_came_one_by_one_join_what_edges_of_all_join(rows, cuts, memory_bytes):
    bounds = [0, *sorted(cuts), len(rows)]
    known: list[pl.DataFrame] = []
    for start, stop in pairwise(bounds):
        known.append(edges_with(index(rows[start:stop]), index(rows[:start]), ALL, memory_bytes))
    assert parts(*known) == parts(edges_of(index(rows), ALL, PLENTY)) == joined(list(similarities(rows)))


@settings(deadline=None, max_examples=50)
@given(ROWS, st.integers(1, 20))
def test_ranges_of_keys_meet_in_their_edges_only(rows, count):
    found = [edges_of(index(rows), within, PLENTY) for within in key_ranges(count)]
    assert parts(*found) == joined(list(similarities(rows)))


@settings(deadline=None, max_examples=50)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_change_edges(rows, random):
    rows = list({(key, doc): (key, doc, low, high) for key, doc, low, high in rows}.values())
    shuffled = random.sample(rows, len(rows))
    assert edges_of(index(shuffled), ALL, PLENTY).equals(edges_of(index(rows), ALL, PLENTY))


@pytest.fixture(scope="module")
def shards(tmp_path_factory) -> Path:
    """Articles in six languages, each with a copy that lost its last words, as sorted runs in files of many row groups."""
    folder = tmp_path_factory.mktemp("shards")
    for number, language in enumerate(("yor_Latn", "amh_Ethi", "urd_Arab", "mya_Mymr", "tha_Thai", "tur_Latn")):
        texts = ["\n".join(article.paragraphs) for article in articles_of(language)]
        texts += [text[: -len(text) // 20] for text in texts]
        docs = np.arange(len(texts)) + 1000 * number
        band_rows(docs, sign(pl.Series(texts))).write_parquet(folder / f"{number}.parquet", row_group_size=50)
    return folder


@pytest.mark.parametrize("memory_bytes", [PLENTY, 100_000])
def test_files_of_sorted_runs_are_compared_as_one_whatever_the_memory(shards, memory_bytes):
    files = [pl.scan_parquet(path) for path in sorted(shards.iterdir())]
    rows = list(pl.concat(files).collect().iter_rows())
    expected = joined(list(similarities(rows)))
    assert len(expected) >= 6
    assert parts(edges_of(pl.scan_parquet(shards / "*.parquet"), ALL, memory_bytes)) == expected
    one_by_one = [
        edges_with(new, pl.concat([files[0].clear(), *files[:number]]), ALL, memory_bytes)
        for number, new in enumerate(files)
    ]
    assert parts(*one_by_one) == expected


@pytest.mark.parametrize("memory_bytes", [PLENTY, 10_000_000])
def test_a_hundred_thousand_equal_documents_have_one_edge_each(memory_bytes, tmp_path):
    docs = np.random.default_rng(0).integers(LOWEST, HIGHEST, 100_000)
    same = pl.LazyFrame({"key": 7, "doc": docs, "sketch_low": 1, "sketch_high": 2}, schema=BAND_SCHEMA)
    found = edges_of(same, ALL, memory_bytes)
    assert found.height == 99_999
    assert components([found], PLENTY, tmp_path).collect()["component"].unique().to_list() == [docs.min()]
    assert found["similarity"].unique().to_list() == [1.0]


def test_a_template_of_fifty_thousand_far_pages_is_compared_within_seconds():
    """Sketches of pages that have a key in common and nothing else; all pairs would be a billion and a quarter."""
    low, high = np.random.default_rng(0).integers(LOWEST, HIGHEST, (2, 50_000))
    far = pl.LazyFrame({"key": 7, "doc": range(50_000), "sketch_low": low, "sketch_high": high}, schema=BAND_SCHEMA)
    start = time.process_time()
    assert edges_of(far, ALL, PLENTY).is_empty()
    assert time.process_time() - start < 10


def test_a_sketch_is_compared_with_so_many_others_and_no_more(monkeypatch):
    """Document 0 lies near the last of four only; beyond the bound it does not get there."""
    rows = [row(7, 0, 0), row(7, 1, 40), row(7, 2, 80), row(7, 3, 120), row(7, 4, 10)]
    assert parts(edges_of(index(rows), ALL, PLENTY)) == {frozenset([0, 4])}
    monkeypatch.setattr(edges, "MOST_COMPARED", 3)
    assert edges_of(index(rows), ALL, PLENTY).is_empty()


def test_old_documents_are_not_compared_among_themselves():
    old = [row(7, doc, doc) for doc in range(10)]
    assert edges_with(index([row(7, 20, 100)]), index(old), ALL, PLENTY).is_empty()
    near = edges_with(index([row(7, 20, 0), row(7, 21, 5)]), index(old), ALL, PLENTY)
    assert near.height == 2


@pytest.mark.parametrize("key", [LOWEST, 0, 7, HIGHEST])
def test_a_new_document_that_is_alone_among_the_new_meets_an_old_one(key):
    found = edges_with(index([row(key, 1, 0)]), index([row(key, 2, 12), row(key // 2 + 1, 3, 0)]), ALL, PLENTY)
    assert found.rows() == [(1, 2, pytest.approx(0.8))]


def test_without_rows_there_are_no_edges():
    assert edges_of(index([]), ALL, PLENTY).equals(pl.DataFrame(schema=EDGE_SCHEMA))
    assert edges_with(index([]), index([row(7, 1, 0), row(7, 2, 0)]), ALL, PLENTY).is_empty()
    assert edges_with(index([row(7, 1, 0)]), index([]), ALL, PLENTY).is_empty()
