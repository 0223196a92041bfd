"""One polite fetch: the rules of the site first, then one request at a time to a host, within bounds of time and size.

A fetch never raises for what the web does; it returns a record with an outcome and a reason. It raises for what the
user does (a disk that is full, a crawl that is stopped). Redirects are followed here, one hop at a time, and each hop
must be allowed by the robots.txt of its own host. No cookies are kept. With a journal every answer is written down
before it is used, and an answer on file is used instead of a request.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType

import httpx

from lugha.collection.answers import Answer, Fetched, Robots
from lugha.collection.bodies import (
    ACCEPTED_ENCODINGS,
    BodyReader,
    TooLarge,
    UndecodableBody,
    is_page_text,
    is_page_type,
)
from lugha.collection.journal import Journal
from lugha.collection.politeness import Politeness as Politeness
from lugha.collection.robots import (
    MAX_ROBOTS_AGE_SECONDS,
    MAX_ROBOTS_BYTES,
    RobotsCache,
    SiteRules,
    forbids,
    robots_reason,
)
from lugha.collection.transport import BoundedTransport, Deadline
from lugha.collection.urls import canonical_url, host_of, resolved_url
from lugha.errors import LughaError

MAX_RETRY_AFTER_SECONDS = 60.0  # a site that asks for a longer pause is left for a later run
MAX_PAUSE_SECONDS = 60.0
DEADLINE_TIMEOUTS = 3  # a whole request may take this many times `timeout_seconds`
_REDIRECTS = (301, 302, 303, 307, 308)


class CrawlStopped(LughaError):
    """The crawl was asked to end while a request was waiting for its turn."""


@dataclass(frozen=True)
class _Kind:
    """What a request is for: pages are judged by type and emptiness, the others are not."""

    is_page: bool
    obeys_robots: bool
    max_bytes: int
    keeps_start: bool = False  # a body that is too long is cut, not refused


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
        self._turns: dict[str, _Turn] = {}
        self._turns_lock = threading.Lock()
        self._robots = RobotsCache(self._fetch_robots)
        self._page = _Kind(is_page=True, obeys_robots=True, max_bytes=politeness.max_bytes)
        self._file = replace(self._page, is_page=False)

    def __enter__(self) -> "Fetcher":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def fetch(self, url: str, follow: Callable[[str], bool] = lambda target: True) -> Fetched:
        """A page. A redirect that `follow` refuses ends it as "redirected", with the target as `final_url`."""
        return self._travel(url, self._page, follow)

    def fetch_file(self, url: str) -> Fetched:
        """Any file of a site that is no page, such as a sitemap: the same manners, no judgement of its type."""
        return self._travel(url, self._file, lambda target: True)

    def rules(self, url: str) -> SiteRules:
        """The robots rules for the origin of a canonical URL, asked for at the first call."""
        rules = self._robots.rules(url)
        self._turn(host_of(url)).keep_delay(rules.crawl_delay_seconds)
        return rules

    def _fetch_robots(self, url: str) -> Answer:
        kind = _Kind(is_page=False, obeys_robots=False, max_bytes=MAX_ROBOTS_BYTES, keeps_start=True)
        fetched = self._travel(url, kind, lambda target: True)
        return fetched.answer or Answer(url, datetime.now(UTC), reason=fetched.reason)

    def _travel(self, url: str, kind: _Kind, follow: Callable[[str], bool]) -> Fetched:
        here = canonical_url(url)
        if here is None:
            return Fetched(url, url, "failed", "bad_url")
        chain = [here]
        while True:
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

    def _visit(self, url: str, kind: _Kind) -> tuple[Answer | None, Robots | None]:
        """The answer of one address, from the journal or the site; no answer where the rules keep us out."""
        on_file = self._on_file(url, kind)
        if on_file is not None:
            return _judged(on_file, kind), on_file.robots
        robots = self.rules(url).verdict(url) if kind.obeys_robots else None
        if forbids(robots):
            return None, robots
        answer = replace(_judged(self._ask_patiently(url, kind), kind), robots=robots)
        return (answer if self._journal is None else self._journal.append(answer)), robots

    def _on_file(self, url: str, kind: _Kind) -> Answer | None:
        answer = None if self._journal is None else self._journal.find(url)
        if answer is None or kind.obeys_robots:
            return answer
        age_seconds = (datetime.now(UTC) - answer.fetched_at).total_seconds()
        return answer if age_seconds < MAX_ROBOTS_AGE_SECONDS else None

    def _ask_patiently(self, url: str, kind: _Kind) -> Answer:
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
            asked_seconds = _retry_after_seconds(answer)
            if asked_seconds > MAX_RETRY_AFTER_SECONDS:
                turn.refuse()
            else:
                turn.pause(
                    max(asked_seconds, min(self._politeness.delay_seconds * 2 ** (attempt + 1), MAX_PAUSE_SECONDS))
                )
        return answer

    def _ask(self, url: str, kind: _Kind) -> Answer:
        """One request, and what came of it."""
        fetched_at = datetime.now(UTC)
        self._deadline.start(self._politeness.timeout_seconds * DEADLINE_TIMEOUTS)
        try:
            with self._client.stream("GET", url) as response:
                return _read(Answer(url, fetched_at), response, kind)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            reason = "too_slow" if self._deadline.is_over() else _reason(error)
            return Answer(url, fetched_at, reason=reason)

    def _turn(self, host: str) -> "_Turn":
        with self._turns_lock:
            return self._turns.setdefault(host, _Turn(self._politeness.delay_seconds))


class _Turn:
    """The right to speak to one host: one request at a time, and a pause after each."""

    def __init__(self, delay_seconds: float) -> None:
        self.is_refused = False
        self._delay_seconds = delay_seconds
        self._free_at = 0.0
        self._lock = threading.Lock()

    def refuse(self) -> None:
        """The host asked for a longer pause than we wait: no more requests in this run."""
        self.is_refused = True

    def keep_delay(self, seconds: float) -> None:
        """Leave at least so much between requests from now on."""
        if seconds > self._delay_seconds:
            self._delay_seconds = seconds
            self.pause(seconds)

    def pause(self, seconds: float) -> None:
        """Nobody speaks to the host for so long."""
        self._free_at = max(self._free_at, time.monotonic() + seconds)

    @contextmanager
    def taken(self, stop: threading.Event) -> Iterator[None]:
        """Hold the turn for one request; raises CrawlStopped when `stop` is set before the turn has come."""
        with self._lock:
            while (wait_seconds := self._free_at - time.monotonic()) > 0:
                stop.wait(wait_seconds)
                if stop.is_set():
                    break
            if stop.is_set():
                raise CrawlStopped(
                    "the crawl was stopped; what came so far is in its journal, and the next run goes on from there."
                )
            try:
                yield
            finally:
                self.pause(self._delay_seconds)


def _read(answer: Answer, response: httpx.Response, kind: _Kind) -> Answer:
    """The answer with everything that the response holds, its body read only as far as it is wanted."""
    headers = {name: value.encode("ascii", "replace").decode() for name, value in response.headers.items()}
    answer = replace(
        answer, http_status=response.status_code, content_type=headers.get("content-type"), headers=headers
    )
    if response.status_code in _REDIRECTS and "location" in headers:
        target = resolved_url(answer.url, response.headers["location"])
        return replace(answer, location=target, reason=None if target else "bad_redirect")
    if not 200 <= response.status_code < 300:
        return replace(answer, reason=f"http_{response.status_code}")
    if kind.is_page and not is_page_type(answer.content_type):
        return replace(answer, reason="not_text")
    try:
        return replace(answer, body=_read_body(response, kind))
    except TooLarge:
        return replace(answer, reason="too_large")
    except UndecodableBody:
        return replace(answer, reason="bad_encoding")
    except httpx.RemoteProtocolError:
        return replace(answer, reason="incomplete_body")


def _read_body(response: httpx.Response, kind: _Kind) -> bytes:
    declared = response.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > kind.max_bytes and not kind.keeps_start:
        raise TooLarge(b"")
    reader = BodyReader(response.headers.get("content-encoding", ""), kind.max_bytes)
    try:
        for chunk in response.iter_raw():
            reader.feed(chunk)
    except TooLarge as error:
        if kind.keeps_start:
            return error.start
        raise
    return reader.body()


def _judged(answer: Answer, kind: _Kind) -> Answer:
    """The answer as a page must be: with a body, and a body of text. Files that are no pages pass as they are."""
    if not kind.is_page or answer.reason is not None or answer.location is not None:
        return answer
    if not answer.body.strip():
        return replace(answer, reason="empty_body", body=b"")
    if not is_page_type(answer.content_type) or not is_page_text(answer.body, answer.content_type):
        return replace(answer, reason="not_text", body=b"")
    return answer


def _reason(error: Exception) -> str:
    """The word for a failure below HTTP, from the innermost cause that has one."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, socket.gaierror):
            return "dns_failed"
        if isinstance(cause, ssl.SSLError):
            return "tls_failed"
        cause = cause.__cause__ or cause.__context__
    match error:
        case httpx.TimeoutException():
            return "timeout"
        case httpx.ConnectError():
            return "connection_failed"
        case httpx.NetworkError():
            return "connection_reset"
        case httpx.InvalidURL():
            return "bad_url"
    return "connection_reset" if "disconnected" in str(error) else "protocol_error"


def _retry_after_seconds(answer: Answer) -> float:
    """How long the server asks us to stay away (RFC 9110, 10.2.3: seconds or a date); 0 where it does not ask."""
    value = answer.headers.get("retry-after", "") if answer.http_status in (429, 503) else ""
    if value.isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
