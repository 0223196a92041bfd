"""The first step, in a process of its own: walk the web once, so that the rest knows which languages there are.

Languages are static partitions, read when the definitions are loaded. All that have a file would be hundreds; the
demo shows those that were found.
"""

import sys
from datetime import UTC, datetime

from demo.display import Display
from demo.runner import Runner, StepFailed
from lugha.errors import LughaError


def main() -> int:
    """Index one snapshot; the exit status is 1 where the run failed."""
    try:
        return _index()
    except LughaError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2


def _index() -> int:
    display = Display(1)
    with display.progress:
        runner = Runner(display)
        known = [s for s in runner.instance.get_dynamic_partitions("snapshots") if s.startswith("web-")]
        snapshot = known[0] if known else f"web-{datetime.now(UTC):%Y%m%d}"
        runner.instance.add_dynamic_partitions("snapshots", [snapshot])
        try:
            runner.run("index", f"walk the web into {snapshot}", ["crawl_index"], partition=snapshot)
        except StepFailed as failure:
            print(failure, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
