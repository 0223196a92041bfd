"""How a budget is divided: by hand for small cases, and what must hold whatever the languages have."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lugha.construction.policy import bound_by, caps, divide
from lugha.mixtures import Recipe


def recipe(
    policy: str = "unimax",
    budget: int = 1_000,
    epochs: float = 4.0,
    cap_share: float = 1.0,
    weights: dict[str, float] | None = None,
) -> Recipe:
    return Recipe("test", "a test", policy, budget, epochs, cap_share, seed=1, weights=weights or {})


def divided(available: dict[str, int], chosen: Recipe) -> dict[str, float]:
    return divide(available, caps(available, chosen), chosen)


PLENTY = 10_000


def test_a_language_never_gives_more_than_its_epochs_nor_its_share_of_the_budget():
    assert caps({"yor_Latn": 10, "swh_Latn": PLENTY}, recipe(epochs=4.0, cap_share=0.3)) == {
        "yor_Latn": 40,
        "swh_Latn": 300,
    }


@pytest.mark.parametrize(
    ("available", "chosen", "expected"),
    [
        # Enough of both: half each, however much more one has.
        ({"yor_Latn": PLENTY, "swh_Latn": 100 * PLENTY}, recipe(), {"yor_Latn": 500, "swh_Latn": 500}),
        # Yoruba has 50 bytes, four epochs are 200; the other two share the rest.
        (
            {"yor_Latn": 50, "swh_Latn": PLENTY, "urd_Arab": PLENTY},
            recipe(),
            {"yor_Latn": 200, "swh_Latn": 400, "urd_Arab": 400},
        ),
        # Filled from the smallest: 40, then (1000 - 40) / 2 = 480 is more than 400, the rest goes to the largest.
        (
            {"yor_Latn": 10, "amh_Ethi": 100, "swh_Latn": PLENTY},
            recipe(),
            {"yor_Latn": 40, "amh_Ethi": 400, "swh_Latn": 560},
        ),
        # The caps do not reach the budget: 4 * 10 + 0.3 * 1000.
        ({"yor_Latn": 10, "swh_Latn": PLENTY}, recipe(cap_share=0.3), {"yor_Latn": 40, "swh_Latn": 300}),
        # Weights are shares: 1 to 3.
        (
            {"yor_Latn": PLENTY, "swh_Latn": PLENTY},
            recipe(weights={"swh_Latn": 3.0}),
            {"yor_Latn": 250, "swh_Latn": 750},
        ),
        # A weight of 0 is none at all.
        (
            {"yor_Latn": PLENTY, "swh_Latn": PLENTY},
            recipe(weights={"swh_Latn": 0.0}),
            {"yor_Latn": 1000, "swh_Latn": 0},
        ),
        # A heavy language that reaches its cap leaves its rest to the others: 3/4 would be 750, the cap is 400.
        ({"yor_Latn": PLENTY, "swh_Latn": 100}, recipe(weights={"swh_Latn": 3.0}), {"yor_Latn": 600, "swh_Latn": 400}),
    ],
)
def test_unimax_by_hand(available, chosen, expected):
    assert divided(available, chosen) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("available", "chosen", "expected"),
    [
        # As the bytes lie: 1 to 3.
        ({"yor_Latn": 1_000, "swh_Latn": 3_000}, recipe("natural"), {"yor_Latn": 250, "swh_Latn": 750}),
        # One epoch of everything where the budget is what there is.
        ({"yor_Latn": 400, "swh_Latn": 600}, recipe("natural"), {"yor_Latn": 400, "swh_Latn": 600}),
        # The cap of half the budget holds the large one back; what is left goes to the others as they lie, 1 to 4.
        (
            {"yor_Latn": 100, "amh_Ethi": 400, "swh_Latn": 9_500},
            recipe("natural", cap_share=0.5),
            {"yor_Latn": 100, "amh_Ethi": 400, "swh_Latn": 500},
        ),
        # Weights multiply the bytes: 2 * 1000 to 3000.
        (
            {"yor_Latn": 1_000, "swh_Latn": 3_000},
            recipe("natural", weights={"yor_Latn": 2.0}),
            {"yor_Latn": 400, "swh_Latn": 600},
        ),
    ],
)
def test_natural_by_hand(available, chosen, expected):
    assert divided(available, chosen) == pytest.approx(expected)


CODES = ("amh_Ethi", "mya_Mymr", "swh_Latn", "tha_Thai", "tur_Latn", "urd_Arab", "yor_Latn")
AVAILABLE = st.dictionaries(st.sampled_from(CODES), st.integers(1, 10**12), min_size=1)
RECIPES = st.builds(
    recipe,
    policy=st.sampled_from(["unimax", "natural"]),
    budget=st.integers(1, 10**12),
    epochs=st.floats(0.1, 20),
    cap_share=st.floats(0.01, 1),
    weights=st.dictionaries(st.sampled_from(CODES), st.just(0.0) | st.floats(1e-9, 1e9)),
)
NEAR = 1e-9


@settings(max_examples=80, deadline=None)
@given(AVAILABLE, RECIPES)
def test_no_cap_and_no_budget_is_exceeded(available, chosen):
    limits, drawn = caps(available, chosen), divided(available, chosen)
    assert set(drawn) == set(available)
    assert all(0 <= drawn[code] <= limits[code] for code in available)
    assert math.fsum(drawn.values()) <= chosen.budget_bytes * (1 + NEAR)


@settings(max_examples=80, deadline=None)
@given(AVAILABLE, RECIPES)
def test_the_budget_is_used_up_unless_every_language_is_at_its_cap(available, chosen):
    limits, drawn = caps(available, chosen), divided(available, chosen)
    weighted = [code for code in available if chosen.weights.get(code, 1.0) > 0]
    reachable = min(chosen.budget_bytes, math.fsum(limits[code] for code in weighted))
    assert math.fsum(drawn.values()) == pytest.approx(reachable)


@settings(max_examples=80, deadline=None)
@given(AVAILABLE, RECIPES)
def test_languages_below_their_cap_have_shares_as_their_weights(available, chosen):
    limits, drawn = caps(available, chosen), divided(available, chosen)
    weight = {
        code: chosen.weights.get(code, 1.0) * (available[code] if chosen.policy == "natural" else 1)
        for code in available
    }
    level = {code: drawn[code] / weight[code] for code in available if weight[code] > 0}
    free = [level[code] for code in level if drawn[code] < limits[code] * (1 - NEAR)]
    assert free == pytest.approx([free[0]] * len(free) if free else [], rel=1e-6)
    assert all(level[code] <= free[0] * (1 + 1e-6) for code in level if free), (
        "no capped language is above the level of the free ones"
    )


@settings(max_examples=60, deadline=None)
@given(AVAILABLE, RECIPES, st.randoms(use_true_random=False))
def test_the_order_of_the_languages_does_not_matter(available, chosen, random):
    codes = list(available)
    random.shuffle(codes)
    assert divided({code: available[code] for code in codes}, chosen) == divided(available, chosen)


def test_weights_of_very_different_size_do_not_break_the_division():
    """Taking one weight after the other from a running sum once left 0 to divide by."""
    chosen = recipe(weights={"yor_Latn": 1e9, "swh_Latn": 1e-9})
    drawn = divided({"yor_Latn": 100, "swh_Latn": PLENTY}, chosen)
    assert drawn == pytest.approx({"yor_Latn": 400, "swh_Latn": 600})


@pytest.mark.parametrize(
    ("drawn", "available", "is_starved", "says"),
    [
        (400.0, 100, False, "data"),
        (500.0, 1_000, False, "cap"),
        (300.0, 1_000, False, "share"),
        (0.0, 1_000, False, "share"),
        (400.0, 100, True, "recipe"),
        (500.0, 125, False, "data"),
    ],
)
def test_what_limits_a_language_is_named(drawn, available, is_starved, says):
    assert bound_by(drawn, available, recipe(cap_share=0.5), is_starved) == says
