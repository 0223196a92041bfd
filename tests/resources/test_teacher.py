"""The teacher resource: none unless it is set, and its key is shown nowhere."""

from pathlib import Path

import pytest

from lugha.tiers.teacher import NoTeacher
from resources.teacher import TeacherResource
from tests.tiers.large_model import LargeModel, says, serve


def test_without_an_address_there_is_no_teacher_and_it_says_how_to_set_one(tmp_path: Path):
    with pytest.raises(NoTeacher, match="LUGHA_TEACHER_URL"):
        TeacherResource(folder=str(tmp_path)).chat()
    with pytest.raises(NoTeacher, match="LUGHA_TEACHER_MODEL"):
        TeacherResource(folder=str(tmp_path), url="http://127.0.0.1:1/v1").chat()


def test_the_key_of_the_environment_is_sent_and_shown_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LUGHA_TEACHER_KEY", "sk-very-secret")
    with serve(LargeModel(lambda n, _: says("ok"))) as model:
        resource = TeacherResource(folder=str(tmp_path), url=model.url, model="large-1")
        assert resource.chat().chat([{"role": "user", "content": "ሰላም"}], 5).text == "ok"
    assert model.headers[0]["Authorization"] == "Bearer sk-very-secret"
    assert "secret" not in f"{resource} {resource.model_dump_json()} {resource.chat()}"


def test_every_aspect_is_asked_about(tmp_path: Path):
    assert [each.name for each in TeacherResource(folder=str(tmp_path)).rubrics()] == ["adult", "quality", "toxicity"]
    assert TeacherResource(folder=str(tmp_path)).journal("yor_Latn") == tmp_path / "yor_Latn.jsonl"
