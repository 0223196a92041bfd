"""How surprising a text is to a character n-gram model of its language, in bits per character.

Characters, because a word model needs a segmenter and more text than most of these languages have. Interpolated
Witten-Bell smoothing: Witten and Bell 1991, method C; the interpolated form is that of Chen and Goodman 1998,
section 2.4. An n-gram that is pruned leaves its count to the shorter context, so the probabilities of every context
still sum to one over all code points of Unicode. Text is folded first: case, digits to 0 and runs of white space to
one, as CCNet folds it (Wenzek et al. 2020, section 3.3), but accents stay, since they make words in many languages.

No package of this kind with wheels was found (kenlm has none), so it is written here. Imported lazily: it needs numba.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

CODE_POINTS = 0x110000
START = 0  # stands before the first character; NUL itself is folded to a space
SPACE = 0x20
_TABULATED = 0x20000  # no cased letter, digit or space is assigned above; what is there stands for itself

Symbols = npt.NDArray[np.uint32]
Hashes = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.float32]


@dataclass(frozen=True)
class NgramModel:
    """`keys` are hashes of the n-grams of all lengths, sorted; `log_probability` of the last character after the
    others and `log_backoff` (what the n-gram passes on as a context), both base 2; `log_unseen` is the probability of
    a character that never occurred.
    """

    order: int
    keys: Hashes
    log_probability: Numbers
    log_backoff: Numbers
    log_unseen: float

    def bits_per_character(self, texts: Sequence[str | None]) -> npt.NDArray[np.float32]:
        """Mean bits a character; NaN for a text without characters."""
        slots, values = self._table()
        bits = np.full(len(texts), np.nan, dtype=np.float32)
        for n, text in enumerate(texts):
            if text:
                bits[n] = _bits(_code_points(text), _folding(), self.order, slots, values, self.log_unseen)
        return bits

    def _table(self) -> tuple[Hashes, Numbers]:
        if "table" not in self.__dict__:
            # A frozen dataclass still has a dictionary; the table is derived, and built on first use only.
            self.__dict__["table"] = _open_addressing(self.keys, self.log_probability, self.log_backoff)
        table: tuple[Hashes, Numbers] = self.__dict__["table"]
        return table

    def save(self, path: Path) -> None:
        """Write the model; half precision is enough for logarithms of at most 40."""
        np.savez_compressed(
            path,
            order=np.int64(self.order),
            keys=self.keys,
            log_probability=self.log_probability.astype(np.float16),
            log_backoff=self.log_backoff.astype(np.float16),
            log_unseen=np.float64(self.log_unseen),
        )


def load_ngrams(path: Path) -> NgramModel:
    """A model that `save` wrote."""
    with np.load(path) as stored:
        return NgramModel(
            int(stored["order"]),
            stored["keys"],
            stored["log_probability"].astype(np.float32),
            stored["log_backoff"].astype(np.float32),
            float(stored["log_unseen"]),
        )


def train_ngrams(texts: Sequence[str], order: int, most_ngrams: int, alphabet_size: int = CODE_POINTS) -> NgramModel:
    """A model of these texts. Where they have more than `most_ngrams` different n-grams, those of two characters and
    more that are rarest are pruned, by the smallest count that suffices. `alphabet_size` is how many characters there
    could be.
    """
    symbols = np.concatenate([_folded(_code_points(text), _folding()) for text in texts] or [np.empty(0, np.uint32)])
    levels = _counted(symbols, order)
    least = _least_count([level.count for level in levels], most_ngrams)
    first = levels[0]
    total, kinds = first.count.sum(), len(first.count)
    escape = kinds / max(1, total + kinds)
    unseen = (escape or 1.0) / alphabet_size
    probability = first.count / max(1, total + kinds) + unseen
    entries = {_key_of_start(): [0.0, 0.0]}
    entries |= {key: [np.log2(p), 0.0] for key, p in zip(first.key.tolist(), probability, strict=True)}
    keys, lower = first.key, probability
    for level in levels[1:]:
        keys, lower = _interpolate(level, least, keys, lower, entries)
    ordered = sorted(entries)
    values = np.array([entries[key] for key in ordered], dtype=np.float32).reshape(-1, 2)
    return NgramModel(order, np.array(ordered, dtype=np.uint64), values[:, 0], values[:, 1], float(np.log2(unseen)))


@dataclass(frozen=True)
class _Level:
    """The different n-grams of one length: hash, hash of the context, hash without the first character, count."""

    key: Hashes
    context: Hashes
    suffix: Hashes
    count: npt.NDArray[np.int64]


def _interpolate(
    level: _Level, least: int, lower_keys: Hashes, lower: npt.NDArray[np.float64], entries: dict[int, list[float]]
) -> tuple[Hashes, npt.NDArray[np.float64]]:
    """Add the n-grams of one length to `entries` and give their contexts what they pass on; hashes and
    probabilities of what was kept.
    """
    contexts, of_context = np.unique(level.context, return_inverse=True)
    total = np.bincount(of_context, weights=level.count)
    kinds = np.bincount(of_context)
    kept = level.count >= least
    kept_total = np.bincount(of_context, weights=np.where(kept, level.count, 0))
    passed_on = (total + kinds - kept_total) / (total + kinds)
    place = of_context[kept]
    below = lower[np.searchsorted(lower_keys, level.suffix[kept])]
    probability = level.count[kept] / (total + kinds)[place] + passed_on[place] * below
    entries.update(
        (key, [p, 0.0]) for key, p in zip(level.key[kept].tolist(), np.log2(probability).tolist(), strict=True)
    )
    for key, share in zip(contexts.tolist(), np.log2(passed_on).tolist(), strict=True):
        if key in entries:  # a pruned context passes on everything
            entries[key][1] = share
    return level.key[kept], probability


def _counted(symbols: Symbols, order: int) -> list[_Level]:
    """N-grams of one to `order` characters; none of them crosses the start of a text."""
    positions = np.arange(len(symbols))
    starts = np.maximum.accumulate(np.where(symbols == START, positions, 0)) if len(symbols) else positions
    levels, keys = [], _mixed(_spread(symbols))
    shorter, suffix = np.zeros(len(symbols), np.uint64), np.zeros(len(symbols), np.uint64)
    for length in range(1, order + 1):
        if length > 1:
            suffix = keys
            keys = keys.copy()
            keys[length - 1 :] = _mixed(suffix[length - 1 :] ^ _spread(symbols[: len(symbols) - length + 1]))
            shorter = np.roll(suffix, 1)
        ends = positions[(symbols != START) & (positions - starts >= length - 1)]
        unique, first, count = np.unique(keys[ends], return_index=True, return_counts=True)
        levels.append(_Level(unique, shorter[ends[first]], suffix[ends[first]], count))
    return levels


def _least_count(counts: Sequence[npt.NDArray[np.int64]], most: int) -> int:
    """The smallest count from which on n-grams of two characters and more are kept so that at most `most` are."""
    longer = np.concatenate(list(counts[1:]) or [np.empty(0, np.int64)])
    room = max(0, most - len(counts[0]))
    return 1 if len(longer) <= room else int(np.sort(longer)[len(longer) - room - 1]) + 1


def _spread(symbols: Symbols) -> Hashes:
    """Characters over all 64 bits, so that order matters in what is mixed of them."""
    with np.errstate(over="ignore"):
        spread: Hashes = (symbols.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    return spread


def _mixed(x: Hashes) -> Hashes:
    """The finalizer of splitmix64 (Steele, Lea and Flood 2014)."""
    with np.errstate(over="ignore"):
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed: Hashes = x ^ (x >> np.uint64(31))
    return mixed


def _key_of_start() -> int:
    return int(_mixed(_spread(np.array([START], dtype=np.uint32)))[0])


def _code_points(text: str) -> Symbols:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


@cache
def _folding() -> Symbols:
    """What each code point is read as."""
    table = np.arange(_TABULATED, dtype=np.uint32)
    for code in range(_TABULATED):
        character = chr(code)
        lower = character.lower()
        if character.isspace() or unicodedata.category(character) == "Cc":
            table[code] = SPACE
        elif character.isdecimal():
            table[code] = ord("0")
        elif len(lower) == 1:
            table[code] = ord(lower)
    return table


@njit(cache=True)
def _folded(points: Any, folding: Any) -> Any:
    """The symbols of a text behind a start symbol, runs of space as one."""
    symbols = np.empty(len(points) + 1, dtype=np.uint32)
    symbols[0] = START
    count = 1
    for point in points:
        symbol = folding[point] if point < len(folding) else point
        if symbol != SPACE or symbols[count - 1] != SPACE:
            symbols[count] = symbol
            count += 1
    return symbols[:count]


@njit(cache=True)
def _mix(x: Any) -> Any:
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@njit(cache=True)
def _spread_one(symbol: Any) -> Any:
    return (np.uint64(symbol) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)


@njit(cache=True)
def _open_addressing(keys: Any, log_probability: Any, log_backoff: Any) -> Any:
    """The n-grams in a hash table at most half full; a free slot holds 0."""
    size = 16
    while size < 2 * len(keys):
        size *= 2
    slots = np.zeros(size, dtype=np.uint64)
    values = np.zeros((size, 2), dtype=np.float32)
    for n in range(len(keys)):
        slot = np.int64(keys[n] & np.uint64(size - 1))
        while slots[slot] != 0:
            slot = (slot + 1) & (size - 1)
        slots[slot] = keys[n]
        values[slot, 0] = log_probability[n]
        values[slot, 1] = log_backoff[n]
    return slots, values


@njit(cache=True)
def _slot_of(key: Any, slots: Any) -> Any:
    slot = np.int64(key & np.uint64(len(slots) - 1))
    while slots[slot] != key:
        if slots[slot] == 0:
            return -1
        slot = (slot + 1) & (len(slots) - 1)
    return slot


@njit(cache=True)
def _bits(points: Any, folding: Any, order: Any, slots: Any, values: Any, log_unseen: Any) -> Any:
    """Mean bits a character. The context of a character are the n-grams that were found to end before it, so only
    one more look-up than the longest of them is needed.
    """
    symbols = _folded(points, folding)
    backoffs, found_backoffs = np.zeros(order + 1), np.zeros(order + 1)
    start = _slot_of(_mix(_spread_one(np.uint32(START))), slots)
    known = 1 if start >= 0 else 0
    backoffs[1] = values[start, 1] if known else 0.0
    bits = 0.0
    for end in range(1, len(symbols)):
        key, found, log_probability = np.uint64(0), 0, log_unseen
        for length in range(1, min(order, known + 1) + 1):
            key = _mix(key ^ _spread_one(symbols[end - length + 1]))
            slot = _slot_of(key, slots)
            if slot < 0:
                break
            found, log_probability = length, values[slot, 0]
            found_backoffs[length] = values[slot, 1]
        bits -= log_probability
        # A context as long as the model's order is never used whole.
        for length in range(max(1, found), min(known, order - 1) + 1):
            bits -= backoffs[length]
        known = found
        backoffs, found_backoffs = found_backoffs, backoffs
    return bits / max(1, len(symbols) - 1)
