"""A training run that can be killed anywhere, asked for again, and ends with the same weights.

The plan (lugha.training.plan) says what every step reads; the loop only carries it out, and saves weights, optimizer
state and losses together every few steps. With one thread on one kind of CPU the run that was interrupted and the one
that was not are equal byte for byte.

Not here: which documents, how often (a mixture says so), whether the result is any good (lugha.evaluation), and more
than one process.
"""

import hashlib
import json
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from lugha.errors import LughaError
from lugha.training.checkpoint import (
    LINEAGE,
    LOSS_CURVE,
    LOSS_CURVE_SCHEMA,
    Checkpoint,
    file_records,
    newest_whole,
    open_checkpoint,
    read_lineage,
    remove_old,
    remove_unfinished,
    step_folder,
    write_whole,
)
from lugha.training.model import (
    WEIGHTS,
    build_model,
    load_optimizer,
    load_weights,
    loss_and_gradients,
    write_model,
    write_optimizer,
)
from lugha.training.plan import (
    TrainSettings,
    documents_of_window,
    fingerprint,
    identity,
    make_plan,
    refuse_another_plan,
    stream_order,
    token_streams,
    window,
)
from lugha.training.tokenizer import open_tokenizer

if TYPE_CHECKING:
    from torch import Tensor
    from torch.optim import Optimizer
    from transformers import LlamaForCausalLM

__all__ = ["NonFiniteLoss", "ParentMismatch", "TrainProgress", "TrainSettings", "train"]

_SHAPE = ("dim", "layer_count", "head_count", "seq_len")  # settings that a parent has already decided
_RECORDED_VERSIONS = ("torch", "transformers", "tokenizers", "numpy")
_NAMED_DOCUMENTS = 5  # in an error message; the error itself carries all of them

logger = logging.getLogger(__name__)


class NonFiniteLoss(LughaError):
    """The loss or its gradient became NaN or infinite: at `step` (from 1), reading `doc_ids`."""

    def __init__(self, message: str, step: int, doc_ids: Sequence[bytes]) -> None:
        super().__init__(message)
        self.step = step
        self.doc_ids = tuple(doc_ids)


class ParentMismatch(LughaError):
    """The parent checkpoint has another tokenizer or another shape than the run that is to go on from it."""


@dataclass(frozen=True)
class TrainProgress:
    """Told after each step: steps done of how many, nats per token of the step, tokens per second of this call."""

    step: int
    step_count: int
    loss: float
    tokens_per_second: float


@dataclass(frozen=True)
class _Job:
    """What does not change during a run."""

    documents: pl.DataFrame
    tokenizer_json: str
    settings: TrainSettings
    folder: Path
    parent: Path | None
    parent_id: str | None
    lineage: Mapping[str, object]
    streams: Mapping[str, np.ndarray]
    plan: np.ndarray
    identity: Mapping[str, str]

    @property
    def step_count(self) -> int:
        return len(self.plan) // self.settings.batch_size

    def batch(self, step: int) -> np.ndarray:
        """The (language, window) rows of a step; the first step is 0."""
        return self.plan[step * self.settings.batch_size : (step + 1) * self.settings.batch_size]


@dataclass
class _State:
    """What a step changes, and a checkpoint holds."""

    model: "LlamaForCausalLM"
    optimizer: "Optimizer"
    device: str
    step: int = 0
    losses: list[tuple[int, str, float]] = field(default_factory=list)
    devices: list[str] = field(default_factory=list)
    seconds_before: float = 0.0
    cpu_seconds_before: float = 0.0
    began: float = field(default_factory=time.monotonic)
    cpu_began: float = field(default_factory=time.process_time)


def train(
    documents: pl.DataFrame,
    tokenizer_json: str,
    settings: TrainSettings,
    folder: Path,
    parent: Path | None,
    lineage: Mapping[str, object],
    on_progress: Callable[[TrainProgress], None],
) -> Checkpoint:
    """Train in `folder` until the plan is done, and return the final checkpoint `folder/step-NNNNNN`.

    documents: doc_id binary, language, text, repeat_count. parent: the checkpoint folder whose weights the run begins
    with (its optimizer state is not taken), or None for a fresh model. lineage: what the caller knows (mixture
    manifest, code version); it becomes `origin` in lineage.json, and does not enter the fingerprint. Saves every
    settings.save_every steps and at the end, and keeps the last two.

    The same call again goes on from the newest whole checkpoint, and returns at once where the run is finished. Weights
    are equal byte for byte to those of an unbroken run with threads=1 on one kind of CPU and the same library versions;
    nothing of the kind is promised for more threads or a GPU. One process at a time per folder.

    Raises NothingToTrainOn, DuplicateDocument, BrokenTokenizer, ParentMismatch, PlanChanged (the folder belongs to
    another plan), BrokenCheckpoint (of the parent), NonFiniteLoss.
    """
    job = _make_job(documents, tokenizer_json, settings, folder, parent, lineage)
    remove_unfinished(folder)
    saved = newest_whole(folder)
    if saved is not None:
        before = read_lineage(saved)
        refuse_another_plan(folder, before["plan"], job.identity)
        if before["step"] == job.step_count:
            return open_checkpoint(saved)
    with _threads(settings.threads):
        state = _begin(job) if saved is None else _resume(job, saved)
        return _run(job, state, on_progress)


def _make_job(
    documents: pl.DataFrame,
    tokenizer_json: str,
    settings: TrainSettings,
    folder: Path,
    parent: Path | None,
    lineage: Mapping[str, object],
) -> _Job:
    parent_id = None
    if parent is not None:
        parent_id = open_checkpoint(parent).checkpoint_id
        _refuse_another_shape(parent, tokenizer_json, settings)
    streams = token_streams(tokenizer_json, documents, settings.seed)
    plan = make_plan(streams, settings.seq_len, settings.step_count, settings.batch_size, settings.seed)
    return _Job(
        documents=documents,
        tokenizer_json=tokenizer_json,
        settings=settings,
        folder=folder,
        parent=parent,
        parent_id=parent_id,
        lineage=lineage,
        streams=streams,
        plan=plan,
        identity=identity(plan, streams, tokenizer_json, settings, parent_id),
    )


def _refuse_another_shape(parent: Path, tokenizer_json: str, settings: TrainSettings) -> None:
    before = read_lineage(parent)
    now = {"tokenizer_digest": _digest(tokenizer_json), **{name: getattr(settings, name) for name in _SHAPE}}
    then = {"tokenizer_digest": before["tokenizer_digest"], **{name: before["settings"][name] for name in _SHAPE}}
    differing = [
        f"{name} ({then[name]} in the parent, {now[name]} asked for)" for name in now if then[name] != now[name]
    ]
    if differing:
        raise ParentMismatch(
            f"{parent} cannot be continued: {'; '.join(differing)}. "
            "Use the parent's tokenizer and settings, or train from scratch without a parent."
        )


def _begin(job: _Job) -> _State:
    state = _new_state(job)
    if job.parent is not None:
        load_weights(state.model, job.parent)
    return state


def _resume(job: _Job, saved: Path) -> _State:
    state = _new_state(job)
    load_weights(state.model, saved)
    load_optimizer(state.optimizer, saved)
    before = read_lineage(saved)
    state.step = before["step"]
    state.losses = list(pl.read_parquet(saved / LOSS_CURVE).iter_rows())
    state.devices = list(dict.fromkeys([*before["devices"], state.device]))
    state.seconds_before = before["seconds"]
    state.cpu_seconds_before = before["cpu_seconds"]
    logger.info("going on from %s", saved)
    return state


def _new_state(job: _Job) -> _State:
    import torch

    settings = job.settings
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = build_model(open_tokenizer(job.tokenizer_json).get_vocab_size(), settings)
    model.to(device)  # type: ignore[arg-type]  # transformers wraps it without its types
    model.train()
    optimizer = torch.optim.AdamW(
        model.parameters(),
        lr=settings.learning_rate,
        betas=(settings.beta_1, settings.beta_2),
        weight_decay=settings.weight_decay,
        fused=True,
    )
    return _State(model=model, optimizer=optimizer, device=device, devices=[device])


def _run(job: _Job, state: _State, on_progress: Callable[[TrainProgress], None]) -> Checkpoint:
    begun_at = state.step
    while state.step < job.step_count:
        loss = _step(job, state)
        if state.step == job.step_count or state.step % job.settings.save_every == 0:
            _save(job, state)
        tokens = (state.step - begun_at) * job.settings.batch_size * job.settings.seq_len
        seconds = max(time.monotonic() - state.began, 1e-9)
        on_progress(TrainProgress(state.step, job.step_count, loss, tokens / seconds))
    return open_checkpoint(step_folder(job.folder, job.step_count))


def _step(job: _Job, state: _State) -> float:
    """One step: the loss of the batch in nats per token. Raises NonFiniteLoss before anything was changed."""
    import torch

    rows = job.batch(state.step)
    rate = job.settings.learning_rate_at(state.step, job.step_count)
    for group in state.optimizer.param_groups:
        group["lr"] = rate
    state.optimizer.zero_grad(set_to_none=True)
    nats = loss_and_gradients(state.model, _tensor(job, rows, state.device))
    norm = torch.nn.utils.clip_grad_norm_(state.model.parameters(), job.settings.gradient_clip)
    row_losses = nats.mean(1).double().cpu().numpy()
    if not np.isfinite(row_losses).all() or not torch.isfinite(norm):
        raise _non_finite(job, state.step, row_losses)
    state.optimizer.step()
    state.step += 1
    languages = list(job.streams)
    for index in np.unique(rows[:, 0]):
        state.losses.append((state.step, languages[index], float(row_losses[rows[:, 0] == index].mean())))
    return float(row_losses.mean())


def _tensor(job: _Job, rows: np.ndarray, device: str) -> "Tensor":
    import torch

    streams = list(job.streams.values())
    windows = np.stack([window(streams[language], index, job.settings.seq_len) for language, index in rows])
    return torch.from_numpy(windows.astype(np.int64)).to(device)


def _non_finite(job: _Job, step: int, row_losses: np.ndarray) -> NonFiniteLoss:
    order = stream_order(job.documents, job.settings.seed)
    languages = list(job.streams)
    doc_ids: dict[bytes, None] = {}
    for language_index, window_index in job.batch(step):
        language = languages[language_index]
        doc_ids |= dict.fromkeys(
            documents_of_window(job.streams[language], order[language], window_index, job.settings.seq_len)
        )
    named = ", ".join(doc_id.hex() for doc_id in list(doc_ids)[:_NAMED_DOCUMENTS])
    what = "a gradient" if np.isfinite(row_losses).all() else "the loss"
    saved = newest_whole(job.folder)
    return NonFiniteLoss(
        f"{what} of step {step + 1} of {job.step_count} in {job.folder} is not a finite number. "
        f"The batch read {len(doc_ids)} documents: {named}{', ...' if len(doc_ids) > _NAMED_DOCUMENTS else ''}. "
        f"Last good checkpoint: {saved.name if saved else 'none yet'}. Train into another folder "
        f"with a lower learning_rate (it was {job.settings.learning_rate}), or without these documents.",
        step=step + 1,
        doc_ids=list(doc_ids),
    )


def _save(job: _Job, state: _State) -> None:
    is_finished = state.step == job.step_count
    loss_curve = pl.DataFrame(state.losses, schema=LOSS_CURVE_SCHEMA, orient="row")

    def write(folder: Path) -> None:
        write_model(state.model, job.tokenizer_json, folder)
        loss_curve.write_parquet(folder / LOSS_CURVE)
        if not is_finished:  # a branch takes the weights only, so nobody would read it
            write_optimizer(state.optimizer, folder)
        record = json.dumps(_lineage(job, state, loss_curve, folder), indent=2, ensure_ascii=False, allow_nan=False)
        (folder / LINEAGE).write_text(record, encoding="utf-8")

    write_whole(step_folder(job.folder, state.step), write)
    remove_old(job.folder)


def _lineage(job: _Job, state: _State, loss_curve: pl.DataFrame, folder: Path) -> dict[str, object]:
    weights = hashlib.sha256((folder / WEIGHTS).read_bytes()).digest()
    return {
        "checkpoint_id": weights[:16].hex(),
        "parent_checkpoint_id": job.parent_id,
        "origin": dict(job.lineage),
        "tokenizer_digest": _digest(job.tokenizer_json),
        "fingerprint": fingerprint(job.identity),
        "plan": dict(job.identity),
        "seed": job.settings.seed,
        "settings": asdict(job.settings),
        "step": state.step,
        "step_count": job.step_count,
        "tokens_by_language": _tokens_by_language(job, state.step),
        "loss_by_language": _late_losses(loss_curve, state.step),
        "parameter_count": sum(parameter.numel() for parameter in state.model.parameters()),
        "devices": state.devices,
        "dtype": "bfloat16 layers, float32 weights" if state.device == "cuda" else "float32",
        "threads": job.settings.threads,
        "versions": {name: version(name) for name in _RECORDED_VERSIONS},
        "seconds": state.seconds_before + time.monotonic() - state.began,
        "cpu_seconds": state.cpu_seconds_before + time.process_time() - state.cpu_began,
        "files": file_records(folder),
    }


def _tokens_by_language(job: _Job, step: int) -> dict[str, int]:
    windows = Counter(job.plan[: step * job.settings.batch_size, 0].tolist())
    return {language: windows[index] * job.settings.seq_len for index, language in enumerate(job.streams)}


def _late_losses(loss_curve: pl.DataFrame, step: int) -> dict[str, float]:
    """Mean loss over the last tenth of the steps; a language without a window in them is absent."""
    late = loss_curve.filter(pl.col("step") > step - max(1, step // 10))
    return dict(late.group_by("language").agg(pl.col("loss").mean()).sort("language").iter_rows())


@contextmanager
def _threads(count: int) -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
