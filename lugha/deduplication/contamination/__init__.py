"""Documents that hold items of evaluation sets: a model trained on them has seen the questions.

Three kinds are told apart. Exact: all folded tokens of an item stand in a row in the document. 13-gram: one run of
thirteen tokens of the item does. near: the document as a whole is nearly a copy of the item. Case, punctuation, numbers
and joiners do not count, as everywhere in deduplication.

Thirteen words, and leaving out the runs that stand in more than ten documents, are those of GPT-3 (Brown et al. 2020,
appendix C), whose authors found most of the frequent ones to be sayings and legal boilerplate. GPT-3 cut such documents
to pieces; here they stay out of every mixture as a whole, and the list tells why. An item of a published test counts
however many documents hold it from end to end. One that was cut from the lake's own documents does not, where more than
ten do: then it is boilerplate, and a language would lose all of its text to one advertisement.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from lugha.deduplication.contamination.index import ItemIndex

EXACT, GRAM, NEAR = "exact", "13-gram", "near"
MOST_DOCUMENTS = 10  # GPT-3, appendix C
ITEMS = {"benchmark": pl.String, "item_id": pl.Binary, "text": pl.String}
OVERLAPS = {
    "doc_id": pl.Binary,
    "benchmark": pl.String,
    "item_id": pl.Binary,
    "kind": pl.String,
    "share": pl.Float32,
}


def contaminated(documents: Iterable[pl.DataFrame], items: pl.DataFrame, own: Collection[bytes] = ()) -> pl.DataFrame:
    """One row (OVERLAPS) for each document and benchmark that overlap, with the item that overlaps most, sorted.

    documents: batches with doc_id, text in NFC, each document once; they are read once, and what is remembered of them is at
    most MOST_DOCUMENTS numbers for each n-gram of an item. items: benchmark, item_id, text; about 3 kB of memory each.
    own: item_ids of the items that are text of the lake.

    `share` is the part of the item's distinct n-grams that the document holds, 0..1; 1 where the item is there as a
    whole; the estimated Jaccard similarity where the document is a near copy. Items that are too short for a run to
    mean anything overlap only with a document of exactly their tokens.
    """
    if items.is_empty():
        return pl.DataFrame(schema=OVERLAPS)
    from lugha.deduplication.contamination.index import index_of

    index = index_of(items.with_columns(pl.col("text").str.normalize("NFC")))
    parts = list(_overlaps(documents, index))
    seen = pl.DataFrame({"gram": range(len(index.seen.counts)), "documents": index.seen.counts})
    rare = seen.filter(pl.col("documents") <= MOST_DOCUMENTS).select(pl.col("gram").cast(pl.Int64))
    grams = pl.concat([part[GRAM] for part in parts] or [_GRAM_HITS.clear()]).join(rare, on="gram", how="semi")
    near = [part[NEAR] for part in parts]
    exact = _without_boilerplate(pl.concat([part[EXACT] for part in parts] or [pl.DataFrame(schema=_HIT)]), index, own)
    return _strongest(pl.concat([_shares(grams, index), *near, exact]), index)


_GRAM_HITS = pl.DataFrame(schema={"doc_id": pl.Binary, "gram": pl.Int64})
_HIT = {"doc_id": pl.Binary, "item": pl.Int64, "kind": pl.String, "share": pl.Float32}


def _overlaps(documents: Iterable[pl.DataFrame], index: "ItemIndex") -> Iterator[dict[str, pl.DataFrame]]:
    """What each batch holds, by kind: n-grams as (doc_id, gram), the others as rows of _HIT."""
    from lugha.deduplication.contamination.near import near_items

    number = 0
    for batch in documents:
        texts, doc_ids = batch["text"], batch["doc_id"]
        grams, wholes, token_counts = index.look(texts, number)
        number += batch.height
        found = wholes.join(index.of_whole, on="whole")
        yield {
            GRAM: _with_ids(grams, doc_ids).select("doc_id", "gram"),
            EXACT: _hits(_with_ids(found, doc_ids), EXACT),
            NEAR: _hits(_with_ids(near_items(texts, token_counts, index.near), doc_ids), NEAR),
        }


def _without_boilerplate(exact: pl.DataFrame, index: "ItemIndex", own: Collection[bytes]) -> pl.DataFrame:
    """Hits less those of the lake's own items that more than MOST_DOCUMENTS documents hold."""
    of_own = index.items.filter(pl.col("item_id").is_in(pl.Series(list(own), dtype=pl.Binary).implode())).select("item")
    common = exact.group_by("item").len().filter(pl.col("len") > MOST_DOCUMENTS).join(of_own, on="item", how="semi")
    return exact.join(common, on="item", how="anti")


def _with_ids(rows: pl.DataFrame, doc_ids: pl.Series) -> pl.DataFrame:
    return rows.with_columns(doc_ids.gather(rows["row"]).alias("doc_id"))


def _hits(rows: pl.DataFrame, kind: str) -> pl.DataFrame:
    share = pl.col("share") if "share" in rows.columns else pl.lit(1.0)
    return rows.select("doc_id", "item", pl.lit(kind).alias("kind"), share.cast(pl.Float32).alias("share"))


def _shares(grams: pl.DataFrame, index: "ItemIndex") -> pl.DataFrame:
    """Hits of items by the n-grams of theirs that a document holds."""
    counted = grams.join(index.of_gram, on="gram").group_by("doc_id", "item").len("found")
    shares = counted.join(index.items.select("item", "gram_count"), on="item")
    return _hits(shares.with_columns(pl.col("found") / pl.col("gram_count")).rename({"found": "share"}), GRAM)


def _strongest(hits: pl.DataFrame, index: "ItemIndex") -> pl.DataFrame:
    """The item that overlaps most, for each document and benchmark; a whole item comes before any other."""
    named = hits.join(index.items.select("item", "benchmark", "item_id"), on="item")
    order = [pl.col("kind") != EXACT, -pl.col("share"), pl.col("kind"), pl.col("item_id")]
    strongest = named.sort("doc_id", "benchmark", *order).unique(
        ["doc_id", "benchmark"], keep="first", maintain_order=True
    )
    return strongest.select(OVERLAPS.keys())
