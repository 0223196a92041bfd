"""`make dev`: the Dagster UI on a demo's lake and instance, with the demo's web served on loopback, so that
everything can be run from the UI too.
"""

import os
import signal
import subprocess
import sys

import dagster as dg

from demo.place import Place, alone, prepare, served
from demo.runner import end_killed_runs
from lugha.errors import LughaError

PORT = 3000


def main() -> int:
    """Serve until interrupted; the exit status of `dagster dev`."""
    # A shell that starts this in the background sets SIGINT to "ignore", and dagster copies that to SIGTERM: it could
    # not be stopped.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        place = prepare(os.environ.get("WEB", ""))
        with alone(place), served(place):
            return _serve(place)
    except LughaError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2


def _serve(place: Place) -> int:
    os.environ.update(place.environment())
    with dg.DagsterInstance.get() as instance:
        end_killed_runs(instance)
    port = os.environ.get("PORT", str(PORT))
    print(
        f"Dagster UI on http://127.0.0.1:{port} - stop with Ctrl-C. The web of this demo is served beside it.",
        file=sys.stderr,
    )
    command = [sys.executable, "-m", "dagster", "dev", "-m", "definitions", "-h", "127.0.0.1", "-p", port]
    # dagster recommends `dg dev` on every start, which would need the project's development tools.
    process = subprocess.Popen(command, env={**os.environ, "PYTHONWARNINGS": "ignore"})
    signal.signal(signal.SIGTERM, lambda *_: process.send_signal(signal.SIGINT))
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.send_signal(signal.SIGINT)
        return process.wait(timeout=30)


if __name__ == "__main__":
    sys.exit(main())
