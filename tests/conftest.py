"""What tests share: a lake in a temporary folder, and the real data beside a checkout where it is there."""

from pathlib import Path

import pytest

from lugha.lake import Lake

SHARED = Path(__file__).parent.parent.parent / "shared" / "data"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """An empty lake with all of its tables."""
    lake = Lake(str(tmp_path / "lake"))
    lake.create_tables()
    return lake


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data; the test skips where it is missing."""
    if not SHARED.is_dir():
        pytest.skip("needs the real data of ../shared/data, which is not beside this checkout")
    return SHARED
