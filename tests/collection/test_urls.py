import pytest
from hypothesis import given
from hypothesis import strategies as st

from lugha.collection.urls import MAX_URL_LENGTH, canonical_url, host_of, origin_of, page_url, resolved_url


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("HTTP://Site.EXAMPLE:80/a#top", "http://site.example/a"),
        ("https://site.example:443", "https://site.example/"),
        ("http://site.example:8080/a", "http://site.example:8080/a"),
        ("http://site.example/a/../b/./c/..", "http://site.example/b/"),
        ("http://site.example/%7euser/%c3%a9", "http://site.example/~user/%C3%A9"),
        ("http://site.example/ọ̀rọ̀ tuntun", "http://site.example/%E1%BB%8D%CC%80r%E1%BB%8D%CC%80%20tuntun"),
        ("http://ዜና.example/", "http://xn--h1d9l.example/"),
        ("http://site.example/?sid=7&a=1", "http://site.example/?sid=7&a=1"),
        ("http://site.example?", "http://site.example/"),
        ("http://user:secret@site.example/", "http://site.example/"),
        ("http://site.example./", "http://site.example/"),
        ("http://[::0001]:8080/", "http://[::1]:8080/"),
        ("http://site.example/100%", "http://site.example/100%25"),
        ("http://site.example/a\\b", "http://site.example/a/b"),
    ],
)
def test_one_page_has_one_spelling(written: str, canonical: str) -> None:
    assert canonical_url(written) == canonical


@pytest.mark.parametrize(
    "url",
    [
        "http:///",
        "http://",
        "",
        "site.example/a",
        "//site.example/",
        "ftp://site.example/",
        "javascript:alert(1)",
        "http://site.example:0/",
        "http://site.example:99999/",
        "http://site.example:port/",
        "http://site..example/",
        "http://-site.example/",
        "http://site .example/",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        "http://site.example/\n",
        "http://site.example/\x00",
        "http://site.example/" + "a" * MAX_URL_LENGTH,
        "http://site.example/" + "ဗ" * 300,
    ],
)
def test_what_cannot_be_asked_for_has_no_spelling(url: str) -> None:
    assert canonical_url(url) is None


@given(st.text(), st.text(), st.text())
def test_the_canonical_form_is_a_fixed_point(host: str, path: str, query: str) -> None:
    canonical = canonical_url(f"http://{host}.example/{path}?{query}")
    if canonical is not None:
        assert canonical_url(canonical) == canonical
        assert canonical.isascii()
        assert canonical.startswith(f"http://{host_of(canonical)}/")


@pytest.mark.parametrize(
    ("reference", "target"),
    [
        ("b.html", "http://site.example/a/b.html"),
        ("/b", "http://site.example/b"),
        ("?page=2", "http://site.example/a/?page=2"),
        ("//other.example/x", "http://other.example/x"),
        (" /b\n/c ", "http://site.example/b/c"),
        ("#part", "http://site.example/a/"),
        ("mailto:a@b.example", None),
        ("http://[bad", None),
        ("http:///", None),
    ],
)
def test_a_link_is_read_as_a_browser_reads_it(reference: str, target: str | None) -> None:
    assert resolved_url("http://site.example/a/", reference) == target


def test_an_index_file_is_its_directory() -> None:
    assert page_url("http://site.example/a/index.html") == "http://site.example/a/"
    assert page_url("http://site.example/a/index.html?x=1") == "http://site.example/a/index.html?x=1"
    assert page_url("http://site.example/myindex.html") == "http://site.example/myindex.html"


def test_rules_are_for_scheme_and_host() -> None:
    assert origin_of("https://site.example:8443/a") == "https://site.example:8443"
