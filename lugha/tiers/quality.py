"""A classifier that tells text like the trusted text of a language from the rest of its crawl, with fastText.

The idea is that of GPT-3 (Brown et al. 2020, appendix A) and DCLM (Li et al. 2024): trusted text is good, crawl is the
other side, although good text is in it too. What is learned is "looks like the trusted text", its subjects and
register included, so the score sorts and weighs; on its own it is no reason to drop. Characters instead of words,
since one model form has to serve every script and a few hundred kilobytes of text.

The same classifier is trained on judged documents (teacher, toxicity, adult): lugha/tiers/small_models.py.
"""

import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from lugha.identification.identifier import LABEL
from lugha.supervised import train_supervised

PASSAGE_CHARACTERS = 400
MOST_PASSAGES = 8  # of a document, spread over it: a bound on what the longest one costs
LEAST_PASSAGES = 50  # to learn from, on each side
LEAST_HELD_OUT = 20  # on each side; with fewer the AUC says nothing
HELD_OUT_SHARE = 0.2
_POSITIVE, _NEGATIVE = f"{LABEL}positive", f"{LABEL}negative"


@dataclass(frozen=True)
class ClassifierSettings:
    """How fastText is trained. `dim` is a multiple of 10 and `threads` at least 10: it leaves part of its matrix unset
    otherwise (cause and trials in docs/decisions/0004). Size on disk is about 4 bytes * dim * (buckets + words).
    `lines_read` is how many passages are read in all, so that a language with a hundred of them trains as long as one
    with thousands; at most `most_epochs` times each.
    """

    dim: int = 10
    lines_read: int = 40_000
    most_epochs: int = 200
    learning_rate: float = 0.6
    buckets: int = 50_000
    least_word_count: int = 5
    threads: int = 10
    seed: int = 1


@dataclass(frozen=True)
class ClassifierReport:
    """What came of one training: passages of both sides that were learned from, area under the ROC curve on held-out
    passages with the lower end of its 95 % interval (null where there was none), and why there is no classifier ("" where
    there is one).
    """

    positive_count: int
    negative_count: int
    auc: float | None
    auc_low: float | None
    refused: str


@dataclass(frozen=True)
class Classifier:
    """A trained fastText model of two labels."""

    model: Any

    def scores(self, texts: pl.Series) -> pl.Series:
        """Probability of the positive side, 0..1: the mean over passages spread over the text; null for a text
        without letters.
        """
        passages = [_spread(passages_of(text)) if text else [] for text in texts]
        owners = np.repeat(np.arange(len(passages)), [len(x) for x in passages])
        found = positive_probability(self.model, [passage for some in passages for passage in some])
        sums = np.bincount(owners, weights=found, minlength=len(passages))
        counts = np.bincount(owners, minlength=len(passages))
        mean = np.divide(sums, counts, out=np.full(len(passages), np.nan), where=counts > 0)
        return pl.Series(mean, dtype=pl.Float32).fill_nan(None)


def train_classifier(
    positive: pl.DataFrame, negative: pl.DataFrame, settings: ClassifierSettings
) -> tuple[Classifier | None, ClassifierReport]:
    """Learn to tell two sides apart; frames with `text` and `group` (documents that must not be split between
    learning and measuring, such as those of a host).

    No classifier where either side is too small, or where the held-out AUC may be that of chance. A passage that
    stands on both sides is left out of the negative one.
    """
    taught, held_out = _sides(positive, negative)
    counts = (len(taught[0]), len(taught[1]))
    if min(counts) < LEAST_PASSAGES or min(map(len, held_out)) < LEAST_HELD_OUT:
        told = (
            f"too little text: {counts[0]} and {counts[1]} passages, {len(held_out[0])} and {len(held_out[1])} held out"
        )
        return None, ClassifierReport(*counts, None, None, told)
    model = _fit(*taught, settings)
    scores = [positive_probability(model, side) for side in held_out]
    auc = area_under_curve(*scores)
    low = auc - 1.96 * auc_standard_error(auc, len(scores[0]), len(scores[1]))
    refused = "" if low > 0.5 else f"held-out AUC {auc:.3f} may be chance"
    return (None if refused else Classifier(model)), ClassifierReport(*counts, auc, low, refused)


def passages_of(text: str) -> list[str]:
    """Parts of at most `PASSAGE_CHARACTERS`, cut at line ends and spaces where there are any; those without letters
    are left out. What looks like a label of fastText is taken out, or a page could name its own.
    """
    parts: list[str] = []
    held = ""
    for line in text.replace(LABEL, " ").split("\n"):
        for piece in _pieces(line):
            if len(held) + len(piece) >= PASSAGE_CHARACTERS:
                parts.append(held)
                held = ""
            held = f"{held} {piece}" if held else piece
    return [part for part in (*parts, held) if any(map(str.isalpha, part))]


def area_under_curve(positive: npt.NDArray[Any], negative: npt.NDArray[Any]) -> float:
    """Probability that a random positive scores above a random negative, ties as half (Mann and Whitney 1947)."""
    both = pl.Series(np.concatenate([positive, negative]))
    ranks = both.rank("average").to_numpy()[: len(positive)].sum()
    return float((ranks - len(positive) * (len(positive) + 1) / 2) / (len(positive) * len(negative)))


def auc_standard_error(auc: float, positive_count: int, negative_count: int) -> float:
    """Standard error of an AUC, by Hanley and McNeil 1982."""
    one, two = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    variance = auc * (1 - auc) + (positive_count - 1) * (one - auc**2) + (negative_count - 1) * (two - auc**2)
    return float(np.sqrt(max(0.0, variance) / (positive_count * negative_count)))


def positive_probability(model: Any, passages: Sequence[str]) -> npt.NDArray[np.float64]:
    """fastText's probability of the positive side for every passage."""
    if not passages:
        return np.empty(0)
    labels, scores = model.predict(list(passages), k=1)
    best = np.array([values[0] if len(values) else 0.5 for values in scores], dtype=np.float64)
    is_positive = np.array([bool(names) and names[0] == _POSITIVE for names in labels])
    return np.clip(np.where(is_positive, best, 1 - best), 0, 1)


def load_classifier(path: Path) -> Classifier:
    """A classifier from the file that `model.save_model` wrote."""
    import fasttext

    return Classifier(fasttext.load_model(str(path)))


def _pieces(line: str) -> Iterable[str]:
    line, start = line.strip(), 0
    while start < len(line):
        end = start + PASSAGE_CHARACTERS
        if end < len(line):
            # No later than half way: in scripts without spaces the last one may be far back.
            end = line.rfind(" ", start + PASSAGE_CHARACTERS // 2, end) + 1 or end
        yield line[start:end].strip()
        start = end


def _spread(passages: list[str]) -> list[str]:
    """At most `MOST_PASSAGES` of them at equal distances."""
    if len(passages) <= MOST_PASSAGES:
        return passages
    return [passages[n * len(passages) // MOST_PASSAGES] for n in range(MOST_PASSAGES)]


def _sides(
    positive: pl.DataFrame, negative: pl.DataFrame
) -> tuple[tuple[list[str], list[str]], tuple[list[str], list[str]]]:
    """Passages to learn from and held-out ones, each as (positive, negative), without repetitions."""
    known: set[str] = set()
    taught: list[list[str]] = []
    held_out: list[list[str]] = []
    for side in (positive, negative):
        parts: tuple[list[str], list[str]] = ([], [])
        kept_out = held_out_groups(side)
        for text, group in side.select("text", "group").iter_rows():
            fresh = [passage for passage in dict.fromkeys(passages_of(text)) if passage not in known]
            known.update(fresh)
            parts[group in kept_out].extend(fresh)
        taught.append(parts[0])
        held_out.append(parts[1])
    return (taught[0], taught[1]), (held_out[0], held_out[1])


def held_out_groups(documents: pl.DataFrame) -> set[str]:
    """Groups with about a fifth of the characters of `documents` (`text`, `group`), in the order of their hash. A
    group that would bring it above two fifths is passed over: a host may have most of a language's text.
    """
    sizes = documents.group_by("group").agg(pl.col("text").str.len_chars().sum())
    total, held, chosen = int(sizes["text"].sum() or 0), 0, set()
    for group, size in sorted(sizes.iter_rows(), key=lambda row: hashlib.sha256(row[0].encode()).digest()):
        if held < HELD_OUT_SHARE * total and held + size <= 2 * HELD_OUT_SHARE * total:
            chosen.add(str(group))
            held += size
    return chosen


def _fit(positive: list[str], negative: list[str], settings: ClassifierSettings) -> Any:
    # Both sides count the same, else the larger one decides what an undecided passage gets.
    most = max(len(positive), len(negative))
    rows = [
        f"{label} {side[n % len(side)]}"
        for label, side in ((_POSITIVE, positive), (_NEGATIVE, negative))
        for n in range(most)
    ]
    random.Random(settings.seed).shuffle(rows)
    return train_supervised(
        rows,
        dim=settings.dim,
        epochs=min(settings.most_epochs, max(1, round(settings.lines_read / len(rows)))),
        learning_rate=settings.learning_rate,
        shortest=1,
        longest=3,
        buckets=settings.buckets,
        least_word_count=settings.least_word_count,
        threads=settings.threads,
        seed=settings.seed,
    )
