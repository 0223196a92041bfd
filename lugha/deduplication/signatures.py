"""MinHash signatures of texts, and what is compared in their place: keys of bands, sketches, estimates, hashes.

Everything reads Arrow buffers where they lie, on one thread and without the interpreter lock: whoever has several
cores runs several threads. Signatures are bit for bit those of `lugha.deduplication.shingles.minhash`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from lugha.deduplication.kernel.buffers import Texts, spans
from lugha.deduplication.shingles import BANDS, PERMUTATIONS, ROWS

Array = np.ndarray[Any, Any]
BAND_SCHEMA = {"key": pl.Int64, "doc": pl.Int64, "sketch_low": pl.Int64, "sketch_high": pl.Int64}
PARAGRAPH_SCHEMA = {
    "row": pl.Int64,
    "number": pl.Int32,
    "hash": pl.Int64,
    "token_count": pl.Int32,
    "byte_count": pl.Int32,
}
_PARAGRAPHS = 1 << 14  # at a time
_SIGNATURE = 4 * PERMUTATIONS  # bytes
_EMPTY = np.iinfo(np.uint32).max  # what datasketch has for a minimum of nothing


@dataclass(frozen=True)
class Signed:
    """Signatures of n texts, uint32[n, PERMUTATIONS], and their numbers of tokens, int64[n]. The signature of a text
    without tokens says nothing.
    """

    signatures: Array
    token_counts: Array

    def as_binary(self) -> pl.Series:
        """Signatures as they are stored: 480 bytes each, little-endian; null for a text without tokens."""
        import pyarrow as pa

        there = self.token_counts > 0
        bounds = np.concatenate([[0], np.cumsum(there * _SIGNATURE)])
        values = np.ascontiguousarray(self.signatures if there.all() else self.signatures[there], "<u4")
        parts = (np.packbits(there, bitorder="little"), bounds, values)
        column = pa.Array.from_buffers(pa.large_binary(), len(there), [pa.py_buffer(part) for part in parts])
        return pl.DataFrame(pa.table({"signature": column}))["signature"]


def sign(texts: Texts) -> Signed:
    """Signatures and token counts of texts; a null has 0 tokens."""
    from lugha.deduplication.kernel import reading
    from lugha.deduplication.kernel.tables import code_points, permutations

    signatures = np.full((len(texts), PERMUTATIONS), _EMPTY, np.uint32)
    token_counts = np.zeros(len(texts), np.int64)
    for span in spans(texts):
        reading.sign(
            span.data, span.starts, span.ends, span.rows, *code_points(), *permutations(), signatures, token_counts
        )
    return Signed(signatures, token_counts)


def signatures_of(column: pl.Series) -> Array:
    """Stored signatures as uint32[n, PERMUTATIONS]; a null is the signature of a text without tokens."""
    stored = column.fill_null(b"\xff" * _SIGNATURE).rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    _, bounds, data = stored.buffers()
    if not len(stored):
        return np.empty((0, PERMUTATIONS), "<u4")
    first = int(np.frombuffer(bounds, np.int64)[stored.offset])
    size = len(stored) * _SIGNATURE
    return np.frombuffer(data, np.uint8)[first : first + size].view("<u4").reshape(-1, PERMUTATIONS)


def band_rows(docs: Array, signed: Signed) -> pl.DataFrame:
    """Rows of the index of keys (BAND_SCHEMA), sorted by key: BANDS for each of the documents `docs`, int64[n], that
    has tokens.
    """
    from lugha.deduplication.kernel import bands

    picked = np.flatnonzero(signed.token_counts > 0)
    keys = np.empty(len(picked) * BANDS, np.int64)
    low, high = np.empty(len(picked), np.int64), np.empty(len(picked), np.int64)
    bands.band_keys(signed.signatures, picked, BANDS, ROWS, keys)
    bands.sketches(signed.signatures, picked, low, high)
    order = np.argsort(keys)
    owner = order // BANDS
    columns = (keys[order], docs[picked][owner], low[owner], high[owner])
    return pl.DataFrame(dict(zip(BAND_SCHEMA, columns, strict=True)), schema=BAND_SCHEMA)


def similarities(a: Array, b: Array) -> Array:
    """Estimated Jaccard similarity, float32[m] in 0..1, of the signatures a[m] and b[m], uint32[m, PERMUTATIONS]."""
    from lugha.deduplication.kernel import bands

    counts = np.empty(len(a), np.int64)
    bands.equal_minima(a, b, counts)
    return (counts / PERMUTATIONS).astype(np.float32)


def text_hashes(texts: Texts) -> Array:
    """Hashes of the bytes of texts, uint64[n, 2]; a null has zeros. Fast, and safe against chance but not malice."""
    from lugha.deduplication.kernel import digests

    hashes = np.zeros((len(texts), 2), np.uint64)
    for span in spans(texts):
        digests.text_hashes(span.data, span.starts, span.ends, span.rows, hashes)
    return hashes


def shingle_sets(texts: Texts) -> list[Array]:
    """The shingles of each text as sorted hashes, uint32, none twice; empty for a text without tokens."""
    from lugha.deduplication.kernel import reading
    from lugha.deduplication.kernel.tables import code_points

    found = [np.empty(0, np.uint32)] * len(texts)
    for span in spans(texts):
        for start, end, row in zip(span.starts, span.ends, span.rows, strict=True):
            found[row] = np.unique(reading.shingle_values(span.data, start, end, *code_points()))
    return found


def paragraph_hashes(texts: Texts) -> pl.DataFrame:
    """Rows of PARAGRAPH_SCHEMA, one for each line of a text that has a token: the row of the text, the number of the
    line from 0, a hash of its folded tokens in their order (so case, punctuation and white space do not count), how
    many these are, and the bytes of the line.
    """
    found = list(_paragraphs(texts))
    return pl.concat(found).sort("row", "number") if found else pl.DataFrame(schema=PARAGRAPH_SCHEMA)


def _paragraphs(texts: Texts) -> Iterator[pl.DataFrame]:
    from lugha.deduplication.kernel import reading
    from lugha.deduplication.kernel.tables import code_points

    for span in spans(texts):
        place, count = np.zeros(3, np.int64), _PARAGRAPHS
        while count == _PARAGRAPHS:
            columns = [np.empty(_PARAGRAPHS, kind) for kind in (np.int64, np.int32, np.int64, np.int32, np.int32)]
            count = reading.paragraphs(span.data, span.starts, span.ends, span.rows, *code_points(), place, *columns)
            yield pl.DataFrame([column[:count] for column in columns], schema=PARAGRAPH_SCHEMA)
