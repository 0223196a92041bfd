"""Near copies of one language within one key range, from the keys that the lake holds.

What was compared stays compared: a new snapshot is held against the others and itself. Where a snapshot is gone or has
changed, all keys of the range are compared again, without reading any text.
"""

import polars as pl

from lugha.deduplication.edges import edges_of, edges_with
from lugha.deduplication.ranges import KeyRange
from lugha.lake import TABLES, Lake
from lugha.lake.build import Made
from lugha.lake.digest import digest_of


def compare(lake: Lake, language: str, key_range: str, within: KeyRange, memory_bytes: int, code_version: str) -> Made:
    """Rows of `duplicate_edges` of a language and key range, and of `compared_snapshots` beside them. `code_version`
    is that of the keys and of the comparison: another one begins anew.
    """
    before = lake.read("compared_snapshots", language=language, key_range=key_range)
    compared = dict(before.select("snapshot", "digest").iter_rows())
    there = snapshots_of(lake, language, code_version)
    known = sorted(compared) if compared.items() <= there.items() else []
    new = sorted(set(there) - set(known))
    if known:
        old_edges = lake.read("duplicate_edges", language=language, key_range=key_range)
        found = edges_with(_index(lake, language, new), _index(lake, language, known), within, memory_bytes)
        edges = pl.concat([old_edges.select(found.columns), found]).unique(["doc_a", "doc_b"], keep="first")
    else:
        edges = edges_of(_index(lake, language, new), within, memory_bytes)
    snapshots = pl.DataFrame(sorted(there.items()), schema={"snapshot": pl.String, "digest": pl.String}, orient="row")
    return Made(edges.sort("doc_a", "doc_b"), {"compared_snapshots": snapshots})


def snapshots_of(lake: Lake, language: str, code_version: str) -> dict[str, str]:
    """The snapshots of a language that have signatures, and a digest of these and of the code that compares them."""
    return {
        snapshot: digest_of([code_version, state.digest])
        for (snapshot, of), state in lake.states("signatures").items()
        if of == language
    }


def _index(lake: Lake, language: str, snapshots: list[str]) -> pl.LazyFrame:
    keys = lake.scan("band_index", language=language).filter(pl.col("snapshot").is_in(snapshots))
    return keys.select(list(TABLES["band_index"].columns))
