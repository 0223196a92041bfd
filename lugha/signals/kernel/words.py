"""Words: where they begin and end, what each hashes to, and the signals that count them."""

from typing import Any

import numpy as np

from lugha.signals.kernel.columns import POSITION
from lugha.signals.kernel.compiled import compiled, fed
from lugha.signals.kernel.tables import BREAK, IN_WORD, LETTER, MEANT, SPACE, SYMBOL, WORD_HERE, WORD_START

Array = np.ndarray[Any, Any]
WORD_COUNT, MEAN_WORD_LENGTH = POSITION["word_count"], POSITION["mean_word_length"]
LONGEST_WORD_LENGTH, ALPHABETIC_WORD_SHARE = POSITION["longest_word_length"], POSITION["alphabetic_word_share"]
HASH_WORD_SHARE, ELLIPSIS_WORD_SHARE = POSITION["hash_word_share"], POSITION["ellipsis_word_share"]


@compiled
def _goes_on(kind: np.uint32, point: np.uint32, last: np.uint32, in_symbol: bool, is_given: bool) -> bool:
    """Whether a character belongs to the token before it."""
    if kind & (BREAK | SPACE):
        return False
    if is_given:
        return True
    return bool(point == last) if in_symbol else bool(kind & IN_WORD != 0)


@compiled
def _token(points: Array, kinds: Array, k: int, end: int, is_given: bool) -> tuple[int, np.uint64, np.uint32]:
    """Where the token that begins at k ends, its hash, and the flags that its characters have."""
    kind, point, flags, state = kinds[k], points[k], np.uint32(0), np.uint64(0)
    in_symbol = kind & WORD_START == 0
    while True:
        flags |= kind
        state = fed(state, np.uint64(point) + np.uint64(1))
        k += 1
        if k == end or not _goes_on(kinds[k], points[k], point, in_symbol, is_given):
            return k, state, flags
        kind, point = kinds[k], points[k]


@compiled
def words(
    points: Array, kinds: Array, bounds: Array, rows: Array, is_given: bool, out: Array
) -> tuple[Array, Array, Array]:
    """Fill the columns of words, and give the tokens of all documents end to end: their hashes, the characters up to
    and with each of them, and where each document ends.

    Where `is_given`, tokens end at white space and at BREAK and nowhere else. Otherwise a token is a word (a letter or
    digit and the letters, marks, digits and joiners behind it, up to BREAK) or a symbol (a run of one and the same).
    Where a word begins, the flag WORD_HERE is set in `kinds`.
    """
    hashes, ends = np.empty(points.shape[0], np.uint64), np.empty(points.shape[0], np.int64)
    token_bounds = np.zeros(rows.shape[0] + 1, np.int64)
    n = 0
    for d in range(rows.shape[0]):
        row, first, k, end = rows[d], n, bounds[d], bounds[d + 1]
        meant = meant_characters = alphabetic = longest = characters = 0
        while k < end:
            kind = kinds[k]
            if kind & SPACE or not (is_given or kind & (WORD_START | SYMBOL)):
                k += 1
                continue
            begin, is_symbol = k, kind & WORD_START == 0 and not is_given
            k, hashes[n], flags = _token(points, kinds, k, end, is_given)
            length = k - begin
            characters += length
            ends[n] = characters
            n += 1
            alphabetic += flags & LETTER != 0
            if flags & MEANT and not is_symbol:
                kinds[begin] |= WORD_HERE
                meant += 1
                meant_characters += length
                longest = max(longest, length)
        token_bounds[d + 1] = n
        each = max(n - first, 1)
        out[WORD_COUNT, row], out[MEAN_WORD_LENGTH, row] = meant, meant_characters / max(meant, 1)
        out[LONGEST_WORD_LENGTH, row], out[ALPHABETIC_WORD_SHARE, row] = longest, alphabetic / each
        out[HASH_WORD_SHARE, row] /= each
        out[ELLIPSIS_WORD_SHARE, row] /= each
    return hashes[:n], ends[:n], token_bounds


@compiled
def hash_of(points: Array) -> np.uint64:
    """The hash of a token of these code points."""
    state = np.uint64(0)
    for point in points:
        state = fed(state, np.uint64(point) + np.uint64(1))
    return state
