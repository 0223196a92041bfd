"""Language identification learned from the crawl's own hints, with fastText.

No shipped model covers most of these languages, but most pages say somewhere what they are. So the hints are the
teacher, and since a third of them is missing or wrong, three things keep the noise out: a line that occurs under two
languages teaches nothing (templates, English captions), a line in another script than its language teaches nothing,
and after a first round the lines that the model itself refutes are left out.

Not here: reference text and external models.
"""

import hashlib
import random
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from lugha.errors import LughaError
from lugha.scripts import script_share

LEAST_LETTERS = 12  # a shorter line says little about its language
LINE_BYTES = 600
UNDETERMINED = "und_Zyyy"
LABEL = "__label__"


class NothingToLearnFrom(LughaError):
    """Fewer than two languages have text that names its language."""


class BrokenModel(LughaError):
    """fastText gave a model with weights that are no numbers."""


@dataclass(frozen=True)
class LidSettings:
    """How the model is trained. `dim` is a multiple of 10 and `threads` at least 10: fastText leaves part of its
    matrix unset otherwise (cause and trials in docs/decisions/0004).
    """

    dim: int = 20
    epochs: int = 25
    learning_rate: float = 0.6
    buckets: int = 200_000
    threads: int = 10
    bytes_per_language: int = 150_000
    seed: int = 1


def training_lines(documents: pl.DataFrame, settings: LidSettings) -> dict[str, list[str]]:
    """Lines per language from standardized documents (`language` = the hinted one, `text`); at most
    `bytes_per_language` of each.

    Lines are taken in the order of their hash, so that the selection does not depend on the order of the documents.
    """
    owners: dict[str, set[str]] = defaultdict(set)
    for language, text in documents.select("language", "text").iter_rows():
        if language != UNDETERMINED:
            for line in _lines(text):
                owners[line].add(language)
    lines: dict[str, list[str]] = defaultdict(list)
    for line in sorted(owners, key=lambda x: hashlib.sha256(x.encode()).digest()):
        if len(owners[line]) == 1:
            (language,) = owners[line]
            if script_share(line, language.rpartition("_")[2]) >= 0.6:
                lines[language].append(line)
    return {language: _cut(found, settings.bytes_per_language) for language, found in sorted(lines.items())}


def train_lid(documents: pl.DataFrame, settings: LidSettings, path: Path) -> pl.DataFrame:
    """Train on hinted documents, save the model at `path`, return a report: language, line_count, byte_count,
    refuted_share, agreement.

    `refuted_share` is the share of lines left out after the first round, `agreement` the share of the remaining lines
    that the final model puts into their own language (on its own training lines: a sanity figure, not an accuracy).
    Raises NothingToLearnFrom with fewer than two languages.
    """
    lines = training_lines(documents, settings)
    if len(lines) < 2:
        raise NothingToLearnFrom(
            f"Language identification needs text of two languages or more that names its language; found {sorted(lines) or 'none'}. "
            "Materialize crawl_index to standardized_documents first; without a model, labels fall back to the hints of the pages."
        )
    draft = _fit(lines, settings, epochs=5)
    kept = {language: _agreeing(draft, language, found) for language, found in lines.items()}
    model = _fit(kept, settings, epochs=settings.epochs)
    path.parent.mkdir(parents=True, exist_ok=True)
    model.save_model(str(path))
    return pl.DataFrame(
        [
            {
                "language": language,
                "line_count": len(kept[language]),
                "byte_count": sum(len(x.encode()) for x in kept[language]),
                "refuted_share": 1 - len(kept[language]) / len(found),
                "agreement": float(np.mean([p.label == language for p in predict(model, kept[language])]))
                if kept[language]
                else 0.0,
            }
            for language, found in lines.items()
        ]
    )


@dataclass(frozen=True)
class Prediction:
    """Best and second language of a text with their probabilities, 0..1."""

    label: str
    score: float
    runner_up: str
    runner_up_score: float


def load_lid(path: Path) -> Any:
    """The saved fastText model."""
    import fasttext

    return fasttext.load_model(str(path))


def predict(model: Any, texts: Sequence[str]) -> list[Prediction]:
    """Best two languages of every text; line breaks count as spaces."""
    if not texts:
        return []
    labels, scores = model.predict([text.replace("\n", " ")[:2000] for text in texts], k=2)
    return [
        Prediction(
            label=names[0].removeprefix(LABEL) if names else UNDETERMINED,
            score=min(1.0, float(values[0])) if len(values) else 0.0,
            runner_up=names[1].removeprefix(LABEL) if len(names) > 1 else UNDETERMINED,
            runner_up_score=min(1.0, float(values[1])) if len(values) > 1 else 0.0,
        )
        for names, values in zip(labels, scores, strict=True)
    ]


def _lines(text: str) -> Iterable[str]:
    for line in text.split("\n"):
        if sum(map(str.isalpha, line)) >= LEAST_LETTERS:
            # A word that begins with fastText's own prefix would be read as one more label of the line.
            yield line.encode()[:LINE_BYTES].decode(errors="ignore").replace(LABEL, " ")


def _cut(lines: list[str], most_bytes: int) -> list[str]:
    total = 0
    for n, line in enumerate(lines):
        total += len(line.encode())
        if total > most_bytes:
            return lines[: max(1, n)]
    return lines


def _agreeing(draft: Any, language: str, lines: list[str]) -> list[str]:
    """Lines that the draft model does not clearly put elsewhere; all of them where it would refute most (then it
    knows the language badly).
    """
    kept = [line for line, p in zip(lines, predict(draft, lines), strict=True) if p.label == language or p.score < 0.8]
    return kept if len(kept) >= 0.5 * len(lines) else lines


def _fit(lines: dict[str, list[str]], settings: LidSettings, epochs: int) -> Any:
    import fasttext

    # Small languages are repeated up to a fifth of the largest, else the softmax forgets them.
    most = max(sum(len(x) for x in found) for found in lines.values())
    rows = []
    for language, found in lines.items():
        repeats = min(8, max(1, round(0.2 * most / max(1, sum(len(x) for x in found)))))
        rows += [f"{LABEL}{language} {line}" for line in found] * repeats
    random.Random(settings.seed).shuffle(rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lines.txt"
        path.write_text("\n".join(rows), encoding="utf-8")
        model = fasttext.train_supervised(
            str(path),
            dim=settings.dim,
            epoch=epochs,
            lr=settings.learning_rate,
            minn=1,
            maxn=4,
            bucket=settings.buckets,
            minCount=1,
            thread=settings.threads,
            seed=settings.seed,
            verbose=0,
            loss="softmax",
        )
    if not np.isfinite(model.get_input_matrix()).all():
        raise BrokenModel(
            "fastText trained weights that are no numbers. Keep dim a multiple of 10 and threads at 10 or more, then train again."
        )
    return model
