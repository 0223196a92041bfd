"""The walk over one host: sitemaps and links feed the frontier, the frontier says what is next, the fetcher gets it.

A site shares nothing with other sites but the fetcher and the counts, so its result depends on what arrives and what
it answers and not on the order in which threads run. Links that leave the host are handed back; `walk` delivers them.
"""

import logging
from collections.abc import Set
from dataclasses import dataclass
from typing import Any, NamedTuple

from lugha.collection.answers import SERVER_TROUBLE, Answer, Fetched
from lugha.collection.fetch import Fetcher
from lugha.collection.frontier import Frontier, Known
from lugha.collection.hints import SITE_LANGUAGE, Hint, address_hints, choose_language
from lugha.collection.links import read_page, read_sitemap
from lugha.collection.politeness import PATIENCE
from lugha.collection.progress import Tally
from lugha.collection.robots import forbids, robots_reason
from lugha.collection.rows import KNOWN, Ending, ending_of, row
from lugha.collection.urls import host_of, page_url, resolved_url

_logger = logging.getLogger(__name__)
MAX_SITEMAPS = 50  # files a host; an index may name 50,000 of 50,000 addresses each
REQUESTS_PER_PAGE = (
    5  # a host whose links mostly lead nowhere is left after this many requests for each page we would take
)


@dataclass(frozen=True)
class Limits:
    """How far a walk goes: pages taken from one host, and links between a seed and a page."""

    pages_per_host: int = 200
    depth: int = 8


class Arrival(NamedTuple):
    """An address that comes to a site from outside: a seed, a link from another host, or the target of its redirect."""

    url: str
    depth: int
    found_on: str | None
    hreflang: str | None = None
    follows_seed: bool = False  # a seed of another host redirects here


class Site:
    """One host of the walk; `hosts` are all that are visited and grows between rounds only.

    `run` may be called again when more has arrived; `departures` collects what leads to the other hosts of the walk.
    """

    def __init__(self, host: str, hosts: Set[str], fetcher: Fetcher, limits: Limits, tally: Tally) -> None:
        self.host = host
        self.departures: dict[Arrival, None] = {}
        self._hosts = hosts
        self._fetcher = fetcher
        self._limits = limits
        self._tally = tally
        self._frontier = Frontier()
        self._endings: dict[str, Ending] = {}
        self._site_language: str | None = None
        self._page_count = 0
        self._request_count = 0
        self._trouble_count = 0
        self._has_read_sitemaps = False

    def run(self, arrivals: list[Arrival]) -> None:
        """Take in what has arrived, then visit what waits until nothing does or a limit is reached."""
        for arrival in arrivals:
            self._meet(arrival)
        if not self._has_read_sitemaps and arrivals:
            self._has_read_sitemaps = True
            self._read_sitemaps(arrivals[0].url)
        while self._may_go_on() and (known := self._frontier.pop()) is not None:
            self._visit(known)

    def knows(self, url: str) -> bool:
        """Whether the address is known here."""
        return self._frontier.find(url) is not None

    def add_hreflang(self, url: str, hreflang: str | None) -> None:
        """One more link, with its language tag, leads to an address that is known here."""
        known = self._frontier.find(url)
        if known is not None and hreflang is not None:
            known.hreflangs.add(hreflang)

    def rows(self) -> list[dict[str, Any]]:
        """One row per known address, in the order found."""
        return [
            row(known.url, known.depth, known.found_on, self._endings.get(known.url, KNOWN), self._hints(known))
            for known in self._frontier.known()
        ]

    def _may_go_on(self) -> bool:
        return (
            self._page_count < self._limits.pages_per_host
            and self._request_count < self._limits.pages_per_host * REQUESTS_PER_PAGE
            and self._trouble_count < PATIENCE
        )

    def _meet(self, arrival: Arrival) -> None:
        """Make an address known, and let it wait if the rules of the site and the depth allow."""
        arrival = arrival._replace(url=page_url(arrival.url))
        url, depth, found_on, hreflang, _ = arrival
        if host_of(url) != self.host:
            self._depart(arrival, host_of(url))
            return
        if not self.knows(url):
            self._meet_new(url, depth, found_on, hreflang)
        self.add_hreflang(url, hreflang)

    def _depart(self, arrival: Arrival, host: str) -> None:
        """Keep an address for another host of the walk, or for one above or below ours to which a seed has moved."""
        is_related = f".{host}".endswith(f".{self.host}") or f".{self.host}".endswith(f".{host}")
        if host in self._hosts or (arrival.follows_seed and is_related):
            self.departures[arrival] = None
        else:
            self._tally.other_host(host)

    def _meet_new(self, url: str, depth: int, found_on: str | None, hreflang: str | None) -> None:
        language, _ = choose_language([*([Hint("hreflang", hreflang)] if hreflang else []), *address_hints(url)])
        known = Known(url, depth, found_on, language)
        robots = self._fetcher.rules(url).verdict(url)
        self._tally.move(None, "known")
        if forbids(robots):
            self._frontier.note(known)
            self._end(url, Ending("robots_forbidden", robots_reason(robots), robots))
        elif depth > self._limits.depth:
            self._frontier.note(known)
        else:
            self._frontier.add(known)

    def _visit(self, known: Known) -> None:
        self._request_count += 1
        fetched = self._fetcher.fetch(known.url, follow=lambda target: self._is_to_follow(target, known))
        self._trouble_count = self._trouble_count + 1 if fetched.reason in SERVER_TROUBLE else 0
        here = known if page_url(fetched.final_url) == known.url else self._behind_redirect(known, fetched)
        if here is None:
            return
        if fetched.outcome == "fetched" and fetched.answer is not None:
            self._take(here, fetched, fetched.answer)
        else:
            self._end(here.url, ending_of(fetched))

    def _is_to_follow(self, target: str, known: Known) -> bool:
        url = page_url(target)
        return url == known.url or (host_of(url) == self.host and not self.knows(url))

    def _behind_redirect(self, known: Known, fetched: Fetched) -> Known | None:
        """The target that a redirect led to; None where that is known already or the matter of another host."""
        self._end(known.url, Ending("failed", "redirected", fetched.robots))
        if fetched.reason == "redirected":
            self._meet(Arrival(fetched.final_url, known.depth, known.url, follows_seed=known.found_on is None))
            return None
        self._tally.move(None, "known")
        target = Known(page_url(fetched.final_url), known.depth, known.url, known.language)
        self._frontier.note(target)
        return target

    def _take(self, known: Known, fetched: Fetched, answer: Answer) -> None:
        """Count a page that came, and follow what it says."""
        self._page_count += 1
        page = read_page(known.url, answer.headers, answer.body)
        self._end(known.url, ending_of(fetched, page.hints, page.licence), len(answer.body))
        if self._page_count == 1 or known.url.endswith(f"://{self.host}/"):
            self._site_language = next((hint.tag for hint in page.hints if hint.source == "html_lang"), None)
        for link in page.links:
            self._meet(Arrival(link.url, known.depth + 1, known.url, link.hreflang))

    def _end(self, url: str, ending: Ending, body_bytes: int = 0) -> None:
        self._endings[url] = ending
        self._tally.move("known", ending.outcome, body_bytes)

    def _hints(self, known: Known) -> list[Hint]:
        pointing = [Hint("hreflang", tag) for tag in known.hreflangs]
        site = [Hint(SITE_LANGUAGE, self._site_language)] if self._site_language else []
        return [*address_hints(known.url), *pointing, *site]

    def _read_sitemaps(self, url: str) -> None:
        """Make known what the sitemaps of robots.txt and those that they name list, as far as it is on this host."""
        waiting = list(self._fetcher.rules(url).sitemaps)
        seen: set[str] = set()
        while waiting and len(seen) < MAX_SITEMAPS:
            sitemap_url = resolved_url(url, waiting.pop(0))
            if sitemap_url is None or sitemap_url in seen or host_of(sitemap_url) != self.host:
                continue
            seen.add(sitemap_url)
            fetched = self._fetcher.fetch_file(sitemap_url)
            if fetched.answer is None or fetched.outcome != "fetched":
                _logger.info("sitemap %s: %s", sitemap_url, fetched.reason)
                if fetched.reason in SERVER_TROUBLE:
                    return
                continue
            sitemap = read_sitemap(sitemap_url, fetched.answer.body)
            waiting.extend(sitemap.sitemaps)
            for link in sitemap.pages:
                self._meet(Arrival(link.url, 1, sitemap_url, link.hreflang))
