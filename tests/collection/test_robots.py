import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from lugha.collection.answers import Answer
from lugha.collection.fetch import Fetcher, Politeness
from lugha.collection.robots import MAX_ROBOTS_BYTES, forbids, rules_from
from tests.collection.conftest import HostileServer, page, response, stall

SITE = "http://site.example"


def answer(body: bytes = b"", reason: str | None = None) -> Answer:
    return Answer(f"{SITE}/robots.txt", datetime.now(UTC), reason=reason, body=body)


def test_a_group_for_lugha_goes_before_the_group_for_all() -> None:
    rules = rules_from(answer(b"User-agent: *\nDisallow: /\n\nUser-agent: Lugha\nDisallow: /private/\n"))
    assert rules.verdict(f"{SITE}/a") == "allowed"
    assert rules.verdict(f"{SITE}/private/a") == "disallowed"


def test_the_longest_rule_decides() -> None:
    rules = rules_from(answer(b"User-agent: *\nDisallow: /a/\nAllow: /a/b/\nDisallow: /*.pdf$\n"))
    assert rules.verdict(f"{SITE}/a/b/c") == "allowed"
    assert rules.verdict(f"{SITE}/a/c") == "disallowed"
    assert rules.verdict(f"{SITE}/x.pdf") == "disallowed"


@pytest.mark.parametrize("reason", ["http_404", "http_403", "http_401", "http_410", "too_many_redirects"])
def test_no_robots_txt_allows_everything(reason: str) -> None:
    assert rules_from(answer(reason=reason)).verdict(f"{SITE}/a") == "no_robots_txt"


@pytest.mark.parametrize("reason", ["http_503", "http_500", "http_429", "timeout", "dns_failed", "connection_reset"])
def test_a_robots_txt_that_cannot_be_had_forbids_everything(reason: str) -> None:
    verdict = rules_from(answer(reason=reason)).verdict(f"{SITE}/a")
    assert verdict == "robots_unreachable"
    assert forbids(verdict)


@pytest.mark.parametrize(
    ("line", "seconds"), [(b"7", 7.0), (b"9999", 30.0), (b"nan", 0.0), (b"-3", 0.0), (b"soon", 0.0)]
)
def test_a_crawl_delay_is_kept_within_reason(line: bytes, seconds: float) -> None:
    assert rules_from(answer(b"User-agent: *\nCrawl-delay: " + line)).crawl_delay_seconds == seconds


def test_rules_behind_the_size_cap_are_not_read() -> None:
    padding = b"# " + b"x" * MAX_ROBOTS_BYTES + b"\n"
    assert rules_from(answer(padding + b"User-agent: *\nDisallow: /\n")).verdict(f"{SITE}/") == "allowed"


def test_bytes_that_are_no_text_are_no_rules() -> None:
    assert rules_from(answer(bytes(range(256)))).verdict(f"{SITE}/") == "allowed"


def test_a_disallowed_path_is_never_requested(hostile: HostileServer, polite: Callable[..., Politeness]) -> None:
    hostile.routes["site.example", "/robots.txt"] = response(
        b"User-agent: *\nDisallow: /private/", content_type="text/plain"
    )
    hostile.routes["site.example", "/private/a"] = page()
    with Fetcher(polite()) as fetcher:
        fetched = fetcher.fetch(f"{SITE}/private/a")
    assert (fetched.outcome, fetched.reason, fetched.robots) == ("robots_forbidden", "robots_disallowed", "disallowed")
    assert hostile.paths() == []


def test_a_site_without_readable_rules_is_left_alone(hostile: HostileServer, polite: Callable[..., Politeness]) -> None:
    hostile.routes["site.example", "/robots.txt"] = response(b"", 503)
    hostile.routes["slow.example", "/robots.txt"] = stall
    with Fetcher(polite(timeout_seconds=0.2)) as fetcher:
        for host in ("site.example", "slow.example"):
            fetched = fetcher.fetch(f"http://{host}/a")
            assert (fetched.outcome, fetched.reason) == ("robots_forbidden", "robots_unreachable")
    assert {path for _, path in hostile.requests} == {"/robots.txt"}


def test_a_redirect_into_a_forbidden_place_ends_before_it(
    hostile: HostileServer, polite: Callable[..., Politeness]
) -> None:
    hostile.routes["site.example", "/a"] = response(status=302, Location="http://other.example/b")
    hostile.routes["other.example", "/robots.txt"] = response(b"User-agent: *\nDisallow: /", content_type="text/plain")
    with Fetcher(polite()) as fetcher:
        fetched = fetcher.fetch(f"{SITE}/a")
    assert (fetched.outcome, fetched.final_url) == ("robots_forbidden", "http://other.example/b")
    assert hostile.paths("other.example") == []


def test_robots_txt_is_found_behind_a_redirect(hostile: HostileServer, polite: Callable[..., Politeness]) -> None:
    hostile.routes["site.example", "/robots.txt"] = response(status=301, Location="http://www.site.example/rules")
    hostile.routes["www.site.example", "/rules"] = response(b"User-agent: *\nDisallow: /a", content_type="text/plain")
    with Fetcher(polite()) as fetcher:
        assert fetcher.fetch(f"{SITE}/a").reason == "robots_disallowed"


def test_robots_txt_is_asked_for_once_by_many_threads(
    hostile: HostileServer, polite: Callable[..., Politeness]
) -> None:
    with Fetcher(polite()) as fetcher:
        threads = [threading.Thread(target=fetcher.rules, args=(f"{SITE}/{n}",)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert hostile.count("/robots.txt") == 1


def test_a_robots_txt_that_only_redirects_is_none(hostile: HostileServer, polite: Callable[..., Politeness]) -> None:
    hostile.routes["site.example", "/robots.txt"] = response(status=301, Location="/robots.txt")
    hostile.routes["site.example", "/a"] = page()
    with Fetcher(polite()) as fetcher:
        assert fetcher.fetch(f"{SITE}/a").robots == "no_robots_txt"
