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
    """The texts of a column, buffer by buffer; nulls are left out."""
    import pyarrow as pa

    column = texts.to_arrow(compat_level=pl.CompatLevel.newest()) if isinstance(texts, pl.Series) else texts
    first = 0
    for chunk in column.chunks if isinstance(column, pa.ChunkedArray) else [column]:
        if pa.types.is_string(chunk.type) or pa.types.is_large_string(chunk.type):
            yield from _by_offsets(chunk, first)
        else:
            yield from _by_views(chunk.cast(pa.string_view()), first)
        first += len(chunk)


def _by_offsets(chunk: "pa.Array", first: int) -> Iterator[Span]:
    import pyarrow as pa

    _, offsets, data = chunk.buffers()
    if not len(chunk) or data is None:
        return
    width = np.int32 if pa.types.is_string(chunk.type) else np.int64
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
        rows = np.flatnonzero(~is_inline & is_there & (words[:, 2] == number))
        starts = words[rows, 3].astype(np.int64)
        yield Span(_bytes(block), starts, starts + lengths[rows], rows + first)


def _bytes(buffer: "pa.Buffer") -> Array:
    """Never writable, since numba compiles a function once more for writable arrays."""
    data = np.frombuffer(buffer, np.uint8)
    data.flags.writeable = False
    return data


def _is_there(chunk: "pa.Array") -> Array:
    if not chunk.null_count:
        return np.ones(len(chunk), bool)
    found: Array = chunk.is_valid().to_numpy(zero_copy_only=False)
    return found
