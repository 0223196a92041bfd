"""Runs of the real definitions, one after the other, each remembered by the Dagster instance: a step that ended well
is not done twice.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from demo.display import Display

STEP_TAG = "lugha/demo_step"
RANGE_START, RANGE_END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"


class StepFailed(Exception):
    """A run of the demo ended badly; what went wrong stands above and in the Dagster UI (`make dev`)."""


class Runner:
    """Runs assets in this process on the demo's Dagster instance."""

    def __init__(self, display: Display) -> None:
        import definitions

        self.display, self.instance = display, dg.DagsterInstance.get()
        self.definitions = definitions.defs
        self.job = self.definitions.resolve_implicit_global_asset_job_def().with_logger_defs(
            {"console": display.logger()}
        )
        end_killed_runs(self.instance)

    def is_done(self, step: str) -> bool:
        """Whether a run of this step ended well."""
        done = dg.RunsFilter(tags={STEP_TAG: step}, statuses=[dg.DagsterRunStatus.SUCCESS])
        return self.instance.get_runs_count(done) > 0

    def run(
        self,
        step: str,
        title: str,
        assets: Sequence[str],
        *,
        partition: str | None = None,
        first_last: tuple[str, str] | None = None,
        config: Mapping[str, Any] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """One run of `assets`, for one partition, a range of partitions or none. Raises StepFailed."""
        with self.display.step(title):
            if self.is_done(step):
                return
            ranged = {RANGE_START: first_last[0], RANGE_END: first_last[1]} if first_last else {}
            result = self.job.execute_in_process(
                instance=self.instance,
                asset_selection=[dg.AssetKey(name) for name in assets],
                partition_key=partition,
                tags={STEP_TAG: step, **ranged, **(tags or {})},
                run_config={**(config or {}), "loggers": {"console": {}}},
                raise_on_error=False,
            )
            if not result.success:
                raise StepFailed(
                    f'Step "{step}" ({title}) failed:\n{_reasons(result)}\nThe same command goes on from here once the cause is gone.'
                )


def end_killed_runs(instance: dg.DagsterInstance) -> None:
    """Call unfinished runs failed and free every pool. Only for a process that is alone on the instance.

    A run of a killed process would stay "started", and hold its pool, for ever: Dagster ends and frees both in its
    daemon, which has no part in runs in process.
    """
    for run in instance.get_runs(
        filters=dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING])
    ):
        instance.report_run_failed(run, "The process was killed; the same command goes on from here.")
    for run_id in instance.event_log_storage.get_concurrency_run_ids():
        instance.event_log_storage.free_concurrency_slots_for_run(run_id)


def _reasons(result: dg.ExecuteInProcessResult) -> str:
    lines = []
    for event in result.all_events:
        if event.is_step_failure:
            error = event.step_failure_data.error
            cause = error.cause if error and error.cause else error
            lines.append(f"  {event.step_key}: {cause.message.strip() if cause else 'no message'}")
        if event.event_type_value == "ASSET_CHECK_EVALUATION":
            check = event.asset_check_evaluation_data
            if not check.passed:
                lines.append(f"  check {check.check_name} of {check.asset_key.to_user_string()}: {check.description}")
    return "\n".join(lines)
