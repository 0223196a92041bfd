"""Records under a wrong language are found by their text, and corrected once."""

import pytest

from lugha.identification.corrections import LEAST_SCORE, add_corrections, corrections
from lugha.warehouse import query


@pytest.fixture
def labelled(rows_of):
    """Rows of `labelled_documents`: (id, label, score)."""
    return lambda *rows: rows_of(
        "labelled_documents", *({"doc_id": i, "lid_label": label, "lid_score": score} for i, label, score in rows)
    )


@pytest.fixture
def found(rows_of):
    """Rows of `index_corrections`: (snapshot, id, filed under, language, score)."""
    columns = ("snapshot", "doc_id", "filed_under", "language", "lid_score")
    return lambda *rows: rows_of("index_corrections", *(dict(zip(columns, row, strict=True)) for row in rows))


def known(lake, snapshot: str = "web-1") -> dict[bytes, str]:
    rows = lake.read("index_corrections", snapshot=snapshot)
    assert rows["doc_id"].is_unique().all()
    return dict(rows.select("doc_id", "language").iter_rows())


def test_a_text_in_another_language_is_a_correction(labelled):
    rows = corrections(labelled((b"a", "hau_Latn", 0.9), (b"b", "yor_Latn", 0.99)), "yor_Latn")
    assert rows.rows(named=True) == [
        {"doc_id": b"a", "filed_under": "yor_Latn", "language": "hau_Latn", "lid_score": pytest.approx(0.9)}
    ]


@pytest.mark.parametrize(
    ("label", "score"),
    [
        ("yor_Latn", 0.99),  # it is where it belongs
        ("hau_Latn", 0.49),  # not sure enough
        ("und_Zyyy", 0.99),  # no language
        (None, None),  # no model could tell
        ("hau_Latn", None),
    ],
)
def test_what_is_not_clearly_another_language_stays(labelled, label, score):
    assert corrections(labelled((b"a", label, score)), "yor_Latn").is_empty()


def test_the_least_score_is_enough(labelled):
    assert corrections(labelled((b"a", "hau_Latn", LEAST_SCORE)), "yor_Latn").height == 1


def test_corrections_are_added_to_those_that_are_known(lake, found):
    assert add_corrections(lake, found(("web-1", b"a", "yor_Latn", "hau_Latn", 0.9)), "run-1") == 1
    assert add_corrections(lake, found(("web-1", b"b", "yor_Latn", "ibo_Latn", 0.8)), "run-2") == 1
    assert known(lake) == {b"a": "hau_Latn", b"b": "ibo_Latn"}


def test_a_record_is_corrected_once(lake, found):
    """Two cells that each send it to the other would otherwise pass it on for ever."""
    add_corrections(lake, found(("web-1", b"a", "yor_Latn", "hau_Latn", 0.6)), "run-1")
    version = lake.version("index_corrections")
    assert add_corrections(lake, found(("web-1", b"a", "hau_Latn", "yor_Latn", 0.99)), "run-2") == 0
    assert known(lake) == {b"a": "hau_Latn"}
    assert lake.version("index_corrections") == version, "nothing new is nothing written"


def test_a_record_that_two_cells_correct_in_one_run_takes_the_surer_one(lake, found):
    rows = found(
        ("web-1", b"a", "yor_Latn", "hau_Latn", 0.6),
        ("web-1", b"a", "tur_Latn", "ibo_Latn", 0.7),
        ("web-1", b"b", "yor_Latn", "urd_Arab", 0.7),
        ("web-1", b"b", "tur_Latn", "amh_Ethi", 0.7),
    )
    assert add_corrections(lake, rows, "run-1") == 2
    assert known(lake) == {b"a": "ibo_Latn", b"b": "amh_Ethi"}


def test_snapshots_are_corrected_apart(lake, found):
    rows = found(("web-1", b"a", "yor_Latn", "hau_Latn", 0.6), ("web-2", b"a", "yor_Latn", "ibo_Latn", 0.6))
    assert add_corrections(lake, rows, "run-1") == 2
    assert (known(lake), known(lake, "web-2")) == ({b"a": "hau_Latn"}, {b"a": "ibo_Latn"})


def test_nothing_found_is_nothing_written(lake, found):
    version = lake.version("index_corrections")
    none = found(("web-1", b"a", "yor_Latn", "hau_Latn", 0.9)).clear()
    assert add_corrections(lake, None, "run-1") == add_corrections(lake, none, "run-1") == 0
    assert lake.version("index_corrections") == version


def test_a_corrected_record_is_planned_under_its_language_from_then_on(lake, labelled, rows_of):
    record = {
        "snapshot": "web-1",
        "doc_id": b"a",
        "outcome": "fetched",
        "language": "yor_Latn",
        "language_source": "html lang",
    }
    index = rows_of("crawl_index", record)
    rows = corrections(labelled((b"a", "hau_Latn", 0.9)), "yor_Latn")
    add_corrections(lake, rows.with_columns(snapshot=index["snapshot"]), "run-1")
    plan = query(
        "crawl_plan", {"crawl_index": index, "index_corrections": lake.scan("index_corrections")}, snapshot="web-1"
    )
    assert plan.select("language", "language_source").rows() == [("hau_Latn", "text")]
