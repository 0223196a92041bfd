"""One polite fetch: the rules of the site first, then one request at a time to a host, within bounds of time and size.

A fetch never raises for what the web does; it returns a record with an outcome and a reason. It raises for what the
user does (a disk that is full, a crawl that is stopped). Redirects are followed here, one hop at a time, and each hop
must be allowed by the robots.txt of its own host. No cookies are kept. With a journal every answer is written down
before it is used, and an answer on file is used instead of a request.
"""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType

import httpx

from lugha.blocklists import blocked
from lugha.collection.answers import Answer, Fetched, Robots
from lugha.collection.bodies import ACCEPTED_ENCODINGS
from lugha.collection.journal import Journal
from lugha.collection.politeness import Politeness as Politeness
from lugha.collection.responses import Kind, judged, read_answer, reason_of, retry_after_seconds
from lugha.collection.robots import (
    MAX_ROBOTS_AGE_SECONDS,
    MAX_ROBOTS_BYTES,
    RobotsCache,
    SiteRules,
    forbids,
    robots_reason,
)
from lugha.collection.transport import BoundedTransport, Deadline
from lugha.collection.turns import Turn
from lugha.collection.urls import canonical_url, host_of

MAX_RETRY_AFTER_SECONDS = 60.0  # a site that asks for a longer pause is left for a later run
MAX_PAUSE_SECONDS = 60.0
DEADLINE_TIMEOUTS = 3  # a whole request may take this many times `timeout_seconds`


class Fetcher:
    """Polite requests for one crawl; many threads may share it. Close it, or use it in a `with` block."""

    def __init__(
        self, politeness: Politeness, journal: Journal | None = None, stop: threading.Event | None = None
    ) -> None:
        self._politeness = politeness
        self._journal = journal
        self._stop = stop or threading.Event()
        self._deadline = Deadline()
        self._client = httpx.Client(
            transport=BoundedTransport(politeness, self._deadline),
            timeout=httpx.Timeout(politeness.timeout_seconds, pool=None),
            headers={"user-agent": politeness.user_agent, "accept-encoding": ACCEPTED_ENCODINGS},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )
        self._turns: dict[str, Turn] = {}
        self._turns_lock = threading.Lock()
        self._robots = RobotsCache(self._fetch_robots)
        self._page = Kind(is_page=True, obeys_robots=True, max_bytes=politeness.max_bytes)
        self._file = replace(self._page, is_page=False)

    def __enter__(self) -> "Fetcher":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def fetch(self, url: str, follow: Callable[[str], bool] = lambda _target: True) -> Fetched:
        """A page. A redirect that `follow` refuses ends it as "redirected", with the target as `final_url`."""
        return self._travel(url, self._page, follow)

    def fetch_file(self, url: str) -> Fetched:
        """Any file of a site that is no page, such as a sitemap: the same manners, no judgement of its type."""
        return self._travel(url, self._file, lambda _target: True)

    def rules(self, url: str) -> SiteRules:
        """The robots rules for the origin of a canonical URL, asked for at the first call."""
        rules = self._robots.rules(url)
        self._turn(host_of(url)).keep_delay(rules.crawl_delay_seconds)
        return rules

    def _fetch_robots(self, url: str) -> Answer:
        kind = Kind(is_page=False, obeys_robots=False, max_bytes=MAX_ROBOTS_BYTES, keeps_start=True)
        fetched = self._travel(url, kind, lambda _target: True)
        return replace(fetched.answer or Answer(url, datetime.now(UTC)), reason=fetched.reason)

    def _travel(self, url: str, kind: Kind, follow: Callable[[str], bool]) -> Fetched:
        here = canonical_url(url)
        if here is None:
            return Fetched(url, url, "failed", "bad_url")
        chain = [here]
        while True:
            if blocked([host_of(here)]):
                return Fetched(url, here, "failed", "blocked_host")
            answer, robots = self._visit(here, kind)
            if answer is None:
                return Fetched(url, here, "robots_forbidden", robots_reason(robots), robots)
            if answer.location is None:
                return Fetched(url, here, "failed" if answer.reason else "fetched", answer.reason, robots, answer)
            here = answer.location
            if here in chain:
                return Fetched(url, chain[0], "failed", "redirect_loop", robots, answer)
            if len(chain) > self._politeness.max_redirects:
                return Fetched(url, chain[0], "failed", "too_many_redirects", robots, answer)
            if not follow(here):
                return Fetched(url, here, "failed", "redirected", robots, answer)
            chain.append(here)

    def _visit(self, url: str, kind: Kind) -> tuple[Answer | None, Robots | None]:
        """The answer of one address, from the journal or the site; no answer where the rules keep us out."""
        on_file = self._on_file(url, kind)
        if on_file is not None:
            return judged(on_file, kind), on_file.robots
        robots = self.rules(url).verdict(url) if kind.obeys_robots else None
        if forbids(robots):
            return None, robots
        answer = replace(judged(self._ask_patiently(url, kind), kind), robots=robots)
        return (answer if self._journal is None else self._journal.append(answer)), robots

    def _on_file(self, url: str, kind: Kind) -> Answer | None:
        answer = None if self._journal is None else self._journal.find(url)
        if answer is None or kind.obeys_robots:
            return answer
        age_seconds = (datetime.now(UTC) - answer.fetched_at).total_seconds()
        return answer if age_seconds < MAX_ROBOTS_AGE_SECONDS else None

    def _ask_patiently(self, url: str, kind: Kind) -> Answer:
        """Ask, and again after growing pauses where the failure may pass; "too_slow" has cost enough for this run."""
        turn = self._turn(host_of(url))
        answer = Answer(url, datetime.now(UTC), reason="asked_to_wait")
        for attempt in range(self._politeness.retries + 1):
            if turn.is_refused:
                break
            with turn.taken(self._stop):
                answer = self._ask(url, kind)
            if not answer.may_pass or answer.reason == "too_slow":
                break
            asked_seconds = retry_after_seconds(answer)
            if asked_seconds > MAX_RETRY_AFTER_SECONDS:
                turn.refuse()
            else:
                turn.pause(
                    max(asked_seconds, min(self._politeness.delay_seconds * 2 ** (attempt + 1), MAX_PAUSE_SECONDS))
                )
        return answer

    def _ask(self, url: str, kind: Kind) -> Answer:
        """One request, and what came of it."""
        fetched_at = datetime.now(UTC)
        self._deadline.start(self._politeness.timeout_seconds * DEADLINE_TIMEOUTS)
        try:
            with self._client.stream("GET", url) as response:
                return read_answer(Answer(url, fetched_at), response, kind)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            reason = "too_slow" if self._deadline.is_over() else reason_of(error)
            return Answer(url, fetched_at, reason=reason)

    def _turn(self, host: str) -> Turn:
        with self._turns_lock:
            return self._turns.setdefault(host, Turn(self._politeness.delay_seconds))
