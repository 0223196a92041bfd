"""The capped backfill asks for what is missing or stale, in as few runs as the partitions allow."""

from datetime import UTC, datetime

import dagster as dg
import polars as pl

from assets.partitions import languages
from lugha.lake import TABLES, Lake
from resources import LakeResource
from sensors.schedules import (
    MOST_PARTITIONS,
    nightly_cells,
    nightly_comparisons,
    nightly_languages,
    ranges,
    weekly_training,
)

CODES = list(languages.get_partition_keys())


def put_records(lake: Lake, *codes: str, table: str = "raw_crawls") -> None:
    schema = {c: TABLES[table].schema[c] for c in TABLES[table].columns}
    frame = pl.DataFrame([dict.fromkeys(schema) | {"doc_id": b"d" * 16}], schema=schema)
    for code in codes:
        lake.overwrite(table, frame, {"snapshot": "web-1", "language": code}, run_id="test")


def tick(schedule: dg.ScheduleDefinition, lake: Lake) -> list[dg.RunRequest] | dg.SkipReason:
    when = datetime(2026, 11, 22, 3, tzinfo=UTC)
    context = dg.build_schedule_context(scheduled_execution_time=when, resources={"lake": LakeResource(uri=lake.root)})
    return schedule(context)  # type: ignore[return-value]


def test_neighbours_of_one_snapshot_share_a_run_and_others_do_not():
    cells = [{"snapshot": "web-1", "language": CODES[n]} for n in (3, 4, 5, 9)] + [
        {"snapshot": "web-2", "language": CODES[6]}
    ]
    found = [(a["snapshot"], a["language"], b["language"]) for a, b in ranges(cells)]
    assert found == [("web-1", CODES[3], CODES[5]), ("web-1", CODES[9], CODES[9]), ("web-2", CODES[6], CODES[6])]


def test_cells_with_records_and_no_documents_are_asked_for(lake: Lake):
    put_records(lake, CODES[1], CODES[2], CODES[7])
    asked = tick(nightly_cells, lake)
    assert isinstance(asked, list)
    assert [r.asset_selection for r in asked] == [[dg.AssetKey("parsed_documents")]] * 2
    assert asked[0].tags["dagster/asset_partition_range_start"] == f"{CODES[1]}|web-1"
    assert asked[0].tags["dagster/asset_partition_range_end"] == f"{CODES[2]}|web-1"


def test_a_night_asks_for_no_more_than_the_cap(lake: Lake):
    assert len(CODES) > MOST_PARTITIONS
    cells = [{"snapshot": "web-1", "language": code} for code in CODES[: MOST_PARTITIONS + 50]]
    assert sum(1 for _ in ranges(cells)) == 1
    put_records(lake, *CODES[:3])
    asked = tick(nightly_cells, lake)
    assert isinstance(asked, list)
    assert len(asked) == 1


def test_on_an_empty_lake_nothing_is_asked_for(lake: Lake):
    assert isinstance(tick(nightly_cells, lake), dg.SkipReason)
    assert isinstance(tick(nightly_languages, lake), dg.SkipReason)


def test_the_weekly_training_leaves_out_base_and_drills():
    context = dg.build_schedule_context(scheduled_execution_time=datetime(2026, 11, 22, tzinfo=UTC))
    asked = weekly_training(context)
    assert [r.partition_key for r in asked] == ["round-1", "round-3"]  # type: ignore[union-attr]


def test_what_has_signatures_is_compared_at_night_range_by_range(lake: Lake):
    put_records(lake, CODES[1], CODES[7], table="signatures")
    asked = tick(nightly_comparisons, lake)
    assert isinstance(asked, list)
    assert [r.asset_selection for r in asked] == [[dg.AssetKey("duplicate_edges")]] * 2
    assert asked[0].tags["dagster/asset_partition_range_start"] == f"01-of-01|{CODES[1]}"
