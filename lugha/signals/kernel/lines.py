"""Signals of lines and paragraphs. White space around a text is no part of its lines."""

from typing import Any

import numpy as np

from lugha.signals.kernel.columns import POSITION
from lugha.signals.kernel.compiled import compiled, fed, mixed, table_size
from lugha.signals.kernel.tables import BULLET, LINE_END, NUMERIC, SPACE, TERMINAL

Array = np.ndarray[Any, Any]
LINES, LINE_CHARACTERS = POSITION["duplicate_line_share"], POSITION["duplicate_line_character_share"]
PARAGRAPHS, PARAGRAPH_CHARACTERS = (
    POSITION["duplicate_paragraph_share"],
    POSITION["duplicate_paragraph_character_share"],
)
TERMINAL_LINE_SHARE, SHORT_LINE_SHARE = POSITION["terminal_line_share"], POSITION["short_line_share"]
NUMERIC_LINE_SHARE = POSITION["numeric_line_share"]
BULLET_LINE_SHARE, ELLIPSIS_LINE_SHARE = POSITION["bullet_line_share"], POSITION["ellipsis_line_share"]
SHORT = 30  # characters: FineWeb's short_line_length
LINE_BREAK, CARRIAGE_RETURN, DOT, ELLIPSIS = 10, 13, 46, 0x2026


@compiled
def lines(points: Array, kinds: Array, bounds: Array, rows: Array, out: Array) -> None:
    """Fill the columns of lines and paragraphs."""
    for d in range(rows.shape[0]):
        start, end, row = bounds[d], bounds[d + 1], rows[d]
        total = end - start
        while start < end and kinds[start] & SPACE:
            start += 1
        while end > start and kinds[end - 1] & SPACE:
            end -= 1
        if start < end:
            _repetitions(points, start, end, total, row, out)
            _shapes(points, kinds, start, end, row, out)
            _starts_and_ends(points, kinds, start, end, row, out)


@compiled
def _is_new(table: Array, key: np.uint64) -> bool:
    """Whether a key was not in an open-addressing table, in which it is afterwards. 0 marks a free place."""
    mask = np.uint64(table.shape[0] - 1)
    place = key & mask
    while table[place] != 0:
        if table[place] == key:
            return False
        place = (place + np.uint64(1)) & mask
    table[place] = key
    return True


@compiled
def _repetitions(points: Array, start: int, end: int, total: int, row: int, out: Array) -> None:
    """Lines and paragraphs that repeat an earlier one, after datatrove's Gopher filter: line breaks in a row count as
    one between lines, two or more stand between paragraphs.
    """
    breaks = 0
    for k in range(start, end):
        breaks += points[k] == LINE_BREAK
    if breaks == 0:
        return
    seen, seen_paragraphs = np.zeros(table_size(breaks + 1), np.uint64), np.zeros(table_size(breaks + 1), np.uint64)
    count = again = again_characters = paragraphs = paragraphs_again = paragraph_characters = 0
    begin = paragraph = start
    state, of_paragraph = np.uint64(0), np.uint64(0)
    for k in range(start, end + 1):
        if k < end and points[k] != LINE_BREAK:
            state = fed(state, np.uint64(points[k]) + np.uint64(1))
            continue
        if k > begin:
            count += 1
            key = mixed(state)
            of_paragraph = fed(of_paragraph, key)
            if not _is_new(seen, key):
                again += 1
                again_characters += k - begin
        if k == end or (k > begin and points[k + 1] == LINE_BREAK):
            paragraphs += 1
            if not _is_new(seen_paragraphs, mixed(of_paragraph)):
                paragraphs_again += 1
                paragraph_characters += k - paragraph
            of_paragraph = np.uint64(0)
        if k == begin or (k < end and points[k + 1] == LINE_BREAK):
            paragraph = k + 1
        begin, state = k + 1, np.uint64(0)
    out[LINES, row], out[LINE_CHARACTERS, row] = again / count, again_characters / total
    out[PARAGRAPHS, row], out[PARAGRAPH_CHARACTERS, row] = paragraphs_again / paragraphs, paragraph_characters / total


@compiled
def _shapes(points: Array, kinds: Array, start: int, end: int, row: int, out: Array) -> None:
    """How the lines that are not blank look, after datatrove's FineWeb filter and dclm's numeric lines."""
    visible = terminal = short = numeric = 0
    begin, in_all, in_any = start, NUMERIC | SPACE, np.uint32(0)
    for k in range(start, end + 1):
        if k < end and points[k] != LINE_BREAK:
            in_all &= kinds[k]
            in_any |= ~kinds[k]
            continue
        if in_any & SPACE:
            visible += 1
            terminal += kinds[k - 1] & TERMINAL != 0
            short += k - begin <= SHORT
            numeric += in_all & NUMERIC != 0
        begin, in_all, in_any = k + 1, NUMERIC | SPACE, np.uint32(0)
    out[TERMINAL_LINE_SHARE, row], out[SHORT_LINE_SHARE, row] = terminal / visible, short / visible
    out[NUMERIC_LINE_SHARE, row] = numeric / visible


@compiled
def _starts_and_ends(points: Array, kinds: Array, start: int, end: int, row: int, out: Array) -> None:
    """Lines, blank ones too, that begin with a bullet or end in an ellipsis, after datatrove's Gopher filter."""
    count = bullets = ellipses = 0
    begin = start
    for k in range(start, end + 1):
        if k < end and (not kinds[k] & LINE_END or (points[k] == CARRIAGE_RETURN and points[k + 1] == LINE_BREAK)):
            continue
        count += 1
        first, last = begin, k - 1
        while first < k and kinds[first] & SPACE:
            first += 1
        while last > first and kinds[last] & SPACE:
            last -= 1
        if first < k:
            bullets += kinds[first] & BULLET != 0
            is_dotted = (
                last - first >= 2 and points[last] == DOT and points[last - 1] == DOT and points[last - 2] == DOT
            )
            ellipses += points[last] == ELLIPSIS or is_dotted
        begin = k + 1
    out[BULLET_LINE_SHARE, row], out[ELLIPSIS_LINE_SHARE, row] = bullets / count, ellipses / count
