"""Assets of copies beyond the clusters: what they are made from, and when they are made again."""

import datetime as dt
from typing import Any

import dagster as dg
import pytest

from assets.copies import language_overlap, repeated_paragraphs, source_overlap
from lugha.lake import Lake
from resources import LakeResource

ASSETS = [repeated_paragraphs, source_overlap, language_overlap]
FIRST = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
NOTICE = "Ojú-ìwé yìí ń lo kúkì láti mú kí ìrírí rẹ dára sí i ní gbogbo ìgbà"


@pytest.fixture
def materialize(lake: Lake, tmp_path, monkeypatch: pytest.MonkeyPatch):
    """Materialize one asset for a range of languages; the metadata of each, by language."""
    monkeypatch.setenv("LUGHA_HOME", str(tmp_path / "home"))

    def materialize(asset: dg.AssetsDefinition, first: str, last: str) -> dict[str, dict[str, Any]]:
        result = dg.materialize(
            [asset],
            resources={"lake": LakeResource(uri=lake.root)},
            tags={"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last},
        )
        events = result.asset_materializations_for_node(asset.key.path[-1])
        return {str(e.partition): {name: value.value for name, value in e.metadata.items()} for e in events}

    return materialize


@pytest.fixture
def signed(lake: Lake, rows_of):
    def signed(language: str, *hashes: bytes, snapshot: str = "web-1") -> None:
        rows = [
            {"doc_id": f"{snapshot[-1]}{language}{n:07}"[-16:].encode(), "content_hash": h}
            for n, h in enumerate(hashes)
        ]
        lake.overwrite(
            "signatures", rows_of("signatures", *rows), {"snapshot": snapshot, "language": language}, run_id="t"
        )

    return signed


def test_repeated_paragraphs_tell_how_much_is_repeated(lake: Lake, rows_of, materialize):
    rows = [{"doc_id": bytes([n]) * 16, "content_hash": bytes([n]) * 16, "host": "a.example"} for n in range(3)]
    cell = {"snapshot": "web-1", "language": "yor_Latn"}
    texts = [
        row | {"text": f"{NOTICE}\n{n}", "url": "http://a.example/", "fetched_at": FIRST} for n, row in enumerate(rows)
    ]
    lake.overwrite("standardized_documents", rows_of("standardized_documents", *texts), cell, run_id="t")
    kept = [row | {"document_hash": row["content_hash"], "fetched_at": FIRST} for row in rows]
    lake.overwrite("cleaned_shards", rows_of("cleaned_shards", *kept), cell, run_id="t")
    told = materialize(repeated_paragraphs, "yor_Latn", "yor_Latn")["yor_Latn"]
    assert (told["dagster/row_count"], told["most_documents"], told["paragraph_count"]) == (1, 3, 3)
    assert (told["repeated_count"], told["repeated_bytes"]) == (2, 2 * len(NOTICE.encode()))
    assert lake.read("paragraph_repeats").height == 3


def test_source_overlap_counts_mirrors(lake: Lake, rows_of, materialize):
    rows = [
        {"doc_id": bytes([n]) * 16, "cluster_id": bytes([n // 2 * 2]) * 16, "snapshot": "web-1", "byte_count": 1,
         "host": f"{n % 2}.example", "first_seen": FIRST}
        for n in range(10)
    ]  # fmt: skip
    lake.overwrite("dedup_sets", rows_of("dedup_sets", *rows), {"language": "yor_Latn"}, run_id="t")
    told = materialize(source_overlap, "yor_Latn", "yor_Latn")["yor_Latn"]
    assert (told["mirror_count"], told["repeated_documents"]) == (1, 5)


def test_language_overlap_is_made_again_for_what_another_language_gets(lake: Lake, signed, materialize):
    signed("yor_Latn", b"x" * 16)
    signed("yue_Hani", b"y" * 16)
    first = materialize(language_overlap, "yor_Latn", "yue_Hani")
    assert {told["dagster/row_count"] for told in first.values()} == {0}
    assert all(told["unchanged"] for told in materialize(language_overlap, "yor_Latn", "yue_Hani").values())
    signed("yue_Hani", b"x" * 16, snapshot="web-2")
    again = materialize(language_overlap, "yor_Latn", "yue_Hani")
    assert {code: told["dagster/row_count"] for code, told in again.items() if told["dagster/row_count"]} == {
        "yor_Latn": 1,
        "yue_Hani": 1,
    }
    assert lake.read("language_overlap")["kind"].to_list() == ["same_text", "same_text"]
