"""The table that a crawl leaves: a row per known address, in the columns of `crawl_index` that a crawl can fill."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from lugha.collection.answers import Answer, Fetched, Outcome, Robots
from lugha.collection.hints import Hint, in_order
from lugha.collection.urls import host_of

SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "url": pl.String,
    "host": pl.String,
    "depth": pl.Int32,
    "found_on": pl.String,
    "outcome": pl.String,
    "reason": pl.String,
    "http_status": pl.Int32,
    "content_type": pl.String,
    "hints": pl.String,
    "warc_file": pl.String,
    "warc_offset": pl.Int64,
    "warc_length": pl.Int64,
    "fetched_at": pl.Datetime("us", "UTC"),
    "licence": pl.String,
    "robots": pl.String,
}


@dataclass(frozen=True)
class Ending:
    """How it ended for one address; no `answer` where nothing was asked, one with a place where it was fetched."""

    outcome: Outcome
    reason: str | None = None
    robots: Robots | None = None
    answer: Answer | None = None
    hints: tuple[Hint, ...] = ()
    licence: str | None = None


KNOWN = Ending("known")


def ending_of(fetched: Fetched, hints: tuple[Hint, ...] = (), licence: str | None = None) -> Ending:
    """The ending of a fetch, without the bytes, which lie in the journal."""
    answer = None if fetched.answer is None else replace(fetched.answer, body=b"", headers={})
    return Ending(fetched.outcome, fetched.reason, fetched.robots, answer, hints, licence)


def row(url: str, depth: int | None, found_on: str | None, ending: Ending, hints: Iterable[Hint]) -> dict[str, Any]:
    """One row of SCHEMA; `hints` are those from outside the page, the page's own are in `ending`."""
    answer = ending.answer
    place = answer.place if answer is not None and ending.outcome == "fetched" else None
    return {
        "url": url,
        "host": host_of(url),
        "depth": depth,
        "found_on": found_on,
        "outcome": ending.outcome,
        "reason": ending.reason,
        "http_status": answer.http_status if answer else None,
        "content_type": answer.content_type if answer else None,
        "hints": json.dumps(in_order([*hints, *ending.hints])),
        "warc_file": place.file if place else None,
        "warc_offset": place.offset if place else None,
        "warc_length": place.length if place else None,
        "fetched_at": answer.fetched_at if answer else None,
        "licence": ending.licence,
        "robots": ending.robots,
    }


def table(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """The rows as a frame of SCHEMA."""
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")
