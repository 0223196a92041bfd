"""How a check looks: problems by partition, told in one line and in a table, narrowed to what the run has just made."""

from collections.abc import Callable, Iterable
from typing import Any

import dagster as dg

from assets.partitions import partition_key
from lugha.lake import Lake
from resources import LakeResource

EVERY = "every partition"
Found = Iterable[tuple[str, str]]  # (partition, what is wrong)


def checked(
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


def name_of(columns: Iterable[str], key: Iterable[object]) -> str:
    return partition_key(dict(zip(columns, map(str, key), strict=True)))
