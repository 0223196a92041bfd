"""The figures at the end: a table per language, and the same as one JSON line."""

import json
import resource
from collections import Counter
from typing import Any

import polars as pl
from rich.table import Table

from demo.display import console
from demo.loop import ROUNDS
from lugha.evaluation.bits_per_byte import bits_per_byte
from lugha.evaluation.releases import release_history
from lugha.lake import Lake


def figures(lake: Lake, seconds: float) -> dict[str, Any]:
    """Everything that the table and the JSON line show, read from the lake."""
    cards, scores = lake.read("language_cards"), lake.read("eval_scores")
    checkpoints = lake.read("checkpoints").sort("created_at")
    measured = {name: _measured(scores, checkpoints, name) for name in ROUNDS}
    releases = release_history(lake)
    requests = lake.read("collection_requests")
    dropped: Counter[str] = Counter()
    copies: Counter[str] = Counter()
    for reasons, methods in cards.select("dropped", "copies").iter_rows():
        dropped.update(json.loads(reasons))
        copies.update(json.loads(methods))
    regressed = releases.filter("is_regression")["language"].unique().sort().to_list() if releases.height else []
    cards = cards.filter(pl.col("page_count") > 0)
    return {
        "languages": sorted(cards["language"]),
        "pages_fetched": int(cards["page_count"].sum()),
        "documents_kept": int(cards["kept_count"].sum()),
        "drop_reasons": dict(sorted(dropped.items())),
        "copies": dict(sorted(copies.items())),
        "cluster_count": int(cards["cluster_count"].sum()),
        "rounds": [
            {"mixture": name, "bits_per_byte": {code: round(x, 4) for code, x in sorted(values.items())}}
            for name, values in measured.items()
        ],
        "regressed": regressed,
        "recollected": sorted(requests.filter(pl.col("fetched_count") > 0)["language"].unique()),
        "recovered_share": {code: _recovered(measured, code) for code in regressed},
        "seconds": round(seconds, 1),
        "peak_mb": round(
            max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
        ),
    }


def _measured(scores: pl.DataFrame, checkpoints: pl.DataFrame, mixture: str) -> dict[str, float]:
    """Bits per byte by language for the newest checkpoint of a mixture."""
    made = checkpoints.filter(pl.col("mixture") == mixture)
    if made.is_empty():
        return {}
    rows = scores.filter(pl.col("checkpoint_id") == made["checkpoint_id"][-1])
    found = bits_per_byte(rows.select("language", "item_id", "nats", "byte_count"))
    return dict(found.select("language", "bits_per_byte").iter_rows())


def _recovered(measured: dict[str, dict[str, float]], code: str) -> float:
    before, fallen, after = (measured[name].get(code) for name in ROUNDS)
    if before is None or fallen is None or after is None or fallen <= before:
        return 0.0
    return round(min(1.0, max(0.0, (fallen - after) / (fallen - before))), 3)


def show(lake: Lake, told: dict[str, Any]) -> None:
    """Print the table per language and the story of the rounds."""
    shares = {
        name: dict(lake.scan("mixture_languages", mixture=name).select("language", "drawn_bytes").collect().iter_rows())
        for name in ROUNDS
    }
    rounds = {r["mixture"]: r["bits_per_byte"] for r in told["rounds"]}
    table = Table(title="What became of every language", title_justify="left")
    for name in (
        "language",
        "name",
        "pages",
        "kept",
        "dropped",
        "copies",
        *(f"{r} KB" for r in ROUNDS),
        *(f"{r} bits/byte" for r in ROUNDS),
    ):
        table.add_column(
            name, justify="left" if name in ("language", "name", "dropped", "copies") else "right", overflow="fold"
        )
    for card in lake.read("language_cards").filter(pl.col("page_count") > 0).sort("language").iter_rows(named=True):
        code = card["language"]
        drops = ", ".join(f"{reason} {n}" for reason, n in json.loads(card["dropped"]).items())
        mark = "[red]" if code in told["regressed"] else ""
        table.add_row(
            f"{mark}{code}",
            card["endonym"],
            str(card["page_count"]),
            str(card["kept_count"]),
            drops,
            ", ".join(f"{method} {n}" for method, n in json.loads(card["copies"]).items()),
            *(f"{shares[r].get(code, 0) / 1000:.0f}" for r in ROUNDS),
            *(f"{rounds[r][code]:.3f}" if code in rounds[r] else "" for r in ROUNDS),
        )
    console.print(table)
    fell = ", ".join(told["regressed"]) or "none"
    back = ", ".join(f"{code} {share:.0%}" for code, share in told["recovered_share"].items()) or "nothing"
    console.print(
        f"Fell in round-2: {fell}. Collected again: {', '.join(told['recollected']) or 'none'}. Recovered: {back}."
    )
    console.print(
        f"{told['pages_fetched']} pages, {told['documents_kept']} documents kept, {told['seconds']} s, peak {told['peak_mb']} MB."
    )
