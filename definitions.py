"""The only place where assets, checks, resources, sensors and schedules meet."""

import json
import os

import dagster as dg

from assets import (
    audit,
    checks,
    collection,
    construction,
    contamination,
    copies,
    deduplication,
    documents,
    evaluation,
    evaluation_sets,
    identification,
    labeling,
    tiers,
    training,
)
from lugha.settings import lake_uri
from resources import LakeResource, ModelsResource, TeacherResource, TrainerResource, WebResource, home
from sensors import schedules
from sensors.eval_regression import eval_regression

automation = dg.AutomationConditionSensorDefinition(
    "automation",
    target=dg.AssetSelection.all(),
    default_status=dg.DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=30,
)

defs = dg.Definitions(
    assets=dg.load_assets_from_modules(
        [
            collection,
            documents,
            identification,
            tiers,
            labeling,
            deduplication,
            copies,
            evaluation_sets,
            contamination,
            construction,
            training,
            evaluation,
            audit,
        ]
    ),
    asset_checks=checks.CHECKS,
    sensors=[eval_regression, automation],
    schedules=[
        schedules.weekly_collection,
        schedules.weekly_training,
        schedules.nightly_cells,
        schedules.nightly_comparisons,
        schedules.nightly_languages,
    ],
    resources={
        "lake": LakeResource(uri=lake_uri()),
        "web": WebResource(
            warc_folder=str(home() / "warc"),
            seeds_file=os.environ.get("LUGHA_SEEDS", ""),
            user_agent=os.environ.get(
                "LUGHA_USER_AGENT", "lugha/0.1 (text collection for languages with little text; contact not set)"
            ),
            delay_seconds=float(os.environ.get("LUGHA_DELAY_SECONDS", "1.0")),
            pages_per_host=int(os.environ.get("LUGHA_PAGES_PER_HOST", "200")),
            resolve=json.loads(os.environ.get("LUGHA_RESOLVE", "{}")),
        ),
        "models": ModelsResource(folder=str(home() / "models")),
        "teacher": TeacherResource(
            url=os.environ.get("LUGHA_TEACHER_URL", ""),
            model=os.environ.get("LUGHA_TEACHER_MODEL", ""),
            token_budget=int(os.environ.get("LUGHA_TEACHER_TOKENS", "200000")),
            folder=str(home() / "teacher"),
        ),
        "trainer": TrainerResource(
            folder=str(home() / "checkpoints"), threads=int(os.environ.get("LUGHA_THREADS", "1"))
        ),
    },
    executor=dg.in_process_executor,
)
