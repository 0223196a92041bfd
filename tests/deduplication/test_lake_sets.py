"""Clusters of a language through the lake: cells are signed, key ranges compared, sets decided; whatever the order in
which snapshots come and go, the clusters are those of everything at once.
"""

import itertools
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from lugha.deduplication.cells import doc_number, sign_cell
from lugha.deduplication.comparing import compare
from lugha.deduplication.ranges import key_ranges
from lugha.deduplication.sets import NotCompared, cluster_language
from lugha.deduplication.shingles import shingles
from lugha.deduplication.signatures import sign, signatures_of
from lugha.lake import Lake
from lugha.lake.build import build
from lugha.lake.digest import short_hash
from lugha.sample.articles import articles_of

LANGUAGE = "yor_Latn"
MEMORY = 200_000_000
Documents = dict[str, list[tuple[str, str]]]  # snapshot -> (address, text)


def copies_of_articles(language: str, count: int, seed: int) -> list[str]:
    """Texts of which every third is a copy of another with a word less, one more title, or nothing changed."""
    chance = random.Random(seed)
    texts = ["\n".join(article.paragraphs) for article in articles_of(language)][:count]
    for text in texts[::3]:
        words = text.split(" ")
        del words[chance.randrange(len(words))]
        texts += chance.choice([[" ".join(words)], ["Ka siwaju\n" + text], [text], [text, " ".join(words)]])
    chance.shuffle(texts)
    return texts


class Corpus:
    """A language in a lake, as its snapshots come and go."""

    def __init__(self, lake: Lake, rows_of, folder: Path, range_count: int = 1) -> None:
        self.lake, self.rows_of, self.folder = lake, rows_of, folder
        self.ranges = {f"{n:02}-of-{range_count:02}": r for n, r in enumerate(key_ranges(range_count), 1)}

    def put(self, snapshot: str, documents: list[tuple[str, str]]) -> None:
        """What a snapshot holds now; nothing where it is gone."""
        keys = {"snapshot": snapshot, "language": LANGUAGE}
        rows = [
            {
                "doc_id": short_hash(f"{snapshot} {url}".encode()),
                "url": url,
                "host": "a.example",
                "text": text,
                "content_hash": short_hash(text.encode()),
                "byte_count": len(text.encode()),
                "fetched_at": datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=int(short_hash(url.encode())[0])),
            }
            for url, text in documents
        ]
        self.lake.overwrite("standardized_documents", self.rows_of("standardized_documents", *rows), keys, run_id="t")
        kept = [
            {c: row[c] for c in ("doc_id", "host", "fetched_at", "content_hash", "byte_count")}
            | {"document_hash": row["content_hash"]}
            for row in rows
        ]
        self.lake.overwrite("cleaned_shards", self.rows_of("cleaned_shards", *kept), keys, run_id="t")
        self._build(
            "signatures", keys, lambda k: sign_cell(self.lake, **k, memory_bytes=MEMORY, folder=self.folder / "c")
        )

    def cluster(self, least_jaccard: float | None = None) -> pl.DataFrame:
        """The sets, after comparing what there is."""
        for name, within in self.ranges.items():
            keys = {"language": LANGUAGE, "key_range": name}
            self._build(
                "duplicate_edges",
                keys,
                lambda k, r=within: compare(self.lake, **k, within=r, memory_bytes=MEMORY, code_version="1"),
            )
        rows = cluster_language(self.lake, LANGUAGE, list(self.ranges), MEMORY, self.folder / "l", "1", least_jaccard)
        rows = rows.collect()
        self.lake.overwrite("dedup_sets", rows, {"language": LANGUAGE}, run_id="t")
        return rows

    def _build(self, table: str, keys: dict[str, str], make) -> None:
        from lugha.lake.build import Made

        def made(k):
            found = make(k)
            return found if isinstance(found, Made) else Made(found)

        build(
            self.lake,
            table,
            [keys],
            code_version="1",
            settings=lambda k: random.random(),
            inputs=lambda k: {},
            make=made,
            run_id="t",
        )


def partition(sets: pl.DataFrame) -> set[frozenset[bytes]]:
    return {frozenset(group) for group in sets.group_by("cluster_id").agg("doc_id")["doc_id"].to_list()}


def spread(texts: list[str], snapshots: int, seed: int) -> Documents:
    chance = random.Random(seed)
    found: Documents = {f"web-{n}": [] for n in range(snapshots)}
    for number, text in enumerate(texts):
        found[chance.choice(list(found))].append((f"http://a.example/{number}", text))
    return found


@pytest.fixture
def corpus(tmp_path: Path, rows_of):
    numbers = itertools.count()

    def corpus(range_count: int = 1) -> Corpus:
        lake = Lake(str(tmp_path / f"lake{next(numbers)}"))
        lake.create_tables()
        return Corpus(lake, rows_of, tmp_path / "scratch", range_count)

    return corpus


@pytest.mark.parametrize("seed", range(3))
def test_snapshots_in_any_order_and_with_deletions_give_the_clusters_of_a_full_run(corpus, seed: int):
    documents = spread(copies_of_articles(LANGUAGE, 24, seed), 4, seed)
    arriving = list(documents)
    random.Random(seed).shuffle(arriving)
    grown = corpus()
    kept: set[bytes] = set()
    for snapshot in arriving:
        grown.put(snapshot, documents[snapshot])
        sets = grown.cluster()
        now = set(sets.filter("is_kept")["doc_id"])
        assert kept <= now, "an earlier decision changed"
        kept = now
    at_once = corpus()
    for snapshot, texts in documents.items():
        at_once.put(snapshot, texts)
    full = at_once.cluster()
    assert partition(sets) == partition(full)
    assert full.filter(~pl.col("is_kept")).height > 0

    grown.put(arriving[0], [])
    after = grown.cluster()
    rest = corpus()
    for snapshot in arriving[1:]:
        rest.put(snapshot, documents[snapshot])
    assert partition(after) == partition(rest.cluster())
    alone = after.group_by("cluster_id").agg(pl.col("is_kept").any())
    assert alone["is_kept"].all(), "a cluster lost its representative and got no other"


def test_key_ranges_apart_find_what_one_range_finds(corpus):
    documents = spread(copies_of_articles("amh_Ethi", 20, 1), 2, 1)
    found = []
    for range_count in (1, 5):
        of = corpus(range_count)
        for snapshot, texts in documents.items():
            of.put(snapshot, texts)
        found.append(partition(of.cluster()))
    assert found[0] == found[1]


def test_a_key_range_that_was_not_compared_is_refused_with_the_next_step(corpus):
    of = corpus(2)
    of.put("web-1", [("http://a.example/1", "Ìròyìn òwúrọ̀ láti abúlé wa sọ pé òjò rọ̀ ní alẹ́ àná.")])
    of.ranges = dict(list(of.ranges.items())[:1])
    of.cluster()
    with pytest.raises(NotCompared, match=r"Materialize duplicate_edges for 02-of-02\|yor_Latn"):
        cluster_language(of.lake, LANGUAGE, ["01-of-02", "02-of-02"], MEMORY, of.folder / "l", "1")


def test_the_same_address_in_two_snapshots_and_the_same_text_on_two_addresses_are_told_apart(corpus):
    first, second, third = ("\n".join(a.paragraphs) for a in articles_of(LANGUAGE)[:3])
    of = corpus()
    of.put("web-1", [("http://a.example/1", first), ("http://a.example/2", third)])
    of.put("web-2", [("http://A.example:80/1", second), ("http://a.example/9", third)])
    sets = of.cluster()
    assert sorted(sets.filter(~pl.col("is_kept"))["method"]) == ["same_text", "same_url"]


def test_the_signature_of_the_lake_is_that_of_the_text(corpus):
    of = corpus()
    text = "\n".join(articles_of(LANGUAGE)[0].paragraphs)
    of.put("web-1", [("http://a.example/1", text), ("http://a.example/2", "…")])
    rows = of.lake.read("signatures").with_columns(doc_number().alias("doc")).sort("token_count")
    assert rows["signature"].null_count() == 1
    assert (signatures_of(rows["signature"].tail(1)) == sign(pl.Series([text])).signatures).all()
    assert set(of.lake.read("band_index")["doc"]) == {rows["doc"][1]}


def test_with_a_wanted_similarity_no_copy_is_removed_that_is_less_alike(corpus):
    documents = spread(copies_of_articles(LANGUAGE, 24, 3), 2, 3)
    of = corpus()
    for snapshot, texts in documents.items():
        of.put(snapshot, texts)
    by_estimate, proved = of.cluster(), of.cluster(least_jaccard=1.0)
    assert partition(by_estimate) == partition(proved)
    assert by_estimate.filter(~pl.col("is_kept"))["method"].value_counts(sort=True).height == 2
    texts = dict(of.lake.read("standardized_documents").select("doc_id", "text").iter_rows())
    for doc_id, representative_id in (
        proved.filter(~pl.col("is_kept")).select("doc_id", "representative_id").iter_rows()
    ):
        assert shingles(texts[doc_id]) == shingles(texts[representative_id])
