"""A recipe becomes a manifest: every document with the number of times it is read, and an id over all of it.

The same documents, recipe and seed give the same manifest id on any machine.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import polars as pl

from lugha.collection.index import RECOLLECTION
from lugha.construction.policy import bound_by, caps, divide
from lugha.errors import LughaError
from lugha.lake.digest import digest_of
from lugha.lake.schemas import TABLES
from lugha.mixtures import Recipe

LEAST_ITEMS = 4  # with fewer, the regression rule shows a language and never flags it


class NothingToMix(LughaError):
    """No language of the recipe has a document that may be trained on."""


class NothingToStarve(LughaError):
    """A drill that finds no language to starve."""


@dataclass(frozen=True)
class Mixture:
    """What a recipe became: rows of `training_mixtures`, rows of `mixture_languages`, the manifest id and the bytes
    that no language could fill.
    """

    documents: pl.DataFrame
    languages: pl.DataFrame
    manifest_id: str
    shortfall_bytes: int


def mix(
    documents: pl.DataFrame, recipe: Recipe, item_counts: Mapping[str, int], uncollected_counts: Mapping[str, int]
) -> Mixture:
    """Draw a mixture from representatives that are not held out.

    `documents`: doc_id, language, snapshot, host, content_hash, byte_count. `item_counts` (evaluation items) and
    `uncollected_counts` (known pages that were not fetched) per language are read by a drill only. Raises
    NothingToMix, NothingToStarve.
    """
    if recipe.languages:
        documents = documents.filter(pl.col("language").is_in(recipe.languages))
    available = dict(documents.group_by("language").agg(pl.col("byte_count").sum()).sort("language").iter_rows())
    available = {code: int(n) for code, n in available.items() if n}
    if not available:
        raise NothingToMix(
            f'Recipe "{recipe.name}" finds no document to train on. Materialize crawl_index to dedup_sets for the languages you want, then this partition again.'
        )
    starved = _starved(recipe, available, item_counts, uncollected_counts)
    drawn = _divide(available, recipe, starved)
    rows = _draw(documents, available, drawn, recipe.seed)
    if rows.is_empty():
        raise NothingToMix(
            f'Recipe "{recipe.name}" draws not one document: budget_bytes, cap_share or the weights leave every language '
            "less than half of one."
        )
    languages = _summary(rows, available, drawn, recipe, starved)
    manifest_id = digest_of([asdict(recipe), _rows_digest(rows)]) + digest_of(_rows_digest(rows))
    languages = languages.with_columns(pl.lit(manifest_id).alias("manifest_id"))
    shortfall = max(0, recipe.budget_bytes - round(sum(drawn.values())))
    return Mixture(rows, languages.select(list(TABLES["mixture_languages"].columns)), manifest_id, shortfall)


def _starved(
    recipe: Recipe, available: Mapping[str, int], items: Mapping[str, int], uncollected: Mapping[str, int]
) -> str | None:
    if recipe.drill is None:
        return None
    if recipe.drill.starve != "best measured":
        if recipe.drill.starve not in available:
            raise NothingToStarve(
                f'Recipe "{recipe.name}" starves {recipe.drill.starve}, which has no text. Languages with text: {", ".join(available)}.'
            )
        return recipe.drill.starve
    measured = [code for code in available if items.get(code, 0) >= LEAST_ITEMS]
    if not measured:
        raise NothingToStarve(
            f'Recipe "{recipe.name}" looks for a language with {LEAST_ITEMS} evaluation items or more and finds none: no '
            "language has six documents yet. Collect more first. Name a language in [drill] starve to choose it yourself."
        )
    # One that the web has more of, where there is one: then the drill shows the way back, too.
    return max(measured, key=lambda code: (uncollected.get(code, 0) > 0, items[code], uncollected.get(code, 0), code))


def _divide(available: Mapping[str, int], recipe: Recipe, starved: str | None) -> dict[str, float]:
    limits = caps(available, recipe)
    drawn = divide(available, limits, recipe)
    if starved is None or recipe.drill is None:
        return drawn
    return divide(available, {**limits, starved: drawn[starved] * recipe.drill.keep_share}, recipe)


def _draw(documents: pl.DataFrame, available: Mapping[str, int], drawn: Mapping[str, float], seed: int) -> pl.DataFrame:
    """Whole epochs for every document, and part of them once more: first what was collected because the language fell (it was paid for, so
    it is read), then in the order of a seeded hash."""
    parts = []
    for (language,), group in documents.sort("doc_id").group_by(["language"], maintain_order=True):
        code = str(language)
        if code not in available:
            continue
        whole, rest = divmod(drawn[code] / available[code], 1)
        order = [hashlib.sha256(f"{seed}".encode() + doc_id).digest() for doc_id in group["doc_id"]]
        group = group.with_columns(pl.Series("order", order, dtype=pl.Binary)).sort(
            ~pl.col("snapshot").str.starts_with(RECOLLECTION), "order"
        )
        once_more = pl.Series("once_more", _fill(group["byte_count"].to_list(), rest * available[code]), dtype=pl.Int32)
        parts.append(group.with_columns((once_more + int(whole)).alias("repeat_count")).drop("order"))
    rows = pl.concat(parts).filter(pl.col("repeat_count") > 0).sort("doc_id")
    return rows.select(list(TABLES["training_mixtures"].columns))


def _fill(sizes: list[int], wanted: float) -> list[int]:
    """1 for each document that is taken once more: in order, as long as half of it fits. A document that is too large is passed over, else a
    language of few long documents would give nothing."""
    taken, total = [], 0
    for size in sizes:
        fits = total + size / 2 <= wanted
        taken.append(int(fits))
        total += size * fits
    return taken


def _summary(
    rows: pl.DataFrame, available: Mapping[str, int], wanted: Mapping[str, float], recipe: Recipe, starved: str | None
) -> pl.DataFrame:
    drawn = dict(rows.group_by("language").agg((pl.col("byte_count") * pl.col("repeat_count")).sum()).iter_rows())
    total = max(1, sum(drawn.values()))
    return pl.DataFrame(
        [
            {
                "language": code,
                "available_bytes": available[code],
                "drawn_bytes": int(drawn.get(code, 0)),
                "share": drawn.get(code, 0) / total,
                "epochs": drawn.get(code, 0) / available[code],
                "bound_by": bound_by(wanted[code], available[code], recipe, code == starved),
            }
            for code in sorted(available)
        ]
    )


def _rows_digest(rows: pl.DataFrame) -> str:
    content = hashlib.sha256()
    for doc_id, content_hash, repeats in rows.select("doc_id", "content_hash", "repeat_count").iter_rows():
        content.update(doc_id + content_hash + repeats.to_bytes(4, "big"))
    return content.hexdigest()
