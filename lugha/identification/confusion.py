"""What held-out text of one language is taken for: the audit of language identification.

Close languages are where a corpus goes wrong silently, so every language has its row of the confusion matrix, for
sentences and for whole documents, and a check reads the pairs that are mixed up too often.
"""

from collections.abc import Collection

import polars as pl

from lugha.identification.identifier import Identifier, predict
from lugha.identification.identify import identify
from lugha.identification.training import measured_lines
from lugha.lake.schemas import TABLES
from lugha.languages import UNDETERMINED, registered

DOCUMENTS, SENTENCES = "document", "sentence"
HELD_OUT = {"language": pl.String, "level": pl.String, "text": pl.String}
LEAST_TEXTS = 50  # fewer say little: with 50, a share of .9 is known to about .08
MOST_CONFUSED = 0.1  # of the texts of a language taken for one close language
LEAST_RECALL = 0.85  # of the texts of a language that are found
LEAST_PRECISION = 0.85  # of the texts that are taken for a language


def held_out_texts(reference: pl.DataFrame, documents: pl.DataFrame | None = None) -> pl.DataFrame:
    """What identification is measured on, columns `language`, `level`, `text`: the held-out reference text (a JSONL
    file holds documents, other files sentences), or where there is none, hinted lines of `documents` (`language`,
    `text`) that taught nothing.
    """
    held_out = reference.filter("is_held_out")
    if held_out.height or documents is None:
        is_document = pl.col("source").str.contains(r"\.jsonl(\.gz)?$")
        level = pl.when(is_document).then(pl.lit(DOCUMENTS)).otherwise(pl.lit(SENTENCES))
        return held_out.select("language", level.alias("level"), "text")
    return measured_lines(documents).select("language", pl.lit(SENTENCES).alias("level"), "text")


def confusion(model: Identifier, held_out: pl.DataFrame) -> pl.DataFrame:
    """`lid_confusion` rows (with `language`) for the held-out texts of one or more languages. Nothing is expected of
    a text: a document gets the label that it would get under `und_Zyyy`, a sentence its most likely language.
    """
    found = [_labelled(model, rows) for (_,), rows in held_out.group_by(["level"], maintain_order=True)]
    if not found:
        return TABLES["lid_confusion"].empty()
    counted = pl.concat(found).group_by("language", "level", "predicted").agg(text_count=pl.len())
    close = [
        other in registered()[language].close if language in registered() else False
        for language, other in counted.select("language", "predicted").iter_rows()
    ]
    rows = counted.with_columns(
        share=pl.col("text_count") / pl.col("text_count").sum().over("language", "level"),
        is_close=pl.Series(close, dtype=pl.Boolean),
    ).sort("language", "level", "text_count", "predicted", descending=[False, False, True, False])
    schema = TABLES["lid_confusion"].schema
    return rows.select(list(schema)).cast(schema)  # type: ignore[arg-type]


def scores(confusions: pl.DataFrame) -> pl.DataFrame:
    """Per level and language of `lid_confusion` rows: text_count, recall, precision, f1 (0..1; precision among the texts
    of `confusions` alone, so give it all languages) and confused_with, what its texts are most often taken for.
    """
    right = pl.col("language") == pl.col("predicted")
    keys = ["level", "language"]
    of_language = confusions.group_by(keys).agg(
        text_count=pl.col("text_count").sum(),
        right_count=pl.col("text_count").filter(right).sum(),
        confused_with=pl.col("predicted").filter(~right).sort_by(pl.col("text_count").filter(~right)).last(),
    )
    taken = confusions.group_by("level", language="predicted").agg(taken_count=pl.col("text_count").sum())
    told = of_language.join(taken, on=keys, how="left").with_columns(pl.col("taken_count").fill_null(0))
    return told.select(
        *keys,
        "text_count",
        recall=pl.col("right_count") / pl.col("text_count"),
        # What nothing was taken for was never taken wrongly; its recall, and so its F1, is 0.
        precision=pl.when(pl.col("taken_count") > 0).then(pl.col("right_count") / pl.col("taken_count")).otherwise(1.0),
        f1=2 * pl.col("right_count") / (pl.col("text_count") + pl.col("taken_count")),
        confused_with="confused_with",
    ).sort("level", "f1", "language")


def macro_f1(confusions: pl.DataFrame, level: str, languages: Collection[str]) -> float | None:
    """Mean F1 over those of the languages that have texts of the level, among texts of these languages; None where none
    has any.
    """
    counted = confusions.filter(pl.col("language").is_in(list(languages)), pl.col("level") == level)
    mean = scores(counted)["f1"].mean()
    return None if mean is None else float(mean)  # type: ignore[arg-type]


def confusion_problems(confusions: pl.DataFrame) -> list[tuple[str, str]]:
    """What is wrong with `lid_confusion` rows of all languages, as (language, a sentence): close languages that are taken for
    each other too often, and languages that are found, or are right, too seldom. Languages with fewer than
    `LEAST_TEXTS` texts of a level are not judged.
    """
    totals = pl.col("text_count").sum().over("language", "level")
    pairs = confusions.filter(totals >= LEAST_TEXTS).filter(
        pl.col("is_close"), pl.col("language") != pl.col("predicted"), pl.col("share") > MOST_CONFUSED
    )
    told = [
        (
            row["language"],
            f"taken for its close language {row['predicted']} in {row['share']:.0%} of its {row['level']}s; "
            f"at most {MOST_CONFUSED:.0%}",
        )
        for row in pairs.sort("share", descending=True).iter_rows(named=True)
    ]
    for row in scores(confusions).filter(pl.col("text_count") >= LEAST_TEXTS).iter_rows(named=True):
        for name, least in (("recall", LEAST_RECALL), ("precision", LEAST_PRECISION)):
            if row[name] < least:
                problem = (
                    f"{name} {row[name]:.2f} on {row['text_count']} {row['level']}s, at least {least}; "
                    f"most confused with {row['confused_with'] or UNDETERMINED}"
                )
                told.append((row["language"], problem))
    return told


def _labelled(model: Identifier, rows: pl.DataFrame) -> pl.DataFrame:
    """`language`, `level` and `predicted` of texts of one level."""
    texts = rows["text"].to_list()
    if rows["level"][0] == DOCUMENTS:
        predicted = identify(texts, UNDETERMINED, model)["lid_label"].fill_null(UNDETERMINED)
    else:
        predicted = pl.Series([p.label for p in predict(model, texts)], dtype=pl.String)
    return rows.select("language", "level", predicted.alias("predicted"))
