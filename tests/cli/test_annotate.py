"""`lugha annotate`: documents go out, judgements come in."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from lugha.cli.annotate import command
from lugha.lake import Lake
from lugha.languages import UnknownLanguage
from lugha.registry import UnknownName

CELL = {"snapshot": "web-1", "language": "yor_Latn"}


@pytest.fixture
def run(lake: Lake, rows_of, monkeypatch: pytest.MonkeyPatch):
    rows = [{"doc_id": bytes([n]) * 16, "url": f"https://farm.example/{n}", "text": "ọ̀rọ̀"} for n in range(3)]
    lake.overwrite("standardized_documents", rows_of("standardized_documents", *rows), CELL, run_id="test")
    monkeypatch.setenv("LUGHA_LAKE", lake.root)
    return lambda *options: CliRunner().invoke(command, [*map(str, options)], catch_exceptions=False)


def test_documents_go_out_and_judgements_come_in(run, lake: Lake, tmp_path: Path):
    path = tmp_path / "judge.tsv"
    out = run(path, "--language", "yor_Latn", "--export", "--count", "2")
    assert out.exit_code == 0
    assert "2 documents of Èdè Yorùbá" in out.output
    assert "unusable: " in out.output
    path.write_text(path.read_text(encoding="utf-8").replace("quality\t\t\t", "quality\tgood\tAdé\t"), encoding="utf-8")
    assert "2 new judgements" in run(path, "--language", "yor_Latn").output
    assert "2 were there already" in run(path, "--language", "yor_Latn").output
    assert lake.read("annotations")["label"].to_list() == ["good", "good"]


def test_an_unknown_language_or_aspect_has_a_nearest_one(run, tmp_path: Path):
    with pytest.raises(UnknownLanguage, match="yor_Latn"):
        run(tmp_path / "a.tsv", "--language", "yor_Lat")
    with pytest.raises(UnknownName, match="quality"):
        run(tmp_path / "a.tsv", "--language", "yor_Latn", "--export", "--aspect", "qualty")
