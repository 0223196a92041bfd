"""Kept documents with their text, as later stages read it.

`cleaned_shards` holds no text: a bound that changes re-decides from scores, and rewriting all text for it would make
seconds hours. The text is that of `standardized_documents` without the lines that are of another language.
"""

from collections.abc import Sequence

import polars as pl

from lugha.errors import LughaError
from lugha.lake import Lake

KEYS = ("doc_id", "snapshot", "language")


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
    """`cleaned_shards` rows with `text`, of the partitions that `keys` name; `only` (with some of `doc_id`,
    `snapshot`, `language`) names the documents that are wanted. Raises StaleDecision where a text is no longer the
    one that was decided on.
    """
    kept = lake.scan("cleaned_shards", **keys)
    if only is not None:
        kept = kept.join(only, on=[c for c in only.collect_schema() if c in KEYS], how="semi")
    texts = lake.scan("standardized_documents", **keys).select(*KEYS, "text", document_hash="content_hash")
    rows = kept.collect()
    found = rows.lazy().join(texts, on=[*KEYS, "document_hash"]).collect()
    if found.height < rows.height:
        lost = rows.join(found, on=KEYS, how="anti")
        raise StaleDecision(
            f"cleaned_shards: the text of {lost.height} kept documents has changed since it was decided on, first in "
            f"{lost['language'][0]}|{lost['snapshot'][0]}. Materialize labelled_documents and cleaned_shards there again."
        )
    own = [own_lines(text, foreign) for text, foreign in found.select("text", "foreign_lines").iter_rows()]
    return found.with_columns(pl.Series("text", own, dtype=pl.String))


def own_lines(text: str, foreign: Sequence[int] | None) -> str:
    """The text without its foreign lines."""
    if not foreign:
        return text
    left_out = set(foreign)
    return "\n".join(line for n, line in enumerate(text.split("\n")) if n not in left_out).strip("\n")
