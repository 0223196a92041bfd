"""Scores of every document: which language it is in, at the level of scripts, lines, paragraphs and the whole, and the
signals of the text that is its own. Nothing is dropped here.
"""

import polars as pl

from lugha.identification.identifier import Identifier
from lugha.identification.identify import identify
from lugha.labeling.kept import own_lines
from lugha.lake.digest import short_hash
from lugha.lake.schemas import TABLES
from lugha.signals import score_signals
from lugha.tiers.small_models import NO_MODELS, LanguageModels


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
