"""Fetching a given list of addresses until enough bytes have come: a re-collection takes what a walk left over."""

import json
import threading
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from lugha.collection.answers import SERVER_TROUBLE
from lugha.collection.fetch import Fetcher
from lugha.collection.hints import Hint
from lugha.collection.journal import Journal
from lugha.collection.links import read_page
from lugha.collection.politeness import PATIENCE, Politeness
from lugha.collection.progress import Progress, Tally, run_hosts
from lugha.collection.rows import KNOWN, Ending, ending_of, row, table
from lugha.collection.urls import canonical_url, host_of

# Size of a page until the first has come: about the mean of the 461 real article pages of the shared test web (15 kB).
_FIRST_GUESS_BYTES = 15_000


def fetch_list(
    wanted: pl.DataFrame,
    politeness: Politeness,
    folder: Path,
    max_bytes_total: int,
    on_progress: Callable[[Progress], None],
) -> pl.DataFrame:
    """One row per address of `wanted`, in its order and in the columns of rows.SCHEMA; what the budget did not reach
    stays "known".

    `wanted` has the columns url and hints (JSON, as in crawl_index) and may have depth and found_on. Each host goes
    down its own part of the list. The budget counts bytes of pages, decoded; pages that `folder` already holds count
    first and are not asked for again. It is passed by less than one page per host that is busy. A page that a
    redirect led to stands in the row of the address that was asked for. Raises JournalInUse, BrokenRecord for a
    damaged journal, and whatever `on_progress` raises.
    """
    tally, stop = Tally(on_progress), threading.Event()
    urls = list(dict.fromkeys(wanted["url"]))
    for _ in urls:
        tally.move(None, "known")
    with Journal(folder) as journal, Fetcher(politeness, journal, stop) as fetcher:
        listing = _Listing(fetcher, tally, _Budget(max_bytes_total))
        listing.go_down([url for url in urls if (canonical_url(url) or "") in journal])
        by_host: dict[str, list[str]] = defaultdict(list)
        for url in urls:
            if url not in listing.endings:
                by_host[host_of(canonical_url(url) or "")].append(url)
        run_hosts([_job(listing, part) for part in by_host.values()], tally, stop)
    tally.tell(is_last=True)
    return table(
        [_row(line, listing.endings) for line in wanted.unique("url", maintain_order=True).iter_rows(named=True)]
    )


class _Listing:
    """The endings so far of the addresses of a list; several threads go down their parts of it."""

    def __init__(self, fetcher: Fetcher, tally: Tally, budget: "_Budget") -> None:
        self.endings: dict[str, Ending] = {}
        self._fetcher = fetcher
        self._tally = tally
        self._budget = budget

    def go_down(self, urls: list[str]) -> None:
        """Fetch one after the other until the list or the budget ends, or the server has failed too often in a row."""
        trouble_count = 0
        for url in urls:
            if trouble_count >= PATIENCE or not self._budget.take():
                return
            body_bytes = 0
            try:
                body_bytes = self._settle(url)
            finally:
                self._budget.give(body_bytes)
            trouble_count = trouble_count + 1 if self.endings[url].reason in SERVER_TROUBLE else 0

    def _settle(self, url: str) -> int:
        fetched = self._fetcher.fetch(url)
        ending, body_bytes = ending_of(fetched), 0
        if fetched.outcome == "fetched" and fetched.answer is not None:
            page = read_page(fetched.final_url, fetched.answer.headers, fetched.answer.body)
            ending, body_bytes = ending_of(fetched, page.hints, page.licence), len(fetched.answer.body)
        self.endings[url] = ending
        self._tally.move("known", ending.outcome, body_bytes)
        return body_bytes


class _Budget:
    """Bytes that may still come. A fetch starts only if what is under way, at the mean size so far, leaves room."""

    def __init__(self, total_bytes: int) -> None:
        self._left_bytes = float(total_bytes)
        self._came_bytes = self._came_count = self._under_way_count = 0
        self._changed = threading.Condition()

    def take(self) -> bool:
        """Wait until there is room for one more fetch; false when the budget is used up."""
        with self._changed:
            while self._under_way_count and self._under_way_count * self._mean_bytes() >= self._left_bytes > 0:
                self._changed.wait()
            if self._left_bytes <= 0:
                return False
            self._under_way_count += 1
            return True

    def give(self, body_bytes: int) -> None:
        """A fetch has ended and brought so much."""
        with self._changed:
            self._under_way_count -= 1
            self._left_bytes -= body_bytes
            self._came_bytes += body_bytes
            self._came_count += bool(body_bytes)
            self._changed.notify_all()

    def _mean_bytes(self) -> float:
        return self._came_bytes / self._came_count if self._came_count else _FIRST_GUESS_BYTES


def _job(listing: _Listing, urls: list[str]) -> Callable[[], None]:
    return lambda: listing.go_down(urls)


def _row(line: dict[str, Any], endings: dict[str, Ending]) -> dict[str, Any]:
    hints = [Hint(source, tag) for source, tag in json.loads(line["hints"] or "[]")]
    made = row(line["url"], line.get("depth"), line.get("found_on"), endings.get(line["url"], KNOWN), hints)
    return made | {"host": host_of(canonical_url(line["url"]) or "")}
