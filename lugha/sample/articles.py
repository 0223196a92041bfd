"""The texts of the sample web: one file each in `pages/<language>/`, a title, a register and paragraphs."""

import re
from dataclasses import dataclass
from importlib.resources import files

from lugha.errors import LughaError

SECTIONS = ("news", "stories", "life", "knowledge")
_SECTION_OF = {
    **dict.fromkeys(("news", "notice", "weather", "sport", "market", "opinion", "review"), "news"),
    **dict.fromkeys(("story", "poem", "proverb", "humour", "diary", "letter", "dialogue", "music"), "stories"),
    **dict.fromkeys(
        ("howto", "recipe", "health", "farming", "craft", "family", "work", "travel", "environment"), "life"
    ),
}


class BrokenSamplePage(LughaError):
    """A text file of the sample web is not of the form title, register, paragraphs."""


@dataclass(frozen=True)
class Article:
    """One text: its number in its language, the ASCII name of its file, and what is in it."""

    number: int
    slug: str
    title: str
    register: str
    paragraphs: tuple[str, ...]

    @property
    def section(self) -> str:
        """The part of the site where it stands."""
        return _SECTION_OF.get(self.register, "knowledge")


def articles_of(language: str) -> list[Article]:
    """The texts of one language in the order of their numbers. Raises BrokenSamplePage."""
    folder = files("lugha.sample").joinpath("pages", language)
    named = sorted((entry.name, entry.read_text(encoding="utf-8")) for entry in folder.iterdir())
    return [_article(f"{language}/{name}", text) for name, text in named if name.endswith(".txt")]


def _article(name: str, text: str) -> Article:
    match = re.fullmatch(r"[A-Za-z]+_[A-Za-z]+/((\d\d)-[a-z0-9-]+)\.txt", name)
    head, _, body = text.strip().partition("\n\n")
    lines = head.split("\n")
    paragraphs = tuple(paragraph for paragraph in body.split("\n\n") if paragraph)
    if match is None or len(lines) != 2 or not lines[1].startswith("register: ") or not paragraphs:
        raise BrokenSamplePage(
            f'lugha/sample/pages/{name} must be named like "07-market-day.txt" and hold a title, "register: ...", '
            "an empty line and paragraphs between empty lines: bring it into that form."
        )
    return Article(int(match[2]), match[1], lines[0], lines[1].removeprefix("register: ").strip(), paragraphs)
