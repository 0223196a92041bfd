"""Every file of sql/ is one SELECT that says what it yields, from what, and has a test of its own."""

import re
from pathlib import Path

import duckdb
import pytest

from lugha.lake import TABLES
from lugha.warehouse import query_text

ROOT = Path(__file__).parents[2]
# What a module writes on the way and no table holds.
ON_THE_WAY = {"paragraph_hashes"}
INPUTS = {*TABLES, *ON_THE_WAY}
NAMES = sorted(path.stem for path in (ROOT / "sql").glob("*.sql"))


def head(name: str) -> list[str]:
    lines = []
    for line in query_text(name).splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("-- "))
    return lines


def body(name: str) -> str:
    return "\n".join(line for line in query_text(name).splitlines() if not line.lstrip().startswith("--"))


def told(name: str, what: str) -> str:
    """What the head says after `what:`, up to the next of its words."""
    found = re.search(rf"{what}: (.*?)(?=\n|   \w+:|$)", "\n".join(head(name)[1:]))
    assert found, f"sql/{name}.sql does not tell its {what}"
    return found[1]


def test_there_are_queries():
    assert NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_head_says_what_grain_and_inputs(name):
    assert len(head(name)) >= 3
    assert re.fullmatch(r"[A-Z].*\.", head(name)[0]), "the first line is a sentence"
    assert told(name, "grain").startswith("one row per ")
    assert set(re.findall(r"[a-z_]+", re.sub(r"\(.*?\)", "", told(name, "inputs")))) <= INPUTS


@pytest.mark.parametrize("name", NAMES)
def test_the_head_names_the_parameters_of_the_query(name):
    assert set(re.findall(r"\$[a-z_]+", told(name, "parameters"))) == set(re.findall(r"\$\w+", body(name)))


@pytest.mark.parametrize("name", NAMES)
def test_the_query_is_one_select(name):
    (statement,) = duckdb.extract_statements(query_text(name))
    assert statement.type == duckdb.StatementType.SELECT
    assert ";" not in body(name)


@pytest.mark.parametrize("name", NAMES)
def test_the_query_reads_the_tables_that_its_head_names(name):
    inputs = set(re.findall(r"[a-z_]+", re.sub(r"\(.*?\)", "", told(name, "inputs"))))
    assert {table for table in INPUTS if re.search(rf"(FROM|JOIN) {table}\b", body(name))} == inputs


@pytest.mark.parametrize("name", NAMES)
def test_the_query_has_a_test_of_its_own(name):
    assert (Path(__file__).parent / f"test_{name}.py").exists()


def test_no_test_is_left_of_a_query_that_is_gone():
    tested = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")}
    assert tested - {"sql_files", "warehouse"} == set(NAMES)
