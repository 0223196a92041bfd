"""Main text of real pages stays as good as it was, on two sets of pages that people annotated.

A floor is what was measured when it was set, less EPSILON; bench/floors.json holds it beside a digest of the gold
files, so that it cannot be met by changing them. Lowering one is a change of its own.
"""

import gzip
import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from lugha.parsing.charset import read_page
from lugha.parsing.parse import main_text

FLOORS = Path(__file__).parents[2] / "bench" / "floors.json"
# Extraction has no chance in it. A page more or less moves F1 by .002 (300 and 112 pages), and a release of an
# extractor moves a handful.
EPSILON = 0.005
pytestmark = pytest.mark.shared


@pytest.fixture(scope="session")
def gold(shared_data: Path) -> Path:
    """The folder of both sets: pages, and beside them what people found in them."""
    return shared_data / "gold_html"


def floor(name: str) -> dict[str, Any]:
    return json.loads(FLOORS.read_text(encoding="utf-8"))["main_text"][name]


def text_of(page: Path) -> str:
    reading = read_page(gzip.decompress(page.read_bytes()), None, "und_Zyyy")
    return main_text(reading.text) if reading else ""


def f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall)


def digest(folder: Path) -> str:
    """16 hex digits over the names and bytes of all files of a set."""
    found = hashlib.sha256()
    for path in sorted(x for x in folder.rglob("*") if x.is_file()):
        found.update(path.relative_to(folder).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:16]


@pytest.mark.parametrize("name", ["trafilatura", "scrapinghub"])
def test_the_gold_pages_are_those_that_the_floor_was_set_on(gold: Path, name: str):
    assert digest(gold / name) == floor(name)["gold_digest"]


@pytest.mark.slow
def test_segments_that_belong_to_the_text_are_in_it_and_others_are_not(gold: Path):
    """The set of trafilatura: on each page a few segments that must be found and a few that must not."""
    folder = gold / "trafilatura"
    found = missed = unwanted = 0
    for page in json.loads((folder / "evaldata.json").read_text(encoding="utf-8")).values():
        text = _folded(text_of(folder / "html" / page["file"]))
        hits = sum(_folded(segment) in text for segment in page["with"])
        found, missed = found + hits, missed + len(page["with"]) - hits
        unwanted += sum(_folded(segment) in text for segment in page["without"])
    measured = f1(found / (found + unwanted), found / (found + missed))
    assert measured >= floor("trafilatura")["f1"] - EPSILON, f"{measured:.4f}"


def test_the_body_of_an_article_is_found_as_a_whole(gold: Path):
    """The set of Scrapinghub: runs of four words shared with the whole article, averaged over pages."""
    folder = gold / "scrapinghub"
    shares = []
    for name, page in json.loads((folder / "ground-truth.json").read_text(encoding="utf-8")).items():
        text, body = _runs(text_of(folder / "html" / f"{name}.html.gz")), _runs(page["articleBody"])
        shares.append([(text & body).total() / max(1, side.total()) for side in (text, body)])
    precision, recall = (sum(column) / len(column) for column in zip(*shares, strict=True))
    measured = f1(precision, recall)
    assert measured >= floor("scrapinghub")["f1"] - EPSILON, f"{measured:.4f}"


def _folded(text: str) -> str:
    return " ".join(text.split())


def _runs(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[n : n + 4]) for n in range(max(1, len(words) - 3)))
