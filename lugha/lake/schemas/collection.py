"""Collection: what was found, fetched and asked for."""

import polars as pl

from lugha.lake.schemas.columns import CELL, DOC_ID, FETCHED_AT, HINTS, HOST, LICENCE, URL, UTC, Column, Table

COLLECTION: dict[str, Table] = {
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
}
