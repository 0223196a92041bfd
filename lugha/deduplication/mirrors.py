"""Who repeats whom: hosts of a language, and languages among each other.

A mirror is no fault of its host, but a corpus should know that it has one voice and not two. And a text that several
languages hold is in the wrong place in all but one of them, or boilerplate. This only tells; nothing is removed.
"""

from pathlib import Path

import polars as pl

from lugha.deduplication.cells import doc_number
from lugha.deduplication.ranges import KeyRange, key_ranges
from lugha.deduplication.shingles import MAX_DIFFERING_BITS
from lugha.lake import TABLES, Lake
from lugha.warehouse import query_files

LEAST_DOCUMENTS = 5  # repeated documents; fewer are no mirror but a text that went round
LEAST_SHARE = 0.5  # of the repeating host's documents
# Of the languages that share a text, address or key, the others are held against so many, in the order of their codes: a
# notice that a thousand languages have must not give a million pairs. Beyond, the pairs told are not all there are.
MOST_LANGUAGES = 16
KEY_BYTES = 200  # a key with what it takes to group it

SETS = ("doc_id", "cluster_id", "snapshot", "host", "byte_count", "first_seen")
SIGNATURES = ("doc_id", "language", "content_hash", "url_hash")
INDEX = ("key", "doc", "language", "sketch_low", "sketch_high")


def source_overlap(lake: Lake, language: str, memory_bytes: int, folder: Path) -> pl.DataFrame:
    """Rows of `source_overlap` of one language, mirrors first.

    A cluster counts for the host that had it first, so the work is linear in documents. Within the first snapshot of a
    cluster that is the host that is known longest, because the order inside a crawl is chance. `folder` holds what is
    worked on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sets = folder / "dedup_sets.parquet"
    lake.scan("dedup_sets", language=language).select(SETS).sink_parquet(sets)
    rows = query_files(
        "source_overlap",
        {"dedup_sets": sets},
        folder / "source_overlap.parquet",
        memory_bytes,
        least_documents=LEAST_DOCUMENTS,
        least_share=LEAST_SHARE,
    )
    return rows.select(pl.col(name).cast(c.dtype) for name, c in TABLES["source_overlap"].columns.items()).collect()


def language_overlap(lake: Lake, memory_bytes: int, folder: Path) -> pl.DataFrame:
    """Rows of `language_overlap` of all languages, with `language`.

    A document is counted once for each other language that holds it: by the same text, else the same address, else as
    a near copy. It is near where its sketch differs in at most MAX_DIFFERING_BITS from that of the other language's
    first document under a key that both have. `folder` holds what is worked on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    signatures, index = folder / "signatures.parquet", folder / "band_index.parquet"
    lake.scan("signatures").select(*SIGNATURES, doc=doc_number()).sink_parquet(signatures)
    keys_of_several_languages(lake.scan("band_index").select(INDEX), memory_bytes, folder / "keys").sink_parquet(index)
    rows = query_files(
        "language_overlap",
        {"signatures": signatures, "band_index": index},
        folder / "language_overlap.parquet",
        memory_bytes,
        most_languages=MOST_LANGUAGES,
        most_bits=MAX_DIFFERING_BITS,
    )
    return rows.select(pl.col(name).cast(dtype) for name, dtype in TABLES["language_overlap"].schema.items()).collect()


def keys_of_several_languages(index: pl.LazyFrame, memory_bytes: int, folder: Path) -> pl.LazyFrame:
    """Rows of a band index whose key stands in two languages or more, found one range of keys after the other so that
    memory stays bounded; in files of `folder`.
    """
    folder.mkdir(parents=True)
    key_count = int(index.select(pl.len()).collect().item())
    for number, within in enumerate(key_ranges(1 + key_count * KEY_BYTES // memory_bytes)):
        _shared_within(index, within).write_parquet(folder / f"{number:06}.parquet")
    return pl.scan_parquet(folder / "*.parquet")


def _shared_within(index: pl.LazyFrame, within: KeyRange) -> pl.DataFrame:
    rows = index.filter(pl.col("key").is_between(within.low, within.high)).collect()
    first, last = pl.col("language").min().alias("first"), pl.col("language").max().alias("last")
    several = rows.group_by("key").agg(first, last).filter(pl.col("first") != pl.col("last"))
    return rows.join(several.select("key"), on="key", how="semi")
