"""Deciding a cell from what the lake holds: its labels, the bounds of its language, and no text.

Only the columns that a bound or a kept document needs are read, so that a changed bound costs seconds for a million
documents.
"""

from collections.abc import Callable, Iterable, Mapping

from lugha.labeling.decide import columns_to_decide, decide
from lugha.labeling.kept import cleaned
from lugha.lake import Lake
from lugha.lake.build import Made

KEPT = ("content_hash", "foreign_lines", "own_hash", "own_byte_count")
Blocked = Callable[[Iterable[str]], Mapping[str, str]]


def decided_cell(lake: Lake, snapshot: str, language: str, blocked: Blocked = lambda hosts: {}) -> Made:
    """`cleaned_shards` rows of one cell with its `decisions` beside them.

    `blocked` says which of some hosts are blocked, and why.
    """
    bounds = lake.read("language_profiles", language=language)
    labels = lake.scan("labelled_documents", snapshot=snapshot, language=language)
    labelled = labels.select([*columns_to_decide(bounds), *KEPT]).collect()
    pages = lake.scan("standardized_documents", snapshot=snapshot, language=language)
    documents = pages.select("doc_id", "host", "fetched_at").collect()
    reasons = blocked(documents["host"].unique().drop_nulls())
    decisions = decide(labelled, bounds, language, blocked=reasons, hosts=documents)
    return Made(cleaned(labelled, decisions, documents), {"decisions": decisions})
