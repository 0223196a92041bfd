"""What holds for documents, their labels and decisions, and the hosts they come from."""

import polars as pl

from assets.checks.checking import Found
from lugha.identification.confusion import confusion_problems
from lugha.lake import Lake
from lugha.languages import UNDETERMINED

GOLD_ENOUGH = 10  # pages whose language people told, in one cell; fewer measure nothing
LEAST_PRECISION = 0.9
CEILING_ENOUGH = 50  # documents: of fewer, a bad handful is most
MOST_BY_ONE_RULE = 0.5


def forbidden(lake: Lake) -> Found:
    """Records that robots.txt forbids to fetch."""
    rows = (
        lake.scan("raw_crawls").filter(pl.col("robots") == "forbidden").group_by("snapshot", "language").len().collect()
    )
    yield from (
        (f"{language}|{snapshot}", f"{n} records that robots.txt forbids") for snapshot, language, n in rows.iter_rows()
    )


def unreasoned(lake: Lake) -> Found:
    """Documents that were dropped without a reason, or have no decision at all."""
    decided = lake.scan("decisions").select("doc_id", "snapshot", "language", "is_kept", "drop_reason")
    silent = (
        decided.filter(~pl.col("is_kept") & pl.col("drop_reason").is_null())
        .group_by("snapshot", "language")
        .len()
        .collect()
    )
    yield from (
        (f"{language}|{snapshot}", f"{n} documents dropped without a reason")
        for snapshot, language, n in silent.iter_rows()
    )
    done = {key for key, _ in lake.states("decisions").items()}
    undecided = (
        lake.scan("labelled_documents")
        .join(decided, on=["doc_id", "snapshot", "language"], how="anti")
        .group_by("snapshot", "language")
        .len()
        .collect()
    )
    yield from (
        (f"{language}|{snapshot}", f"{n} documents have no decision at all")
        for snapshot, language, n in undecided.iter_rows()
        if (snapshot, language) in done
    )


def imprecise(lake: Lake) -> Found:
    """Cells of whose documents, where people said what language they are in, too many are in another one."""
    gold = lake.scan("annotations").filter(pl.col("aspect") == "language").select("doc_id", said="label").unique()
    told = lake.scan("labelled_documents").filter(pl.col("lid_label") == pl.col("language"))
    cells = (
        told.select("doc_id", "snapshot", "language")
        .join(gold, on="doc_id")
        .group_by("language", "snapshot")
        .agg(pl.len().alias("count"), (pl.col("said") == pl.col("language")).mean().alias("precision"))
        .filter((pl.col("count") >= GOLD_ENOUGH) & (pl.col("precision") < LEAST_PRECISION))
        .collect()
    )
    for language, snapshot, count, precision in cells.iter_rows():
        yield (
            f"{language}|{snapshot}",
            f"{precision:.0%} of {count} gold pages labelled {language} are in it, {LEAST_PRECISION:.0%} are asked for",
        )


def one_rule_drops(lake: Lake) -> Found:
    """Cells where a single bound drops most documents: then the bound is wrong for the language, or the source is."""
    decided = lake.scan("decisions").filter(pl.col("language") != UNDETERMINED)
    cell = ("language", "snapshot")
    totals = decided.group_by(cell).agg(pl.len().alias("total"))
    rules = decided.filter(pl.col("tier").is_in(["rule", "small_model"])).group_by(*cell, "drop_reason").len()
    rows = (
        rules.join(totals, on=cell)
        .filter((pl.col("total") >= CEILING_ENOUGH) & (pl.col("len") > MOST_BY_ONE_RULE * pl.col("total")))
        .collect()
    )
    for row in rows.iter_rows(named=True):
        yield (
            f"{row['language']}|{row['snapshot']}",
            f"{row['drop_reason']} drops {row['len']} of {row['total']} documents, over {MOST_BY_ONE_RULE:.0%}: "
            f"lugha try-signal {row['drop_reason'].rpartition('_')[0]} --language {row['language']}",
        )


def confused(lake: Lake) -> Found:
    """Languages that identification mixes up with a close one, finds too seldom or claims too often."""
    yield from confusion_problems(lake.read("lid_confusion"))


def failing_hosts(lake: Lake) -> Found:
    """Languages with hosts of which hardly anything passes and that no list blocks."""
    rows = lake.scan("host_scores").filter(pl.col("is_failing") & pl.col("blocked_by").is_null()).collect()
    for row in rows.iter_rows(named=True):
        yield (
            row["language"],
            f"{row['host']}: {row['kept_count']} of {row['document_count']} documents kept, most dropped for "
            f"{row['top_drop_reason']}; look, then block it with a reason (CONTRIBUTING.md, A blocklist) or mend the bound",
        )
