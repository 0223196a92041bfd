"""`lugha mirrors`: hosts that repeat another, and languages that hold the same documents, are visible."""

import pytest
from click.testing import CliRunner

from lugha.cli.mirrors import MOST_ROWS, command
from lugha.lake import Lake
from lugha.languages import UnknownLanguage


@pytest.fixture
def run(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LUGHA_LAKE", lake.root)
    monkeypatch.setenv("COLUMNS", "160")
    return lambda *options: CliRunner().invoke(command, options, catch_exceptions=False)


@pytest.fixture
def put(lake: Lake, rows_of):
    """Put rows into the table of one language."""

    def put(table: str, language: str, *rows: dict[str, object]) -> None:
        lake.overwrite(table, rows_of(table, *rows), {"language": language}, run_id="test")

    return put


def host(name: str, count: int, is_mirror: bool) -> dict[str, object]:
    return {
        "first_host": "first.example", "host": name, "document_count": count, "byte_count": 1_000 * count,
        "share": 0.75 if is_mirror else 0.25, "is_mirror": is_mirror,
    }  # fmt: skip


@pytest.mark.parametrize("options", [(), ("--language", "yor_Latn")])
def test_an_empty_lake_says_what_to_materialize(run, options: tuple[str, ...]):
    result = run(*options)
    assert result.exit_code == 0
    assert "materialize source_overlap and language_overlap" in result.output


def test_a_mirror_is_shown_with_the_host_it_repeats(run, put):
    put("source_overlap", "yor_Latn", host("copy.example", 6, is_mirror=True))
    output = run("--language", "yor_Latn").output
    (row,) = [line for line in output.splitlines() if "copy.example" in line]
    assert all(word in row for word in ("copy.example (mirror)", "yor_Latn", "first.example", "6", "75%", "6,000"))
    assert "A blocklist" in " ".join(output.split())


def test_a_host_that_repeats_little_is_no_mirror(run, put):
    put("source_overlap", "yor_Latn", host("some.example", 6, is_mirror=False))
    output = run().output
    assert "some.example" in output
    assert "mirror)" not in output
    assert "blocklist" not in output


def test_mirrors_of_any_language_come_first_then_those_that_repeat_most(run, put):
    put("source_overlap", "amh_Ethi", host("b.example", 900, is_mirror=False), host("c.example", 90, is_mirror=False))
    put("source_overlap", "yor_Latn", host("a.example", 5, is_mirror=True))
    output = run().output
    places = [output.index(name) for name in ("a.example (mirror)", "b.example", "c.example")]
    assert places == sorted(places)
    assert "a.example" not in run("--language", "amh_Ethi").output


def test_what_is_not_shown_is_counted(run, put):
    put("source_overlap", "yor_Latn", *(host(f"h{n}.example", 1, is_mirror=False) for n in range(MOST_ROWS + 3)))
    assert "3 more are in the table source_overlap." in run().output


def test_languages_that_hold_the_same_documents_are_shown(run, put):
    row = {"other_language": "hau_Latn", "kind": "near", "document_count": 7, "share": 0.25}
    put("language_overlap", "yor_Latn", row)
    output = run("--language", "yor_Latn").output
    (told,) = [line for line in output.splitlines() if "hau_Latn" in line]
    assert all(word in told for word in ("yor_Latn", "near", "7", "25.0%"))
    assert "materialize" in run("--language", "amh_Ethi").output


def test_a_language_without_a_file_is_an_error_with_the_nearest(run):
    with pytest.raises(UnknownLanguage, match="yor_Latn"):
        run("--language", "yor_Lat")
