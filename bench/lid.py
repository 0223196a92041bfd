"""Language identification: how right it is on sentences and documents that it did not learn from, and how fast.

INPUT is a folder like shared/data: documents in mono/<language>/ (and mono/_udhr/), sentences in
eval/sib200/<language>/ with dev.tsv held out. Without INPUT the articles of the sample web are reference text.
The model is trained here from the reference text alone. Peers are measured on the same texts, over the languages that
they know, where they are installed.
"""

import os
import random
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import polars as pl

from lugha.identification.confusion import DOCUMENTS, SENTENCES, confusion, held_out_texts, macro_f1, scores
from lugha.identification.training import LidSettings, load_lid, train_lid
from lugha.labeling.label import identify
from lugha.languages import UNDETERMINED, by_tag
from lugha.reference import SCHEMA, reference_documents
from lugha.sample.articles import articles_of

LEAST_BYTES = 50_000  # of reference text: languages over which the means are taken
NO_HINTS = pl.DataFrame(schema={"language": pl.String, "text": pl.String})
SHOWN = 15


def measure(given: Path | None) -> dict[str, Any]:
    """Macro F1 on held-out sentences and documents, and megabytes of documents per CPU second in one process."""
    reference = _reference(given)
    with tempfile.TemporaryDirectory() as folder:
        before = time.process_time()
        report = train_lid(NO_HINTS, LidSettings(), Path(folder) / "lid.bin", reference)
        training_seconds = time.process_time() - before
        model = load_lid(Path(folder) / "lid.bin")
    sizes = reference.group_by("language").agg(pl.col("text").str.len_bytes().sum())
    least = LEAST_BYTES if given else 0
    counted = sizes.filter(pl.col("text") >= least)["language"].to_list()
    held_out = _measured_on(held_out_texts(reference), reference)
    rows = confusion(model, held_out)
    texts = _documents(reference)
    identify(texts[:50], UNDETERMINED, model)
    mb = sum(len(text.encode()) for text in texts) / 1e6
    seconds = _cpu_seconds(lambda: identify(texts, UNDETERMINED, model))
    ours = {
        "macro_f1_sentences": _rounded(macro_f1(rows, SENTENCES, counted)),
        "macro_f1_documents": _rounded(macro_f1(rows, DOCUMENTS, counted)),
        "macro_f1_sentences_all": _rounded(macro_f1(rows, SENTENCES, sizes["language"])),
        "macro_f1_documents_all": _rounded(macro_f1(rows, DOCUMENTS, sizes["language"])),
        "mb_per_cpu_s": round(mb / seconds, 1),
        "label_count": report.height,
        "languages_counted_sentences": _counted(rows, SENTENCES, counted),
        "languages_counted_documents": _counted(rows, DOCUMENTS, counted),
        "training_cpu_seconds": round(training_seconds, 1),
        "timed_mb": round(mb, 1),
    }
    peers = {name: _peer(find, held_out, texts, rows) for name, find in _peers().items()}
    return {
        "input_mb": round(float(sizes["text"].sum()) / 1e6, 1),
        "ours": ours,
        "peers": peers,
        "table": _table(ours, peers, rows, counted),
    }


def _reference(given: Path | None) -> pl.DataFrame:
    if given is not None:
        return reference_documents([x for x in (given / "mono", given / "eval" / "sib200") if x.is_dir()])
    from importlib.resources import files

    rows = []
    for folder in files("lugha.sample").joinpath("pages").iterdir():
        if len(folder.name) == 8 and folder.name[3] == "_":
            for n, article in enumerate(articles_of(folder.name)):
                is_held_out = n % 4 == 0
                rows.append((folder.name, "sample/articles.jsonl", "\n".join(article.paragraphs), is_held_out))
                rows += [(folder.name, "sample/dev.txt", x, True) for x in article.paragraphs if is_held_out]
    return pl.DataFrame(sorted(rows), schema=SCHEMA, orient="row")


def _measured_on(held_out: pl.DataFrame, reference: pl.DataFrame) -> pl.DataFrame:
    """All held-out documents, and of the sentences those of files that are held out as a whole (dev)."""
    dev = reference.filter(pl.col("source").str.contains("/dev"), "is_held_out").select("language", "text").unique()
    is_dev = held_out.join(dev, on=["language", "text"], how="semi").filter(pl.col("level") == SENTENCES)
    return pl.concat([held_out.filter(pl.col("level") == DOCUMENTS), is_dev])


def _documents(reference: pl.DataFrame) -> list[str]:
    """Real documents in random order (SEED), at most MB megabytes."""
    found = reference.filter(pl.col("source").str.contains(r"\.jsonl"))["text"].to_list()
    random.Random(int(os.environ.get("SEED") or 1)).shuffle(found)
    left, taken = float(os.environ.get("MB") or 20) * 1e6, []
    for text in found:
        left -= len(text.encode())
        if left < 0 and taken:
            break
        taken.append(text)
    return taken


def _cpu_seconds(work: Callable[[], object]) -> float:
    """CPU seconds of the fastest of three runs: other processes' cache misses only ever add."""
    seconds = []
    for _ in range(3):
        before = time.process_time()
        work()
        seconds.append(time.process_time() - before)
    return min(seconds)


def _counted(rows: pl.DataFrame, level: str, languages: list[str]) -> int:
    return rows.filter(pl.col("level") == level, pl.col("language").is_in(languages))["language"].n_unique()


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _peers() -> dict[str, Callable[[str], str | None]]:
    """What finds the tag of a text, for each peer that is installed."""
    found: dict[str, Callable[[str], str | None]] = {}
    if find_spec("py3langid"):
        import py3langid

        found["py3langid"] = lambda text: str(py3langid.classify(text)[0])
    if find_spec("pycld2"):
        import pycld2

        def cld2(text: str) -> str | None:
            try:
                return str(pycld2.detect(text)[2][0][1])
            except pycld2.error:
                return None

        found["cld2"] = cld2
    return found


def _peer(
    find: Callable[[str], str | None], held_out: pl.DataFrame, texts: list[str], ours: pl.DataFrame
) -> dict[str, Any]:
    """Macro F1 over the languages that the peer names at all, among the texts of these alone (in its favour: what it
    calls the others does not count), and ours over the same.
    """
    labels = [by_tag(find(text) or "und") or UNDETERMINED for text in held_out["text"]]
    known = set(labels) - {UNDETERMINED}
    rows = (
        held_out.select("language", "level", predicted=pl.Series(labels, dtype=pl.String))
        .group_by("language", "level", "predicted")
        .agg(text_count=pl.len())
    )
    sample = texts[: max(1, len(texts) // 10)]
    seconds = _cpu_seconds(lambda: [find(text) for text in sample])
    return {
        "macro_f1_sentences": _rounded(macro_f1(rows, SENTENCES, known)),
        "macro_f1_documents": _rounded(macro_f1(rows, DOCUMENTS, known)),
        "lugha_f1_sentences_same_languages": _rounded(macro_f1(ours, SENTENCES, known)),
        "lugha_f1_documents_same_languages": _rounded(macro_f1(ours, DOCUMENTS, known)),
        "mb_per_cpu_s": round(sum(len(text.encode()) for text in sample) / 1e6 / seconds, 1),
        "languages_named": len(known),
    }


def _table(ours: dict[str, Any], peers: dict[str, Any], rows: pl.DataFrame, counted: list[str]) -> str:
    lines = ["| figure | lugha |" + "".join(f" {name} |" for name in peers), "|---|---:|" + "---:|" * len(peers)]
    for key in dict.fromkeys([*ours, *(key for peer in peers.values() for key in peer)]):
        told = (x.get(key, "") for x in (ours, *peers.values()))
        lines.append(f"| {key} | " + " | ".join(map(str, told)) + " |")
    lines += [
        f"\nPeers that are not installed were not run: {', '.join({'py3langid', 'cld2'} - set(peers)) or 'none'}."
    ]
    for level in (SENTENCES, DOCUMENTS):
        of_level = rows.filter(pl.col("level") == level)
        worst = scores(of_level.filter(pl.col("language").is_in(counted))).head(SHOWN)
        lines += [f"\nWorst languages by {level}:\n", "| language | texts | recall | precision | F1 | confused with |"]
        lines += ["|---|---:|---:|---:|---:|---|"]
        lines += [
            f"| {x['language']} | {x['text_count']} | {x['recall']:.3f} | {x['precision']:.3f} | {x['f1']:.3f} | {x['confused_with'] or ''} |"
            for x in worst.iter_rows(named=True)
        ]
    return "\n".join(lines)
