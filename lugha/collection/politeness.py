"""How a site is treated: how often, how long, how much, under which name, and over which way it is reached."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lugha.errors import LughaError

PRODUCT_TOKEN = "lugha"  # the name that site owners write in robots.txt (RFC 9309, section 2.2.1)
PATIENCE = 3  # a host is left for a later run after so many failures of its server in a row
_ADDRESS = re.compile(r"(?P<host>\[[0-9a-fA-F:.]+\]|[^\s:\[\]]+):(?P<port>\d{1,5})")


class BadPoliteness(LughaError):
    """A setting of the crawler that cannot be meant: it would hammer a site, hide who we are, or lead nowhere."""


@dataclass(frozen=True)
class Politeness:
    """The manners of one crawl.

    `user_agent` must name the project and a way to reach its people. `delay_seconds` lies between the end of an
    answer and the next request to the same host; a longer Crawl-delay of the site wins. `timeout_seconds` bounds each
    silence, not the whole request: that is three times as much. `max_bytes` bounds one decoded body. `retries` counts
    the further attempts after a failure that may pass. `resolve` maps a host name, or "*" for all others, to
    "address:port": connections go there while the address, the Host header and the name that TLS checks stay those of
    the site.
    """

    user_agent: str
    delay_seconds: float = 1.0
    timeout_seconds: float = 20.0
    max_bytes: int = 10 * 1024 * 1024
    max_redirects: int = 5  # RFC 9309 asks for at least five for robots.txt; we use the same number for pages
    retries: int = 2
    resolve: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if PRODUCT_TOKEN not in self.user_agent.lower() or not re.search(r"https?://|@", self.user_agent):
            raise BadPoliteness(
                f'user_agent "{self.user_agent}" must name {PRODUCT_TOKEN} and a contact, for example '
                f'"{PRODUCT_TOKEN}/0.1 (+https://your-project.example/crawler)": set it in the settings of the web.'
            )
        for host, address in self.resolve.items():
            if not _ADDRESS.fullmatch(address):
                raise BadPoliteness(
                    f'resolve["{host}"] is "{address}", not "address:port": write for example "127.0.0.1:8080".'
                )
        for name in ("delay_seconds", "max_redirects", "retries"):
            if getattr(self, name) < 0:
                raise BadPoliteness(f"{name} is {getattr(self, name)}: give zero or more.")
        for name in ("timeout_seconds", "max_bytes"):
            if getattr(self, name) <= 0:
                raise BadPoliteness(f"{name} is {getattr(self, name)}: give more than zero.")

    def address_of(self, host: str, port: int) -> tuple[str, int]:
        """Where to connect for a host: what `resolve` says, or the host itself."""
        match = _ADDRESS.fullmatch(self.resolve.get(host, self.resolve.get("*", "")))
        return (match["host"].strip("[]"), int(match["port"])) if match else (host, port)
