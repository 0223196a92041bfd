"""A run: it learns, stops where it is stopped, goes on where it was, and says where it came from."""

import hashlib
import json
import logging
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from safetensors.torch import load_file, save_file

import lugha
from lugha.training.checkpoint import BrokenCheckpoint, Checkpoint, open_checkpoint
from lugha.training.plan import PlanChanged, TrainSettings
from lugha.training.tokenizer import train_tokenizer
from lugha.training.train import NonFiniteLoss, ParentMismatch, TrainProgress, train

Run = Callable[..., Checkpoint]


class Stopped(Exception):
    """What a test raises in the middle of a run."""


@pytest.fixture
def run(documents: pl.DataFrame, tokenizer_json: str, tiny: TrainSettings) -> Run:
    """`train` with everything given that a test does not care about."""

    def called(
        folder: Path,
        settings: TrainSettings = tiny,
        parent: Path | None = None,
        documents: pl.DataFrame = documents,
        lineage: Mapping[str, object] | None = None,
        on_progress: Callable[[TrainProgress], None] = lambda _: None,
    ) -> Checkpoint:
        return train(documents, tokenizer_json, settings, folder, parent, lineage or {}, on_progress)

    return called


def stop_at(step: int) -> Callable[[TrainProgress], None]:
    def stop(progress: TrainProgress) -> None:
        if progress.step == step:
            raise Stopped

    return stop


def weights(checkpoint: Checkpoint) -> bytes:
    return (checkpoint.folder / "model.safetensors").read_bytes()


def test_a_run_learns_its_six_languages(run: Run, tiny: TrainSettings, tmp_path: Path):
    told: list[TrainProgress] = []
    done = run(tmp_path / "run", replace(tiny, step_count=60, learning_rate=0.01), on_progress=told.append)
    assert [progress.step for progress in told] == list(range(1, 61))
    assert told[-1].loss < told[0].loss - 1
    assert done.step_count == 60
    assert sum(done.tokens_by_language.values()) == 60 * 4 * 24
    assert set(done.loss_by_language) <= set(done.tokens_by_language)
    late = done.loss_curve.filter((pl.col("step") > 54) & (pl.col("language") == "yor_Latn"))
    assert done.loss_by_language["yor_Latn"] == pytest.approx(late["loss"].mean())


def test_a_checkpoint_opens_with_transformers_and_tokenizes_as_it_was_trained(
    run: Run, tokenizer_json: str, texts: dict[str, list[str]], tmp_path: Path
):
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from lugha.training.tokenizer import encode, open_tokenizer

    done = run(tmp_path / "run")
    model = AutoModelForCausalLM.from_pretrained(done.folder)
    tokenizer = AutoTokenizer.from_pretrained(done.folder)
    (ids,) = encode(open_tokenizer(tokenizer_json), [texts["mya_Mymr"][0]])
    assert tokenizer(texts["mya_Mymr"][0])["input_ids"] == ids.tolist()
    assert model.config.max_position_embeddings == 24
    assert hashlib.sha256(weights(done)).hexdigest()[:32] == done.checkpoint_id
    assert not any(path.stat().st_size == 0 for path in done.folder.iterdir())


def test_the_lineage_record_says_where_the_weights_came_from(run: Run, tokenizer_json: str, tmp_path: Path):
    parent = run(tmp_path / "base")
    done = run(tmp_path / "branch", parent=parent.folder, lineage={"manifest_id": "m-17"})
    record = json.loads((done.folder / "lineage.json").read_text())
    assert record["parent_checkpoint_id"] == parent.checkpoint_id
    assert record["origin"] == {"manifest_id": "m-17"}
    assert record["tokenizer_digest"] == hashlib.sha256(tokenizer_json.encode()).hexdigest()
    assert record["files"]["tokenizer.json"]["sha256"] == record["tokenizer_digest"]
    assert record["settings"]["seq_len"] == 24
    assert {"fingerprint", "seed", "versions", "threads", "dtype", "devices", "seconds"} <= record.keys()


def test_a_run_stopped_by_an_error_goes_on_and_ends_with_the_same_weights(run: Run, tmp_path: Path):
    whole = run(tmp_path / "whole")
    with pytest.raises(Stopped):
        run(tmp_path / "stopped", on_progress=stop_at(8))
    steps: list[int] = []
    resumed = run(tmp_path / "stopped", on_progress=lambda progress: steps.append(progress.step))
    assert steps[0] == 6
    assert weights(resumed) == weights(whole)
    assert resumed.loss_curve.equals(whole.loss_curve)
    assert resumed.tokens_by_language == whole.tokens_by_language


KILLED = """
import os, signal, sys
from pathlib import Path
import polars as pl
from lugha.training import checkpoint
from lugha.training.train import TrainSettings, train

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def at_step(progress):
    if where == "between saves" and progress.step == 8:
        die()

where, folder = sys.argv[1], Path(sys.argv[2])
flush, flushed = checkpoint._flush, []

def flush_or_die(path):
    flushed.append(path)
    if where == "inside a save" and len(flushed) == 14:
        die()
    flush(path)

checkpoint._flush = flush_or_die
settings = TrainSettings(dim=32, layer_count=1, head_count=2, seq_len=24, batch_size=4, step_count=12, save_every=5)
tokenizer_json = (folder / "tokenizer.json").read_text(encoding="utf-8")
train(pl.read_parquet(folder / "documents.parquet"), tokenizer_json, settings, folder / "run", None, {}, at_step)
"""


@pytest.mark.parametrize("where", ["between saves", pytest.param("inside a save", marks=pytest.mark.slow)])
def test_a_killed_process_leaves_a_run_that_ends_with_the_same_weights(
    where: str, run: Run, documents: pl.DataFrame, tokenizer_json: str, tmp_path: Path
):
    documents.write_parquet(tmp_path / "documents.parquet")
    (tmp_path / "tokenizer.json").write_text(tokenizer_json, encoding="utf-8")
    root = Path(lugha.__file__).parent.parent
    died = subprocess.run(
        [sys.executable, "-c", KILLED, where, str(tmp_path)], cwd=root, capture_output=True, check=False
    )
    assert died.returncode == -9, died.stderr.decode()
    assert [path.name for path in (tmp_path / "run").glob("step-*")] == ["step-000005"]
    assert weights(run(tmp_path / "run")) == weights(run(tmp_path / "whole"))


def test_a_finished_run_called_again_returns_at_once(run: Run, tmp_path: Path):
    first = run(tmp_path / "run")
    again = run(tmp_path / "run", on_progress=stop_at(1))
    assert again.checkpoint_id == first.checkpoint_id
    assert again.folder == first.folder


def test_the_last_two_checkpoints_stay_and_the_last_has_no_optimizer(run: Run, tmp_path: Path):
    run(tmp_path / "run")
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == ["step-000010", "step-000012"]
    assert (tmp_path / "run" / "step-000010" / "optimizer.safetensors").exists()
    assert not (tmp_path / "run" / "step-000012" / "optimizer.safetensors").exists()


def test_a_changed_plan_is_refused_by_name(run: Run, tiny: TrainSettings, documents: pl.DataFrame, tmp_path: Path):
    with pytest.raises(Stopped):
        run(tmp_path / "run", on_progress=stop_at(6))
    with pytest.raises(PlanChanged, match=r"learning_rate: 0.003 then, 0.001 now"):
        run(tmp_path / "run", replace(tiny, learning_rate=0.001))
    with pytest.raises(PlanChanged, match="tokens of urd_Arab"):
        run(tmp_path / "run", documents=documents.filter(pl.col("language") != "urd_Arab"))


def test_saving_more_often_is_no_other_plan(run: Run, tiny: TrainSettings, tmp_path: Path):
    with pytest.raises(Stopped):
        run(tmp_path / "run", on_progress=stop_at(6))
    assert weights(run(tmp_path / "run", replace(tiny, save_every=2))) == weights(run(tmp_path / "whole"))


def test_a_truncated_newest_checkpoint_is_passed_over_with_a_warning(
    run: Run, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    whole = run(tmp_path / "run")
    before = weights(whole)
    (whole.folder / "model.safetensors").write_bytes(before[:-100])
    with pytest.raises(BrokenCheckpoint, match=r"model\.safetensors"):
        open_checkpoint(whole.folder)
    with caplog.at_level(logging.WARNING):
        assert weights(run(tmp_path / "run")) == before
    assert "going back to an older checkpoint" in caplog.text


def test_a_branch_begins_with_the_weights_of_its_parent(run: Run, tiny: TrainSettings, tmp_path: Path):
    base = run(tmp_path / "base", replace(tiny, step_count=60, learning_rate=0.01))
    told: list[TrainProgress] = []
    branch = run(tmp_path / "branch", replace(tiny, step_count=2), parent=base.folder, on_progress=told.append)
    fresh: list[TrainProgress] = []
    run(tmp_path / "fresh", replace(tiny, step_count=2), on_progress=fresh.append)
    assert told[0].loss < fresh[0].loss - 1
    assert branch.step_count == 2


def test_a_parent_with_another_tokenizer_or_shape_is_refused(
    run: Run, tiny: TrainSettings, documents: pl.DataFrame, texts: dict[str, list[str]], tmp_path: Path
):
    base = run(tmp_path / "base", replace(tiny, step_count=1))
    with pytest.raises(ParentMismatch, match=r"layer_count \(1 in the parent, 2 asked for\)"):
        run(tmp_path / "wide", replace(tiny, layer_count=2), parent=base.folder)
    other = train_tokenizer({"tur_Latn": texts["tur_Latn"]}, 300, 1000)
    with pytest.raises(ParentMismatch, match="tokenizer_digest"):
        train(documents, other, tiny, tmp_path / "other", base.folder, {}, lambda _: None)


def test_a_parent_that_is_no_checkpoint_is_named(run: Run, tmp_path: Path):
    with pytest.raises(BrokenCheckpoint, match="nowhere"):
        run(tmp_path / "run", parent=tmp_path / "nowhere")


def test_a_loss_that_is_not_finite_names_the_batch_and_keeps_the_last_good_checkpoint(
    run: Run, tiny: TrainSettings, documents: pl.DataFrame, tmp_path: Path
):
    with pytest.raises(NonFiniteLoss, match="learning_rate") as caught:
        run(tmp_path / "run", replace(tiny, learning_rate=1e38, save_every=1))
    assert set(caught.value.doc_ids) <= set(documents["doc_id"])
    good = max((tmp_path / "run").glob("step-*"))
    assert open_checkpoint(good).step_count == caught.value.step - 1


def test_a_parent_with_a_nan_stops_at_the_first_step(run: Run, tmp_path: Path):
    """The weights are harmed and signed again, as a broken export would have it."""
    base = run(tmp_path / "base")
    tensors = load_file(base.folder / "model.safetensors")
    tensors["model.norm.weight"][0] = float("nan")
    save_file(tensors, base.folder / "model.safetensors", metadata={"format": "pt"})
    sign_again(base.folder)
    with pytest.raises(NonFiniteLoss, match="none yet") as caught:
        run(tmp_path / "branch", parent=base.folder)
    assert caught.value.step == 1


def sign_again(folder: Path) -> None:
    files = {
        path.name: {"bytes": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for path in folder.iterdir()
        if path.name != "files.json"
    }
    (folder / "files.json").write_text(json.dumps(files))
