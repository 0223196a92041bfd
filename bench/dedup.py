"""How many copies `lugha dedup` finds in text of known copies, how fast and in how much memory, beside other systems.

INPUT is a folder of .jsonl, .jsonl.gz or .parquet files, at any depth, with the field `text` and perhaps `lang`;
without it the sample articles. Their sentences are dealt (SEED) into corpora of 22, 50 and MB megabytes, with LARGE=1
also of four times MB. An INPUT that holds shards/ and truth.parquet is measured as it is. PEERS names the interpreter
of an environment with rensa, datasketch, xxhash and datatrove[io,processing], PEERS_B of one with text-dedup. Systems
take turns on each corpus; the slow ones run on the small one only. CPU time is that of a process tree from its start.
"""

import json
import os
import statistics
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from bench.near_copies.adding import LIMIT_S, OURS, adding
from bench.near_copies.corpus import documents, write
from bench.near_copies.decks import KINDS, sentences_of
from bench.near_copies.peers import OF_A, OF_B, Peer
from bench.near_copies.processes import Used, use_of
from bench.near_copies.scores import LEAST_COPIES, found_by_jaccard, score, truth_of
from lugha.deduplication.shingles import minhash
from lugha.errors import LughaError

SMALL_MB, MIDDLE_MB = 22, 50
TURNS = 3  # of ours, and of fast peers on the small corpus; all else takes minutes of a peer's time
CHECKED = 300  # signatures that are made again by datasketch
SAID = ("recall", "precision", "recall_by_jaccard", "lost_clusters", "removed_unique", "unknown_ids")


class RunFailed(LughaError):
    """`lugha dedup` did not come to its end on a corpus."""


@dataclass(frozen=True)
class Corpus:
    """A folder of shards, its size in MB of UTF-8 text, and who copies whom."""

    folder: Path
    mb: float
    truth: pl.DataFrame


@dataclass
class Row:
    """What a system used in its turns on a corpus, and its scores there."""

    used: list[Used] = field(default_factory=list)
    scores: dict[str, Any] = field(default_factory=dict)

    def figures(self, mb: float) -> dict[str, Any]:
        """Medians over the turns; the peak is the highest."""
        failed = next((use for use in self.used if use.status), None)
        if failed:
            return {"not_run": failed.complaint or f"ended with status {failed.status}"}
        cpu = statistics.median(use.cpu_s for use in self.used)
        return {
            "mb": round(mb, 1),
            "cpu_s": round(cpu, 2),
            "mb_per_cpu_s": round(mb / cpu, 2),
            "wall_s": statistics.median(use.wall_s for use in self.used),
            "peak_mb": max(use.peak_mb for use in self.used),
            "turns": len(self.used),
            **self.scores,
        }


def measure(given: Path | None) -> dict[str, Any]:
    """Figures of every system at every size. Raises NoText, RunFailed."""
    wanted, seed = float(os.environ.get("MB") or 500), int(os.environ.get("SEED") or 0)
    with tempfile.TemporaryDirectory() as name:
        working = Path(name)
        corpora = _given(given, working) if given and (given / "truth.parquet").exists() else None
        corpora = corpora or list(_made(given, wanted, seed, working))
        main = next((corpus for corpus in corpora if corpus.mb >= wanted * 0.99), corpora[-1])
        _warm(corpora[0], working / "warm")
        ours: list[dict[str, Any]] = []
        peers: dict[str, list[dict[str, Any]]] = {name: [] for name in OF_A | OF_B}
        for corpus in corpora:
            rows = _side_by_side(corpus, main, working / f"runs-{corpus.mb:.0f}")
            ours.append(rows.pop("lugha"))
            for peer, figures in rows.items():
                peers[peer].append(figures)
        figures = {**_at(ours, main), **_ours_alone(main, working), "growth": [_short(row) for row in ours]}
    peers = {name: rows or [_not_run(name)] for name, rows in peers.items()}
    figures["times_as_fast"] = _ratios(ours, peers)
    return {
        "input_mb": round(main.mb, 1),
        "ours": figures,
        "peers": {name: {"packages": _versions(name), "sizes": rows} for name, rows in peers.items()},
        "table": _table(ours, peers, figures),
    }


def _given(folder: Path, working: Path) -> list[Corpus]:
    """A corpus that is there already; all systems read it as parquet."""
    shards = working / "given" / "shards"
    shards.mkdir(parents=True)
    size = 0
    for path in sorted(p for p in (folder / "shards").iterdir() if p.name.endswith(KINDS)):
        if path.suffix == ".parquet":
            (shards / path.name).symlink_to(path.resolve())
        else:
            pl.read_ndjson(path).select("id", "text").write_parquet(shards / f"{path.name}.parquet")
    for path in shards.iterdir():
        size += int(pl.scan_parquet(path).select(pl.col("text").str.len_bytes().sum()).collect().item())
    return [Corpus(shards.parent, size / 1e6, truth_of(folder))]


def _made(given: Path | None, wanted: float, seed: int, working: Path) -> Iterator[Corpus]:
    sentences = sentences_of(given)
    sizes = {SMALL_MB, MIDDLE_MB, wanted, *([4 * wanted] if os.environ.get("LARGE") else [])}
    for mb in sorted(sizes):
        folder = working / f"corpus-{mb:g}"
        size = write(documents(sentences, mb * 1e6, seed), mb * 1e6, folder, seed)
        yield Corpus(folder, size / 1e6, truth_of(folder))


def _side_by_side(corpus: Corpus, main: Corpus, working: Path) -> dict[str, dict[str, Any]]:
    """Figures of the systems that are to run on this corpus, in turns."""
    is_small = corpus.mb < MIDDLE_MB * 0.9
    peers = {n: p for n, p in (OF_A | OF_B).items() if _interpreter(n) and (is_small or (p.is_fast and corpus is main))}
    rows: dict[str, Row] = defaultdict(Row)
    for turn in range(TURNS if corpus.mb <= main.mb else 1):
        out = working / f"lugha-{turn}"
        rows["lugha"].used.append(_ours(corpus, out))
        if not turn:
            rows["lugha"].scores = _our_scores(corpus, out)
        for name, peer in peers.items():
            if not turn or (is_small and peer.is_fast):
                rows[name].used.append(_peer(name, peer, corpus, working / f"{name}-{turn}", rows[name]))
    return {name: row.figures(corpus.mb) for name, row in rows.items()}


def _ours(corpus: Corpus, out: Path) -> Used:
    used = use_of([*OURS, str(corpus.folder / "shards"), "--out", str(out)], dict(os.environ), LIMIT_S)
    if used.status:
        raise RunFailed(f"lugha dedup on {corpus.mb:.0f} MB ended with status {used.status}: {used.complaint}")
    return used


def _warm(corpus: Corpus, working: Path) -> None:
    """Let what is not yet in the cache be compiled, for a first run and for one that adds."""
    rows = pl.read_parquet(next((corpus.folder / "shards").glob("*.parquet")), n_rows=200)
    few = Corpus(working, float(rows.estimated_size("mb")), corpus.truth)
    (working / "shards").mkdir(parents=True)
    for start in (0, 100):
        rows[start : start + 100].write_parquet(working / "shards" / f"{start}.parquet")
        _ours(few, working / "out")


def _our_scores(corpus: Corpus, out: Path) -> dict[str, Any]:
    clusters = pl.read_parquet(out / "clusters.parquet", columns=["id", "cluster_id"])
    return {**_scores(corpus, out), "found_by_jaccard": found_by_jaccard(corpus.truth, clusters)}


def _scores(corpus: Corpus, out: Path) -> dict[str, Any]:
    return score(corpus.truth, set((out / "removed_ids.txt").read_text(encoding="utf-8").splitlines()))


def _peer(name: str, peer: Peer, corpus: Corpus, out: Path, row: Row) -> Used:
    out.mkdir(parents=True)
    script = out / "peer.py"
    script.write_text(peer.script, encoding="utf-8")
    places = {"SHARDS": str(corpus.folder / "shards"), "OUT": str(out), "HF_HOME": str(out / "hf")}
    quiet = {"HF_HUB_OFFLINE": "1", "TQDM_DISABLE": "1", "TOKENIZERS_PARALLELISM": "false"}
    used = use_of([_interpreter(name), str(script)], {**os.environ, **places, **quiet}, LIMIT_S)
    if not used.status:
        found = _scores(corpus, out)
        row.scores = {key: found[key] for key in SAID}
    return used


def _interpreter(name: str) -> str:
    return os.environ.get("PEERS" if name in OF_A else "PEERS_B") or ""


def _not_run(name: str) -> dict[str, Any]:
    if _interpreter(name):
        return {"not_run": "too slow for a corpus of this size"}
    return {"not_run": f"{'PEERS' if name in OF_A else 'PEERS_B'} names no interpreter"}


def _versions(name: str) -> dict[str, str]:
    if not _interpreter(name):
        return {}
    packages = (OF_A | OF_B)[name].packages
    ask = f"import importlib.metadata as m, json; print(json.dumps({{n: m.version(n) for n in {packages!r}}}))"
    done = subprocess.run([_interpreter(name), "-c", ask], capture_output=True, text=True)
    found: dict[str, str] = json.loads(done.stdout or "{}")
    return found


def _ours_alone(main: Corpus, working: Path) -> dict[str, Any]:
    """What no peer has: cost of one per cent more, and signatures that datasketch agrees with."""
    found = adding(main.folder / "shards", working / "adding")
    return {
        **found,
        "signatures_equal_datasketch": _are_datasketchs(main, working / f"runs-{main.mb:.0f}" / "lugha-0"),
    }


def _are_datasketchs(main: Corpus, out: Path) -> bool:
    """Whether datasketch makes the stored signatures of a sample, the same number from each language."""
    languages = main.truth["lang"].n_unique()
    some = main.truth.filter(pl.int_range(pl.len()).shuffle(seed=1).over("lang") < -(-CHECKED // languages))
    ids = some["id"].implode()
    texts = pl.scan_parquet(main.folder / "shards" / "*.parquet").filter(pl.col("id").is_in(ids)).select("id", "text")
    stored = pl.scan_parquet(out / "state" / "signatures" / "*.parquet").select("id", "signature")
    pairs = texts.join(stored, on="id").drop_nulls("signature").select("text", "signature").collect()
    return pairs.height > 0 and all(
        minhash(text).hashvalues.astype("<u4").tobytes() == signature for text, signature in pairs.iter_rows()
    )


def _at(rows: list[dict[str, Any]], main: Corpus) -> dict[str, Any]:
    return next(row for row in rows if row.get("mb") == round(main.mb, 1))


def _short(row: dict[str, Any]) -> dict[str, Any]:
    return {key: row[key] for key in ("mb", "cpu_s", "mb_per_cpu_s", "wall_s", "peak_mb", "recall", "precision")}


def _ratios(ours: list[dict[str, Any]], peers: dict[str, list[dict[str, Any]]]) -> dict[str, dict[str, float]]:
    """How many times less CPU time than each peer, by size in MB."""
    seconds = {row["mb"]: row["cpu_s"] for row in ours}
    ran = {name: [row for row in rows if "cpu_s" in row] for name, rows in peers.items()}
    return {
        name: {f"{row['mb']:.0f}": round(row["cpu_s"] / seconds[row["mb"]], 1) for row in rows}
        for name, rows in ran.items()
        if rows
    }


def _table(ours: list[dict[str, Any]], peers: dict[str, list[dict[str, Any]]], figures: dict[str, Any]) -> str:
    lines = [
        "| system | MB | CPU s | MB per CPU-s | peak MB | recall | at Jaccard >= .8 | precision | clusters lost |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, rows in {"lugha": ours, **peers}.items():
        for row in rows:
            if "not_run" in row:
                lines.append(f"| {name} | not run: {row['not_run']} | | | | | | | |")
                continue
            shown = [row[key] for key in ("mb", "cpu_s", "mb_per_cpu_s", "peak_mb", "recall")]
            shown += [row["recall_by_jaccard"]["0.8"], row["precision"], row["lost_clusters"]]
            lines.append(f"| {name} | {' | '.join(map(str, shown))} |")
    by_script = figures["recall_by_script"]
    worst = min(by_script, key=lambda script: by_script[script], default="none")
    lines += [
        "",
        f"One document in a hundred more costs {figures['incremental_share_of_full']:.1%} of the first run in one process "
        f"({figures['incremental_share_of_warm_full']:.1%} of one with libraries loaded), "
        f"{figures['incremental_share_of_whole_process']:.1%} as processes; the clusters are "
        f"{'those' if figures['incremental_clusters_equal_full'] else 'NOT those'} of a run on everything.",
        f"Lowest recall of the {len(by_script)} scripts with {LEAST_COPIES} copies: {worst} {by_script.get(worst, '')}. "
        "Signatures are "
        f"{'those' if figures['signatures_equal_datasketch'] else 'NOT those'} of datasketch.",
    ]
    return "\n".join(lines)
