"""Training of a fastText classifier, with the one guard that its training needs.

`DenseMatrix::uniform` fills the input matrix in ten parts, one a thread, and the memory is not zeroed: with fewer than
ten threads, or with a dim that is no multiple of ten, the rest is heap garbage (docs/decisions/0004).
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lugha.errors import LughaError


class BrokenModel(LughaError):
    """fastText gave a model with weights that are no numbers."""


def train_supervised(
    rows: Sequence[str],
    *,
    dim: int,
    epochs: int,
    learning_rate: float,
    shortest: int,
    longest: int,
    buckets: int,
    least_word_count: int,
    threads: int,
    seed: int,
) -> Any:
    """The fastText model of `rows`, each a label with its text. N-grams are `shortest` to `longest` characters long;
    words that occur less than `least_word_count` times are seen through their n-grams alone. Raises BrokenModel.
    """
    import fasttext

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.txt"
        path.write_text("\n".join(rows), encoding="utf-8")
        model = fasttext.train_supervised(
            str(path),
            dim=dim,
            epoch=epochs,
            lr=learning_rate,
            minn=shortest,
            maxn=longest,
            bucket=buckets,
            minCount=least_word_count,
            thread=threads,
            seed=seed,
            verbose=0,
            loss="softmax",
        )
    if not np.isfinite(model.get_input_matrix()).all():
        raise BrokenModel(
            "fastText trained weights that are no numbers. Keep dim a multiple of 10 and threads at 10 or more, then train again."
        )
    return model
