"""Language identification that learns from reference text and from the crawl's own hints, with fastText.

No shipped model covers most of these languages, but most pages say somewhere what they are, and for some languages
there is text that somebody vouches for. Where there is reference text, it teaches, and the hints add what it does not
refute. Since a third of the hints is missing or wrong, three things keep the noise out: a line that occurs under two
languages teaches nothing (templates, English captions), a line in another script than its language teaches nothing,
and after a first round the lines that a draft of the model refutes are left out. Text that is held out to measure on
teaches nothing, wherever it turns up again.

A model of somebody else's: lugha/identification/external.py. How a model is used: lugha/identification/identifier.py.
"""

import hashlib
import math
import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from lugha.errors import LughaError
from lugha.identification.identifier import LABEL, Identifier, in_script, predict
from lugha.identification.letters import plain
from lugha.languages import UNDETERMINED
from lugha.reference import SCHEMA
from lugha.supervised import train_supervised

LEAST_LETTERS = 12  # a shorter line says little about its language
LINE_BYTES = 600  # a longer line teaches in pieces of this size
MOST_PIECES = 20
IN_SCRIPT = 0.6  # of the letters of a line that teaches its language
REFUTED = 0.8  # probability of another language from which the draft refutes a line
DRAFT_EPOCHS = 0.4  # of those of the model: enough to tell a clearly wrong line
MOST_REPEATS = 8
MEASURED_OF_256 = 13  # a twentieth of the hinted lines
LEAST_LINES_MEASURED = 40
NO_REFERENCE = pl.DataFrame(schema=SCHEMA)


class NothingToLearnFrom(LughaError):
    """Fewer than two languages have text that names its language."""


@dataclass(frozen=True)
class LidSettings:
    """How the model is trained; figures behind the numbers in docs/decisions/0004. `dim` is a multiple of 10 and
    `threads` at least 10: fastText leaves part of its matrix unset otherwise. N-grams are `shortest` to `longest`
    characters long. A language with a share s of the bytes of the largest is read as if it had s ** `evenness`. The
    text is read `epochs` / sqrt(its megabytes) times, from 3 to `most_epochs`. Of a language it has at most
    `bytes_per_language`, and `draft_bytes` for the drafts that judge hints.
    """

    dim: int = 20
    epochs: int = 40
    most_epochs: int = 25
    learning_rate: float = 0.6
    buckets: int = 200_000
    shortest: int = 2
    longest: int = 4
    evenness: float = 0.5
    threads: int = 10
    bytes_per_language: int = 500_000
    draft_bytes: int = 80_000
    seed: int = 1


def training_lines(documents: pl.DataFrame, settings: LidSettings, refused: Iterable[str] = ()) -> dict[str, list[str]]:
    """Hinted lines that teach, per language, from documents (`language` = the hinted one, `text`); at most
    `bytes_per_language` of each. Lines of the `refused` texts teach nothing.

    Lines are taken in the order of their hash, so that the selection does not depend on the order of the documents.
    """
    owned = _owned_lines(documents, refused)
    most = settings.bytes_per_language
    return {language: _cut([x for x in lines if not _is_measured(x, lines)], most) for language, lines in owned.items()}


def measured_lines(documents: pl.DataFrame) -> pl.DataFrame:
    """The hinted lines that are kept out of training, to measure on where there is no reference text: columns
    `language` and `text`. A twentieth of the lines of every language that has at least 40; some of their hints are
    wrong, so what is measured is agreement.
    """
    found = _owned_lines(documents, ())
    rows = [(language, x) for language, lines in found.items() for x in lines if _is_measured(x, lines)]
    return pl.DataFrame(rows, schema={"language": pl.String, "text": pl.String}, orient="row")


def train_lid(
    documents: pl.DataFrame, settings: LidSettings, path: Path, reference: pl.DataFrame = NO_REFERENCE
) -> pl.DataFrame:
    """Train on hinted documents and on reference text (rows of `lugha.reference`), save the model at `path`, return a
    report: language, line_count, byte_count, reference_bytes, refuted_share, agreement.

    `refuted_share` is the share of the hinted lines that were left out, `agreement` the share of the lines that the
    final model puts into their own language (on its own training lines: a sanity figure, not an accuracy). Raises
    NothingToLearnFrom with fewer than two languages.
    """
    held_out = reference.filter("is_held_out")["text"].to_list()
    hinted = training_lines(documents, settings, held_out)
    owned = _owned_lines(reference.filter(~pl.col("is_held_out")), held_out)
    vouched = {language: _cut(found, settings.bytes_per_language) for language, found in owned.items()}
    known = sorted({*vouched, *hinted})
    if len(known) < 2:
        raise NothingToLearnFrom(
            f"Language identification needs text of two languages or more that names its language; found {known or 'none'}. "
            "Materialize crawl_index to standardized_documents first, or set LUGHA_REFERENCE; without a model, labels fall "
            "back to the hints of the pages."
        )
    believed = _not_refuted(vouched, hinted, settings)
    most = settings.bytes_per_language
    lines = {x: _cut([*vouched.get(x, ()), *believed.get(x, ())], most) for x in known}
    model = _fit(lines, settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    model.save_model(str(path))
    return _report(Identifier(model), lines, vouched, hinted, believed)


def load_lid(path: Path) -> Identifier:
    """The identifier that was saved at the path."""
    import fasttext

    return Identifier(fasttext.load_model(str(path)))


def _report(
    model: Identifier,
    lines: dict[str, list[str]],
    vouched: dict[str, list[str]],
    hinted: dict[str, list[str]],
    believed: dict[str, list[str]],
) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "language": language,
                "line_count": len(found),
                "byte_count": _byte_count(found),
                "reference_bytes": _byte_count(vouched.get(language, ())),
                "refuted_share": 1 - len(believed[language]) / len(hinted[language]) if language in hinted else 0.0,
                "agreement": float(np.mean([p.label == language for p in predict(model, found)])),
            }
            for language, found in lines.items()
        ]
    )


def _owned_lines(documents: pl.DataFrame, refused: Iterable[str]) -> dict[str, list[str]]:
    """Lines that only one language has and that are in its script, per language, in the order of their hash."""
    owners: dict[str, set[str]] = defaultdict(set)
    for language, text in documents.select("language", "text").iter_rows():
        if language != UNDETERMINED:
            for line in _lines(text):
                owners[line].add(language)
    for text in refused:
        for line in _lines(text):
            owners.pop(line, None)
    owned = sorted((hashlib.sha256(x.encode()).digest(), x, min(who)) for x, who in owners.items() if len(who) == 1)
    shares = in_script([line for _, line, _ in owned], [language for _, _, language in owned])
    lines: dict[str, list[str]] = defaultdict(list)
    for (_, line, language), share in zip(owned, shares, strict=True):
        if share >= IN_SCRIPT:
            lines[language].append(line)
    return dict(sorted(lines.items()))


def _is_measured(line: str, lines: list[str]) -> bool:
    is_chosen = hashlib.sha256(line.encode()).digest()[0] < MEASURED_OF_256
    return is_chosen and len(lines) >= LEAST_LINES_MEASURED


def _lines(text: str) -> Iterable[str]:
    for line in text.split("\n"):
        if sum(map(str.isalpha, line)) >= LEAST_LETTERS:
            data = line.encode(errors="replace")
            for start in range(0, min(len(data), MOST_PIECES * LINE_BYTES), LINE_BYTES):
                yield data[start : start + LINE_BYTES].decode(errors="ignore")


def _byte_count(lines: Iterable[str]) -> int:
    return sum(len(line.encode()) for line in lines)


def _cut(lines: list[str], most_bytes: int) -> list[str]:
    total = 0
    for n, line in enumerate(lines):
        total += len(line.encode())
        if total > most_bytes:
            return lines[: max(1, n)]
    return lines


def _not_refuted(
    vouched: dict[str, list[str]], hinted: dict[str, list[str]], settings: LidSettings
) -> dict[str, list[str]]:
    """The hinted lines that a draft does not clearly put elsewhere. It learns from reference text, and from hints only
    where there is none: from one half of the lines to judge the other, since it would agree with all that it saw.
    Where it would refute most of a language without reference text, it knows that language badly, and refutes nothing.
    """
    believed: dict[str, list[str]] = {language: [] for language in hinted}
    for half in (0, 1):
        teachers = {**{language: found[1 - half :: 2] for language, found in hinted.items()}, **vouched}
        drafted = {x: _cut(found, settings.draft_bytes) for x, found in teachers.items() if found}
        draft = Identifier(_fit(drafted, settings, share_of_epochs=DRAFT_EPOCHS)) if len(drafted) >= 2 else None
        for language, found in hinted.items():
            lines = found[half::2]
            kept = _agreeing(draft, language, lines) if draft and language in drafted else lines
            is_trusted = language in vouched or len(kept) >= 0.5 * len(lines)
            believed[language] += kept if is_trusted else lines
    return believed


def _agreeing(draft: Identifier, language: str, lines: list[str]) -> list[str]:
    found = predict(draft, lines)
    return [line for line, p in zip(lines, found, strict=True) if p.label == language or p.score < REFUTED]


def _fit(lines: dict[str, list[str]], settings: LidSettings, share_of_epochs: float = 1.0) -> Any:
    rows = _rows(lines, settings)
    epochs = share_of_epochs * settings.epochs / math.sqrt(max(1, _byte_count(rows)) / 1e6)
    return train_supervised(
        rows,
        dim=settings.dim,
        epochs=max(3, min(settings.most_epochs, round(epochs))),
        learning_rate=settings.learning_rate,
        shortest=settings.shortest,
        longest=settings.longest,
        buckets=settings.buckets,
        least_word_count=2**31 - 1,  # no words: their n-grams say as much, and a vocabulary is what makes models slow
        threads=settings.threads,
        seed=settings.seed,
    )


def _rows(lines: dict[str, list[str]], settings: LidSettings) -> list[str]:
    """The lines as fastText reads them, in plain form, those of small languages repeated: else the softmax forgets
    them.
    """
    most = max(_byte_count(found) for found in lines.values())
    rows: list[str] = []
    for language, found in lines.items():
        share = max(1, _byte_count(found)) / max(1, most)
        repeats = min(MOST_REPEATS, max(1, round(share ** (settings.evenness - 1))))
        # A plain line holds no underscore, so that it cannot name a label of its own.
        rows += [f"{LABEL}{language} {plain(line)}" for line in found] * repeats
    random.Random(settings.seed).shuffle(rows)
    return rows
