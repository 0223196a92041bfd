"""Schedules: a new snapshot every week, a training round every week, and a capped backfill of what is missing or
stale every night.

They are off until somebody turns them on: nothing visits a web site or occupies a machine without having been asked to.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

import dagster as dg

from assets.audit import host_scores
from assets.collection import crawl_index
from assets.construction import training_mixtures
from assets.contamination import contaminated_documents
from assets.copies import language_overlap, repeated_paragraphs, source_overlap
from assets.deduplication import dedup_sets, duplicate_edges, signatures
from assets.documents import labelled_documents, parsed_documents, standardized_documents
from assets.evaluation_sets import eval_sets
from assets.labeling import cleaned_shards, language_profiles
from assets.partitions import key_ranges, languages, snapshots
from assets.training import checkpoints
from lugha.lake import Lake
from lugha.lake.lake import Keys
from lugha.lake.lineage import stale_partitions
from lugha.mixtures import recipes
from resources import LakeResource

MOST_PARTITIONS = 200  # a night
RANGE_START, RANGE_END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
CELL_STAGES = (parsed_documents, standardized_documents, labelled_documents, cleaned_shards, signatures)
LANGUAGE_STAGES = (
    language_profiles,
    host_scores,
    dedup_sets,
    repeated_paragraphs,
    source_overlap,
    language_overlap,
    eval_sets,
    contaminated_documents,
)


@dg.schedule(cron_schedule="0 2 * * 6", target=[crawl_index])
def weekly_collection(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Saturday at two: a new snapshot of the site list; the stages after it follow by themselves."""
    snapshot = f"web-{context.scheduled_execution_time:%Y%m%d}"
    context.instance.add_dynamic_partitions(str(snapshots.name), [snapshot])
    return dg.RunRequest(run_key=snapshot, partition_key=snapshot)


@dg.schedule(cron_schedule="0 2 * * 0", target=[training_mixtures, checkpoints])
def weekly_training(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest]:
    """Sunday at two: every recipe that continues from another and is no fire drill; a mixture that did not change is
    left alone.
    """
    chosen = [r.name for r in recipes().values() if r.continues and r.drill is None]
    return [
        dg.RunRequest(run_key=f"{name}:{context.scheduled_execution_time:%Y%m%d}", partition_key=name)
        for name in chosen
    ]


@dg.schedule(cron_schedule="0 3 * * *", target=list(CELL_STAGES))
def nightly_cells(context: dg.ScheduleEvaluationContext, lake: LakeResource) -> list[dg.RunRequest] | dg.SkipReason:
    """The first stage that has missing or stale cells gets them, at most so many a night."""
    return _backfill(lake.open(), CELL_STAGES, f"{context.scheduled_execution_time:%Y%m%d}")


@dg.schedule(cron_schedule="20 3 * * *", target=[duplicate_edges])
def nightly_comparisons(
    context: dg.ScheduleEvaluationContext, lake: LakeResource
) -> list[dg.RunRequest] | dg.SkipReason:
    """The same for what is partitioned by key range and language."""
    return _backfill(lake.open(), (duplicate_edges,), f"{context.scheduled_execution_time:%Y%m%d}")


@dg.schedule(cron_schedule="30 3 * * *", target=list(LANGUAGE_STAGES))
def nightly_languages(context: dg.ScheduleEvaluationContext, lake: LakeResource) -> list[dg.RunRequest] | dg.SkipReason:
    """The same for the stages that are partitioned by language."""
    return _backfill(lake.open(), LANGUAGE_STAGES, f"{context.scheduled_execution_time:%Y%m%d}")


def _backfill(lake: Lake, stages: Sequence[dg.AssetsDefinition], day: str) -> list[dg.RunRequest] | dg.SkipReason:
    for stage in stages:
        table = stage.key.path[-1]
        beside = {"key_range": key_ranges.get_partition_keys()}
        stale = stale_partitions(lake, table, str(stage.code_versions_by_key[stage.key]), beside)
        known = {"language": set(languages.get_partition_keys()), "key_range": set(beside["key_range"])}
        stale = [keys for keys in stale if all(keys.get(c) in (None, *values) for c, values in known.items())]
        stale = stale[:MOST_PARTITIONS]
        if stale:
            return [_range_run(stage.key, first, last, day) for first, last in ranges(stale)]
    return dg.SkipReason("Nothing is missing or stale.")


def ranges(partitions: Sequence[Keys]) -> Iterator[tuple[Keys, Keys]]:
    """Runs of neighbouring languages of one snapshot or key range as (first, last): a run takes a range, and one that
    holds no other partition costs nothing.
    """
    order = {code: n for n, code in enumerate(languages.get_partition_keys())}

    def beside(keys: Keys) -> list[str]:
        return [value for name, value in sorted(keys.items()) if name != "language"]

    for _, same in groupby(sorted(partitions, key=lambda k: (beside(k), order[k["language"]])), key=beside):
        for _, run in groupby(enumerate(same), key=lambda x: order[x[1]["language"]] - x[0]):
            members = [keys for _, keys in run]
            yield members[0], members[-1]


def _range_run(asset: dg.AssetKey, first: Keys, last: Keys, day: str) -> dg.RunRequest:
    start, end = ("|".join(keys[name] for name in sorted(keys)) for keys in (first, last))
    return dg.RunRequest(
        run_key=f"backfill {asset.path[-1]} {start} {end} {day}",
        asset_selection=[asset],
        tags={RANGE_START: start, RANGE_END: end, "lugha/reason": "backfill"},
    )
