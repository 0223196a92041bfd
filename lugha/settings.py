"""Where everything lies: one folder, `LUGHA_HOME` (default `.lugha` in the working folder), with lake, WARC files,
models and checkpoints in it.
"""

import os
from pathlib import Path


def home() -> Path:
    """The folder that everything is written under."""
    return Path(os.environ.get("LUGHA_HOME", ".lugha")).absolute()


def lake_uri() -> str:
    """The lake: `LUGHA_LAKE`, a folder or an address of an object store; by default `lake/` in the home folder."""
    return os.environ.get("LUGHA_LAKE", str(home() / "lake"))
