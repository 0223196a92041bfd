"""`lugha mirrors`: hosts that repeat another are visible."""

import datetime as dt

import pytest
from click.testing import CliRunner

from lugha.cli.mirrors import command
from lugha.lake import Lake
from lugha.languages import UnknownLanguage


@pytest.fixture
def run(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LUGHA_LAKE", lake.root)
    monkeypatch.setenv("COLUMNS", "160")
    return lambda *options: CliRunner().invoke(command, options, catch_exceptions=False)


@pytest.fixture
def clusters(lake: Lake, rows_of):
    """Put pairs of copies into a language: the first of each on one host, the second on another."""

    def clusters(language: str, first: str, second: str, count: int) -> None:
        rows = [
            {"doc_id": bytes([n]) * 16, "cluster_id": bytes([n // 2 * 2]) * 16, "cluster_size": 2, "snapshot": "web-1",
             "host": (first, second)[n % 2], "byte_count": 10, "first_seen": dt.datetime(2026, 1, 1 + n, tzinfo=dt.UTC)}
            for n in range(2 * count)
        ]  # fmt: skip
        lake.overwrite("dedup_sets", rows_of("dedup_sets", *rows), {"language": language}, run_id="test")

    return clusters


@pytest.mark.parametrize("options", [(), ("--language", "yor_Latn")])
def test_an_empty_lake_says_what_to_materialize(run, options: tuple[str, ...]):
    result = run(*options)
    assert result.exit_code == 0
    assert "materialize dedup_sets" in result.output


def test_a_mirror_is_shown_with_the_host_it_repeats(run, clusters):
    clusters("yor_Latn", "a.example", "copy.example", 6)
    output = run("--language", "yor_Latn").output
    (row,) = [line for line in output.splitlines() if "copy.example" in line]
    assert all(word in row for word in ("copy.example (mirror)", "yor_Latn", "a.example", "6", "100%"))
    assert "blocklist" in output


def test_a_host_that_repeats_little_is_no_mirror(run, clusters):
    clusters("yor_Latn", "a.example", "b.example", 2)
    output = run("--language", "yor_Latn").output
    assert "b.example" in output
    assert "mirror)" not in output
    assert "blocklist" not in output


def test_without_a_language_all_are_shown_mirrors_first(run, clusters):
    clusters("amh_Ethi", "a.example", "b.example", 3)
    clusters("yor_Latn", "c.example", "d.example", 5)
    output = run().output
    assert output.index("d.example (mirror)") < output.index("b.example")
    assert "c.example" not in run("--language", "amh_Ethi").output


def test_languages_that_hold_the_same_documents_are_shown(run, lake: Lake, rows_of, clusters):
    clusters("yor_Latn", "a.example", "b.example", 2)
    assert "another language" not in run().output
    row = {"other_language": "hau_Latn", "kind": "near", "document_count": 7, "share": 0.25}
    lake.overwrite("language_overlap", rows_of("language_overlap", row), {"language": "yor_Latn"}, run_id="test")
    output = run("--language", "yor_Latn").output
    (told,) = [line for line in output.splitlines() if "hau_Latn" in line]
    assert all(word in told for word in ("yor_Latn", "near", "7", "25.0%"))


def test_a_language_without_a_file_is_an_error_with_the_nearest(run):
    with pytest.raises(UnknownLanguage, match="yor_Latn"):
        run("--language", "yor_Lat")
