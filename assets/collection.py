"""Collection: what is known of the web, and the records that were fetched from it."""

import json
import time
from collections import Counter
from typing import Any

import dagster as dg
import polars as pl
from pydantic import Field

from assets.metadata import of_partition, of_table
from assets.partitions import cells, keys_of, one_run, snapshots, to_snapshot, when_new
from assets.stage import run_stage
from lugha.collection.index import index_rows, is_recollection, uncollected
from lugha.collection.progress import Progress
from lugha.collection.records import corrected_plan, recollect, recollection_plan, records_from_warc
from lugha.collection.walk import walk
from lugha.evaluation.requests import CollectionRequest, finished_request
from lugha.lake.build import Made
from lugha.lake.digest import content_digest, digest_of
from resources import LakeResource, WebResource

GROUP, OWNERS = "collection", ["team:collection"]
WANTED_BYTES = 200_000


@dg.asset(
    partitions_def=snapshots,
    group_name=GROUP,
    kinds={"http", "deltalake"},
    owners=OWNERS,
    code_version="1",
    backfill_policy=one_run,
    pool="web",
    metadata=of_table("crawl_index"),
)
def crawl_index(context: dg.AssetExecutionContext, lake: LakeResource, web: WebResource) -> dg.MaterializeResult[Any]:
    """Every address that a snapshot knows: fetched politely, forbidden by robots.txt, failed with its reason, or
    known and not asked for yet.

    A web snapshot walks the sites of the site list within a cap per host; what lies beyond the cap stays known. The
    answers are kept as WARC files, so a killed walk goes on where it stopped. The language is the one that the page's
    own hints name. A re-collection snapshot lists what all others know and none has fetched, and touches nothing.
    """
    open_lake = lake.open()

    def make(keys: Any) -> Made:
        snapshot = keys["snapshot"]
        if is_recollection(snapshot):
            rows = uncollected(open_lake.scan("crawl_index").filter(pl.col("snapshot") != snapshot))
        else:
            found = walk(web.seeds(), web.politeness(), web.limits(), web.folder(snapshot), _progress(context))
            rows = index_rows(found, snapshot)
        return Made(rows)

    def tell(built: Any, rows: pl.DataFrame) -> dict[str, dg.MetadataValue]:
        reasons = Counter(reason or outcome for outcome, reason in rows.select("outcome", "reason").iter_rows())
        fetched = rows.filter(pl.col("outcome") == "fetched")
        return of_partition(
            built,
            rows,
            reasons=reasons,
            numbers={"fetched_count": fetched.height, "language_count": fetched["language"].n_unique()},
        )

    settings = {
        "seeds": web.seeds() if not all(is_recollection(k) for k in context.partition_keys) else [],
        "pages_per_host": web.pages_per_host,
    }
    return run_stage(context, open_lake, settings=lambda keys: settings, inputs=lambda keys: {}, make=make, tell=tell)


class RecollectionConfig(dg.Config):
    """What a re-collection is asked for; a web snapshot needs none of it."""

    wanted_bytes: int = Field(default=WANTED_BYTES, description="Bytes of pages to fetch for each language, at most")
    request: str = Field(
        default="", description="The request of the eval_regression sensor as JSON; empty when started by hand"
    )


@dg.asset(
    partitions_def=cells,
    group_name=GROUP,
    kinds={"http", "deltalake"},
    owners=OWNERS,
    code_version="1",
    backfill_policy=one_run,
    automation_condition=when_new,
    pool="web",
    deps=[dg.AssetDep(crawl_index, partition_mapping=to_snapshot)],
    metadata=of_table("raw_crawls"),
    retry_policy=dg.RetryPolicy(max_retries=2, delay=5, backoff=dg.Backoff.EXPONENTIAL),
)
def raw_crawls(
    context: dg.AssetExecutionContext, config: RecollectionConfig, lake: LakeResource, web: WebResource
) -> dg.MaterializeResult[Any]:
    """The fetched records of one language with their bytes, headers, robots verdict and licence.

    From a web snapshot: the records that the index files under the language, corrected where a text was found to be
    in another. From a re-collection snapshot: pages of this language that are known and were never fetched, from the
    hosts that yielded best, up to the bytes asked for. Only this asset and crawl_index touch the network.
    """
    open_lake = lake.open()
    partitions = keys_of(context)
    request = CollectionRequest.from_json(config.request) if config.request else None
    plans = {
        snapshot: corrected_plan(open_lake, snapshot)
        for snapshot in {k["snapshot"] for k in partitions}
        if not is_recollection(snapshot)
    }

    def plan_of(keys: Any) -> pl.DataFrame:
        if is_recollection(keys["snapshot"]):
            return recollection_plan(open_lake, keys["snapshot"], keys["language"])
        return plans[keys["snapshot"]].filter(pl.col("language") == keys["language"])

    def inputs(keys: Any) -> dict[str, str]:
        plan = plan_of(keys)
        told = {
            f"crawl_index {keys['snapshot']} (records of {keys['language']})": content_digest(plan, ["doc_id", "url"])
        }
        return told | (
            {"request": digest_of([config.wanted_bytes, config.request])} if is_recollection(keys["snapshot"]) else {}
        )

    def make(keys: Any) -> Made:
        folder = web.folder(keys["snapshot"])
        if is_recollection(keys["snapshot"]):
            return Made(recollect(plan_of(keys), web.politeness(), folder, config.wanted_bytes, _progress(context)))
        return Made(records_from_warc(plan_of(keys), folder))

    result = run_stage(context, open_lake, inputs=inputs, make=make)
    if request is not None:
        finished_request(open_lake, request, context.run.run_id)
    return result


def _progress(context: dg.AssetExecutionContext) -> Any:
    started = last = time.monotonic()

    def log(progress: Progress) -> None:
        nonlocal last
        if time.monotonic() - last >= 30:
            last = time.monotonic()
            context.log.info(f"{json.dumps(progress.__dict__, default=str)} after {last - started:.0f} s")

    return log
