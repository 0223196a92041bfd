"""How far a crawl is: counts that many threads raise and one function hears, not more than twice a second."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass

MAX_HOSTS_AT_ONCE = 32
SECONDS_BETWEEN_REPORTS = 0.5


@dataclass(frozen=True)
class Progress:
    """`outcomes` counts the addresses known so far by outcome, "known" being those that wait; `body_bytes` is the
    size of fetched pages.

    `hosts_busy` is the number of hosts being visited now, `other_hosts_count` the number of hosts that links lead to
    and nobody visits.
    """

    outcomes: Mapping[str, int]
    body_bytes: int
    hosts_busy: int
    other_hosts_count: int


class Tally:
    """The running counts of one crawl, safe for many threads."""

    def __init__(self, on_progress: Callable[[Progress], None]) -> None:
        self._on_progress = on_progress
        self._outcomes: Counter[str] = Counter()
        self._body_bytes = 0
        self._hosts_busy = 0
        self._other_hosts: set[str] = set()
        self._lock = threading.Lock()
        self._told_at = float("-inf")

    def move(self, before: str | None, after: str, body_bytes: int = 0) -> None:
        """An address goes from one outcome to another; it comes from None when it is new."""
        with self._lock:
            if before is not None:
                self._outcomes[before] -= 1
            self._outcomes[after] += 1
            self._body_bytes += body_bytes

    def other_host(self, host: str) -> None:
        """A link leads to a host that is not visited."""
        with self._lock:
            self._other_hosts.add(host)

    @contextmanager
    def busy(self) -> Iterator[None]:
        """A host is being visited."""
        with self._lock:
            self._hosts_busy += 1
        try:
            yield
        finally:
            with self._lock:
                self._hosts_busy -= 1

    def tell(self, is_last: bool = False) -> None:
        """Report, unless the last report was less than half a second ago; the last one is always made."""
        now = time.monotonic()
        if not is_last and now - self._told_at < SECONDS_BETWEEN_REPORTS:
            return
        self._told_at = now
        with self._lock:
            outcomes = {name: count for name, count in sorted(self._outcomes.items()) if count}
            progress = Progress(outcomes, self._body_bytes, self._hosts_busy, len(self._other_hosts))
        self._on_progress(progress)


def run_hosts(jobs: list[Callable[[], None]], tally: Tally, stop: threading.Event) -> None:
    """Run one job per host, MAX_HOSTS_AT_ONCE at a time, and report meanwhile.

    When a job or the listener raises, or the user interrupts, `stop` is set, running jobs end at their next request,
    and the error goes on.
    """

    def visit(job: Callable[[], None]) -> None:
        with tally.busy():
            job()

    with ThreadPoolExecutor(MAX_HOSTS_AT_ONCE, thread_name_prefix="lugha-crawl") as pool:
        pending: set[Future[None]] = {pool.submit(visit, job) for job in jobs}
        try:
            while pending:
                done, pending = wait(pending, timeout=SECONDS_BETWEEN_REPORTS, return_when=FIRST_EXCEPTION)
                for future in done:
                    future.result()
                tally.tell()
        except BaseException:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
