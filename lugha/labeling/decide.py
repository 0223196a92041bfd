"""Scores meet bounds: who goes on, and for every document that does not, which bound it crossed.

The order is fixed, so that one document has one reason: no text, no language, another language, then the signals by
name.
"""

from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from lugha.labeling.label import own_lines
from lugha.labeling.lid import UNDETERMINED
from lugha.lake.digest import short_hash
from lugha.lake.schemas import TABLES

NONE = pl.lit(None, dtype=pl.Float64)


class Step(NamedTuple):
    """One question in the order of questions: which documents it drops, and what their decision then says."""

    drops: pl.Expr
    drop_reason: pl.Expr
    score: pl.Expr
    bound: pl.Expr
    calibrated_by: pl.Expr


def decide(labelled: pl.DataFrame, bounds: pl.DataFrame, language: str) -> pl.DataFrame:
    """`decisions` rows for the `labelled_documents` of one cell under the `language_profiles` rows of its language.

    `drop_reason` is the parser's failure, "undetermined_language", "other_language", or "<signal>_below" /
    "<signal>_above".
    """
    steps = [*_language_steps(language), *_bound_steps(bounds)]
    first = pl.coalesce([pl.when(step.drops).then(pl.lit(n)) for n, step in enumerate(steps)])

    def of_first(field: str) -> pl.Expr:
        return pl.coalesce([pl.when(pl.col("step") == n).then(getattr(step, field)) for n, step in enumerate(steps)])

    spec = TABLES["decisions"].schema
    told = {name: of_first(name).cast(spec[name]) for name in ("drop_reason", "score", "bound", "calibrated_by")}
    return labelled.with_columns(first.alias("step")).select("doc_id", is_kept=pl.col("step").is_null(), **told)


def _language_steps(language: str) -> list[Step]:
    label, score = pl.col("lid_label").fill_null(UNDETERMINED), pl.col("lid_score").cast(pl.Float64)
    return [
        Step(pl.col("failure").is_not_null(), pl.col("failure"), NONE, NONE, pl.lit("a document without text")),
        Step(
            label == UNDETERMINED,
            pl.lit("undetermined_language"),
            score,
            NONE,
            pl.lit("no language has half of its letters"),
        ),
        Step(
            label != language,
            pl.lit("other_language"),
            score,
            NONE,
            pl.lit("its lines are of another language; its record is filed anew"),
        ),
    ]


def _bound_steps(bounds: pl.DataFrame) -> Iterator[Step]:
    for row in bounds.sort("signal").iter_rows(named=True):
        signal, origin = pl.col(row["signal"]), pl.lit(row["calibrated_by"])
        for side, bound in (("below", row["at_least"]), ("above", row["at_most"])):
            if bound is not None:
                # A score that is missing (null, or no number) passes: "not computed" is no reason to drop a document.
                # Compared as stored: as Float64, a stored .3 is .30000001 and would cross a bound of .3.
                limit = pl.lit(bound).cast(pl.Float32)
                crosses = (signal < limit) if side == "below" else (signal > limit)
                drops = crosses.fill_null(False) & ~signal.is_nan()
                yield Step(drops, pl.lit(f"{row['signal']}_{side}"), signal.cast(pl.Float64), pl.lit(bound), origin)


def clean(documents: pl.DataFrame, labelled: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """`cleaned_shards` rows: the kept `standardized_documents`, without the lines that are of another language."""
    kept = documents.join(decisions.filter("is_kept").select("doc_id"), on="doc_id").join(
        labelled.select("doc_id", "foreign_lines"), on="doc_id"
    )
    texts = [own_lines(text, foreign) for text, foreign in kept.select("text", "foreign_lines").iter_rows()]
    return kept.with_columns(
        pl.Series("text", texts, dtype=pl.String),
        pl.Series("content_hash", [short_hash(t.encode()) for t in texts], dtype=pl.Binary),
        pl.Series("byte_count", [len(t.encode()) for t in texts], dtype=pl.Int64),
    ).select(list(TABLES["cleaned_shards"].columns))
