import gzip

from hypothesis import given
from hypothesis import strategies as st

from lugha.collection.hints import Hint
from lugha.collection.links import Link, read_page, read_sitemap

BASE = "http://site.example/a/"


def urls(html: str, url: str = BASE) -> list[str]:
    return [link.url for link in read_page(url, {"content-type": "text/html"}, html.encode()).links]


def test_every_kind_of_link_is_found_once_and_in_order() -> None:
    html = """<link rel="alternate" hreflang="yo" href="/yo/"><link rel=alternate type="application/rss+xml" href="/f">
      <link rel="stylesheet" href="/style.css"><a href="b">b</a><a href="b#part">b</a><map><area href="/map"></map>
      <select><option value="/stories/am/">አማርኛ</option><option value="7">7</option></select>
      <a href="mailto:a@b.example">m</a><a href="javascript:void(0)">j</a><a href="#top">t</a><a href="http:///">n</a>"""
    found = read_page(BASE, {}, html.encode()).links
    assert [link.url.removeprefix("http://site.example") for link in found] == ["/yo/", "/a/b", "/map", "/stories/am/"]
    assert found[0] == Link("http://site.example/yo/", "yo")


def test_links_are_relative_to_the_base_element() -> None:
    assert urls('<base href="/c/"><a href="d">') == ["http://site.example/c/d"]
    assert urls('<base href="http:///"><a href="d">') == ["http://site.example/a/d"]


def test_links_are_found_in_any_encoding() -> None:
    html = '<html><a href="/ığdır">x</a>'
    expected = ["http://site.example/%C4%B1%C4%9Fd%C4%B1r"]
    for body in (html.encode(), html.encode("utf-16"), b"\xef\xbb\xbf" + html.encode()):
        assert [link.url for link in read_page(BASE, {}, body).links] == expected
    headers = {"content-type": "text/html; charset=windows-1254"}
    assert [link.url for link in read_page(BASE, headers, html.encode("cp1254")).links] == expected


def test_plain_text_has_no_links() -> None:
    page = read_page(BASE, {"content-type": "text/plain", "content-language": "ha"}, b'<a href="/x">')
    assert page.links == ()
    assert page.hints == (Hint("content_language", "ha"),)


@given(st.binary(max_size=300), st.sampled_from(["", "text/html; charset=x-klingon", "text/html; charset=utf-16"]))
def test_no_bytes_make_the_reader_raise(body: bytes, content_type: str) -> None:
    read_page(BASE, {"content-type": content_type}, b"<html><a href=" + body)
    read_sitemap(BASE, b"<urlset><loc>" + body)


SITEMAP = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
  xmlns:xhtml="http://www.w3.org/1999/xhtml"><url><loc>
  http://site.example/news?a=1&amp;b=2 </loc><xhtml:link rel="alternate" hreflang="ur" href="http://site.example/ur/"/></url>
  <url><loc><![CDATA[http://site.example/cdata]]></loc></url><url><loc>/bare?a=1&copy=2</loc></url></urlset>"""


def test_a_sitemap_lists_pages_and_their_languages() -> None:
    found = read_sitemap("http://site.example/sitemap.xml", SITEMAP.encode()).pages
    assert found == (
        Link("http://site.example/news?a=1&b=2"),
        Link("http://site.example/cdata"),
        Link("http://site.example/bare?a=1&copy=2"),
        Link("http://site.example/ur/", "ur"),
    )
    assert read_sitemap("http://site.example/s.xml.gz", gzip.compress(SITEMAP.encode())).pages == found


def test_a_sitemap_index_lists_sitemaps() -> None:
    index = b"<sitemapindex><sitemap><loc>http://site.example/1.xml</loc></sitemap></sitemapindex>"
    assert read_sitemap(BASE, index).sitemaps == ("http://site.example/1.xml",)


def test_a_list_of_addresses_is_a_sitemap() -> None:
    assert read_sitemap(BASE, b"http://site.example/1\nhttp://site.example/2\n").pages == (
        Link("http://site.example/1"),
        Link("http://site.example/2"),
    )


def test_a_damaged_sitemap_is_an_empty_one() -> None:
    assert read_sitemap(BASE, gzip.compress(b"<urlset>")[:4] + b"xx").pages == ()
