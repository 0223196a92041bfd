"""Partitions of Delta tables: replaced whole, checked before they are written, and never half there."""

import dataclasses
import os
import re
import time
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable, write_deltalake

from lugha.lake import TABLES, Batch, Lake, UnknownTable, UnsafeKey, WrongColumns

RUN = "run-1"
CELLS = [("web-1", "yor_Latn"), ("web-1", "amh_Ethi"), ("web-2", "yor_Latn"), ("web-2", "amh_Ethi")]
YORUBA = "Omi ẹ̀rọ tuntun dé sí abúlé Òkè-Ìdẹ̀ra"
BURMESE = "ထန်းတောကျွန်းဆိပ်ကမ်းတွင် ဆိုလာမီးများ စတင်ထွန်းညှိ"


@pytest.fixture
def text_rows(rows_of):
    """Rows of `parsed_documents`, one a text."""
    return lambda *texts: rows_of(
        "parsed_documents", *({"doc_id": t.encode()[:16].ljust(16), "text": t} for t in texts)
    )


def cell(snapshot: str, language: str) -> dict[str, str]:
    return {"snapshot": snapshot, "language": language}


def texts(lake: Lake, **keys: str) -> list[str]:
    return sorted(lake.read("parsed_documents", **keys)["text"])


def test_a_table_that_nothing_was_written_to_is_empty(lake):
    for name, table in TABLES.items():
        assert lake.read(name).equals(table.empty())
        assert lake.states(name) == {}


def test_what_is_written_is_read_back_in_the_columns_and_types_of_the_table(lake, text_rows):
    lake.overwrite("parsed_documents", text_rows(YORUBA), cell(*CELLS[0]), run_id=RUN)
    rows = lake.read("parsed_documents", **cell(*CELLS[0]))
    assert dict(rows.schema) == TABLES["parsed_documents"].schema
    assert rows.select("text", "snapshot", "language").rows() == [(YORUBA, "web-1", "yor_Latn")]


def test_overwriting_a_partition_replaces_it_and_no_other(lake, text_rows):
    for key in CELLS:
        lake.overwrite("parsed_documents", text_rows(f"{key} 1", f"{key} 2"), cell(*key), run_id=RUN)
    lake.overwrite("parsed_documents", text_rows(BURMESE), cell(*CELLS[1]), run_id=RUN)
    assert texts(lake, **cell(*CELLS[1])) == [BURMESE]
    for key in (CELLS[0], CELLS[2], CELLS[3]):
        assert texts(lake, **cell(*key)) == [f"{key} 1", f"{key} 2"]


def test_overwriting_a_partition_twice_with_the_same_rows_is_the_same_as_once(lake, text_rows):
    first = lake.overwrite("parsed_documents", text_rows(YORUBA, BURMESE), cell(*CELLS[0]), run_id=RUN)
    again = lake.overwrite("parsed_documents", text_rows(BURMESE, YORUBA), cell(*CELLS[0]), run_id=RUN)
    assert (again.digest, again.row_count) == (first.digest, first.row_count)
    assert texts(lake) == sorted([YORUBA, BURMESE])


def test_a_lazy_frame_is_written_like_a_frame(lake, text_rows):
    eager = lake.overwrite("parsed_documents", text_rows(YORUBA), cell(*CELLS[0]), run_id=RUN)
    lazy = lake.overwrite("parsed_documents", text_rows(YORUBA).lazy(), cell(*CELLS[1]), run_id=RUN)
    assert lazy.digest == eager.digest


def test_an_empty_partition_is_a_partition(lake, text_rows):
    """Nothing found is content: it replaces what was there and has a state of its own."""
    lake.overwrite("parsed_documents", text_rows(YORUBA), cell(*CELLS[0]), run_id=RUN)
    lake.overwrite("parsed_documents", text_rows(), cell(*CELLS[0]), run_id=RUN)
    assert texts(lake) == []
    state = lake.state("parsed_documents", **cell(*CELLS[0]))
    assert state is not None
    assert state.row_count == 0
    assert lake.state("parsed_documents", **cell(*CELLS[1])) is None


def test_the_state_of_a_partition_tells_rows_bytes_and_what_went_in(lake, text_rows):
    batch = Batch(lake, "parsed_documents", RUN)
    staged = batch.stage(text_rows(YORUBA, BURMESE), cell(*CELLS[0]), "f" * 16, "a" * 16)
    batch.commit()
    state = lake.state("parsed_documents", **cell(*CELLS[0]))
    assert state == staged
    assert (state.fingerprint, state.inputs, state.row_count) == ("f" * 16, "a" * 16, 2)
    (file,) = Path(lake.root, "parsed_documents", "snapshot=web-1", "language=yor_Latn").iterdir()
    assert state.size_bytes == file.stat().st_size


@pytest.mark.parametrize(
    "keys",
    [
        CELLS[:1],
        CELLS[:2],
        CELLS,  # a product: two snapshots times two languages
        CELLS[:3],  # none
        [CELLS[0], CELLS[3]],
    ],
)
def test_partitions_of_one_batch_replace_exactly_themselves(lake, text_rows, keys):
    for key in CELLS:
        lake.overwrite("parsed_documents", text_rows(f"old {key}"), cell(*key), run_id=RUN)
    batch = Batch(lake, "parsed_documents", RUN)
    for key in keys:
        batch.stage(text_rows(f"new {key}"), cell(*key), "1" * 16, "1" * 16)
    batch.commit()
    assert texts(lake) == sorted(f"new {key}" if key in keys else f"old {key}" for key in CELLS)


def test_partitions_that_are_a_product_of_their_values_become_visible_in_one_commit(lake, text_rows):
    before = lake.version("parsed_documents")
    batch = Batch(lake, "parsed_documents", RUN)
    for key in CELLS:
        batch.stage(text_rows("x"), cell(*key), "1" * 16, "1" * 16)
    assert lake.version("parsed_documents") == before
    batch.commit()
    assert lake.version("parsed_documents") == before + 1
    newest = DeltaTable(lake.uri("parsed_documents")).history(1)[0]
    assert (newest["run_id"], newest["partitions"]) == (RUN, "4")


def test_committing_a_batch_twice_or_an_empty_one_writes_nothing(lake, text_rows):
    batch = Batch(lake, "parsed_documents", RUN)
    batch.stage(text_rows(YORUBA), cell(*CELLS[0]), "1" * 16, "1" * 16)
    batch.commit()
    version = lake.version("parsed_documents")
    batch.commit()
    Batch(lake, "parsed_documents", RUN).commit()
    assert lake.version("parsed_documents") == version


def test_a_partition_staged_twice_in_one_batch_holds_the_later_rows_once(lake, text_rows):
    batch = Batch(lake, "parsed_documents", RUN)
    batch.stage(text_rows(YORUBA), cell(*CELLS[0]), "1" * 16, "1" * 16)
    batch.stage(text_rows(BURMESE), cell(*CELLS[0]), "1" * 16, "1" * 16)
    batch.commit()
    assert texts(lake) == [BURMESE]


def test_a_partition_that_is_unstaged_is_not_committed(lake, text_rows):
    batch = Batch(lake, "parsed_documents", RUN)
    batch.stage(text_rows(YORUBA), cell(*CELLS[0]), "1" * 16, "1" * 16)
    batch.stage(text_rows(BURMESE), cell(*CELLS[1]), "1" * 16, "1" * 16)
    batch.unstage(cell(*CELLS[0]))
    batch.unstage(cell(*CELLS[2]))
    batch.commit()
    assert texts(lake) == [BURMESE]
    assert parquet_files(lake, "parsed_documents") == 1


def parquet_files(lake: Lake, table: str) -> int:
    return len(list(Path(lake.root, table).rglob("*.parquet")))


def refused(lake: Lake, rows: pl.DataFrame, keys: dict[str, str], error: type[Exception], says: str) -> None:
    version = lake.version("parsed_documents")
    with pytest.raises(error, match=says):
        lake.overwrite("parsed_documents", rows, keys, run_id=RUN)
    assert lake.version("parsed_documents") == version
    assert parquet_files(lake, "parsed_documents") == 0, "what is refused must leave no file behind"


def test_a_frame_that_lacks_a_column_is_refused(lake, text_rows):
    refused(lake, text_rows(YORUBA).drop("licence"), cell(*CELLS[0]), WrongColumns, r"lacks \['licence'\]")


def test_a_frame_with_an_unknown_column_is_refused_with_the_nearest_one(lake, text_rows):
    rows = text_rows(YORUBA).with_columns(pl.lit("CC0").alias("license"))
    refused(lake, rows, cell(*CELLS[0]), WrongColumns, r"\['license'\].*Nearest: \"licence\".*lugha/lake/schemas/")


@pytest.mark.parametrize("other", ["amh_Ethi", None])
def test_a_row_of_another_partition_is_refused(lake, text_rows, other):
    """One such slip put a language into the folder of another, and nothing complained."""
    rows = text_rows(YORUBA, BURMESE).with_columns(pl.Series("language", ["yor_Latn", other]))
    refused(lake, rows, cell(*CELLS[0]), WrongColumns, "another language than the partition 'yor_Latn'")


def test_rows_that_name_their_own_partition_are_taken(lake, text_rows):
    rows = text_rows(YORUBA).with_columns(pl.lit("web-1").alias("snapshot"), pl.lit("yor_Latn").alias("language"))
    lake.overwrite("parsed_documents", rows, cell(*CELLS[0]), run_id=RUN)
    assert texts(lake, **cell(*CELLS[0])) == [YORUBA]


def test_a_value_that_does_not_fit_its_column_is_refused(lake, rows_of):
    rows = rows_of("raw_crawls", {"doc_id": b"d" * 16}).with_columns(pl.lit("hepsi iyi").alias("http_status"))
    with pytest.raises(WrongColumns, match=r"does not fit its column.*http_status"):
        lake.overwrite("raw_crawls", rows, cell(*CELLS[0]), run_id=RUN)
    assert parquet_files(lake, "raw_crawls") == 0
    assert lake.read("raw_crawls").is_empty()


@pytest.mark.parametrize(
    "key", ["", ".", "..", "../up", "a/b", "a\\b", "-rf", " yor", "yor_Latn\n", "web 1", "a%2fb", "ọ̀rọ̀", "a=b", "*"]
)
def test_a_value_that_cannot_be_a_folder_name_is_refused(lake, text_rows, key):
    refused(lake, text_rows(YORUBA), cell("web-1", key), UnsafeKey, "cannot be a partition")
    refused(lake, text_rows(YORUBA), cell(key, "yor_Latn"), UnsafeKey, "cannot be a partition")


@pytest.mark.parametrize("keys", [{}, {"language": "yor_Latn"}, {**cell(*CELLS[0]), "mixture": "base"}])
def test_keys_that_are_not_those_of_the_table_are_refused(lake, text_rows, keys):
    refused(lake, text_rows(YORUBA), keys, UnsafeKey, r"partitioned by \['snapshot', 'language'\]")


def test_an_unknown_table_is_an_error_with_the_nearest_one(lake):
    with pytest.raises(UnknownTable, match=r'"parsed_document".*Nearest: "parsed_documents"'):
        lake.read("parsed_document")


def test_no_text_and_no_address_stands_in_the_log(lake, rows_of):
    """Statistics would keep the start of texts and whole addresses there, where erasure misses them."""
    row = {"doc_id": b"d" * 16, "url": "http://abule.example/omi", "host": "abule.example", "text": YORUBA}
    rows = rows_of("parsed_documents", row)
    for _ in range(2):
        lake.overwrite("parsed_documents", rows, cell(*CELLS[0]), run_id=RUN)
    by_hand = rows.with_columns(snapshot=pl.lit("web-1"), language=pl.lit("yor_Latn"))
    write_deltalake(lake.uri("parsed_documents"), by_hand.to_arrow(), mode="append")
    log = b"".join(path.read_bytes() for path in Path(lake.uri("parsed_documents"), "_delta_log").iterdir())
    assert b"numRecords" in log
    for word in (YORUBA, YORUBA[:12], "abule.example"):
        assert word.encode() not in log
        assert ascii(word)[1:-1].encode() not in log


def test_creating_tables_again_changes_nothing(lake):
    lake.create_tables()
    versions = {name: lake.version(name) for name in TABLES}
    lake.create_tables()
    Lake(lake.root + "/").create_tables()
    assert {name: lake.version(name) for name in TABLES} == versions


def test_a_table_that_gains_a_column_is_widened_and_its_old_rows_read_null(tmp_path, rows_of, monkeypatch):
    wide = TABLES["labelled_documents"]
    narrow = dataclasses.replace(wide, columns={k: v for k, v in wide.columns.items() if k != "word_count"})
    rows = rows_of("labelled_documents", {"doc_id": b"d" * 16, "lid_label": "yor_Latn", "word_count": 7.0})
    lake = Lake(str(tmp_path / "lake"))
    with monkeypatch.context() as before:
        before.setitem(TABLES, "labelled_documents", narrow)
        lake.create_tables()
        lake.overwrite("labelled_documents", rows.drop("word_count"), cell(*CELLS[0]), run_id=RUN)
    lake.create_tables()
    assert lake.read("labelled_documents").select("lid_label", "word_count").rows() == [("yor_Latn", None)]
    lake.overwrite("labelled_documents", rows, cell(*CELLS[1]), run_id=RUN)
    assert dict(lake.read("labelled_documents").select("language", "word_count").iter_rows()) == {
        "yor_Latn": None,
        "amh_Ethi": 7.0,
    }


def test_a_partition_that_something_else_wrote_has_no_fingerprint(lake, text_rows):
    """A compaction, or rows added by hand beside ours: the partition counts as changed, whichever file comes first."""
    lake.overwrite("parsed_documents", text_rows(YORUBA), cell(*CELLS[0]), run_id=RUN)
    ours = lake.state("parsed_documents", **cell(*CELLS[0]))
    by_hand = text_rows(BURMESE).with_columns(snapshot=pl.lit("web-1"), language=pl.lit("yor_Latn"))
    write_deltalake(lake.uri("parsed_documents"), by_hand.to_arrow(), mode="append")
    state = lake.state("parsed_documents", **cell(*CELLS[0]))
    assert (state.fingerprint, state.inputs, state.digest, state.row_count) == ("", "", "", 2)
    assert state.size_bytes > ours.size_bytes
    lake.overwrite("parsed_documents", text_rows(YORUBA), cell(*CELLS[0]), run_id=RUN)
    assert lake.state("parsed_documents", **cell(*CELLS[0])).digest == ours.digest


THREE_DAYS = 3 * 86_400


def age(path: Path, seconds: int = THREE_DAYS) -> None:
    os.utime(path, (time.time() - seconds,) * 2)


def leave_behind(lake: Lake, name: str) -> Path:
    path = Path(lake.root, "parsed_documents", "snapshot=web-1", "language=yor_Latn", name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"half a file")
    return path


def test_a_sweep_removes_what_killed_writers_left_and_nothing_else(lake, text_rows):
    lake.overwrite("parsed_documents", text_rows(YORUBA), cell(*CELLS[0]), run_id=RUN)
    (live,) = Path(lake.uri("parsed_documents")).rglob("*.parquet")
    killed = [
        leave_behind(lake, n)
        for n in ("staged-0a1b2c3d.parquet", f"part-{'0' * 16}-{'0' * 16}-{'0' * 16}-0a1b2c3d.parquet")
    ]
    running = leave_behind(lake, "staged-4e5f6a7b.parquet")
    for path in [live, *killed]:
        age(path)
    versions = {name: lake.version(name) for name in TABLES}
    assert lake.sweep() == 2
    assert [path.exists() for path in (live, running, *killed)] == [True, True, False, False]
    assert {name: lake.version(name) for name in TABLES} == versions
    assert texts(lake) == [YORUBA]
    assert lake.sweep() == 0


def test_a_sweep_leaves_what_an_earlier_version_holds(lake, text_rows):
    lake.overwrite("parsed_documents", text_rows(YORUBA), cell(*CELLS[0]), run_id=RUN)
    version = lake.version("parsed_documents")
    lake.overwrite("parsed_documents", text_rows(BURMESE), cell(*CELLS[0]), run_id=RUN)
    replaced_long_ago(lake, "parsed_documents")
    assert lake.sweep() == 0
    assert pl.scan_delta(lake.uri("parsed_documents"), version=version).collect()["text"].to_list() == [YORUBA]


def replaced_long_ago(lake: Lake, table: str) -> None:
    """Three days pass since the newest commit."""
    folder = Path(lake.uri(table))
    for path in folder.rglob("*.parquet"):
        age(path)
    newest = max((folder / "_delta_log").glob("*.json"))
    entry, count = re.subn(
        r'"deletionTimestamp":(\d+)',
        lambda m: f'"deletionTimestamp":{int(m[1]) - THREE_DAYS * 1000}',
        newest.read_text(),
    )
    assert count == 1
    newest.write_text(entry)
