"""All signals that need nothing but the text, in one reading of the Arrow buffer.

The text is taken in pieces that fit the processor's cache. Each piece is decoded once, and five compiled passes go over
its code points: single characters, short sequences, words, lines, and what repeats. Time and memory grow with the text
and no faster; memory that a huge document needed is given back after it.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import polars as pl

from lugha.segmentation import word_breaks
from lugha.signals.kernel.buffers import Piece, pieces
from lugha.signals.kernel.columns import COLUMNS, POSITION

Array = np.ndarray[Any, Any]
BYTE_COUNT, COMPRESSION_SHARE = POSITION["byte_count"], POSITION["compression_share"]
STOP_WORDS = [POSITION["stop_word_count"], POSITION["stop_word_share"]]


def measure(
    texts: pl.Series, script: str, stop_words: Sequence[str] = (), breaks: Array | None = None
) -> dict[str, pl.Series]:
    """Every column of `COLUMNS` as Float32, one value for each text; a null text has nulls, an empty one zeros.

    `script` (ISO 15924) is the one that `script_share` counts; "Zyyy" counts every letter. Without `stop_words` the
    columns of stop words are null; a stop word counts as written, capitalised and in capitals.

    Words are those of lugha/scripts.py, in unspaced scripts those of lugha/segmentation.py. With `breaks`, in the form
    of `lugha.segmentation.word_breaks`, words are what stands between white space and these breaks, so that values can
    be compared with those of another tokenizer.
    """
    from lugha.signals.kernel.tables import CODE_POINTS, flags, letters

    is_given = breaks is not None
    places = word_breaks(texts) if breaks is None else breaks
    out = np.zeros((len(COLUMNS), len(texts)), np.float32)
    counts = np.zeros(CODE_POINTS, np.int32)
    own_letters, stops = letters(script), _stops(stop_words)
    for piece in pieces(texts, places):
        _score(piece, flags(), own_letters, stops, is_given, counts, out)
    columns = {name: pl.Series(name, values) for name, values in zip(COLUMNS, out, strict=True)}
    empty = pl.Series([None], dtype=pl.Float32)
    if texts.null_count():
        columns = {name: values.zip_with(texts.is_not_null(), empty).alias(name) for name, values in columns.items()}
    if not stop_words:
        none = pl.repeat(None, len(texts), dtype=pl.Float32, eager=True)
        columns |= {COLUMNS[position]: none.alias(COLUMNS[position]) for position in STOP_WORDS}
    return columns


def _score(
    piece: Piece,
    flags: Array,
    own_letters: Array,
    stops: tuple[Array, Array],
    is_given: bool,
    counts: Array,
    out: Array,
) -> None:
    from lugha.signals.kernel.characters import characters
    from lugha.signals.kernel.decoding import decoded
    from lugha.signals.kernel.lines import lines
    from lugha.signals.kernel.repetition import repetition
    from lugha.signals.kernel.sequences import sequences
    from lugha.signals.kernel.words import words

    rows = piece.rows
    out[BYTE_COUNT, rows] = piece.ends - piece.starts
    out[COMPRESSION_SHARE, rows] = list(_compressed(piece))
    points, kinds, bounds = decoded(piece.data, piece.starts, piece.ends, piece.breaks, piece.first_break, flags)
    characters(points, kinds, bounds, rows, flags, own_letters, counts, out)
    sequences(points, kinds, bounds, rows, out)
    hashes, ends, token_bounds = words(points, kinds, bounds, rows, is_given, out)
    lines(points, kinds, bounds, token_bounds, rows, out)
    repetition(hashes, ends, token_bounds, bounds, rows, stops, out)


def _compressed(piece: Piece) -> Iterator[float]:
    """Bytes after LZ4 (raw blocks, default level) of the bytes before, 0..1; an empty text scores 0."""
    import pyarrow as pa

    codec, buffer = pa.Codec("lz4_raw"), pa.py_buffer(piece.data)
    for start, end in zip(piece.starts.tolist(), piece.ends.tolist(), strict=True):
        size = end - start
        yield min(1.0, codec.compress(buffer.slice(start, size)).size / size) if size else 0.0


def _stops(stop_words: Sequence[str]) -> tuple[Array, Array]:
    """The stop words as they may be written, as the table that the pass over the words looks up."""
    from lugha.signals.kernel.repetition import stop_table
    from lugha.signals.kernel.words import hash_of

    written = {
        form: number
        for number, word in enumerate(stop_words)
        for form in (word, word.upper(), word.capitalize(), *_dotted(word))
    }
    hashes = [hash_of(np.array([*map(ord, form)], np.uint32)) for form in written]
    return stop_table(np.array(hashes, np.uint64), np.array([*written.values()], np.int64))


def _dotted(word: str) -> tuple[str, str]:
    """Capitals as Turkish and its relatives have them: İ of i, I of ı."""
    turkic = word.replace("i", "İ").replace("ı", "I")
    return turkic.upper(), turkic[:1].upper() + word[1:]
