"""Writers that are killed, and writers that meet: the table stays readable and nothing that was committed is lost.

Run as a program, this file is the writer: `test_kill.py build LAKE CALLS`, `test_kill.py write LAKE NAME LANGUAGE...`.
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

from lugha.lake import TABLES, Lake
from lugha.lake import build as build_module
from lugha.lake.build import Built, Made, build
from lugha.lake.lake import Keys

ROOT = Path(__file__).parents[2]
PARTITIONS = [{"snapshot": f"web-{s}", "language": f"{x}{y}o_Latn"} for s in (1, 2) for x in "kst" for y in "ao"]
ROWS = 5


def rows(table: str, text: str) -> pl.DataFrame:
    spec = TABLES[table]
    given = {"doc_id": pl.Series([bytes([n]) * 16 for n in range(ROWS)])} | (
        {"text": pl.lit(text)} if "text" in spec.columns else {}
    )
    return pl.DataFrame({"row": range(ROWS)}).select(
        *(
            given.get(c, pl.lit(None)).cast(t).alias(c) if c != "doc_id" else given[c].alias(c)
            for c, t in spec.schema.items()
            if c in spec.columns
        )
    )


def build_all(root: str, calls: Path) -> list[Built]:
    """Build PARTITIONS, committing all the time; every call of `make` leaves a line in `calls`."""
    build_module.FLUSH_SECONDS = 0.02

    def make(keys: Keys) -> Made:
        with calls.open("a") as file:
            file.write("|".join(keys.values()) + "\n")
        text = f"{keys['snapshot']} {keys['language']}"
        return Made(rows("standardized_documents", text), {"decisions": rows("decisions", text)})

    return build(
        Lake(root),
        "standardized_documents",
        PARTITIONS,
        code_version="1",
        settings=lambda keys: None,
        inputs=lambda _: {},
        make=make,
        run_id="run-1",
    )


def overwrite_all(root: str, name: str, languages: Sequence[str]) -> None:
    """Overwrite partitions one by one, each in its own commit, each time with rows that carry this writer's name."""
    lake = Lake(root)
    for language in languages:
        lake.overwrite(
            "standardized_documents",
            rows("standardized_documents", name),
            {"snapshot": "web-1", "language": language},
            run_id=name,
        )


def start(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, __file__, *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "POLARS_MAX_THREADS": "2"},
    )


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def kill_after(process: subprocess.Popen[bytes], calls: Path, count: int, moment: float) -> None:
    """kill -9 once `make` was called so often, and a moment (seconds) later."""
    while len(lines(calls)) < count and process.poll() is None:
        time.sleep(0.002)
    time.sleep(moment)
    process.kill()
    process.wait()


def whole_partitions(lake: Lake, table: str) -> set[str]:
    """Partitions of the table by name; each must have all of its rows, and in a table with text its own text."""
    found = set()
    for keys, part in lake.read(table).group_by("snapshot", "language"):
        assert part.height == ROWS
        if "text" in part.columns:
            assert part["text"].unique().to_list() == [" ".join(str(k) for k in keys)]
        found.add("|".join(str(k) for k in keys))
    assert found == {"|".join(key) for key in lake.states(table)}
    return found


def killed_build(folder: Path, count: int, moment: float) -> int:
    """Kill a build, look at what it left, run it again; how many partitions the killed build had committed."""
    folder.mkdir()
    calls, again, lake = folder / "calls", folder / "again", Lake(str(folder / "lake"))
    kill_after(start("build", lake.root, str(calls)), calls, count, moment)
    committed = whole_partitions(lake, "standardized_documents")
    assert committed <= whole_partitions(lake, "decisions"), "a main partition is there without its side"
    assert committed <= set(lines(calls))

    built = build_all(lake.root, again)
    every = {"|".join(keys.values()) for keys in PARTITIONS}
    assert sorted(lines(again)) == sorted(every - committed), (
        "what was committed is not made again, what was not is made once"
    )
    assert {"|".join(b.keys.values()) for b in built if b.is_unchanged} == committed
    assert whole_partitions(lake, "standardized_documents") == whole_partitions(lake, "decisions") == every
    leftovers_go(lake)
    return len(committed)


def leftovers_go(lake: Lake) -> None:
    """After a sweep a table has no more files than its log mentions, and the same rows as before."""
    folder = Path(lake.uri("standardized_documents"))
    for path in folder.rglob("*.parquet"):
        os.utime(path, (time.time() - 3 * 86_400,) * 2)
    lake.sweep()
    assert (
        len(list(folder.rglob("*.parquet"))) == len(PARTITIONS) == len(whole_partitions(lake, "standardized_documents"))
    )


def test_a_build_that_is_killed_is_finished_by_the_next_without_doing_anything_twice(tmp_path):
    chance = random.Random(7)
    committed = [killed_build(tmp_path / f"{count}", count, chance.random() * 0.03) for count in (4, 8)]
    assert any(0 < n < len(PARTITIONS) for n in committed), "no kill hit a build in the middle"


@pytest.mark.slow
def test_thirty_builds_killed_at_random_moments_are_all_finished_by_the_next(tmp_path):
    chance = random.Random(11)
    committed = [killed_build(tmp_path / f"{n}", chance.randrange(1, 12), chance.random() * 0.05) for n in range(30)]
    assert len(set(committed)) > 3


def test_two_processes_that_write_one_table_at_once_lose_nothing(tmp_path):
    """Each writes partitions of its own, and both write one: there the last stands whole, and never both."""
    lake = Lake(str(tmp_path / "lake"))
    lake.create_tables()
    mine = {name: [f"{x}{y}{name}_Latn" for x in "kst" for y in "ao"] for name in ("a", "b")}
    before = lake.version("standardized_documents")
    writers = [start("write", lake.root, name, *languages, "yor_Latn") for name, languages in mine.items()]
    assert [w.wait(timeout=120) for w in writers] == [0, 0]
    owner = dict(
        lake.read("standardized_documents").group_by("language").agg(pl.col("text").unique().sort()).iter_rows()
    )
    assert {language: texts for language, texts in owner.items() if language != "yor_Latn"} == {
        language: [name] for name, languages in mine.items() for language in languages
    }
    assert owner["yor_Latn"] in (["a"], ["b"])
    assert set(lake.read("standardized_documents").group_by("language").len()["len"]) == {ROWS}
    assert lake.version("standardized_documents") == before + 14, "every overwrite is one commit"


if __name__ == "__main__":
    if sys.argv[1] == "build":
        build_all(sys.argv[2], Path(sys.argv[3]))
    else:
        overwrite_all(sys.argv[2], sys.argv[3], sys.argv[4:])
