"""The tables as declared: what a Delta table can hold, and what a digest may leave out."""

import polars as pl
import pytest

from lugha.lake import TABLES
from lugha.signals import signals


@pytest.mark.parametrize("table", TABLES)
def test_no_table_has_a_type_that_delta_lacks(table):
    """Delta has no unsigned integers."""
    assert not [
        c
        for c, t in TABLES[table].schema.items()
        if isinstance(t, type) and issubclass(t, pl.DataType) and t.is_unsigned_integer()
    ]


@pytest.mark.parametrize("table", TABLES)
def test_every_column_says_what_it_means(table):
    assert all(column.meaning for column in TABLES[table].columns.values())
    assert TABLES[table].grain
    assert not set(TABLES[table].partitioned_by) & set(TABLES[table].columns)


@pytest.mark.parametrize(
    ("table", "column"),
    # band_index as a whole follows from `signatures`, which it is written with.
    [(t, c) for t, spec in TABLES.items() if t != "band_index" for c in spec.covered_by_digest],
)
def test_a_column_that_a_digest_leaves_out_has_its_own_hash_beside_it(table, column):
    of_text = dict.fromkeys(("text", "token_count", "signature"), "content_hash")
    stands_for = {"body": "body_digest", **of_text}
    assert stands_for[column] in set(TABLES[table].columns) - set(TABLES[table].covered_by_digest)


def test_every_signal_is_a_column_of_its_own():
    assert set(signals()) <= set(TABLES["labelled_documents"].columns)


def test_an_empty_frame_has_the_partition_columns_last():
    assert TABLES["raw_crawls"].empty().columns[-2:] == ["snapshot", "language"]
