"""Runs that a kill left behind: what they hold must not stop the next run for ever."""

from pathlib import Path

import dagster as dg
import pytest

from demo.place import INSTANCE
from demo.runner import end_killed_runs


@pytest.fixture
def instance(tmp_path: Path):
    (tmp_path / "dagster.yaml").write_text(INSTANCE, encoding="utf-8")
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        yield instance


def killed_run(instance: dg.DagsterInstance, status: dg.DagsterRunStatus) -> str:
    """A run that held the pool "web" when its process was killed."""
    run = dg.DagsterRun(job_name="demo", status=status)
    instance.add_run(run)
    instance.event_log_storage.initialize_concurrency_limit_to_default("web")
    assert instance.event_log_storage.claim_concurrency_slot("web", run.run_id, "raw_crawls").is_claimed
    return run.run_id


@pytest.mark.parametrize("status", [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.FAILURE])
def test_the_pool_of_a_killed_run_is_free_for_the_next(instance: dg.DagsterInstance, status: dg.DagsterRunStatus):
    """Dagster frees it in a daemon only, so a run in process waited for it without end."""
    killed_run(instance, status)
    end_killed_runs(instance)
    assert instance.event_log_storage.claim_concurrency_slot("web", "the next run", "raw_crawls").is_claimed


def test_a_killed_run_is_told_as_failed(instance: dg.DagsterInstance):
    run_id = killed_run(instance, dg.DagsterRunStatus.STARTED)
    end_killed_runs(instance)
    assert instance.get_run_by_id(run_id).status == dg.DagsterRunStatus.FAILURE  # type: ignore[union-attr]
