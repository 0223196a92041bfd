"""Records that are filed under a wrong language: found by their text, remembered beside the index, and so collected
under the right one.
"""

import polars as pl

from lugha.lake import Lake
from lugha.lake.schemas import TABLES
from lugha.languages import UNDETERMINED

LEAST_SCORE = 0.5


def corrections(labelled: pl.DataFrame, language: str) -> pl.DataFrame:
    """`index_corrections` rows: documents whose lines clearly are of another language than the one they are filed
    under.
    """
    elsewhere = (
        pl.col("lid_label").is_not_null()
        & ~pl.col("lid_label").is_in([language, UNDETERMINED])
        & (pl.col("lid_score") >= LEAST_SCORE)
    )
    return labelled.filter(elsewhere).select(
        "doc_id", pl.lit(language).alias("filed_under"), pl.col("lid_label").alias("language"), "lid_score"
    )


def add_corrections(lake: Lake, found: pl.DataFrame | None, run_id: str) -> int:
    """Add corrections (with their `snapshot`) to those that are known; how many were new. A record is corrected once:
    what it was found to be first stands, so that it cannot wander between two cells that each send it to the other.
    """
    added = 0
    for (snapshot,), rows in found.group_by(["snapshot"]) if found is not None else []:
        known = lake.read("index_corrections", snapshot=str(snapshot)).drop("snapshot")
        surest = rows.sort("lid_score", "language", descending=[True, False]).unique(
            "doc_id", keep="first", maintain_order=True
        )
        new = surest.join(known.select("doc_id"), on="doc_id", how="anti").select(known.columns)
        if new.height:
            everything = pl.concat([known, new.cast({c: TABLES["index_corrections"].schema[c] for c in new.columns})])
            lake.overwrite("index_corrections", everything, {"snapshot": str(snapshot)}, run_id=run_id)
            added += new.height
    return added
