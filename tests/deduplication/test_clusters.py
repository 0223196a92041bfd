"""Clusters of copies in six scripts, and decisions that a later document never changes."""

import importlib.resources
import random
import time
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lugha.deduplication.clusters import cluster
from lugha.lake import TABLES
from lugha.lake.digest import short_hash

NONE = pl.DataFrame(schema={"cluster_id": pl.Binary, "is_held_out": pl.Boolean})
CODES = ("yor_Latn", "amh_Ethi", "urd_Arab", "mya_Mymr", "tha_Thai", "tur_Latn")
START = datetime(2026, 1, 1, tzinfo=UTC)


def pages(code: str) -> list[str]:
    """The sample pages of a language without their two head lines."""
    folder = importlib.resources.files("lugha").joinpath("sample", "pages", code)
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".txt")), key=lambda f: f.name)
    return [f.read_text(encoding="utf-8").split("\n", 2)[2].strip() for f in files]


def documents(*texts: str, start: int = 0) -> pl.DataFrame:
    """Documents that came in one after the other, one a day."""
    rows = [
        {
            "doc_id": short_hash(f"{n}".encode()),
            "snapshot": "web-1",
            "host": "a.example",
            "content_hash": short_hash(text.encode()),
            "byte_count": len(text.encode()),
            "first_seen": START + timedelta(days=n),
            "text": text,
        }
        for n, text in enumerate(texts, start)
    ]
    return pl.DataFrame(
        rows,
        schema={
            "doc_id": pl.Binary,
            "snapshot": pl.String,
            "host": pl.String,
            "content_hash": pl.Binary,
            "byte_count": pl.Int64,
            "first_seen": pl.Datetime("us", "UTC"),
            "text": pl.String,
        },
    )


def clustered(*texts: str) -> list[tuple[int, str]]:
    """(number of the document that stands for the cluster, method) for each text."""
    rows = cluster(documents(*texts), NONE)
    number = {doc_id: n for n, doc_id in enumerate(documents(*texts)["doc_id"])}
    assert rows["cluster_id"].equals(rows["representative_id"])
    return [(number[c], method) for c, method in rows.select("cluster_id", "method").iter_rows()]


def sentences(text: str) -> list[str]:
    """Pieces of a page with their punctuation; Thai has none, so there the spaces count."""
    pieces = (
        text.replace("\n", " ").replace("။", "။|").replace("።", "።|").replace("۔", "۔|").replace(". ", ".|").split("|")
    )
    pieces = [p.strip() for p in pieces if p.strip()]
    return pieces if len(pieces) > 4 else text.split()


def test_the_rows_are_those_of_the_table(lake):
    rows = cluster(documents(*pages("yor_Latn")[:3]), NONE)
    assert rows.columns == list(TABLES["dedup_sets"].columns)
    lake.overwrite("dedup_sets", rows, {"language": "yor_Latn"}, run_id="run-1")
    assert lake.read("dedup_sets").height == 3


def test_no_documents_are_no_clusters():
    rows = cluster(documents(), NONE)
    assert rows.is_empty()
    assert rows.columns == list(TABLES["dedup_sets"].columns)


@pytest.mark.parametrize("code", CODES)
def test_different_pages_are_different_clusters(code):
    texts = pages(code)[:12]
    assert clustered(*texts) == [(n, "unique") for n in range(12)]


@pytest.mark.parametrize("code", CODES)
def test_an_exact_copy_joins_the_first(code):
    first, second = pages(code)[:2]
    assert clustered(first, second, first, first) == [(0, "unique"), (1, "unique"), (0, "exact"), (0, "exact")]


@pytest.mark.parametrize("code", CODES)
def test_a_page_that_lost_its_last_sentence_is_a_near_copy(code):
    first, second = pages(code)[:2]
    shorter = " ".join(sentences(first)[:-1])
    assert shorter != first
    assert clustered(first, second, shorter) == [(0, "unique"), (1, "unique"), (0, "near")]


@pytest.mark.parametrize("code", CODES)
def test_a_page_whose_numbers_case_and_spaces_changed_is_a_near_copy(code):
    first = pages(code)[0]
    other = first.upper().replace(" ", "  ").replace("\n\n", "\n")
    assert clustered(f"2025\n{first}", f"1999\n{other}!") == [(0, "unique"), (0, "near")]


def test_a_turkish_page_in_turkish_capitals_is_a_near_copy():
    """İ is the capital of i and I that of ı; Unicode's folding knows neither."""
    first = pages("tur_Latn")[0]
    assert clustered(first, first.replace("i", "İ").upper()) == [(0, "unique"), (0, "near")]


@pytest.mark.parametrize("code", CODES)
def test_a_page_that_is_half_of_another_is_no_copy(code):
    first, second = pages(code)[:2]
    half = sentences(first)[: len(sentences(first)) // 2] + sentences(second)[len(sentences(second)) // 2 :]
    assert clustered(first, " ".join(half))[1] == (1, "unique")


def test_tone_marks_make_different_words():
    """A page without its marks is another text: which letters a writer types is content in Yoruba."""
    first = pages("yor_Latn")[0]
    bare = first.translate(str.maketrans("àáèéẹìíòóọùúṣ", "aaeeeiiooouus")).replace("\u0300", "").replace("\u0301", "")
    assert clustered(first, bare) == [(0, "unique"), (1, "unique")]


def test_a_near_copy_tells_how_alike_it_is_and_others_are_one():
    first = pages("tur_Latn")[0]
    rows = cluster(documents(first, " ".join(sentences(first)[:-1]), first), NONE)
    assert 0.7 <= rows["similarity"][1] < 1
    assert rows["similarity"].to_list()[::2] == [1, 1]
    assert rows["cluster_size"].to_list() == [3, 3, 3]
    assert rows["is_kept"].to_list() == [True, False, False]


def test_the_order_in_which_documents_were_seen_decides_and_not_the_order_of_the_rows():
    first = pages("mya_Mymr")[0]
    frame = documents(first, " ".join(sentences(first)[:-1]), first, *pages("mya_Mymr")[1:4])
    key = ["first_seen"]
    assert cluster(frame[[5, 2, 0, 4, 1, 3]], NONE).sort(key).equals(cluster(frame, NONE).sort(key))


def test_of_documents_seen_at_once_the_smallest_id_is_first():
    text = pages("urd_Arab")[0]
    frame = documents(text, text, text).with_columns(pl.lit(START).alias("first_seen"))
    rows = cluster(frame, NONE)
    assert rows.filter("is_kept")["doc_id"].to_list() == [min(frame["doc_id"])]


def test_a_copy_of_a_near_copy_is_in_the_same_cluster():
    first = pages("amh_Ethi")[0]
    near = " ".join(sentences(first)[:-1])
    assert clustered(first, near, near) == [(0, "unique"), (0, "near"), (0, "exact")]


def test_a_document_like_two_clusters_joins_the_older_one_even_through_a_younger_member():
    """Steps between two pages: the last is like the second, and like the third, which joined the first."""
    words = pages("tur_Latn")[0].split()[:100]

    def step(changed: int) -> str:
        return " ".join([f"{w}lar" for w in words[:changed]] + words[changed:])

    def are_alike(one: str, other: str) -> bool:
        return clustered(one, other)[1][1] == "near"

    old = step(0)
    for young, third, last in (
        (step(x), step(y), step(z)) for x in range(20, 40, 3) for y in range(6, 18, 3) for z in range(y + 3, x, 3)
    ):
        apart = not are_alike(old, young) and not are_alike(old, last)
        if apart and are_alike(old, third) and are_alike(young, last) and are_alike(third, last):
            assert clustered(old, young, third, last) == [(0, "unique"), (1, "unique"), (0, "near"), (0, "near")]
            return
    raise AssertionError("no four steps are alike as this test needs them")


@pytest.mark.parametrize("text", ["", " \n\t", "... !!! —", "\u200c\u200d"])
def test_a_document_without_tokens_is_like_nothing(text):
    assert clustered(text, pages("tha_Thai")[0], f"{text}?", f"{text}!") == [(n, "unique") for n in range(4)]


def test_a_document_of_fewer_tokens_than_a_shingle_is_compared_whole():
    assert clustered("ọ̀rọ̀ mẹ́ta", "Ọ̀rọ̀  mẹ́ta!", "ọ̀rọ̀ mẹ́rin") == [(0, "unique"), (0, "near"), (2, "unique")]


def pool() -> list[str]:
    """Pages with near and exact copies among them, short so that a hundred runs take a second."""
    made = []
    for code in CODES:
        for page in pages(code)[:2]:
            words = page.split()[:60] if code != "tha_Thai" else page.split()[:12]
            made += [" ".join(words), " ".join(words[:-4]), " ".join([*words[:-8], "kan", "èjì"])]
    return made


POOL = pool()
CLUSTER = ["doc_id", "cluster_id", "representative_id", "is_kept", "method", "similarity"]


@settings(max_examples=12, deadline=None)
@given(st.lists(st.lists(st.sampled_from(POOL), min_size=1, max_size=6), min_size=1, max_size=4))
def test_adding_documents_batch_by_batch_gives_what_starting_over_gives(batches):
    """And what was decided for a document stays, but for the size of its cluster."""
    frame, before = documents(), cluster(documents(), NONE)
    for batch in batches:
        frame = pl.concat([frame, documents(*batch, start=frame.height)])
        now = cluster(frame, before.select("cluster_id", "is_held_out"))
        kept = [*CLUSTER, "is_held_out"]
        assert now.head(before.height).select(kept).equals(before.select(kept).cast(now.select(kept).schema))
        before = now
    assert before.select(CLUSTER).equals(cluster(frame, NONE).select(CLUSTER))


def test_a_cluster_is_held_out_as_a_whole():
    texts = [t for t in POOL if t] + pages("yor_Latn")[2:20]
    rows = cluster(documents(*texts, *texts[:30]), NONE)
    sides = rows.group_by("cluster_id").agg(
        pl.col("is_held_out").n_unique().alias("sides"),
        pl.col("is_kept").sum(),
        pl.len(),
        pl.col("cluster_size").first(),
    )
    assert sides["sides"].unique().to_list() == [1]
    assert sides["is_kept"].unique().to_list() == [1]
    assert sides["len"].cast(pl.Int64).equals(sides["cluster_size"])
    assert rows["is_held_out"].any()


def test_five_thousand_identical_documents_take_a_moment():
    text = pages("yor_Latn")[0]
    started = time.process_time()
    rows = cluster(documents(*[text] * 5_000), NONE)
    assert time.process_time() - started < 5
    assert rows["cluster_size"].unique().to_list() == [5_000]
    assert rows["is_kept"].sum() == 1


def test_six_hundred_near_copies_take_a_few_moments():
    words = pages("tur_Latn")[0].split()
    chance = random.Random(3)
    texts = []
    for n in range(600):
        changed = list(words)
        changed[chance.randrange(len(words))] = f"sözcük{chr(97 + n % 26)}{chr(97 + n // 26)}"
        texts.append(" ".join(changed))
    started = time.process_time()
    rows = cluster(documents(*texts), NONE)
    assert time.process_time() - started < 10
    assert rows["cluster_size"].max() > 500
