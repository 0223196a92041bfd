"""The main host of one language in the sample web: its articles, their faults and copies, and what links to them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from lugha.sample.articles import SECTIONS, Article
from lugha.sample.templates import TEMPLATES, Content, Link, print_page
from lugha.sample.web import Fact, Web, truth_of

MIRRORED, IN_CLOSED_HOST = (3, 15), 12  # numbers of the articles that other hosts copy
_FAULT_CHARSETS = {  # fault -> codec of the bytes, charset that the page declares
    "windows-1254 bytes, utf-8 declared": ("cp1254", "utf-8"),
    "windows-874 bytes, no charset declared": ("cp874", ""),
    "ptcp154 bytes, ptcp154 declared": ("ptcp154", "ptcp154"),
    "UTF-16LE with BOM": ("utf-16-le", "utf-16"),
    "UTF-8 bytes, iso-8859-1 declared": ("utf-8", "iso-8859-1"),
    "UTF-8 with BOM, no meta": ("utf-8-sig", ""),
    "no charset declared": ("utf-8", ""),
}
_ORPHANS = (31, 32, 33)  # articles of the Amharic host that only its sitemap names
_PRINTED, _CHANGED, _SHORTENED, _COPIED = (2, 14), (6, 18), (7, 19), (10, 22)
_PRIVATE = 11
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


class MainHost:
    """The main host of one language."""

    def __init__(self, web: Web, language: str, words: dict[str, Any], articles: Sequence[Article]) -> None:
        self.host: str = words["host"]
        self.language = language
        self.tag: str = words["tag"]
        self.title: str = words["sections"][0]
        self.articles = {article.number: article for article in articles}
        self._words = words
        self._web = web
        self._root = f"{words['prefix']}/" if words["prefix"] else ""
        self._render = TEMPLATES[words["template"]]

    def write(self) -> None:
        """Front page, sections, articles and their copies, pages about the site, robots.txt and sitemap."""
        for article in self.articles.values():
            self._write_article(article)
        for section, title in zip(SECTIONS, self._words["sections"], strict=True):
            links = [self.link(article) for article in self.listed() if article.section == section]
            self._write_listing(f"{self._root}{section}/", title, links)
        sections = zip(SECTIONS, self._words["sections"], strict=True)
        self._write_listing("", self._words["home"], [Link(f"/{self._root}{path}/", title) for path, title in sections])
        self._write_about()
        self._write_robots()

    def link(self, article: Article, host: str = "") -> Link:
        """A link to an article, absolute where it stands on another host."""
        return Link(f"{host}/{self.path(article)}", article.title, self.tag if host else "")

    def path(self, article: Article) -> str:
        """Path of an article; sites with the "div" template have a directory for each."""
        ending = {"div": "/", "table": ".html", "old": ".htm"}[self._words["template"]]
        return f"{self._root}{article.section}/{article.slug}{ending}"

    def file(self, article: Article) -> str:
        """Path of an article in the manifest."""
        path = self.path(article)
        return f"hosts/{self.host}/{path}index.html" if path.endswith("/") else f"hosts/{self.host}/{path}"

    def page(self, article: Article, paragraphs: Sequence[str] = ()) -> Content:
        """An article, or other paragraphs under its title, as the site shows them."""
        following = [self.articles[number] for number in self._after(article.number)]
        copies = [Link(f"/{path}", article.title) for path in self._copies(article)]
        return replace(
            self._around(article.title, paragraphs or article.paragraphs),
            related_title=self._words["related"],
            related=[*copies, *(self.link(other) for other in following)],
            date=f"2026-{1 + article.number % 9:02d}-{1 + article.number % 28:02d}",
        )

    def plaintruth_of(self, role: str, content: Content) -> Fact:
        """The facts of a page of this site that has no fault but perhaps a wrong or missing lang attribute."""
        fault = None
        if not content.lang:
            fault = "no lang attribute"
        elif content.lang != self.tag:
            fault = "wrong lang attribute"
        return replace(truth_of(self.language, role, content), fault=fault)

    def listed(self) -> list[Article]:
        """The articles that any page links to."""
        hidden = _ORPHANS if self.language == "amh_Ethi" else ()
        return [article for article in self.articles.values() if article.number not in hidden]

    def _after(self, number: int) -> list[int]:
        """Numbers of the three articles that a page names as related."""
        numbers = [article.number for article in self.listed() if article.number != number]
        start = number % len(numbers)
        return (numbers + numbers)[start : start + 3]

    def _around(self, title: str, paragraphs: Sequence[str]) -> Content:
        words = self._words
        sections = [Link(f"/{self._root}{p}/", t) for p, t in zip(SECTIONS, words["sections"], strict=True)]
        about = [Link(f"/{name}.html", words[name]) for name in ("about", "contact")]
        return Content(
            title,
            paragraphs,
            site_name=f"{words['sections'][0]} - {self.host.removesuffix('.example')}",
            navigation=[Link("/", words["home"]), *sections, *about],
            advertisement=words["advertisement"],
            footer=words["footer"],
            cookies=words["cookies"],
            lang=words["attribute"],
            is_right_to_left=self.language.endswith("_Arab"),
            licence_url=words.get("licence", ""),
        )

    def _write_article(self, article: Article) -> None:
        content = self.page(article)
        truth, codec = self.plaintruth_of("article", content), "utf-8"
        fault = self._words["fault"] if article.number % 4 == 1 else ""
        if fault == "wrong lang attribute":
            content = replace(content, lang="en")
            truth = replace(truth, fault=fault, html_lang="en")
        elif fault:
            codec, declared = _FAULT_CHARSETS[fault]
            content = replace(content, charset=declared)
            truth = replace(truth, fault=fault, charset_declared=declared or None, charset_actual=codec)
        self._web.write_page(self.host, self.path(article), self._render(content), truth, codec)
        self._write_copies(article)

    def _copies(self, article: Article) -> dict[str, str]:
        """Paths of the copies of an article on its own host, with what kind of copy stands there."""
        kinds = {
            "print": ("print view (other template)", _PRINTED),
            "edited": ("one paragraph changed", _CHANGED),
            "short": ("first 60 % only", _SHORTENED),
            "archive": ("exact copy under another path", _COPIED),
        }
        return {
            f"{self._root}{folder}/{article.slug}.html": kind
            for folder, (kind, numbers) in kinds.items()
            if article.number in numbers
        }

    def _write_copies(self, article: Article) -> None:
        for path, kind in self._copies(article).items():
            content = self.page(article, self._copied_paragraphs(article, kind))
            html = print_page(content) if kind.startswith("print") else self._render(content)
            truth = replace(self.plaintruth_of("article", content), duplicate_of=self.file(article), dup_kind=kind)
            self._web.write_page(self.host, path, html, truth)

    def _copied_paragraphs(self, article: Article, kind: str) -> Sequence[str]:
        paragraphs = list(article.paragraphs)
        if kind == "one paragraph changed":
            paragraphs[1] = self.articles[article.number + 1].paragraphs[1]
        elif kind == "first 60 % only":
            del paragraphs[max(1, round(len(paragraphs) * 0.6)) :]
        return paragraphs

    def _write_listing(self, path: str, title: str, links: Sequence[Link]) -> None:
        content = replace(self._around(title, ()), listed=links)
        self._web.write_page(self.host, path, self._render(content), self.plaintruth_of("listing", content))

    def _write_about(self) -> None:
        draft = self.articles[_PRIVATE]
        path = f"private/{draft.slug}.html"
        about = replace(
            self._around(self._words["about"], [self._words["about_text"]]), listed=[Link(f"/{path}", draft.title)]
        )
        contact = self._around(self._words["contact"], [f"{self._words['contact']}: {self.host}"])
        for name, content in (("about.html", about), ("contact.html", contact)):
            self._web.write_page(self.host, name, self._render(content), self.plaintruth_of("boilerplate", content))
        content = self.page(draft)
        truth = replace(self.plaintruth_of("article", content), duplicate_of=self.file(draft), robots_allowed=False)
        truth = replace(truth, dup_kind="exact copy under another path")
        self._web.write_page(self.host, path, self._render(content), truth)

    def _write_robots(self) -> None:
        lines = ["User-agent: *", "Disallow: /private/"]
        sitemaps: dict[str, str] = {}
        pages = _urlset(f"http://{self.host}/{self.path(article)}" for article in self.articles.values())
        if self._words["sitemap"] == "index":
            sitemaps = {
                "sitemap.xml": _sitemap_index(f"http://{self.host}/sitemaps/articles.xml"),
                "sitemaps/articles.xml": pages,
            }
        elif self._words["sitemap"] == "pages":
            sitemaps = {"sitemap.xml": pages}
        if sitemaps:
            lines += ["", f"Sitemap: http://{self.host}/sitemap.xml"]
        self._web.write_text(f"hosts/{self.host}/robots.txt", "\n".join(lines) + "\n")
        for path, text in sitemaps.items():
            self._web.write_text(f"hosts/{self.host}/{path}", text)


def _urlset(urls: Iterable[str]) -> str:
    entries = "".join(f"<url><loc>{url}</loc></url>\n" for url in urls)
    return f'{_XML}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n'


def _sitemap_index(url: str) -> str:
    entry = f"<sitemap><loc>{url}</loc></sitemap>"
    return f'{_XML}<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entry}</sitemapindex>\n'
