"""The sensor on lakes where the scores were put by hand."""

from datetime import UTC, datetime, timedelta

import dagster as dg
import polars as pl
import pytest

from lugha.evaluation.requests import CollectionRequest, finished_request
from lugha.lake import TABLES, Batch, Lake
from lugha.lake.lake import NO_FINGERPRINT
from resources import LakeResource
from sensors.eval_regression import REQUEST_TAG, eval_regression, open_requests

LANGUAGES = ["amh_Ethi", "hau_Latn", "mya_Mymr", "tha_Thai", "tur_Latn", "urd_Arab", "yor_Latn"]
START = datetime(2026, 11, 1, tzinfo=UTC)


def put_release(lake: Lake, number: int, falls: dict[str, float], parent: str | None = "base0") -> None:
    """A checkpoint and its scores: 2 bits per byte everywhere, more for the languages that fall."""
    made, name = START + timedelta(hours=number), f"checkpoint-{number}"
    row = dict.fromkeys(TABLES["checkpoints"].columns) | {
        "checkpoint_id": name, "parent_id": parent, "created_at": made, "step_count": 1, "token_count": 1, "lineage": "{}",
    }  # fmt: skip
    checkpoint = pl.DataFrame([row], schema={c: TABLES["checkpoints"].schema[c] for c in TABLES["checkpoints"].columns})
    lake.overwrite("checkpoints", checkpoint, {"mixture": f"mixture-{number}"}, run_id="test")
    known, batch = lake.read("eval_scores"), Batch(lake, "eval_scores", "test")
    for language in LANGUAGES:
        bits = [2 + falls.get(language, 0.0) + 0.01 * ((item * 7 + number) % 5) for item in range(20)]
        rows = pl.DataFrame(
            {
                "checkpoint_id": name, "mixture": f"mixture-{number}", "created_at": made, "benchmark": "held_out_text", "level": "basic",
                "metric": "bits_per_byte", "item_id": [bytes([item]) * 16 for item in range(20)], "nats": [b * 100 * 0.6931471805599453 for b in bits],
                "byte_count": 100,
            }
        ).cast({c: TABLES["eval_scores"].schema[c] for c in TABLES["eval_scores"].columns})  # fmt: skip
        before = known.filter(pl.col("language") == language).drop("language")
        batch.stage(
            pl.concat([before, rows.select(before.columns)]), {"language": language}, NO_FINGERPRINT, NO_FINGERPRINT
        )
    batch.commit()


def tick(lake: Lake, instance: dg.DagsterInstance) -> dg.SensorResult | dg.SkipReason:
    context = dg.build_sensor_context(instance=instance, resources={"lake": LakeResource(uri=lake.root)})
    return eval_regression(context)  # type: ignore[return-value]


@pytest.fixture
def instance() -> dg.DagsterInstance:
    return dg.DagsterInstance.ephemeral()


def test_without_scores_the_sensor_asks_for_nothing(lake: Lake, instance: dg.DagsterInstance):
    assert isinstance(tick(lake, instance), dg.SkipReason)


def test_only_the_language_that_fell_is_asked_for(lake: Lake, instance: dg.DagsterInstance):
    put_release(lake, 1, {})
    put_release(lake, 2, {"yor_Latn": 0.3})
    asked = tick(lake, instance)
    assert isinstance(asked, dg.SensorResult)
    assert [r.partition_key.keys_by_dimension["language"] for r in asked.run_requests] == ["yor_Latn"]  # type: ignore[union-attr]
    assert len(asked.dynamic_partitions_requests) == 1  # type: ignore[arg-type]


def test_a_base_checkpoint_is_no_release(lake: Lake, instance: dg.DagsterInstance):
    """After a base everything rises; the language that rises least has not fallen."""
    put_release(lake, 1, dict.fromkeys(LANGUAGES, 1.0) | {"tha_Thai": 0.2}, parent=None)
    put_release(lake, 2, {})
    assert isinstance(tick(lake, instance), dg.SkipReason)


def test_a_fall_of_all_languages_alike_asks_for_nothing(lake: Lake, instance: dg.DagsterInstance):
    put_release(lake, 1, {})
    put_release(lake, 2, dict.fromkeys(LANGUAGES, 0.3))
    assert isinstance(tick(lake, instance), dg.SkipReason)


def request_of(lake: Lake, instance: dg.DagsterInstance) -> CollectionRequest:
    (request,) = open_requests(lake, instance)
    return request


def test_the_same_regression_is_not_collected_twice(lake: Lake, instance: dg.DagsterInstance):
    put_release(lake, 1, {})
    put_release(lake, 2, {"mya_Mymr": 0.3})
    finished_request(lake, request_of(lake, instance), "run")
    assert open_requests(lake, instance) == []
    assert lake.read("collection_requests")["outcome"].to_list() == ["exhausted"]


def test_a_failed_collection_is_asked_for_again_under_a_new_key(lake: Lake, instance: dg.DagsterInstance):
    put_release(lake, 1, {})
    put_release(lake, 2, {"urd_Arab": 0.3})
    first = request_of(lake, instance)
    put_run(instance, first, dg.DagsterRunStatus.FAILURE)
    second = request_of(lake, instance)
    assert (second.request_id, second.attempt) == (first.request_id, 2)
    for _ in range(2):
        put_run(instance, first, dg.DagsterRunStatus.FAILURE)
    assert open_requests(lake, instance) == [], "after three failures a person has to look"


def test_a_collection_under_way_is_not_started_again(lake: Lake, instance: dg.DagsterInstance):
    put_release(lake, 1, {})
    put_release(lake, 2, {"amh_Ethi": 0.3})
    put_run(instance, request_of(lake, instance), dg.DagsterRunStatus.STARTED)
    assert open_requests(lake, instance) == []


def put_run(instance: dg.DagsterInstance, request: CollectionRequest, status: dg.DagsterRunStatus) -> None:
    tags = {"lugha/reason": "eval_regression", REQUEST_TAG: request.request_id}
    instance.add_run(dg.DagsterRun(job_name="__ASSET_JOB", tags=tags, status=status))


def test_a_language_that_recovered_is_no_longer_asked_for(lake: Lake, instance: dg.DagsterInstance):
    put_release(lake, 1, {})
    put_release(lake, 2, {"tur_Latn": 0.3})
    put_release(lake, 3, {})
    assert isinstance(tick(lake, instance), dg.SkipReason)


def test_the_request_travels_in_the_configuration_of_the_run(lake: Lake, instance: dg.DagsterInstance):
    put_release(lake, 1, {})
    put_release(lake, 2, {"hau_Latn": 0.3})
    asked = tick(lake, instance)
    assert isinstance(asked, dg.SensorResult)
    (run,) = asked.run_requests or []
    config = run.run_config["ops"]["raw_crawls"]["config"]
    assert CollectionRequest.from_json(config["request"]).language == "hau_Latn"
    assert config["wanted_bytes"] > 0
    assert run.tags["lugha/reason"] == "eval_regression"
