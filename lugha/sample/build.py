"""Builds the sample web: texts in ten languages, put into pages as real sites make them, with what goes wrong there.

`build(folder)` writes `hosts/<host>/<path>`, `seeds.txt` and `manifest.jsonl`, the same bytes each time. The manifest
says of each page what is true of it (language, fault, what it is a copy of, whether robots.txt allows it), so that a
crawl of this web can be judged. The texts lie in `pages/<language>/`, the hosts and the words around the texts in
`hosts.toml`.
"""

import json
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, replace
from importlib.resources import files
from itertools import chain, zip_longest
from pathlib import Path

from lugha.sample.articles import articles_of
from lugha.sample.main_host import IN_CLOSED_HOST, MIRRORED, MainHost
from lugha.sample.templates import TEMPLATES, Content, Link
from lugha.sample.web import Web, truth_of

PORTAL, MIRROR, CLOSED = "milango.example", "kioo.example", "hifadhi-ya-ndani.example"


def build(folder: Path) -> None:
    """Write the sample web to `folder`; files that are there already are overwritten. Raises BrokenSamplePage."""
    web = Web(folder)
    hosts = tomllib.loads(files("lugha.sample").joinpath("hosts.toml").read_text(encoding="utf-8"))
    sites = [MainHost(web, language, words, articles_of(language)) for language, words in sorted(hosts.items())]
    for site in sites:
        site.write()
    _write_mirror(web, sites)
    _write_closed_host(web, sites)
    _write_portal(web, sites)
    seeds = [f"http://{host}/" for host in sorted([*(site.host for site in sites), PORTAL, MIRROR, CLOSED])]
    web.write_text("seeds.txt", "\n".join(seeds) + "\n")
    web.write_text("manifest.jsonl", "".join(json.dumps(asdict(fact), ensure_ascii=False) + "\n" for fact in web.facts))


def _write_mirror(web: Web, sites: Sequence[MainHost]) -> None:
    """A host that copies two pages of each language as they are, and asks for a pause between requests."""
    for site in sites:
        for number in MIRRORED:
            article = site.articles[number]
            content = site.page(article)
            truth = replace(site.plaintruth_of("article", content), duplicate_of=site.file(article))
            truth = replace(truth, dup_kind="copy on a mirror host")
            html = TEMPLATES["div"](replace(content, navigation=[Link("/", MIRROR)], related=()))
            web.write_page(MIRROR, f"{site.tag}/{article.slug}.html", html, truth)
    links = [Link(f"/{s.tag}/{s.articles[n].slug}.html", s.articles[n].title) for s in sites for n in MIRRORED]
    _write_index(web, MIRROR, "Mirror", links)
    web.write_text(f"hosts/{MIRROR}/robots.txt", "User-agent: *\nCrawl-delay: 0.2\nDisallow:\n")


def _write_closed_host(web: Web, sites: Sequence[MainHost]) -> None:
    """A host whose robots.txt forbids all of it."""
    for site in sites:
        article = site.articles[IN_CLOSED_HOST]
        content = site.page(article)
        truth = replace(site.plaintruth_of("article", content), duplicate_of=site.file(article), robots_allowed=False)
        html = TEMPLATES["old"](replace(content, navigation=[Link("/", CLOSED)], related=()))
        web.write_page(CLOSED, f"{site.tag}.html", html, replace(truth, dup_kind="copy on a mirror host"))
    links = [Link(f"/{site.tag}.html", site.articles[IN_CLOSED_HOST].title) for site in sites]
    _write_index(web, CLOSED, "Archive", links, robots_allowed=False)
    web.write_text(f"hosts/{CLOSED}/robots.txt", "User-agent: *\nDisallow: /\n")


def _write_portal(web: Web, sites: Sequence[MainHost]) -> None:
    """A host that names the language of what it links to; pages in two languages, an empty one, one of numbers."""
    for site in sites:
        links = [site.link(article, f"http://{site.host}") for article in site.listed()]
        content = Content(site.title, (), PORTAL, [Link("/", PORTAL)], listed=links, lang=site.tag)
        web.write_page(PORTAL, f"{site.tag}/", TEMPLATES["div"](content), truth_of(site.language, "listing", content))
    pairs = list(zip(sites[::2], sites[1::2], strict=True))
    for first, second in pairs:
        _write_mixed(web, first, second)
    web.write_page(PORTAL, "empty.html", "", truth_of("und_Zyyy", "boilerplate"))
    rows = "".join(f"<tr><td>{n}</td><td>{n * n}</td><td>{n**3}</td></tr>" for n in range(1, 200))
    web.write_page(
        PORTAL, "numbers.html", f"<html><body><table>{rows}</table></body></html>", truth_of("und_Zyyy", "boilerplate")
    )
    mixed = [
        Link(f"/mixed/{first.tag}-{second.tag}.html", f"{first.title} / {second.title}") for first, second in pairs
    ]
    rest = [
        Link("/empty.html", "0"),
        Link("/numbers.html", "1 2 3"),
        Link(f"http://{CLOSED}/", CLOSED),
        Link(f"http://{MIRROR}/", MIRROR),
    ]
    languages = [Link(f"/{site.tag}/", site.title, site.tag) for site in sites]
    _write_index(web, PORTAL, "Sites", [*languages, *mixed, *rest])
    web.write_text(f"hosts/{PORTAL}/robots.txt", "User-agent: *\nDisallow:\n")


def _write_mixed(web: Web, first: MainHost, second: MainHost) -> None:
    """A page whose paragraphs take turns between two languages; its truth names both."""
    one, other = first.articles[IN_CLOSED_HOST], second.articles[IN_CLOSED_HOST]
    turns = chain.from_iterable(zip_longest(one.paragraphs, other.paragraphs))
    paragraphs = [paragraph for paragraph in turns if paragraph is not None]
    content = Content(f"{one.title} / {other.title}", paragraphs, PORTAL, [Link("/", PORTAL)], lang=first.tag)
    truth = replace(truth_of(f"{first.language}+{second.language}", "article", content), fault="two languages")
    web.write_page(PORTAL, f"mixed/{first.tag}-{second.tag}.html", TEMPLATES["div"](content), truth)


def _write_index(web: Web, host: str, title: str, links: Sequence[Link], robots_allowed: bool = True) -> None:
    content = Content(title, (), host, (), listed=links, lang="en")
    truth = replace(truth_of("eng_Latn", "listing", content), robots_allowed=robots_allowed)
    web.write_page(host, "", TEMPLATES["div"](content), truth)
