"""What it costs to change a bound: deciding a language of a million documents anew from its stored scores.

The scores are real ones, of the bundled articles or of the `.jsonl` texts under INPUT, drawn with replacement and
shaken by a few percent, so that rows keep their correlations and bounds cut where they cut on real text. Measured is
the decision alone, and what the asset does: read labels and bounds, decide, write `decisions` and `cleaned_shards` with
their digests, commit. `MB` scales the number of documents (5 kB each; 1,000,000 where it is not set).
"""

import gzip
import json
import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from lugha.labeling.decide import decide
from lugha.labeling.profiles import profile
from lugha.labeling.redecide import decided_cell
from lugha.lake import TABLES, Lake
from lugha.lake.build import build
from lugha.lake.lineage import input_digests
from lugha.sample.articles import articles_of
from lugha.signals import score_signals, signals
from lugha.tiers.small_models import NO_MODELS

BYTES_OF_A_DOCUMENT = 5_000
LANGUAGE = "swh_Latn"
KEYS = {"snapshot": "web-1", "language": LANGUAGE}
RUNS = 3


def measure(given: Path | None) -> dict[str, Any]:
    """Seconds for a million documents, wall and CPU, the best of three."""
    count = int(float(os.environ["MB"]) * 1e6 / BYTES_OF_A_DOCUMENT) if os.environ.get("MB") else 1_000_000
    rng = np.random.default_rng(int(os.environ.get("SEED") or 1))
    labelled, pages = _rows(_scores(_texts(given)), count, rng)
    bounds = profile(LANGUAGE, ())
    pure = _best(lambda n: decide(labelled, _changed(bounds, n), LANGUAGE))
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(folder)
        lake.create_tables()
        for table, frame in (("labelled_documents", labelled), ("standardized_documents", pages)):
            lake.overwrite(table, frame, KEYS, run_id="bench")
        full = _best(lambda n: _redecide(lake, n), before=lambda n: _put_bounds(lake, _changed(bounds, n)))
        kept = lake.scan("cleaned_shards").select(pl.len()).collect().item()
    scale = 1_000_000 / count
    ours = {
        "seconds_per_million": round(full[0] * scale, 2),
        "cpu_seconds_per_million": round(full[1] * scale, 2),
        "decision_alone_seconds_per_million": round(pure[0] * scale, 3),
        "decision_alone_cpu_seconds_per_million": round(pure[1] * scale, 3),
        "document_count": count,
        "kept_share": round(kept / count, 4),
    }
    return {"input_mb": round(count * BYTES_OF_A_DOCUMENT / 1e6, 1), "ours": ours, "peers": {}, "table": _table(ours)}


def _texts(given: Path | None) -> list[str]:
    if given is None:
        return ["\n\n".join([a.title, *a.paragraphs]) for a in articles_of(LANGUAGE)]
    texts = []
    for path in sorted(given.rglob("*.jsonl*")):
        raw = path.read_bytes()
        lines = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode().splitlines()
        texts += [row["text"] for row in map(json.loads, lines) if row.get("lang", LANGUAGE) == LANGUAGE]
    return texts or _texts(None)


def _scores(texts: list[str]) -> pl.DataFrame:
    return pl.DataFrame(score_signals(pl.DataFrame({"text": texts}), LANGUAGE, NO_MODELS))


def _rows(scores: pl.DataFrame, count: int, rng: np.random.Generator) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`labelled_documents` and `standardized_documents` (without texts, which nobody reads here) of one cell."""
    drawn, raw = rng.integers(0, scores.height, count), rng.bytes(16 * count)
    ids = pl.Series([raw[n : n + 16] for n in range(0, 16 * count, 16)], dtype=pl.Binary)
    shaken = [s.gather(drawn) * pl.Series(rng.lognormal(0, 0.05, count).astype(np.float32)) for s in scores]
    labels = pl.DataFrame([s.alias(name) for s, name in zip(shaken, scores.columns, strict=True)]).with_columns(
        doc_id=ids,
        content_hash=ids,
        own_hash=ids,
        lid_label=pl.Series(rng.choice([LANGUAGE, "eng_Latn"], count, p=[0.95, 0.05])),
        lid_score=pl.Series(rng.beta(8, 1, count), dtype=pl.Float32),
        own_byte_count=pl.col("byte_count").cast(pl.Int64),
        foreign_lines=pl.lit([], dtype=pl.List(pl.Int32)),
    )
    hosts = pl.Series([f"host-{n}.example" for n in rng.zipf(1.5, count) % 50_000])
    pages = pl.DataFrame({"doc_id": ids, "host": hosts}).with_columns(fetched_at=datetime(2026, 1, 1, tzinfo=UTC))
    return _in_table("labelled_documents", labels), _in_table("standardized_documents", pages)


def _in_table(table: str, rows: pl.DataFrame) -> pl.DataFrame:
    columns = {name: column.dtype for name, column in TABLES[table].columns.items()}
    missing = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in columns.items() if name not in rows.columns]
    return rows.with_columns(missing).select([pl.col(name).cast(dtype) for name, dtype in columns.items()])


def _changed(bounds: pl.DataFrame, n: int) -> pl.DataFrame:
    """The bounds with another one on digits, as a person would try."""
    return bounds.with_columns(
        at_most=pl.when(pl.col("signal") == "digit_share").then(0.02 + n / 100).otherwise("at_most")
    )


def _put_bounds(lake: Lake, bounds: pl.DataFrame) -> None:
    lake.overwrite("language_profiles", bounds, {"language": LANGUAGE}, run_id="bench")


def _redecide(lake: Lake, n: int) -> None:
    built = build(
        lake,
        "cleaned_shards",
        [KEYS],
        code_version="1",
        settings=lambda keys: None,
        inputs=input_digests(lake, "cleaned_shards"),
        make=lambda keys: decided_cell(lake, keys["snapshot"], keys["language"]),
        run_id=f"bench-{n}",
    )
    assert not built[0].is_unchanged


def _best(run: Callable[[int], object], before: Callable[[int], None] = lambda n: None) -> tuple[float, float]:
    """Wall and CPU seconds of the fastest run."""
    taken = []
    for n in range(RUNS):
        before(n)
        wall, cpu = time.perf_counter(), time.process_time()
        run(n)
        taken.append((time.perf_counter() - wall, time.process_time() - cpu))
    return min(taken)


def _table(ours: dict[str, float]) -> str:
    bounded = sum(s.BOUND.at_least is not None or s.BOUND.at_most is not None for s in signals().values())
    return "\n".join(
        [
            "| what | wall s per million | CPU s per million |",
            "|---|--:|--:|",
            f"| decision alone, {bounded} bounds | {ours['decision_alone_seconds_per_million']} | "
            f"{ours['decision_alone_cpu_seconds_per_million']} |",
            f"| read, decide, write and commit | {ours['seconds_per_million']} | {ours['cpu_seconds_per_million']} |",
            "",
            f"{ours['document_count']:,} documents, {ours['kept_share']:.1%} kept, best of {RUNS} runs. Peers fuse scores "
            "and bounds, so a changed bound runs their filters over the text again; that was not run here.",
        ]
    )
