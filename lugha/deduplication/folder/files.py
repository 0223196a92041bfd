"""Files of a run that may be killed at any moment: each is whole under its name, or not there.

What a file was made from is kept inside it, so that a file and the note about it cannot disagree.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lugha.errors import LughaError

PART = ".part"  # ending of a file that is being written
MADE_FROM = "lugha.made_from"


class AlreadyRunning(LughaError):
    """Another process works on the same output folder."""


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary name to write to; at the end of the block the file is on disk and has the name `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}{PART}")
    try:
        yield part
        _to_disk(part)
        part.replace(path)
        _to_disk(path.parent)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def only_process(folder: Path) -> Iterator[None]:
    """Keep other processes out of a folder, and clear away what a killed one had half written. Raises AlreadyRunning."""
    import fcntl

    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            raise AlreadyRunning(
                f"{folder} is in use by another process. Wait until it has ended, or name another output folder."
            ) from problem
        for part in folder.rglob(f".*{PART}"):
            part.unlink()
        yield


def note(made_from: object) -> dict[str, str]:
    """Metadata of a parquet file that says what it was made from: any JSON value."""
    return {MADE_FROM: json.dumps(made_from, sort_keys=True)}


def made_from(path: Path) -> Any:
    """What `note` put into a parquet file; None where there is no such file."""
    import pyarrow.parquet as pq

    if not path.exists():
        return None
    return json.loads((pq.read_metadata(path).metadata or {}).get(MADE_FROM.encode(), b"null"))


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
