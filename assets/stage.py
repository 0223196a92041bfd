"""The one way in which an asset of a stage runs: build its partitions, tell about each, and give the data version."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import dagster as dg
import polars as pl

from assets.metadata import of_partition, of_run
from assets.partitions import keys_of, partition_key
from lugha.lake import Lake
from lugha.lake.build import Built, Made, build
from lugha.lake.digest import digest_of
from lugha.lake.lake import Keys
from lugha.lake.lineage import input_digests

LOG_SECONDS = 30.0
Tell = Callable[[Built, pl.DataFrame], Mapping[str, dg.MetadataValue]]


def run_stage(
    context: dg.AssetExecutionContext,
    lake: Lake,
    *,
    make: Callable[[Keys], Made],
    inputs: Callable[[Keys], Mapping[str, str]] | None = None,
    settings: Callable[[Keys], object] = lambda keys: None,
    tell: Tell = lambda built, rows: of_partition(built, rows),
) -> dg.MaterializeResult[Any]:
    """Materialize the partitions of this run of the asset whose name is its table. `tell` gives the metadata of one
    partition; `inputs` names what it is made from where that is more than the upstream tables of
    lugha/lake/lineage.py.
    """
    table, partitions = context.asset_key.path[-1], keys_of(context)
    built = build(
        lake,
        table,
        partitions,
        code_version=str(context.assets_def.code_versions_by_key[context.asset_key]),
        settings=settings,
        inputs=inputs or input_digests(lake, table),
        make=make,
        run_id=context.run.run_id,
        on_built=_logger(context, table, len(partitions)),
    )
    single = len(built) == 1
    everything: dict[str, dg.MetadataValue] = {}
    for one in built:
        # Bodies and signatures are megabytes and nobody looks at them.
        told = tell(one, lake.scan(table, **one.keys).select(pl.exclude("body", "signature")).collect())
        if single:
            everything |= told
        else:
            context.add_asset_metadata(told, partition_key=partition_key(dict(one.keys)))
    return dg.MaterializeResult(
        metadata={**of_run(lake.version(table), built), **everything},
        data_version=dg.DataVersion(_version(built)),
    )


def _version(built: list[Built]) -> str:
    """The partition's digest; over several partitions a digest of theirs, since a run has one data version for all
    (dagster #34013). Each partition's own digest is in its metadata and in the lake.
    """
    return built[0].state.digest if len(built) == 1 else digest_of(sorted(b.state.digest for b in built))


def _logger(context: dg.AssetExecutionContext, table: str, total: int) -> Callable[[int, Keys], None]:
    started = last = time.monotonic()

    def log(done: int, keys: Keys) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= LOG_SECONDS:
            last = now
            left = (now - started) / done * (total - done)
            context.log.info(
                f"{table}: {done} of {total} partitions, at {partition_key(dict(keys))}, about {left:.0f} s left"
            )

    return log
