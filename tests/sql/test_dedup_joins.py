"""sql/dedup_joins.sql: components that an equal text or an equal address joins."""

from lugha.warehouse import query
from tests.sql.deciding import tables


def joins(documents: list[dict[str, object]], components: list[dict[str, object]]) -> set[tuple[int, int]]:
    rows = query("dedup_joins", tables(documents=documents, components=components))
    return set(rows.select("doc_a", "doc_b").rows())


def test_each_component_with_a_text_is_joined_to_the_smallest_that_has_it():
    documents = [{"doc": n, "content_hash": b"t"} for n in (1, 2, 3)] + [{"doc": 9}]
    assert joins(documents, [{"doc": 3, "component": -7}, {"doc": 9, "component": -7}]) == {(-7, 1), (-7, 2)}


def test_documents_of_one_component_need_no_joining():
    documents = [{"doc": n, "content_hash": b"t", "url_hash": b"u"} for n in (1, 2)]
    assert joins(documents, [{"doc": n, "component": 1} for n in (1, 2)]) == set()


def test_addresses_join_as_texts_do_and_unknown_ones_join_nothing():
    assert joins([{"doc": n, "url_hash": b"u" if n < 3 else None} for n in (1, 2, 3, 4)], []) == {(1, 2)}


def test_a_text_and_an_address_with_one_hash_are_not_the_same():
    documents = [{"doc": n, "content_hash": b"x"} for n in (1, 2)] + [{"doc": n, "url_hash": b"x"} for n in (3, 4)]
    assert joins(documents, []) == {(1, 2), (3, 4)}
