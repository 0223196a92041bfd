"""Signatures and keys of one cell of the lake, made batch by batch, so that a cell may be larger than memory."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from lugha.collection.urls import canonical_url
from lugha.lake import TABLES, Lake
from lugha.lake.build import Made
from lugha.lake.digest import short_hash

ROW_BYTES = 2_000  # a document's signature and keys with what it takes to sort them
INDEX = list(TABLES["band_index"].columns)


def doc_number(doc_id: str = "doc_id") -> pl.Expr:
    """Number of a document in keys and edges: the first 8 bytes of its id, a hash, as a signed integer."""
    return pl.col(doc_id).bin.head(8).bin.reinterpret(dtype=pl.Int64, endianness="little")


def sign_cell(lake: Lake, snapshot: str, language: str, memory_bytes: int, folder: Path) -> Made:
    """Rows of `signatures` of a cell, and of `band_index` beside them. `folder` holds them until they are in the lake;
    what it held of the cell before is removed.
    """
    from lugha.labeling.kept import kept_batches

    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    most_rows = max(1, memory_bytes // ROW_BYTES)
    for number, batch in enumerate(_filled(kept_batches(lake, snapshot=snapshot, language=language), most_rows)):
        _write(batch, folder / f"{number:06}")
    empty = [TABLES[table].empty().select(list(TABLES[table].columns)).lazy() for table in ("signatures", "band_index")]
    rows, keys = (
        pl.concat([nothing, *(pl.scan_parquet(path) for path in sorted(folder.glob(f"*-{kind}.parquet")))])
        for nothing, kind in zip(empty, ("rows", "keys"), strict=True)
    )
    return Made(rows, {"band_index": keys})


def _filled(batches: Iterator[pl.DataFrame], most_rows: int) -> Iterator[pl.DataFrame]:
    """Signed batches put together, while they fit: the keys of what is written at once are sorted as one run."""
    held: list[pl.DataFrame] = []
    for batch in batches:
        held.append(_signed(batch))
        if sum(part.height for part in held) >= most_rows:
            yield pl.concat(held)
            held = []
    if held:
        yield pl.concat(held)


def _signed(batch: pl.DataFrame) -> pl.DataFrame:
    from lugha.deduplication.signatures import sign

    signed = sign(batch["text"])
    return batch.select(
        "doc_id",
        "host",
        pl.Series("url_hash", [_url_hash(url) for url in batch["url"]], dtype=pl.Binary),
        "content_hash",
        "byte_count",
        pl.col("fetched_at").alias("first_seen"),
        pl.Series("token_count", signed.token_counts),
        signed.as_binary().alias("signature"),
    )


def _url_hash(url: str | None) -> bytes | None:
    canonical = canonical_url(url) if url else None
    return short_hash(canonical.encode()) if canonical else None


def _write(rows: pl.DataFrame, stem: Path) -> None:
    from lugha.deduplication.signatures import Signed, band_rows, signatures_of

    rows.write_parquet(f"{stem}-rows.parquet")
    # Copies of one text in one cell have one signature: the first stands for all among the keys.
    one_each = (
        rows.filter(pl.col("signature").is_not_null()).sort("first_seen", "doc_id").unique("content_hash", keep="first")
    )
    signed = Signed(signatures_of(one_each["signature"]), one_each["token_count"].to_numpy())
    band_rows(one_each.select(doc_number()).to_series().to_numpy(), signed).select(INDEX).write_parquet(
        f"{stem}-keys.parquet"
    )
