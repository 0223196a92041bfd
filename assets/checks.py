"""What must hold, partition by partition; a failed blocking check stops what comes after it in the run."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import dagster as dg
import polars as pl

from assets.audit import host_scores, language_cards
from assets.collection import crawl_index, raw_crawls
from assets.construction import training_mixtures
from assets.deduplication import dedup_sets
from assets.documents import labelled_documents, parsed_documents, standardized_documents
from assets.evaluation import eval_scores
from assets.evaluation_sets import eval_sets
from assets.identification import lid_confusion
from assets.labeling import cleaned_shards, language_profiles
from assets.partitions import partition_key
from assets.tiers import teacher_labels
from assets.training import checkpoints
from lugha.identification.confusion import confusion_problems
from lugha.lake import TABLES, Lake
from lugha.languages import UNDETERMINED
from lugha.mixtures import recipe
from resources import LakeResource

EVERY = "every partition"
GOLD_ENOUGH = 10  # pages whose language people told, in one cell; fewer measure nothing
LEAST_PRECISION = 0.9
CEILING_ENOUGH = 50  # documents: of fewer, a bad handful is most
MOST_BY_ONE_RULE = 0.5
LARGE_ENOUGH = 20  # documents in: from here on it is no accident that none comes out
Found = Iterable[tuple[str, str]]  # (partition, what is wrong)

TABLE_ASSETS: dict[str, Any] = {
    "crawl_index": crawl_index,
    "raw_crawls": raw_crawls,
    "parsed_documents": parsed_documents,
    "standardized_documents": standardized_documents,
    "labelled_documents": labelled_documents,
    "lid_confusion": lid_confusion,
    "teacher_labels": teacher_labels,
    "language_profiles": language_profiles,
    "cleaned_shards": cleaned_shards,
    "dedup_sets": dedup_sets,
    "eval_sets": eval_sets,
    "training_mixtures": training_mixtures,
    "checkpoints": checkpoints,
    "eval_scores": eval_scores,
    "host_scores": host_scores,
    "language_cards": language_cards,
}
FROM = {
    "parsed_documents": "raw_crawls",
    "standardized_documents": "parsed_documents",
    "labelled_documents": "standardized_documents",
    "cleaned_shards": "labelled_documents",
    "dedup_sets": "cleaned_shards",
}
ONE_ROW_A_DOCUMENT = (
    "crawl_index",
    "raw_crawls",
    "parsed_documents",
    "standardized_documents",
    "labelled_documents",
    "cleaned_shards",
    "dedup_sets",
    "training_mixtures",
)


def _result(found: Found, holds: str, severity: dg.AssetCheckSeverity) -> dg.AssetCheckResult:
    problems = list(found)
    shown = "\n".join(f"| {partition} | {what} |" for partition, what in problems[:50])
    return dg.AssetCheckResult(
        passed=not problems,
        severity=severity,
        description=holds if not problems else f"{len(problems)} partitions: {problems[0][0]}: {problems[0][1]}",
        metadata={"problem_count": len(problems)}
        | ({"problems": dg.MetadataValue.md(f"| partition | what is wrong |\n|---|---|\n{shown}")} if problems else {}),
    )


def _check(
    asset: Any, name: str, description: str, find: Callable[[Lake], Found], is_blocking: bool = True
) -> dg.AssetChecksDefinition:
    @dg.asset_check(asset=asset, name=name, description=description, blocking=is_blocking)
    def check(context: dg.AssetCheckExecutionContext, lake: LakeResource) -> dg.AssetCheckResult:
        checked = _partitions_of_run(context, asset)
        problems = (
            (partition, what)
            for partition, what in find(lake.open())
            if checked is None or partition in checked or partition == EVERY
        )
        return _result(
            problems, description, dg.AssetCheckSeverity.ERROR if is_blocking else dg.AssetCheckSeverity.WARN
        )

    return check


def _partitions_of_run(context: dg.AssetCheckExecutionContext, asset: dg.AssetsDefinition) -> set[str] | None:
    """The partitions that the run has just made, so that an old problem of another one does not block it; None where
    a check runs by itself.
    """
    tags, single = context.run.tags, context.run.tags.get("dagster/partition")
    start, end = (
        tags.get("dagster/asset_partition_range_start", single),
        tags.get("dagster/asset_partition_range_end", single),
    )
    definition, instance = asset.partitions_def, context.op_execution_context.instance
    if definition is None or start is None or end is None:
        return None
    if start == end:
        return {start}
    wanted = dg.PartitionKeyRange(start, end)
    if isinstance(definition, dg.MultiPartitionsDefinition):
        return {str(key) for key in definition.get_partition_keys_in_range(wanted, dynamic_partitions_store=instance)}
    if isinstance(definition, dg.DynamicPartitionsDefinition):
        known = list(instance.get_dynamic_partitions(str(definition.name)))
        return set(known[known.index(start) : known.index(end) + 1])
    return set(definition.get_partition_keys_in_range(wanted))


def _name(columns: Iterable[str], key: Iterable[object]) -> str:
    return partition_key(dict(zip(columns, map(str, key), strict=True)))


def schema_problems(lake: Lake, table: str) -> Found:
    """Columns and types as declared; where one row is a document, its id is there, 16 bytes long and unique in the
    partition.
    """
    spec, have = TABLES[table], lake.scan(table).collect_schema()
    for column, dtype in spec.schema.items():
        if have.get(column) != dtype:
            yield EVERY, f"column {column} is {have.get(column)}, declared {dtype}"
    if table in ONE_ROW_A_DOCUMENT:
        ids = lake.scan(table).select("doc_id", *spec.partitioned_by).collect()
        bad = ids.filter(
            pl.col("doc_id").is_null() | (pl.col("doc_id").bin.size() != 16) | pl.struct(ids.columns).is_duplicated()
        )
        for key, rows in bad.group_by(list(spec.partitioned_by)):
            yield (
                _name(spec.partitioned_by, key),
                f"{rows.height} rows without a doc_id of 16 bytes, or with one that stands twice",
            )


def emptied(lake: Lake, table: str) -> Found:
    """Partitions that took in many documents and give none."""
    into, out = lake.states(FROM[table]), lake.states(table)
    columns, columns_before = TABLES[table].partitioned_by, TABLES[FROM[table]].partitioned_by
    for key, state in out.items():
        keys = dict(zip(columns, key, strict=True))
        if keys["language"] == UNDETERMINED:  # nothing is kept there: what can be told goes to its language
            continue
        before = sum(
            s.row_count
            for k, s in into.items()
            if all(keys.get(c, v) == v for c, v in zip(columns_before, k, strict=True))
        )
        if before >= LARGE_ENOUGH and not state.row_count:
            yield (
                _name(columns, key),
                f"{before} rows of {FROM[table]} came in, none went out: look at the funnel of the partition",
            )


def share_problems(lake: Lake) -> Found:
    """Mixtures whose shares do not sum to 1."""
    for mixture, total in (
        lake.scan("mixture_languages").group_by("mixture").agg(pl.col("share").sum()).collect().iter_rows()
    ):
        if abs(total - 1) > 1e-6:
            yield mixture, f"shares sum to {total:.6f}"


def budget_problems(lake: Lake) -> Found:
    """Mixtures that draw more than their budget, one document a language of tolerance, or repeat a document too often."""
    drawn = (
        lake.scan("training_mixtures")
        .group_by("mixture")
        .agg(
            (pl.col("byte_count") * pl.col("repeat_count")).sum().alias("drawn"),
            pl.col("repeat_count").max().alias("most"),
            pl.col("language").n_unique().alias("languages"),
            pl.col("byte_count").max().alias("largest"),
        )
        .collect()
    )
    for mixture, total, most, languages, largest in drawn.iter_rows():
        chosen = recipe(mixture)
        if total > chosen.budget_bytes + languages * largest:
            yield mixture, f"{total:,} bytes drawn, the budget is {chosen.budget_bytes:,}"
        if most > chosen.max_epochs + 1:
            yield mixture, f"a document is read {most} times, max_epochs is {chosen.max_epochs}"


def leaked(lake: Lake) -> Found:
    """Mixtures that hold a document of a held-out cluster, or a text equal to one."""
    held_out = lake.scan("dedup_sets").filter("is_held_out").select("content_hash").unique()
    rows = (
        lake.scan("training_mixtures").join(held_out, on="content_hash", how="semi").group_by("mixture").len().collect()
    )
    yield from ((mixture, f"{n} documents are held out for evaluation") for mixture, n in rows.iter_rows())


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


def impossible_scores(lake: Lake) -> Found:
    """Scores that are no numbers or belong to items without bytes."""
    bad = (
        lake.scan("eval_scores")
        .filter(~pl.col("nats").is_finite() | (pl.col("byte_count") <= 0))
        .group_by("language")
        .len()
        .collect()
    )
    yield from ((language, f"{n} scores that are no finite number") for language, n in bad.iter_rows())


CHECKS: list[dg.AssetChecksDefinition] = [
    *(
        _check(
            asset,
            "schema",
            "Columns and types are the declared ones, and a document stands once.",
            partial(schema_problems, table=table),
        )
        for table, asset in TABLE_ASSETS.items()
    ),
    *(
        _check(
            TABLE_ASSETS[table],
            "not_emptied",
            "Where many documents came in, some went out.",
            partial(emptied, table=table),
        )
        for table in FROM
    ),
    _check(raw_crawls, "robots_respected", "No record that robots.txt forbids.", forbidden),
    _check(cleaned_shards, "every_drop_has_a_reason", "Every dropped document has a reason.", unreasoned),
    _check(
        labelled_documents,
        "label_precision",
        f"Of the pages whose language people told, {LEAST_PRECISION:.0%} of those labelled a language are in it.",
        imprecise,
    ),
    _check(
        cleaned_shards,
        "no_rule_drops_most",
        f"No single bound drops more than {MOST_BY_ONE_RULE:.0%} of a cell's documents.",
        one_rule_drops,
        is_blocking=False,  # true of a site full of captions too: a person has to look, and other languages go on
    ),
    _check(
        lid_confusion,
        "languages_told_apart",
        "Close languages are not taken for each other, and each is found and right often enough.",
        confused,
        is_blocking=False,
    ),
    _check(host_scores, "hosts_pass", "No host fails unseen.", failing_hosts, is_blocking=False),
    _check(training_mixtures, "shares_sum_to_one", "The shares of a mixture sum to 1.", share_problems),
    _check(training_mixtures, "budget_respected", "A mixture draws no more than its budget.", budget_problems),
    _check(
        training_mixtures,
        "no_held_out_document",
        "No document that is held out for evaluation is in a mixture.",
        leaked,
    ),
    _check(eval_scores, "scores_are_numbers", "Every score is a finite number.", impossible_scores),
]
