"""Signals of lines and paragraphs. White space around a text is no part of its lines."""

from typing import Any

import numpy as np

from lugha.signals.kernel.columns import POSITION
from lugha.signals.kernel.compiled import GOLDEN, MURMUR, compiled, fed, mixed, table_size
from lugha.signals.kernel.tables import BULLET, LINE_END, NUMERIC, SPACE, TERMINAL, WORD_HERE

Array = np.ndarray[Any, Any]
LINES, LINE_CHARACTERS = POSITION["duplicate_line_share"], POSITION["duplicate_line_character_share"]
PARAGRAPHS, PARAGRAPH_CHARACTERS = (
    POSITION["duplicate_paragraph_share"],
    POSITION["duplicate_paragraph_character_share"],
)
TERMINAL_LINE_SHARE, SHORT_LINE_SHARE = POSITION["terminal_line_share"], POSITION["short_line_share"]
NUMERIC_LINE_SHARE, ONE_WORD_LINE_SHARE = POSITION["numeric_line_share"], POSITION["one_word_line_share"]
LINE_BREAK_WORD_SHARE = POSITION["line_break_word_share"]
BULLET_LINE_SHARE, ELLIPSIS_LINE_SHARE = POSITION["bullet_line_share"], POSITION["ellipsis_line_share"]
SHORT = 30  # characters: FineWeb's short_line_length
LINE_BREAK, CARRIAGE_RETURN, DOT, ELLIPSIS = 10, 13, 46, 0x2026


@compiled
def lines(points: Array, kinds: Array, bounds: Array, token_bounds: Array, rows: Array, out: Array) -> None:
    """Fill the columns of lines and paragraphs, after `words`, which says how many tokens there are."""
    for d in range(rows.shape[0]):
        start, end, row = bounds[d], bounds[d + 1], rows[d]
        total = end - start
        while start < end and kinds[start] & SPACE:
            start += 1
        while end > start and kinds[end - 1] & SPACE:
            end -= 1
        if start < end:
            ends, broken = _line_ends(points, kinds, start, end)
            if ends.shape[0] > 1:
                _repetitions(points, start, ends, total, row, out)
            _shapes(kinds, start, ends, row, out)
            tokens = token_bounds[d + 1] - token_bounds[d]
            out[LINE_BREAK_WORD_SHARE, row] = (ends.shape[0] - 1) / max(tokens, 1)
            _starts_and_ends(points, kinds, start, broken, row, out)


@compiled
def _line_ends(points: Array, kinds: Array, start: int, end: int) -> tuple[Array, Array]:
    """Where lines end, the last one with the text: by line feeds alone, and by all that str.splitlines splits at."""
    count = 1
    for k in range(start, end):
        count += kinds[k] & LINE_END != 0
    ends, broken = np.empty(count, np.int64), np.empty(count, np.int64)
    n = m = 0
    if count > 1:
        for k in range(start, end):
            if kinds[k] & LINE_END:
                if points[k] == LINE_BREAK:
                    ends[n] = k
                    n += 1
                if points[k] != CARRIAGE_RETURN or points[k + 1] != LINE_BREAK:
                    broken[m] = k
                    m += 1
    ends[n], broken[m] = end, end
    return ends[: n + 1], broken[: m + 1]


@compiled
def _key(points: Array, start: int, end: int) -> np.uint64:
    """Hash of a line. A sum of hashed (place, character) pairs, which do not wait for each other as a running hash
    does.
    """
    total, place = np.uint64(end - start), GOLDEN
    for k in range(start, end):
        value = (np.uint64(points[k]) + place) * MURMUR
        total += (value ^ (value >> np.uint64(29))) * GOLDEN
        place += GOLDEN
    return mixed(total)


@compiled
def _is_new(table: Array, key: np.uint64) -> bool:
    """Whether a key was not in an open-addressing table, in which it is afterwards. 0 marks a free place."""
    mask = np.uint64(table.shape[0] - 1)
    place = key >> np.uint64(1) & mask
    while table[place] != 0:
        if table[place] == key:
            return False
        place = (place + np.uint64(1)) & mask
    table[place] = key
    return True


@compiled
def _repetitions(points: Array, start: int, ends: Array, total: int, row: int, out: Array) -> None:
    """Lines and paragraphs that repeat an earlier one, after datatrove's Gopher filter: line breaks in a row count as
    one between lines, two or more stand between paragraphs.
    """
    size = table_size(ends.shape[0])
    seen, seen_paragraphs = np.zeros(size, np.uint64), np.zeros(size, np.uint64)
    count = again = again_characters = paragraphs = paragraphs_again = paragraph_characters = 0
    begin = paragraph = start
    of_paragraph = np.uint64(0)
    for e in range(ends.shape[0]):
        end = ends[e]
        is_last_of_paragraph = e + 1 == ends.shape[0] or ends[e + 1] == end + 1
        if end > begin:
            count += 1
            key = _key(points, begin, end)
            of_paragraph = fed(of_paragraph, key)
            if not _is_new(seen, key):
                again += 1
                again_characters += end - begin
            if is_last_of_paragraph:
                paragraphs += 1
                if not _is_new(seen_paragraphs, mixed(of_paragraph)):
                    paragraphs_again += 1
                    paragraph_characters += end - paragraph
                of_paragraph = np.uint64(0)
        if is_last_of_paragraph or end == begin:
            paragraph = end + 1
        begin = end + 1
    out[LINES, row], out[LINE_CHARACTERS, row] = again / count, again_characters / total
    out[PARAGRAPHS, row], out[PARAGRAPH_CHARACTERS, row] = paragraphs_again / paragraphs, paragraph_characters / total


@compiled
def _shapes(kinds: Array, start: int, ends: Array, row: int, out: Array) -> None:
    """How the lines that are not blank look, after datatrove's FineWeb filter and dclm's lines of digits and of one
    word.
    """
    visible = terminal = short = numeric = one_word = 0
    begin = start
    for end in ends:
        seen = digit = word = begin
        words_in_line = 0
        while word < end and words_in_line < 2:
            words_in_line += kinds[word] & WORD_HERE != 0
            word += 1
        while seen < end and kinds[seen] & SPACE:
            seen += 1
        while digit < end and kinds[digit] & NUMERIC:
            digit += 1
        if seen < end:
            visible += 1
            terminal += kinds[end - 1] & TERMINAL != 0
            short += end - begin <= SHORT
            numeric += digit == end
            one_word += words_in_line == 1
        begin = end + 1
    out[TERMINAL_LINE_SHARE, row], out[SHORT_LINE_SHARE, row] = terminal / visible, short / visible
    out[NUMERIC_LINE_SHARE, row], out[ONE_WORD_LINE_SHARE, row] = numeric / visible, one_word / visible


@compiled
def _starts_and_ends(points: Array, kinds: Array, start: int, ends: Array, row: int, out: Array) -> None:
    """Lines, blank ones too, that begin with a bullet or end in an ellipsis, after datatrove's Gopher filter."""
    bullets = ellipses = 0
    begin = start
    for end in ends:
        first, last = begin, end - 1
        while first < end and kinds[first] & SPACE:
            first += 1
        while last > first and kinds[last] & SPACE:
            last -= 1
        if first < end:
            bullets += kinds[first] & BULLET != 0
            is_dotted = (
                last - first >= 2 and points[last] == DOT and points[last - 1] == DOT and points[last - 2] == DOT
            )
            ellipses += points[last] == ELLIPSIS or is_dotted
        begin = end + 1
    count = ends.shape[0]
    out[BULLET_LINE_SHARE, row], out[ELLIPSIS_LINE_SHARE, row] = bullets / count, ellipses / count
