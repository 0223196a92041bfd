"""Lists of words that mark toxic or adult text, as a person who speaks the language wrote them.

A list is `$LUGHA_CATALOG/wordlists/<kind>/<language>.txt`: UTF-8, one entry a line, of one word or several; what
follows "#" at the beginning of a line is a comment. lugha ships none: why, where lists are to be found and what they
do to dialects, reclaimed words and health pages is told in docs/harm.md. A list counts and never drops.

This package reads lists. What is counted with them is in lugha/wordlists/matching.py.
"""

import os
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from lugha.errors import LughaError, nearest
from lugha.languages import registered
from lugha.registry import CATALOG, MissingCatalog

KINDS = ("adult", "toxicity")


class BrokenWordList(LughaError):
    """A word list that cannot be read: not UTF-8, without entries, or with an entry that nothing could match."""


class UnknownWordList(LughaError):
    """A file or folder in wordlists/ that no kind or no language has the name of, so that it would do nothing."""


@dataclass(frozen=True, slots=True)
class WordList:
    """A list: its kind, its language, and its entries in the order of the file, without comments and repetitions."""

    kind: str
    language: str
    entries: tuple[str, ...]

    @property
    def digest(self) -> str:
        """16 bytes of sha256 of the entries, hex: a changed list asks for new scores."""
        return sha256("\n".join(self.entries).encode()).hexdigest()[:32]


def word_list(kind: str, language: str) -> WordList | None:
    """The list of a kind for a language, or None where nobody has written one.

    Raises BrokenWordList, UnknownWordList and MissingCatalog. A file is read again when it has changed.
    """
    path = _paths(kind).get(language)
    if path is None:
        return None
    state = path.stat()
    return _read(kind, language, path, state.st_mtime_ns, state.st_size)


def _paths(kind: str) -> dict[str, Path]:
    if kind not in KINDS:
        raise UnknownWordList(f'no kind of word list "{kind}".{nearest(kind, KINDS)} There are: {", ".join(KINDS)}.')
    catalog = os.environ.get(CATALOG, "")
    if not catalog:
        return {}
    if not Path(catalog).is_dir():
        raise MissingCatalog(f'{CATALOG} is "{catalog}", which is not a folder. Create it, correct or unset it.')
    folder = Path(catalog, "wordlists")
    for other in _visible(folder):
        if other.name not in KINDS:
            hint = nearest(other.name, KINDS)
            raise UnknownWordList(f"{other}: no kind of word list.{hint} Kinds are folders: {', '.join(KINDS)}.")
    paths = {path.stem: path for path in _visible(folder / kind)}
    for code, path in paths.items():
        if path.suffix != ".txt" or code not in registered():
            hint = nearest(code, registered())
            raise UnknownWordList(f'{path}: not named "<language>.txt" after a language of lugha.{hint} Rename it.')
    return paths


def _visible(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith(".")) if folder.is_dir() else []


@lru_cache(maxsize=256)
def _read(kind: str, language: str, path: Path, _changed: int, _size: int) -> WordList:
    from lugha.wordlists.matching import has_letter

    try:
        lines = path.read_bytes().decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as problem:
        line = problem.object.count(b"\n", 0, problem.start) + 1
        raise BrokenWordList(f"{path}: not UTF-8 (at line {line}). Save it as UTF-8.") from problem
    except OSError as problem:
        raise BrokenWordList(f"{path}: cannot be read ({problem.strerror}). Check who may read it.") from problem
    entries = {line.strip(): number for number, line in enumerate(lines, 1) if not line.lstrip().startswith("#")}
    entries.pop("", None)
    if not entries:
        raise BrokenWordList(f"{path}: holds no entry. Write one a line, or remove the file: no list means no score.")
    for entry, number in entries.items():
        if not has_letter(entry):
            raise BrokenWordList(
                f'{path}, line {number}: "{entry[:40]}" holds no letter, so no word could match it. Remove the line.'
            )
    return WordList(kind, language, tuple(entries))
