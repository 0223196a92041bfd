"""The sensor that closes the loop: languages that fell in the newest release are collected again, and only they.

Thin: lugha.evaluation decides what fell and what is still open, this file asks Dagster what runs and what failed.
Nothing is kept in a cursor: an open regression stays due until the lake says that it was collected.
"""

import json
from collections import Counter
from datetime import UTC, datetime

import dagster as dg

from assets.collection import raw_crawls
from assets.partitions import snapshots
from lugha.collection.index import recollection_snapshot
from lugha.evaluation.releases import release_history
from lugha.evaluation.requests import CollectionRequest, due_requests
from lugha.evaluation.yields import bytes_by_language
from lugha.lake import Lake
from resources import LakeResource

REQUEST_TAG = "lugha/request"
MOST_REQUESTS = 20  # a tick; what is over it is still due at the next one
UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
]


@dg.sensor(target=[raw_crawls], minimum_interval_seconds=30, default_status=dg.DefaultSensorStatus.RUNNING)
def eval_regression(context: dg.SensorEvaluationContext, lake: LakeResource) -> dg.SensorResult | dg.SkipReason:
    """Compare the newest release with the last one that fell nowhere; ask for more text of each language that fell
    beyond the noise.
    """
    due = open_requests(lake.open(), context.instance)
    if not due:
        return dg.SkipReason(
            "No language of the newest release fell beyond the noise, or all that fell are collected, under way, or wait for a person."
        )
    asked = due[:MOST_REQUESTS]
    new = sorted({r.snapshot for r in asked} - set(context.instance.get_dynamic_partitions(str(snapshots.name))))
    return dg.SensorResult(
        run_requests=[run_request(r) for r in asked],
        dynamic_partitions_requests=[snapshots.build_add_request(new)] if new else [],
    )


def open_requests(lake: Lake, instance: dg.DagsterInstance) -> list[CollectionRequest]:
    """Requests that are due, largest fall first."""
    failed: Counter[str] = Counter()
    running = set()
    for run in instance.get_runs(filters=dg.RunsFilter(tags={"lugha/reason": "eval_regression"})):
        request_id = run.tags.get(REQUEST_TAG, "")
        if run.status in UNFINISHED:
            running.add(request_id)
        elif run.status in (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED):
            failed[request_id] += 1
    unique, fetched = bytes_by_language(lake)
    return due_requests(
        release_history(lake),
        lake.read("collection_requests"),
        failed,
        frozenset(running),
        unique,
        fetched,
        recollection_snapshot(datetime.now(UTC).date()),
    )


def run_request(request: CollectionRequest) -> dg.RunRequest:
    """The run that fetches for a request; a failed one is asked for again under a new key."""
    return dg.RunRequest(
        run_key=f"{request.request_id}:{request.attempt}",
        partition_key=dg.MultiPartitionKey({"snapshot": request.snapshot, "language": request.language}),
        run_config={
            "ops": {"raw_crawls": {"config": {"wanted_bytes": request.wanted_bytes, "request": request.to_json()}}}
        },
        tags={
            "lugha/reason": "eval_regression",
            REQUEST_TAG: request.request_id,
            "lugha/excess_bits_per_byte": f"{request.excess:.4f}",
            "lugha/releases": json.dumps([request.anchor_id, request.candidate_id]),
            "dagster/priority": "10",
        },
    )
