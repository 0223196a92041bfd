"""What holds for clusters of copies."""

import polars as pl

from assets.checks.checking import Found
from lugha.lake import Lake

TEMPLATE_ENOUGH = 50  # near copies in one cluster: fewer are an article that many print
MOST_IN_ONE = 0.2
LISTED_ENOUGH = 10
MOST_LISTED = 0.1


def orphans(lake: Lake) -> Found:
    """Documents whose representative is missing, is not kept or belongs to another cluster."""
    sets = lake.scan("dedup_sets").select("language", "doc_id", "cluster_id", "representative_id", "is_kept", "method")
    standing = sets.filter("is_kept").select("language", "cluster_id", representative_id="doc_id", stands=pl.lit(True))
    lost = (
        sets.filter(pl.col("method") != "held_out_copy")
        .join(standing, on=["language", "cluster_id", "representative_id"], how="left")
        .filter(pl.col("stands").is_null())
        .group_by("language")
        .len()
        .collect()
    )
    yield from (
        (language, f"{n} documents have no representative in their cluster") for language, n in lost.iter_rows()
    )


def swallowed(lake: Lake) -> Found:
    """Languages of which one cluster of near copies holds a large part: a template, more often than a text."""
    sets = lake.scan("dedup_sets").filter(pl.col("method") != "same_text")
    largest = sets.group_by("language", "cluster_id").agg(pl.len().alias("size"), pl.first("host"))
    totals = sets.group_by("language").agg(pl.len().alias("total"))
    rows = (
        largest.join(totals, on="language")
        .filter((pl.col("size") >= TEMPLATE_ENOUGH) & (pl.col("size") > MOST_IN_ONE * pl.col("total")))
        .collect()
    )
    for row in rows.iter_rows(named=True):
        yield (
            row["language"],
            f"one cluster holds {row['size']} of {row['total']} different texts, one of them from {row['host']}: read a "
            f"few (cluster {row['cluster_id'].hex()}); pages of a template are no copies of each other",
        )


def taken_by_test_sets(lake: Lake) -> Found:
    """Languages that lose a large part of their documents to items of evaluation sets."""
    listed = lake.scan("contaminated_documents").group_by("language", "benchmark").agg(pl.n_unique("doc_id"))
    kept = lake.scan("dedup_sets").filter("is_kept").group_by("language").agg(pl.len().alias("kept"))
    rows = (
        listed.join(kept, on="language")
        .filter((pl.col("doc_id") >= LISTED_ENOUGH) & (pl.col("doc_id") > MOST_LISTED * pl.col("kept")))
        .collect()
    )
    for language, benchmark, count, total in rows.iter_rows():
        yield (
            language,
            f"{count} of {total} documents hold items of {benchmark}: read some in contaminated_documents; an item that "
            "is boilerplate does not belong into a test",
        )
