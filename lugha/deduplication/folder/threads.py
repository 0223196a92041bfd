"""Work in several threads that ends together, and what is told of it while it goes on."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from threading import Lock
from typing import NamedTuple


class Progress(NamedTuple):
    """Where a run is: what it does, what it has read so far, and how much of the files there is to read."""

    step: str = "signing"
    document_count: int = 0
    text_bytes: int = 0
    file_bytes: int = 0
    all_file_bytes: int = 0


OnProgress = Callable[[Progress], None]


class Tally:
    """Adds up what threads have read, and tells `on_progress`; once stopped, whoever tells it more is stopped too."""

    def __init__(self, all_file_bytes: int, on_progress: OnProgress) -> None:
        self.progress = Progress(all_file_bytes=all_file_bytes)
        self._on_progress, self._lock, self._is_stopped = on_progress, Lock(), False

    def add(self, document_count: int, text_bytes: int, file_bytes: int) -> None:
        """Documents, bytes of text and bytes of files that have been read since the last call. Raises Stopped."""
        with self._lock:
            if self._is_stopped:
                raise Stopped
            now = self.progress
            self.progress = now._replace(
                document_count=now.document_count + document_count,
                text_bytes=now.text_bytes + text_bytes,
                file_bytes=now.file_bytes + file_bytes,
            )
            self._on_progress(self.progress)

    def stop(self) -> None:
        """Work of other threads is not wanted any more."""
        with self._lock:
            self._is_stopped = True


class Stopped(Exception):
    """Another thread failed, so this one need not go on."""


def in_threads(tasks: Iterable[Callable[[], None]], threads: int, stop: Callable[[], None] = lambda: None) -> None:
    """Run tasks, `threads` at a time. At the first that fails, those that wait are dropped, `stop` is called for those
    that run, and its error is raised when they have ended.
    """
    with ThreadPoolExecutor(threads) as pool:
        running = [pool.submit(task) for task in tasks]
        try:
            for task in as_completed(running):
                task.result()
        except BaseException:
            stop()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
