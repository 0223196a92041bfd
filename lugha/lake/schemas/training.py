"""Construction, training, evaluation, and a language in numbers."""

import polars as pl

from lugha.lake.schemas.columns import BYTES, DOC_ID, HASH, HOST, TEXT, UTC, Column, Table

TRAINING: dict[str, Table] = {
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
    "language_cards": Table(
        "one language in numbers",
        ("language",),
        {
            "endonym": Column(pl.String, "name of the language in the language"),
            "page_count": Column(pl.Int64, "records fetched"),
            "kept_count": Column(pl.Int64, "documents that passed every bound"),
            "dropped": Column(pl.String, "JSON object: drop_reason -> documents"),
            "cluster_count": Column(pl.Int64, "clusters of documents"),
            "copies": Column(pl.String, "JSON object: what a document is a copy by -> documents"),
            "held_out_count": Column(pl.Int64, "clusters kept for evaluation"),
            "unique_bytes": Column(pl.Int64, "bytes of the representatives that may be trained on"),
            "host_count": Column(pl.Int64, "hosts the kept documents come from"),
            "largest_host_share": Column(pl.Float64, "share of the bytes that come from one host, 0..1"),
        },
    ),
}
