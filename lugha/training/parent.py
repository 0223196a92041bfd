"""Which checkpoint a recipe's training continues from."""

import polars as pl

from lugha.errors import LughaError
from lugha.mixtures import Recipe


class NoParent(LughaError):
    """The recipe to continue from has no checkpoint yet."""


def newest_checkpoint(checkpoints: pl.DataFrame, recipe: Recipe) -> dict[str, str] | None:
    """`checkpoint_id` and `folder` of the newest checkpoint of the recipe that `recipe` continues; None where it
    starts fresh. Raises NoParent.
    """
    if not recipe.continues:
        return None
    found = checkpoints.filter(pl.col("mixture") == recipe.continues).sort("created_at")
    if found.is_empty():
        raise NoParent(
            f'Recipe "{recipe.name}" continues from "{recipe.continues}", which has no checkpoint. '
            f'Materialize training_mixtures and checkpoints for the partition "{recipe.continues}" first.'
        )
    row = found.row(-1, named=True)
    return {"checkpoint_id": row["checkpoint_id"], "folder": row["folder"]}
