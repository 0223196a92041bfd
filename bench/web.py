"""How well the demo did on a web whose truth is known: labels, removed copies, robots, text.

INPUT is a folder with hosts/, manifest.jsonl and gold.jsonl.gz; `make demo WEB=INPUT` must have run on it before.
Measured is the lake that it wrote.
"""

import gzip
import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import polars as pl
import regex

from lugha.errors import LughaError
from lugha.labeling.kept import kept_documents
from lugha.lake import Lake

WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
SAME_TEXT = 0.6  # of the shingles of either side
SHINGLE = 4  # words, as the article-extraction benchmark of scrapinghub scores


class NothingMeasured(LughaError):
    """There is no demo's lake for this input."""


def measure(given: Path | None) -> dict[str, Any]:
    """Figures of the lake that the demo on INPUT wrote."""
    if given is None:
        raise NothingMeasured("Name a web: make bench NAME=web INPUT=folder, after make demo WEB=folder.")
    home = Path(".lugha") / f"web-{given.resolve().name}"
    if not (home / "lake").is_dir():
        raise NothingMeasured(f"{home}/lake is not there. Run make demo WEB={given} first.")
    lake = Lake(str(home.absolute() / "lake"))
    truth = {
        _key(row["url"]): row
        for row in map(json.loads, (given / "manifest.jsonl").read_text(encoding="utf-8").splitlines())
    }
    gold = _gold(given, truth)
    ours = {**_fetched(lake, truth), **_labels(lake, truth), **_copies(lake, truth, gold), **_texts(lake, gold)}
    table = "| figure | value |\n|---|---:|\n" + "\n".join(
        f"| {name} | {value} |" for name, value in ours.items() if not isinstance(value, dict)
    )
    size = sum(row["bytes"] for row in truth.values()) / 1e6
    return {"input_mb": round(size, 1), "ours": ours, "peers": {}, "table": table}


def _key(url: str) -> str:
    parts = urlsplit(url)
    path = parts.path.removesuffix("index.html") or "/"
    return f"{parts.netloc}{path}{'?' + parts.query if parts.query else ''}"


def _gold(given: Path, truth: dict[str, Any]) -> dict[str, dict[str, str]]:
    by_path = {row["path"]: key for key, row in truth.items()}
    path = given / "gold.jsonl.gz"
    rows = map(json.loads, gzip.decompress(path.read_bytes()).decode().splitlines()) if path.exists() else ()
    return {
        by_path[row["path"]]: {"text": row["text"], "source": truth[by_path[row["path"]]]["source"]}
        for row in rows
        if row["path"] in by_path
    }


def _fetched(lake: Lake, truth: dict[str, Any]) -> dict[str, Any]:
    index = lake.read("crawl_index")
    fetched = {_key(url) for url in index.filter(pl.col("outcome") == "fetched")["url"]} | {
        _key(url) for url in lake.scan("raw_crawls").select("url").collect()["url"]
    }
    allowed = {key for key, row in truth.items() if row["robots_allowed"]}
    return {
        "pages_in_the_web": len(truth),
        "pages_fetched": len(fetched & set(truth)),
        "share_of_allowed_fetched": round(len(fetched & allowed) / max(1, len(allowed)), 4),
        "robots_violations": len(fetched & (set(truth) - allowed)),
    }


def _labels(lake: Lake, truth: dict[str, Any]) -> dict[str, Any]:
    """Of kept documents: is the language that of the truth? And of all article pages: did they end in the right
    language?
    """
    urls = lake.scan("raw_crawls").select("doc_id", "url", "language")
    kept = lake.scan("cleaned_shards").select("doc_id", "language").join(urls, on=["doc_id", "language"]).collect()
    pairs = [
        (truth[_key(url)]["lang_truth"], language, _key(url))
        for language, url in kept.select("language", "url").iter_rows()
        if _key(url) in truth
    ]
    certain = [
        (t, found)
        for t, found, key in pairs
        if truth[key]["lang_source"] in ("site folder", "data set", "file suffix") and t != "und"
    ]
    right = sum(_same(t, found) for t, found in certain)
    articles = {
        k
        for k, row in truth.items()
        if row["role"] == "article" and row["lang_source"] in ("site folder", "data set", "file suffix")
    }
    reached = {key for _, _, key in pairs}
    wrong = Counter(f"{t} as {found}" for t, found in certain if not _same(t, found))
    return {
        "kept_documents": len(pairs),
        "label_precision": round(right / max(1, len(certain)), 4),
        "article_recall": round(len(articles & reached) / max(1, len(articles)), 4),
        "wrong_labels": dict(wrong.most_common(20)),
    }


def _same(truth: str, found: str) -> bool:
    return truth == found or truth.split("_")[0] == found.split("_")[0]


def _copies(lake: Lake, truth: dict[str, Any], gold: dict[str, dict[str, str]]) -> dict[str, Any]:
    """Of the documents removed as copies: does the manifest call them so? Where it does not, do their gold texts agree
    (the same story on two sites is no family in the manifest)? Of the true copies whose original is kept too: how many
    were removed?
    """
    urls = lake.scan("raw_crawls").select("doc_id", "url", "snapshot", "language")
    sets = lake.scan("dedup_sets").join(urls, on=["doc_id", "snapshot", "language"]).collect()
    family = {key: _key_of_path(row.get("duplicate_of"), truth) or key for key, row in truth.items()}
    members: dict[bytes, list[tuple[str, bool]]] = defaultdict(list)
    for cluster_id, url, is_kept in sets.select("cluster_id", "url", "is_kept").iter_rows():
        members[cluster_id].append((_key(url), is_kept))
    removed = right = agreeing = 0
    for group in members.values():
        representative = next((key for key, is_kept in group if is_kept), None)
        for key, is_kept in group:
            if not is_kept:
                removed += 1
                is_family = representative is not None and family.get(key) == family.get(representative)
                right += is_family
                agreeing += is_family or _gold_agrees(gold, key, representative)
    cluster_of = {_key(url): cluster_id for url, cluster_id in sets.select("url", "cluster_id").iter_rows()}
    both = [
        (key, family[key]) for key in truth if family[key] != key and key in cluster_of and family[key] in cluster_of
    ]
    found = Counter(truth[key]["dup_kind"] for key, original in both if cluster_of[key] == cluster_of[original])
    there = Counter(truth[key]["dup_kind"] for key, _ in both)
    return {
        "removed_copies": removed,
        "removed_precision": round(right / max(1, removed), 4),
        "removed_precision_with_gold": round(agreeing / max(1, removed), 4),
        "copy_recall": round(sum(found.values()) / max(1, len(both)), 4),
        "copy_recall_by_kind": {kind: [n, round(found[kind] / n, 3)] for kind, n in there.items()},
    }


def _gold_agrees(gold: dict[str, dict[str, str]], key: str, other: str | None) -> bool:
    """Whether two pages have gold texts of which each holds most of the other."""
    if key not in gold or other not in gold:
        return False
    return min(_overlap(gold[key]["text"], gold[other]["text"])) >= SAME_TEXT


def _key_of_path(path: str | None, truth: dict[str, Any]) -> str | None:
    if not path:
        return None
    return next(
        (key for key, row in truth.items() if row["path"] == path or _key(row["url"]) == path or row["url"] == path),
        None,
    )


def _texts(lake: Lake, gold: dict[str, dict[str, str]]) -> dict[str, Any]:
    """Overlap of 4-word shingles with the gold text, averaged over pages, as extracted and as kept."""
    told: dict[str, Any] = {}
    for name, texts_of in (("parsed", _parsed), ("kept", _kept)):
        texts = {_key(url): text for url, text in texts_of(lake).select("url", "text").iter_rows()}
        pages = [(key, *_overlap(texts[key] or "", row["text"])) for key, row in gold.items() if key in texts]
        told[f"text_f1_{name}"] = _f1(pages)
        told[f"text_pages_{name}"] = len(pages)
        by_source: dict[str, list[Any]] = defaultdict(list)
        for page in pages:
            by_source[gold[page[0]]["source"].split(":")[0].split("/")[0]].append(page)
        told[f"text_f1_{name}_by_source"] = {source: _f1(rows) for source, rows in sorted(by_source.items())}
    return told


def _parsed(lake: Lake) -> pl.DataFrame:
    return lake.scan("parsed_documents").select("url", "text").collect()


def _kept(lake: Lake) -> pl.DataFrame:
    urls = lake.scan("raw_crawls").select("doc_id", "snapshot", "language", "url").collect()
    return kept_documents(lake).join(urls, on=["doc_id", "snapshot", "language"])


def _f1(pages: list[Any]) -> float:
    if not pages:
        return 0.0
    p, r = (sum(page[i] for page in pages) / len(pages) for i in (1, 2))
    return float(round(2 * p * r / max(1e-9, p + r), 4))


def _overlap(text: str, gold: str) -> tuple[float, float]:
    found, wanted = (_shingles(t) for t in (text, gold))
    same = sum((found & wanted).values())
    return same / max(1, sum(found.values())), same / max(1, sum(wanted.values()))


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = WORD.findall(text)
    return Counter(tuple(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1)))
