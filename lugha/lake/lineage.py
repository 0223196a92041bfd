"""Which tables a table is made from, partition by partition, and which of its partitions are missing or stale.

The same declaration tells a build what its inputs are and tells the backfill what has to be built again.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from types import MappingProxyType

from lugha.lake.build import inputs_digest
from lugha.lake.lake import Keys, Lake
from lugha.lake.schemas import TABLES

UPSTREAM: dict[str, tuple[str, ...]] = {
    "parsed_documents": ("raw_crawls",),
    "standardized_documents": ("parsed_documents",),
    "labelled_documents": ("standardized_documents",),
    "teacher_labels": ("standardized_documents",),
    "language_profiles": ("labelled_documents",),
    "lid_confusion": (),
    "cleaned_shards": ("standardized_documents", "labelled_documents", "language_profiles"),
    "host_scores": ("standardized_documents", "labelled_documents", "cleaned_shards"),
    "signatures": ("cleaned_shards",),
    "duplicate_edges": ("signatures",),
    "dedup_sets": ("signatures", "duplicate_edges"),
    "repeated_paragraphs": ("cleaned_shards",),
    "source_overlap": ("dedup_sets",),
    "language_overlap": ("signatures",),
    "eval_sets": ("dedup_sets",),
    "contaminated_documents": ("eval_sets", "dedup_sets"),
    "training_mixtures": ("dedup_sets", "eval_sets", "contaminated_documents"),
    "checkpoints": ("training_mixtures",),
    "eval_scores": ("eval_sets", "checkpoints"),
    "language_cards": ("raw_crawls", "cleaned_shards", "dedup_sets"),
}


def input_digests(lake: Lake, table: str) -> Callable[[Keys], dict[str, str]]:
    """A look-up, read once: the digests of all upstream partitions that a partition of `table` is made from, by name.

    {"parsed_documents web-1|yor_Latn": "3f..."}. Partitions agree on the columns that both tables have; a language
    profile leans on every language of its script. What was never written is "absent", so that its arrival changes the
    fingerprint.
    """
    states = {upstream: lake.states(upstream) for upstream in UPSTREAM[table]}

    def look_up(keys: Keys) -> dict[str, str]:
        found: dict[str, str] = {}
        for upstream, partitions in states.items():
            columns = TABLES[upstream].partitioned_by
            matching = {
                f"{upstream} {'|'.join(key)}": state.digest
                for key, state in sorted(partitions.items())
                if all(_agrees(table, column, value, keys) for column, value in zip(columns, key, strict=True))
            }
            found |= matching or {f"{upstream} {'|'.join(keys.values())}": "absent"}
        return found

    return look_up


def _agrees(table: str, column: str, value: str, keys: Keys) -> bool:
    if column not in keys or table == "language_overlap":  # there every language is held against every other
        return True
    if table == "language_profiles":
        from lugha.labeling.profiles import anchors  # there and not above: profiles read the lake

        return value in anchors() or value.rpartition("_")[2] == keys[column].rpartition("_")[2]
    return keys[column] == value


def stale_partitions(
    lake: Lake, table: str, code_version: str, beside: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> list[Keys]:
    """Partitions of `table` that upstream has rows for and that are missing, or were made from other inputs or by
    other code than now. `beside` names the values of partition columns that no upstream table has.
    """
    look_up, states, columns = input_digests(lake, table), lake.states(table), TABLES[table].partitioned_by
    wanted: set[tuple[str, ...]] = set()
    for upstream in UPSTREAM[table]:
        own = TABLES[upstream].partitioned_by
        if set(columns) <= {*own, *beside}:
            for key, filled in lake.states(upstream).items():
                values = dict(zip(own, key, strict=True))
                if filled.row_count:
                    wanted |= set(product(*([values[c]] if c in values else beside[c] for c in columns)))
    stale: list[Keys] = []
    for key in sorted(wanted | set(states)):
        keys = dict(zip(columns, key, strict=True))
        state = states.get(key)
        if state is None or state.inputs != inputs_digest(code_version, look_up(keys)):
            stale.append(keys)
    return stale
