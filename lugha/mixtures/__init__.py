"""Recipes: what a mixture should be. One TOML file of this folder is one recipe and one partition of the assets that train on it."""

from dataclasses import dataclass, field

from lugha.errors import LughaError
from lugha.languages import registered
from lugha.registry import entries, find

POLICIES = ("unimax", "natural")


class ImpossibleRecipe(LughaError):
    """A recipe that contradicts itself or names what is not there."""


@dataclass(frozen=True)
class Drill:
    """A fire drill: starve one language on purpose, to see that the loop notices and repairs it.

    `starve` is a language code or "best measured": the language with the most evaluation items among those whose sites have pages left to fetch.
    `keep_share` (0..1) is what it keeps of the bytes that it would have been given.
    """

    starve: str
    keep_share: float


@dataclass(frozen=True)
class Recipe:
    """One recipe. Budgets are in bytes of text, so that a change of tokenizer does not shift shares.

    purpose      one sentence for the auditor
    policy       "unimax" (equal shares, capped by epochs; Chung et al. 2023) or "natural" (shares as the text lies)
    budget_bytes bytes to draw, repeats counted
    max_epochs   how often a document may be read at most
    cap_share    largest share of the budget that one language may have, 0..1
    seed         draws documents where a language gives only part of itself
    continues    recipe whose newest checkpoint the training continues from; empty for a fresh model
    languages    codes to draw from; empty for all that have text
    weights      multiplies the fair share of a language; 1 where it is not named
    """

    name: str
    purpose: str
    policy: str
    budget_bytes: int
    max_epochs: float
    cap_share: float
    seed: int
    continues: str = ""
    languages: tuple[str, ...] = ()
    weights: dict[str, float] = field(default_factory=dict)
    drill: Drill | None = None


def recipes() -> dict[str, Recipe]:
    """Every recipe by name, the packaged ones and those of `$LUGHA_CATALOG/mixtures`; each is checked against itself and the languages."""
    found = entries("mixtures", Recipe, identity="name")
    for recipe in found.values():
        _check(recipe, found)
    return found


def recipe(name: str) -> Recipe:
    """One recipe; an unknown name is an error with the nearest one."""
    return find("mixtures", name, recipes())


def _check(recipe: Recipe, every: dict[str, Recipe]) -> None:
    where = f"lugha/mixtures/{recipe.name}.toml"
    if recipe.policy not in POLICIES:
        raise ImpossibleRecipe(f'{where}: policy "{recipe.policy}" is none of {", ".join(POLICIES)}. A new policy is a function in lugha/construction/policy.py.')
    if recipe.budget_bytes <= 0 or recipe.max_epochs <= 0 or not 0 < recipe.cap_share <= 1:
        raise ImpossibleRecipe(f"{where}: budget_bytes and max_epochs must be above 0 and cap_share in (0, 1].")
    if recipe.continues:
        find("mixtures", recipe.continues, every)
    named = [*recipe.languages, *recipe.weights, *([recipe.drill.starve] if recipe.drill and recipe.drill.starve != "best measured" else [])]
    for code in named:
        find("languages", code, registered())
    if bad := [code for code, weight in recipe.weights.items() if weight < 0]:
        raise ImpossibleRecipe(f"{where}: the weight of {bad[0]} is below 0.")
