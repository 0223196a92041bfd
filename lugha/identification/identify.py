"""Texts in, languages out: what identification tells of every document, whole and by lines, paragraphs and scripts."""

from collections.abc import Sequence

import polars as pl

from lugha.identification.identifier import Identifier, batches, read_without_model
from lugha.identification.levels import LEVELS, Levels

LEAST_IN_SCRIPT = 0.5  # of the letters: without an identifier, the script alone speaks for the language of the cell


def identify(texts: Sequence[str], language: str, model: Identifier | None) -> pl.DataFrame:
    """The columns of `labelled_documents` that tell languages and scripts, for texts that are filed under `language`;
    `und_Zyyy` asks without any expectation. Texts are looked at in batches, so memory is bounded.
    """
    frames = [LEVELS_OF_NOTHING]
    for batch in batches(texts):
        if model is None:
            levels = Levels(read_without_model(batch), (language,), language, least_own=LEAST_IN_SCRIPT)
        else:
            levels = Levels(model.read(batch), model.codes, language)
        frames.append(levels.frame())
    return pl.concat(frames)


LEVELS_OF_NOTHING = pl.DataFrame(schema=LEVELS)
