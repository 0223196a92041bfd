"""Requests for more text: which fallen languages are still to be collected, and how many bytes.

What is open is derived, never remembered: a regression of the newest checkpoint is open until `collection_requests`
says that it was collected. So a lost cursor, a restarted daemon or a failed run neither loses a request nor makes it
twice.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import polars as pl

from lugha.lake import Lake
from lugha.lake.digest import digest_of
from lugha.lake.schemas import TABLES

GAIN_PER_DOUBLING = (
    0.10  # bits per byte; measured .15 to .22 at small scale, less is assumed for longer training (docs/decisions/0007)
)
MOST_ATTEMPTS = 3
LEAST_BYTES = 20_000


@dataclass(frozen=True)
class CollectionRequest:
    """A request for one language: which regression asks (anchor, candidate, excess in bits per byte) and for how many
    bytes of pages.
    """

    request_id: str
    snapshot: str
    language: str
    anchor_id: str
    candidate_id: str
    excess: float
    wanted_bytes: int
    attempt: int

    def to_json(self) -> str:
        """The request as it travels in the run's configuration."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "CollectionRequest":
        """The request that `to_json` wrote."""
        return cls(**json.loads(text))


def due_requests(
    releases: pl.DataFrame,
    collected: pl.DataFrame,
    failures: Mapping[str, int],
    running: frozenset[str],
    unique_bytes: Mapping[str, int],
    fetched_bytes: Mapping[str, int],
    snapshot: str,
) -> list[CollectionRequest]:
    """Requests that are due now, largest fall first.

    `releases` are the rows of `regression.replay`; only the newest release asks. `collected` are
    `collection_requests`; `failures` counts failed runs by request id and `running` names those under way. After
    MOST_ATTEMPTS failures a request waits for a person.
    """
    if releases.is_empty():
        return []
    newest = releases.filter(pl.col("release_number") == releases["release_number"].max(), pl.col("is_regression"))
    done = set(collected["request_id"])
    due = []
    for row in newest.sort("excess", "language", descending=[True, False]).iter_rows(named=True):
        language = row["language"]
        request_id = digest_of([row["anchor_id"], row["checkpoint_id"], language])
        failed = failures.get(request_id, 0)
        if request_id in done or request_id in running or failed >= MOST_ATTEMPTS:
            continue
        wanted = wanted_bytes(row["excess"], unique_bytes.get(language, 0), fetched_bytes.get(language, 0))
        due.append(
            CollectionRequest(
                request_id,
                snapshot,
                language,
                row["anchor_id"],
                row["checkpoint_id"],
                row["excess"],
                wanted,
                failed + 1,
            )
        )
    return due


def wanted_bytes(excess: float, unique: int, fetched: int) -> int:
    """Bytes of pages to fetch for a fall of `excess` bits per byte.

    The text that is needed is unique * (2^(excess / gain per doubling) - 1), at most as much again as there is;
    divided by the yield so far (kept unique bytes per fetched byte), it becomes bytes of pages.
    """
    needed = min(unique * (2 ** min(10.0, max(0.0, excess) / GAIN_PER_DOUBLING) - 1), float(unique))
    share_kept = min(1.0, unique / fetched) if unique and fetched else 0.2
    return max(LEAST_BYTES, math.ceil(needed / max(share_kept, 0.02)))


def finished_request(lake: Lake, request: CollectionRequest, run_id: str) -> None:
    """Write down what came of a request; writing it twice is the same as once."""
    before = lake.read("collection_requests", language=request.language).filter(
        pl.col("request_id") != request.request_id
    )
    there = lake.scan("raw_crawls", snapshot=request.snapshot, language=request.language).select(pl.len())
    # Requests of one week share a partition: what earlier ones fetched is not this one's.
    earlier = before.filter(pl.col("snapshot") == request.snapshot)["fetched_count"].sum()
    fetched = there.collect().item() - int(earlier)
    row = {
        **{c: v for c, v in asdict(request).items() if c in TABLES["collection_requests"].columns},
        "fetched_count": fetched,
        "outcome": "collected" if fetched else "exhausted",
        "finished_at": datetime.now(UTC),
    }
    columns = list(TABLES["collection_requests"].columns)
    rows = pl.concat(
        [
            before.select(columns),
            pl.DataFrame([row], schema={c: TABLES["collection_requests"].schema[c] for c in columns}),
        ]
    )
    lake.overwrite("collection_requests", rows, {"language": request.language}, run_id=run_id)
