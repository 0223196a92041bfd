"""The memory of a crawl: every answer is written down as it comes, so that nothing is asked for twice.

One gzip-per-record WARC 1.1 file per host: a `response` record for each body, a `metadata` record for each redirect
and failure. A record is one write at the end of the file, so a process killed at any moment leaves at most one torn
record, which is cut off when the folder is opened again. There is no index beside the files that could disagree with
them: it is made by reading them. Not here: power failure (nothing is fsynced); damage inside a file is an error.
"""

import fcntl
import logging
import threading
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from lugha.collection.answers import Answer, Place
from lugha.collection.urls import host_of
from lugha.collection.warc import BrokenRecord as BrokenRecord
from lugha.collection.warc import answer_of, parsed_record, read_record, record_bytes, whole_members
from lugha.collection.warc import read_body as read_body
from lugha.errors import LughaError

_logger = logging.getLogger(__name__)
_LOCK_FILE = "journal.lock"


class JournalInUse(LughaError):
    """Another process is writing to this folder."""


class DiskFull(LughaError):
    """A record could not be written as a whole; nothing of it was kept."""


class Journal:
    """The journal in one folder; safe for many threads of one process, refused to a second process."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._lock = threading.Lock()
        self._lock_file = (folder / _LOCK_FILE).open("a")
        try:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock_file.close()
            raise JournalInUse(
                f"{folder} is being written by another process: wait for it to end, or choose another folder."
            ) from error
        self._places: dict[str, Place] = {}
        try:
            for file in sorted(folder.glob("*.warc.gz")):
                self._replay(file)
        except BrokenRecord:
            self._lock_file.close()
            raise

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock_file.close()

    def __contains__(self, url: str) -> bool:
        """Whether the address needs no further request: its answer is final, or came in this run."""
        return url in self._places

    def find(self, url: str) -> Answer | None:
        """The answer on file for an address, body and all; None where it must be asked for."""
        place = self._places.get(url)
        return None if place is None else answer_of(read_record(self._folder, place), self._folder, place)

    def append(self, answer: Answer) -> Answer:
        """Write one answer down and return it with its place; when this returns, a killed process loses it no more."""
        data = record_bytes(answer)
        name = f"{quote(host_of(answer.url), safe='')}.warc.gz"
        with self._lock, (self._folder / name).open("ab", buffering=0) as file:
            offset = file.tell()
            if file.write(data) != len(data):
                file.truncate(offset)
                raise DiskFull(f"{self._folder / name} took only a part of a record: free some space and start again.")
            place = Place(name, offset, len(data))
            self._places[answer.url] = place
        return replace(answer, place=place)

    def _replay(self, file: Path) -> None:
        whole_bytes = 0
        for place, plain in whole_members(file):
            answer = answer_of(parsed_record(plain, self._folder, place), self._folder, place)
            whole_bytes = place.offset + place.length
            if answer.may_pass:
                self._places.pop(answer.url, None)
            else:
                self._places[answer.url] = place
        torn_bytes = file.stat().st_size - whole_bytes
        if torn_bytes:
            _logger.warning(
                "%s: cut off %d bytes of a record that was not finished; everything before it is kept", file, torn_bytes
            )
            with file.open("r+b") as handle:
                handle.truncate(whole_bytes)
