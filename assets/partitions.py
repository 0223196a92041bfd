"""What the assets are partitioned by: snapshots come and go, languages and mixtures are files."""

import dagster as dg

from lugha.languages import languages as language_files
from lugha.mixtures import recipes

snapshots = dg.DynamicPartitionsDefinition(name="snapshots")
languages = dg.StaticPartitionsDefinition(list(language_files()))
mixtures = dg.StaticPartitionsDefinition(list(recipes()))
cells = dg.MultiPartitionsDefinition({"snapshot": snapshots, "language": languages})

to_language = dg.MultiToSingleDimensionPartitionMapping("language")
to_snapshot = dg.MultiToSingleDimensionPartitionMapping("snapshot")
every_partition = dg.AllPartitionMapping()

# One run takes as many partitions as are asked for: a process for every small partition would cost more than its work.
one_run = dg.BackfillPolicy.single_run()

# eager() waits for every missing upstream cell, and a grid of snapshots and languages always has some (decision 0006).
when_new = (
    dg.AutomationCondition.any_deps_updated()
    & ~dg.AutomationCondition.in_progress()
    & ~dg.AutomationCondition.any_deps_in_progress()
)


def keys_of(context: dg.AssetExecutionContext) -> list[dict[str, str]]:
    """The partitions of a run as plain keys: {"snapshot": ..., "language": ...} or {"language": ...}."""
    found = []
    for key in context.partition_keys:
        if isinstance(key, dg.MultiPartitionKey):
            found.append({name: key.keys_by_dimension[name] for name in ("snapshot", "language")})
        else:
            found.append({_dimension(context): str(key)})
    return found


def partition_key(keys: dict[str, str]) -> str:
    """The key as Dagster writes it: dimensions in alphabetical order."""
    return "|".join(keys[name] for name in sorted(keys))


def _dimension(context: dg.AssetExecutionContext) -> str:
    definition = context.assets_def.partitions_def
    return "language" if definition is languages else "mixture" if definition is mixtures else "snapshot"
