"""Recipes: one file each, and a mistake in one is an error that names the file, the mistake and what comes nearest."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lugha.construction.policy import caps, divide
from lugha.languages import UnknownLanguage, registered
from lugha.mixtures import POLICIES, Drill, ImpossibleRecipe, Recipe, recipe, recipes
from lugha.registry import MissingKey, UnknownKey, UnknownName, WrongType

GOOD = {
    "purpose": '"a test"',
    "policy": '"unimax"',
    "budget_bytes": "1000",
    "max_epochs": "4.0",
    "cap_share": "0.4",
    "seed": "1",
}


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Write a recipe into a catalog of one's own: a good one, with these keys changed and these lines after them."""
    folder = tmp_path / "mixtures"
    folder.mkdir()
    monkeypatch.setenv("LUGHA_CATALOG", str(tmp_path))

    def write(name: str = "mine", *lines: str, **keys: str) -> None:
        text = [f"{key} = {value}" for key, value in {**GOOD, **keys}.items() if value]
        (folder / f"{name}.toml").write_text("\n".join([*text, *lines]), encoding="utf-8")

    return write


def test_the_packaged_recipes_hold():
    """A round differs from the one before it in what it is about, and in nothing else."""
    found = recipes()
    assert found["base"].continues == ""
    rounds = [found[f"round-{n}"] for n in (1, 2, 3)]
    assert {r.continues for r in rounds} == {"base"}
    assert len({(r.policy, r.budget_bytes, r.max_epochs, r.cap_share, r.seed) for r in rounds}) == 1
    assert [r.drill for r in rounds] == [None, Drill("best measured", 0.02), None]
    assert all(r.purpose for r in found.values())


@pytest.mark.parametrize("policy", POLICIES)
def test_every_policy_divides_a_budget(policy):
    chosen = Recipe("test", "a test", policy, 1_000, 4.0, 1.0, 1)
    available = {"yor_Latn": 1_000, "amh_Ethi": 3_000}
    assert sum(divide(available, caps(available, chosen), chosen).values()) == pytest.approx(1_000)


def test_a_recipe_is_one_file(write):
    write(
        "mine",
        "[weights]",
        "yor_Latn = 2",
        "[drill]",
        'starve = "amh_Ethi"',
        "keep_share = 0.1",
        continues='"base"',
        languages='["yor_Latn", "amh_Ethi"]',
    )
    mine = recipe("mine")
    assert (mine.name, mine.languages, mine.weights) == ("mine", ("yor_Latn", "amh_Ethi"), {"yor_Latn": 2.0})
    assert mine.drill == Drill("amh_Ethi", 0.1)
    assert "base" in recipes()


def test_an_unknown_recipe_is_an_error_with_the_nearest_one():
    with pytest.raises(UnknownName, match='Nearest: "round-1"'):
        recipe("round1")


def refused(error: type[Exception], *says: str) -> None:
    with pytest.raises(error) as caught:
        recipes()
    for words in says:
        assert words in str(caught.value)


def test_a_misspelt_key_is_an_error_with_the_nearest_one(write):
    write(max_epoch="2.0")
    refused(UnknownKey, "mine.toml", '"max_epoch"', 'Nearest: "max_epochs"')


def test_a_misspelt_key_of_the_drill_is_an_error_with_the_nearest_one(write):
    write("mine", "[drill]", 'starve = "yor_Latn"', "keep_shares = 0.1")
    refused(UnknownKey, "mine.toml", '"drill.keep_shares"', 'Nearest: "keep_share"')


def test_a_missing_key_and_a_value_of_another_type_are_errors(write):
    write(seed="")
    refused(MissingKey, "mine.toml", '"seed"')
    write(budget_bytes='"much"')
    refused(WrongType, "mine.toml", '"budget_bytes"')


@pytest.mark.parametrize(
    ("lines", "keys"),
    [
        (["[weights]", "yor_Ltn = 2.0"], {}),
        ([], {"languages": '["yor_Ltn"]'}),
        (["[drill]", 'starve = "yor_Ltn"', "keep_share = 0.1"], {}),
    ],
)
def test_an_unknown_language_is_an_error_with_the_nearest_one_and_the_recipe(write, lines, keys):
    write("mine", *lines, **keys)
    refused(UnknownLanguage, "mixtures/mine.toml", "yor_Ltn", 'Nearest: "yor_Latn"')


def test_a_language_by_its_tag_is_an_error_that_tells_its_code(write):
    write("mine", "[weights]", "yo = 2.0")
    refused(UnknownLanguage, 'Nearest: "yor_Latn"')


def test_an_unknown_parent_is_an_error_with_the_nearest_one_and_the_recipe(write):
    write(continues='"bsae"')
    refused(UnknownName, "mixtures/mine.toml", "bsae", 'Nearest: "base"')


@pytest.mark.parametrize(
    "parents",
    [{"mine": "mine"}, {"mine": "other", "other": "mine"}, {"mine": "other", "other": "third", "third": "other"}],
)
def test_recipes_that_continue_each_other_are_impossible(write, parents):
    for name, parent in parents.items():
        write(name, continues=f'"{parent}"')
    refused(ImpossibleRecipe, "continues", "no training can come first")


def test_a_line_of_parents_is_possible(write):
    write("mine", continues='"other"')
    write("other", continues='"round-1"')
    assert recipe("mine").continues == "other"


def test_an_unknown_policy_is_an_error_with_the_nearest_one(write):
    write(policy='"unimaks"')
    refused(ImpossibleRecipe, "mixtures/mine.toml", '"unimaks"', 'Nearest: "unimax"', "natural")


@pytest.mark.parametrize(
    "keys",
    [
        {"budget_bytes": "0"},
        {"budget_bytes": "-5"},
        {"max_epochs": "0.0"},
        {"max_epochs": "inf"},
        {"max_epochs": "nan"},
        {"cap_share": "0.0"},
        {"cap_share": "1.01"},
        {"cap_share": "nan"},
    ],
)
def test_numbers_that_leave_nothing_to_draw_are_impossible(write, keys):
    write(**keys)
    refused(ImpossibleRecipe, "mixtures/mine.toml", next(iter(keys)))


@pytest.mark.parametrize("keep_share", ["-0.1", "1.0", "2", "nan"])
def test_a_drill_that_starves_nobody_is_impossible(write, keep_share):
    write("mine", "[drill]", 'starve = "best measured"', f"keep_share = {keep_share}")
    refused(ImpossibleRecipe, "mixtures/mine.toml", "keep_share")


@pytest.mark.parametrize("weight", ["-1.0", "nan", "inf"])
def test_a_weight_that_is_no_share_is_impossible(write, weight):
    write("mine", "[weights]", f"yor_Latn = {weight}")
    refused(ImpossibleRecipe, "mixtures/mine.toml", "weight of yor_Latn")


def test_the_languages_of_the_packaged_recipes_are_registered():
    assert {code for r in recipes().values() for code in (*r.languages, *r.weights)} <= set(registered())
