"""What it costs to add one document in a hundred to a folder whose copies are known."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl

from bench.near_copies.processes import use_of

LIMIT_S = 3600  # wall; the slowest peer needs some minutes on a quiet machine
OURS = [sys.executable, "-c", "from lugha.cli import main; main()", "dedup"]
# One process: the folder, then with one shard more, then all of it anew; the libraries are loaded in the first.
_IN_PROCESS = """
import json, sys, time
from pathlib import Path
from lugha.deduplication.folder import deduplicate
base, added, out = map(Path, sys.argv[1:])
def clock(out):
    start = time.process_time()
    deduplicate(base, out)
    return time.process_time() - start
first = clock(out / "in-process")
added.rename(base / added.name)
print(json.dumps({"first": first, "again": clock(out / "in-process"), "anew": clock(out / "anew")}))
(base / added.name).rename(added)
"""


def adding(shards: Path, working: Path) -> dict[str, Any]:
    """CPU time of the second run as a share of the first, in one process (against the first run, and against one with
    all libraries loaded) and as two processes; and whether clusters are those of a run on everything.
    """
    base, added = _split(shards, working)
    done = subprocess.run(
        [sys.executable, "-c", _IN_PROCESS, base, added, working], capture_output=True, text=True, check=True
    )
    seconds = json.loads(done.stdout.strip().splitlines()[-1])
    command = [*OURS, str(base), "--out", str(working / "processes")]
    before = use_of(command, dict(os.environ), LIMIT_S)
    added.rename(base / added.name)
    after = use_of(command, dict(os.environ), LIMIT_S)
    anew = _clusters(working / "anew")
    return {
        "incremental_share_of_full": round(seconds["again"] / seconds["first"], 4),
        "incremental_share_of_warm_full": round(seconds["again"] / seconds["anew"], 4),
        "incremental_share_of_whole_process": round(after.cpu_s / before.cpu_s, 4),
        "incremental_cpu_s": round(seconds["again"], 3),
        "incremental_clusters_equal_full": all(
            _is_same_partition(_clusters(working / name), anew) for name in ("in-process", "processes")
        ),
    }


def _split(shards: Path, working: Path) -> tuple[Path, Path]:
    """The shards without one document in a hundred, and these as one shard more."""
    base, added = working / "base", working / "added.parquet"
    base.mkdir(parents=True)
    is_added = pl.col("id").hash(seed=1) % 100 == 0
    picked = []
    for path in sorted(shards.glob("*.parquet")):
        rows = pl.read_parquet(path)
        rows.filter(~is_added).write_parquet(base / path.name, row_group_size=5000)
        picked.append(rows.filter(is_added))
    pl.concat(picked).write_parquet(added, row_group_size=5000)
    return base, added


def _clusters(out: Path) -> pl.DataFrame:
    return pl.read_parquet(out / "clusters.parquet", columns=["id", "cluster_id"])


def _is_same_partition(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    both = one.join(other, on="id", how="full", suffix="_other").select("cluster_id", "cluster_id_other")
    pairs = both.n_unique()
    return both.null_count().sum_horizontal().item() == 0 and all(
        pairs == both[name].n_unique() for name in both.columns
    )
