"""Kept documents with their text, as later stages read it.

`cleaned_shards` holds no text: a bound that changes re-decides from scores, and rewriting all text for it would make
seconds hours. The text is that of `standardized_documents` without the lines that are of another language.
"""

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from lugha.errors import LughaError
from lugha.lake import Lake

KEYS = ("doc_id", "snapshot", "language")
BATCH_ROWS = 4_000


class StaleDecision(LughaError):
    """Documents were kept for a text that has changed since."""


def cleaned(labelled: pl.DataFrame, decisions: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    """`cleaned_shards` rows of one cell: those of its `labelled_documents` that were kept. `documents` gives `host`
    and `fetched_at` (of `standardized_documents`); its text is not looked at.
    """
    rows = labelled.select(
        "doc_id", "foreign_lines", document_hash="content_hash", content_hash="own_hash", byte_count="own_byte_count"
    )
    pages = documents.select("doc_id", "host", "fetched_at")
    if decisions["doc_id"].equals(rows["doc_id"]) and pages["doc_id"].equals(rows["doc_id"]):
        # The usual case; joins of a million ids cost ten times the decision.
        return rows.filter(decisions["is_kept"]).with_columns(pages.drop("doc_id").filter(decisions["is_kept"]))
    return rows.join(decisions.filter("is_kept").select("doc_id"), on="doc_id", how="semi").join(pages, on="doc_id")


def kept_documents(lake: Lake, only: pl.LazyFrame | None = None, **keys: str) -> pl.DataFrame:
    """`cleaned_shards` rows with `text` and `url`, of the partitions that `keys` name; `only` (with some of `doc_id`,
    `snapshot`, `language`) names the documents that are wanted. Raises StaleDecision where a text is no longer the
    one that was decided on.
    """
    rows, texts = _kept(lake, only, keys)
    found = rows.lazy().join(texts, on=[*KEYS, "document_hash"]).collect()
    _refuse_stale(rows, found.select(KEYS))
    return _with_own_lines(found)


def kept_batches(lake: Lake, only: pl.LazyFrame | None = None, **keys: str) -> Iterator[pl.DataFrame]:
    """`kept_documents` in batches of a few thousand, for those who must not hold all of them. What is stale is told
    after the last batch.
    """
    rows, texts = _kept(lake, only, keys)
    seen = [rows.select(KEYS).clear()]
    for batch in texts.join(rows.lazy(), on=[*KEYS, "document_hash"]).collect_batches(chunk_size=BATCH_ROWS, lazy=True):
        seen.append(batch.select(KEYS))
        yield _with_own_lines(batch.select(*rows.columns, "url", "text"))
    _refuse_stale(rows, pl.concat(seen))


def _kept(lake: Lake, only: pl.LazyFrame | None, keys: Mapping[str, str]) -> tuple[pl.DataFrame, pl.LazyFrame]:
    """The decisions that are wanted, and where their texts are."""
    kept = lake.scan("cleaned_shards", **keys)
    if only is not None:
        kept = kept.join(only, on=[c for c in only.collect_schema() if c in KEYS], how="semi")
    texts = lake.scan("standardized_documents", **keys).select(*KEYS, "url", "text", document_hash="content_hash")
    return kept.collect(), texts


def _refuse_stale(rows: pl.DataFrame, found: pl.DataFrame) -> None:
    if found.height < rows.height:
        lost = rows.join(found, on=KEYS, how="anti")
        raise StaleDecision(
            f"cleaned_shards: the text of {lost.height} kept documents has changed since it was decided on, first in "
            f"{lost['language'][0]}|{lost['snapshot'][0]}. Materialize labelled_documents and cleaned_shards there again."
        )


def _with_own_lines(found: pl.DataFrame) -> pl.DataFrame:
    own = [own_lines(text, foreign) for text, foreign in found.select("text", "foreign_lines").iter_rows()]
    return found.with_columns(pl.Series("text", own, dtype=pl.String))


def own_lines(text: str, foreign: Sequence[int] | None) -> str:
    """The text without its foreign lines."""
    if not foreign:
        return text
    left_out = set(foreign)
    return "\n".join(line for n, line in enumerate(text.split("\n")) if n not in left_out).strip("\n")
