"""Texts are found in every layout that Arrow has for them."""

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from lugha.deduplication.kernel.buffers import Texts, spans

TEXTS = ["ọ̀rọ̀", None, "", "twelve bytes", "thirteen byte", "ሰላም ለዓለም ሰላም", None, "ก", "x" * 50]
STRINGS = pa.array(TEXTS, pa.string())


def found(texts: Texts) -> list[str | None]:
    texts_of_rows: list[str | None] = [None] * len(texts)
    for span in spans(texts):
        for row, start, end in zip(span.rows, span.starts, span.ends, strict=True):
            assert texts_of_rows[row] is None
            texts_of_rows[row] = bytes(span.data[start:end]).decode()
    return texts_of_rows


@pytest.mark.parametrize(
    "texts",
    [
        pl.Series(TEXTS),
        pl.concat([pl.Series(TEXTS[:4]), pl.Series(TEXTS[4:])], rechunk=False),
        STRINGS,
        STRINGS.cast(pa.large_string()),
        STRINGS.cast(pa.string_view()),
        STRINGS.dictionary_encode(),
        pa.chunked_array([STRINGS[:2], STRINGS[2:2], STRINGS[2:]]),
    ],
    ids=["polars", "polars chunks", "string", "large_string", "string_view", "dictionary", "chunks"],
)
def test_texts_are_found_in_their_rows(texts: Texts):
    assert found(texts) == TEXTS
    assert found(texts[3:8]) == TEXTS[3:8]
    assert found(texts[4:4]) == []


def test_a_column_of_nothing_has_no_texts():
    assert found(pa.nulls(3)) == found(pl.Series([None] * 3, dtype=pl.String)) == [None] * 3


def test_a_column_of_lists_is_refused():
    with pytest.raises(pa.ArrowNotImplementedError):
        list(spans(pa.array([["a"]])))


def test_no_array_is_writable_so_that_one_compiled_function_serves_all():
    mutable = pa.array(np.array(["abc" * 9, "d"], object), pa.string())
    assert not any(span.data.flags.writeable for texts in (mutable, pl.Series(TEXTS)) for span in spans(texts))
