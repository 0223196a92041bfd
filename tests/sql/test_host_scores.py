"""sql/host_scores.sql: the hosts of one language."""

import pytest

from lugha.warehouse import query

CELL = {"snapshot": "web-1", "language": "yor_Latn"}


@pytest.fixture
def hosts(rows_of):
    def hosts(*documents: tuple[str, str | None, int], language: str = "yor_Latn"):
        """(host, drop reason or None, bytes) of each document."""
        ids = [CELL | {"doc_id": bytes([n]) * 16} for n in range(len(documents))]
        tables = {
            "standardized_documents": rows_of(
                "standardized_documents",
                CELL,
                *(i | {"host": host} for i, (host, _, _) in zip(ids, documents, strict=True)),
            ),
            "labelled_documents": rows_of(
                "labelled_documents",
                CELL,
                *(
                    i | {"lid_label": "hau_Latn" if reason == "other_language" else "yor_Latn", "own_byte_count": size}
                    for i, (_, reason, size) in zip(ids, documents, strict=True)
                ),
            ),
            "decisions": rows_of(
                "decisions",
                CELL,
                *(
                    i | {"is_kept": reason is None, "drop_reason": reason}
                    for i, (_, reason, _) in zip(ids, documents, strict=True)
                ),
            ),
        }
        rows = query("host_scores", tables, language=language, min_documents=3, max_kept_share=0.1)
        return {row["host"]: row for row in rows.iter_rows(named=True)}

    return hosts


def test_a_host_is_told_with_what_passed_and_what_dropped_the_rest(hosts):
    found = hosts(("a.example", None, 100), ("a.example", "word_count_below", 5), ("b.example", None, 70))
    a = found["a.example"]
    assert (a["document_count"], a["kept_count"], a["kept_share"], a["kept_bytes"]) == (2, 1, 0.5, 100)
    assert (a["top_drop_reason"], a["top_drop_share"]) == ("word_count_below", 0.5)
    assert (found["b.example"]["top_drop_reason"], found["b.example"]["top_drop_share"]) == (None, 0.0)


def test_a_host_fails_only_with_enough_documents(hosts):
    found = hosts(*[("farm.example", "other_language", 9)] * 3, *[("new.example", "other_language", 9)] * 2)
    assert (found["farm.example"]["is_failing"], found["new.example"]["is_failing"]) == (True, False)
    assert found["farm.example"]["own_language_share"] == 0.0


def test_other_languages_do_not_count(hosts):
    assert hosts(("a.example", None, 100), language="hau_Latn") == {}
