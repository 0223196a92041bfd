"""What a materialization tells, in every script."""

import polars as pl

from assets.metadata import funnel_table, of_partition, sample_table
from lugha.lake import PartitionState
from lugha.lake.build import Built


def built(rows: int) -> Built:
    state = PartitionState("0" * 16, "1" * 16, "abcdefabcdefabcd", rows, 1234)
    return Built({"language": "urd_Arab"}, state, {"raw_crawls web-1|urd_Arab": "ff"}, False, 0.1)


def test_the_funnel_counts_most_frequent_first_and_sums_to_one():
    lines = funnel_table({"kept": 6, "other_language": 3, "byte_count_below": 1}).splitlines()[2:]
    assert [line.split("|")[1].strip() for line in lines] == ["kept", "other_language", "byte_count_below"]
    assert [line.split("|")[3].strip() for line in lines] == ["60.0%", "30.0%", "10.0%"]


def test_a_sample_keeps_right_to_left_text_in_its_cell():
    table = sample_table(pl.DataFrame({"text": ["یہ ایک | جملہ ہے\nدوسری سطر"], "doc_id": [b"\x01" * 16]}))
    row = table.splitlines()[2]
    assert "\u2068یہ ایک \\| جملہ ہے دوسری سطر\u2069" in row
    assert "010101010101" in row


def test_a_long_text_is_cut_in_the_sample():
    row = sample_table(pl.DataFrame({"text": ["အ" * 500]})).splitlines()[2]
    assert row.count("အ") == 200
    assert "…" in row


def test_counts_shares_and_inputs_are_told_under_stable_names():
    told = of_partition(
        built(3), pl.DataFrame({"text": ["ọ̀rọ̀"]}), before_count=4, reasons={"kept": 3, "no_main_text": 1}
    )
    assert told["dagster/row_count"].value == 3
    assert told["kept_share"].value == 0.75
    assert told["digest"].value == "abcdefabcdefabcd"
    assert told["inputs"].value == {"raw_crawls web-1|urd_Arab": "ff"}
    assert {"funnel", "sample", "bytes", "unchanged"} <= set(told)


def test_an_empty_partition_tells_no_share_of_nothing():
    told = of_partition(built(0), pl.DataFrame({"text": []}), before_count=0)
    assert told["kept_share"].value == 0.0
    assert "sample" not in told
