"""One host in one language: what it gave, what passed, what the rest was dropped for, and whether a list blocks it.

The level above the document. A host whose pages fail one after another is a farm, a site in another language, or a
site that our bounds misjudge; which of them, a person has to look at, so this only tells.
"""

import polars as pl

from lugha.blocklists import blocked
from lugha.lake import Lake
from lugha.lake.schemas import TABLES
from lugha.warehouse import query

MIN_DOCUMENTS = 20  # fewer say little about a host
MAX_KEPT_SHARE = 0.1
COLUMNS = {
    "standardized_documents": ("doc_id", "snapshot", "language", "host"),
    "labelled_documents": ("doc_id", "snapshot", "language", "lid_label", "own_byte_count"),
    "decisions": ("doc_id", "snapshot", "language", "is_kept", "drop_reason"),
}


def host_scores(lake: Lake, language: str) -> pl.DataFrame:
    """`host_scores` rows of one language, over all snapshots, the host with most documents first."""
    tables = {name: lake.scan(name, language=language).select(columns) for name, columns in COLUMNS.items()}
    rows = query("host_scores", tables, language=language, min_documents=MIN_DOCUMENTS, max_kept_share=MAX_KEPT_SHARE)
    lists = blocked(rows["host"])
    return rows.with_columns(
        pl.Series("blocked_by", [lists[h].name if h in lists else None for h in rows["host"]], dtype=pl.String),
        pl.Series("block_reason", [lists[h].reason if h in lists else None for h in rows["host"]], dtype=pl.String),
    ).select(list(TABLES["host_scores"].columns))
