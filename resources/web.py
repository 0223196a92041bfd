"""The web as a Dagster resource: whom to visit, how politely, and how to reach a mirror."""

from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import Field

from lugha.collection.politeness import Politeness
from lugha.collection.site import Limits
from lugha.errors import LughaError


class NoSeeds(LughaError):
    """No site list was given."""


class WebResource(dg.ConfigurableResource[Any]):
    """Polite access to the web, and where its answers are kept as WARC files."""

    warc_folder: str = Field(description="Folder for WARC files, one folder a snapshot")
    seeds_file: str = Field(default="", description="Text file with one start address a line")
    user_agent: str = Field(description="Name and contact that sites see")
    delay_seconds: float = Field(
        default=1.0, description="Pause between two requests to one host; a longer Crawl-delay wins"
    )
    pages_per_host: int = Field(
        default=200, description="Most pages of one host in one snapshot; the rest stays known for re-collection"
    )
    resolve: dict[str, str] = Field(
        default_factory=dict, description='Host (or "*") -> "address:port": connect there instead, as to a mirror'
    )

    def seeds(self) -> list[str]:
        """Start addresses of the site list. Raises NoSeeds."""
        path = Path(self.seeds_file)
        if not self.seeds_file or not path.is_file():
            raise NoSeeds(
                f'No site list at "{self.seeds_file}". Set LUGHA_SEEDS to a text file with one address a line (README, "Your own sites").'
            )
        return [
            line.strip()
            for line in path.read_text(encoding="utf-8").splitlines()
            if line.strip() and not line.startswith("#")
        ]

    def politeness(self) -> Politeness:
        """How requests are made."""
        return Politeness(user_agent=self.user_agent, delay_seconds=self.delay_seconds, resolve=self.resolve)

    def limits(self) -> Limits:
        """How far a walk goes."""
        return Limits(pages_per_host=self.pages_per_host)

    def folder(self, snapshot: str) -> Path:
        """WARC folder of a snapshot."""
        return Path(self.warc_folder) / snapshot
