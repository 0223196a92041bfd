"""Recipes: what a mixture should be. One TOML file of this folder is one recipe and one partition of the assets that
train on it.
"""

import math
from dataclasses import dataclass, field

from lugha.errors import LughaError, nearest
from lugha.languages import UnknownLanguage, by_tag, registered
from lugha.registry import UnknownName, entries, find

POLICIES = ("unimax", "natural")


class ImpossibleRecipe(LughaError):
    """A recipe that contradicts itself or names what is not there."""


@dataclass(frozen=True)
class Drill:
    """A fire drill: starve one language on purpose, to see that the loop notices and repairs it.

    `starve` is a language code or "best measured": the language with the most evaluation items, first among those
    whose sites have pages left to fetch. `keep_share` (0..1) is what it keeps of the bytes that it would have been given.
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
    """Every recipe by name, the packaged ones and those of `$LUGHA_CATALOG/mixtures`; each is checked against itself
    and the languages.
    """
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
        near = nearest(recipe.policy, POLICIES)
        raise ImpossibleRecipe(
            f'{where}: policy "{recipe.policy}" is none of {", ".join(POLICIES)}.{near} '
            "A new policy is a function in lugha/construction/policy.py."
        )
    if recipe.budget_bytes <= 0 or not 0 < recipe.max_epochs < math.inf or not 0 < recipe.cap_share <= 1:
        raise ImpossibleRecipe(f"{where}: budget_bytes and max_epochs must be above 0 and cap_share in (0, 1].")
    if recipe.drill and not 0 <= recipe.drill.keep_share < 1:
        raise ImpossibleRecipe(
            f"{where}: keep_share of [drill] is {recipe.drill.keep_share}; it must be in [0, 1), or nothing is starved."
        )
    _check_parents(recipe, every, where)
    named = [
        *recipe.languages,
        *recipe.weights,
        *([recipe.drill.starve] if recipe.drill and recipe.drill.starve != "best measured" else []),
    ]
    for code in named:
        if code not in registered():
            raise UnknownLanguage("languages", code, registered(), where, hint=by_tag(code))
    if bad := [code for code, weight in recipe.weights.items() if not 0 <= weight < math.inf]:
        raise ImpossibleRecipe(
            f"{where}: the weight of {bad[0]} is {recipe.weights[bad[0]]}; it must be a number from 0 on."
        )


def _check_parents(recipe: Recipe, every: dict[str, Recipe], where: str) -> None:
    line = [recipe.name]
    while parent := every[line[-1]].continues:
        if parent not in every:
            raise UnknownName("mixtures", parent, every, f"lugha/mixtures/{line[-1]}.toml")
        if parent in line:
            raise ImpossibleRecipe(
                f"{where}: {' continues '.join([*line, parent])}: no training can come first. "
                "Leave `continues` out of one."
            )
        line.append(parent)
