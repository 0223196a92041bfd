"""Signals of single characters: a document's code points are counted once, and every share is a sum over the few
that occur.
"""

from typing import Any

import numpy as np

from lugha.signals.kernel.columns import POSITION
from lugha.signals.kernel.compiled import compiled
from lugha.signals.kernel.tables import (
    ASCII_PUNCTUATION,
    DIGIT,
    LETTER,
    MARK,
    NOISE,
    OF_A_SCRIPT,
    PARENTHESIS,
    PUNCTUATION,
    SPACE,
    UPPER,
)

Array = np.ndarray[Any, Any]
CHARACTER_COUNT = POSITION["character_count"]
HASH_WORD_SHARE = POSITION["hash_word_share"]
LETTER_SHARE, DIGIT_SHARE, SYMBOL_SHARE = (POSITION[f"{name}_share"] for name in ("letter", "digit", "symbol"))
WHITE_SPACE_SHARE, PARENTHESIS_SHARE = POSITION["white_space_share"], POSITION["parenthesis_share"]
UPPERCASE_SHARE, SCRIPT_SHARE, NOISE_SHARE = (POSITION[f"{name}_share"] for name in ("uppercase", "script", "noise"))
CHARACTER_ENTROPY = POSITION["character_entropy"]


@compiled
def characters(
    points: Array, kinds: Array, bounds: Array, rows: Array, flags: Array, own_letters: Array, counts: Array, out: Array
) -> None:
    """Fill the columns of single characters. `counts` has a zero for every code point and is handed back so.

    Left as counts, for later passes: noise characters and "#".
    """
    seen = np.empty(kinds.shape[0], np.uint32)
    for d in range(rows.shape[0]):
        start, end, row = bounds[d], bounds[d + 1], rows[d]
        found = 0
        for k in range(start, end):
            point = points[k]
            if counts[point] == 0:
                seen[found] = point
                found += 1
            counts[point] += 1
        out[CHARACTER_COUNT, row] = _gaps(kinds, start, end)
        out[HASH_WORD_SHARE, row] = counts[35]
        _shares(seen[:found], end - start, row, flags, own_letters, counts, out)
        for s in range(found):
            counts[seen[s]] = 0


@compiled
def _shares(seen: Array, total: int, row: int, flags: Array, own_letters: Array, counts: Array, out: Array) -> None:
    kept = letter = digit = symbol = space = parenthesis = upper = noise = of_a_script = own = 0
    surprise = 0.0
    for s in range(seen.shape[0]):
        point = seen[s]
        count, kind = counts[point], flags[point]
        surprise += count * np.log2(count)
        kept += 0 if kind & (SPACE | ASCII_PUNCTUATION) else count
        letter += count if kind & (LETTER | MARK) else 0
        digit += count if kind & DIGIT else 0
        symbol += count if kind & PUNCTUATION else 0
        space += count if kind & SPACE else 0
        parenthesis += count if kind & PARENTHESIS else 0
        upper += count if kind & UPPER else 0
        noise += count if kind & NOISE else 0
        of_a_script += count if kind & OF_A_SCRIPT else 0
        own += count if own_letters[point] else 0
    each = max(total, 1)
    out[CHARACTER_COUNT, row] += kept
    out[LETTER_SHARE, row] = letter / max(total - space, 1)
    out[DIGIT_SHARE, row], out[SYMBOL_SHARE, row] = digit / each, symbol / each
    out[WHITE_SPACE_SHARE, row], out[PARENTHESIS_SHARE, row] = space / each, parenthesis / each
    out[UPPERCASE_SHARE, row], out[SCRIPT_SHARE, row] = upper / each, own / max(of_a_script, 1)
    out[NOISE_SHARE, row] = noise
    out[CHARACTER_ENTROPY, row] = max(0.0, np.log2(each) - surprise / each)


@compiled
def _gaps(kinds: Array, start: int, end: int) -> int:
    """Runs of white space between characters that are no ASCII punctuation, which does not end a run."""
    left_out = SPACE | ASCII_PUNCTUATION
    while start < end and kinds[start] & left_out:
        start += 1
    gaps, is_pending = 0, np.uint32(0)
    for k in range(start, end):
        kind = kinds[k]
        is_kept = kind & left_out == 0
        gaps += is_kept & (is_pending != 0)
        is_pending = np.uint32(0) if is_kept else (is_pending | (kind & SPACE))
    return gaps
