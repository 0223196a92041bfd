import gzip
import socket
import threading
import time
import zlib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lugha.collection.fetch import Fetcher, Politeness
from lugha.collection.turns import CrawlStopped
from tests.collection.conftest import USER_AGENT, HostileServer, drip, drip_head, page, reset, response, stall

SITE = "http://site.example"
Polite = Callable[..., Politeness]
BIG = 50_000_000


def big_body(connection: socket.socket) -> None:
    """Fifty megabytes without a word about their length."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    for _ in range(BIG // 100_000):
        connection.sendall(b"a" * 100_000)


def test_a_page_comes_with_its_bytes_and_headers(hostile: HostileServer, polite: Polite) -> None:
    body = "<html lang=am>ሰላም</html>".encode()
    hostile.routes["site.example", "/a"] = response(
        body, content_type="text/html; charset=utf-8", Content_Language="am"
    )
    with Fetcher(polite()) as fetcher:
        fetched = fetcher.fetch("http://SITE.example/./a#top")
    assert (fetched.outcome, fetched.reason, fetched.robots) == ("fetched", None, "no_robots_txt")
    assert fetched.final_url == f"{SITE}/a"
    assert fetched.answer is not None
    assert (fetched.answer.body, fetched.answer.http_status) == (body, 200)
    assert fetched.answer.headers["content-language"] == "am"


def test_the_site_sees_its_own_name_and_ours_and_no_cookie(hostile: HostileServer, polite: Polite) -> None:
    hostile.routes["site.example", "/a"] = response(b"<html>a", Set_Cookie="visitor=7; Path=/")
    hostile.routes["site.example", "/b"] = page()
    with Fetcher(polite()) as fetcher:
        fetcher.fetch(f"{SITE}/a")
        fetcher.fetch(f"{SITE}/b")
    head = hostile.heads[-1].lower()
    assert b"host: site.example\r\n" in head
    assert f"user-agent: {USER_AGENT}\r\n".encode() in head
    assert b"cookie" not in head


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (stall, "timeout"),
        (drip, "too_slow"),
        (drip_head, "too_slow"),
        (reset, "connection_reset"),
        (lambda _connection: None, "connection_reset"),
        (b"SSH-2.0-OpenSSH_9.7\r\n\r\n", "protocol_error"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", "protocol_error"),
        (response(b"<html>short", Content_Length="5000"), "incomplete_body"),
        (response(b"<html>", Content_Length="52428800"), "too_large"),
        (big_body, "too_large"),
        (response(b"<html>" + b"\0" * 64), "not_text"),
        (response(b"\x89PNG\r\n", content_type="image/png"), "not_text"),
        (response(b"\x00\x01\x02", content_type=None), "not_text"),
        (response(b"{}", content_type="application/json"), "not_text"),
        (response(b""), "empty_body"),
        (response(b" \r\n\t "), "empty_body"),
        (response(b"gone", 410), "http_410"),
        (response(b"", 204), "empty_body"),
        (response(b"broken", 500), "http_500"),
        (response(b"", 304), "http_304"),
        (response(b"<html>", Content_Encoding="gzip"), "bad_encoding"),
        (response(gzip.compress(b"<html>" * 99)[:-20], Content_Encoding="gzip"), "bad_encoding"),
        (response(b"<html>", Content_Encoding="br"), "bad_encoding"),
        (response(b"", 302, Location="ftp://site.example/"), "bad_redirect"),
        (response(b"", 302, Location="http:///"), "bad_redirect"),
        (response(b"", 302), "http_302"),
    ],
)
def test_what_a_server_does_wrong_has_a_name(
    hostile: HostileServer, polite: Polite, behaviour: bytes | Callable[[socket.socket], None], reason: str
) -> None:
    hostile.routes["site.example", "/a"] = behaviour
    started = time.monotonic()
    with Fetcher(polite(timeout_seconds=0.3)) as fetcher:
        fetched = fetcher.fetch(f"{SITE}/a")
    assert (fetched.outcome, fetched.reason) == ("failed", reason)
    assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    "body",
    [
        response("<html>မင်္ဂလာပါ".encode()),
        response("<html>merhaba ığüşöç".encode("utf-16")),
        response("<p>merhaba".encode("utf-16-le")),
        response("<html>سلام".encode("utf-16-be"), content_type="text/html; charset=UTF-16BE"),
        response("<html>сәлем".encode("utf-32")),
        response(b"<html>" + "สวัสดี".encode("cp874"), content_type="text/html; charset=x-klingon"),
        response(b"<html>", content_type="TEXT/HTML ;charset=utf-8"),
        response(b"<html xmlns='http://www.w3.org/1999/xhtml'>", content_type="application/xhtml+xml"),
        response("Ìròyìn".encode(), content_type="text/plain"),
        response(b"\n<!-- old --><HTML><BODY>", content_type=None),
        response(gzip.compress(b"<html>zipped"), Content_Encoding="gzip"),
        response(zlib.compress(b"<html>zipped"), Content_Encoding="deflate"),
        response(zlib.compress(b"<html>zipped", wbits=-15), Content_Encoding="deflate"),
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n<html>\r\n0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<html>until the end",
    ],
)
def test_what_is_unusual_and_right_is_kept(hostile: HostileServer, polite: Polite, body: bytes) -> None:
    hostile.routes["site.example", "/a"] = body
    with Fetcher(polite()) as fetcher:
        fetched = fetcher.fetch(f"{SITE}/a")
    assert (fetched.outcome, fetched.reason) == ("fetched", None)


def test_a_compression_bomb_is_left_at_the_size_cap(hostile: HostileServer, polite: Polite) -> None:
    bomb = gzip.compress(b"a" * BIG)
    assert len(bomb) < 100_000
    hostile.routes["site.example", "/a"] = response(bomb, Content_Encoding="gzip")
    with Fetcher(polite(max_bytes=1_000_000)) as fetcher:
        assert fetcher.fetch(f"{SITE}/a").reason == "too_large"


def test_a_host_that_nobody_serves_has_a_name(polite: Polite) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        closed = f"127.0.0.1:{listener.getsockname()[1]}"
    with Fetcher(polite(resolve={"*": closed})) as fetcher:
        fetched = fetcher.fetch(f"{SITE}/a")
    assert (fetched.outcome, fetched.reason) == ("robots_forbidden", "robots_unreachable")


@pytest.mark.parametrize(
    "url", ["http:///", "ftp://site.example/", "http://site.example/\x01", f"{SITE}/{'a' * 2000}", ""]
)
def test_an_impossible_address_is_never_tried(hostile: HostileServer, polite: Polite, url: str) -> None:
    with Fetcher(polite()) as fetcher:
        fetched = fetcher.fetch(url)
    assert (fetched.outcome, fetched.reason, fetched.url) == ("failed", "bad_url", url)
    assert hostile.requests == []


def test_redirects_are_followed_one_by_one(hostile: HostileServer, polite: Polite) -> None:
    hostile.routes["site.example", "/a"] = response(status=301, Location="/b")
    hostile.routes["site.example", "/b"] = response(status=307, Location="//www.site.example/c")
    hostile.routes["www.site.example", "/c"] = page()
    with Fetcher(polite()) as fetcher:
        fetched = fetcher.fetch(f"{SITE}/a")
    assert (fetched.outcome, fetched.final_url) == ("fetched", "http://www.site.example/c")
    assert ("www.site.example", "/robots.txt") in hostile.requests


def test_a_redirect_that_the_caller_refuses_is_not_followed(hostile: HostileServer, polite: Polite) -> None:
    hostile.routes["site.example", "/a"] = response(status=301, Location="/b")
    with Fetcher(polite()) as fetcher:
        fetched = fetcher.fetch(f"{SITE}/a", follow=lambda _target: False)
    assert (fetched.reason, fetched.final_url) == ("redirected", f"{SITE}/b")
    assert hostile.paths() == ["/a"]


def test_a_redirect_loop_and_a_long_chain_end(hostile: HostileServer, polite: Polite) -> None:
    hostile.routes["site.example", "/a"] = response(status=302, Location="/b")
    hostile.routes["site.example", "/b"] = response(status=302, Location="/a")
    for n in range(9):
        hostile.routes["site.example", f"/{n}"] = response(status=302, Location=f"/{n + 1}")
    with Fetcher(polite(max_redirects=3)) as fetcher:
        assert fetcher.fetch(f"{SITE}/a").reason == "redirect_loop"
        assert fetcher.fetch(f"{SITE}/0").reason == "too_many_redirects"
    assert hostile.paths() == ["/a", "/b", "/0", "/1", "/2", "/3"]


def test_a_failure_that_may_pass_is_tried_again(hostile: HostileServer, polite: Polite) -> None:
    hostile.routes["site.example", "/a"] = [response(b"", 503), response(b"", 500), page()]
    hostile.routes["site.example", "/b"] = [response(b"", 404), page()]
    with Fetcher(polite(retries=2)) as fetcher:
        assert fetcher.fetch(f"{SITE}/a").outcome == "fetched"
        assert fetcher.fetch(f"{SITE}/b").reason == "http_404"
    assert (hostile.count("/a"), hostile.count("/b")) == (3, 1)


def test_retry_after_is_waited_for(hostile: HostileServer, polite: Polite) -> None:
    hostile.routes["site.example", "/a"] = [response(b"", 429, Retry_After="1"), page()]
    with Fetcher(polite(retries=1)) as fetcher:
        assert fetcher.fetch(f"{SITE}/a").outcome == "fetched"
    assert hostile.times[-1] - hostile.times[-2] >= 1.0


def test_a_host_that_asks_for_a_long_pause_gets_no_more_requests(hostile: HostileServer, polite: Polite) -> None:
    hostile.routes["site.example", "/a"] = response(b"", 429, Retry_After="Fri, 31 Dec 2100 23:59:59 GMT")
    hostile.routes["site.example", "/b"] = page()
    with Fetcher(polite(retries=2)) as fetcher:
        assert fetcher.fetch(f"{SITE}/a").reason == "http_429"
        assert fetcher.fetch(f"{SITE}/b").reason == "asked_to_wait"
    assert hostile.paths() == ["/a"]


def test_requests_to_one_host_keep_their_distance(hostile: HostileServer, polite: Polite) -> None:
    hostile.routes["site.example", "/robots.txt"] = response(
        b"User-agent: *\nCrawl-delay: 0.3", content_type="text/plain"
    )
    with Fetcher(polite(delay_seconds=0.1)) as fetcher:
        for path in "abc":
            fetcher.fetch(f"{SITE}/{path}")
            fetcher.fetch(f"http://other.example/{path}")
    by_host = {
        host: [moment for (name, _), moment in zip(hostile.requests, hostile.times, strict=True) if name == host]
        for host in ("site.example", "other.example")
    }
    gaps = {host: min(b - a for a, b in pairwise(times)) for host, times in by_host.items()}
    assert gaps["site.example"] >= 0.3
    assert gaps["other.example"] >= 0.1


def test_a_stopped_crawl_asks_no_more(hostile: HostileServer, polite: Polite) -> None:
    stop = threading.Event()
    stop.set()
    with Fetcher(polite(), stop=stop) as fetcher, pytest.raises(CrawlStopped, match="journal"):
        fetcher.fetch(f"{SITE}/a")
    assert hostile.requests == []


def test_no_bytes_of_a_server_make_a_fetch_raise(hostile: HostileServer, polite: Polite) -> None:
    with Fetcher(polite()) as fetcher:

        @settings(max_examples=100, deadline=None)
        @given(st.binary(max_size=200), st.booleans())
        def check(sent: bytes, has_status: bool) -> None:
            hostile.routes["site.example", "/a"] = (b"HTTP/1.1 200 OK\r\n" if has_status else b"") + sent
            assert fetcher.fetch(f"{SITE}/a").outcome in ("fetched", "failed")

        check()


def test_a_blocked_host_is_never_asked_not_even_through_a_redirect(
    hostile: HostileServer, polite: Polite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "blocklists").mkdir()
    (tmp_path / "blocklists" / "asked.toml").write_text(
        'reason = "the owners said no"\nsource = "their letter"\nhosts = ["closed.example"]'
    )
    monkeypatch.setenv("LUGHA_CATALOG", str(tmp_path))
    hostile.routes["site.example", "/a"] = response(status=302, Location="http://www.closed.example/b")
    with Fetcher(polite()) as fetcher:
        direct, redirected = fetcher.fetch("http://closed.example/"), fetcher.fetch(f"{SITE}/a")
    assert (direct.outcome, direct.reason) == ("failed", "blocked_host")
    assert (redirected.outcome, redirected.reason) == ("failed", "blocked_host")
    assert not any(b"closed.example" in head for head in hostile.heads)
