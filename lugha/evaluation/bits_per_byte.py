"""Bits per byte: how many bits a checkpoint needs for a byte of text it never saw, item by item.

The one signal that speaks at every size of model: at a million parameters topic classification and retrieval said
nothing or misled, while bits per byte fell in every language with a seed noise of 0.0076. It compares over tokenizers,
because bytes do not change with them (nanochat measures it so too, nanochat/loss_eval.py:9, commit 92d63d4). Scores
stay by item: the paired test of lugha.evaluation.regression needs them.

bits per byte = nats of all tokens that carry bytes / ln 2 / NFC bytes of the text; special tokens count nothing.
"""

import math
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from lugha.errors import LughaError
from lugha.training.model import open_model
from lugha.training.tokenizer import BOS_ID, PAD_ID, encode

if TYPE_CHECKING:
    from transformers import PreTrainedModel

SCORES_SCHEMA = pl.Schema(
    {"language": pl.String(), "item_id": pl.Binary(), "nats": pl.Float64(), "byte_count": pl.Int32()}
)
BITS_PER_BYTE_SCHEMA = pl.Schema(
    {"language": pl.String(), "bits_per_byte": pl.Float64(), "item_count": pl.UInt32(), "standard_error": pl.Float64()}
)


class NonFiniteScore(LughaError):
    """A score is NaN, infinite or of an item without bytes, so nothing can be compared with it."""


def score_items(checkpoint: Path, items: pl.DataFrame, batch_bytes: int = 16 * 2**20) -> pl.DataFrame:
    """Nats and NFC bytes of every item under a checkpoint (SCORES_SCHEMA), sorted by language and item_id. The model is
    loaded once.

    items: language, item_id binary, text. An item is BOS and its tokens; one longer than the model's context is read in
    consecutive windows, each beginning with the token before it, so that every byte is predicted once. batch_bytes
    bounds the logits held at a time (the default suits a cache; a GPU likes more). Values do not depend on the other
    items by more than rounding (1e-4 nats).
    Raises BrokenCheckpoint, NonFiniteScore.
    """
    model, tokenizer = open_model(checkpoint)
    normal = [unicodedata.normalize("NFC", text) for text in items["text"]]
    nats = np.zeros(len(normal))
    windows = [
        (index, window)
        for index, ids in enumerate(encode(tokenizer, normal))
        for window in _windows(ids, model.config.max_position_embeddings)
    ]
    for batch in _batches(windows, batch_bytes // (4 * model.config.vocab_size)):
        np.add.at(nats, [index for index, _ in batch], _nats(model, [window for _, window in batch]))
    scores = items.select("language", "item_id").with_columns(
        pl.Series("nats", nats, dtype=pl.Float64),
        pl.Series("byte_count", [len(text.encode()) for text in normal], dtype=pl.Int32),
    )
    refuse_non_finite(scores, str(checkpoint))
    return scores.sort("language", "item_id")


def bits_per_byte(scores: pl.DataFrame) -> pl.DataFrame:
    """Bits per byte of each language (BITS_PER_BYTE_SCHEMA), sorted by language: all nats over all bytes.

    standard_error is that of a ratio estimator over items, for these items under this checkpoint; training noise is not
    in it. It is null for a single item.
    """
    bits = pl.col("nats") / math.log(2)
    ratio = bits.sum() / pl.col("byte_count").sum()
    deviation = (bits - ratio * pl.col("byte_count")).std(ddof=1)
    return (
        scores.group_by("language")
        .agg(
            ratio.alias("bits_per_byte"),
            pl.len().cast(pl.UInt32).alias("item_count"),
            (deviation / pl.len().sqrt() / pl.col("byte_count").mean()).alias("standard_error"),
        )
        .sort("language")
        .cast(BITS_PER_BYTE_SCHEMA)
    )


def refuse_non_finite(scores: pl.DataFrame, origin: str) -> None:
    """Raise NonFiniteScore, naming the first item, unless every score is a finite number of nats over at least one
    byte. origin: where the scores come from, for the message.
    """
    wrong = scores.filter(~(pl.col("nats").is_finite() & (pl.col("byte_count") > 0)).fill_null(value=False))
    if not wrong.is_empty():
        language, item_id, nats, byte_count = wrong.select("language", "item_id", "nats", "byte_count").row(0)
        raise NonFiniteScore(
            f"{wrong.height} of {scores.height} scores of {origin} are no finite bits per byte; "
            f"the first is item {item_id.hex()} of {language}: {nats} nats over {byte_count} bytes. "
            "Look at the checkpoint's loss curve, and at the text of the item."
        )


def _windows(ids: np.ndarray, context: int) -> Iterator[np.ndarray]:
    """Pieces of at most context + 1 tokens, each beginning with the last token of the piece before it (the first with
    BOS).
    """
    with_bos = np.concatenate([[BOS_ID], ids]).astype(np.int64)
    for start in range(0, len(ids), context):
        yield with_bos[start : start + context + 1]


def _batches(windows: list[tuple[int, np.ndarray]], most_tokens: int) -> Iterator[list[tuple[int, np.ndarray]]]:
    """Windows of about the same length together, the longest first, at most `most_tokens` predicted tokens with their
    padding.
    """
    ordered = sorted(windows, key=lambda window: -len(window[1]))
    start = 0
    while start < len(ordered):
        count = max(1, most_tokens // (len(ordered[start][1]) - 1))
        yield ordered[start : start + count]
        start += count


def _nats(model: "PreTrainedModel", windows: Sequence[np.ndarray]) -> np.ndarray:
    """Nats of each window. Padding stands on the right, where causal attention never looks back from."""
    import torch

    padded = np.full((len(windows), max(len(window) for window in windows)), PAD_ID)
    is_text = np.zeros(padded.shape, dtype=bool)
    for row, window in enumerate(windows):
        padded[row, : len(window)] = window
        is_text[row, 1 : len(window)] = True
    tokens = torch.from_numpy(padded).to(model.device)
    with torch.inference_mode():
        logits = model(input_ids=tokens[:, :-1], use_cache=False).logits.float()
        nats = torch.nn.functional.cross_entropy(logits.transpose(1, 2), tokens[:, 1:], reduction="none")
    counted: np.ndarray = np.where(is_text[:, 1:], nats.double().cpu().numpy(), 0.0).sum(axis=1)
    return counted
