"""How a budget is divided between languages: unique bytes in, bytes to draw out.

A language's cap always wins: it never gives more than max_epochs times what it has, nor more than cap_share of the
budget. What the caps leave over is reported as a shortfall, never filled by silent repetition.
"""

from collections.abc import Mapping
from itertools import accumulate

from lugha.mixtures import Recipe


def caps(available: Mapping[str, int], recipe: Recipe) -> dict[str, float]:
    """Most bytes that each language may give."""
    return {code: min(recipe.max_epochs * n, recipe.cap_share * recipe.budget_bytes) for code, n in available.items()}


def divide(available: Mapping[str, int], caps_of: Mapping[str, float], recipe: Recipe) -> dict[str, float]:
    """Bytes to draw per language; the sum is the budget, or less where the caps do not reach it.

    unimax: equal shares (times `weights`), water-filled from the language that reaches its cap first (Chung et al.
    2023, UniMax). natural: shares as the unique bytes lie, within the caps.
    """
    weight = {
        code: recipe.weights.get(code, 1.0) * (1.0 if recipe.policy == "unimax" else float(available[code]))
        for code in available
    }
    drawn: dict[str, float] = {code: 0.0 for code in available if weight[code] <= 0}
    left = float(recipe.budget_bytes)
    waiting = sorted(
        (code for code in available if weight[code] > 0), key=lambda code: (caps_of[code] / weight[code], code)
    )
    # Sums from the end: subtracting one weight after the other would leave rounding errors of the large for the small.
    totals = [*accumulate(weight[code] for code in reversed(waiting))][::-1]
    for place, (code, total) in enumerate(zip(waiting, totals, strict=True)):
        level = left / total
        if level * weight[code] < caps_of[code]:  # and so it is for all that wait behind
            drawn |= {free: min(level * weight[free], caps_of[free]) for free in waiting[place:]}
            break
        drawn[code] = caps_of[code]
        left = max(0.0, left - caps_of[code])
    return {code: drawn[code] for code in available}


def bound_by(drawn: float, available: int, recipe: Recipe, is_starved: bool) -> str:
    """What limits a language: "recipe" (the drill), "data" (its epoch cap: more text is what it needs), "cap"
    (cap_share) or "share".
    """
    if is_starved:
        return "recipe"
    if drawn >= recipe.max_epochs * available * (1 - 1e-9):
        return "data"
    return "cap" if drawn >= recipe.cap_share * recipe.budget_bytes * (1 - 1e-9) else "share"
