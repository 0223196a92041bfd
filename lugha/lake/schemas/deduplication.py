"""Deduplication: signatures, keys, edges, clusters, and who repeats whom."""

import polars as pl

from lugha.lake.schemas.columns import BYTES, CELL, DOC_ID, HOST, UTC, Column, Table

DEDUPLICATION: dict[str, Table] = {
    "signatures": Table(
        "a kept document as near-duplicate detection sees it",
        CELL,
        {
            "doc_id": DOC_ID,
            "host": HOST,
            "url_hash": Column(pl.Binary, "first 16 bytes of sha256 of the canonical address, null without one"),
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
            "digest": Column(pl.String, "digest of the comparing code and of its partition of signatures then"),
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
            "is_kept": Column(
                pl.Boolean,
                "true for a representative; a cluster may have several: one that a later document joined, or whose copies were verified",
            ),
            "cluster_size": Column(pl.Int64, "documents in the cluster"),
            "method": Column(
                pl.String,
                "unique, representative, or what it is a copy by: same_text, same_url, near; held_out_copy where a "
                "later document showed it to be a copy of held-out text",
            ),
            "similarity": Column(
                pl.Float32,
                "Jaccard similarity to its representative, 0..1: estimated from signatures, or true where it was verified",
            ),
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
        "a document and a benchmark of which it holds an item; it is therefore in no mixture",
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
}
