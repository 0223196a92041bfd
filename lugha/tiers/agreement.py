"""How far judges agree beyond chance: Cohen's kappa between the teacher and people, and between people.

Kappa is that of Cohen 1960; for aspects whose labels are ordered it is weighted with squared distances (Cohen 1968;
Fleiss and Cohen 1973 show that this is an intraclass correlation). Intervals are 95 % percentile bootstrap over the
documents (Efron 1979), from a fixed seed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import polars as pl

from lugha.rubrics import Rubric

RESAMPLES = 2_000
SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "aspect": pl.String,
    "one": pl.String,
    "other": pl.String,
    "document_count": pl.Int64,
    "agreement_share": pl.Float64,
    "kappa": pl.Float64,
    "kappa_low": pl.Float64,
    "kappa_high": pl.Float64,
    "weights": pl.String,
}


@dataclass(frozen=True)
class Kappa:
    """Kappa with its 95 % interval, the documents behind it and the share of equal labels. All but the count are NaN
    where there are no documents; kappa is NaN where chance alone would always agree (one label throughout).
    """

    value: float
    low: float
    high: float
    document_count: int
    agreement_share: float


def kappa(counts: npt.NDArray[np.int64], is_ordered: bool, seed: int = 1) -> Kappa:
    """Agreement of two judges from how often one said row and the other said column."""
    total = int(counts.sum())
    if not total:
        return Kappa(float("nan"), float("nan"), float("nan"), 0, float("nan"))
    drawn = np.random.default_rng(seed).multinomial(total, (counts / total).ravel(), size=RESAMPLES)
    values = _kappas(drawn.reshape(RESAMPLES, *counts.shape), is_ordered)
    low, high = np.nanpercentile(values, [2.5, 97.5]) if not np.isnan(values).all() else (np.nan, np.nan)
    value = _kappas(counts[None], is_ordered)[0]
    return Kappa(float(value), float(low), float(high), total, float(np.trace(counts) / total))


def agreement(annotations: pl.DataFrame, taught: pl.DataFrame, rubrics: Mapping[str, Rubric]) -> pl.DataFrame:
    """One row an aspect and pair of judges who share documents, in the columns of `SCHEMA`.

    `annotations` and `taught` are rows of those tables of one language. Beside each pair of people and of the teacher
    with a person there is a row of the teacher with "people": with the label that most of them gave, and where that is
    split, with none. Labels that a rubric does not have (any more) do not count, nor does what a teacher said to a
    question that has been reworded since.
    """
    taught = taught.filter(pl.col("rubric").is_in([rubric.digest for rubric in rubrics.values()]))
    people = annotations.select("doc_id", "aspect", "label", judge="annotator", is_human=pl.lit(True))
    teachers = taught.select("doc_id", "aspect", "label", judge="teacher", is_human=pl.lit(False))
    judged = pl.concat([people, teachers]).sort("judge", "doc_id")
    rows = [
        row
        for aspect, rubric in rubrics.items()
        for row in _of_aspect(judged.filter(pl.col("aspect") == aspect), rubric)
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _of_aspect(judged: pl.DataFrame, rubric: Rubric) -> Iterator[tuple[object, ...]]:
    known = judged.filter(pl.col("label").is_in(list(rubric.labels)))
    labels_of = {
        (str(judge), bool(is_human)): rows.select("doc_id", "label").unique("doc_id", keep="last", maintain_order=True)
        for (judge, is_human), rows in known.group_by("judge", "is_human", maintain_order=True)
    }
    people = {judge: rows for (judge, is_human), rows in labels_of.items() if is_human}
    teachers = {judge: rows for (judge, is_human), rows in labels_of.items() if not is_human}
    pairs = [*combinations(people.items(), 2)]
    if len(people) > 1:
        people = {**people, "people": _majority(known.filter("is_human"))}
    pairs += [(teacher, person) for teacher in teachers.items() for person in people.items()]
    for (one, its), (other, others) in pairs:
        found = kappa(_counts(its, others, list(rubric.labels)), rubric.is_ordered)
        if found.document_count:
            weights = "quadratic" if rubric.is_ordered else "none"
            numbers = (found.document_count, found.agreement_share, found.value, found.low, found.high)
            yield (rubric.name, one, other, *numbers, weights)


def _majority(judged: pl.DataFrame) -> pl.DataFrame:
    votes = judged.group_by("doc_id", "label").len().with_columns(most=pl.col("len").max().over("doc_id"))
    return votes.filter(pl.col("len") == pl.col("most")).filter(pl.len().over("doc_id") == 1).select("doc_id", "label")


def _counts(one: pl.DataFrame, other: pl.DataFrame, labels: list[str]) -> npt.NDArray[np.int64]:
    counts = np.zeros((len(labels), len(labels)), dtype=np.int64)
    for row, column in one.join(other, on="doc_id").select("label", "label_right").iter_rows():
        counts[labels.index(row), labels.index(column)] += 1
    return counts


def _kappas(counts: npt.NDArray[np.int64], is_ordered: bool) -> npt.NDArray[np.float64]:
    """Kappa of each of several tables: 1 - observed / expected disagreement, NaN where none is expected."""
    places = np.arange(counts.shape[1])
    distance = (places[:, None] - places[None, :]) ** 2 if is_ordered else places[:, None] != places[None, :]
    total = counts.sum(axis=(1, 2))
    expected = counts.sum(axis=2)[:, :, None] * counts.sum(axis=1)[:, None, :] / total[:, None, None]
    observed_cost, expected_cost = (counts * distance).sum(axis=(1, 2)), (expected * distance).sum(axis=(1, 2))
    nothing = np.full(len(counts), np.nan)
    result: npt.NDArray[np.float64] = 1 - np.divide(observed_cost, expected_cost, out=nothing, where=expected_cost > 0)
    return result
