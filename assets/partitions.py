"""What the assets are partitioned by: snapshots come and go, languages and mixtures are files."""

import dagster as dg

from lugha.languages import languages as language_files
from lugha.mixtures import recipes
from lugha.settings import key_range_count

snapshots = dg.DynamicPartitionsDefinition(name="snapshots")
languages = dg.StaticPartitionsDefinition(list(language_files()))
mixtures = dg.StaticPartitionsDefinition(list(recipes()))
cells = dg.MultiPartitionsDefinition({"snapshot": snapshots, "language": languages})

# "02-of-16": a different count makes different partitions, so that edges of two cuts never mix.
key_ranges = dg.StaticPartitionsDefinition(
    [f"{number:02}-of-{key_range_count():02}" for number in range(1, key_range_count() + 1)]
)
comparisons = dg.MultiPartitionsDefinition({"key_range": key_ranges, "language": languages})

to_language = dg.MultiToSingleDimensionPartitionMapping("language")
to_snapshot = dg.MultiToSingleDimensionPartitionMapping("snapshot")
of_same_language = dg.MultiPartitionMapping(
    {"language": dg.DimensionPartitionMapping("language", dg.IdentityPartitionMapping())}
)
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
    found: list[dict[str, str]] = []
    for key in context.partition_keys:
        if isinstance(key, dg.MultiPartitionKey):
            found.append(dict(key.keys_by_dimension))
        else:
            found.append({_dimension(context): str(key)})
    return found


def partition_key(keys: dict[str, str]) -> str:
    """The key as Dagster writes it: dimensions in alphabetical order."""
    return "|".join(keys[name] for name in sorted(keys))


def _dimension(context: dg.AssetExecutionContext) -> str:
    definition = context.assets_def.partitions_def
    return "language" if definition is languages else "mixture" if definition is mixtures else "snapshot"
