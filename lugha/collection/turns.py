"""Whose turn it is to speak to a host: one request at a time, and a pause after each, whoever makes it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from lugha.errors import LughaError


class CrawlStopped(LughaError):
    """The crawl was asked to end while a request was waiting for its turn."""


class Turn:
    """The right to speak to one host: one request at a time, and a pause after each."""

    def __init__(self, delay_seconds: float) -> None:
        self.is_refused = False
        self._delay_seconds = delay_seconds
        self._free_at = 0.0
        self._lock = threading.Lock()

    def refuse(self) -> None:
        """The host asked for a longer pause than we wait: no more requests in this run."""
        self.is_refused = True

    def keep_delay(self, seconds: float) -> None:
        """Leave at least so much between requests from now on."""
        if seconds > self._delay_seconds:
            self._delay_seconds = seconds
            self.pause(seconds)

    def pause(self, seconds: float) -> None:
        """Nobody speaks to the host for so long."""
        self._free_at = max(self._free_at, time.monotonic() + seconds)

    @contextmanager
    def taken(self, stop: threading.Event) -> Iterator[None]:
        """Hold the turn for one request; raises CrawlStopped when `stop` is set before the turn has come."""
        with self._lock:
            while (wait_seconds := self._free_at - time.monotonic()) > 0:
                stop.wait(wait_seconds)
                if stop.is_set():
                    break
            if stop.is_set():
                raise CrawlStopped(
                    "the crawl was stopped; what came so far is in its journal, and the next run goes on from there."
                )
            try:
                yield
            finally:
                self.pause(self._delay_seconds)
