"""`lugha hosts`: a host whose documents fail is visible."""

import pytest
from click.testing import CliRunner

from lugha.cli.hosts import command
from lugha.lake import Lake

CELL = {"snapshot": "web-1", "language": "yor_Latn"}


@pytest.fixture
def run(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LUGHA_LAKE", lake.root)
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *options: CliRunner().invoke(command, options, catch_exceptions=False)


def test_an_empty_lake_says_what_to_materialize(run):
    result = run("--language", "yor_Latn")
    assert result.exit_code == 0
    assert "materialize cleaned_shards" in result.output


def test_a_failing_host_is_shown_with_its_reason_and_how_to_block_it(run, lake: Lake, rows_of):
    ids = [bytes([n]) * 16 for n in range(25)]
    for table, row in (
        ("standardized_documents", {"host": "farm.example"}),
        ("labelled_documents", {"lid_label": "yor_Latn", "own_byte_count": 9}),
        ("decisions", {"is_kept": False, "drop_reason": "word_count_below"}),
    ):
        lake.overwrite(table, rows_of(table, *({"doc_id": i} | row for i in ids)), CELL, run_id="test")
    result = run("--language", "yor_Latn", "--failing")
    assert "farm.example (failing)" in result.output
    assert "word_count_below (100%)" in result.output
    assert "A blocklist" in result.output
