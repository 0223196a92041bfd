"""The way into SQL: a name and parameters, both checked before anything runs."""

import polars as pl
import pytest

from lugha.errors import LughaError
from lugha.lake.schemas.columns import UTC
from lugha.warehouse import MemoryTooSmall, UnknownQuery, WrongParameters, query, query_files


def test_an_unknown_query_is_an_error_with_the_nearest_one():
    with pytest.raises(UnknownQuery, match=r'sql/crawlplan\.sql.*Nearest: "crawl_plan".*uncollected_records'):
        query("crawlplan", {})
    assert issubclass(UnknownQuery, LughaError)


@pytest.mark.parametrize("name", ["../pyproject", "crawl_plan.sql", "", "/etc/passwd"])
def test_a_query_is_a_name_and_never_a_path(name):
    with pytest.raises(UnknownQuery):
        query(name, {})


@pytest.mark.parametrize("parameters", [{}, {"snapshots": "web-1"}, {"snapshot": "web-1", "language": "yor_Latn"}])
def test_parameters_that_are_not_those_of_the_query_are_refused(parameters):
    with pytest.raises(WrongParameters, match=r"crawl_plan\.sql wants the parameters \['snapshot'\]"):
        query("crawl_plan", {}, **parameters)


def test_a_parameter_is_a_value_and_never_sql(rows_of):
    tables = {
        "crawl_index": rows_of("crawl_index", {"snapshot": "web-1", "outcome": "fetched"}),
        "index_corrections": rows_of("index_corrections", {"snapshot": "web-1"}),
    }
    assert query("crawl_plan", tables, snapshot="web-1").height == 1
    assert query("crawl_plan", tables, snapshot="x' OR '1'='1").height == 0


def test_a_lazy_frame_over_the_lake_answers_like_a_frame(lake, rows_of):
    rows = rows_of(
        "crawl_index", *({"doc_id": bytes([n]) * 16, "outcome": "fetched", "language": "yor_Latn"} for n in range(3))
    )
    lake.overwrite("crawl_index", rows, {"snapshot": "web-1"}, run_id="run-1")
    lazy = {name: lake.scan(name) for name in ("crawl_index", "index_corrections")}
    eager = {name: lake.read(name) for name in lazy}
    plan = query("crawl_plan", lazy, snapshot="web-1")
    assert plan.equals(query("crawl_plan", eager, snapshot="web-1"))
    assert plan["doc_id"].to_list() == [bytes([n]) * 16 for n in range(3)]
    assert isinstance(plan, pl.DataFrame)


def test_a_query_over_files_answers_like_one_over_frames(tmp_path, rows_of):
    rows = rows_of(
        "crawl_index", *({"doc_id": bytes([n]) * 16, "snapshot": "web-1", "outcome": "fetched"} for n in (2, 1))
    )
    tables = {"crawl_index": rows, "index_corrections": rows_of("index_corrections", {"snapshot": "web-2"})}
    files = {name: tmp_path / f"{name}.parquet" for name in tables}
    for name, table in tables.items():
        table.write_parquet(files[name])
    found = query_files("crawl_plan", files, tmp_path / "plan.parquet", 500_000_000, snapshot="web-1")
    plan = query("crawl_plan", tables, snapshot="web-1")
    assert found.select("doc_id", "language").collect().equals(plan.select("doc_id", "language"))
    assert plan.height == 2
    with pytest.raises(WrongParameters):
        query_files("crawl_plan", files, tmp_path / "plan.parquet", 500_000_000)


def test_memory_that_is_too_small_even_for_spilling_is_named(tmp_path):
    file = tmp_path / "paragraph_hashes.parquet"
    count = 300_000
    pl.select(
        doc_id=pl.int_range(count).cast(pl.String).cast(pl.Binary), host=pl.lit("a.example"), first_seen=pl.lit(None, UTC),
        number=pl.lit(0), hash=pl.int_range(count) % 1000, token_count=pl.lit(9), byte_count=pl.lit(9),
    ).write_parquet(file)  # fmt: skip
    with pytest.raises(MemoryTooSmall, match=r"sql/repeated_paragraphs\.sql .* 4 MB\. Set LUGHA_MEMORY_MB higher"):
        query_files("repeated_paragraphs", {"paragraph_hashes": file}, tmp_path / "rows.parquet", 4_000_000)
