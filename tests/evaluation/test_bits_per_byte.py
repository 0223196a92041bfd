"""Scores: every byte once, whatever the batch, and nothing that is no number."""

import hashlib
import json
import math
import shutil
import unicodedata
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM

from lugha.evaluation.bits_per_byte import NonFiniteScore, bits_per_byte, score_items
from lugha.evaluation.items import make_items
from lugha.training.checkpoint import BrokenCheckpoint, Checkpoint


@pytest.fixture(scope="module")
def items(held_out: pl.DataFrame) -> pl.DataFrame:
    """Items of 80 to 300 bytes: many are longer than the model's context."""
    return make_items(held_out, max_bytes=300)


@pytest.fixture(scope="module")
def scores(checkpoint: Checkpoint, items: pl.DataFrame) -> pl.DataFrame:
    return score_items(checkpoint.folder, items)


@torch.no_grad()
def test_scores_equal_those_of_one_text_at_a_time(checkpoint: Checkpoint, items: pl.DataFrame, scores: pl.DataFrame):
    """The plain way: BOS and tokens, one window of 24 after the other, each begun with the token before it."""
    model = AutoModelForCausalLM.from_pretrained(checkpoint.folder)
    tokenizer = Tokenizer.from_file(str(checkpoint.folder / "tokenizer.json"))
    measured = {row["item_id"]: row for row in scores.iter_rows(named=True)}
    for row in items.iter_rows(named=True):
        ids = [0, *tokenizer.encode(row["text"]).ids]
        nats = 0.0
        for start in range(0, len(ids) - 1, 24):
            window = torch.tensor([ids[start : start + 25]])
            logs = torch.log_softmax(model(window[:, :-1]).logits[0].double(), dim=-1)
            nats -= logs.gather(1, window[0, 1:, None]).sum().item()
        assert measured[row["item_id"]]["nats"] == pytest.approx(nats, abs=1e-4)
        assert measured[row["item_id"]]["byte_count"] == len(unicodedata.normalize("NFC", row["text"]).encode())


def test_the_size_of_a_batch_and_the_order_of_the_items_change_nothing(
    checkpoint: Checkpoint, items: pl.DataFrame, scores: pl.DataFrame
):
    one_by_one = score_items(checkpoint.folder, items.reverse(), batch_bytes=1)
    assert one_by_one.drop("nats").equals(scores.drop("nats"))
    np.testing.assert_allclose(one_by_one["nats"], scores["nats"], atol=1e-4)


def test_a_model_that_knows_nothing_needs_the_logarithm_of_its_vocabulary(checkpoint: Checkpoint, tmp_path: Path):
    """With all weights zero every token costs ln 400, also one that spells a special token, and BOS costs nothing."""
    tensors = load_file(checkpoint.folder / "model.safetensors")
    folder = resigned(checkpoint, tmp_path / "zero", {name: torch.zeros_like(t) for name, t in tensors.items()})
    texts = ["Kapı <|bos|> kapalı", "ọjà", "x" * 90]
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.encode_special_tokens = True
    items = pl.DataFrame({"language": ["tur_Latn"] * 3, "item_id": [b"1", b"2", b"3"], "text": texts})
    expected = [len(tokenizer.encode(text).ids) * math.log(tokenizer.get_vocab_size()) for text in texts]
    measured = score_items(folder, items)
    assert measured["nats"].to_list() == pytest.approx(expected, rel=1e-6)
    assert measured["byte_count"].to_list() == [len(unicodedata.normalize("NFC", text).encode()) for text in texts]


def test_bits_per_byte_is_all_nats_over_all_bytes():
    scores = pl.DataFrame(
        {
            "language": ["amh_Ethi", "amh_Ethi", "yor_Latn"],
            "item_id": [b"1", b"2", b"1"],
            "nats": [math.log(2) * 30, math.log(2) * 50, math.log(2) * 10],
            "byte_count": [10, 30, 10],
        },
        schema_overrides={"byte_count": pl.Int32},
    )
    amharic, yoruba = bits_per_byte(scores).iter_rows(named=True)
    assert amharic["bits_per_byte"] == pytest.approx(2.0)
    # residuals 30 - 2 * 10 and 50 - 2 * 30: standard deviation sqrt(200), over sqrt(2) items of 20 bytes
    assert amharic["standard_error"] == pytest.approx(math.sqrt(200) / math.sqrt(2) / 20)
    assert (yoruba["bits_per_byte"], yoruba["item_count"], yoruba["standard_error"]) == (pytest.approx(1.0), 1, None)


def test_training_made_every_language_cheaper_than_chance(scores: pl.DataFrame):
    by_chance = scores.with_columns(nats=pl.col("byte_count") * math.log(256))
    assert (bits_per_byte(scores)["bits_per_byte"] < bits_per_byte(by_chance)["bits_per_byte"]).all()


def test_no_items_give_an_empty_table(checkpoint: Checkpoint, items: pl.DataFrame):
    assert score_items(checkpoint.folder, items.clear()).is_empty()


def test_a_folder_that_is_no_checkpoint_is_named(tmp_path: Path, items: pl.DataFrame):
    with pytest.raises(BrokenCheckpoint, match="nowhere"):
        score_items(tmp_path / "nowhere", items)


def test_a_truncated_checkpoint_is_named(checkpoint: Checkpoint, items: pl.DataFrame, tmp_path: Path):
    folder = tmp_path / "cut"
    shutil.copytree(checkpoint.folder, folder)
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(BrokenCheckpoint, match=r"model\.safetensors"):
        score_items(folder, items)


def test_a_checkpoint_whose_weights_do_not_fit_its_model_is_named(
    checkpoint: Checkpoint, items: pl.DataFrame, tmp_path: Path
):
    folder = resigned(checkpoint, tmp_path / "other", {"something": torch.zeros(2)})
    with pytest.raises(BrokenCheckpoint, match="does not open"):
        score_items(folder, items)


def test_a_checkpoint_that_answers_nan_is_named_with_language_and_item(
    checkpoint: Checkpoint, items: pl.DataFrame, tmp_path: Path
):
    tensors = load_file(checkpoint.folder / "model.safetensors")
    tensors["model.norm.weight"][0] = float("nan")
    folder = resigned(checkpoint, tmp_path / "nan", tensors)
    with pytest.raises(NonFiniteScore, match=items["item_id"][0].hex()):
        score_items(folder, items)


def resigned(checkpoint: Checkpoint, folder: Path, tensors: dict[str, torch.Tensor]) -> Path:
    """A copy of a checkpoint with other weights, whole by its digests."""
    shutil.copytree(checkpoint.folder, folder)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    files = json.loads((folder / "files.json").read_text())
    weights = (folder / "model.safetensors").read_bytes()
    files["model.safetensors"] = {"bytes": len(weights), "sha256": hashlib.sha256(weights).hexdigest()}
    (folder / "files.json").write_text(json.dumps(files))
    return folder
