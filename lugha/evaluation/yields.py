"""How much of what is fetched for a language ends as text that may be trained on."""

import polars as pl

from lugha.deduplication.trainable import trainable
from lugha.lake import Lake


def bytes_by_language(lake: Lake) -> tuple[dict[str, int], dict[str, int]]:
    """(bytes of the representatives that may be trained on, bytes of the pages fetched) by language."""
    unique = trainable(lake).group_by("language").agg(pl.col("byte_count").sum()).collect()
    fetched = lake.scan("raw_crawls").group_by("language").agg(pl.col("body").bin.size().sum()).collect()
    return dict(unique.iter_rows()), dict(fetched.iter_rows())
