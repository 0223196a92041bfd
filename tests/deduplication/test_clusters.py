"""Clusters of copies: who stands for whom, and decisions that a later document never changes."""

import time

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lugha.deduplication.clusters import DECIDED, NumbersCollide
from lugha.sample.articles import articles_of
from tests.deduplication.clustering import ENOUGH, NONE, Page, decided, expected, frame, partition, run, told

NO_MEMORY = 0  # all goes through files
NAMES = "abcdefghijkl"


def pages(names: str, **more: object) -> list[Page]:
    """Documents that came in one a day."""
    return [Page(name, seen, **more) for seen, name in enumerate(names)]  # type: ignore[arg-type]


def test_documents_without_copies_stand_for_themselves():
    rows = run(pages("abc"))
    assert rows["cluster"].to_list() == rows["representative"].to_list() == ["a", "b", "c"]
    assert rows.select(*DECIDED).drop("cluster_id", "representative_id").unique().rows() == [
        (True, 1, "unique", 1.0, 1, False)
    ]


def test_no_documents_are_no_clusters():
    for memory_bytes in (ENOUGH, NO_MEMORY):
        rows = run([], memory_bytes=memory_bytes)
        assert rows.is_empty()
        assert dict(rows.select(*DECIDED).schema) == DECIDED


@pytest.mark.parametrize("memory_bytes", [ENOUGH, NO_MEMORY])
def test_columns_that_decide_nothing_are_passed_through_in_their_types(memory_bytes):
    rows = run(pages("abc"), [("a", "b")], memory_bytes=memory_bytes)
    assert told(rows, "host") == {name: f"{name}.example" for name in "abc"}
    assert dict(rows.select(*DECIDED).schema) == DECIDED
    assert rows.schema["first_seen"] == pl.Datetime("us", "UTC")
    assert rows.sort("first_seen")["doc"].to_list() == ["a", "b", "c"]


def test_near_copies_equal_texts_and_equal_addresses_join_one_cluster():
    rows = run(
        [Page("a", 0, text="t"), Page("b", 1, url="u"), Page("c", 2, text="t", url="u"), Page("d", 3), Page("e", 4)],
        [("b", "d")],
    )
    assert partition(rows) == {frozenset("abcd"), frozenset("e")}
    assert told(rows, "method") == {
        "a": "representative",
        "b": "near",
        "c": "same_text",
        "d": "near",
        "e": "unique",
    }


def test_the_second_with_an_address_is_told_as_such_even_where_neither_is_kept():
    rows = run([Page("a", 0, quality=1), Page("b", 1, url="u"), Page("c", 2, url="u")], [("a", "b"), ("a", "c")])
    assert told(rows, "method") == {"a": "representative", "b": "near", "c": "same_url"}


def test_an_unknown_address_is_equal_to_nothing():
    assert run(pages("abc", url=None))["cluster_size"].to_list() == [1, 1, 1]


def test_the_first_seen_names_the_cluster_and_the_best_stands_for_it():
    rows = run(
        [Page("a", 2, 0.9), Page("b", 1, 0.5), Page("c", 0, None), Page("d", None, 0.9)],
        [("a", "b"), ("b", "c"), ("c", "d")],
    )
    assert set(rows["cluster"]) == {"c"}
    assert set(rows["representative"]) == {"a"}
    assert told(rows, "rehydration_weight") == {"a": 3, "b": 0, "c": 0, "d": 0}


def test_of_documents_equally_good_the_first_seen_stands_and_then_the_smallest_id():
    first, second = sorted([Page("a"), Page("b")], key=lambda page: page.doc_id)
    late = Page("c", None, 0.5)
    rows = run([Page(second.name, 1, 0.5), Page(first.name, 1, 0.5), late], [("a", "b"), ("b", "c")])
    assert set(rows["representative"]) == set(rows["cluster"]) == {first.name}


def test_a_better_document_that_comes_later_does_not_take_the_place():
    before = run([Page("a", 0, 0.1)])
    rows = run([Page("a", 0, 0.1), Page("b", 1, 0.9)], [("a", "b")], before)
    assert set(rows["representative"]) == {"a"}


def test_a_document_that_joins_two_clusters_leaves_both_representatives():
    old = pages("abcd")
    near = [("a", "b"), ("c", "d")]
    before = run(old, near)
    rows = run([*old, Page("e", 9)], [*near, ("a", "e"), ("d", "e")], before)
    assert set(rows["cluster"]) == {"a"}
    assert told(rows, "representative") == {"a": "a", "b": "a", "c": "c", "d": "c", "e": "a"}
    assert told(rows, "rehydration_weight") == {"a": 5, "b": 0, "c": 1, "d": 0, "e": 0}


def test_a_removed_representative_has_a_successor_by_the_same_rule():
    near = [("a", "b"), ("a", "c"), ("b", "c")]
    before = run([Page("a", 0, 1), Page("b", 1, 0.2), Page("c", 2, 0.7)], near)
    rows = run([Page("b", 1, 0.2), Page("c", 2, 0.7)], near, before)
    assert told(rows, "representative") == {"b": "c", "c": "c"}
    assert told(rows, "cluster") == {"b": "b", "c": "b"}


def test_a_cluster_that_falls_apart_keeps_one_in_each_part():
    chain = [("a", "b"), ("b", "c"), ("c", "d")]
    before = run(pages("abcd"), chain)
    rows = run([page for page in pages("abcd") if page.name != "b"], chain, before)
    assert told(rows, "representative") == {"a": "a", "c": "c", "d": "c"}
    assert told(rows, "method") == {"a": "unique", "c": "representative", "d": "near"}


def held_out_of(rows: pl.DataFrame) -> set[object]:
    return {name for name, is_held_out in told(rows, "is_held_out").items() if is_held_out}


def test_a_new_copy_of_held_out_text_is_held_out_and_not_kept():
    old = pages(NAMES)
    before = run(old)
    (held,) = held_out_of(before)
    rows = run([*old, Page("new", 50, 1.0)], [("new", str(held))], before)
    assert held_out_of(rows) == {held, "new"}
    assert told(rows, "representative")["new"] == held


@pytest.mark.parametrize("memory_bytes", [ENOUGH, NO_MEMORY])
def test_a_training_document_that_turns_out_to_copy_held_out_text_is_no_longer_kept(memory_bytes):
    """And it never becomes held-out text: models may have seen it. Nor does it come back in the next run."""
    old = pages(NAMES)
    before = run(old)
    (held,) = held_out_of(before)
    trained = "a" if held != "a" else "b"
    near = [("bridge", str(held)), ("bridge", trained)]
    for _ in range(2):
        before = rows = run([*old, Page("bridge", 50, 1.0)], near, before, memory_bytes)
        assert held_out_of(rows) == {held, "bridge"}
        assert told(rows, "method")[trained] == "held_out_copy"
        assert told(rows, "is_kept")[trained] is False
        assert told(rows, "rehydration_weight")[trained] == 0
        assert told(rows, "representative")[trained] == held
    rows = run(old, near, before)
    assert told(rows, "is_kept")[trained] is True, "the copy that joined them is gone"


SIZED = [(1, 1), (2, 2), (3, 3), (4, 3), (5, 5), (99, 5), (100, 8), (999, 8), (1000, 1)]


def test_the_weight_of_a_representative_follows_the_size_of_its_cluster():
    rows = run([Page(f"{size} {n}", n, text=f"{size}") for size, _ in SIZED for n in range(size)])
    kept = rows.filter("is_kept").select("cluster_size", pl.col("rehydration_weight").cast(pl.Int64))
    assert sorted(kept.rows()) == SIZED
    assert rows.filter(~pl.col("is_kept"))["rehydration_weight"].unique().to_list() == [0]


def test_two_documents_with_one_number_are_refused_by_their_ids():
    twin = Page("a")
    with pytest.raises(NumbersCollide, match=twin.doc_id.hex()):
        run([twin, twin])


def signed(texts: dict[str, str]) -> pl.DataFrame:
    from lugha.deduplication.signatures import sign

    ids = frame([Page(name) for name in texts])
    return ids.select("doc", signature=sign(pl.Series(list(texts.values()))).as_binary())


@pytest.mark.parametrize("language", ["yor_Latn", "amh_Ethi", "urd_Arab", "mya_Mymr", "tha_Thai", "tur_Latn"])
def test_similarity_is_that_of_the_signatures_to_the_representative(language):
    """One for itself and for the same text, nought for an address that has another text now."""
    from lugha.deduplication.shingles import to_datasketch

    first, other = ("\n".join(article.paragraphs) for article in articles_of(language)[:2])
    texts = {"a": first, "b": first[: len(first) * 9 // 10], "c": first, "d": other, "e": "?!"}
    signatures = signed(texts)
    rows = run(
        [Page("a", 0, text="t"), Page("b", 1), Page("c", 2, text="t"), Page("d", 3, url="u"), Page("e", 4, url="u")],
        [("a", "b")],
        signatures=signatures,
    )
    found, sketches = told(rows, "similarity"), [to_datasketch(s) for s in signatures["signature"][:2]]
    assert found["b"] == pytest.approx(sketches[0].jaccard(sketches[1]))
    assert 0.6 < found["b"] < 1
    assert [found[name] for name in "acde"] == [1, 1, 1, 0]


def test_without_signatures_the_similarity_of_near_copies_is_unknown():
    assert told(run([*pages("ab"), Page("c", text="t"), Page("d", text="t")], [("a", "b")]), "similarity") == {
        "a": 1,
        "b": None,
        "c": 1,
        "d": 1,
    }


page_lists = st.lists(
    st.builds(
        Page,
        name=st.sampled_from(NAMES),
        seen=st.one_of(st.none(), st.integers(0, 3)),
        quality=st.one_of(st.none(), st.integers(0, 2).map(float)),
        text=st.one_of(st.none(), st.sampled_from("xyz")),
        url=st.one_of(st.none(), st.sampled_from("uv")),
    ),
    max_size=len(NAMES),
    unique_by=lambda page: page.name,
)
graphs = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=8)
histories = st.dictionaries(
    st.sampled_from(NAMES), st.tuples(st.sampled_from(NAMES), st.booleans(), st.booleans()), max_size=len(NAMES)
)
RULED = ["doc", "cluster", "representative", "is_kept", "cluster_size", "method", "rehydration_weight", "is_held_out"]


def ruled(rows: pl.DataFrame) -> list[dict[str, object]]:
    return rows.select(RULED).sort("doc").to_dicts()


@settings(max_examples=30, deadline=None)
@given(page_lists, graphs, histories, st.sampled_from([ENOUGH, NO_MEMORY]))
def test_decisions_follow_the_rules_whatever_was_decided_before(documents, near, history, memory_bytes):
    past = [
        (Page(name).doc_id, Page(stands).doc_id, is_kept, is_held_out)
        for name, (stands, is_kept, is_held_out) in history.items()
    ]
    before = pl.DataFrame(past, schema=NONE.schema, orient="row")
    rows = run(documents, near, before, memory_bytes)
    found = ruled(rows)
    assert found == sorted(expected(documents, near, before, told(rows, "is_held_out")), key=lambda row: row["doc"])


@settings(max_examples=8, deadline=None)
@given(page_lists, graphs, st.lists(st.sets(st.sampled_from(NAMES)), min_size=2, max_size=5), st.randoms())
def test_any_order_of_additions_and_removals_ends_in_the_clusters_of_a_full_run(documents, near, states, random):
    """What was kept and is still there is kept, but for copies of held-out text; no side changes."""
    before = NONE
    for names in states:
        there = [page for page in documents if page.name in names]
        random.shuffle(there)
        rows = run(there, near, before)
        assert partition(rows) == partition(run(there, near))
        kept = {name for name, is_kept in told(rows, "is_kept").items() if is_kept}
        assert set(rows["representative"]) <= kept
        assert rows.group_by("cluster").agg(pl.col("is_kept").any())["is_kept"].all()
        assert (
            rows.join(rows, left_on="representative", right_on="doc")
            .filter(pl.col("cluster") != pl.col("cluster_right"))
            .is_empty()
        )
        old = before.join(rows.select("doc_id", now="is_kept", side="is_held_out", method="method"), on="doc_id")
        assert old.filter(pl.col("side") != pl.col("is_held_out")).is_empty()
        assert old.filter(pl.col("is_kept") & ~pl.col("now") & (pl.col("method") != "held_out_copy")).is_empty()
        before = rows.select(NONE.columns)


def test_a_repeated_run_changes_nothing():
    documents = [Page(f"{n}", n % 5, float(n % 3), text=f"{n % 40}") for n in range(200)]
    near = [(f"{n}", f"{n * 7 % 200}") for n in range(0, 200, 3)]
    before = run(documents, near)
    assert run(documents, near, before).equals(before)


def test_a_language_holds_out_what_the_rule_says_whole_clusters_at_a_time():
    documents = [Page(f"{n}", n, text=f"{n % 400}") for n in range(1_000)]
    rows = run(documents)
    sides = rows.group_by("cluster").agg(pl.col("is_held_out").n_unique().alias("sides"), pl.col("is_held_out").first())
    assert sides["sides"].unique().to_list() == [1]
    assert sides["is_held_out"].sum() == 20


def test_a_hundred_thousand_copies_of_one_text_take_a_moment():
    count = 100_000
    rows = pl.DataFrame({"doc": np.arange(count)}).with_columns(
        doc_id=pl.col("doc").cast(pl.String).cast(pl.Binary),
        first_seen=pl.lit(None, pl.Datetime("us", "UTC")),
        quality=pl.lit(None, pl.Float64),
        content_hash=pl.lit(b"the same"),
        url_hash=pl.lit(None, pl.Binary),
    )
    started = time.process_time()
    found = decided(rows)
    assert time.process_time() - started < 5
    assert found["cluster_size"].unique().to_list() == [count]
    assert found["is_kept"].sum() == 1
