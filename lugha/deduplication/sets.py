"""The clusters of one language, from the signatures and edges that the lake holds."""

import shutil
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import polars as pl

from lugha.deduplication.cells import doc_number
from lugha.deduplication.clusters import decide
from lugha.deduplication.comparing import snapshots_of
from lugha.deduplication.forest import components
from lugha.deduplication.verification import verify
from lugha.errors import LughaError
from lugha.labeling.kept import kept_batches
from lugha.lake import TABLES, Lake


class NotCompared(LughaError):
    """A part of the keys of a language was not compared yet, so its copies would be missed."""


def cluster_language(
    lake: Lake,
    language: str,
    ranges: Sequence[str],
    memory_bytes: int,
    folder: Path,
    code_version: str,
    least_jaccard: float | None = None,
) -> pl.LazyFrame:
    """Rows of `dedup_sets` of a language; `folder` holds them until they are in the lake. `ranges` are the key ranges
    of `duplicate_edges`, `code_version` what they were compared by. With `least_jaccard` near copies are verified
    by their texts. Raises NotCompared.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _refuse_gaps(lake, language, ranges, code_version)
    edges = (lake.read("duplicate_edges", language=language, key_range=name) for name in ranges)
    quality = lake.scan("decisions", language=language).select(
        "doc_id", "snapshot", quality=pl.col("quality_bucket").cast(pl.Float64)
    )
    signed = lake.scan("signatures", language=language).with_columns(doc_number().alias("doc"))
    decided = decide(
        signed.drop("signature", "token_count", "language").join(quality, on=["doc_id", "snapshot"], how="left"),
        components(edges, memory_bytes, folder).lazy(),
        lake.scan("dedup_sets", language=language),
        memory_bytes=memory_bytes,
        folder=folder,
        signatures=signed.select("doc", "signature"),
    )
    if least_jaccard is not None:
        texts = partial(_texts, lake, language)
        decided = verify(decided, texts, least_jaccard, memory_bytes)
    return decided.select(list(TABLES["dedup_sets"].columns))


def _texts(lake: Lake, language: str, doc_ids: pl.Series) -> Iterator[pl.DataFrame]:
    return kept_batches(lake, only=doc_ids.alias("doc_id").to_frame().lazy(), language=language)


def _refuse_gaps(lake: Lake, language: str, ranges: Sequence[str], code_version: str) -> None:
    there = snapshots_of(lake, language, code_version)
    compared = lake.read("compared_snapshots", language=language)
    for name in ranges:
        found = dict(compared.filter(key_range=name).select("snapshot", "digest").iter_rows())
        if missing := sorted(set(there.items()) ^ set(found.items())):
            raise NotCompared(
                f"{language}: the keys of {missing[0][0]} are not, or no longer, those that were compared in key range "
                f"{name}. Materialize duplicate_edges for {name}|{language}, then this partition again."
            )
