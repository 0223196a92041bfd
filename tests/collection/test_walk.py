import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from lugha.collection.fetch import Politeness
from lugha.collection.journal import read_body
from lugha.collection.rows import SCHEMA
from lugha.collection.walk import Limits, Progress, walk
from lugha.lake.schemas import TABLES
from tests.collection.conftest import HostileServer, page, response, stall

SITE = "http://site.example"
Polite = Callable[..., Politeness]


def silent(_progress: Progress) -> None:
    """Nobody listens."""


def outcomes(rows: pl.DataFrame) -> dict[str, str]:
    """Path to outcome or, where there is one, reason."""
    return {
        url.removeprefix(SITE): reason or outcome
        for url, outcome, reason in rows.select("url", "outcome", "reason").iter_rows()
    }


def with_rules(rules: str) -> bytes:
    return response(rules.encode(), content_type="text/plain")


def test_the_columns_are_those_of_the_index_that_a_crawl_can_fill() -> None:
    index = TABLES["crawl_index"].schema
    assert {
        name: index[name] for name in index if name not in ("snapshot", "doc_id", "language", "language_source")
    } == SCHEMA


def test_every_known_address_has_one_row(hostile: HostileServer, polite: Polite, tmp_path: Path) -> None:
    hostile.routes |= {
        ("site.example", "/robots.txt"): with_rules("User-agent: *\nDisallow: /private/"),
        ("site.example", "/"): page(
            "/a", "/a#2", "/a/../a", "/private/x", "/picture", "/missing", "http://other.example/"
        ),
        ("site.example", "/a"): page("/", "/empty", lang="yo"),
        ("site.example", "/picture"): response(b"\x89PNG", content_type="image/png"),
        ("site.example", "/empty"): response(),
    }
    seen: list[Progress] = []
    rows = walk([f"{SITE}/", "", SITE, "http:///"], polite(), Limits(), tmp_path, seen.append)
    assert outcomes(rows) == {
        "/": "fetched",
        "/a": "fetched",
        "/private/x": "robots_disallowed",
        "/picture": "not_text",
        "/missing": "http_404",
        "/empty": "empty_body",
        "http:///": "bad_url",
    }
    assert rows.schema == SCHEMA
    assert len(hostile.paths()) == len(set(hostile.paths())) == 5
    assert seen[-1].outcomes == {"failed": 4, "fetched": 2, "robots_forbidden": 1}
    assert seen[-1].other_hosts_count == 1
    found = rows.filter(pl.col("url") == f"{SITE}/a").row(0, named=True)
    assert (found["depth"], found["found_on"], found["robots"]) == (1, f"{SITE}/", "allowed")
    assert json.loads(found["hints"]) == [["html_lang", "yo"]]
    _, body = read_body(tmp_path, found["warc_file"], found["warc_offset"], found["warc_length"])
    assert b'lang="yo"' in body
    assert seen[-1].body_bytes == len(body) + len(hostile.routes["site.example", "/"].split(b"\r\n\r\n", 1)[1])  # type: ignore[union-attr]


def test_the_cap_is_shared_fairly_between_languages(hostile: HostileServer, polite: Polite, tmp_path: Path) -> None:
    english, yoruba = [f"/en/{n}" for n in range(30)], [f"/yo/{n}" for n in range(5)]
    hostile.routes["site.example", "/"] = page(*english, *yoruba)
    hostile.routes |= {("site.example", path): page() for path in english + yoruba}
    rows = walk([SITE], polite(), Limits(pages_per_host=9), tmp_path, silent)
    fetched = Counter(url.split("/")[3] for url in rows.filter(outcome="fetched")["url"])
    assert fetched == {"": 1, "en": 4, "yo": 4}
    known = rows.filter(outcome="known")
    assert known.height == 27
    assert known["found_on"].unique().to_list() == [f"{SITE}/"]
    assert all(json.loads(hints)[0][0] == "url_path" for hints in known["hints"])


def test_what_lies_deeper_than_the_limit_stays_known(hostile: HostileServer, polite: Polite, tmp_path: Path) -> None:
    hostile.routes |= {("site.example", f"/{n}"): page(f"/{n + 1}") for n in range(6)}
    rows = walk([f"{SITE}/0"], polite(), Limits(depth=2), tmp_path, silent)
    assert outcomes(rows) == {"/0": "fetched", "/1": "fetched", "/2": "fetched", "/3": "known"}


def test_links_between_the_hosts_of_the_walk_are_followed(
    hostile: HostileServer, polite: Polite, tmp_path: Path
) -> None:
    hostile.routes |= {
        ("site.example", "/"): response(b'<a href="http://b.example/hidden" hreflang="am">x</a>'),
        ("b.example", "/"): page("http://site.example/hidden", "http://c.example/"),
        ("b.example", "/hidden"): page("/deeper"),
        ("b.example", "/deeper"): page(),
        ("site.example", "/hidden"): page(),
    }
    rows = walk([SITE, "http://b.example"], polite(), Limits(), tmp_path, silent)
    assert rows["outcome"].unique().to_list() == ["fetched"]
    assert rows.height == 5
    hidden = rows.filter(pl.col("url") == "http://b.example/hidden").row(0, named=True)
    assert (hidden["depth"], hidden["found_on"]) == (1, f"{SITE}/")
    assert json.loads(hidden["hints"]) == [["hreflang", "am"]]
    assert not hostile.paths("c.example")


def test_sitemaps_are_read_with_the_sitemaps_they_name(hostile: HostileServer, polite: Polite, tmp_path: Path) -> None:
    hostile.routes |= {
        ("site.example", "/robots.txt"): with_rules(f"Sitemap: {SITE}/index.xml\nSitemap: http://cdn.example/s.xml"),
        ("site.example", "/index.xml"): response(
            f"<sitemapindex><loc>{SITE}/1.xml</loc><loc>{SITE}/index.xml</loc></sitemapindex>".encode(),
            content_type="application/xml",
        ),
        ("site.example", "/1.xml"): response(
            f"<urlset><loc>{SITE}/unlinked</loc></urlset>".encode(), content_type="application/xml"
        ),
        ("site.example", "/unlinked"): page(),
        ("site.example", "/"): page(),
    }
    rows = walk([SITE], polite(), Limits(), tmp_path, silent)
    assert outcomes(rows) == {"/": "fetched", "/unlinked": "fetched"}
    assert rows.filter(depth=1)["found_on"].to_list() == [f"{SITE}/1.xml"]
    assert not [host for host, _ in hostile.requests if host == "cdn.example"]


def test_a_redirecting_address_and_its_target_have_their_own_rows(
    hostile: HostileServer, polite: Polite, tmp_path: Path
) -> None:
    hostile.routes |= {
        ("site.example", "/"): page("/old", "/new", "/older", "/loop", "/out"),
        ("site.example", "/old"): response(status=301, Location="/moved"),
        ("site.example", "/older"): response(status=301, Location="/moved"),
        ("site.example", "/moved"): page(),
        ("site.example", "/new"): page(),
        ("site.example", "/loop"): response(status=302, Location="/loop"),
        ("site.example", "/out"): response(status=302, Location="http://other.example/"),
    }
    rows = walk([SITE], polite(), Limits(), tmp_path, silent)
    assert outcomes(rows) == {
        "/": "fetched",
        "/old": "redirected",
        "/moved": "fetched",
        "/new": "fetched",
        "/older": "redirected",
        "/loop": "redirect_loop",
        "/out": "redirected",
    }
    assert hostile.count("/moved") == 1
    assert not hostile.paths("other.example")


def test_a_seed_that_moved_to_its_own_www_takes_the_walk_along(
    hostile: HostileServer, polite: Polite, tmp_path: Path
) -> None:
    hostile.routes |= {
        ("site.example", "/"): response(status=301, Location="http://www.site.example/"),
        ("www.site.example", "/"): page("/a"),
        ("www.site.example", "/a"): page(),
        ("gone.example", "/"): response(status=301, Location="http://parked.example/"),
    }
    rows = walk([SITE, "http://gone.example"], polite(), Limits(), tmp_path, silent)
    assert rows.filter(outcome="fetched")["url"].to_list() == ["http://www.site.example/", "http://www.site.example/a"]
    assert not hostile.paths("parked.example")


def test_a_front_page_behind_its_index_file_is_one_page(hostile: HostileServer, polite: Polite, tmp_path: Path) -> None:
    hostile.routes |= {
        ("site.example", "/"): response(status=302, Location="/index.html"),
        ("site.example", "/index.html"): page("/index.html", "/a/index.html", "/a/"),
        ("site.example", "/a/"): page(),
    }
    rows = walk([SITE], polite(), Limits(), tmp_path, silent)
    assert outcomes(rows) == {"/": "fetched", "/a/": "fetched"}


def test_a_host_that_fails_again_and_again_is_left(hostile: HostileServer, polite: Polite, tmp_path: Path) -> None:
    hostile.routes["site.example", "/"] = page(*(f"/{n}" for n in range(20)))
    hostile.routes |= {("site.example", f"/{n}"): stall for n in range(20)}
    rows = walk([SITE], polite(timeout_seconds=0.1), Limits(), tmp_path, silent)
    assert rows.filter(reason="timeout").height == 3
    assert rows.filter(outcome="known").height == 17


def test_a_host_of_dead_links_comes_to_an_end(hostile: HostileServer, polite: Polite, tmp_path: Path) -> None:
    hostile.routes["site.example", "/"] = page(*(f"/{n}" for n in range(50)))
    rows = walk([SITE], polite(), Limits(pages_per_host=4), tmp_path, silent)
    assert Counter(outcomes(rows).values()) == {"fetched": 1, "http_404": 19, "known": 31}


def test_an_error_of_the_listener_stops_the_walk(hostile: HostileServer, polite: Polite, tmp_path: Path) -> None:
    hostile.routes |= {("site.example", f"/{n}"): page(f"/{n + 1}") for n in range(100)}

    def tired(_progress: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        walk([f"{SITE}/0"], polite(delay_seconds=0.2), Limits(depth=200), tmp_path, tired)
    assert len(hostile.paths()) < 20


def test_progress_comes_at_most_twice_a_second(hostile: HostileServer, polite: Polite, tmp_path: Path) -> None:
    hostile.routes |= {("site.example", f"/{n}"): page(f"/{n + 1}") for n in range(8)}
    moments: list[float] = []
    walk(
        [f"{SITE}/0"],
        polite(delay_seconds=0.15),
        Limits(),
        tmp_path,
        lambda _progress: moments.append(time.monotonic()),
    )
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert len(gaps) >= 2
    assert min(gaps[:-1]) >= 0.49  # the last report is made at the end, whenever that is


def a_small_web(hostile: HostileServer) -> list[str]:
    """Four hosts of forty pages each, linked like a chain with branches; returns the seeds."""
    hosts = [f"h{n}.example" for n in range(4)]
    for number, host in enumerate(hosts):
        neighbour = hosts[(number + 1) % 4]
        for n in range(40):
            links = [f"/{2 * n + 1}", f"/{2 * n + 2}"] if n < 19 else [f"http://{neighbour}/{n}"]
            hostile.routes[host, f"/{n}"] = page(*links, lang=["yo", "am", "ur", "my"][number])
        hostile.routes[host, "/39"] = response(status=302, Location="/5")
    return [f"http://{host}/0" for host in hosts]


def test_a_killed_walk_goes_on_and_asks_for_nothing_twice(
    hostile: HostileServer, polite: Polite, tmp_path: Path
) -> None:
    seeds = a_small_web(hostile)
    script = Path(__file__).with_name("crawl_in_a_process.py")
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, str(script), str(tmp_path / "killed"), hostile.address, *seeds]
    process = subprocess.Popen(command, env=environment)
    while len(hostile.requests) < 60 and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    asked_before = list(hostile.requests)
    time.sleep(0.1)

    rows = walk(seeds, polite(), Limits(), tmp_path / "killed", silent)
    twice = {request: count for request, count in Counter(hostile.requests).items() if count > 1}
    # One request a host may have been on its way when the process died; nobody can know its answer.
    assert len(twice) <= 4
    assert set(twice) <= set(asked_before[-8:])
    assert len(asked_before) < len(set(hostile.requests))

    hostile.requests.clear()
    again = walk(seeds, polite(), Limits(), tmp_path / "killed", silent)
    assert hostile.requests == []
    assert again.equals(rows)

    uninterrupted = walk(seeds, polite(), Limits(), tmp_path / "whole", silent)
    moving = ["fetched_at", "warc_offset", "warc_length"]  # when and where, not what
    assert uninterrupted.drop(moving).equals(rows.drop(moving))
