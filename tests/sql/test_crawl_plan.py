"""sql/crawl_plan.sql: fetched records under the language that they belong to."""

import pytest

from lugha.lake import TABLES
from lugha.warehouse import query


@pytest.fixture
def plan(rows_of):
    """(record, language, language_source) of the plan of web-1 over these index rows and corrections."""

    def plan(index: list[tuple], corrections: list[tuple]) -> list[tuple]:
        columns = ("snapshot", "doc_id", "outcome", "language", "language_source")
        found = ("snapshot", "doc_id", "filed_under", "language", "lid_score")
        rows = query(
            "crawl_plan",
            {
                "crawl_index": rows_of("crawl_index", *(dict(zip(columns, row, strict=True)) for row in index)),
                "index_corrections": rows_of(
                    "index_corrections",
                    {"snapshot": "none"},
                    *(dict(zip(found, row, strict=True)) for row in corrections),
                ),
            },
            snapshot="web-1",
        )
        assert set(rows.columns) == set(TABLES["crawl_index"].schema)
        return rows.select("doc_id", "language", "language_source").rows()

    return plan


INDEX = [
    ("web-1", b"c", "fetched", "urd_Arab", "html lang"),
    ("web-1", b"a", "fetched", "yor_Latn", "html lang"),
    ("web-1", b"b", "known", "yor_Latn", "link"),
    ("web-1", b"d", "failed", "yor_Latn", "link"),
    ("web-2", b"e", "fetched", "yor_Latn", "html lang"),
]


def test_the_plan_holds_the_fetched_records_of_its_snapshot_in_the_order_of_their_ids(plan):
    assert plan(INDEX, []) == [(b"a", "yor_Latn", "html lang"), (b"c", "urd_Arab", "html lang")]


def test_a_corrected_record_is_filed_under_the_language_of_its_text(plan):
    assert plan(INDEX, [("web-1", b"a", "yor_Latn", "hau_Latn", 0.9)]) == [
        (b"a", "hau_Latn", "text"),
        (b"c", "urd_Arab", "html lang"),
    ]


def test_a_correction_in_another_snapshot_does_not_count(plan):
    assert plan(INDEX, [("web-2", b"a", "yor_Latn", "hau_Latn", 0.9)])[0] == (b"a", "yor_Latn", "html lang")


def test_the_surest_of_several_corrections_counts(plan):
    corrections = [
        ("web-1", b"a", "yor_Latn", "hau_Latn", 0.6),
        ("web-1", b"a", "hau_Latn", "ibo_Latn", 0.8),
        ("web-1", b"a", "ibo_Latn", "tur_Latn", 0.7),
    ]
    assert plan(INDEX, corrections)[0] == (b"a", "ibo_Latn", "text")


def test_the_first_code_wins_between_equally_sure_corrections(plan):
    corrections = [("web-1", b"a", "yor_Latn", code, 0.75) for code in ("ibo_Latn", "hau_Latn", "tur_Latn")]
    assert plan(INDEX, corrections)[0] == plan(INDEX, corrections[::-1])[0] == (b"a", "hau_Latn", "text")


def test_no_records_are_no_plan(plan):
    assert plan(INDEX[2:3], []) == []
