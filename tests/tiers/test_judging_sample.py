"""People and teacher judge the same documents, from every bucket and every host."""

import random

import polars as pl
import pytest

from lugha.lake import Lake
from lugha.tiers.judging_sample import documents_to_judge, judging_order

NONE = pl.Series([], dtype=pl.Binary)


def pool(rows: list[tuple[int | None, str]]) -> pl.DataFrame:
    """Documents of buckets and hosts with ids that are hashes."""
    ids = random.Random(1)
    return pl.DataFrame(
        [(ids.randbytes(16), host, bucket) for bucket, host in rows],
        schema={"doc_id": pl.Binary, "host": pl.String, "quality_bucket": pl.Int32},
        orient="row",
    )


def test_a_sample_goes_through_the_buckets_and_through_the_hosts_in_turn():
    rows = pool(
        [(bucket, host) for bucket in (0, 7, 19, None) for host in ("large.example",) * 50 + ("a.example", "b.example")]
    )
    first = judging_order(rows).head(12)
    assert first["quality_bucket"].to_list() == [0, 7, 19, None] * 3
    assert set(first.group_by("quality_bucket").agg(pl.col("host").n_unique())["host"]) == {3}


def test_a_sample_does_not_depend_on_the_order_of_the_documents():
    rows = pool([(n % 20, f"host-{n % 7}.example") for n in range(300)])
    assert judging_order(rows).equals(judging_order(rows.sample(fraction=1, shuffle=True, seed=2)))


def test_only_documents_with_letters_are_judged_and_each_once(lake: Lake, rows_of):
    rows = [
        {"doc_id": bytes([n]) * 16, "host": "a.example", "text": text}
        for n, text in enumerate(["ọ̀rọ̀", "12 34", "ilé", "omi"])
    ]
    rows[3]["failure"] = "no_text"
    for snapshot in ("web-1", "web-2"):
        cell = {"snapshot": snapshot, "language": "yor_Latn"}
        lake.overwrite("standardized_documents", rows_of("standardized_documents", *rows), cell, run_id="t")
    found = documents_to_judge(lake, "yor_Latn", 10, NONE, judged_first=False)
    assert found["text"].to_list() == ["ọ̀rọ̀", "ilé"]


@pytest.mark.parametrize(("judged_first", "texts"), [(True, ["c", "a", "b", "d"]), (False, ["a", "b", "d", "c"])])
def test_judged_documents_come_first_or_last(lake: Lake, rows_of, judged_first: bool, texts: list[str]):
    cell = {"snapshot": "web-1", "language": "yor_Latn"}
    rows = [{"doc_id": bytes([n]) * 16, "host": "a.example", "text": text} for n, text in enumerate("abcd")]
    lake.overwrite("standardized_documents", rows_of("standardized_documents", *rows), cell, run_id="t")
    judged = pl.Series([bytes([2]) * 16])
    assert documents_to_judge(lake, "yor_Latn", 4, judged, judged_first)["text"].to_list() == texts


def test_buckets_come_from_the_decisions(lake: Lake, rows_of):
    cell = {"snapshot": "web-1", "language": "yor_Latn"}
    rows = [{"doc_id": bytes([n]) * 16, "host": "a.example", "text": text} for n, text in enumerate("abcd")]
    lake.overwrite("standardized_documents", rows_of("standardized_documents", *rows), cell, run_id="t")
    decided = [{"doc_id": bytes([n]) * 16, "is_kept": True, "quality_bucket": 3 if n < 3 else 17} for n in range(4)]
    lake.overwrite("decisions", rows_of("decisions", *decided), cell, run_id="t")
    assert documents_to_judge(lake, "yor_Latn", 2, NONE, judged_first=False)["text"].to_list() == ["a", "d"]
