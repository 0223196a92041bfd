"""What a checkpoint is on disk: whole or not there, with a digest of every file and a record of where it came from.

A checkpoint is written beside its place, flushed to the disk and renamed into it, so a reader sees all of it or none
(the way of OLMo-core, src/olmo_core/train/checkpoint.py:426, commit fa6c501). `files.json` holds size and sha256 of
every other file; `lineage.json` says what the weights came from. The files themselves are torch's and transformers'
matter; this file imports neither.
"""

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from lugha.errors import LughaError

LINEAGE = "lineage.json"
LOSS_CURVE = "loss_curve.parquet"
LOSS_CURVE_SCHEMA = pl.Schema({"step": pl.Int64(), "language": pl.String(), "loss": pl.Float64()})
KEPT_CHECKPOINTS = 2
_FILES = "files.json"
_UNFINISHED = ".unfinished-"
_BROKEN = ".broken-"
_NEXT_STEP = "Remove the folder and train again: the run goes on from the checkpoint before it."

logger = logging.getLogger(__name__)


class BrokenCheckpoint(LughaError):
    """A checkpoint folder is not what was written there: a file is missing, cut short or altered, or it never was a
    checkpoint.
    """


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint on disk.

    folder opens with AutoModelForCausalLM and AutoTokenizer. checkpoint_id is the first 16 bytes of the sha256 of the
    weights, in hex. step_count is the steps done so far. tokens_by_language counts the tokens trained on,
    loss_by_language is the mean of nats per token over the last tenth of the steps, loss_curve has the columns step
    (from 1), language, loss: one row for each language in each batch. seconds and cpu_seconds cover all attempts of the
    run, without what was lost between a checkpoint and a crash.
    """

    folder: Path
    checkpoint_id: str
    step_count: int
    tokens_by_language: Mapping[str, int]
    loss_by_language: Mapping[str, float]
    loss_curve: pl.DataFrame
    seconds: float
    cpu_seconds: float


def open_checkpoint(folder: Path) -> Checkpoint:
    """The checkpoint in a `step-NNNNNN` folder, every file compared with its digest. Raises BrokenCheckpoint."""
    verify(folder)
    lineage = read_lineage(folder)
    return Checkpoint(
        folder=folder,
        checkpoint_id=lineage["checkpoint_id"],
        step_count=lineage["step"],
        tokens_by_language=lineage["tokens_by_language"],
        loss_by_language=lineage["loss_by_language"],
        loss_curve=pl.read_parquet(folder / LOSS_CURVE),
        seconds=lineage["seconds"],
        cpu_seconds=lineage["cpu_seconds"],
    )


def read_lineage(folder: Path) -> dict[str, Any]:
    """The lineage record of a checkpoint folder that was verified."""
    lineage: dict[str, Any] = json.loads((folder / LINEAGE).read_bytes())
    return lineage


def verify(folder: Path) -> None:
    """Compare every file of a checkpoint with `files.json`.
    Raises BrokenCheckpoint, naming the first file that differs.
    """
    try:
        files = json.loads((folder / _FILES).read_bytes())
        wrong = next((name for name, known in files.items() if _file_record(folder / name) != known), None)
    except (OSError, ValueError, AttributeError) as error:
        raise BrokenCheckpoint(f"{folder} is no whole checkpoint: {error}. {_NEXT_STEP}") from error
    if wrong is not None:
        size = (folder / wrong).stat().st_size
        raise BrokenCheckpoint(
            f"{folder / wrong} is not the file that was written: it has {size} bytes of {files[wrong]['bytes']}, "
            f"or other ones. {_NEXT_STEP}"
        )


def write_whole(target: Path, write: Callable[[Path], None]) -> None:
    """Call `write` with an empty folder, add its `files.json`, and make it appear at `target` at once and for good,
    even through a power cut.
    """
    unfinished = target.with_name(_UNFINISHED + target.name)
    shutil.rmtree(unfinished, ignore_errors=True)
    new_parents = [parent for parent in unfinished.parents if not parent.exists()]
    unfinished.mkdir(parents=True)
    write(unfinished)
    (unfinished / _FILES).write_text(json.dumps(file_records(unfinished), indent=2), encoding="utf-8")
    for path in (*unfinished.iterdir(), unfinished):
        _flush(path)
    unfinished.rename(target)
    for parent in (target.parent, *(parent.parent for parent in new_parents)):
        _flush(parent)


def file_records(folder: Path) -> dict[str, dict[str, object]]:
    """Name -> {bytes, sha256} of the files of a folder, by name."""
    return {path.name: _file_record(path) for path in sorted(folder.iterdir())}


def step_folder(folder: Path, step: int) -> Path:
    """Where the checkpoint after `step` steps of a run stands."""
    return folder / f"step-{step:06d}"


def newest_whole(folder: Path) -> Path | None:
    """The newest checkpoint of a run that is whole, or None. Broken ones after it are set aside under a hidden name,
    each with a warning.
    """
    for candidate in reversed(_step_folders(folder)):
        try:
            verify(candidate)
        except BrokenCheckpoint as error:
            logger.warning("going back to an older checkpoint: %s", error)
            aside = candidate.with_name(_BROKEN + candidate.name)
            shutil.rmtree(aside, ignore_errors=True)
            candidate.rename(aside)
        else:
            return candidate
    return None


def remove_old(folder: Path) -> None:
    """Keep the last two checkpoints of a run. A folder is renamed before it is emptied, so that no half of one is ever
    found.
    """
    for old in _step_folders(folder)[:-KEPT_CHECKPOINTS]:
        going = old.with_name(_UNFINISHED + old.name)
        old.rename(going)
        shutil.rmtree(going)


def remove_unfinished(folder: Path) -> None:
    """Remove what a killed process left half written or half removed."""
    for left in folder.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(left)


def _step_folders(folder: Path) -> list[Path]:
    found = [path for path in folder.glob("step-*") if path.name.removeprefix("step-").isdigit()]
    return sorted(found, key=lambda path: int(path.name.removeprefix("step-")))


def _file_record(path: Path) -> dict[str, object]:
    with path.open("rb") as stream:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(stream, "sha256").hexdigest()}


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
