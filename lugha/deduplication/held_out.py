"""Which clusters are kept out of every mixture, so that bits per byte can be measured on text no model has seen.

The side of a cluster is drawn once, by the hash of its id, and never changes. One in a hundred is held out, at least
50, and never more than one in twenty, except that a small language gives one cluster of six and two of sixteen: a
language that is never measured cannot be seen to fall (decision 0005).
"""

import hashlib

import polars as pl


def held_out_count(cluster_count: int) -> int:
    """How many clusters of a language are held out."""
    few = 2 if cluster_count >= 16 else int(cluster_count >= 6)
    return max(few, min(max(50, cluster_count // 100), cluster_count // 20))


def hold_out(clusters: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """cluster_id, is_held_out for every cluster. `before` holds the sides of earlier runs: those stay; new clusters
    fill up what is wanted now.
    """
    known = dict(before.select("cluster_id", "is_held_out").unique("cluster_id").iter_rows())
    new = sorted(
        (c for c in clusters["cluster_id"] if c not in known), key=lambda c: hashlib.sha256(b"held out" + c).digest()
    )
    wanted = held_out_count(clusters.height) - sum(known.get(c, False) for c in clusters["cluster_id"])
    chosen = set(new[: max(0, wanted)])
    sides = [(c, known.get(c, c in chosen)) for c in clusters["cluster_id"]]
    return pl.DataFrame(sides, schema={"cluster_id": pl.Binary, "is_held_out": pl.Boolean}, orient="row")
