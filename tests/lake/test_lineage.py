"""What a partition is made from, and which partitions are missing or stale: those, and nothing else."""

import pytest

from lugha.lake import TABLES
from lugha.lake.build import Made, build
from lugha.lake.lineage import UPSTREAM, input_digests, stale_partitions

CODE = "1"


@pytest.fixture
def write(lake, rows_of):
    """Overwrite a partition of a table by rows with these ids, outside any build."""

    def write(table: str, keys: dict[str, str], *ids: int) -> str:
        rows = rows_of(table, *({identity(table): value(table, n)} for n in ids))
        return lake.overwrite(table, rows, keys, run_id="run-1").digest

    return write


def identity(table: str) -> str:
    return next(iter(TABLES[table].columns))


def value(table: str, n: int) -> object:
    if identity(table) == "doc_a":
        return n
    return f"{n}" if identity(table) in ("signal", "benchmark", "checkpoint_id") else bytes([n]) * 16


@pytest.fixture
def rebuild(lake, rows_of):
    """Build partitions of a table, each with one row."""

    def rebuild(
        table: str, *partitions: dict[str, str], code_version: str = CODE, row: int = 1
    ) -> list[dict[str, str]]:
        made = Made(rows_of(table, {identity(table): value(table, row)}))
        built = build(
            lake,
            table,
            partitions,
            code_version=code_version,
            settings=lambda keys: None,
            inputs=input_digests(lake, table),
            make=lambda _: made,
            run_id="run-1",
        )
        return [dict(b.keys) for b in built if not b.is_unchanged]

    return rebuild


def cell(snapshot: str, language: str) -> dict[str, str]:
    return {"snapshot": snapshot, "language": language}


YOR, AMH, YOR2 = cell("web-1", "yor_Latn"), cell("web-1", "amh_Ethi"), cell("web-2", "yor_Latn")


def test_every_upstream_table_exists_and_the_chain_has_no_circle():
    done = {"crawl_index", "raw_crawls"}
    for table, upstream in UPSTREAM.items():
        assert {table, *upstream} <= set(TABLES)
        assert set(upstream) <= done, f"{table} is declared before what it is made from"
        done.add(table)


def test_a_cell_is_made_from_the_same_cell(lake, write):
    digest = write("raw_crawls", YOR, 1)
    write("raw_crawls", AMH, 2)
    write("raw_crawls", YOR2, 3)
    assert input_digests(lake, "parsed_documents")(YOR) == {"raw_crawls web-1|yor_Latn": digest}


def test_what_was_never_written_is_absent(lake, write):
    """So its arrival changes what the partition is made from."""
    look_up = input_digests(lake, "cleaned_shards")
    assert look_up(YOR) == {
        "standardized_documents web-1|yor_Latn": "absent",
        "labelled_documents web-1|yor_Latn": "absent",
        "language_profiles web-1|yor_Latn": "absent",
    }
    assert "absent" not in str(
        input_digests(lake, "parsed_documents")(YOR) | {"raw_crawls web-1|yor_Latn": write("raw_crawls", YOR)}
    )


def test_a_language_is_made_from_all_of_its_snapshots(lake, write):
    one, two = write("signatures", YOR, 1), write("signatures", YOR2, 2)
    write("signatures", AMH, 3)
    edges = write("duplicate_edges", {"key_range": "01-of-01", "language": "yor_Latn"}, 4)
    assert input_digests(lake, "dedup_sets")({"language": "yor_Latn"}) == {
        "signatures web-1|yor_Latn": one,
        "signatures web-2|yor_Latn": two,
        "duplicate_edges yor_Latn|01-of-01": edges,
    }


def test_a_profile_leans_on_every_language_of_its_script(lake, write):
    for keys in (YOR, AMH, YOR2, cell("web-1", "tur_Latn")):
        write("labelled_documents", keys, 1)
    assert set(input_digests(lake, "language_profiles")({"language": "yor_Latn"})) == {
        "labelled_documents web-1|tur_Latn",
        "labelled_documents web-1|yor_Latn",
        "labelled_documents web-2|yor_Latn",
    }
    assert set(input_digests(lake, "language_profiles")({"language": "amh_Ethi"})) == {
        "labelled_documents web-1|amh_Ethi"
    }


def test_a_mixture_is_made_from_every_language_and_a_score_from_every_checkpoint(lake, write):
    for code in ("yor_Latn", "amh_Ethi"):
        write("dedup_sets", {"language": code}, 1)
        write("eval_sets", {"language": code}, 1)
        write("contaminated_documents", {"language": code}, 1)
    for mixture in ("base", "round-1"):
        write("checkpoints", {"mixture": mixture}, 1)
    assert set(input_digests(lake, "training_mixtures")({"mixture": "base"})) == {
        f"{table} {code}"
        for table in ("dedup_sets", "eval_sets", "contaminated_documents")
        for code in ("yor_Latn", "amh_Ethi")
    }
    assert set(input_digests(lake, "eval_scores")({"language": "yor_Latn"})) == {
        "eval_sets yor_Latn",
        "checkpoints base",
        "checkpoints round-1",
    }


def test_nothing_upstream_is_nothing_stale(lake):
    for table in UPSTREAM:
        assert stale_partitions(lake, table, CODE) == []


def test_a_partition_with_rows_upstream_that_is_missing_is_stale(lake, write, rebuild):
    write("raw_crawls", YOR, 1)
    write("raw_crawls", AMH, 2)
    assert stale_partitions(lake, "parsed_documents", CODE) == [AMH, YOR]
    rebuild("parsed_documents", YOR)
    assert stale_partitions(lake, "parsed_documents", CODE) == [AMH]


def test_an_upstream_partition_without_rows_asks_for_nothing(lake, write):
    write("raw_crawls", YOR)
    assert stale_partitions(lake, "parsed_documents", CODE) == []


def test_a_partition_whose_input_changed_is_stale_until_it_is_built(lake, write, rebuild):
    write("raw_crawls", YOR, 1)
    write("raw_crawls", AMH, 2)
    rebuild("parsed_documents", YOR, AMH)
    assert stale_partitions(lake, "parsed_documents", CODE) == []
    write("raw_crawls", AMH, 2, 3)
    assert stale_partitions(lake, "parsed_documents", CODE) == [AMH]
    assert rebuild("parsed_documents", YOR, AMH) == [AMH]
    assert stale_partitions(lake, "parsed_documents", CODE) == []


def test_an_input_that_was_written_again_with_the_same_rows_makes_nothing_stale(lake, write, rebuild):
    write("raw_crawls", YOR, 1, 2)
    rebuild("parsed_documents", YOR)
    write("raw_crawls", YOR, 2, 1)
    assert stale_partitions(lake, "parsed_documents", CODE) == []


def test_an_input_that_lost_all_rows_makes_what_was_made_from_it_stale(lake, write, rebuild):
    write("raw_crawls", YOR, 1)
    rebuild("parsed_documents", YOR)
    write("raw_crawls", YOR)
    assert stale_partitions(lake, "parsed_documents", CODE) == [YOR]


def test_a_partition_that_other_code_made_is_stale(lake, write, rebuild):
    write("raw_crawls", YOR, 1)
    write("raw_crawls", AMH, 1)
    rebuild("parsed_documents", YOR, AMH)
    rebuild("parsed_documents", YOR, code_version="2")
    assert stale_partitions(lake, "parsed_documents", "2") == [AMH]
    assert stale_partitions(lake, "parsed_documents", CODE) == [YOR]


def test_a_partition_that_was_overwritten_by_hand_is_stale(lake, write, rebuild):
    write("raw_crawls", YOR, 1)
    rebuild("parsed_documents", YOR)
    write("parsed_documents", YOR, 9)
    assert stale_partitions(lake, "parsed_documents", CODE) == [YOR]


def test_a_change_travels_stage_by_stage_and_stops_where_it_makes_no_difference(lake, write, rebuild):
    write("raw_crawls", YOR, 1)
    rebuild("parsed_documents", YOR)
    rebuild("standardized_documents", YOR)
    write("raw_crawls", YOR, 1, 2)
    assert stale_partitions(lake, "standardized_documents", CODE) == []
    rebuild("parsed_documents", YOR)
    assert stale_partitions(lake, "standardized_documents", CODE) == [], "the same rows came out"
    rebuild("parsed_documents", YOR, code_version="2", row=7)
    assert stale_partitions(lake, "standardized_documents", CODE) == [YOR]


def test_a_new_snapshot_makes_its_language_stale_and_no_other(lake, write, rebuild):
    write("signatures", YOR, 1)
    write("signatures", AMH, 2)
    rebuild("dedup_sets", {"language": "yor_Latn"}, {"language": "amh_Ethi"})
    assert stale_partitions(lake, "dedup_sets", CODE) == []
    write("signatures", YOR2, 3)
    assert stale_partitions(lake, "dedup_sets", CODE) == [{"language": "yor_Latn"}]


def test_the_overlap_of_a_language_is_made_from_every_language(lake, write):
    write("signatures", YOR, 1)
    write("signatures", AMH, 2)
    assert set(input_digests(lake, "language_overlap")({"language": "yor_Latn"})) == {
        "signatures web-1|yor_Latn",
        "signatures web-1|amh_Ethi",
    }


def test_every_key_range_of_a_language_with_signatures_is_wanted(lake, write, rebuild):
    beside = {"key_range": ["01-of-02", "02-of-02"]}
    write("signatures", YOR, 1)
    wanted = [{"language": "yor_Latn", "key_range": name} for name in beside["key_range"]]
    assert stale_partitions(lake, "duplicate_edges", CODE, beside) == wanted
    rebuild("duplicate_edges", wanted[0])
    assert stale_partitions(lake, "duplicate_edges", CODE, beside) == wanted[1:]


def test_a_bound_that_changed_makes_the_cells_of_its_language_stale(lake, write, rebuild):
    for keys in (YOR, YOR2, AMH):
        write("standardized_documents", keys, 1)
        write("labelled_documents", keys, 1)
    for code in ("yor_Latn", "amh_Ethi"):
        write("language_profiles", {"language": code}, 1)
    rebuild("cleaned_shards", YOR, YOR2, AMH)
    assert stale_partitions(lake, "cleaned_shards", CODE) == []
    write("language_profiles", {"language": "yor_Latn"}, 2)
    assert stale_partitions(lake, "cleaned_shards", CODE) == [YOR, YOR2]
