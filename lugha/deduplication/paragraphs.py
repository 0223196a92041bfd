"""Paragraphs of a language that stand in several of its documents: cookie notices, mottos, quoted verses, one press
release in ten papers.

Near-duplicate detection compares whole documents and does not see them. A paragraph is a line, and two are the same
when their folded tokens are: case, punctuation, white space and numbers do not count. We only measure; nothing is
removed for it.
"""

import shutil
from collections.abc import Iterable
from pathlib import Path

import polars as pl

from lugha.labeling.kept import kept_batches
from lugha.lake import TABLES, Lake
from lugha.lake.build import Made
from lugha.scripts import COMPOSITE, UNSPACED
from lugha.warehouse import query_files

# Shorter ones ("Read more", "He did not know what to say.") are the same by chance. In unspaced scripts a token is a
# letter, and three say about as much as a word: of 524 Thai government pages, the repeated lines of 12 to 19 letters are
# dates, those of 26 and more notices and signatures.
LEAST_TOKENS = 8
LETTERS_OF_A_WORD = 3

HASHES: dict[str, pl.DataType | type[pl.DataType]] = {
    "doc_id": pl.Binary(),
    "host": pl.String(),
    "first_seen": pl.Datetime("us", "UTC"),
    "number": pl.Int32(),
    "hash": pl.Int64(),
    "token_count": pl.Int32(),
    "byte_count": pl.Int32(),
}


def least_tokens(language: str) -> int:
    """Tokens that a paragraph of a language needs to be compared; `language` is a code such as "tha_Thai"."""
    script = language.rpartition("_")[2]
    is_unspaced = COMPOSITE.get(script, (script,))[0] in UNSPACED  # of a mixture the first part is what most of it is
    return LEAST_TOKENS * LETTERS_OF_A_WORD if is_unspaced else LEAST_TOKENS


def repeated_in(lake: Lake, language: str, memory_bytes: int, folder: Path) -> Made:
    """Rows of `repeated_paragraphs` of a language, and of `paragraph_repeats` beside them, over the documents that
    were kept, copies too. `folder` holds them until they are in the lake; what it held before is removed.
    """
    shutil.rmtree(folder, ignore_errors=True)
    hashes = hashes_of(kept_batches(lake, language=language), folder / "hashes")
    repeated, repeats = repeated_paragraphs(hashes, memory_bytes, folder, least_tokens(language))
    return Made(repeated, {"paragraph_repeats": repeats})


def hashed(batch: pl.DataFrame) -> pl.DataFrame:
    """A row of HASHES for each paragraph of some documents; `batch` has `doc_id`, `host`, `fetched_at` and `text`."""
    from lugha.deduplication.signatures import paragraph_hashes

    found = paragraph_hashes(batch["text"])
    documents = batch.select("doc_id", "host", first_seen="fetched_at")[found["row"]]
    return pl.concat([documents, found.drop("row")], how="horizontal").select(list(HASHES)).cast(HASHES)  # type: ignore[arg-type]


def hashes_of(batches: Iterable[pl.DataFrame], folder: Path) -> pl.LazyFrame:
    """`hashed` of every batch, in files of `folder`, which has to be there as long as the frame is used."""
    folder.mkdir(parents=True)
    for number, batch in enumerate(batches):
        hashed(batch).write_parquet(folder / f"{number:06}.parquet")
    files = sorted(folder.glob("*.parquet"))
    return pl.scan_parquet(files) if files else pl.LazyFrame(schema=HASHES)


def repeated_paragraphs(
    hashes: pl.LazyFrame, memory_bytes: int, folder: Path, least_tokens: int = LEAST_TOKENS
) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """Rows of the tables `repeated_paragraphs` and `paragraph_repeats` of one language.

    `hashes` has the columns HASHES, a row a paragraph; those with fewer than `least_tokens` tokens are passed over, and
    a document without a longer one has no row in `paragraph_repeats`. The oldest document is the one seen first; where
    the time is missing or equal, `doc_id` decides. Work goes on in `memory_bytes` and files of `folder`, where the
    answers lie too.
    """
    folder.mkdir(parents=True, exist_ok=True)
    source, repeated = folder / "paragraph_hashes.parquet", folder / "repeated_paragraphs.parquet"
    hashes.filter(pl.col("token_count") >= least_tokens).sink_parquet(source, compression="zstd", compression_level=1)
    files = {"paragraph_hashes": source}
    query_files("repeated_paragraphs", files, repeated, memory_bytes)
    files["repeated_paragraphs"] = repeated
    repeats = folder / "paragraph_repeats.parquet"
    query_files("paragraph_repeats", files, repeats, memory_bytes)
    return _as_table(repeated), _as_table(repeats)


def _as_table(file: Path) -> pl.LazyFrame:
    columns = TABLES[file.stem].columns
    return pl.scan_parquet(file).select(pl.col(name).cast(column.dtype) for name, column in columns.items())
