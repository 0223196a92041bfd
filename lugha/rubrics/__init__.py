"""Rubrics: what people and the teacher are asked about a document. One TOML file of this folder is one aspect.

The words of a rubric are English, because whoever judges has to share them; what they ask holds in every language, so
no rubric names a word, a subject or a form of writing that one language has and another lacks.
"""

from dataclasses import dataclass

from lugha.lake.digest import digest_of
from lugha.registry import entries, find


@dataclass(frozen=True)
class Rubric:
    """One aspect: the question, the labels with their meaning, worst first where they are ordered, and which of them
    count as good.
    """

    name: str
    question: str
    labels: dict[str, str]
    good: tuple[str, ...]
    is_ordered: bool

    def __post_init__(self) -> None:
        if len(self.labels) < 2:
            raise ValueError('the table "labels" has fewer than two labels. Give each label its meaning.')
        for label in self.good:
            if label not in self.labels:
                raise ValueError(
                    f'the key "good" holds "{label}", which the table "labels" lacks. Correct one of them.'
                )
        if not 0 < len(set(self.good)) < len(self.labels):
            raise ValueError('the key "good" must name some of the labels and not all of them.')

    @property
    def digest(self) -> str:
        """What was asked, in 16 hex digits: answers under another digest are answers to another question."""
        return digest_of([self.question, list(self.labels.items()), self.good])


def rubrics() -> dict[str, Rubric]:
    """Every aspect by name, the packaged ones and those of `$LUGHA_CATALOG/rubrics`."""
    return entries("rubrics", Rubric, identity="name")


def rubric(aspect: str) -> Rubric:
    """One aspect; an unknown one is an error with the nearest."""
    return find("rubrics", aspect, rubrics())
