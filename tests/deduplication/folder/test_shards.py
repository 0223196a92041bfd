"""A folder of shards: what is read from it, in which pieces, and what is said of a folder or shard that makes no sense."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lugha.deduplication.folder.shards import (
    FIELDS,
    BrokenShard,
    MissingColumn,
    MixedShards,
    NoShards,
    batches,
    find_shards,
)
from lugha.sample.articles import articles_of

LANGUAGES = ("yor_Latn", "amh_Ethi", "urd_Arab", "mya_Mymr", "tha_Thai", "tur_Latn")
TEXTS = ["\n".join(article.paragraphs) for language in LANGUAGES for article in articles_of(language)[:3]]
ROWS = pl.DataFrame({"id": [f"d{n}" for n in range(len(TEXTS))], "text": TEXTS})


def write(rows: pl.DataFrame, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        rows.write_parquet(path, row_group_size=5)
        return
    lines = rows.write_ndjson().encode()
    packed = {".gz": gzip.compress, ".zst": lambda raw: pa.compress(raw, "zstd", asbytes=True)}
    path.write_bytes(packed.get(path.suffix, bytes)(lines))


def read(path: Path, most_bytes: int = 1_000_000) -> tuple[pl.DataFrame, list[int]]:
    """Fields and text of the only shard of a folder, and how many documents each batch had."""
    (shard,) = find_shards(path.parent, path.parent / "out")
    found = list(batches(shard, most_bytes))
    if found:
        assert found[-1].read_share == 1.0
    frames = [batch.fields.with_columns(text=pl.Series(batch.texts, dtype=pl.String)) for batch in found]
    return pl.concat([pl.DataFrame(schema={**FIELDS, "text": pl.String()}), *frames]), [f.height for f in frames]


@pytest.mark.parametrize("name", ["a.parquet", "a.jsonl", "a.jsonl.gz", "a.jsonl.zst"])
def test_text_of_every_script_comes_as_it_was_written(tmp_path: Path, name: str):
    write(ROWS, tmp_path / name)
    rows, _ = read(tmp_path / name)
    assert rows.select("id", "text").equals(ROWS)


@pytest.mark.parametrize("name", ["a.parquet", "a.jsonl", "a.jsonl.gz", "a.jsonl.zst"])
def test_small_batches_hold_the_same_documents(tmp_path: Path, name: str):
    write(ROWS, tmp_path / name)
    rows, sizes = read(tmp_path / name, most_bytes=3_000)
    assert rows.select("id", "text").equals(ROWS)
    assert len(sizes) > 3


@pytest.mark.parametrize("name", ["a.parquet", "a.jsonl"])
def test_what_a_shard_tells_is_read_in_the_types_it_has_to_have(tmp_path: Path, name: str):
    """Numbers as ids, times as text, whole numbers as quality; what is not told is null."""
    write(
        pl.DataFrame({"id": [7], "text": ["ọ̀rọ̀"], "first_seen": ["2026-11-20T07:00:00"], "quality": [3], "x": [1]}),
        tmp_path / name,
    )
    rows, _ = read(tmp_path / name)
    assert rows.row(0, named=True) == {
        "id": "7",
        "url": None,
        "first_seen": datetime(2026, 11, 20, 7, tzinfo=UTC),
        "quality": 3.0,
        "lang": None,
        "text": "ọ̀rọ̀",
    }


def test_a_time_without_a_zone_is_utc_and_one_with_a_zone_keeps_its_instant(tmp_path: Path):
    noon = pl.Series("first_seen", [datetime(2026, 11, 20, 12)], dtype=pl.Datetime("ns"))
    for zoned, hour in ((noon, 12), (noon.dt.replace_time_zone("Africa/Lagos"), 11)):
        write(pl.DataFrame({"id": ["a"], "text": ["x"]}).with_columns(zoned), tmp_path / "a.parquet")
        assert read(tmp_path / "a.parquet")[0]["first_seen"].item() == datetime(2026, 11, 20, hour, tzinfo=UTC)


@pytest.mark.parametrize("dtype", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())])
def test_text_in_any_arrow_form_is_read(tmp_path: Path, dtype: pa.DataType):
    column = pa.array(["ትምህርት", None, "အချစ်"], pa.string()).cast(dtype)
    pq.write_table(pa.table({"id": ["a", "b", "c"], "text": column}), tmp_path / "a.parquet")
    assert read(tmp_path / "a.parquet")[0]["text"].to_list() == ["ትምህርት", None, "အချစ်"]


@pytest.mark.parametrize("name", ["a.parquet", "a.jsonl", "a.jsonl.gz"])
def test_a_shard_without_a_byte_or_without_a_row_has_no_documents(tmp_path: Path, name: str):
    (tmp_path / name).write_bytes(b"")
    assert read(tmp_path / name)[0].is_empty()
    write(ROWS.clear(), tmp_path / name)
    assert read(tmp_path / name)[0].is_empty()


def test_the_last_line_need_not_end_and_empty_lines_do_not_count(tmp_path: Path):
    (tmp_path / "a.jsonl").write_text('\n{"id": "a", "text": "bir"}\n\n\n{"id": "b", "text": "iki"}')
    assert read(tmp_path / "a.jsonl", most_bytes=8)[0]["text"].to_list() == ["bir", "iki"]


def test_shards_are_found_at_any_depth_but_not_what_is_hidden_or_written_here(tmp_path: Path):
    for name in ("b/2.parquet", "1.parquet", ".cache/3.parquet", "out/state/signatures/1.parquet.parquet"):
        write(ROWS, tmp_path / name)
    (tmp_path / "README.md").write_text("")
    assert [shard.name for shard in find_shards(tmp_path, tmp_path / "out")] == ["1.parquet", "b/2.parquet"]


def test_a_digest_tells_another_text_of_the_same_length_and_time(tmp_path: Path):
    import os

    digests = []
    for text in ("göl", "gül"):
        (tmp_path / "a.jsonl").write_text(json.dumps({"id": "a", "text": text}))
        os.utime(tmp_path / "a.jsonl", ns=(5, 5))
        digests += [shard.digest for shard in find_shards(tmp_path, tmp_path / "out")]
    assert digests[0] != digests[1]


def test_a_folder_without_shards_says_what_it_has(tmp_path: Path):
    with pytest.raises(NoShards, match="no file at all"):
        find_shards(tmp_path, tmp_path / "out")
    (tmp_path / "notes.csv").write_text("")
    with pytest.raises(NoShards, match=r"notes\.csv.*\.parquet, \.jsonl"):
        find_shards(tmp_path, tmp_path / "out")


def test_results_do_not_go_among_the_shards(tmp_path: Path):
    write(ROWS, tmp_path / "a.parquet")
    with pytest.raises(NoShards, match="another output folder"):
        find_shards(tmp_path, tmp_path)


def test_parquet_beside_json_lines_is_refused(tmp_path: Path):
    for name in ("a.parquet", "a.jsonl"):
        write(ROWS, tmp_path / name)
    with pytest.raises(MixedShards, match=r"a\.parquet.*a\.jsonl"):
        find_shards(tmp_path, tmp_path / "out")


@pytest.mark.parametrize("name", ["a.parquet", "a.jsonl"])
@pytest.mark.parametrize(("column", "typed"), [("id", "idd"), ("text", "texts")])
def test_a_missing_column_has_a_nearest_one(tmp_path: Path, name: str, column: str, typed: str):
    write(ROWS.rename({column: typed}), tmp_path / name)
    with pytest.raises(MissingColumn, match=f'no column "{column}".*Nearest: "{typed}"'):
        read(tmp_path / name)


@pytest.mark.parametrize("name", ["a.parquet", "a.jsonl", "a.jsonl.gz", "a.jsonl.zst"])
def test_a_shard_that_cannot_be_read_is_named(tmp_path: Path, name: str):
    (tmp_path / name).write_bytes(b"This is no shard.")
    with pytest.raises(BrokenShard, match=name):
        read(tmp_path / name)


@pytest.mark.parametrize("name", ["a.parquet", "a.jsonl.gz", "a.jsonl.zst"])
def test_a_shard_that_ends_too_early_is_named(tmp_path: Path, name: str):
    write(ROWS, tmp_path / name)
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:-100])
    with pytest.raises(BrokenShard, match=name):
        read(tmp_path / name)


@pytest.mark.parametrize("name", ["a.parquet", "a.jsonl"])
def test_a_document_without_an_id_is_refused(tmp_path: Path, name: str):
    write(pl.DataFrame({"id": ["a", None], "text": ["bir", "iki"]}), tmp_path / name)
    with pytest.raises(BrokenShard, match="no id"):
        read(tmp_path / name)


def test_times_of_several_spellings_are_one_instant(tmp_path: Path):
    times = ["2026-11-20", "2026-11-20T00:00:00Z", "2026-11-20 01:00:00+01:00", None]
    write(pl.DataFrame({"id": list("abcd"), "text": ["x"] * 4, "first_seen": times}), tmp_path / "a.jsonl")
    assert read(tmp_path / "a.jsonl")[0]["first_seen"].to_list() == [datetime(2026, 11, 20, tzinfo=UTC)] * 3 + [None]


def test_a_time_that_is_none_is_refused(tmp_path: Path):
    write(pl.DataFrame({"id": ["a"], "text": ["bir"], "first_seen": ["last week"]}), tmp_path / "a.jsonl")
    with pytest.raises(BrokenShard, match="last week"):
        read(tmp_path / "a.jsonl")
