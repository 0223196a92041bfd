"""Where everything lies: one folder, `LUGHA_HOME` (default `.lugha` in the working folder), with lake, WARC files,
models and checkpoints in it.
"""

import os
from pathlib import Path


def home() -> Path:
    """The folder that everything is written under."""
    return Path(os.environ.get("LUGHA_HOME", ".lugha")).absolute()


def memory_bytes() -> int:
    """How much of memory the arrays of deduplication may take: `LUGHA_MEMORY_MB`, 1,000 by default. What is larger is
    worked off in parts and on disk; the interpreter and its libraries (about 300 MB) come on top.
    """
    return int(os.environ.get("LUGHA_MEMORY_MB", "1000")) * 1_000_000


def least_jaccard() -> float | None:
    """True Jaccard similarity, 0..1, below which no near copy is removed: `LUGHA_LEAST_JACCARD`; None where the estimate
    is enough.
    """
    asked = os.environ.get("LUGHA_LEAST_JACCARD")
    return float(asked) if asked else None


def key_range_count() -> int:
    """Into how many independent steps the comparison of a language's documents is cut: `LUGHA_KEY_RANGES`, 1 by
    default. More serve more machines, not less memory.
    """
    return int(os.environ.get("LUGHA_KEY_RANGES", "1"))


def lake_uri() -> str:
    """The lake: `LUGHA_LAKE`, a folder or an address of an object store; by default `lake/` in the home folder."""
    return os.environ.get("LUGHA_LAKE", str(home() / "lake"))


def test_sets() -> Path | None:
    """Test sets that no mixture may hold: `LUGHA_TEST_SETS`, a folder of `<benchmark>/<language>/` with files of
    items; by default none but the lake's own.
    """
    folder = os.environ.get("LUGHA_TEST_SETS")
    return Path(folder).absolute() if folder else None
