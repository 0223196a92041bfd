"""Scores of every document: which language it is in, at the level of scripts, lines, paragraphs and the whole, and the
signals of the text that is its own. Nothing is dropped here.
"""

from collections.abc import Sequence

import polars as pl

from lugha.labeling.identifier import Identifier, batches, read_without_model
from lugha.labeling.kept import own_lines
from lugha.labeling.levels import LEVELS, Levels
from lugha.labeling.small_models import NO_MODELS, LanguageModels
from lugha.lake.digest import short_hash
from lugha.lake.schemas import TABLES
from lugha.signals import score_signals

LEAST_IN_SCRIPT = 0.5  # of the letters: without an identifier, the script alone speaks for the language of the cell


def label(
    documents: pl.DataFrame, language: str, model: Identifier | None, models: LanguageModels = NO_MODELS
) -> pl.DataFrame:
    """`standardized_documents` rows of one language in, `labelled_documents` rows out, one for each document.

    Without an identifier (`None`: nothing could be learned) the label is the language of the cell where the script
    agrees, else undetermined. `models` are what the signals of the language lean on.
    """
    texts = documents["text"].to_list()
    found = identify(texts, language, model)
    # Signals speak of the text that will go on, so a translation beside it does not count.
    own = [own_lines(text, foreign) for text, foreign in zip(texts, found["foreign_lines"].to_list(), strict=True)]
    scores = score_signals(documents.with_columns(pl.Series("text", own, dtype=pl.String)), language, models)
    frame = documents.select("doc_id", "content_hash", "failure").with_columns(
        *found.get_columns(),
        pl.Series("own_hash", [short_hash(text.encode()) for text in own], dtype=pl.Binary),
        pl.Series("own_byte_count", [len(text.encode()) for text in own], dtype=pl.Int64),
        *scores,
    )
    return frame.select(list(TABLES["labelled_documents"].columns))


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
