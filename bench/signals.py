"""How fast all signals of the kernel are, beside the same rules in polars expressions and in datatrove.

INPUT is a folder of .jsonl, .jsonl.gz or .parquet files with `text`, at any depth; without it the sample texts. The
texts are repeated in shuffled order (SEED) up to MB megabytes. Every system runs in a process of its own; "steady" is
its CPU time from the text in memory to the scores, "whole" the process from its start. ICU's cutting of words in
scripts without spaces, which no peer does, is told apart; "whole" has it. PEERS names the interpreter of
an environment with datatrove[processing] (bench runs it, lugha never needs it).
"""

import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from lugha.errors import LughaError
from lugha.sample.articles import articles_of
from lugha.signals import signals
from lugha.signals.kernel.columns import COLUMNS

SAMPLE = "amh_Ethi hau_Latn kaz_Cyrl mya_Mymr swh_Latn tam_Taml tha_Thai tur_Latn urd_Arab yor_Latn"
PART = {"polars": 10.0, "datatrove": 5.0, "datatrove with spaCy": 2.0}  # MB, of the slow ones

HEAD = r"""
import json, re, resource, sys, time
import pyarrow.parquet as pq
text = pq.read_table(sys.argv[1])["text"]
def tell(seconds, whole=None, **more):
    try:  # ru_maxrss begins with what the parent held
        peak = int(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1]) / 1e3
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(json.dumps({"steady_s": seconds, "whole_s": whole or time.process_time(), "peak_mb": peak, **more}))
def clock(work):
    start = time.process_time()
    work()
    return time.process_time() - start
"""
OURS = """
import polars as pl
from lugha.segmentation import word_breaks
from lugha.signals.kernel import measure
texts = pl.Series(text)
measure(texts.head(20), "Zyyy", ("a",))
first = clock(lambda: measure(texts, "Zyyy", ("a",)))
whole = time.process_time()
segmentation = min(clock(lambda: word_breaks(texts)) for _ in range(3))
again = min(clock(lambda: measure(texts, "Zyyy", ("a",))) for _ in range(3))
tell(min(first, again), whole, segmentation_s=segmentation)
"""
EXPRESSIONS = r"""
import polars as pl
def run():
    docs = pl.DataFrame({"text": pl.Series(text)}).with_row_index("doc").with_columns(size=pl.col("text").str.len_chars())
    lines = docs.select("doc", line=pl.col("text").str.split("\n")).explode("line").filter(pl.col("line") != "")
    of_lines = lines.group_by("doc").agg(
        1 - pl.col("line").n_unique() / pl.len(),
        ends=pl.col("line").str.contains(r"[.?!\u06d4\u1362\u104b]$").mean(),
        short=(pl.col("line").str.len_chars() <= 30).mean(),
        bullets=pl.col("line").str.contains(r"^\s*[\u2022-]").mean(),
        ellipses=pl.col("line").str.contains(r"(\.\.\.|\u2026)\s*$").mean())
    words = docs.select("doc", "size", w=pl.col("text").str.split(" ")).explode("w").filter(pl.col("w") != "")
    words = words.with_columns(h=pl.col("w").hash(), n=pl.col("w").str.len_chars())
    of_words = words.group_by("doc").agg(pl.len(), mean=pl.col("n").mean(), alpha=pl.col("w").str.contains(r"\p{L}").mean(),
        signs=pl.col("w").str.count_matches("#").sum())
    found = [of_lines, of_words]
    for n in range(2, 11):
        gram = pl.struct([pl.col("h").shift(-i).over("doc").alias(str(i)) for i in range(n)]).hash()
        size = sum(pl.col("n").shift(-i).over("doc") for i in range(n))
        grams = words.select("doc", "size", gram=gram, chars=size).drop_nulls("chars").group_by("doc", "gram").agg(
            pl.len().alias("count"), pl.first("chars"), pl.first("size"))
        value = (pl.col("count") * pl.col("chars")).max() if n < 5 else ((pl.col("count") - 1) * pl.col("chars")).sum()
        found.append(grams.group_by("doc").agg(value / pl.first("size")))
    return [x.height for x in found]
tell(clock(run))
"""
DATATROVE = """
from datatrove.data import Document
from datatrove.pipeline.filters import FineWebQualityFilter, GopherQualityFilter, GopherRepetitionFilter
from datatrove.utils.word_tokenizers import SpaCyTokenizer, WordTokenizer
class Split(WordTokenizer):
    def word_tokenize(self, text): return text.split()
    def sent_tokenize(self, text): return [text]
    def span_tokenize(self, text): return [(0, len(text))]
    def __hash__(self): return 1
    def __eq__(self, other): return self is other
far, words = 1e9, SpaCyTokenizer("xx") if SPACY else Split()
filters = [
    GopherRepetitionFilter(far, far, far, far, tuple((n, far) for n in (2, 3, 4)), tuple((n, far) for n in range(5, 11)),
        language=words),
    GopherQualityFilter(-1, far, -1, far, far, far, far, -1, -1, language=words),
    FineWebQualityFilter(line_punct_thr=-1, short_line_thr=far, char_duplicates_ratio=far, new_line_ratio=far,
        language=words),
]
documents = [Document(text=x, id=str(i)) for i, x in enumerate(text.to_pylist()) if x.split()]
words.word_tokenize("a b")
tell(clock(lambda: [f.filter(d) for d in documents for f in filters]))
"""


class NoText(LughaError):
    """There is nothing to measure on in this folder."""


def measure(given: Path | None) -> dict[str, Any]:
    """MB of text for each second of CPU time, and what it takes in memory."""
    wanted, seed = float(os.environ.get("MB") or 100), int(os.environ.get("SEED") or 0)
    texts = list(_of_folder(given) if given else _sample())
    if not any(texts):
        raise NoText(f"{given} has no .jsonl, .jsonl.gz or .parquet file with text in it.")
    peer = os.environ.get("PEERS")
    with tempfile.TemporaryDirectory() as folder:
        path = _written(texts, wanted, seed, folder)
        _run(sys.executable, OURS, _written(texts, 0.1, seed, folder))  # compiles, if nothing is cached yet
        rows = {"lugha": _run(sys.executable, OURS, path)}
        rows["polars"] = _run(sys.executable, EXPRESSIONS, _written(texts, min(wanted, PART["polars"]), seed, folder))
        for name in ("datatrove", "datatrove with spaCy"):
            script = DATATROVE.replace("SPACY", str(name.endswith("spaCy")))
            path = _written(texts, min(wanted, PART[name]), seed, folder)
            rows[name] = _run(peer, script, path) if peer else {"not_run": "PEERS names no interpreter"}
    ours = rows.pop("lugha")
    of_segmentation = ours.pop("segmentation_s")
    figures = {
        "signal_count": len(signals()),
        "kernel_column_count": len(COLUMNS),
        **ours,
        "mb_per_cpu_s": round(ours["mb"] / (ours["steady_s"] - of_segmentation), 2),
        "mb_per_cpu_s_with_segmentation": ours["mb_per_cpu_s"],
        "segmentation_share": round(of_segmentation / ours["steady_s"], 3),
    }
    return {"input_mb": ours["mb"], "ours": figures, "peers": rows, "table": _table(figures, rows)}


def _table(ours: dict[str, Any], peers: dict[str, dict[str, Any]]) -> str:
    whole = {**ours, "mb_per_cpu_s": ours["mb_per_cpu_s_with_segmentation"]}
    lines = [
        "| system | MB | MB per CPU-s, steady | MB per CPU-s, whole process | peak MB |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, row in {"lugha": ours, "lugha and ICU's words of unspaced scripts": whole, **peers}.items():
        if "not_run" in row:
            lines.append(f"| {name} | not run: {row['not_run']} | | | |")
        else:
            figures = (row["mb"], row["mb_per_cpu_s"], row["mb_per_cpu_s_whole"], row["peak_mb"])
            lines.append(f"| {name} | {' | '.join(map(str, figures))} |")
    lines.append(f"\n{ours['kernel_column_count']} of {ours['signal_count']} signals are columns of the kernel.")
    return "\n".join(lines)


def _run(interpreter: str, script: str, path: Path) -> dict[str, Any]:
    """The figures of a script in a process of its own, with one thread."""
    one = dict.fromkeys(("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    environment = {**os.environ, **one, "PYTHONPATH": str(Path(__file__).parents[1]), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [interpreter, "-c", HEAD + script, str(path)], capture_output=True, text=True, env=environment
    )
    if done.returncode:
        return {"not_run": done.stderr.strip().splitlines()[-1]}
    told = json.loads(done.stdout.strip().splitlines()[-1])
    mb = int(pl.read_parquet(path)["text"].str.len_bytes().sum()) / 1e6
    return {
        "mb": round(mb, 1),
        "mb_per_cpu_s": round(mb / told["steady_s"], 2),
        "mb_per_cpu_s_whole": round(mb / told["whole_s"], 2),
        **{name: round(value, 2) for name, value in told.items()},
    }


def _written(texts: list[str], wanted: float, seed: int, folder: str) -> Path:
    """The texts again and again, each time in another order, up to the wanted MB."""
    order, chosen, size = random.Random(seed), [], 0.0
    while size < wanted:
        for text in order.sample(texts, len(texts)):
            chosen.append(text)
            size += len(text.encode()) / 1e6
            if size >= wanted:
                break
    path = Path(folder) / f"{wanted}.parquet"
    pl.DataFrame({"text": chosen}).write_parquet(path)
    return path


def _sample() -> Iterator[str]:
    for language in SAMPLE.split():
        for article in articles_of(language):
            yield "\n\n".join([article.title, *article.paragraphs])


def _of_folder(folder: Path) -> Iterator[str]:
    for path in sorted(p for p in folder.rglob("*") if p.name.endswith((".jsonl", ".jsonl.gz", ".parquet"))):
        if path.suffix == ".parquet":
            yield from pl.read_parquet(path, columns=["text"])["text"].drop_nulls()
        else:
            lines = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            yield from (json.loads(line)["text"] for line in lines.decode().splitlines() if line.strip())
