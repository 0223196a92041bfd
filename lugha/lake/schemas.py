"""Every table of the lake: its columns with their meaning and unit, and what it is partitioned by.

One place, so that a column has one name and one unit from the crawl to the mixture. `doc_id` (16 bytes, made once at
the crawl) and `content_hash` (16 bytes of sha256 of the standardized text) travel unchanged. Delta has no unsigned
integers: hashes are binary.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from lugha.signals import signals

UTC = pl.Datetime("us", "UTC")
CELL = ("snapshot", "language")


@dataclass(frozen=True)
class Column:
    """A column: its polars type and what it means, with the unit where it has one."""

    dtype: pl.DataType | type[pl.DataType]
    meaning: str


@dataclass(frozen=True)
class Table:
    """A table: what one row is, the columns beside the partition columns, and the columns whose bytes a digest of
    theirs already covers.
    """

    grain: str
    partitioned_by: tuple[str, ...]
    columns: Mapping[str, Column]
    covered_by_digest: tuple[str, ...] = field(default=())

    @cached_property
    def schema(self) -> dict[str, pl.DataType | type[pl.DataType]]:
        """Column types with the partition columns last, as the Delta table has them."""
        return {name: c.dtype for name, c in self.columns.items()} | dict.fromkeys(self.partitioned_by, pl.String)

    def empty(self) -> pl.DataFrame:
        """A frame of this table without rows."""
        return pl.DataFrame(schema=self.schema)


DOC_ID = Column(pl.Binary, "first 16 bytes of sha256 of the record's identity; the same from crawl to checkpoint")
HASH = Column(pl.Binary, "first 16 bytes of sha256 of the standardized text")
URL = Column(pl.String, "address of the record as it was requested")
HOST = Column(pl.String, "host of the address")
FETCHED_AT = Column(UTC, "when the bytes arrived, UTC")
HINTS = Column(pl.String, "JSON list of [where the hint stands, language tag as written]")
LICENCE = Column(pl.String, "licence that the page names, null where it names none")
TEXT = Column(pl.String, "text of the document")
BYTES = Column(pl.Int64, "UTF-8 bytes of the text")

LANGUAGE_SCORES = pl.List(pl.Struct({"language": pl.String, "score": pl.Float32}))
SCRIPT_SHARES = pl.List(pl.Struct({"script": pl.String, "share": pl.Float32}))
PARAGRAPHS = pl.List(
    pl.Struct({"first_line": pl.Int32, "line_count": pl.Int32, "language": pl.String, "score": pl.Float32})
)

TABLES: dict[str, Table] = {
    "crawl_index": Table(
        "an address that is known, fetched or not",
        ("snapshot",),
        {
            "doc_id": DOC_ID,
            "url": URL,
            "host": HOST,
            "depth": Column(pl.Int32, "links between a seed and this address"),
            "found_on": Column(pl.String, "address of the page or sitemap that named it"),
            "outcome": Column(pl.String, "fetched, known (not asked for yet), robots_forbidden or failed"),
            "reason": Column(pl.String, "why it failed; null otherwise"),
            "http_status": Column(pl.Int32, "status of the last answer"),
            "content_type": Column(pl.String, "Content-Type header as sent"),
            "hints": HINTS,
            "language": Column(pl.String, "language the record is filed under, by its hints"),
            "language_source": Column(pl.String, "the hint that decided"),
            "warc_file": Column(pl.String, "file of the bytes, relative to the snapshot's WARC folder"),
            "warc_offset": Column(pl.Int64, "first byte of the record in that file"),
            "warc_length": Column(pl.Int64, "bytes of the record in that file, compressed"),
            "fetched_at": FETCHED_AT,
            "licence": LICENCE,
            "robots": Column(pl.String, "what robots.txt said"),
        },
    ),
    "index_corrections": Table(
        "a record whose text was found to be in another language than the one it is filed under",
        ("snapshot",),
        {
            "doc_id": DOC_ID,
            "filed_under": Column(pl.String, "language of the cell that read it"),
            "language": Column(pl.String, "language that the text has"),
            "lid_score": Column(pl.Float32, "probability that language identification gave, 0..1"),
        },
    ),
    "raw_crawls": Table(
        "a fetched record with its bytes",
        CELL,
        {
            "doc_id": DOC_ID,
            "url": URL,
            "host": HOST,
            "fetched_at": FETCHED_AT,
            "http_status": Column(pl.Int32, "status of the answer"),
            "content_type": Column(pl.String, "Content-Type header as sent"),
            "body": Column(pl.Binary, "bytes of the page after content decoding"),
            "body_digest": Column(pl.Binary, "first 16 bytes of sha256 of the body"),
            "hints": HINTS,
            "robots": Column(pl.String, "what robots.txt said"),
            "licence": LICENCE,
            "failure": Column(pl.String, "broken_record where the stored bytes cannot be read; null otherwise"),
        },
        covered_by_digest=("body",),
    ),
    "parsed_documents": Table(
        "main text of a record, or the reason why there is none",
        CELL,
        {
            "doc_id": DOC_ID,
            "url": URL,
            "host": HOST,
            "fetched_at": FETCHED_AT,
            "text": TEXT,
            "charset": Column(pl.String, "character encoding the bytes were read in"),
            "charset_source": Column(pl.String, "what decided: byte order mark, valid utf-8, declared, detected, ..."),
            "charset_declared": Column(pl.String, "encoding that header or page name, as written; null for none"),
            "extractor": Column(pl.String, "name and version of what found the main text"),
            "failure": Column(pl.String, "why there is no text; null otherwise"),
            "hints": HINTS,
            "licence": LICENCE,
        },
    ),
    "standardized_documents": Table(
        "a document with repaired text",
        CELL,
        {
            "doc_id": DOC_ID,
            "url": URL,
            "host": HOST,
            "fetched_at": FETCHED_AT,
            "text": TEXT,
            "content_hash": HASH,
            "byte_count": BYTES,
            "repairs": Column(pl.String, "names of the repairs that changed the text, comma-separated"),
            "email_count": Column(pl.Int32, "e-mail addresses that were replaced"),
            "phone_count": Column(pl.Int32, "telephone numbers that were replaced"),
            "ip_count": Column(pl.Int32, "public IP addresses that were replaced"),
            "identifier_count": Column(pl.Int32, "national, bank and card numbers that were replaced"),
            "failure": Column(pl.String, "why there is no text; null otherwise"),
            "hints": HINTS,
            "licence": LICENCE,
        },
        covered_by_digest=("text",),
    ),
    "labelled_documents": Table(
        "scores of a document, no text",
        CELL,
        {
            "doc_id": DOC_ID,
            "content_hash": HASH,
            "lid_label": Column(pl.String, "language that identification found; null where no model could"),
            "lid_score": Column(pl.Float32, "its probability, 0..1"),
            "lid_runner_up": Column(pl.String, "second language"),
            "lid_runner_up_score": Column(pl.Float32, "its probability, 0..1"),
            "lid_top": Column(LANGUAGE_SCORES, "the languages that identification found most likely, best first"),
            "scripts": Column(SCRIPT_SHARES, "share of the letters in each script, 0..1, most frequent first"),
            "paragraphs": Column(PARAGRAPHS, "runs of lines with the language that identification gave them"),
            "is_mixed": Column(pl.Boolean, "true where a second language has enough of the letters to be told"),
            "foreign_share": Column(pl.Float32, "share of the letters in paragraphs of another language, 0..1"),
            "failure": Column(pl.String, "why there is no text; null otherwise"),
            "foreign_lines": Column(pl.List(pl.Int32), "numbers of the lines that are in another language"),
            "noisy_lines": Column(pl.List(pl.Int32), "numbers of the lines that are mostly noise, not writing"),
            "own_hash": Column(pl.Binary, "first 16 bytes of sha256 of the text without its foreign lines"),
            "own_byte_count": Column(pl.Int64, "UTF-8 bytes of that text"),
            **{name: Column(pl.Float32, signal.MEANING) for name, signal in signals().items()},
        },
    ),
    "language_profiles": Table(
        "a bound on one signal for one language",
        ("language",),
        {
            "signal": Column(pl.String, "name of the signal"),
            "at_least": Column(pl.Float64, "documents below are dropped; null where there is no lower bound"),
            "at_most": Column(pl.Float64, "documents above are dropped; null where there is no upper bound"),
            "method": Column(pl.String, "how the bound was computed: fixed, mean_std, quantile, median_ratio, tail"),
            "calibrated_by": Column(pl.String, "where the bound comes from, in words"),
            "population": Column(pl.String, "what the distribution is of: reference, crawl, family, script or none"),
            "document_count": Column(pl.Int64, "documents of the language behind it"),
            "own_weight": Column(pl.Float64, "weight of the language's own distribution in the bound, 0..1"),
            "mean": Column(
                pl.Float64,
                "mean of the distribution behind the bound: that of the documents, drawn to its peers by 1 - own_weight",
            ),
            "standard_deviation": Column(pl.Float64, "its standard deviation"),
            "median": Column(pl.Float64, "median of the signal over them"),
            "quantiles": Column(pl.List(pl.Float64), "its 21 quantiles from 0 to 1 in steps of .05"),
        },
    ),
    "cleaned_shards": Table(
        "a kept document; its text is read through lugha/labeling/kept.py",
        CELL,
        {
            "doc_id": DOC_ID,
            "host": HOST,
            "fetched_at": FETCHED_AT,
            "document_hash": Column(pl.Binary, "content_hash of the standardized document that was decided on"),
            "content_hash": Column(pl.Binary, "first 16 bytes of sha256 of the text without its foreign lines"),
            "byte_count": Column(pl.Int64, "UTF-8 bytes of that text"),
            "foreign_lines": Column(pl.List(pl.Int32), "numbers of the lines that are left out when the text is read"),
        },
    ),
    "decisions": Table(
        "the decision about one document",
        CELL,
        {
            "doc_id": DOC_ID,
            "is_kept": Column(pl.Boolean, "true where the document went on"),
            "drop_reason": Column(pl.String, "null where kept"),
            "score": Column(pl.Float64, "score of the signal that decided"),
            "bound": Column(pl.Float64, "bound that it crossed"),
            "calibrated_by": Column(pl.String, "origin of that bound"),
            "tier": Column(pl.String, "what decided: language, rule, small_model or blocklist; null where kept"),
            "quality_bucket": Column(
                pl.Int32, "0..19, twentieths of the language's documents by the best of its quality classifiers"
            ),
            "perplexity_part": Column(pl.String, "head, middle or tail: thirds of the language by perplexity"),
        },
    ),
    "lid_confusion": Table(
        "a language that held-out text of another was taken for",
        ("language",),
        {
            "level": Column(pl.String, "sentence or document"),
            "predicted": Column(pl.String, "language that identification found; the diagonal is where it was right"),
            "text_count": Column(pl.Int64, "held-out texts of the language that got this label"),
            "share": Column(pl.Float64, "of the held-out texts of the language, 0..1"),
            "is_close": Column(pl.Boolean, "true where the files of the languages name each other as close"),
        },
    ),
    "host_scores": Table(
        "a host in one language",
        ("language",),
        {
            "host": HOST,
            "document_count": Column(pl.Int64, "documents of the host that were filed under the language"),
            "kept_count": Column(pl.Int64, "documents that passed every bound"),
            "kept_share": Column(pl.Float64, "kept / documents, 0..1"),
            "kept_bytes": Column(pl.Int64, "UTF-8 bytes of the kept documents"),
            "top_drop_reason": Column(pl.String, "most frequent reason; null where all were kept"),
            "top_drop_share": Column(pl.Float64, "share of the documents that it dropped, 0..1"),
            "own_language_share": Column(pl.Float64, "documents whose label is the language, 0..1"),
            "is_failing": Column(pl.Boolean, "true where hardly any of many documents passed"),
            "blocked_by": Column(pl.String, "blocklist that names the host; null where none does"),
            "block_reason": Column(pl.String, "the reason that the list gives"),
        },
    ),
    "annotations": Table(
        "what a person said about a document",
        ("language",),
        {
            "doc_id": DOC_ID,
            "aspect": Column(pl.String, "what was judged: quality, language, toxicity, adult or another word"),
            "label": Column(pl.String, "the judgement, as the aspect's rubric names it"),
            "annotator": Column(pl.String, "who judged, as they want to be called"),
            "annotated_at": Column(UTC, "when, UTC"),
            "note": Column(pl.String, "what they added; null for nothing"),
        },
    ),
    "teacher_labels": Table(
        "what a large model said about a sampled document",
        ("language",),
        {
            "doc_id": DOC_ID,
            "aspect": Column(pl.String, "what was judged"),
            "label": Column(pl.String, "the judgement, as the aspect's rubric names it"),
            "reason": Column(pl.String, "the model's own words, cut; null for none"),
            "teacher": Column(pl.String, "name and version of the model"),
            "rubric": Column(pl.String, "digest of the question that was asked"),
            "token_count": Column(pl.Int64, "tokens of question and answer"),
            "judged_at": Column(UTC, "when, UTC"),
        },
    ),
    "signatures": Table(
        "a kept document as near-duplicate detection sees it",
        CELL,
        {
            "doc_id": DOC_ID,
            "host": HOST,
            "url_hash": Column(pl.Binary, "first 16 bytes of sha256 of the canonical address"),
            "content_hash": Column(pl.Binary, "first 16 bytes of sha256 of the text without its foreign lines"),
            "byte_count": BYTES,
            "first_seen": Column(UTC, "when its bytes arrived, UTC"),
            "token_count": Column(pl.Int64, "tokens of the text, as lugha/scripts.py cuts and folds them"),
            "signature": Column(pl.Binary, "MinHash: 120 uint32, little-endian; null for a text without tokens"),
        },
        covered_by_digest=("token_count", "signature"),
    ),
    "band_index": Table(
        "a key of a document, sorted by key in runs; documents that share one may be near copies",
        CELL,
        {
            "key": Column(pl.Int64, "hash of the number of a band and of its rows of the signature"),
            "doc": Column(pl.Int64, "number of the document: the first 8 bytes of doc_id"),
            "sketch_low": Column(pl.Int64, "lowest bits of the first 64 minima of the signature"),
            "sketch_high": Column(pl.Int64, "lowest bits of the others"),
        },
        # It follows from `signatures`; rendering twenty rows a document would cost more than making them.
        covered_by_digest=("key", "doc", "sketch_low", "sketch_high"),
    ),
    "duplicate_edges": Table(
        "two near copies that share a key of one key range; enough of them to join all that belong together",
        ("language", "key_range"),
        {
            "doc_a": Column(pl.Int64, "number of a document"),
            "doc_b": Column(pl.Int64, "number of another, larger"),
            "similarity": Column(pl.Float32, "Jaccard similarity estimated from the sketches, 0..1"),
        },
    ),
    "compared_snapshots": Table(
        "a snapshot whose keys of one key range were compared with all others named here",
        ("language", "key_range"),
        {
            "snapshot": Column(pl.String, "snapshot of the documents"),
            "digest": Column(pl.String, "digest of its partition of signatures then"),
        },
    ),
    "dedup_sets": Table(
        "a document and the cluster it belongs to",
        ("language",),
        {
            "doc_id": DOC_ID,
            "snapshot": Column(pl.String, "snapshot of the document"),
            "host": HOST,
            "url_hash": Column(pl.Binary, "first 16 bytes of sha256 of the canonical address"),
            "content_hash": Column(pl.Binary, "first 16 bytes of sha256 of the text without its foreign lines"),
            "byte_count": BYTES,
            "first_seen": Column(UTC, "when its bytes arrived, UTC"),
            "cluster_id": Column(pl.Binary, "doc_id of the first document of the cluster"),
            "representative_id": Column(pl.Binary, "doc_id of the document that stands for this one"),
            "is_kept": Column(pl.Boolean, "true for a representative; a cluster that a later document joined has two"),
            "cluster_size": Column(pl.Int64, "documents in the cluster"),
            "method": Column(
                pl.String,
                "unique, representative, or what it is a copy by: same_text, same_url, near; held_out_copy where a "
                "later document showed it to be a copy of held-out text",
            ),
            "similarity": Column(pl.Float32, "estimated Jaccard similarity to its representative, 0..1"),
            "rehydration_weight": Column(pl.Int32, "times that a mixture may count it for the copies it stands for"),
            "is_held_out": Column(pl.Boolean, "true where the cluster is kept out of every mixture, for evaluation"),
        },
    ),
    "repeated_paragraphs": Table(
        "a paragraph that stands in two or more documents of a language",
        ("language",),
        {
            "paragraph_hash": Column(pl.Int64, "hash of its folded tokens"),
            "document_count": Column(pl.Int64, "documents that hold it"),
            "host_count": Column(pl.Int64, "hosts of these documents"),
            "token_count": Column(pl.Int32, "tokens of the paragraph"),
            "byte_count": Column(pl.Int32, "UTF-8 bytes of it where it stood first"),
            "first_doc_id": Column(pl.Binary, "doc_id of the first document that held it"),
            "first_number": Column(pl.Int32, "number of its line there, from 0"),
        },
    ),
    "paragraph_repeats": Table(
        "how much of a document stands in older documents of the language",
        ("language",),
        {
            "doc_id": DOC_ID,
            "paragraph_count": Column(pl.Int64, "paragraphs long enough to be compared"),
            "repeated_count": Column(pl.Int64, "of them, those that an older document holds"),
            "repeated_bytes": Column(pl.Int64, "UTF-8 bytes of these"),
        },
    ),
    "contaminated_documents": Table(
        "a document that holds an item of an evaluation set, and is therefore in no mixture",
        ("language",),
        {
            "doc_id": DOC_ID,
            "benchmark": Column(pl.String, "name of the benchmark"),
            "item_id": Column(pl.Binary, "the item that overlaps most"),
            "kind": Column(pl.String, "exact, 13-gram or near"),
            "share": Column(pl.Float32, "share of the item's n-grams that the document holds; near: similarity; 0..1"),
        },
    ),
    "source_overlap": Table(
        "a host that repeats what another had first",
        ("language",),
        {
            "first_host": Column(pl.String, "host that had the documents first"),
            "host": Column(pl.String, "host that repeats them"),
            "document_count": Column(pl.Int64, "documents of the host that repeat the first host's"),
            "byte_count": Column(pl.Int64, "UTF-8 bytes of these"),
            "share": Column(pl.Float64, "of all documents of the repeating host, 0..1"),
            "is_mirror": Column(pl.Boolean, "true where half of five or more documents repeat"),
        },
    ),
    "language_overlap": Table(
        "documents of a language that another language holds too",
        ("language",),
        {
            "other_language": Column(pl.String, "the other language"),
            "kind": Column(pl.String, "same_text, same_url or near"),
            "document_count": Column(pl.Int64, "documents of this language that the other holds"),
            "share": Column(pl.Float64, "of all documents of this language, 0..1"),
            "example_id": Column(pl.Binary, "doc_id of one of them"),
            "other_example_id": Column(pl.Binary, "doc_id of its copy in the other language"),
        },
    ),
    "eval_sets": Table(
        "an item of a benchmark",
        ("language",),
        {
            "benchmark": Column(pl.String, "name of the benchmark"),
            "level": Column(pl.String, "basic, domain or culture"),
            "item_id": Column(pl.Binary, "16 bytes of sha256 of document and position"),
            "doc_id": DOC_ID,
            "text": TEXT,
        },
    ),
    "training_mixtures": Table(
        "a document in a mixture",
        ("mixture",),
        {
            "doc_id": DOC_ID,
            "language": Column(pl.String, "language of the document"),
            "snapshot": Column(pl.String, "snapshot of the document"),
            "host": HOST,
            "content_hash": HASH,
            "byte_count": BYTES,
            "repeat_count": Column(pl.Int32, "how often the document is read"),
        },
    ),
    "mixture_languages": Table(
        "a language in a mixture",
        ("mixture",),
        {
            "language": Column(pl.String, "language"),
            "available_bytes": Column(pl.Int64, "unique bytes that could be drawn"),
            "drawn_bytes": Column(pl.Int64, "bytes drawn, repeats counted"),
            "share": Column(pl.Float64, "drawn bytes / all drawn bytes, 0..1"),
            "epochs": Column(pl.Float64, "drawn bytes / available bytes"),
            "bound_by": Column(pl.String, "what limits it: data, cap, recipe or share (nothing but its fair share)"),
            "manifest_id": Column(pl.String, "16 bytes of sha256 of the whole manifest, hex"),
        },
    ),
    "checkpoints": Table(
        "a training run that ended",
        ("mixture",),
        {
            "checkpoint_id": Column(pl.String, "first 16 bytes of sha256 of the weights, hex"),
            "parent_id": Column(pl.String, "checkpoint it continued from; null for the first"),
            "manifest_id": Column(pl.String, "manifest of the mixture"),
            "plan_digest": Column(
                pl.String, "sha256 of everything that decided the run: manifest, tokenizer, settings, parent"
            ),
            "folder": Column(pl.String, "folder of the weights, relative to the checkpoint store"),
            "step_count": Column(pl.Int64, "optimizer steps"),
            "token_count": Column(pl.Int64, "tokens read"),
            "created_at": Column(UTC, "when the run ended, UTC"),
            "lineage": Column(pl.String, "lineage record, JSON"),
        },
    ),
    "eval_scores": Table(
        "a score of one item under one checkpoint",
        ("language",),
        {
            "checkpoint_id": Column(pl.String, "checkpoint"),
            "mixture": Column(pl.String, "mixture it was trained on"),
            "created_at": Column(UTC, "when the checkpoint was made, UTC"),
            "benchmark": Column(pl.String, "name of the benchmark"),
            "level": Column(pl.String, "basic, domain or culture"),
            "metric": Column(pl.String, "bits_per_byte"),
            "item_id": Column(pl.Binary, "item"),
            "nats": Column(pl.Float64, "negative log likelihood of the item, nats"),
            "byte_count": Column(pl.Int32, "bytes of the item"),
        },
    ),
    "collection_requests": Table(
        "a request for more text of one language, and what came of it",
        ("language",),
        {
            "request_id": Column(pl.String, "16 bytes of sha256 of anchor, candidate and language, hex"),
            "snapshot": Column(pl.String, "re-collection snapshot"),
            "anchor_id": Column(pl.String, "checkpoint that was better"),
            "candidate_id": Column(pl.String, "checkpoint that fell"),
            "excess": Column(pl.Float64, "bits per byte lost beyond the median of all languages"),
            "wanted_bytes": Column(pl.Int64, "bytes of text asked for"),
            "fetched_count": Column(pl.Int64, "pages that were fetched"),
            "outcome": Column(pl.String, "collected, or exhausted where nothing is left to fetch"),
            "attempt": Column(pl.Int32, "1 for the first try"),
            "finished_at": Column(UTC, "when the request was done with, UTC"),
        },
    ),
    "language_cards": Table(
        "one language in numbers",
        ("language",),
        {
            "endonym": Column(pl.String, "name of the language in the language"),
            "page_count": Column(pl.Int64, "records fetched"),
            "kept_count": Column(pl.Int64, "documents that passed every bound"),
            "dropped": Column(pl.String, "JSON object: drop_reason -> documents"),
            "cluster_count": Column(pl.Int64, "clusters of documents"),
            "held_out_count": Column(pl.Int64, "clusters kept for evaluation"),
            "unique_bytes": Column(pl.Int64, "bytes of the representatives that may be trained on"),
            "host_count": Column(pl.Int64, "hosts the kept documents come from"),
            "largest_host_share": Column(pl.Float64, "share of the bytes that come from one host, 0..1"),
        },
    ),
}
