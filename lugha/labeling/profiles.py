"""Bounds of one language, computed from what its text is like, each with its origin in words.

The text is reference text of the language where there is enough, else what the crawl found of it. A thin sample leans
on its peers: the languages of its family in the same script, else all languages of its script, each counting about
the same (lugha/labeling/distributions.py). The published number of a signal file is carried over by the method that
it names (lugha/labeling/calibration.py), and compared like with like: reference text with reference text of the
anchor, crawl with crawl. With nothing to go by there is no bound, and that is said. What a person wrote into the
language's file wins over everything.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import cast

import polars as pl

from lugha.errors import LughaError, nearest
from lugha.labeling.calibration import Calibrated, Side, calibrate
from lugha.labeling.distributions import SHRINKAGE, TOLD, Distribution, Population
from lugha.lake.schemas import TABLES
from lugha.languages import LanguageBound, language, registered
from lugha.signals import Signal, signals
from lugha.signals.bound import Bound

LEAST_DOCUMENTS = 50  # with fewer of its own, a language without peers keeps the defaults
COMPARING = ("mean_std", "quantile", "median_ratio")
# That most documents of a language are short is no reason to train on captions.
LENGTHS = ("byte_count", "character_count", "word_count")
SIDES: tuple[Side, Side] = ("at_least", "at_most")


class UnknownSignal(LughaError):
    """A bound names a signal that no file of lugha/signals/ or of the catalog defines."""


@dataclass(frozen=True)
class Group:
    """Languages that are likely to be alike: "family" or "script", its name, and their codes."""

    kind: str
    name: str
    languages: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Behind:
    """What a bound is computed from: the distribution (its own part has `weight`, 0..1), that of the anchor, and both
    in words.
    """

    population: str
    distribution: Distribution
    weight: float
    words: str
    anchor: Distribution | None
    anchor_words: str


def profile(code: str, populations: tuple[Population, ...]) -> pl.DataFrame:
    """`language_profiles` rows of one language: a bound for every signal.

    `populations` come best first: reference text, then the crawl (lugha/labeling/populations.py). Raises UnknownSignal
    for a bound of the language's file that no signal has, and UnknownLanguage.
    """
    by_hand = language(code).bounds
    for name in by_hand:
        if name not in signals():
            raise UnknownSignal(
                f'The language file of {code} has [bounds.{name}], but there is no signal "{name}".'
                f"{nearest(name, signals())} A signal is a file in lugha/signals/ or in the catalog's signals/."
            )
    groups, rows = _groups(code), []
    for name, signal in signals().items():
        behind = _behind(name, signal, code, groups, populations)
        told = _told(behind) if behind else _seen(name, signal, code, populations)
        rows.append(_row(name, signal, code, by_hand.get(name), behind) | told)
    spec = TABLES["language_profiles"]
    return pl.DataFrame(rows, schema={c: spec.schema[c] for c in spec.columns})


def anchors() -> tuple[str, ...]:
    """The languages that some published bound was found on: the profile of every language leans on their text."""
    return tuple(sorted({signal.BOUND.anchor for signal in signals().values() if signal.BOUND.anchor}))


def leans_on(codes: Iterable[str]) -> tuple[str, ...]:
    """The languages whose text has a part in the profiles of these: themselves, all of their scripts, the anchors."""
    scripts = {language(code).script for code in codes}
    return tuple(sorted({code for code, x in registered().items() if x.script in scripts} | set(anchors())))


def profile_settings(code: str) -> dict[str, object]:
    """Everything but text that the profile of a language depends on, for a fingerprint: the bounds of all signal files
    and those of its own file.
    """
    return {
        "signals": {name: asdict(signal.BOUND) for name, signal in signals().items()},
        "language": {name: asdict(bound) for name, bound in language(code).bounds.items()},
    }


def _row(
    name: str, signal: Signal, code: str, by_hand: LanguageBound | None, behind: Behind | None
) -> dict[str, object]:
    if by_hand:
        # Whole, not side by side: a side that the file leaves out has no bound.
        return {
            "signal": name,
            "at_least": by_hand.at_least,
            "at_most": by_hand.at_most,
            "method": "fixed",
            "calibrated_by": by_hand.calibrated_by,
        }
    found = _sides(name, signal.BOUND, code, behind)
    methods = sorted({x.method for x in found.values()} - {"fixed"})
    return {
        "signal": name,
        "at_least": found["at_least"].number if "at_least" in found else None,
        "at_most": found["at_most"].number if "at_most" in found else None,
        "method": methods[0] if methods else "fixed",
        "calibrated_by": _origin(signal.BOUND, code, found, behind),
    }


def _sides(name: str, bound: Bound, code: str, behind: Behind | None) -> dict[Side, Calibrated]:
    """The sides that the bound has in this language. A number that was found on another language's text, and that
    nothing carries over, is none: an English bound on repetition would drop whole languages that nobody has read.
    """
    found: dict[Side, Calibrated] = {}
    for side in SIDES:
        published = bound.at_least if side == "at_least" else bound.at_most
        if published is None:
            continue
        if bound.method == "fixed":
            found[side] = Calibrated(published, "fixed", "")
            # By text that somebody vouches for alone: what a crawl has too much of is what the bound is for.
            if behind is not None and behind.population == "reference" and name not in LENGTHS:
                found[side] = cast(Calibrated, calibrate(name, side, bound, behind.distribution, None))
        elif bound.anchor == code:
            found[side] = Calibrated(published, "fixed", f"found on {code}")
        elif behind is not None:
            found[side] = cast(Calibrated, calibrate(name, side, bound, behind.distribution, behind.anchor))
    return found


def _origin(bound: Bound, code: str, found: dict[Side, Calibrated], behind: Behind | None) -> str:
    """Where the numbers come from, in words, the published ones last."""
    words = {side: x.words for side, x in found.items() if x.words}
    if len(words) == 2 and len(set(words.values())) == 1:
        del words["at_least"]
    parts = [text if len(words) == 1 else f"{side}: {text}" for side, text in words.items()]
    if behind:
        parts = [p.format(own=behind.words, anchor=behind.anchor_words) for p in parts]
    if not found and (bound.at_least is not None or bound.at_most is not None):
        parts = [f"none: fewer than {LEAST_DOCUMENTS} documents of {code} and too few peers to carry it over"]
    if not parts:
        return bound.calibrated_by
    numbers = " to ".join(f"{x:g}" for x in (bound.at_least, bound.at_most) if x is not None)
    return "; ".join([*parts, f"published {numbers} ({bound.calibrated_by})"])


def _told(behind: Behind) -> dict[str, object]:
    return _numbers(behind.population, behind.distribution, behind.weight)


def _seen(name: str, signal: Signal, code: str, populations: tuple[Population, ...]) -> dict[str, object]:
    """What there is of the language's own text where it is too thin for a bound: told, and nothing follows from it."""
    own = [(p.kind, x) for p in populations if not _is_learned(signal, p) and (x := p.of(code, name))]
    if not own:
        return {"population": "none", "document_count": 0, "own_weight": 0.0}
    return _numbers(*max(own, key=lambda x: x[1].count), 0.0)


def _is_learned(signal: Signal, population: Population) -> bool:
    """Whether a score is of a model that learned from this text, and would find it better than it is."""
    return hasattr(signal, "MODEL") and population.kind == "reference"


def _numbers(population: str, x: Distribution, own_weight: float) -> dict[str, object]:
    return {
        "population": population,
        "document_count": x.count,
        "own_weight": own_weight,
        "mean": x.mean,
        "standard_deviation": x.standard_deviation,
        "median": x.median,
        "quantiles": x.quantiles[TOLD].tolist(),
    }


def _behind(
    name: str, signal: Signal, code: str, groups: tuple[Group, ...], populations: tuple[Population, ...]
) -> Behind | None:
    """The best that there is: a population with enough documents of the language and an anchor to compare with, then
    one with enough documents, then the one with more of them, then peers alone; of equals the first.
    """
    found = [x for x in (_in_population(name, signal, code, groups, p) for p in populations) if x]
    needs_anchor = signal.BOUND.method in COMPARING

    def rank(x: Behind) -> tuple[bool, bool, int]:
        is_enough = x.distribution.count >= LEAST_DOCUMENTS
        is_comparable = x.anchor is not None or not needs_anchor
        return is_enough and is_comparable, is_enough, 0 if is_enough else x.distribution.count

    return max(found, key=rank, default=None)


def _in_population(
    name: str, signal: Signal, code: str, groups: tuple[Group, ...], population: Population
) -> Behind | None:
    if _is_learned(signal, population):
        return None
    # A model's scores speak of its own language only: it has no peers.
    peers = None if hasattr(signal, "MODEL") else _peers(name, code, groups, population)
    own = population.of(code, name)
    anchor_code = signal.BOUND.anchor or ""
    anchor = population.of(anchor_code, name)
    if anchor and anchor.count < LEAST_DOCUMENTS:
        anchor = None
    anchor_words = f"{anchor.count:,} {anchor_code} {population.kind} documents" if anchor else anchor_code
    words = f"{own.count:,} {code} {population.kind} documents" if own else ""
    if peers is None:
        if own is None or own.count < LEAST_DOCUMENTS:
            return None
        return Behind(population.kind, own, 1.0, words, anchor, anchor_words)
    group, typical, told = peers
    if own is None:
        return Behind(group, typical, 0.0, f"what {told} are like", anchor, anchor_words)
    weight = own.count / (own.count + SHRINKAGE)
    words += f", weight {weight:.2f} against {told}".replace("0.", ".", 1)
    kind = population.kind if own.count >= LEAST_DOCUMENTS else group
    return Behind(kind, own.drawn_towards(typical, weight), weight, words, anchor, anchor_words)


def _peers(
    name: str, code: str, groups: tuple[Group, ...], population: Population
) -> tuple[str, Distribution, str] | None:
    """The nearest group that says enough: its kind, what is typical of it, and both in words."""
    for group in groups:
        if typical := population.typical(group.languages, name, without=code):
            words = f"{typical[1]} languages of its {group.kind} ({group.name}, {population.kind} documents)"
            return group.kind, typical[0], words
    return None


def _groups(code: str) -> tuple[Group, ...]:
    """The family in the same script, then the script: half of the signals count characters, which only a script's
    languages have in common.
    """
    own = language(code)
    script = {each: x.family for each, x in registered().items() if x.script == own.script}
    family = Group("family", own.family, tuple(each for each, x in script.items() if x == own.family))
    return (*((family,) if own.family else ()), Group("script", own.script, tuple(script)))
