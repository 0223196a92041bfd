"""The lake as a Dagster resource."""

import json
import os
from typing import Any

import dagster as dg
from pydantic import Field

from lugha.lake import Lake


class LakeResource(dg.ConfigurableResource[Any]):
    """Where the Delta tables lie: a folder, or `s3://`, `gs://`, `az://`.

    The options of an object store (as delta-rs names them, keys among them) are read from `LUGHA_LAKE_OPTIONS` when
    the lake is opened, so that no secret becomes part of a run's configuration.
    """

    uri: str = Field(description="Folder or object store address of the lake")

    def open(self) -> Lake:
        """The lake with all of its tables in place."""
        lake = Lake(self.uri, json.loads(os.environ.get("LUGHA_LAKE_OPTIONS", "null")))
        lake.create_tables()
        return lake
