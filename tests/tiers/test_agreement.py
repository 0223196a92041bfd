"""Agreement beyond chance is that of the literature, with an interval that says how sure it is."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lugha.rubrics import rubrics
from lugha.tiers.agreement import SCHEMA, agreement, kappa

LABELS = ["unusable", "poor", "fair", "good"]


def table(*rows: list[int]) -> np.ndarray:
    return np.array(rows, dtype=np.int64)


def test_kappa_of_the_textbook_table():
    """50 grants read by two people, 20 yes and 15 no by both, 5 and 10 disputed: kappa .40."""
    found = kappa(table([20, 5], [10, 15]), is_ordered=False)
    assert found.value == pytest.approx(0.4)
    assert (found.document_count, found.agreement_share) == (50, 0.7)
    assert 0.1 < found.low < 0.4 < found.high < 0.7


@pytest.mark.parametrize(("counts", "value"), [(([45, 15], [25, 15]), 0.1304), (([25, 35], [5, 35]), 0.2593)])
def test_equal_shares_of_agreement_may_be_different_kappas(counts: tuple[list[int], list[int]], value: float):
    assert kappa(table(*counts), is_ordered=False).value == pytest.approx(value, abs=5e-5)


def test_kappa_and_weighted_kappa_are_those_of_scikit_learn():
    """cohen_kappa_score of scikit-learn 1.x on these labels, without weights and with weights="quadratic"."""
    one = [0, 1, 2, 3, 3, 2, 1, 0, 3, 2, 2, 1]
    other = [0, 2, 2, 3, 2, 2, 0, 0, 3, 1, 3, 1]
    counts = np.zeros((4, 4), dtype=np.int64)
    np.add.at(counts, (one, other), 1)
    assert kappa(counts, is_ordered=False).value == pytest.approx(0.43925233644859807)
    assert kappa(counts, is_ordered=True).value == pytest.approx(0.8192771084337349)


@settings(max_examples=30)
@given(st.lists(st.lists(st.integers(0, 30), min_size=3, max_size=3), min_size=3, max_size=3))
def test_kappa_is_at_most_one_and_does_not_depend_on_who_is_asked_first(rows: list[list[int]]):
    for is_ordered in (False, True):
        one, other = (kappa(counts, is_ordered) for counts in (table(*rows), table(*rows).T))
        assert one.value == pytest.approx(other.value, nan_ok=True)
        if not np.isnan(one.value):
            assert one.value <= 1
            assert one.low <= one.high


def test_full_agreement_is_one_and_its_interval_has_no_width():
    found = kappa(table([5, 0], [0, 7]), is_ordered=True)
    assert (found.value, found.high) == (1, 1)


def test_one_label_throughout_says_nothing():
    found = kappa(table([9, 0], [0, 0]), is_ordered=False)
    assert np.isnan(found.value)
    assert found.agreement_share == 1
    assert kappa(table([0, 0], [0, 0]), is_ordered=False).document_count == 0


def test_more_documents_make_the_interval_narrower():
    few, many = (kappa(table([20 * n, 5 * n], [10 * n, 15 * n]), is_ordered=False) for n in (1, 100))
    assert (many.high - many.low) * 5 < few.high - few.low


def judged(rows_of, name: str, judge: str, labels: list[str]) -> pl.DataFrame:
    who = {"annotator": judge} if name == "annotations" else {"teacher": judge, "rubric": rubrics()["quality"].digest}
    rows = [{"doc_id": bytes([n]) * 16, "aspect": "quality", "label": x, **who} for n, x in enumerate(labels)]
    return rows_of(name, *rows)


def test_every_pair_of_judges_is_reported_with_what_it_rests_on(rows_of):
    people = pl.concat(
        [
            judged(rows_of, "annotations", "Adé", ["good", "poor", "fair", "good", "unusable"]),
            judged(rows_of, "annotations", "Ìyábọ̀", ["good", "poor", "fair", "fair"]),
        ]
    )
    taught = judged(rows_of, "teacher_labels", "large-1", ["good", "fair", "fair", "good", "poor"])
    found = agreement(people, taught, rubrics())
    assert dict(found.schema) == SCHEMA
    counted = {(one, other): n for one, other, n in found.select("one", "other", "document_count").iter_rows()}
    assert counted == {
        ("Adé", "Ìyábọ̀"): 4,
        ("large-1", "Adé"): 5,
        ("large-1", "Ìyábọ̀"): 4,
        ("large-1", "people"): 4,
    }
    assert set(found["weights"]) == {"quadratic"}


def test_judges_who_share_no_document_and_labels_of_no_rubric_give_no_row(rows_of):
    people = judged(rows_of, "annotations", "Adé", ["good", "wonderful"])
    taught = judged(rows_of, "teacher_labels", "large-1", ["adult", "good"])
    assert agreement(people, taught, rubrics()).is_empty()
    assert agreement(people.clear(), taught.clear(), rubrics()).is_empty()


def test_answers_to_a_question_that_was_reworded_do_not_count(rows_of):
    people = judged(rows_of, "annotations", "Adé", ["good", "poor"])
    taught = judged(rows_of, "teacher_labels", "large-1", ["good", "poor"])
    assert agreement(people, taught, rubrics()).height == 1
    assert agreement(people, taught.with_columns(rubric=pl.lit("0")), rubrics()).is_empty()
