"""Texts as byte ranges of Arrow buffers, in pieces that fit the processor's cache. No text is copied."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

Array = np.ndarray[Any, Any]
PIECE = 1 << 18  # bytes of text decoded at a time; a longer document is a piece of its own
VIEW = 16  # bytes of an Arrow string view: length, then up to 12 bytes of text, or prefix, buffer and offset
INLINE = 12


@dataclass(frozen=True)
class Piece:
    """Some documents in one buffer: their bytes from `starts` to `ends`, their `rows` in the column, and the breaks of
    document d, counted from its start, at `breaks[first_break[d]:first_break[d + 1]]`.
    """

    data: Array
    starts: Array
    ends: Array
    rows: Array
    breaks: Array
    first_break: Array


def pieces(texts: pl.Series, breaks: Array) -> Iterator[Piece]:
    """The texts of a column, buffer by buffer; `breaks` are offsets into all texts end to end. Nulls are left out."""
    lengths = texts.str.len_bytes().fill_null(0).to_numpy().astype(np.int64)
    begins = np.cumsum(lengths) - lengths
    row = 0
    for chunk in texts.get_chunks():
        for data, starts, within in _buffers(chunk):
            rows = within + row
            ends = starts + lengths[rows]
            for part in _parts(lengths[rows]):
                yield _piece(data, starts[part], ends[part], rows[part], breaks, begins)
        row += len(chunk)


def _buffers(chunk: pl.Series) -> Iterator[tuple[Array, Array, Array]]:
    """Every buffer with the starts of the texts in it and their rows, from Arrow's string views."""
    array = chunk.to_arrow(compat_level=pl.CompatLevel.newest())
    _, views, *blocks = array.buffers()
    if not len(array):
        return
    own = np.frombuffer(views, np.uint8)[VIEW * array.offset : VIEW * (array.offset + len(array))]
    words = own.view(np.int32).reshape(-1, 4)
    is_there = chunk.is_not_null().to_numpy()
    is_inline = words[:, 0] <= INLINE
    rows = np.flatnonzero(is_inline & is_there)
    yield own, rows * VIEW + 4, rows
    for number, block in enumerate(blocks):
        rows = np.flatnonzero(~is_inline & is_there & (words[:, 2] == number))
        if len(rows):
            yield np.frombuffer(block, np.uint8), words[rows, 3].astype(np.int64), rows


def _parts(lengths: Array) -> Iterator[slice]:
    """Runs of documents of about `PIECE` bytes."""
    ends = np.cumsum(lengths)
    start = 0
    while start < len(lengths):
        reached = ends[start] - lengths[start] + PIECE
        stop = max(start + 1, int(np.searchsorted(ends, reached, side="right")))
        yield slice(start, stop)
        start = stop


def _piece(data: Array, starts: Array, ends: Array, rows: Array, breaks: Array, begins: Array) -> Piece:
    if not len(breaks):
        return Piece(data, starts, ends, rows, breaks, np.zeros(len(rows) + 1, np.int64))
    low = np.searchsorted(breaks, begins[rows])
    high = np.searchsorted(breaks, begins[rows] + ends - starts)
    counts = high - low
    first_break = np.concatenate([[0], np.cumsum(counts)])
    picked = np.arange(first_break[-1]) - np.repeat(first_break[:-1] - low, counts)
    return Piece(data, starts, ends, rows, breaks[picked] - np.repeat(begins[rows], counts), first_break)
