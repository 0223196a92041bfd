"""A rubric is one file, and a mistake in it is told."""

from pathlib import Path

import pytest

from lugha.registry import MissingKey, UnknownName, WrongValue
from lugha.rubrics import Rubric, rubric, rubrics

GOOD = 'question = "Is it?"\ngood = ["yes"]\nis_ordered = false\n[labels]\nno = "it is not"\nyes = "it is"\n'


def test_the_packaged_rubrics_hold():
    assert sorted(rubrics()) == ["adult", "quality", "toxicity"]
    assert all(each.question and len(each.labels) >= 2 for each in rubrics().values())
    assert rubric("quality").is_ordered


def test_an_aspect_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "rubrics").mkdir()
    (tmp_path / "rubrics" / "dialect.toml").write_text(GOOD, encoding="utf-8")
    monkeypatch.setenv("LUGHA_CATALOG", str(tmp_path))
    assert rubric("dialect").labels == {"no": "it is not", "yes": "it is"}
    with pytest.raises(UnknownName, match="dialect"):
        rubric("dialects")


@pytest.mark.parametrize(
    ("before", "after", "error", "told"),
    [
        ('good = ["yes"]', 'good = ["maybe"]', WrongValue, '"maybe"'),
        ('good = ["yes"]', 'good = ["yes", "no"]', WrongValue, "not all of them"),
        ('good = ["yes"]', "good = []", WrongValue, "some of the labels"),
        ('no = "it is not"\n', "", WrongValue, "fewer than two labels"),
        ("is_ordered = false\n", "", MissingKey, "is_ordered"),
    ],
)
def test_a_rubric_that_contradicts_itself_is_refused(
    before: str, after: str, error: type[Exception], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "rubrics").mkdir()
    (tmp_path / "rubrics" / "dialect.toml").write_text(GOOD.replace(before, after), encoding="utf-8")
    monkeypatch.setenv("LUGHA_CATALOG", str(tmp_path))
    with pytest.raises(error, match=told):
        rubrics()


def test_another_question_or_label_is_another_digest():
    base = Rubric("x", "Is it?", {"no": "a", "yes": "b"}, ("yes",), False)
    others = [
        Rubric("x", "Is it so?", {"no": "a", "yes": "b"}, ("yes",), False),
        Rubric("x", "Is it?", {"no": "a", "yes": "c"}, ("yes",), False),
        Rubric("x", "Is it?", {"yes": "b", "no": "a"}, ("yes",), False),
    ]
    assert len({each.digest for each in (base, *others)}) == 4
