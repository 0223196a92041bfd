"""How well the copies were removed, by the truth of the corpus.

Recall is the share of the documents that could go, all but one of each cluster, that did go; precision the share of the
removed that were such documents. Removing the last one of a cluster is an error, and so is removing a document that
nobody copies.
"""

from pathlib import Path
from typing import Any

import polars as pl

LEAST_COPIES = 100  # of a language or script whose recall is told: one missed in a hundred is noise
BOUNDS = (0.9, 0.8, 0.7, 0.6, 0.5, 0.0)  # similarity to the original


def truth_of(folder: Path) -> pl.DataFrame:
    """The truth of a corpus as {id, cluster, lang, script, kind, jaccard}; some corpora call the last
    `jac_tok5` and leaves the script to the language's code.
    """
    truth = pl.read_parquet(folder / "truth.parquet")
    if "jac_tok5" in truth.columns:
        truth = truth.rename({"jac_tok5": "jaccard"})
    if "script" not in truth.columns:
        truth = truth.with_columns(script=pl.col("lang").str.extract(r"_([A-Z][a-z]{3})$").fill_null("Zyyy"))
    return truth.select("id", "cluster", "lang", "script", "kind", "jaccard")


def score(truth: pl.DataFrame, removed: set[str]) -> dict[str, Any]:
    """Recall and precision of the removals, also by bound of similarity, and by those languages and scripts of which
    LEAST_COPIES could go.
    """
    rows = truth.with_columns(is_removed=pl.col("id").is_in(pl.Series(list(removed), dtype=pl.String).implode()))
    clusters = _clusters(rows)
    gone = int(rows["is_removed"].sum())
    return {
        "recall": _recall(clusters),
        "precision": round(int(clusters["right"].sum()) / gone, 5) if gone else 1.0,
        "lost_clusters": clusters.filter((pl.col("size") > 1) & (pl.col("gone") == pl.col("size"))).height,
        "removed_unique": clusters.filter((pl.col("size") == 1) & (pl.col("gone") == 1)).height,
        "unknown_ids": len(removed) - gone,
        "recall_by_jaccard": {str(bound): _recall(_clusters(rows, bound)) for bound in BOUNDS},
        "recall_by_language": _by("lang", clusters),
        "recall_by_script": _by("script", clusters),
    }


def found_by_jaccard(truth: pl.DataFrame, clusters: pl.DataFrame) -> dict[str, float]:
    """Share of the copies, by similarity to the original, that stand in one cluster with another member of the true
    one. `clusters` has id and cluster_id.
    """
    both = truth.join(clusters.select("id", "cluster_id"), on="id", how="left")
    copies = both.with_columns(is_found=pl.len().over("cluster", "cluster_id") > 1).filter(
        ~pl.col("kind").is_in(["unique", "original", "source"])
    )
    told, above = {}, 1.01
    for bound in BOUNDS:
        of_bin = copies.filter((pl.col("jaccard") >= bound) & (pl.col("jaccard") < above))
        if of_bin.height:
            told[f">={bound}"] = round(float(of_bin["is_found"].mean() or 0), 4)  # type: ignore[arg-type]
        above = bound
    return told


def _clusters(rows: pl.DataFrame, bound: float = 0.0) -> pl.DataFrame:
    """One row for each true cluster of what is that similar to its original, with how many of it could and did go."""
    return (
        rows.filter(pl.col("jaccard") >= bound)
        .group_by("cluster")
        .agg(pl.first("lang", "script"), size=pl.len().cast(pl.Int64), gone=pl.col("is_removed").sum().cast(pl.Int64))
        .with_columns(removable=pl.col("size") - 1)
        .with_columns(right=pl.min_horizontal("gone", "removable"))
    )


def _recall(clusters: pl.DataFrame) -> float | None:
    wanted = int(clusters["removable"].sum())
    return round(int(clusters["right"].sum()) / wanted, 4) if wanted else None


def _by(column: str, clusters: pl.DataFrame) -> dict[str, float]:
    summed = (
        clusters.group_by(column).agg(pl.col("right", "removable").sum()).filter(pl.col("removable") >= LEAST_COPIES)
    )
    return {name: round(right / wanted, 4) for name, right, wanted in summed.sort(column).iter_rows()}
