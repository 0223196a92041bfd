"""What one request brought, and what a whole fetch came to, in words that the tables and the journal share.

An answer belongs to one URL and one exchange; a fetch may pass several answers (redirects) and robots rules before it
ends. Reasons are short snake_case words, never texts of an exception: they are counted, and a person reads them in a
table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

Outcome = Literal["fetched", "known", "robots_forbidden", "failed"]
Robots = Literal["allowed", "no_robots_txt", "disallowed", "robots_unreachable"]

# The server or the way to it is down, not one page: after a few of these in a row a host is left alone.
SERVER_TROUBLE = frozenset(
    {"timeout", "too_slow", "dns_failed", "connection_failed", "connection_reset", "tls_failed", "asked_to_wait"}
    | {"http_429", "http_503"}
)
MAY_PASS = SERVER_TROUBLE | {"protocol_error", "incomplete_body", "http_408", "robots_unreachable"}


class Place(NamedTuple):
    """Where a record lies: file in the journal's folder, offset of its first byte, length as stored (compressed)."""

    file: str
    offset: int
    length: int


@dataclass(frozen=True)
class Answer:
    """One exchange: `reason` is None where a usable body came (`body`), `location` is set where the answer points
    elsewhere instead.

    `headers` have lower-case names. `robots` is what the site's rules said when we asked. `place` is None until the
    answer is in a journal.
    """

    url: str
    fetched_at: datetime
    reason: str | None = None
    http_status: int | None = None
    content_type: str | None = None
    location: str | None = None
    robots: Robots | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    place: Place | None = None

    @property
    def may_pass(self) -> bool:
        """Whether a later run has reason to ask again: the network or the server was at fault, not the page."""
        return self.reason is not None and (self.reason in MAY_PASS or self.reason.startswith("http_5"))


@dataclass(frozen=True)
class Fetched:
    """How the fetch of `url` ended; `final_url` is where redirects led, and `answer` the last exchange, if there was
    one.

    `reason` is None exactly when `outcome` is "fetched"; then `answer.body` is a page's bytes, decoded from any
    Content-Encoding but in the page's charset.
    """

    url: str
    final_url: str
    outcome: Outcome
    reason: str | None = None
    robots: Robots | None = None
    answer: Answer | None = None
