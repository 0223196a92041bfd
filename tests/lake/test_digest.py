"""Digests name content: the order of rows does not matter, everything else does."""

import math
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lugha.lake import TABLES
from lugha.lake.digest import content_digest, digest_of, short_hash

SCHEMA = {
    "doc_id": pl.Binary,
    "text": pl.String,
    "count": pl.Int64,
    "score": pl.Float32,
    "is_kept": pl.Boolean,
    "lines": pl.List(pl.Int32),
    "at": pl.Datetime("us", "UTC"),
}
TEXT = st.text(max_size=12) | st.sampled_from(
    ["NULL", "'", "\\", ", 'count': 1", "{", "ọ̀rọ̀", "စာ", "اردو", "[]", "\x00", " "]
)
ROW = st.tuples(
    st.none() | st.binary(max_size=4),
    st.none() | TEXT,
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.none() | st.floats(width=32, allow_nan=False).map(lambda x: x + 0.0),
    st.none() | st.booleans(),
    st.none() | st.lists(st.none() | st.integers(0, 9), max_size=3),
    st.none() | st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda t: t.replace(tzinfo=UTC)),
)


def digest(rows: list[tuple[object, ...]]) -> str:
    return content_digest(pl.DataFrame(rows, schema=SCHEMA, orient="row"), list(SCHEMA))


@settings(max_examples=30, deadline=None)
@given(st.lists(ROW, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert digest(shuffled) == digest(rows)


@settings(max_examples=80, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=4), st.data())
def test_another_value_in_any_column_is_another_digest(rows, data):
    row, column = data.draw(st.integers(0, len(rows) - 1)), data.draw(st.integers(0, len(SCHEMA) - 1))
    other = data.draw(ROW)[column]
    if other == rows[row][column] and type(other) is type(rows[row][column]):
        return
    changed = [*rows]
    changed[row] = (*rows[row][:column], other, *rows[row][column + 1 :])
    assert digest(changed) != digest(rows)


@settings(max_examples=15, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=4))
def test_a_row_more_is_another_digest(rows):
    """A multiset, not a set: a document that came in twice is not the same as one."""
    assert len({digest(rows), digest(rows[1:]), digest([*rows, rows[0]]), digest([*rows, rows[0], rows[0]])}) == 4


def test_two_equal_rows_do_not_cancel_each_other():
    one, two, three = (pl.DataFrame({"x": [x, x, "ọ̀rọ̀"]}) for x in ("kan", "èjì", "ẹ̀ta"))
    assert len({content_digest(frame, ["x"]) for frame in (one, two, three)}) == 3


def test_values_that_change_places_are_another_digest():
    one, two = [("a", "b"), ("c", "d")], [("a", "d"), ("c", "b")]
    swapped = [content_digest(pl.DataFrame(rows, schema=["x", "y"], orient="row"), ["x", "y"]) for rows in (one, two)]
    assert swapped[0] != swapped[1]


def test_a_lazy_frame_has_the_digest_of_its_rows():
    frame = pl.DataFrame({"x": ["ọ̀rọ̀", None]})
    assert content_digest(frame.lazy(), ["x"]) == content_digest(frame, ["x"])


def test_only_the_named_columns_count():
    frame = pl.DataFrame({"x": [1, 2], "y": [3, 4]})
    assert content_digest(frame, ["x"]) == content_digest(frame.with_columns(y=0), ["x"])
    assert content_digest(frame, ["x"]) != content_digest(frame.rename({"y": "x", "x": "y"}), ["x"])
    assert content_digest(frame, ["x"]) != content_digest(frame.select(z="x"), ["z"])


def two_values(dtype: object) -> tuple[object, object]:
    if dtype == pl.Binary:
        return b"\x00" * 16, b"\x00" * 15 + b"\x01"
    if dtype == pl.String:
        return "Ọ̀rọ̀", "Ọ̀ro"
    if dtype == pl.Boolean:
        return True, False
    if isinstance(dtype, pl.Datetime):
        return datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=1)
    if isinstance(dtype, pl.List) and isinstance(dtype.inner, pl.Struct):
        one, two = ({f.name: two_values(f.dtype)[n] for f in dtype.inner.fields} for n in (0, 1))
        return [one, two], [two, one]
    if isinstance(dtype, pl.List):
        return [1, 2], [2, 1]
    if dtype == pl.Float32:
        return 0.5, math.nextafter(0.5, 1) + 2**-24
    return (1, 2) if dtype in (pl.Int32, pl.Int64) else (0.5, math.nextafter(0.5, 1))


@pytest.mark.parametrize("table", TABLES)
def test_the_digest_of_a_table_sees_every_column(table):
    columns = {name: two_values(column.dtype) for name, column in TABLES[table].columns.items()}
    schema = {name: TABLES[table].schema[name] for name in columns}
    row = {name: first for name, (first, _) in columns.items()}
    changed = [row, *({**row, name: second} for name, (_, second) in columns.items()), dict.fromkeys(row)]
    digests = [content_digest(pl.DataFrame([r], schema=schema), list(columns)) for r in changed]
    assert len(set(digests)) == len(columns) + 2


def test_no_rows_have_a_digest_too():
    assert digest([]) == digest([])
    assert digest([]) != digest([(None,) * len(SCHEMA)])


def test_the_digest_of_settings_does_not_depend_on_the_order_of_keys():
    assert digest_of({"a": 1, "b": [1, 2]}) == digest_of({"b": [1, 2], "a": 1})
    assert digest_of({"a": 1, "b": [1, 2]}) != digest_of({"a": 1, "b": [2, 1]})
    assert len(digest_of(None)) == 16


def test_a_short_hash_is_the_first_half_of_sha256():
    """NIST's example for "abc"."""
    assert short_hash(b"abc").hex() == "ba7816bf8f01cfea414140de5dae2223"
