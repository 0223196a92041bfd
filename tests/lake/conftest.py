"""A lake whose tables are made when they are first used: these tests need one or two of them."""

from pathlib import Path

import pytest

from lugha.lake import Lake


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """An empty lake."""
    return Lake(str(tmp_path / "lake"))
