"""`make bench NAME=web|all [INPUT=folder]`: run a measurement, print a table and one JSON line, and write both into
bench/RESULTS.md.
"""

import importlib
import json
import os
import pkgutil
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import bench
from lugha.errors import LughaError, nearest

RESULTS = Path(__file__).parent / "RESULTS.md"
VERSIONS = ("dagster", "polars", "duckdb", "deltalake", "trafilatura", "numba", "icu4py", "chardet", "torch")


class UnknownBench(LughaError):
    """No measurement has this name."""


def main() -> int:
    """Run the measurements that NAME asks for; the exit status is 0 where all ran."""
    names = sorted(m.name for m in pkgutil.iter_modules(bench.__path__) if m.name != "__main__" and not m.ispkg)
    wanted = os.environ.get("NAME", "")
    if wanted != "all" and wanted not in names:
        print(
            f'No measurement "{wanted}".{nearest(wanted, names)} NAME is one of: {", ".join(names)}, all.',
            file=sys.stderr,
        )
        return 2
    given = os.environ.get("INPUT")
    for name in names if wanted == "all" else [wanted]:
        try:
            measured = importlib.import_module(f"bench.{name}").measure(Path(given) if given else None)
        except LughaError as error:
            print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
            return 1
        line = json.dumps({"name": name, **{k: v for k, v in measured.items() if k != "table"}}, ensure_ascii=False)
        print(measured["table"])
        _write(name, measured["table"], line)
        print(line)
    return 0


def _write(name: str, table: str, line: str) -> None:
    """Replace the section of a measurement in RESULTS.md."""
    text = (
        RESULTS.read_text(encoding="utf-8")
        if RESULTS.exists()
        else "# Results\n\nWritten by `make bench`; two busy cores, one process.\n"
    )
    head, _, rest = text.partition(f"\n## {name}\n")
    after = rest[rest.index("\n## ") :] if "\n## " in rest else ""
    used = ", ".join(f"{package} {version(package)}" for package in VERSIONS)
    section = f"\n## {name}\n\n{datetime.now(UTC):%Y-%m-%d}, {used}\n\n{table}\n\n```json\n{line}\n```\n"
    RESULTS.write_text(head.rstrip("\n") + "\n" + section + after, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
