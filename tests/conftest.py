"""What tests share: a lake in a temporary folder, and the real data beside a checkout where it is there."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from lugha.lake import TABLES, Lake

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


@pytest.fixture(scope="session")
def rows_of() -> Callable[..., pl.DataFrame]:
    """`rows_of("crawl_index", {"url": ...}, ...)`: rows of a table in its types, null where nothing is given."""

    def make(table: str, *rows: dict[str, object]) -> pl.DataFrame:
        schema = TABLES[table].schema
        columns = {c: t for c, t in schema.items() if c in TABLES[table].columns or any(c in row for row in rows)}
        unknown = {c for row in rows for c in row} - set(schema)
        assert not unknown, f"{table} has no {unknown}"
        return pl.DataFrame([dict.fromkeys(columns) | row for row in rows], schema=columns, orient="row")

    return make
