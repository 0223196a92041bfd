"""Which clusters are kept out of every mixture, so that bits per byte can be measured on text no model has seen.

The side of a cluster is drawn once, by the hash of its id, and never changes. One in a hundred is held out, at least
50, and never more than one in twenty, except that a small language gives one cluster of six and two of sixteen: a
language that is never measured cannot be seen to fall (decision 0005).
"""

import duckdb

from lugha.warehouse import query_text

HASH_DIGITS, PREFIX_DIGITS = 64, 12  # of sha256
SPARE_COUNT = 1_000  # hashes beyond twice those wanted: 30 standard deviations and more


def held_out_count(cluster_count: int) -> int:
    """How many clusters of a language are held out."""
    few = 2 if cluster_count >= 16 else int(cluster_count >= 6)
    return max(few, min(max(50, cluster_count // 100), cluster_count // 20))


def draw(connection: duckdb.DuckDBPyConnection) -> None:
    """Table `drawn` (cluster_id) of the new clusters that fill up what is wanted now.

    Reads the tables `alone` and `clusters` of clusters.py. Clusters that earlier runs held out stay so and count.
    """
    cluster_count, held_out_before, new_count = connection.execute(query_text("dedup_counts")).fetchall()[0]
    wanted = max(0, held_out_count(cluster_count) - held_out_before)
    bounds = {"wanted": wanted, "largest": _largest_hash(wanted, new_count)}
    connection.sql(query_text("dedup_held_out"), params=bounds).create("drawn")


def _largest_hash(wanted: int, count: int) -> str:
    """Hexadecimal digits; of `count` hashes, more than `wanted` are smaller. Sorting them all for a few takes memory."""
    share = (2 * wanted + SPARE_COUNT) / max(1, count)
    return "f" * HASH_DIGITS if share >= 1 else f"{int(share * 16**PREFIX_DIGITS):0{PREFIX_DIGITS}x}"
