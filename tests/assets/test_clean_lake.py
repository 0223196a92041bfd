"""What a user gets who materializes something before anything else is there."""

from pathlib import Path
from typing import Any

import dagster as dg
import pytest

import definitions
from lugha.languages import languages
from resources import LakeResource, ModelsResource, TeacherResource, TrainerResource, WebResource

SNAPSHOT = "web-20260101"
CELL = dg.MultiPartitionKey({"snapshot": SNAPSHOT, "language": "yor_Latn"})
COMPARISON = dg.MultiPartitionKey({"key_range": "01-of-01", "language": "yor_Latn"})
ASSETS = list(definitions.defs.assets or [])


@pytest.fixture
def resources(tmp_path: Path) -> dict[str, Any]:
    return {
        "lake": LakeResource(uri=str(tmp_path / "lake")),
        "web": WebResource(warc_folder=str(tmp_path / "warc"), user_agent="lugha/0.1 (+http://localhost/test)"),
        "models": ModelsResource(folder=str(tmp_path / "models")),
        "teacher": TeacherResource(folder=str(tmp_path / "teacher")),
        "trainer": TrainerResource(folder=str(tmp_path / "checkpoints")),
    }


@pytest.fixture
def instance() -> dg.DagsterInstance:
    instance = dg.DagsterInstance.ephemeral()
    instance.add_dynamic_partitions("snapshots", [SNAPSHOT, "recollect-2026w01"])
    return instance


def materialize(name: str, partition: str | None, instance: dg.DagsterInstance, resources: dict[str, Any]) -> Any:
    return dg.materialize(
        ASSETS, selection=[name], partition_key=partition, instance=instance, resources=resources, raise_on_error=False
    )


@pytest.mark.parametrize(
    ("name", "partition"),
    [
        ("raw_crawls", CELL),
        ("parsed_documents", CELL),
        ("standardized_documents", CELL),
        ("lid_model", None),
        ("lid_confusion", "yor_Latn"),
        ("small_models", "yor_Latn"),
        ("labelled_documents", CELL),
        ("language_profiles", "yor_Latn"),
        ("cleaned_shards", CELL),
        ("signatures", CELL),
        ("duplicate_edges", COMPARISON),
        ("dedup_sets", "yor_Latn"),
        ("repeated_paragraphs", "yor_Latn"),
        ("source_overlap", "yor_Latn"),
        ("language_overlap", "yor_Latn"),
        ("contaminated_documents", "yor_Latn"),
        ("host_scores", "yor_Latn"),
        ("eval_sets", "yor_Latn"),
        ("eval_scores", "yor_Latn"),
        ("language_cards", "yor_Latn"),
        ("crawl_index", "recollect-2026w01"),
    ],
)
def test_a_stage_without_input_gives_an_empty_partition(
    name: str, partition: str | None, instance: dg.DagsterInstance, resources: dict[str, Any]
):
    result = materialize(name, partition, instance, resources)
    assert result.success
    (event,) = result.asset_materializations_for_node(name)
    if name not in ("lid_model", "small_models", "language_profiles", "language_cards"):
        assert event.metadata["dagster/row_count"].value == 0


@pytest.mark.parametrize(
    ("name", "partition", "says"),
    [
        ("crawl_index", SNAPSHOT, "Set LUGHA_SEEDS"),
        ("training_mixtures", "base", "finds no document to train on. Materialize crawl_index to dedup_sets"),
        ("tokenizer", None, "NothingToTrainOn"),
        ("teacher_labels", "yor_Latn", "Set LUGHA_TEACHER_URL"),
        ("checkpoints", "base", "There is no tokenizer yet. Materialize the asset `tokenizer`"),
    ],
)
def test_what_cannot_be_made_from_nothing_says_what_to_do_first(
    name: str, partition: str | None, says: str, instance: dg.DagsterInstance, resources: dict[str, Any]
):
    result = materialize(name, partition, instance, resources)
    assert not result.success
    failure = result.failure_data_for_node(name)
    assert says in failure.error.to_string()


def test_a_range_of_languages_is_one_run(instance: dg.DagsterInstance, resources: dict[str, Any]):
    first, *_, last = list(languages())[:5]
    result = dg.materialize(
        ASSETS,
        selection=["dedup_sets"],
        instance=instance,
        resources=resources,
        tags={"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last},
    )
    events = result.asset_materializations_for_node("dedup_sets")
    assert sorted(str(e.partition) for e in events) == list(languages())[:5]
    assert all("digest" in e.metadata for e in events)


def test_the_second_time_says_unchanged_and_writes_nothing(instance: dg.DagsterInstance, resources: dict[str, Any]):
    materialize("dedup_sets", "yor_Latn", instance, resources)
    version = resources["lake"].open().version("dedup_sets")
    (event,) = materialize("dedup_sets", "yor_Latn", instance, resources).asset_materializations_for_node("dedup_sets")
    assert event.metadata["unchanged"].value is True
    assert resources["lake"].open().version("dedup_sets") == version
