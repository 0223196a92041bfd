"""A bound that changes decides anew from what is stored, without the text."""

from collections.abc import Callable, Iterable

import polars as pl
import pytest

from lugha.labeling.redecide import decided_cell
from lugha.lake import Lake
from lugha.lake.schemas import TABLES
from lugha.signals import signals

Rows = Callable[..., pl.DataFrame]
LANGUAGES = ("yor_Latn", "amh_Ethi", "urd_Arab", "mya_Mymr", "tha_Thai", "tur_Latn")


def fill(lake: Lake, rows_of: Rows, language: str) -> None:
    """Ten documents with digit shares of 0 to .9; their text would not be readable."""
    keys = {"snapshot": "web-1", "language": language}
    good = {"lid_label": language, "own_byte_count": 100, **dict.fromkeys(signals(), 0.0)}
    ids = [bytes([n]) * 16 for n in range(10)]
    labels = [good | {"doc_id": i, "own_hash": i, "digit_share": n / 10} for n, i in enumerate(ids)]
    pages = [{"doc_id": i, "host": f"{n % 2}.example"} for n, i in enumerate(ids)]
    lake.overwrite("labelled_documents", rows_of("labelled_documents", *labels), keys, run_id="test")
    lake.overwrite("standardized_documents", rows_of("standardized_documents", *reversed(pages)), keys, run_id="test")


def put_bound(lake: Lake, rows_of: Rows, language: str, at_most: float) -> None:
    row = {"signal": "digit_share", "at_most": at_most, "calibrated_by": "by hand"}
    lake.overwrite("language_profiles", rows_of("language_profiles", row), {"language": language}, run_id="test")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_changed_bound_changes_who_is_kept(lake: Lake, rows_of: Rows, language: str):
    fill(lake, rows_of, language)
    for at_most, kept in ((0.25, 3), (0.75, 8), (1.0, 10)):
        put_bound(lake, rows_of, language, at_most)
        made = decided_cell(lake, "web-1", language)
        decisions = made.sides["decisions"]
        assert made.rows.height == decisions["is_kept"].sum() == kept
        assert set(made.rows.columns) == set(TABLES["cleaned_shards"].columns)
        assert list(decisions.columns) == list(TABLES["decisions"].columns)


def test_hosts_that_are_blocked_are_asked_for_once_and_dropped(lake: Lake, rows_of: Rows):
    fill(lake, rows_of, "tha_Thai")
    put_bound(lake, rows_of, "tha_Thai", 1.0)
    asked: list[str] = []

    def blocked(hosts: Iterable[str]) -> dict[str, str]:
        asked.extend(hosts)
        return {"1.example": "asked us not to"}

    made = decided_cell(lake, "web-1", "tha_Thai", blocked)
    assert sorted(asked) == ["0.example", "1.example"]
    assert made.rows["host"].unique().to_list() == ["0.example"]
    dropped = made.sides["decisions"].filter(~pl.col("is_kept"))
    assert dropped["drop_reason"].unique().to_list() == ["blocked_host"]
    assert dropped["calibrated_by"].unique().to_list() == ["asked us not to"]


def test_a_cell_without_documents_and_a_language_without_bounds_are_decided_too(lake: Lake, rows_of: Rows):
    made = decided_cell(lake, "web-1", "yor_Latn")
    assert (made.rows.height, made.sides["decisions"].height) == (0, 0)
    fill(lake, rows_of, "yor_Latn")
    assert decided_cell(lake, "web-1", "yor_Latn").rows.height == 10
