"""The asset that lists documents with evaluation items, and the checks that no mixture has one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
import pytest

from assets.contamination import contaminated_documents, trained_on, uncompared
from lugha.deduplication.trainable import trainable
from lugha.lake import Lake
from lugha.sample.articles import articles_of
from resources import LakeResource

LANGUAGE = {"language": "tha_Thai"}
TEXTS = ["\n".join(article.paragraphs) for article in articles_of("tha_Thai")][:5]
OWN, EXTERNAL = TEXTS[0][:150], TEXTS[1][200:350]
IDS = [bytes([n]) * 16 for n in range(5)]


@pytest.fixture
def filled(lake: Lake, rows_of: Callable[..., pl.DataFrame]) -> Lake:
    """Five documents: 0 is held out and gave an item, 1 holds an item of an external set, 2 the held-out item, 3 is
    clean, 4 is a copy that is not kept and holds the held-out item.
    """
    texts = [TEXTS[0], TEXTS[1], f"{TEXTS[2]}\n{OWN}", TEXTS[3], f"{TEXTS[4]}\n{OWN}"]
    cell = {"snapshot": "web-1", **LANGUAGE}
    rows = [{"doc_id": i, "content_hash": i, "host": "a.example"} for i in IDS]
    texted = [row | {"text": text} for row, text in zip(rows, texts, strict=True)]
    lake.overwrite("standardized_documents", rows_of("standardized_documents", *texted), cell, run_id="t")
    kept = [row | {"document_hash": row["content_hash"]} for row in rows]
    lake.overwrite("cleaned_shards", rows_of("cleaned_shards", *kept), cell, run_id="t")
    decided = [
        row | {"snapshot": "web-1", "is_kept": n != 4, "is_held_out": n == 0, "byte_count": 1}
        for n, row in enumerate(rows)
    ]
    lake.overwrite("dedup_sets", rows_of("dedup_sets", *decided), LANGUAGE, run_id="t")
    item = {"benchmark": "held_out_text", "item_id": b"i" * 16, "doc_id": IDS[0], "text": OWN}
    lake.overwrite("eval_sets", rows_of("eval_sets", item), LANGUAGE, run_id="t")
    return lake


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "sets" / "quiz" / "tha_Thai"
    place.mkdir(parents=True)
    (place / "test.tsv").write_text(f"{EXTERNAL.replace(chr(10), ' ')}\t1\n", encoding="utf-8")
    monkeypatch.setenv("LUGHA_TEST_SETS", str(tmp_path / "sets"))
    return place


def materialize(lake: Lake) -> dict[str, Any]:
    result = dg.materialize(
        [contaminated_documents], resources={"lake": LakeResource(uri=lake.root)}, partition_key="tha_Thai"
    )
    [event] = result.asset_materializations_for_node("contaminated_documents")
    return {name: value.value for name, value in event.metadata.items()}


@pytest.mark.usefixtures("outside")
def test_documents_that_hold_items_are_listed_and_their_source_is_not(filled: Lake):
    told = materialize(filled)
    rows = filled.read("contaminated_documents").sort("doc_id")
    assert rows.select("doc_id", "benchmark", "kind").rows() == [
        (IDS[1], "quiz", "exact"),
        (IDS[2], "held_out_text", "exact"),
    ]
    assert (told["document_count"], told["exact_count"], told["most_of_one_item"]) == (2, 2, 1)


@pytest.mark.usefixtures("outside")
def test_what_may_be_trained_on_is_kept_not_held_out_and_not_listed(filled: Lake):
    materialize(filled)
    assert trainable(filled).collect()["doc_id"].to_list() == [IDS[3]]
    assert trainable(filled, language="tha_Thai").collect().height == 1
    assert trainable(filled, language="amh_Ethi").collect().is_empty()


def test_a_list_is_made_again_when_a_test_set_changes(filled: Lake, outside: Path):
    materialize(filled)
    assert materialize(filled)["unchanged"]
    (outside / "test.tsv").write_text(f"{TEXTS[3][100:220]}\n".replace("\n", " "), encoding="utf-8")
    assert not materialize(filled)["unchanged"]
    assert filled.read("contaminated_documents")["doc_id"].to_list() == [IDS[2], IDS[3]]


def mix(lake: Lake, rows_of: Callable[..., pl.DataFrame], *rows: tuple[bytes, bytes]) -> None:
    frames = [{"doc_id": i, "content_hash": h, "language": "tha_Thai"} for i, h in rows]
    lake.overwrite("training_mixtures", rows_of("training_mixtures", *frames), {"mixture": "base"}, run_id="t")


@pytest.mark.usefixtures("outside")
def test_a_listed_document_or_its_text_in_a_mixture_fails(filled: Lake, rows_of):
    materialize(filled)
    mix(filled, rows_of, (IDS[3], IDS[3]))
    assert list(trained_on(filled)) == []
    mix(filled, rows_of, (IDS[3], IDS[3]), (IDS[2], b"another text....."[:16]))
    assert list(trained_on(filled)) == [("base", "1 documents hold items of evaluation sets")]
    mix(filled, rows_of, (IDS[3], IDS[3]), (b"n" * 16, IDS[1]))
    assert [mixture for mixture, _ in trained_on(filled)] == ["base"]


@pytest.mark.usefixtures("outside")
def test_a_mixture_of_documents_that_nobody_compared_fails(filled: Lake, rows_of):
    mix(filled, rows_of, (IDS[3], IDS[3]))
    assert [mixture for mixture, _ in uncompared(filled)] == ["base"]
    materialize(filled)
    assert list(uncompared(filled)) == []
    item = {"benchmark": "held_out_text", "item_id": b"j" * 16, "doc_id": IDS[0], "text": TEXTS[3][:100]}
    filled.overwrite("eval_sets", rows_of("eval_sets", item), LANGUAGE, run_id="t")
    assert [what for _, what in uncompared(filled)] == [
        "contaminated_documents is missing or out of date for tha_Thai: materialize it, then the mixture"
    ]


@pytest.mark.parametrize("find", [trained_on, uncompared])
def test_an_empty_lake_breaks_nothing(lake: Lake, find: Callable[[Lake], Any]):
    assert list(find(lake)) == []
