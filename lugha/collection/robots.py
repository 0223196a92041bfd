"""What a site's robots.txt allows us, after RFC 9309, and the sitemaps it names.

A site that has no robots.txt (4xx) allows everything; a site whose robots.txt cannot be had (5xx, no connection,
timeout) forbids everything until it can be read again. Protego does the matching. The Crawl-delay line is no part of
the RFC; we keep to it, because those who write it mean it.
"""

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass

from protego import Protego

from lugha.collection.answers import Answer, Robots
from lugha.collection.politeness import PRODUCT_TOKEN
from lugha.collection.urls import origin_of

MAX_ROBOTS_BYTES = 500 * 1024  # RFC 9309, section 2.5: at least this much must be parsed; we stop there
MAX_CRAWL_DELAY_SECONDS = 30.0  # longer ones mean "hardly ever" and would keep one host busy for days
MAX_ROBOTS_AGE_SECONDS = 24 * 3600  # RFC 9309, section 2.4


@dataclass(frozen=True)
class SiteRules:
    """The rules of one origin for us and where they come from; `crawl_delay_seconds` is 0 where none is asked for."""

    source: Robots
    rules: Protego | None = None
    crawl_delay_seconds: float = 0.0
    sitemaps: tuple[str, ...] = ()

    def verdict(self, url: str) -> Robots:
        """The word for one address: "allowed", "disallowed", "no_robots_txt" or "robots_unreachable"."""
        if self.rules is not None and not self.rules.can_fetch(url, PRODUCT_TOKEN):
            return "disallowed"
        return self.source


def forbids(verdict: Robots | None) -> bool:
    """Whether the verdict keeps us out."""
    return verdict in ("disallowed", "robots_unreachable")


def robots_reason(verdict: Robots | None) -> str:
    """The reason that stands in a table for a verdict that keeps us out."""
    return "robots_unreachable" if verdict == "robots_unreachable" else "robots_disallowed"


def rules_from(answer: Answer) -> SiteRules:
    """The rules that an answer for /robots.txt stands for (RFC 9309, section 2.3.1).

    429 is the one 4xx that does not mean "no rules here" but "not now", so it counts as unreachable. Too many
    redirects count as no robots.txt.
    """
    if answer.reason is None:
        return _parsed(answer.body)
    if answer.may_pass or answer.reason in ("bad_encoding", "bad_url"):
        return SiteRules("robots_unreachable")
    return SiteRules("no_robots_txt")


def _parsed(body: bytes) -> SiteRules:
    rules = Protego.parse(body[:MAX_ROBOTS_BYTES].decode("utf-8-sig", "replace"))
    delay = rules.crawl_delay(PRODUCT_TOKEN) or 0.0
    delay = 0.0 if math.isnan(delay) else min(max(delay, 0.0), MAX_CRAWL_DELAY_SECONDS)
    return SiteRules("allowed", rules, delay, tuple(dict.fromkeys(rules.sitemaps)))


class RobotsCache:
    """The rules of every origin met so far; each robots.txt is asked for once, also when several threads need it."""

    def __init__(self, fetch_robots: Callable[[str], Answer]) -> None:
        self._fetch_robots = fetch_robots
        self._rules: dict[str, SiteRules] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def rules(self, url: str) -> SiteRules:
        """The rules of the origin of a canonical URL."""
        origin = origin_of(url)
        with self._lock:
            lock = self._locks.setdefault(origin, threading.Lock())
        with lock:
            if origin not in self._rules:
                self._rules[origin] = rules_from(self._fetch_robots(f"{origin}/robots.txt"))
            return self._rules[origin]
