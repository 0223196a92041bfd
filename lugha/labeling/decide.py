"""Scores meet bounds: who goes on, and for every document that does not, which bound it crossed.

The order is fixed, so that one document has one reason: no text, another language, no language, then the signals by
name.
"""

import polars as pl

from lugha.labeling.label import own_lines
from lugha.labeling.lid import UNDETERMINED
from lugha.lake.schemas import TABLES

DECISION = ["doc_id", "is_kept", "drop_reason", "score", "bound", "calibrated_by"]


def decide(labelled: pl.DataFrame, bounds: pl.DataFrame, language: str) -> pl.DataFrame:
    """`decisions` rows for the `labelled_documents` of one cell under the `language_profiles` rows of its language.

    `drop_reason` is the parser's failure, "other_language", "undetermined_language", or "<signal>_below" /
    "<signal>_above".
    """
    steps: list[tuple[pl.Expr, pl.Expr, pl.Expr, pl.Expr, pl.Expr]] = [
        (pl.col("failure").is_not_null(), pl.col("failure"), NONE, NONE, pl.lit("a document without text")),
        (
            _is(UNDETERMINED),
            pl.lit("undetermined_language"),
            SCORE,
            NONE,
            pl.lit("no language has half of its letters"),
        ),
        (
            ~_is(language),
            pl.lit("other_language"),
            SCORE,
            NONE,
            pl.lit("its lines are of another language; its record is filed anew"),
        ),
    ]
    for row in bounds.sort("signal").iter_rows(named=True):
        signal, origin = pl.col(row["signal"]), pl.lit(row["calibrated_by"])
        for side, bound in (("below", row["at_least"]), ("above", row["at_most"])):
            if bound is not None:
                # A score that is missing (null, or no number) passes: "not computed" is no reason to drop a document.
                # Compared as stored: as Float64, a stored .3 is .30000001 and would cross a bound of .3.
                limit = pl.lit(bound).cast(pl.Float32)
                crossed = (signal < limit) if side == "below" else (signal > limit)
                steps.append(
                    (
                        crossed.fill_null(False) & ~signal.is_nan(),
                        pl.lit(f"{row['signal']}_{side}"),
                        signal,
                        pl.lit(bound),
                        origin,
                    )
                )
    chain = {name: pl.coalesce([pl.when(step[0]).then(step[i]) for step in steps]) for i, name in ((1, "drop_reason"),)}
    first = pl.coalesce([pl.when(step[0]).then(pl.lit(n)) for n, step in enumerate(steps)])
    decided = labelled.with_columns(first.alias("step"), **chain)
    of_step = {
        name: pl.coalesce([pl.when(pl.col("step") == n).then(step[i]) for n, step in enumerate(steps)])
        for i, name in ((2, "score"), (3, "bound"), (4, "calibrated_by"))
    }
    result = decided.with_columns(**of_step).with_columns(pl.col("step").is_null().alias("is_kept"))
    spec = TABLES["decisions"].schema
    return result.select(pl.col(c).cast(spec[c]) for c in DECISION)


def clean(documents: pl.DataFrame, labelled: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """`cleaned_shards` rows: the kept `standardized_documents`, without the lines that are of another language."""
    from lugha.lake.digest import short_hash

    kept = documents.join(decisions.filter("is_kept").select("doc_id"), on="doc_id").join(
        labelled.select("doc_id", "foreign_lines"), on="doc_id"
    )
    texts = [own_lines(text, foreign) for text, foreign in kept.select("text", "foreign_lines").iter_rows()]
    return kept.with_columns(
        pl.Series("text", texts, dtype=pl.String),
        pl.Series("content_hash", [short_hash(t.encode()) for t in texts], dtype=pl.Binary),
        pl.Series("byte_count", [len(t.encode()) for t in texts], dtype=pl.Int64),
    ).select(list(TABLES["cleaned_shards"].columns))


def _is(language: str) -> pl.Expr:
    return pl.col("lid_label").fill_null(UNDETERMINED) == language


NONE = pl.lit(None, dtype=pl.Float64)
SCORE = pl.col("lid_score").cast(pl.Float64)
