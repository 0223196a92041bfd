"""The way into SQL: a name and parameters, both checked before anything runs."""

import polars as pl
import pytest

from lugha.errors import LughaError
from lugha.warehouse import UnknownQuery, WrongParameters, query


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
