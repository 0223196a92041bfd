"""Copies in a folder of shards: the engine of the lake's dedup sets, on plain files.

What was done stays done. A killed run goes on where it was; a folder with more shards has only these compared, and
keeps every earlier decision; where a shard is gone or has changed, keys are compared again and clusters repaired,
without signing the others anew. Working memory is a setting, whatever the size of the folder.
"""

import json
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from lugha.deduplication.folder.comparing import compare, refuse_same_ids
from lugha.deduplication.folder.deciding import Counts, decide_folder
from lugha.deduplication.folder.files import only_process, whole_file
from lugha.deduplication.folder.shards import Shard, find_shards
from lugha.deduplication.folder.signing import is_signed, remove_others, sign_shard
from lugha.deduplication.folder.threads import OnProgress, Progress, Tally, in_threads
from lugha.errors import LughaError

LIBRARY_BYTES = 400_000_000  # what the process takes besides: libraries, compiled code, what allocators keep
LEAST_MEMORY_BYTES = 600_000_000


class TooLittleMemory(LughaError):
    """The memory that was granted hardly holds the libraries."""


@dataclass(frozen=True)
class Report(Counts):
    """What was decided for the folder as a whole, and what this run did for it: shards, documents and bytes of text that
    it signed, and seconds.
    """

    shard_count: int
    signed_shard_count: int
    signed_document_count: int
    signed_text_bytes: int
    seconds: float


def deduplicate(
    folder: Path,
    out: Path,
    *,
    memory_bytes: int = 1_000_000_000,
    threads: int | None = None,
    least_jaccard: float | None = None,
    on_progress: OnProgress = lambda _: None,
) -> Report:
    """Find the copies among the documents of the shards in `folder`, and write what was decided to `out`:
    clusters.parquet (a row for each document), removed_ids.txt, report.json, and state/ for later runs.

    `threads` is the number of cores where it is left out. With `least_jaccard` (0..1) the texts of near copies are read
    again, and none is removed whose true similarity to its representative is below. `on_progress` hears of every batch
    and step, from any thread. Raises NoShards, MixedShards, MissingColumn, BrokenShard, SameIdTwice, TooLittleMemory,
    MemoryTooSmall, AlreadyRunning.
    """
    started = time.monotonic()
    folder, out = folder.resolve(), out.resolve()
    if memory_bytes < LEAST_MEMORY_BYTES:
        raise TooLittleMemory(
            f"{memory_bytes / 1e6:.0f} MB are too little: the libraries alone take {LIBRARY_BYTES / 1e6:.0f} MB. Grant "
            f"{LEAST_MEMORY_BYTES / 1e6:.0f} MB or more."
        )
    working_bytes, threads, state = memory_bytes - LIBRARY_BYTES, threads or os.cpu_count() or 1, out / "state"
    with only_process(state):
        shards = find_shards(folder, out)
        remove_others(state, shards)
        unsigned = [shard for shard in shards if not is_signed(state, shard)]
        signed = _sign(state, unsigned, working_bytes, threads, on_progress)
        on_progress(signed._replace(step="comparing"))
        refuse_same_ids(state, shards, working_bytes)
        edges = compare(state, shards, working_bytes)
        on_progress(signed._replace(step="deciding"))
        counts = decide_folder(out, shards, edges, working_bytes, least_jaccard)
        report = Report(
            **asdict(counts),
            shard_count=len(shards),
            signed_shard_count=len(unsigned),
            signed_document_count=signed.document_count,
            signed_text_bytes=signed.text_bytes,
            seconds=time.monotonic() - started,
        )
        with whole_file(out / "report.json") as part:
            part.write_text(json.dumps(asdict(report), indent=2) + "\n", encoding="utf-8")
    return report


def _sign(state: Path, shards: Sequence[Shard], memory_bytes: int, threads: int, on_progress: OnProgress) -> Progress:
    import pyarrow as pa

    tally = Tally(sum(shard.byte_count for shard in shards), on_progress)
    largest_first = sorted(shards, key=lambda shard: -shard.byte_count)
    at_a_time = max(1, min(threads, len(shards)))
    tasks = [partial(sign_shard, state, shard, memory_bytes // at_a_time, tally.add) for shard in largest_first]
    in_threads(tasks, at_a_time, tally.stop)
    pa.default_memory_pool().release_unused()  # what follows has allocators of its own
    return tally.progress
