"""Documents that may be trained on: the one place that says so."""

import polars as pl

from lugha.lake import Lake


def trainable(lake: Lake, **keys: str) -> pl.LazyFrame:
    """`dedup_sets` rows, of the partitions that `keys` name, that are kept, not held out for evaluation and not listed
    in `contaminated_documents`.
    """
    listed = lake.scan("contaminated_documents", **keys).select("doc_id", "language")
    kept = lake.scan("dedup_sets", **keys).filter(pl.col("is_kept") & ~pl.col("is_held_out"))
    return kept.join(listed, on=["doc_id", "language"], how="anti")
