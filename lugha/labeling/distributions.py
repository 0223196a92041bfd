"""What the scores of a language look like: mean, spread and quantiles of every signal, and how thin samples lean on
the languages around them.

A distribution is kept as its quantile function, so that several can be averaged: the average says what a typical
language of a family or a script looks like, where a pool of all documents would say what its largest language looks
like.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

Array = NDArray[np.float64]
PROBABILITIES: Array = np.linspace(0.0, 1.0, 201)
TOLD = slice(None, None, 10)  # of these, every tenth is stored: 0, .05, .., 1
SHRINKAGE = 50  # documents: with this many, a language's own distribution and that of its peers count the same
LEAST_PEER_DOCUMENTS = 20  # fewer say nothing about tails, whatever their weight
LEAST_PEERS = 3  # languages: fewer are somebody, not a family


@dataclass(frozen=True, eq=False)
class Distribution:
    """Scores of one signal: `count` documents (0 where it only leans on others), mean, standard deviation of the
    population, and `quantiles` at PROBABILITIES, ascending.
    """

    count: int
    mean: float
    standard_deviation: float
    quantiles: Array

    @property
    def median(self) -> float:
        """The quantile of one half."""
        return float(self.quantiles[len(self.quantiles) // 2])

    def quantile(self, share: float) -> float:
        """The score that `share` of the documents do not exceed; linear between neighbours."""
        return float(np.interp(share, PROBABILITIES, self.quantiles))

    def share_below(self, score: float) -> float:
        """Share of the documents with less than `score`, 0..1, to the resolution of PROBABILITIES."""
        return self._share(score, int(np.searchsorted(self.quantiles, score, side="left")))

    def share_up_to(self, score: float) -> float:
        """Share of the documents with `score` or less, 0..1."""
        return self._share(score, int(np.searchsorted(self.quantiles, score, side="right")))

    def _share(self, score: float, place: int) -> float:
        if place in (0, len(PROBABILITIES)):
            return float(place > 0)
        low, high = self.quantiles[place - 1], self.quantiles[place]
        part = (score - low) / (high - low) if high > low else 0.0
        return float(PROBABILITIES[place - 1] + part * (PROBABILITIES[place] - PROBABILITIES[place - 1]))

    def drawn_towards(self, other: "Distribution", weight: float) -> "Distribution":
        """This distribution with `weight` (0..1) and the other with the rest: every number lies between the two."""

        def between(mine: float, theirs: float) -> float:
            return weight * mine + (1 - weight) * theirs

        return Distribution(
            self.count,
            between(self.mean, other.mean),
            between(self.standard_deviation, other.standard_deviation),
            weight * self.quantiles + (1 - weight) * other.quantiles,
        )


def distribution(scores: pl.Series) -> Distribution | None:
    """Of the scores that are numbers; None where there are none. The order of the documents does not matter."""
    values = np.sort(scores.cast(pl.Float64).drop_nulls().to_numpy())
    values = values[np.isfinite(values)]
    if not values.size:
        return None
    # Linear between the two neighbours, and never outside of them by rounding.
    quantiles = np.maximum.accumulate(np.quantile(values, PROBABILITIES).clip(values[0], values[-1]))
    spread = 0.0 if values[0] == values[-1] else float(values.std())
    return Distribution(values.size, float(values.mean().clip(values[0], values[-1])), spread, quantiles)


@dataclass(frozen=True, eq=False)
class Population:
    """Distributions of one kind of text ("reference" or "crawl") by language and signal."""

    kind: str
    by_language: Mapping[str, Mapping[str, Distribution]]

    def of(self, language: str, signal: str) -> Distribution | None:
        """The distribution of one language, None where nothing of it was scored."""
        return self.by_language.get(language, {}).get(signal)

    def typical(self, group: tuple[str, ...], signal: str, without: str) -> tuple[Distribution, int] | None:
        """What the signal is like in a typical language of a group, leaving one out, and how many languages told.

        A language weighs count / (count + SHRINKAGE): not by its size, but one that is hardly known weighs less. None
        where fewer than LEAST_PEERS have LEAST_PEER_DOCUMENTS. The sums of a group are computed once.
        """
        place = self._places.get(signal)
        if place is None:
            return None
        if group not in self._totals:
            self._totals[group] = self._sums([self._rows[x] for x in group if x in self._rows])
        total, languages = self._totals[group][0][place], int(self._totals[group][1][place])
        if without in group and without in self._rows:
            own, is_counted = self._sums([self._rows[without]])
            total, languages = total - own[place], languages - int(is_counted[place])
        if languages < LEAST_PEERS:
            return None
        mean, spread, *quantiles = total[1:] / total[0]
        return Distribution(0, float(mean), float(spread), np.maximum.accumulate(quantiles)), languages

    def _sums(self, rows: list[int]) -> tuple[Array, Array]:
        """By signal: sum of the weights and the weighted sums of all numbers, and how many languages they are from."""
        chosen = self._stack[rows]
        counts = chosen[:, :, 0]
        weights = np.where(counts >= LEAST_PEER_DOCUMENTS, counts / (counts + SHRINKAGE), 0.0)
        sums = np.einsum("ls,lsn->sn", weights, chosen[:, :, 1:])
        return np.concatenate([weights.sum(axis=0)[:, None], sums], axis=1), (weights > 0).sum(axis=0)

    def save(self, path: Path) -> None:
        """Write it down; what stands at the path is replaced in one step."""
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{uuid.uuid4().hex[:8]}.npz")
        np.savez(temporary, languages=[*self._rows], signals=[*self._places], stack=self._stack)
        temporary.replace(path)

    @cached_property
    def _totals(self) -> dict[tuple[str, ...], tuple[Array, Array]]:
        return {}

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {language: n for n, language in enumerate(self.by_language)}

    @cached_property
    def _places(self) -> dict[str, int]:
        names = sorted({signal for of_language in self.by_language.values() for signal in of_language})
        return {signal: n for n, signal in enumerate(names)}

    @cached_property
    def _stack(self) -> Array:
        """Count, mean, standard deviation and quantiles, by language and signal; a count of 0 where there are none."""
        stack = np.zeros((len(self._rows), len(self._places), 3 + len(PROBABILITIES)))
        for language, of_language in self.by_language.items():
            for signal, x in of_language.items():
                numbers = [x.count, x.mean, x.standard_deviation, *x.quantiles]
                stack[self._rows[language], self._places[signal]] = numbers
        return stack


def load_population(kind: str, path: Path) -> Population:
    """What `Population.save` wrote."""
    with np.load(path) as stored:
        languages, names, stack = stored["languages"].tolist(), stored["signals"].tolist(), stored["stack"]
    return Population(
        kind,
        {
            language: {
                name: Distribution(int(numbers[0]), float(numbers[1]), float(numbers[2]), numbers[3:])
                for name, numbers in zip(names, of_language, strict=True)
                if numbers[0]
            }
            for language, of_language in zip(languages, stack, strict=True)
        },
    )
