import pytest
from resiliparse.parse.html import HTMLTree

from lugha.collection.hints import Hint, address_hints, choose_language, declared_hints, in_order


@pytest.mark.parametrize(
    ("url", "tags"),
    [
        ("http://site.example/ssw/1.html", ["ssw"]),
        ("http://site.example/stories/loz-zm/0001/", ["loz-zm"]),
        ("http://site.example/stories/so/0001/", ["so"]),
        ("http://site.example/yor_Latn/x", ["yor_latn"]),
        ("http://site.example/is/page", ["is"]),
        ("http://site.example/what/is/it/", []),
        ("http://site.example/user/id/7", []),
        ("http://site.example/new/run.html", []),
        ("http://site.example/yo", []),
        ("http://site.example/sw.html", []),
        ("http://site.example/books/am/1", ["am"]),
        ("http://site.example/no-comment/1", []),
        ("http://site.example/aa-lazarus/1", []),
    ],
)
def test_directories_that_name_a_language_are_hints(url: str, tags: list[str]) -> None:
    assert [hint.tag for hint in address_hints(url) if hint.source == "url_path"] == tags


@pytest.mark.parametrize(
    ("host", "tag"),
    [
        ("sw.example.org", "sw"),
        ("my.example.org", None),
        ("www.example.org", None),
        ("am.example", None),
        ("am.co.uk", None),
        ("am.site.co.uk", "am"),
        ("sw.example.org:8080", "sw"),
    ],
)
def test_a_subdomain_that_names_a_language_is_a_hint(host: str, tag: str | None) -> None:
    assert address_hints(f"http://{host}/") == ([Hint("url_host", tag)] if tag else [])


def test_a_page_declares_its_language_in_four_places() -> None:
    html = """<html lang="yo-NG"><head><meta http-equiv="Content-Language" content="yo"><meta property="og:locale"
      content="yo_NG"><meta name="description" content="en"></head>"""
    assert in_order(declared_hints(HTMLTree.parse(html), {"content-language": "yor"})) == [
        Hint("html_lang", "yo-NG"),
        Hint("meta_language", "yo"),
        Hint("content_language", "yor"),
        Hint("og_locale", "yo_NG"),
    ]


def test_an_xml_attribute_counts_and_a_list_of_languages_does_not() -> None:
    tree = HTMLTree.parse('<html xml:lang="am"><meta http-equiv="content-language" content="am, en">')
    assert declared_hints(tree, {"content-language": "en, sw"}) == [Hint("html_lang", "am")]


@pytest.mark.parametrize(
    ("hints", "chosen"),
    [
        ([], ("und_Zyyy", None)),
        ([("html_lang", "tlh-x"), ("hreflang", "qqq")], ("und_Zyyy", None)),
        ([("html_lang", "sw-KE")], ("swh_Latn", "html_lang")),
        ([("url_path", "swh"), ("html_lang", "en")], ("swh_Latn", "url_path")),
        ([("hreflang", "ur"), ("html_lang", "en"), ("site_lang", "en")], ("urd_Arab", "hreflang")),
        (
            [
                ("url_path", "tr"),
                ("html_lang", "en"),
                ("og_locale", "en_US"),
                ("meta_language", "en"),
                ("site_lang", "en"),
            ],
            ("tur_Latn", "url_path"),
        ),
        ([("url_path", "am"), ("html_lang", "yo"), ("site_lang", "en")], ("yor_Latn", "html_lang")),
        ([("url_path", "am"), ("hreflang", "am"), ("html_lang", "yo"), ("site_lang", "en")], ("amh_Ethi", "url_path")),
        ([("hreflang", "sw"), ("html_lang", "en"), ("site_lang", "sw")], ("swh_Latn", "hreflang")),
        ([("url_host", "ug"), ("html_lang", "sw")], ("swh_Latn", "html_lang")),
        ([("url_host", "th"), ("html_lang", "en"), ("site_lang", "en")], ("tha_Thai", "url_host")),
        ([("site_lang", "sw")], ("und_Zyyy", None)),
        ([("html_lang", "my"), ("site_lang", "my")], ("mya_Mymr", "html_lang")),
    ],
)
def test_the_vote_is_the_documented_one(hints: list[tuple[str, str]], chosen: tuple[str, str | None]) -> None:
    assert choose_language(hints) == chosen
    assert choose_language(reversed(hints)) == chosen


@pytest.mark.parametrize(
    ("url", "tags"),
    [
        ("http://law.example/by/4.0/legalcode.de.html", ["de"]),
        ("http://law.example/page.html.tr", ["tr"]),
        ("http://law.example/jquery.min.html", []),
        ("http://law.example/a/index.html", []),
    ],
)
def test_a_file_name_speaks_only_in_the_form_of_content_negotiation(url: str, tags: list[str]):
    assert [hint.tag for hint in address_hints(url) if hint.source == "url_file"] == tags
