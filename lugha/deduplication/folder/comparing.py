"""Near copies among the shards of a folder: the edges of each range of keys are one file.

A file of edges says which shards it has compared. Shards that came later are held against those; where one of those is
gone or has changed, the keys of the range are compared again.
"""

from collections.abc import Container, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from lugha.deduplication.edges import edges_of, edges_with
from lugha.deduplication.folder.files import made_from, note, whole_file
from lugha.deduplication.folder.shards import Shard
from lugha.deduplication.folder.signing import SIGNING, bands_path, signatures_path
from lugha.deduplication.ranges import KeyRange, key_ranges
from lugha.deduplication.shingles import MAX_DIFFERING_BITS
from lugha.errors import LughaError

RANGE_COUNT = 2  # a killed run does one of them again at most; more would cost more than they save
COMPARING = [1, RANGE_COUNT, MAX_DIFFERING_BITS, SIGNING]  # 1: of the files
NUMBER_BYTES = 32  # a document's number while it is looked for twice: itself, sorted, and the masks


class SameIdTwice(LughaError):
    """Two documents of a folder have one id, so nobody could say which of them was removed."""


def compare(state: Path, shards: Sequence[Shard], memory_bytes: int) -> list[Path]:
    """Write the edges of every range of keys, and tell where they are."""
    ranges = key_ranges(RANGE_COUNT)
    paths = [state / "edges" / f"{number:02}.parquet" for number in range(len(ranges))]
    for path, within in zip(paths, ranges, strict=True):
        _compare_range(state, shards, memory_bytes, path, within)
    return paths


def refuse_same_ids(state: Path, shards: Sequence[Shard], memory_bytes: int) -> None:
    """Raises SameIdTwice with the first id that stands twice, and where."""
    rows = pl.scan_parquet([signatures_path(state, shard) for shard in shards]).select("doc")
    document_count = rows.select(pl.len()).collect().item()
    for part in key_ranges(1 + document_count * NUMBER_BYTES // memory_bytes):
        docs = np.sort(rows.filter(pl.col("doc").is_between(part.low, part.high)).collect().to_series().to_numpy())
        twice = docs[1:][docs[1:] == docs[:-1]]
        if len(twice):
            _tell_same_id(state, shards, int(twice[0]))


def _compare_range(state: Path, shards: Sequence[Shard], memory_bytes: int, path: Path, within: KeyRange) -> None:
    there = {shard.name: shard.digest for shard in shards}
    inputs, noted = {"rules": COMPARING, "shards": there}, made_from(path)
    if noted == inputs:
        return
    compared = noted["shards"] if noted and noted["rules"] == COMPARING else {}
    if compared and compared.items() <= there.items():
        old, new = _index(state, shards, compared), _index(state, shards, there.keys() - compared)
        found = edges_with(new, old, within, memory_bytes)
        edges = pl.concat([pl.read_parquet(path), found])
    else:
        edges = edges_of(_index(state, shards, there), within, memory_bytes)
    with whole_file(path) as part:
        edges.write_parquet(part, compression="uncompressed", statistics=False, metadata=note(inputs))


def _index(state: Path, shards: Sequence[Shard], names: Container[str]) -> pl.LazyFrame:
    return pl.scan_parquet([bands_path(state, shard) for shard in shards if shard.name in names])


def _tell_same_id(state: Path, shards: Sequence[Shard], doc: int) -> None:
    places = [
        (name, shard.path)
        for shard in shards
        for name in pl.scan_parquet(signatures_path(state, shard)).filter(doc=doc).select("id").collect().to_series()
    ]
    (name, first), (other, second) = places[:2]
    same = f'"{name}"' if name == other else f'"{name}" and "{other}", which share a number by an accident of hashing,'
    where = f"twice in {first}" if first == second else f"in {first} and in {second}"
    raise SameIdTwice(
        f"The id {same} stands {where}. Give one of them another id, or remove the shard that repeats the other."
    )
