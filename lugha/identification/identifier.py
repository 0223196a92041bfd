"""A language identifier that reads many documents at once: for every line its most likely languages, how its letters
are shared between scripts, and how much of it is no writing.

Models that lugha trained itself are n-grams only and run in lugha/identification/kernel.py; any other fastText model
runs in fastText, slower, line by line. What the lines make of a document is decided in lugha/identification/levels.py.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lugha.errors import LughaError
from lugha.identification import letters
from lugha.languages import UNDETERMINED

LABEL = "__label__"
KEPT = 5  # languages of a line that are kept
BATCH_BYTES = 8_000_000
BATCH_DOCUMENTS = 2_000
LINE_CHARACTERS = 2_000  # of a line that a model in fastText is shown
COUNTS, SLOTS, CHARACTERS, WRITTEN, LETTERS, SCRIPT_LETTERS, NOISES = 6, 4, 0, 1, 2, 3, 5  # as in kernel.py


class NotAnIdentifier(LughaError):
    """A fastText model that gives no labels."""


@dataclass(frozen=True)
class Prediction:
    """Best and second language of a text with their probabilities, 0..1."""

    label: str
    score: float
    runner_up: str
    runner_up_score: float


@dataclass(frozen=True)
class ReadLines:
    """What was read of a batch of documents. Line n of document d is row `first_lines[d] + n` of all arrays but
    `script_counts`, which has a row a document. `labels` are places in the identifier's codes, -1 for nothing, best
    first; `counts` has the columns that kernel.py names.
    """

    first_lines: np.ndarray
    counts: np.ndarray
    slot_scripts: np.ndarray
    slot_counts: np.ndarray
    script_counts: np.ndarray
    labels: np.ndarray
    scores: np.ndarray


class Identifier:
    """A fastText model with the languages of its labels: `code_of` names them where a label is not itself a code.
    Several labels may be one language; a label of no language is `UNDETERMINED`. `codes` are the languages.
    """

    def __init__(self, model: Any, code_of: Mapping[str, str] | None = None) -> None:
        names = [name.removeprefix(LABEL) for name in model.get_labels() if name.startswith(LABEL)]
        if len(names) < 2:
            raise NotAnIdentifier(
                f"The model has {len(names)} labels; identification needs a supervised fastText model."
            )
        codes = [code_of.get(name, name) for name in names] if code_of else names
        self.codes = tuple(sorted(set(codes) - {UNDETERMINED}))
        places = {code: place for place, code in enumerate(self.codes)}
        self._place_of = {name: places.get(code, -1) for name, code in zip(names, codes, strict=True)}
        self._model: Any | None = model
        # A model without words is one of lugha's own (lugha/identification/training.py); others have a vocabulary.
        if not model.get_words():
            arguments = model.f.getArgs()
            self._grams = (arguments.minn, arguments.maxn)
            self._input = np.ascontiguousarray(model.get_input_matrix(), dtype=np.float32)
            self._output = np.ascontiguousarray(model.get_output_matrix().T, dtype=np.float32)
            # A script that only one language of the model is written in says which one it is.
            script_count = len(letters.scripts())
            masks = letters.script_masks(tuple(codes))[:, :script_count]
            self._is_possible = np.vstack([masks.T, np.ones((1, len(codes)), dtype=np.bool_)])
            self._model = None

    def read(self, texts: Sequence[str]) -> ReadLines:
        """Lines of the texts with their languages. Memory grows with the texts: see `batches`."""
        data, first_lines = _joined(texts)
        read, words, word_ends = _scanned(data, first_lines)
        if self._model is None:
            self._with_kernel(words, word_ends, read)
        else:
            self._with_fasttext([line for text in texts for line in text.split("\n")], read)
        return read

    def _with_kernel(self, words: np.ndarray, word_ends: np.ndarray, read: ReadLines) -> None:
        from lugha.identification import kernel

        hidden = np.zeros((len(word_ends), self._input.shape[1]), dtype=np.float32)
        gram_counts = np.zeros(len(word_ends), dtype=np.int64)
        kernel.sums(words, word_ends, self._input, *self._grams, hidden, gram_counts)
        line_scripts = _main_scripts(read, no_script=len(self._is_possible) - 1)
        kernel.best(hidden, gram_counts, self._output, line_scripts, self._is_possible, read.labels, read.scores)
        places = np.array([*self._place_of.values(), -1], dtype=np.int16)
        read.labels[:] = places[read.labels]

    def _with_fasttext(self, lines: list[str], read: ReadLines) -> None:
        assert self._model is not None
        rows = np.flatnonzero(read.counts[:, LETTERS])
        shown = [lines[row][:LINE_CHARACTERS].encode(errors="replace").decode().replace("\r", " ") for row in rows]
        labels, scores = self._model.predict(shown, k=KEPT) if shown else ([], [])
        for row, names, values in zip(rows, labels, scores, strict=True):
            read.labels[row, : len(names)] = [self._place_of[name.removeprefix(LABEL)] for name in names]
            read.scores[row, : len(names)] = np.minimum(values, 1.0)


def read_without_model(texts: Sequence[str]) -> ReadLines:
    """Lines of the texts where nothing identifies languages: place 0 is what every line is said to be in."""
    read, _, _ = _scanned(*_joined(texts))
    has_letters = read.counts[:, LETTERS] > 0
    read.labels[has_letters, 0] = 0
    read.scores[has_letters, 0] = 1.0
    return read


def _main_scripts(read: ReadLines, no_script: int) -> np.ndarray:
    """The script of most letters of every line, `no_script` for a line without letters of any."""
    largest = read.slot_counts.argmax(axis=1)[:, None]
    scripts = np.take_along_axis(read.slot_scripts, largest, axis=1)[:, 0].astype(np.int64)
    return np.where(read.slot_counts.any(axis=1), scripts, no_script)


def script_shares(read: ReadLines, masks: np.ndarray) -> np.ndarray:
    """For every line, the share of its letters that are in the scripts of its row of `masks`, 0..1."""
    fitting = (np.take_along_axis(masks, read.slot_scripts.astype(np.int64), axis=1) * read.slot_counts).sum(axis=1)
    return np.asarray(fitting / np.maximum(read.counts[:, SCRIPT_LETTERS], 1))


def in_script(lines: Sequence[str], languages: Sequence[str]) -> np.ndarray:
    """For every line (without line breaks), the share of its letters that are in the script of its language, 0..1."""
    if not lines:
        return np.zeros(0)
    known = tuple(sorted(set(languages)))
    places = {language: place for place, language in enumerate(known)}
    masks = letters.script_masks(known)[[places[language] for language in languages]]
    return script_shares(read_without_model(lines), masks)


def predict(identifier: Identifier, texts: Sequence[str]) -> list[Prediction]:
    """Best two languages of every text, whole; line breaks count as spaces, and scripts are not asked."""
    found: list[Prediction] = []
    for batch in batches(texts):
        read = identifier.read([text.replace("\n", " ") for text in batch])
        for places, scores in zip(read.labels, read.scores, strict=True):
            best: dict[str, float] = {}
            for place, score in zip(places, scores, strict=True):
                code = identifier.codes[place] if place >= 0 else UNDETERMINED
                best[code] = best.get(code, 0.0) + float(score)
            ranked = sorted(best.items(), key=lambda x: -x[1])
            found.append(Prediction(*ranked[0], *(ranked[1] if len(ranked) > 1 else (UNDETERMINED, 0.0))))
    return found


def batches(texts: Iterable[str]) -> Iterator[list[str]]:
    """The texts in lists of bounded size, so that memory does not grow with the number of documents."""
    batch: list[str] = []
    size = 0
    for text in texts:
        if batch and (size + len(text) > BATCH_BYTES or len(batch) == BATCH_DOCUMENTS):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += len(text)
    if batch:
        yield batch


def _joined(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """The bytes of all texts with a line feed between them, and the first line of each and of what would follow."""
    # A lone surrogate, which a Python string may hold, has no UTF-8.
    data = "\n".join(texts).encode(errors="replace")
    line_counts = np.fromiter((text.count("\n") + 1 for text in texts), dtype=np.int64, count=len(texts))
    return np.frombuffer(data, dtype=np.uint8), np.concatenate([[0], np.cumsum(line_counts)])


def _scanned(data: np.ndarray, first_lines: np.ndarray) -> tuple[ReadLines, np.ndarray, np.ndarray]:
    from lugha.identification import kernel

    document_count, line_count = len(first_lines) - 1, int(first_lines[-1])
    words = np.empty(3 * data.size + 8, dtype=np.uint8)  # a letter and its separator become the letter, "<" and ">"
    word_ends = np.zeros(line_count, dtype=np.int64)
    read = ReadLines(
        first_lines=first_lines,
        counts=np.zeros((line_count, COUNTS), dtype=np.int32),
        slot_scripts=np.zeros((line_count, SLOTS), dtype=np.uint8),
        slot_counts=np.zeros((line_count, SLOTS), dtype=np.int32),
        script_counts=np.zeros((document_count, len(letters.scripts())), dtype=np.int64),
        labels=np.full((line_count, KEPT), -1, dtype=np.int16),
        scores=np.zeros((line_count, KEPT), dtype=np.float32),
    )
    if line_count:
        document_of_line = np.repeat(np.arange(document_count), np.diff(first_lines))
        kernel.scan(
            data, letters.kinds(), letters.lower(), document_of_line, words, word_ends,
            read.counts, read.slot_scripts, read.slot_counts, read.script_counts,
        )  # fmt: skip
    return read, words, word_ends
