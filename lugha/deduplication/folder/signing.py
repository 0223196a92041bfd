"""Signatures and keys of one shard, in two files beside each other, each written as a whole.

The signatures get their name last: a shard whose signatures are there is done. Keys are sorted run by run, a run being
as many documents as fit the memory that the shard may take; statistics of row groups let a reader of a key range skip
what lies outside.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from lugha.deduplication import shingles
from lugha.deduplication.folder.files import made_from, note, whole_file
from lugha.deduplication.folder.shards import Batch, Shard, batches
from lugha.deduplication.kernel.buffers import spans
from lugha.deduplication.signatures import Signed, band_rows, sign, text_hashes

Array = np.ndarray[Any, Any]
OnRead = Callable[[int, int, int], None]
SIGNING = [1, shingles.SHINGLE, shingles.PERMUTATIONS, shingles.SEED, shingles.BANDS, shingles.ROWS]  # 1: of the files
ROW_BYTES = 2_500  # a document's signature and keys, with what it takes to sort and write them
TEXT_SHARE = 16  # the text of a batch takes one part in so many of the memory: it stands there two or three times
MOST_TEXT_BYTES = 4_000_000  # of a batch; more is not faster
KEY_ROW_GROUP = 1 << 16


def signatures_path(state: Path, shard: Shard) -> Path:
    """Where the signatures of a shard are: a row for each document, with its numbers, its hashes and its fields."""
    return state / "signatures" / f"{shard.name}.parquet"


def bands_path(state: Path, shard: Shard) -> Path:
    """Where the keys of a shard are, in the form of BAND_SCHEMA."""
    return state / "bands" / f"{shard.name}.parquet"


def is_signed(state: Path, shard: Shard) -> bool:
    """Whether both files are there and were made from this content, in this form."""
    return all(
        made_from(path) == _made_from(shard) for path in (signatures_path(state, shard), bands_path(state, shard))
    )


def sign_shard(state: Path, shard: Shard, memory_bytes: int, on_read: OnRead) -> None:
    """Write both files of a shard. `on_read` hears documents, bytes of text and bytes of the file of each batch."""
    row_schema, key_schema = _schemas(shard)
    held: list[tuple[Array, Signed]] = []
    told_bytes = 0
    # What is entered first ends last.
    with (
        _written(signatures_path(state, shard), row_schema, []) as rows,
        _written(bands_path(state, shard), key_schema, ["key"]) as keys,
    ):
        for batch in batches(shard, min(MOST_TEXT_BYTES, max(1, memory_bytes // TEXT_SHARE))):
            docs, signed, columns = _signed(batch)
            rows.write_batch(_record_batch(columns, row_schema))
            held.append((docs, signed))
            if sum(len(docs) for docs, _ in held) * ROW_BYTES > memory_bytes // 8:
                _write_keys(keys, held)
            file_bytes = int(shard.byte_count * batch.read_share)
            on_read(batch.fields.height, int(columns["byte_count"].sum()), file_bytes - told_bytes)
            told_bytes = file_bytes
        _write_keys(keys, held)


def texts_of(shards: Iterable[Shard], doc_ids: pl.Series) -> Iterator[pl.DataFrame]:
    """doc_id and text of the documents with these ids, read from the shards again, batch by batch."""
    for shard in shards:
        for batch in batches(shard, MOST_TEXT_BYTES):
            ids = pl.Series(_blobs(text_hashes(batch.fields["id"]))).cast(pl.Binary)
            rows = pl.DataFrame({"doc_id": ids, "text": pl.Series(batch.texts)})
            yield rows.filter(pl.col("doc_id").is_in(doc_ids.implode()))


def remove_others(state: Path, shards: Iterable[Shard]) -> None:
    """Remove what was made from shards that are there no longer."""
    there = {path for shard in shards for path in (signatures_path(state, shard), bands_path(state, shard))}
    for kind in ("signatures", "bands"):
        for path in (state / kind).rglob("*.parquet"):
            if path not in there:
                path.unlink()


def _made_from(shard: Shard) -> list[object]:
    return [shard.digest, SIGNING]


def _schemas(shard: Shard) -> tuple[Any, Any]:
    import pyarrow as pa

    rows = {
        "doc": pa.int64(),
        "doc_id": pa.binary(16),
        "id": pa.large_string(),
        "first_seen": pa.timestamp("us", "UTC"),
        "quality": pa.float64(),
        "lang": pa.large_string(),
        "content_hash": pa.binary(16),
        "url_hash": pa.binary(16),
        "token_count": pa.int64(),
        "byte_count": pa.int64(),
        "signature": pa.binary(4 * shingles.PERMUTATIONS),
    }
    keys = dict.fromkeys(("key", "doc", "sketch_low", "sketch_high"), pa.int64())
    return tuple(pa.schema(list(columns.items()), metadata=note(_made_from(shard))) for columns in (rows, keys))


@contextmanager
def _written(path: Path, schema: Any, statistics: list[str]) -> Iterator[Any]:
    import pyarrow.parquet as pq

    plain: dict[str, Any] = {"compression": "none", "use_dictionary": False, "write_statistics": statistics or False}
    with whole_file(path) as part, pq.ParquetWriter(part, schema, **plain) as writer:
        yield writer


def _signed(batch: Batch) -> tuple[Array, Signed, dict[str, Any]]:
    """Document numbers and signatures of a batch, and the columns of its rows."""
    signed = sign(batch.texts)
    ids, contents = text_hashes(batch.fields["id"]), text_hashes(batch.texts)
    docs = ids[:, 0].astype(np.int64)
    has_tokens = signed.token_counts > 0
    byte_counts, is_there = _byte_counts(batch.texts)
    columns = {
        "doc": docs,
        "doc_id": _blobs(ids),
        **{name: batch.fields[name].to_arrow() for name in ("id", "first_seen", "quality", "lang")},
        "content_hash": _blobs(contents, is_there),
        "url_hash": _url_hashes(batch.fields["url"]),
        "token_count": signed.token_counts,
        "byte_count": byte_counts,
        "signature": _blobs(signed.signatures, has_tokens),
    }
    # Copies of one text have one signature: the first stands for all among the keys.
    first = np.unique(contents[:, 0], return_index=True)[1]
    return docs[first], Signed(signed.signatures[first], signed.token_counts[first]), columns


def _record_batch(columns: dict[str, Any], schema: Any) -> Any:
    import pyarrow as pa

    arrays = [pa.array(columns[field.name]) for field in schema]
    return pa.record_batch([a.cast(field.type) for a, field in zip(arrays, schema, strict=True)], schema=schema)


def _blobs(rows: Array, is_there: Array | None = None) -> Any:
    """Each row's bytes, little-endian; null where `is_there` says so."""
    import pyarrow as pa

    little = np.ascontiguousarray(rows, rows.dtype.newbyteorder("<"))
    valid = None if is_there is None else pa.py_buffer(np.packbits(is_there, bitorder="little"))
    width = pa.binary(little.shape[1] * little.itemsize)
    return pa.Array.from_buffers(width, len(little), [valid, pa.py_buffer(little)])


def _url_hashes(urls: pl.Series) -> Any:
    """Of the canonical form; null where there is none, such as for what is no web address."""
    from lugha.collection.urls import canonical_url

    if urls.null_count() == len(urls):
        return [None] * len(urls)
    canonical = pl.Series([canonical_url(url) if url else None for url in urls], dtype=pl.String)
    return _blobs(text_hashes(canonical), canonical.is_not_null().to_numpy())


def _byte_counts(texts: Any) -> tuple[Array, Array]:
    """Bytes of each text, and whether there is one: two that are missing are no copies of each other."""
    counts, is_there = np.zeros(len(texts), np.int64), np.zeros(len(texts), np.bool_)
    for span in spans(texts):
        counts[span.rows] = span.ends - span.starts
        is_there[span.rows] = True
    return counts, is_there


def _write_keys(keys: Any, held: list[tuple[Array, Signed]]) -> None:
    """One sorted run of the keys of what is held, which is held no longer."""
    if held:
        docs = np.concatenate([docs for docs, _ in held])
        signatures = np.concatenate([signed.signatures for _, signed in held])
        token_counts = np.concatenate([signed.token_counts for _, signed in held])
        held.clear()
        run = band_rows(docs, Signed(signatures, token_counts))
        keys.write_table(run.to_arrow().cast(keys.schema), row_group_size=KEY_ROW_GROUP)
