import hashlib
import html
import json
import re
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from lugha.collection.fetch import Politeness
from lugha.collection.hints import choose_language
from lugha.collection.walk import Limits, walk
from lugha.sample.articles import BrokenSamplePage, _article, articles_of
from lugha.sample.build import CLOSED, MIRROR, build
from lugha.sample.server import serve

LANGUAGES = [
    "amh_Ethi",
    "hau_Latn",
    "kaz_Cyrl",
    "mya_Mymr",
    "swh_Latn",
    "tam_Taml",
    "tha_Thai",
    "tur_Latn",
    "urd_Arab",
    "yor_Latn",
]
Facts = list[dict[str, Any]]


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    build(folder)
    return folder


@pytest.fixture(scope="module")
def facts(web: Path) -> Facts:
    return [json.loads(line) for line in (web / "manifest.jsonl").read_text(encoding="utf-8").splitlines()]


def digest(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{path.relative_to(folder)} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in files]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def test_the_same_web_is_built_each_time(web: Path, tmp_path: Path) -> None:
    build(tmp_path)
    build(tmp_path)
    assert digest(tmp_path) == digest(web)


def test_every_line_of_the_manifest_is_a_file_and_every_page_has_a_line(web: Path, facts: Facts) -> None:
    assert all((web / fact["path"]).stat().st_size == fact["bytes"] for fact in facts)
    pages = {str(path.relative_to(web)) for path in web.rglob("*.htm*")}
    assert {fact["path"] for fact in facts} == pages
    assert len({fact["url"] for fact in facts}) == len(facts)


def test_every_language_has_its_articles_and_every_kind_of_copy(facts: Facts) -> None:
    kinds: dict[str, Counter[str | None]] = defaultdict(Counter)
    for fact in facts:
        if fact["role"] == "article":
            kinds[fact["lang_truth"]][fact["dup_kind"]] += 1
    for language in LANGUAGES:
        assert kinds[language] == {
            None: 34,
            "print view (other template)": 2,
            "copy on a mirror host": 3,
            "one paragraph changed": 2,
            "first 60 % only": 2,
            "exact copy under another path": 3,
        }
    originals = {fact["path"] for fact in facts if fact["duplicate_of"] is None}
    assert {fact["duplicate_of"] for fact in facts} - {None} <= originals


def test_the_faults_of_the_real_web_are_there(facts: Facts) -> None:
    faults = Counter(fact["fault"] for fact in facts)
    assert {
        "windows-1254 bytes, utf-8 declared",
        "windows-874 bytes, no charset declared",
        "ptcp154 bytes, ptcp154 declared",
        "UTF-16LE with BOM",
        "UTF-8 bytes, iso-8859-1 declared",
        "UTF-8 with BOM, no meta",
        "no charset declared",
        "no lang attribute",
        "wrong lang attribute",
        "two languages",
    } == set(faults) - {None}
    assert faults["two languages"] == 5


def test_pages_are_in_the_charset_that_the_manifest_says(web: Path, facts: Facts) -> None:
    texts = {language: {a.slug: a for a in articles_of(language)} for language in LANGUAGES}
    for fact in facts:
        if fact["role"] != "article" or fact["duplicate_of"] or fact["fault"] == "two languages":
            continue
        text = html.unescape((web / fact["path"]).read_bytes().decode(fact["charset_actual"]))
        slug = re.search(r"(\d\d-[a-z0-9-]+)", fact["path"])
        assert slug is not None
        assert all(paragraph in text for paragraph in texts[fact["lang_truth"]][slug[1]].paragraphs)


def test_texts_are_in_nfc_and_have_a_title_and_paragraphs() -> None:
    for language in LANGUAGES:
        articles = articles_of(language)
        assert [article.number for article in articles] == list(range(1, 35))
        for article in articles:
            assert all(unicodedata.is_normalized("NFC", text) for text in (article.title, *article.paragraphs))


@pytest.mark.parametrize(
    "text", ["", "title only", "title\nregister: news", "title\nnews\n\nparagraph", "a\nb\nregister: x\n\np"]
)
def test_a_text_that_is_not_of_the_form_is_named(text: str) -> None:
    with pytest.raises(BrokenSamplePage, match=r"pages/yor_Latn/01-a\.txt"):
        _article("yor_Latn/01-a.txt", text)


def test_a_walk_reaches_what_is_allowed_and_only_that(web: Path, facts: Facts, tmp_path: Path) -> None:
    seeds = [s for s in (web / "seeds.txt").read_text(encoding="utf-8").splitlines() if MIRROR not in s]
    with serve(web / "hosts") as address:
        politeness = Politeness("lugha-test/0.1 (+https://lugha.example)", 0.0, resolve={"*": address})
        rows = walk(seeds, politeness, Limits(), tmp_path, lambda _progress: None)
    fetched = set(rows.filter(outcome="fetched")["url"])
    allowed = {fact["url"] for fact in facts if fact["robots_allowed"] and fact["host"] != MIRROR}
    assert allowed - fetched == {"http://milango.example/empty.html"}
    assert fetched <= allowed
    assert rows.filter(outcome="robots_forbidden").height == 11
    assert rows.filter(host=CLOSED)["outcome"].to_list() == ["robots_forbidden"]
    truth = {
        fact["url"]: fact["lang_truth"] for fact in facts if fact["role"] == "article" and "+" not in fact["lang_truth"]
    }
    chosen = {url: choose_language(json.loads(hints))[0] for url, hints in rows.select("url", "hints").iter_rows()}
    right = [chosen[url] == truth[url] for url in fetched & truth.keys()]
    assert sum(right) >= 0.95 * len(right)
    orphans = [url for url in fetched if re.search(r"yehager-wegoch.*/3[123]-", url)]
    found_on = dict(rows.select("url", "found_on").iter_rows())
    assert {found_on[url] for url in orphans} == {"http://yehager-wegoch.example/sitemap.xml"}
    assert len(orphans) == 3
