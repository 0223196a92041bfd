"""Texts as byte ranges of Arrow buffers. No text is copied."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Union

import numpy as np
import polars as pl

if TYPE_CHECKING:
    import pyarrow as pa

Array = np.ndarray[Any, Any]
Texts = Union[pl.Series, "pa.Array", "pa.ChunkedArray"]
VIEW = 16  # bytes of an Arrow string view: length, then up to 12 bytes of text, or prefix, buffer and offset
INLINE = 12


@dataclass(frozen=True)
class Span:
    """Some texts in one buffer: their bytes from `starts` to `ends`, and their `rows` in the column."""

    data: Array
    starts: Array
    ends: Array
    rows: Array


def spans(texts: Texts) -> Iterator[Span]:
    """The texts of a column of strings, buffer by buffer; nulls are left out. Raises pyarrow.ArrowInvalid and its like
    for a column that is not of strings.
    """
    import pyarrow as pa

    column = texts.to_arrow(compat_level=pl.CompatLevel.newest()) if isinstance(texts, pl.Series) else texts
    first = 0
    for chunk in column.chunks if isinstance(column, pa.ChunkedArray) else [column]:
        if pa.types.is_string_view(chunk.type):
            yield from _by_views(chunk, first)
        elif pa.types.is_large_string(chunk.type):
            yield from _by_offsets(chunk, np.int64, first)
        else:
            yield from _by_offsets(
                chunk if pa.types.is_string(chunk.type) else chunk.cast(pa.string()), np.int32, first
            )
        first += len(chunk)


def _by_offsets(chunk: "pa.Array", width: type[np.integer[Any]], first: int) -> Iterator[Span]:
    _, offsets, data = chunk.buffers()
    if not len(chunk) or data is None:
        return
    bounds = np.frombuffer(offsets, width)[chunk.offset : chunk.offset + len(chunk) + 1].astype(np.int64)
    rows = np.flatnonzero(_is_there(chunk))
    yield Span(_bytes(data), bounds[rows], bounds[rows + 1], rows + first)


def _by_views(chunk: "pa.Array", first: int) -> Iterator[Span]:
    _, views, *blocks = chunk.buffers()
    if not len(chunk):
        return
    own = _bytes(views)[VIEW * chunk.offset : VIEW * (chunk.offset + len(chunk))]
    words = own.view(np.int32).reshape(-1, 4)
    lengths, is_there = words[:, 0].astype(np.int64), _is_there(chunk)
    is_inline = lengths <= INLINE
    rows = np.flatnonzero(is_inline & is_there)
    yield Span(own, rows * VIEW + 4, rows * VIEW + 4 + lengths[rows], rows + first)
    for number, block in enumerate(blocks):
        rows = np.flatnonzero(~is_inline & (is_there == 1) & (words[:, 2] == number))
        starts = words[rows, 3].astype(np.int64)
        yield Span(_bytes(block), starts, starts + lengths[rows], rows + first)


def _bytes(buffer: "pa.Buffer") -> Array:
    """Never writable, since numba compiles a function once more for writable arrays."""
    data = np.frombuffer(buffer, np.uint8)
    data.flags.writeable = False
    return data


def _is_there(chunk: "pa.Array") -> Array:
    """Read from the bitmap, because pyarrow's own way loads its compute functions: 0.05 CPU-seconds."""
    bitmap = chunk.buffers()[0]
    if bitmap is None:
        return np.ones(len(chunk), np.uint8)
    return np.unpackbits(_bytes(bitmap), bitorder="little")[chunk.offset : chunk.offset + len(chunk)]
