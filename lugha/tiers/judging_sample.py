"""Which documents of a language are judged, by people and by the teacher: the same ones, so that they can be compared.

Quality buckets take turns and, within a bucket, hosts take turns, so that a sample of any size covers both and one
host does not fill it. Ids are hashes and serve as the lot: the same documents give the same order.
"""

import polars as pl

from lugha.lake import Lake
from lugha.tiers.training_text import texts_by_id


def documents_to_judge(lake: Lake, language: str, count: int, judged: pl.Series, judged_first: bool) -> pl.DataFrame:
    """The first `count` documents with letters: `doc_id`, `url`, `host`, `quality_bucket`, `text`.

    Those whose id is in `judged` come first (so that a teacher meets what people judged) or last (so that people meet
    what nobody judged).
    """
    ordered = judging_order(documents_of(lake, language).with_columns(quality_bucket=_buckets(lake, language)))
    is_judged = pl.col("doc_id").is_in(judged.to_list())
    chosen = ordered.sort(is_judged, descending=judged_first, maintain_order=True).head(count)
    texts = texts_by_id(lake, language, chosen["doc_id"].to_list()).select("doc_id", "text")
    return chosen.join(texts, on="doc_id", maintain_order="left").filter(pl.col("text").str.contains(r"\p{L}"))


def judging_order(documents: pl.DataFrame) -> pl.DataFrame:
    """`documents` (`doc_id`, `host`, `quality_bucket`) in turn of bucket and host, each once. Null is a bucket of its
    own.
    """
    usable = documents.unique("doc_id", keep="first").sort("doc_id")
    ordered = usable.with_columns(turn=pl.int_range(pl.len()).over("quality_bucket", "host")).sort("turn", "doc_id")
    in_turn = ordered.with_columns(turn=pl.int_range(pl.len()).over("quality_bucket"))
    return in_turn.sort("turn", "quality_bucket", nulls_last=True).drop("turn")


def documents_of(lake: Lake, language: str) -> pl.DataFrame:
    """Documents of the language that have text: `doc_id`, `url`, `host`, the newest where a page was fetched again."""
    rows = lake.scan("standardized_documents", language=language).filter(pl.col("failure").is_null())
    found = rows.select("doc_id", "url", "host", "fetched_at").collect().sort("fetched_at", "doc_id", "url")
    return found.unique("doc_id", keep="last", maintain_order=True).drop("fetched_at")


def _buckets(lake: Lake, language: str) -> pl.Expr:
    """The bucket of each document where decisions were made, else null."""
    decided = lake.scan("decisions", language=language).select("doc_id", "quality_bucket").collect().drop_nulls()
    if decided.is_empty():
        return pl.lit(None, dtype=pl.Int32)
    known = decided.sort("doc_id", "quality_bucket").unique("doc_id", keep="last", maintain_order=True)
    return pl.col("doc_id").replace_strict(
        known["doc_id"], known["quality_bucket"], default=None, return_dtype=pl.Int32
    )
