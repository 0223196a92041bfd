"""Which checkpoints are releases that can be compared: those that branched from the same parent.

A base checkpoint is no release: what comes after it has read more, so every language would seem to have risen, and
the slowest to have fallen.
"""

import polars as pl

from lugha.evaluation.regression import RegressionSettings, replay
from lugha.lake import Lake


def release_history(lake: Lake) -> pl.DataFrame:
    """Rows of `regression.replay` over the checkpoints that continue the same parent as the newest one does, oldest
    first.
    """
    checkpoints = lake.read("checkpoints").filter(pl.col("parent_id").is_not_null()).sort("created_at")
    if checkpoints.is_empty():
        return replay(lake.read("eval_scores").clear(), RegressionSettings())
    siblings = checkpoints.filter(pl.col("parent_id") == checkpoints["parent_id"][-1]).select("checkpoint_id")
    return replay(lake.read("eval_scores").join(siblings, on="checkpoint_id", how="semi"), RegressionSettings())
