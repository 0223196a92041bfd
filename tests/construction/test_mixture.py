"""A recipe becomes a manifest: the same one from the same documents, and only documents that may be trained on."""

import dataclasses

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lugha.construction.mixture import NothingToMix, NothingToStarve, mix
from lugha.lake import TABLES
from lugha.lake.digest import short_hash
from lugha.mixtures import Drill, Recipe
from tests.deduplication.clustering import Page, run

RECIPE = Recipe("test", "a test", "unimax", budget_bytes=1_000, max_epochs=4.0, cap_share=1.0, seed=1)
SIZES = {"yor_Latn": [100] * 10, "amh_Ethi": [30, 20], "mya_Mymr": [70] * 20}


def documents(sizes: dict[str, list[int]]) -> pl.DataFrame:
    """Representatives: language -> bytes of its documents."""
    rows = [
        {
            "doc_id": short_hash(f"{code} {n}".encode()),
            "language": code,
            "snapshot": "web-1",
            "host": "a.example",
            "content_hash": short_hash(f"{code} text {n}".encode()),
            "byte_count": size,
        }
        for code, many in sizes.items()
        for n, size in enumerate(many)
    ]
    schema = {
        c: TABLES["dedup_sets"].schema[c]
        for c in ("doc_id", "language", "snapshot", "host", "content_hash", "byte_count")
    }
    return pl.DataFrame(rows, schema=schema)


def changed(**more: object) -> Recipe:
    return dataclasses.replace(RECIPE, **more)


def of_language(mixture, column: str) -> dict[str, object]:
    return dict(mixture.languages.select("language", column).iter_rows())


def test_a_mixture_fits_its_two_tables(lake):
    mixed = mix(documents(SIZES), RECIPE, {}, {})
    lake.overwrite("training_mixtures", mixed.documents, {"mixture": "test"}, run_id="run-1")
    lake.overwrite("mixture_languages", mixed.languages, {"mixture": "test"}, run_id="run-1")
    assert lake.read("training_mixtures").height == mixed.documents.height
    assert of_language(mixed, "manifest_id") == dict.fromkeys(sorted(SIZES), mixed.manifest_id)


def test_what_was_available_and_drawn_is_told_for_each_language():
    """Amharic has 50 bytes, four epochs are 200; Yoruba and Burmese share 800."""
    mixed = mix(documents(SIZES), RECIPE, {}, {})
    assert of_language(mixed, "available_bytes") == {"amh_Ethi": 50, "mya_Mymr": 1400, "yor_Latn": 1000}
    assert of_language(mixed, "drawn_bytes") == {"amh_Ethi": 200, "mya_Mymr": 420, "yor_Latn": 400}
    assert of_language(mixed, "epochs") == pytest.approx({"amh_Ethi": 4.0, "mya_Mymr": 0.3, "yor_Latn": 0.4})
    assert of_language(mixed, "bound_by") == {"amh_Ethi": "data", "mya_Mymr": "share", "yor_Latn": "share"}
    assert sum(of_language(mixed, "share").values()) == pytest.approx(1)
    assert mixed.shortfall_bytes == 0


def test_whole_epochs_read_every_document_and_the_rest_some_of_them_once_more():
    mixed = mix(documents({"yor_Latn": [100] * 4}), RECIPE, {}, {})
    assert sorted(mixed.documents["repeat_count"]) == [2, 2, 3, 3]
    assert (mixed.documents["byte_count"] * mixed.documents["repeat_count"]).sum() == 1_000


def test_a_document_that_is_not_read_is_not_in_the_manifest():
    mixed = mix(documents({"yor_Latn": [100] * 50}), RECIPE, {}, {})
    assert mixed.documents["repeat_count"].to_list() == [1] * 10


def test_what_no_language_can_fill_is_a_shortfall_and_no_silent_repetition():
    mixed = mix(documents({"yor_Latn": [100]}), RECIPE, {}, {})
    assert mixed.shortfall_bytes == 600
    assert mixed.documents["repeat_count"].to_list() == [4]


def test_thirds_of_a_budget_leave_no_shortfall():
    many = {f"{x}aa_Latn": [10] * 100_000 for x in "abc"}
    assert (
        mix(
            documents({code: sizes[:50] for code, sizes in many.items()}), changed(budget_bytes=1_000), {}, {}
        ).shortfall_bytes
        == 0
    )


SIZED = st.dictionaries(
    st.sampled_from(["yor_Latn", "amh_Ethi", "mya_Mymr", "urd_Arab"]),
    st.lists(st.integers(1, 400), min_size=1, max_size=12),
    min_size=1,
)


@settings(max_examples=20, deadline=None)
@given(SIZED, st.integers(2_000, 10_000), st.integers(1, 5), st.randoms(use_true_random=False))
def test_the_manifest_does_not_depend_on_the_order_of_the_rows(sizes, budget, epochs, random):
    rows, chosen = documents(sizes), changed(budget_bytes=budget, max_epochs=float(epochs))
    order = list(range(rows.height))
    random.shuffle(order)
    one, two = mix(rows, chosen, {}, {}), mix(rows[order], chosen, {}, {})
    assert (one.manifest_id, one.shortfall_bytes) == (two.manifest_id, two.shortfall_bytes)
    assert one.documents.equals(two.documents)
    assert one.languages.equals(two.languages)


@settings(max_examples=20, deadline=None)
@given(SIZED, st.integers(2_000, 10_000), st.integers(1, 5))
def test_what_is_drawn_differs_from_what_is_due_by_half_a_document_at_most(sizes, budget, epochs):
    """Documents are whole, so a language lies at most half of its largest one beside its share."""
    chosen = changed(budget_bytes=budget, max_epochs=float(epochs))
    mixed = mix(documents(sizes), chosen, {}, {})
    slack = sum(max(s) for s in sizes.values()) / 2
    due = min(budget, epochs * sum(sum(s) for s in sizes.values()))
    assert abs((mixed.documents["byte_count"] * mixed.documents["repeat_count"]).sum() - due) <= slack + 1e-6
    assert mixed.documents["repeat_count"].min() >= 1
    assert mixed.documents["repeat_count"].max() <= epochs
    assert mixed.documents["doc_id"].is_unique().all()


def test_what_was_collected_because_a_language_fell_is_read_before_anything_else():
    """It was paid for; the seed decides only among the others."""
    rows = documents({"yor_Latn": [100] * 50})
    paid = set(rows["doc_id"][20:26])
    rows = rows.with_columns(
        pl.when(pl.col("doc_id").is_in(paid)).then(pl.lit("recollect-2026w47")).otherwise("snapshot").alias("snapshot")
    )
    for seed in range(5):
        drawn = mix(rows, changed(seed=seed), {}, {}).documents
        assert drawn.height == 10
        assert paid <= set(drawn["doc_id"])


def test_a_document_that_is_too_large_is_passed_over_for_those_that_fit():
    """Else a language of a few long documents might give nothing at all."""
    sizes = [5_000, 5_000, *[100] * 20]
    for seed in range(5):
        assert mix(documents({"yor_Latn": sizes}), changed(seed=seed), {}, {}).documents["byte_count"].sum() == 1_000


def test_another_seed_draws_other_documents_and_the_same_bytes():
    rows = documents({"yor_Latn": [100] * 200})
    one, two = (mix(rows, changed(seed=seed), {}, {}) for seed in (1, 2))
    assert one.documents.height == two.documents.height == 10
    assert set(one.documents["doc_id"]) != set(two.documents["doc_id"])
    assert one.manifest_id != two.manifest_id


@pytest.mark.parametrize(
    "more",
    [{"seed": 2}, {"name": "other"}, {"budget_bytes": 1_001}, {"continues": "base"}, {"weights": {"yor_Latn": 1.0}}],
)
def test_another_recipe_is_another_manifest(more):
    assert (
        mix(documents(SIZES), changed(**more), {}, {}).manifest_id != mix(documents(SIZES), RECIPE, {}, {}).manifest_id
    )


def test_a_text_that_changed_is_another_manifest():
    """The same documents by id, one of them with another text of the same length."""
    rows = documents({"yor_Latn": [100]})
    edited = rows.with_columns(pl.lit(short_hash(b"edited")).alias("content_hash"))
    assert mix(rows, RECIPE, {}, {}).manifest_id != mix(edited, RECIPE, {}, {}).manifest_id


def test_only_the_languages_of_the_recipe_are_drawn():
    mixed = mix(documents(SIZES), changed(languages=("yor_Latn", "tur_Latn")), {}, {})
    assert set(mixed.documents["language"]) == {"yor_Latn"}


def test_documents_of_no_bytes_are_no_text():
    mixed = mix(documents({"yor_Latn": [100], "tur_Latn": [0, 0]}), RECIPE, {}, {})
    assert mixed.languages["language"].to_list() == ["yor_Latn"]


def test_no_document_to_train_on_is_an_error_that_says_what_to_do():
    for rows, chosen in (
        (documents({}), RECIPE),
        (documents({"yor_Latn": [0]}), RECIPE),
        (documents(SIZES), changed(languages=("tur_Latn",))),
    ):
        with pytest.raises(NothingToMix, match=r'"test" finds no document.*[Mm]aterialize'):
            mix(rows, chosen, {}, {})


@pytest.mark.parametrize("more", [{"budget_bytes": 1}, {"weights": dict.fromkeys(SIZES, 0.0)}, {"max_epochs": 0.01}])
def test_a_recipe_that_leaves_no_document_to_anyone_is_an_error(more):
    """An empty mixture would only be noticed by training."""
    with pytest.raises(NothingToMix, match='"test" draws not one document'):
        mix(documents(SIZES), changed(**more), {}, {})


def test_no_held_out_document_and_no_copy_of_one_is_mixed():
    """Through dedup_sets as the asset reads it: representatives that are not held out."""
    clustered = run([Page(f"{n}", n, text=f"{n % 40}") for n in range(80)]).with_columns(
        language=pl.lit("yor_Latn"), snapshot=pl.lit("web-1"), byte_count=pl.lit(10, pl.Int64)
    )
    held_out = clustered.filter("is_held_out")
    assert held_out.height > 0
    mixed = mix(clustered.filter(pl.col("is_kept") & ~pl.col("is_held_out")), changed(budget_bytes=100_000), {}, {})
    assert not set(mixed.documents["doc_id"]) & set(held_out["doc_id"])
    assert not set(mixed.documents["content_hash"]) & set(held_out["content_hash"])
    assert set(mixed.documents["doc_id"]) == set(clustered.filter(pl.col("is_kept") & ~pl.col("is_held_out"))["doc_id"])


DRILL = changed(drill=Drill("best measured", 0.02))
ITEMS = {"yor_Latn": 50, "amh_Ethi": 60, "mya_Mymr": 40}


def starved(mixed) -> list[str]:
    return mixed.languages.filter(pl.col("bound_by") == "recipe")["language"].to_list()


@pytest.mark.parametrize(
    ("items", "uncollected", "picked"),
    [
        (ITEMS, dict.fromkeys(SIZES, 5), "amh_Ethi"),  # the most items
        (ITEMS, {}, "amh_Ethi"),  # nothing is left to fetch for anybody
        (ITEMS, {"yor_Latn": 1, "mya_Mymr": 9}, "yor_Latn"),  # the most items among those that have pages left
        (dict.fromkeys(SIZES, 50), {"yor_Latn": 5, "mya_Mymr": 9}, "mya_Mymr"),  # as many items: the most pages left
        (dict.fromkeys(SIZES, 50), dict.fromkeys(SIZES, 5), "yor_Latn"),  # the last code
        ({"yor_Latn": 4, "amh_Ethi": 3}, dict.fromkeys(SIZES, 5), "yor_Latn"),  # four items are enough to be measured
        (
            {**ITEMS, "tur_Latn": 900},
            {"yor_Latn": 1, "tur_Latn": 9},
            "yor_Latn",
        ),  # without text there is nothing to starve
    ],
)
def test_a_drill_picks_the_best_measured_language_that_can_be_repaired(items, uncollected, picked):
    assert starved(mix(documents(SIZES), DRILL, items, uncollected)) == [picked]


def test_a_drill_takes_from_one_language_and_gives_it_to_the_others():
    rows = documents({code: [10] * 200 for code in SIZES})
    calm, drill = mix(rows, RECIPE, {}, {}), mix(rows, changed(drill=Drill("yor_Latn", 0.1)), {}, {})
    before, after = of_language(calm, "drawn_bytes"), of_language(drill, "drawn_bytes")
    assert after["yor_Latn"] == pytest.approx(0.1 * before["yor_Latn"], abs=10)
    assert all(after[code] > before[code] for code in ("amh_Ethi", "mya_Mymr"))
    assert sum(after.values()) == pytest.approx(sum(before.values()), abs=20)


def test_a_drill_that_keeps_nothing_leaves_the_language_out():
    drill = mix(documents(SIZES), changed(drill=Drill("yor_Latn", 0.0)), {}, {})
    assert "yor_Latn" not in set(drill.documents["language"])
    assert of_language(drill, "drawn_bytes")["yor_Latn"] == 0


@pytest.mark.parametrize(
    ("items", "uncollected"),
    [({}, {}), (dict.fromkeys(SIZES, 3), dict.fromkeys(SIZES, 9))],
)
def test_a_drill_that_finds_no_language_is_an_error(items, uncollected):
    with pytest.raises(NothingToStarve, match=r'"test" looks for a language.*Name a language'):
        mix(documents(SIZES), DRILL, items, uncollected)


def test_a_drill_of_a_language_without_text_is_an_error_that_names_those_with_text():
    with pytest.raises(NothingToStarve, match=r"starves tur_Latn, which has no text.*amh_Ethi, mya_Mymr, yor_Latn"):
        mix(documents(SIZES), changed(drill=Drill("tur_Latn", 0.02)), {}, {})
