"""From lines to paragraphs to documents: which language a document is in, which of its lines are not, and what else a
reader would notice.

The label is decided line by line, because many pages of small languages stand beside a translation. A page belongs to
the language it is filed under as long as a seventh of its letters are in it. The rules work on all lines of many
documents at once; what the lines look like was read by lugha/identification/identifier.py.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from lugha.identification import letters
from lugha.identification.identifier import CHARACTERS, KEPT, LETTERS, NOISES, WRITTEN, ReadLines, script_shares
from lugha.lake.schemas import TABLES
from lugha.languages import UNDETERMINED

OWN_SHARE = (
    0.15  # of the letters: enough to stay in the language a page is filed under; a page may carry two translations
)
CLEAR_SHARE = 0.4  # of the letters: enough for a label where the language that it is filed under has too few
FITTING_SHARE = 0.5  # of a line's letters have to be in the script of a language that the line is said to be in
SURE = 0.7  # probability from which a single line of a page in one language counts as foreign
LEAST_LETTERS = 12  # a shorter line says little about its language
LEAST_LETTERS_FOREIGN = 20
LEAST_LETTERS_TOLD = 3
FOREIGN_SCRIPT_SHARE = 0.3  # a line with fewer of its letters in the script of the page's language is foreign
# On a page that stands beside a translation, a line has to speak for the page's language, however short it is. Both
# numbers were chosen on the storybook pages of a real small web: F1 of the kept text .45 -> .72 there, .983 -> .975
# on the other pages.
BILINGUAL_SHARE = 0.6
LEAST_OWN_SCORE = 0.15
MIXED_SHARE = 0.1  # of the letters in one other language: a document is told to be mixed
LEAST_TOLD_SHARE = 0.01  # of the letters: a language that is kept among the most likely ones
LEAST_WRITTEN_SHARE = 0.5  # letters and marks of the characters, white space apart: below, a line is noise
MOST_NOISE_SHARE = 0.1  # controls, lost and unassigned characters, mojibake: above, a line is noise

_COLUMNS = (
    "lid_label", "lid_score", "lid_runner_up", "lid_runner_up_score", "lid_top", "scripts", "paragraphs", "is_mixed",
    "foreign_share", "foreign_lines", "noisy_lines",
)  # fmt: skip
LEVELS = {name: TABLES["labelled_documents"].schema[name] for name in _COLUMNS}


@dataclass(frozen=True)
class Levels:
    """The verdicts on a batch of documents that are filed under `language`. `codes` are those of the identifier;
    place `len(codes)` stands for an undetermined language. `least_own` is the share of the letters with which a
    document stays in the language that it is filed under.
    """

    read: ReadLines
    codes: tuple[str, ...]
    language: str
    least_own: float = OWN_SHARE

    def frame(self) -> pl.DataFrame:
        """The columns of `labelled_documents` that identification fills, a row a document."""
        names = pl.Series([*self._names, None], dtype=pl.String)
        documents = np.arange(self._document_count)
        columns = {
            "lid_label": names.gather(np.where(self._letters > 0, self._chosen, len(self._names))),
            "lid_score": self._shares[documents, self._chosen],
            "lid_runner_up": names.gather(np.where(self._letters > 0, self._second, len(self._names))),
            "lid_runner_up_score": self._shares[documents, self._second],
            "lid_top": self._top(),
            "scripts": self._scripts(),
            "paragraphs": self._paragraphs(),
            "is_mixed": self._foreign_by_language.max(axis=1) >= MIXED_SHARE,
            "foreign_share": np.minimum(self._foreign_by_language.sum(axis=1), 1.0),
            "foreign_lines": self._numbers_of(self._is_foreign),
            "noisy_lines": self._numbers_of(self._is_noisy),
        }
        return pl.DataFrame(columns).cast(LEVELS)  # type: ignore[arg-type]

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return (*self.codes, UNDETERMINED)

    @property
    def _document_count(self) -> int:
        return len(self.read.first_lines) - 1

    @cached_property
    def _document_of_line(self) -> np.ndarray:
        return np.repeat(np.arange(self._document_count), np.diff(self.read.first_lines))

    @cached_property
    def _line_letters(self) -> np.ndarray:
        return self.read.counts[:, LETTERS].astype(np.float64)

    @cached_property
    def _letters(self) -> np.ndarray:
        """Letters of every document."""
        return np.bincount(self._document_of_line, self._line_letters, self._document_count)

    def _script_share(self, places: np.ndarray) -> np.ndarray:
        """Share of the letters of every line that are in the script of the language at this place, 0..1."""
        return script_shares(self.read, letters.script_masks(self._names)[places])

    @cached_property
    def _places(self) -> np.ndarray:
        """The most likely languages of every line; undetermined where the line is in another script."""
        undetermined = len(self.codes)
        places = np.where(self.read.labels >= 0, self.read.labels, undetermined).astype(np.int64)
        for n in range(KEPT):
            column = places[:, n]
            column[self._script_share(column) < FITTING_SHARE] = undetermined
        return places

    @cached_property
    def _shares(self) -> np.ndarray:
        """Share of the letters of every document (row) for each language, every line weighted with its probabilities."""
        shares = np.zeros((self._document_count, len(self._names)))
        for n in range(KEPT):
            cells = self._document_of_line * len(self._names) + self._places[:, n]
            weights = self.read.scores[:, n] * self._line_letters
            shares += np.bincount(cells, weights, shares.size).reshape(shares.shape)
        return np.asarray(shares / np.maximum(self._letters, 1)[:, None])

    @cached_property
    def _chosen(self) -> np.ndarray:
        """The language of every document."""
        best = self._shares.argmax(axis=1)
        is_clear = self._shares[np.arange(len(best)), best] >= CLEAR_SHARE
        chosen = np.where(is_clear, best, len(self.codes))
        if self.language in self.codes:
            own = self.codes.index(self.language)
            chosen = np.where(self._shares[:, own] >= self.least_own, own, chosen)
        return chosen

    @cached_property
    def _second(self) -> np.ndarray:
        others = self._shares.copy()
        others[np.arange(self._document_count), self._chosen] = -1.0
        second = others.argmax(axis=1)
        return np.where(others[np.arange(len(second)), second] > 0, second, len(self.codes))

    @cached_property
    def _chosen_score(self) -> np.ndarray:
        """Probability of the document's language in every line."""
        chosen = self._chosen[self._document_of_line]
        return np.asarray(np.where(self._places == chosen[:, None], self.read.scores, 0.0).sum(axis=1))

    @cached_property
    def _is_foreign(self) -> np.ndarray:
        """Whether a line is in another language than its document."""
        chosen = self._chosen[self._document_of_line]
        own_share = self._shares[np.arange(self._document_count), self._chosen]
        is_bilingual = (own_share < BILINGUAL_SHARE)[self._document_of_line]
        is_other_script = self._script_share(chosen) < FOREIGN_SCRIPT_SHARE
        is_told_otherwise = (
            (self._line_letters >= LEAST_LETTERS_FOREIGN)
            & (self.read.scores[:, 0] >= SURE)
            & (self._places[:, :2] != chosen[:, None]).all(axis=1)
        )
        by_language = np.where(is_bilingual, self._chosen_score < LEAST_OWN_SCORE, is_told_otherwise)
        by_script = is_bilingual | (self._line_letters >= LEAST_LETTERS)
        is_judged = (self._line_letters >= LEAST_LETTERS_TOLD) & (chosen != len(self.codes))
        return np.asarray(is_judged & np.where(is_other_script, by_script, by_language))

    @cached_property
    def _is_noisy(self) -> np.ndarray:
        counts = self.read.counts
        characters = counts[:, CHARACTERS]
        is_unwritten = counts[:, WRITTEN] < LEAST_WRITTEN_SHARE * characters
        return np.asarray((characters > 0) & (is_unwritten | (counts[:, NOISES] > MOST_NOISE_SHARE * characters)))

    @cached_property
    def _language_of_line(self) -> np.ndarray:
        """The language that a line is told to be in: the document's, or its own where it is foreign; a line of hardly
        any letters goes with the line before it.
        """
        own = np.where(self._is_foreign, self._places[:, 0], self._chosen[self._document_of_line])
        rows = np.arange(len(own))
        is_told = self._line_letters >= LEAST_LETTERS_TOLD
        last_told = np.maximum.accumulate(np.where(is_told, rows, -1))
        before = last_told >= self.read.first_lines[:-1][self._document_of_line]
        return np.where(before, own[last_told], self._chosen[self._document_of_line])

    @cached_property
    def _foreign_by_language(self) -> np.ndarray:
        """Share of the letters of every document in foreign lines, by the language of the lines."""
        cells = self._document_of_line * len(self._names) + self._places[:, 0]
        size = self._document_count * len(self._names)
        counted = np.bincount(cells, self._line_letters * self._is_foreign, size).reshape(self._document_count, -1)
        return np.asarray(counted / np.maximum(self._letters, 1)[:, None])

    def _top(self) -> pl.Series:
        count = min(KEPT, len(self._names))
        places = np.argpartition(-self._shares, count - 1, axis=1)[:, :count]
        told = pl.DataFrame(
            {
                "document": np.repeat(np.arange(self._document_count), count),
                "language": pl.Series(self._names).gather(places.ravel()),
                "score": np.take_along_axis(self._shares, places, axis=1).ravel(),
            }
        ).filter(pl.col("score") >= LEAST_TOLD_SHARE)
        return self._listed(told.sort("document", "score", "language", descending=[False, True, False]))

    def _scripts(self) -> pl.Series:
        documents, numbers = np.nonzero(self.read.script_counts)
        totals = np.maximum(self.read.script_counts.sum(axis=1), 1)
        told = pl.DataFrame(
            {
                "document": documents,
                "script": pl.Series(letters.scripts()).gather(numbers),
                "share": self.read.script_counts[documents, numbers] / totals[documents],
            }
        )
        return self._listed(told.sort("document", "share", "script", descending=[False, True, False]))

    def _paragraphs(self) -> pl.Series:
        """Runs of lines of one language; none for a document without letters."""
        language, document = self._language_of_line, self._document_of_line
        begins = np.ones(len(language), dtype=np.bool_)
        begins[1:] = (language[1:] != language[:-1]) | (document[1:] != document[:-1])
        first, run = np.flatnonzero(begins), np.cumsum(begins) - 1
        scores = np.where(self._is_foreign, self.read.scores[:, 0], self._chosen_score)
        run_letters = np.bincount(run, self._line_letters, len(first))
        told = pl.DataFrame(
            {
                "document": document[first],
                "first_line": first - self.read.first_lines[document[first]],
                "line_count": np.diff(np.append(first, len(language))),
                "language": pl.Series(self._names).gather(language[first]),
                "score": np.bincount(run, scores * self._line_letters, len(first)) / np.maximum(run_letters, 1),
            }
        )
        return self._listed(told.filter(self._letters[document[first]] > 0))

    def _numbers_of(self, is_told: np.ndarray) -> pl.Series:
        """Numbers of the lines that are told, in their document."""
        rows = np.flatnonzero(is_told)
        documents = self._document_of_line[rows]
        told = pl.DataFrame({"document": documents, "line": rows - self.read.first_lines[documents]})
        return self._listed(told).list.eval(pl.element().struct.field("line"))

    def _listed(self, told: pl.DataFrame) -> pl.Series:
        """A list of structs for every document from rows that are ordered by `document`."""
        grouped = told.group_by("document", maintain_order=True).agg(pl.struct(pl.exclude("document")).alias("told"))
        everyone = pl.DataFrame({"document": np.arange(self._document_count)})
        listed = everyone.join(grouped, on="document", how="left", maintain_order="left")
        return listed.select(pl.col("told").fill_null(pl.lit([], dtype=listed["told"].dtype))).to_series()
