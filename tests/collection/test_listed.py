import json
from collections.abc import Callable
from pathlib import Path

import polars as pl

from lugha.collection.fetch import Politeness
from lugha.collection.walk import Progress, fetch_list
from tests.collection.conftest import HostileServer, page, response, stall

SITE = "http://site.example"
Polite = Callable[..., Politeness]


def silent(_progress: Progress) -> None:
    """Nobody listens."""


def wanted(*urls: str) -> pl.DataFrame:
    return pl.DataFrame(
        {"url": urls, "hints": ['[["hreflang", "yo"]]'] * len(urls)}, schema={"url": pl.String, "hints": pl.String}
    )


def test_the_addresses_of_the_list_are_fetched_and_no_others(
    hostile: HostileServer, polite: Polite, tmp_path: Path
) -> None:
    hostile.routes |= {
        ("site.example", "/robots.txt"): response(b"User-agent: *\nDisallow: /private", content_type="text/plain"),
        ("site.example", "/a"): page("/linked", lang="yo"),
        ("site.example", "/b"): response(status=302, Location="/c"),
        ("site.example", "/c"): page(),
    }
    rows = fetch_list(
        wanted(f"{SITE}/a", f"{SITE}/b", f"{SITE}/private", f"{SITE}/none", "http:///", f"{SITE}/a"),
        polite(),
        tmp_path,
        10**6,
        silent,
    )
    assert rows.select("url", pl.coalesce("reason", "outcome").alias("end")).rows() == [
        (f"{SITE}/a", "fetched"),
        (f"{SITE}/b", "fetched"),
        (f"{SITE}/private", "robots_disallowed"),
        (f"{SITE}/none", "http_404"),
        ("http:///", "bad_url"),
    ]
    assert json.loads(rows["hints"][0]) == [["hreflang", "yo"], ["html_lang", "yo"]]
    assert hostile.paths() == ["/a", "/b", "/c", "/none"]


def test_what_the_budget_does_not_reach_stays_known(hostile: HostileServer, polite: Polite, tmp_path: Path) -> None:
    body = b"<html>" + b"a" * 994
    urls = [f"http://h{n % 3}.example/{n}" for n in range(30)]
    hostile.routes |= {(f"h{n % 3}.example", f"/{n}"): response(body) for n in range(30)}
    rows = fetch_list(wanted(*urls), polite(), tmp_path, 7_500, silent)
    fetched = rows.filter(outcome="fetched")
    assert 8 <= fetched.height <= 10
    assert rows.filter(outcome="known").height == 30 - fetched.height
    assert rows["url"].to_list() == urls


def test_pages_on_file_count_first_and_are_not_asked_for_again(
    hostile: HostileServer, polite: Polite, tmp_path: Path
) -> None:
    body = b"<html>" + b"a" * 994
    urls = [f"{SITE}/{n}" for n in range(6)]
    hostile.routes |= {("site.example", f"/{n}"): response(body) for n in range(6)}
    first = fetch_list(wanted(*urls[3:]), polite(), tmp_path, 10**6, silent)
    hostile.requests.clear()
    rows = fetch_list(wanted(*urls), polite(), tmp_path, 4_000, silent)
    assert hostile.paths() == ["/0"]
    assert rows.filter(outcome="fetched").height == 4
    assert rows.tail(3).equals(first)


def test_a_host_that_is_down_does_not_hold_the_list(hostile: HostileServer, polite: Polite, tmp_path: Path) -> None:
    hostile.routes |= {("site.example", f"/{n}"): stall for n in range(9)}
    hostile.routes["other.example", "/a"] = page()
    urls = [*(f"{SITE}/{n}" for n in range(9)), "http://other.example/a"]
    rows = fetch_list(wanted(*urls), polite(timeout_seconds=0.1), tmp_path, 10**6, silent)
    assert rows["reason"].to_list() == ["timeout"] * 3 + [None] * 7
    assert rows["outcome"].to_list() == ["failed"] * 3 + ["known"] * 6 + ["fetched"]


def test_an_empty_list_is_an_empty_table(polite: Polite, tmp_path: Path) -> None:
    assert fetch_list(wanted(), polite(), tmp_path, 10**6, silent).is_empty()
