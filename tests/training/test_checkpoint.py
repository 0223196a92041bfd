"""A checkpoint is whole or not there."""

import json
from pathlib import Path

import pytest

from lugha.training.checkpoint import BrokenCheckpoint, newest_whole, remove_old, remove_unfinished, verify, write_whole


def write_story(folder: Path) -> None:
    (folder / "weights").write_text("Ọ̀pẹ́ yẹ ọ́")


def test_what_was_written_is_verified_by_name_size_and_digest(tmp_path: Path):
    write_whole(tmp_path / "run" / "step-000005", write_story)
    verify(tmp_path / "run" / "step-000005")
    known = json.loads((tmp_path / "run" / "step-000005" / "files.json").read_text())
    assert known["weights"]["bytes"] == len("Ọ̀pẹ́ yẹ ọ́".encode())


@pytest.mark.parametrize("harm", ["truncated", "altered", "removed", "manifest truncated"])
def test_any_harm_to_a_file_is_a_broken_checkpoint(tmp_path: Path, harm: str):
    folder = tmp_path / "step-000005"
    write_whole(folder, write_story)
    weights = folder / "weights"
    if harm == "truncated":
        weights.write_bytes(weights.read_bytes()[:-1])
    elif harm == "altered":
        weights.write_bytes(weights.read_bytes()[::-1])
    elif harm == "removed":
        weights.unlink()
    else:
        (folder / "files.json").write_text("{")
    with pytest.raises(BrokenCheckpoint, match="step-000005"):
        verify(folder)


def test_a_writer_that_dies_leaves_nothing_that_looks_like_a_checkpoint(tmp_path: Path):
    def dies(folder: Path) -> None:
        write_story(folder)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "step-000005", dies)
    assert newest_whole(tmp_path) is None
    remove_unfinished(tmp_path)
    assert list(tmp_path.iterdir()) == []
    write_whole(tmp_path / "step-000005", write_story)
    assert newest_whole(tmp_path) == tmp_path / "step-000005"


def test_a_broken_newest_checkpoint_gives_way_to_the_one_before_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    for step in (999_995, 1_000_000):
        write_whole(tmp_path / f"step-{step}", write_story)
    (tmp_path / "step-1000000" / "weights").write_text("Ọ̀pẹ́")
    assert newest_whole(tmp_path) == tmp_path / "step-999995"
    assert "step-1000000" in caplog.text
    write_whole(tmp_path / "step-1000000", write_story)
    assert newest_whole(tmp_path) == tmp_path / "step-1000000"


def test_the_last_two_stay(tmp_path: Path):
    for step in (5, 10, 15, 20):
        write_whole(tmp_path / f"step-{step:06d}", write_story)
        remove_old(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["step-000015", "step-000020"]
