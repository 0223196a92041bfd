"""Sentences of many languages, dealt like cards: no two documents hold the same one by chance.

A deck is dealt once as it was written. Every later round shuffles the words of each paragraph (letters where a script
has no spaces): words, letters and punctuation stay those of the language, but runs of five are new. So a few hundred
kilobytes of text become gigabytes in which only the copies are alike, and the truth holds at any size.
"""

import gzip
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from importlib.resources import files
from itertools import chain, pairwise
from pathlib import Path

import numpy as np
import polars as pl
import regex

from lugha.errors import LughaError
from lugha.sample.articles import articles_of
from lugha.scripts import TOKEN

LEAST_PIECES = 500  # of a language; a smaller one has too few words to shuffle
MOST_BYTES = 300_000  # of a language: more would only take longer to cut
MOST_PIECES = 60  # of a sentence; Thai and Khmer lines have no end of a sentence in them
END = regex.compile(r"(?<=\p{Sentence_Terminal})\s+|\n+")
KINDS = (".jsonl", ".jsonl.gz", ".parquet")


class NoText(LughaError):
    """There is nothing to make documents of in this folder."""


def pieces_of(text: str) -> list[str]:
    """A text cut before every token but the first: put together again, the pieces are the text."""
    starts = [found.start() for found in TOKEN.finditer(text)]
    cuts = [0, *starts[1:], len(text)]
    return [sys.intern(text[start:end]) for start, end in pairwise(cuts)]


class Deck:
    """Sentences of one language as lists of pieces, and the mean size of a piece in bytes."""

    def __init__(self, sentences: list[list[str]], rng: np.random.Generator) -> None:
        self._sentences, self._rng = list(sentences), rng
        self._words = sorted(set(chain.from_iterable(sentences)))
        self._next, self._is_first_round = 0, True
        self.piece_count = sum(map(len, sentences))
        some = list(chain.from_iterable(sentences[:500]))
        self.mean_bytes = len("".join(some).encode()) / len(some)
        rng.shuffle(self._sentences)

    def paragraph(self, sentence_count: int) -> list[str]:
        """The pieces of the next sentences, shuffled when they have been dealt before."""
        dealt = list(chain.from_iterable(self._deal() for _ in range(sentence_count)))
        if self._is_first_round:
            return dealt
        return [dealt[i] for i in self._rng.permutation(len(dealt)).tolist()]

    def word(self) -> str:
        """Any piece of the language."""
        return self._words[int(self._rng.integers(len(self._words)))]

    def _deal(self) -> list[str]:
        if self._next == len(self._sentences):
            self._rng.shuffle(self._sentences)
            self._next, self._is_first_round = 0, False
        self._next += 1
        return self._sentences[self._next - 1]


def sentences_of(given: Path | None) -> dict[str, list[list[str]]]:
    """Sentences of each language of the text under a folder, or of the sample articles, as pieces. Raises NoText."""
    sentences: dict[str, list[list[str]]] = defaultdict(list)
    sizes: Counter[str] = Counter()
    seen: set[str] = set()
    for language, text in _folder(given) if given else _sample():
        for sentence in END.split(text) if sizes[language] < MOST_BYTES else ():
            plain = "".join(sentence.casefold().split())
            if plain and plain not in seen:
                seen.add(plain)
                sizes[language] += len(sentence.encode())
                pieces = pieces_of(f"{sentence.strip()} ")
                sentences[language] += [pieces[i : i + MOST_PIECES] for i in range(0, len(pieces), MOST_PIECES)]
    large = {name: found for name, found in sorted(sentences.items()) if sum(map(len, found)) >= LEAST_PIECES}
    if not large:
        raise NoText(
            f"{given} has no language with {LEAST_PIECES} words in {', '.join(KINDS)} files with a field `text`: "
            "name a folder of documents, or none for the sample articles."
        )
    return large


def _sample() -> Iterator[tuple[str, str]]:
    for language in sorted(entry.name for entry in files("lugha.sample").joinpath("pages").iterdir()):
        for article in articles_of(language):
            yield language, "\n".join([article.title, *article.paragraphs])


def _folder(folder: Path) -> Iterator[tuple[str, str]]:
    """(language, text) of every row; the language is the field `lang`, or else the name of the file's folder."""
    for path in sorted(p for p in folder.rglob("*") if p.name.endswith(KINDS)):
        if path.suffix == ".parquet":
            rows = pl.read_parquet(path).to_dicts()
        else:
            raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            rows = [json.loads(line) for line in raw.decode().splitlines() if line.strip()]
        for row in rows:
            if row.get("text"):
                yield str(row.get("lang") or path.parent.name), row["text"]
