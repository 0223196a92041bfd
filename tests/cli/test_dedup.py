"""`lugha dedup`: a folder goes in, and a table says what was removed."""

from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from lugha.cli import main
from lugha.sample.articles import articles_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four documents, one of them twice and one in two versions."""
    first, second = ("\n".join(article.paragraphs) for article in articles_of("mya_Mymr")[:2])
    (tmp_path / "in").mkdir()
    rows = {"id": ["က", "ခ", "ဂ", "ဃ"], "text": [first, first, second, second[9:]]}
    pl.DataFrame(rows).write_ndjson(tmp_path / "in" / "a.jsonl")
    return tmp_path / "in"


def run(*options: object):
    return CliRunner().invoke(main, ["dedup", *map(str, options)])


def test_the_table_says_what_was_kept_and_what_removed(folder: Path, tmp_path: Path):
    done = run(folder, "--out", tmp_path / "out")
    assert done.exit_code == 0
    told = {" ".join(line.split()[:-1]): line.split()[-1] for line in done.output.splitlines() if line.strip()}
    assert told["documents"] == "4"
    assert told["kept"] == "2"
    assert told["removed: the same text"] == "1"
    assert told["removed: near copies"] == "1"
    assert told["clusters"] == "2"


def test_removed_ids_are_a_line_each(folder: Path, tmp_path: Path):
    run(folder, "--out", tmp_path / "out")
    removed = (tmp_path / "out" / "removed_ids.txt").read_text(encoding="utf-8").splitlines()
    assert len(removed) == 2
    assert len({*removed} & {"က", "ခ"}) == len({*removed} & {"ဂ", "ဃ"}) == 1


def test_what_is_verified_is_removed_only_where_the_texts_agree(folder: Path, tmp_path: Path):
    for wanted, removed in ((0.5, 2), (1.0, 1)):
        out = tmp_path / f"out-{wanted}"
        assert run(folder, "--out", out, "--verify", wanted).exit_code == 0
        decided = pl.read_parquet(out / "clusters.parquet")
        assert decided.filter(~pl.col("is_kept")).height == removed
        assert decided["cluster_id"].n_unique() == 2
    assert run(folder, "--out", tmp_path / "out", "--verify", "2").exit_code == 2


def test_another_wanted_similarity_decides_again_on_the_same_shards(folder: Path, tmp_path: Path):
    out = tmp_path / "out"
    removed = []
    for options in ((), ("--verify", 1.0), ("--verify", 0.5), ()):
        assert run(folder, "--out", out, *options).exit_code == 0
        removed.append(pl.read_parquet(out / "clusters.parquet").filter(~pl.col("is_kept")).height)
    assert removed == [2, 1, 1, 1], "what was kept once stays kept"


def test_missing_texts_and_addresses_make_no_copies(tmp_path: Path):
    first, second = ("\n".join(article.paragraphs) for article in articles_of("urd_Arab")[:2])
    (tmp_path / "corpus" / "in").mkdir(parents=True)
    rows = {"id": list("abcd"), "text": [first, second, None, None], "url": ["", "", "", None]}
    pl.DataFrame(rows).write_parquet(tmp_path / "corpus" / "in" / "a.parquet")
    out = tmp_path / "corpus"  # above the shards
    assert run(out / "in", "--out", out).exit_code == 0
    assert pl.read_parquet(out / "clusters.parquet")["is_kept"].all()


def test_what_lugha_can_name_is_a_message_and_no_traceback(folder: Path, tmp_path: Path):
    (folder / "b.parquet").write_bytes(b"")
    done = run(folder, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "parquet" in done.output
    assert "Traceback" not in done.output
    assert run(folder, "--out", tmp_path / "out", "--memory-mb", 1).exit_code == 2


def test_a_folder_that_is_not_there_is_a_usage_error(tmp_path: Path):
    assert run(tmp_path / "nowhere", "--out", tmp_path / "out").exit_code == 2
