"""What the small models of a language learn from: trusted text, a sample of the crawl, and documents that were judged.

Trusted is the reference text of the setting; where there is none for a language, the documents and hosts that people
judged good; where there are none either, nothing is trusted and nothing takes its place.
"""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from lugha.lake import Lake
from lugha.rubrics import rubric, rubrics

TRUSTED = {"text": pl.String, "group": pl.String, "source": pl.String}
CRAWL = {"text": pl.String, "group": pl.String}
LABELS = {"text": pl.String, "group": pl.String, "aspect": pl.String, "label": pl.String, "is_human": pl.Boolean}
# Kind of classifier -> aspect of the labels that it is distilled from, and whether its score is high for good labels.
JUDGED = {"teacher": ("quality", True), "toxicity": ("toxicity", False), "adult": ("adult", False)}
LEAST_GOOD_OF_HOST = 3  # documents that people judged good, and none bad, for a host to be trusted as a whole


class TrainingText(NamedTuple):
    """Frames of `TRUSTED`, `CRAWL` and `LABELS`. `group` names documents that belong together: their host, or the
    document itself.
    """

    trusted: pl.DataFrame
    crawl: pl.DataFrame
    labels: pl.DataFrame


def training_text(lake: Lake, language: str, reference: pl.DataFrame, most_bytes: int) -> TrainingText:
    """The text of one language in the lake; `reference` in the columns of lugha/reference.py. Of the crawl, documents
    in the order of their ids up to about `most_bytes`, so the lake may be larger than the memory.
    """
    index = _index(lake, language)
    annotated = lake.read("annotations", language=language)
    trusted = _of_reference(reference, language)
    if trusted.is_empty():
        good = _judged_good(annotated, index)
        trusted = _texts(lake, language, good).select("text", group="host", source=pl.lit("judged good by people"))
        index = index.join(good, on="doc_id", how="anti")
    chosen = index.sort("doc_id").filter(pl.col("byte_count").cum_sum() <= most_bytes)
    crawl = _texts(lake, language, chosen).select("text", group="host")
    return TrainingText(trusted, crawl, _labels(lake, language, annotated))


def judged_sides(labels: pl.DataFrame, kind: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Documents (`text`, `group`) on the positive and on the negative side of a kind of classifier: good against not
    good for teacher, the other way round for toxicity and adult.

    A person's label counts before the teacher's. Of several judges the majority counts; where it is split, the
    document is left out. The kind teacher learns from the teacher alone.
    """
    aspect, is_high_for_good = JUDGED[kind]
    judged = labels.filter((pl.col("aspect") == aspect) & ~(pl.col("is_human") & (kind == "teacher")))
    share = (
        judged.with_columns(is_good=pl.col("label").is_in(rubric(aspect).good))
        .group_by("text", "group", "is_human")
        .agg(pl.col("is_good").mean())
        .sort("is_human", descending=True)
        .unique(["text", "group"], keep="first", maintain_order=True)
        .sort("group", "text")
    )
    good, bad = share.filter(pl.col("is_good") > 0.5), share.filter(pl.col("is_good") < 0.5)
    return (good, bad) if is_high_for_good else (bad, good)


def sample(documents: pl.DataFrame, most_bytes: int) -> pl.DataFrame:
    """Documents in the order of their text's hash up to a number of bytes, so that the choice does not depend on the
    order of the rows; texts that are null, empty or repeated are left out.
    """
    rows = documents.filter(pl.col("text").str.len_bytes() > 0).sort(documents.columns)
    rows = rows.unique("text", keep="first", maintain_order=True)
    order = [hashlib.sha256(text.encode()).digest() for text in rows["text"]]
    rows = rows.with_columns(pl.Series("order", order, dtype=pl.Binary)).sort("order").drop("order")
    return rows.filter(pl.col("text").str.len_bytes().cum_sum() <= most_bytes)


def good_labels(annotated: pl.DataFrame, aspect: str) -> pl.DataFrame:
    """Documents that people judged: `doc_id` and `is_good`, the view of the majority; split ones are left out."""
    return (
        annotated.filter(pl.col("aspect") == aspect)
        .group_by("doc_id")
        .agg(share=pl.col("label").is_in(rubric(aspect).good).mean())
        .filter(pl.col("share") != 0.5)
        .select("doc_id", is_good=pl.col("share") > 0.5)
    )


def _of_reference(reference: pl.DataFrame, language: str) -> pl.DataFrame:
    own = reference.filter((pl.col("language") == language) & ~pl.col("is_held_out"))
    return own.select("text", group="text", source=pl.format("reference {}", "source")).cast(TRUSTED)  # type: ignore[arg-type]


def _index(lake: Lake, language: str) -> pl.DataFrame:
    """Documents of the language that have text, once each: `doc_id`, `host`, `byte_count`."""
    return (
        lake.scan("standardized_documents", language=language)
        .filter(pl.col("failure").is_null())
        .select("doc_id", "host", "byte_count")
        .collect()
        .sort("doc_id", "byte_count")
        .unique("doc_id", keep="first", maintain_order=True)
    )


def _judged_good(annotated: pl.DataFrame, index: pl.DataFrame) -> pl.DataFrame:
    """Documents that people judged good, and all of a host with several of them and none that is bad."""
    judged = index.join(good_labels(annotated, "quality"), on="doc_id")
    hosts = (
        judged.group_by("host")
        .agg(good=pl.col("is_good").sum(), bad=(~pl.col("is_good")).sum())
        .filter((pl.col("good") >= LEAST_GOOD_OF_HOST) & (pl.col("bad") == 0))
    )
    good = judged.filter("is_good").select("doc_id")
    return pl.concat([good, index.join(hosts, on="host", how="semi").select("doc_id")]).unique()


def _labels(lake: Lake, language: str, annotated: pl.DataFrame) -> pl.DataFrame:
    # Labels under a question that has been reworded since are answers to another question.
    asked = [each.digest for each in rubrics().values()]
    taught = lake.read("teacher_labels", language=language).filter(pl.col("rubric").is_in(asked))
    both = pl.concat(
        [
            frame.select("doc_id", "aspect", "label", is_human=pl.lit(is_human))
            for frame, is_human in ((annotated, True), (taught, False))
        ]
    )
    texts = _texts(lake, language, both.select("doc_id").unique())
    return both.join(texts, on="doc_id").select("text", pl.col("host").alias("group"), "aspect", "label", "is_human")


def _texts(lake: Lake, language: str, documents: pl.DataFrame) -> pl.DataFrame:
    """`doc_id`, `host` and `text` of some documents, once each."""
    wanted = documents.select("doc_id").lazy()
    rows = lake.scan("standardized_documents", language=language).filter(pl.col("failure").is_null())
    found = rows.select("doc_id", "host", "text").join(wanted, on="doc_id", how="semi").collect()
    first = found.sort("doc_id", "text").unique("doc_id", keep="first", maintain_order=True)
    return first.with_columns(pl.col("host").fill_null(""))


def texts_by_id(lake: Lake, language: str, doc_ids: Sequence[bytes]) -> pl.DataFrame:
    """`doc_id`, `host` and `text` of these documents, once each; unknown ids are left out."""
    return _texts(lake, language, pl.DataFrame({"doc_id": doc_ids}, schema={"doc_id": pl.Binary}))
