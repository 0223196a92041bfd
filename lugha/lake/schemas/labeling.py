"""Labelling: what is known of a language and its hosts, and what people and teachers say."""

import polars as pl

from lugha.lake.schemas.columns import DOC_ID, HOST, UTC, Column, Table

LABELING: dict[str, Table] = {
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
}
