"""What is true of a web's pages, where its folder says so, put into the lake as judgements of their language: then the
check `label_precision` measures labels on pages whose language is known. Nothing learns from them.
"""

import csv
import json
from collections import defaultdict
from pathlib import Path

import polars as pl

from lugha.lake import Lake
from lugha.languages import registered
from lugha.tiers.annotations import LANGUAGE, import_annotations

ANNOTATOR = "manifest of the web"
SURE = ("data set", "site folder", "file suffix")  # how a manifest can know a language; its other ways are guesses


def import_gold(lake: Lake, manifest: Path, folder: Path) -> int:
    """Read the `manifest.jsonl` of a web into the table `annotations`, by way of files in `folder`; how many pages it
    speaks of. Without a manifest, none.
    """
    if not manifest.exists():
        return 0
    truth = {row["url"]: row for row in map(json.loads, manifest.read_text(encoding="utf-8").splitlines())}
    pages = lake.scan("standardized_documents").filter(pl.col("failure").is_null()).select("language", "url").collect()
    said: dict[str, dict[str, str]] = defaultdict(dict)
    for language, url in pages.iter_rows():
        row = truth.get(url, {})
        if row.get("lang_truth") in registered() and row.get("lang_source", SURE[0]) in SURE:
            said[language][url] = row["lang_truth"]
    folder.mkdir(parents=True, exist_ok=True)
    for language, of_language in said.items():
        import_annotations(lake, _written(folder / f"{language}.csv", of_language), language)
    return sum(map(len, said.values()))


def _written(path: Path, said: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["url", "aspect", "label", "annotator"])
        table.writerows([url, LANGUAGE, label, ANNOTATOR] for url, label in said.items())
    return path
