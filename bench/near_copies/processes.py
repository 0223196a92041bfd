"""What a command uses: CPU time of all its processes, and their memory at the highest."""

import ctypes
import os
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SECONDS_BETWEEN_LOOKS = 0.1
_REAPER = 36  # PR_SET_CHILD_SUBREAPER of prctl(2): orphaned grandchildren become ours, and their CPU time too
_GRACE_SECONDS = 10  # for grandchildren that outlive the command; then they are killed


@dataclass(frozen=True)
class Used:
    """CPU and wall seconds, peak in MB (10^6 bytes), and how the command ended."""

    cpu_s: float
    wall_s: float
    peak_mb: float
    status: int
    complaint: str


def use_of(command: list[str], environment: dict[str, str], limit_s: float) -> Used:
    """Run a command to its end, or stop it after a limit of wall seconds. The peak is the larger of two: the highest resident size that one process reports of
    itself (VmHWM, exact), and the highest sum of proportional sizes of all of them (seen ten times a second). Linux only.
    """
    ctypes.CDLL(None).prctl(_REAPER, 1, 0, 0, 0)
    start = time.monotonic()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, env=environment, stdout=said, stderr=subprocess.STDOUT, start_new_session=True
        )
        cpu, peak, status, ended = 0.0, 0, 1, None
        while True:
            try:
                pid, raw, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if pid:
                cpu += usage.ru_utime + usage.ru_stime
                if pid == process.pid:
                    status, ended = os.waitstatus_to_exitcode(raw), time.monotonic()
                    process.returncode = status
                continue
            if time.monotonic() > (ended + _GRACE_SECONDS if ended else start + limit_s):
                _end(process.pid)
            peak = max(peak, _memory(process.pid))
            time.sleep(SECONDS_BETWEEN_LOOKS)
        said.seek(0)
        lines = said.read().decode(errors="replace").strip().splitlines()
    wall = (ended or time.monotonic()) - start
    return Used(round(cpu, 3), round(wall, 2), round(peak / 1e6, 1), status, lines[-1] if lines and status else "")


def _members(session: int) -> list[Path]:
    """The /proc folders of the processes of a session."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(fields[3]) == session:
                    found.append(entry)
    return found


def _memory(session: int) -> int:
    shared, highest = 0, 0
    for entry in _members(session):
        with suppress(OSError):
            highest = max(highest, _kilobytes(entry / "status", "VmHWM:"))
            shared += _kilobytes(entry / "smaps_rollup", "Pss:")
    return max(shared, highest) * 1024


def _kilobytes(path: Path, name: str) -> int:
    return next((int(line.split()[1]) for line in path.read_text().splitlines() if line.startswith(name)), 0)


def _end(session: int) -> None:
    for entry in _members(session):
        with suppress(ProcessLookupError):
            os.kill(int(entry.name), signal.SIGKILL)
