"""`deduplicate` on small folders: what is found, what stays as it was, what a kill and bad input leave behind."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from lugha.deduplication.folder import Report, TooLittleMemory, adding, deduplicate
from lugha.deduplication.folder.comparing import SameIdTwice
from lugha.deduplication.folder.files import AlreadyRunning, only_process
from lugha.deduplication.folder.shards import BrokenShard
from lugha.deduplication.folder.threads import Progress
from lugha.sample.articles import articles_of

LANGUAGES = ("yor_Latn", "amh_Ethi", "urd_Arab", "mya_Mymr", "tha_Thai", "tur_Latn")
TEXTS = {language: ["\n".join(article.paragraphs) for article in articles_of(language)] for language in LANGUAGES}


def write(folder: Path, name: str, texts: dict[str, str | None], **fields: list[object]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    pl.DataFrame({"id": list(texts), "text": list(texts.values()), **fields}).write_parquet(folder / name)
    return folder


def without_a_word(text: str) -> str:
    """A near copy: its first line is shorter by a word, or in scripts without spaces by some letters."""
    return text.split(" ", 1)[-1] if " " in text[:60] else text[8:]


def decided(out: Path) -> pl.DataFrame:
    return pl.read_parquet(out / "clusters.parquet").sort("id")


def partition(out: Path) -> set[frozenset[str]]:
    """Which documents are together, whatever their cluster is called."""
    return set(map(frozenset, decided(out).group_by("cluster_id").agg("id")["id"].to_list()))


def kept(out: Path) -> set[str]:
    return set(decided(out).filter("is_kept")["id"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_equal_texts_and_near_copies_go_and_the_rest_stays(tmp_path: Path, language: str):
    a, b, c = TEXTS[language][:3]
    texts = {"a": a, "a again": a, "b": b, "b near": without_a_word(b), "c": c}
    report = deduplicate(write(tmp_path / "in", "0.parquet", texts), tmp_path / "out")
    assert partition(tmp_path / "out") == {frozenset({"a", "a again"}), frozenset({"b", "b near"}), frozenset({"c"})}
    assert (report.document_count, report.kept_count, report.cluster_count, report.largest_cluster) == (5, 3, 3, 2)
    assert report.removed_counts == {"near": 1, "same_text": 1}
    assert report.text_bytes == sum(len(text.encode()) for text in texts.values())


def test_the_best_stands_for_the_others_and_equal_addresses_are_one_document(tmp_path: Path):
    """The same page twice with another text, under two spellings of its address."""
    a, b, c = TEXTS["yor_Latn"][:3]
    folder = write(
        tmp_path / "in",
        "0.parquet",
        {"poor": a, "good": a, "page": b, "page later": c},
        quality=[0.1, 0.9, 0.5, 0.4],
        url=[None, None, "https://farm.example/oja", "HTTPS://FARM.example:443/oja#top"],
    )
    deduplicate(folder, tmp_path / "out")
    rows = {row["id"]: row for row in decided(tmp_path / "out").iter_rows(named=True)}
    assert kept(tmp_path / "out") == {"good", "page"}
    assert rows["poor"]["representative_id"] == rows["good"]["doc_id"]
    assert rows["page later"]["method"] == "same_url"
    assert (tmp_path / "out" / "removed_ids.txt").read_text().split("\n") == [
        *sorted(["poor", "page later"], key=rows_order(tmp_path / "out")),
        "",
    ]


def rows_order(out: Path):
    order = pl.read_parquet(out / "clusters.parquet")["id"].to_list()
    return order.index


def test_documents_without_a_token_are_like_nothing(tmp_path: Path):
    deduplicate(write(tmp_path / "in", "0.parquet", {"a": "...", "b": "!!!", "c": None, "d": "— —"}), tmp_path / "out")
    assert len(kept(tmp_path / "out")) == 4


def test_one_shard_may_be_empty_and_all_of_them_too(tmp_path: Path):
    write(tmp_path / "in", "0.parquet", {})
    assert deduplicate(tmp_path / "in", tmp_path / "out").document_count == 0
    write(tmp_path / "in", "1.parquet", {"a": "bir", "b": "bir"})
    assert deduplicate(tmp_path / "in", tmp_path / "out").kept_count == 1


def test_documents_that_are_equal_by_the_ten_thousand_are_cheap(tmp_path: Path):
    text = TEXTS["tur_Latn"][0]
    near = without_a_word(text)
    texts = {f"d{n}": near if n % 2 else text for n in range(20_000)}
    assert deduplicate(write(tmp_path / "in", "0.parquet", texts), tmp_path / "out").kept_count == 1


def test_a_run_without_anything_new_reads_no_text_and_changes_nothing(tmp_path: Path):
    write(tmp_path / "in", "0.parquet", {"a": TEXTS["tha_Thai"][0], "b": TEXTS["tha_Thai"][0]})
    first = deduplicate(tmp_path / "in", tmp_path / "out")
    before = (tmp_path / "out" / "clusters.parquet").stat().st_mtime_ns
    again = deduplicate(tmp_path / "in", tmp_path / "out")
    assert again.signed_shard_count == 0
    assert asdict(again) == asdict(first) | {
        "signed_shard_count": 0, "signed_document_count": 0, "signed_text_bytes": 0, "seconds": again.seconds
    }  # fmt: skip
    assert (tmp_path / "out" / "clusters.parquet").stat().st_mtime_ns == before


def test_a_new_shard_is_compared_and_replaces_nobody(tmp_path: Path):
    """The new document is better, and joins what was two clusters: both old ones stay kept, under one cluster id."""
    a, b = TEXTS["amh_Ethi"][:2]
    write(
        tmp_path / "in",
        "0.parquet",
        {"a": a, "b": b},
        quality=[0.1, 0.1],
        url=["http://x.example/a", "http://x.example/b"],
    )
    deduplicate(tmp_path / "in", tmp_path / "out")
    write(tmp_path / "in", "1.parquet", {"c": without_a_word(a)}, quality=[0.9], url=["http://x.example/b"])
    report = deduplicate(tmp_path / "in", tmp_path / "out")
    assert report.signed_shard_count == 1
    assert partition(tmp_path / "out") == {frozenset("abc")}
    assert kept(tmp_path / "out") == {"a", "b"}


def test_a_shard_that_is_gone_lets_its_clusters_fall_apart(tmp_path: Path):
    """The document in the middle is the only one that is near to both."""
    words = TEXTS["tur_Latn"][0].split()
    left, right = " ".join(words[:-20]), " ".join(words[20:])
    write(tmp_path / "in", "0.parquet", {"left": left, "right": right})
    write(tmp_path / "in", "1.parquet", {"middle": " ".join(words)}, quality=[1.0])
    deduplicate(tmp_path / "in", tmp_path / "out")
    assert kept(tmp_path / "out") == {"middle"}
    (tmp_path / "in" / "1.parquet").unlink()
    report = deduplicate(tmp_path / "in", tmp_path / "out")
    assert report.signed_shard_count == 0
    assert "middle" not in set(decided(tmp_path / "out")["id"])
    assert kept(tmp_path / "out")
    fresh = deduplicate(tmp_path / "in", tmp_path / "fresh")
    assert partition(tmp_path / "out") == partition(tmp_path / "fresh")
    assert fresh.document_count == 2


def test_a_shard_that_changed_is_read_again(tmp_path: Path):
    write(tmp_path / "in", "0.parquet", {"a": TEXTS["urd_Arab"][0]})
    write(tmp_path / "in", "1.parquet", {"b": TEXTS["urd_Arab"][0]})
    assert deduplicate(tmp_path / "in", tmp_path / "out").kept_count == 1
    write(tmp_path / "in", "1.parquet", {"b": TEXTS["urd_Arab"][1]})
    report = deduplicate(tmp_path / "in", tmp_path / "out")
    assert (report.kept_count, report.signed_shard_count) == (2, 1)


def corpus(seed: int) -> dict[str, str]:
    """Texts of six scripts with copies: equal, near, and near to copies that are near."""
    chance = random.Random(seed)
    texts = {}
    for language in LANGUAGES:
        for number, text in enumerate(TEXTS[language][:6]):
            copy = text
            for copies in range(chance.choice([1, 1, 2, 4])):
                texts[f"{language} {number} {copies}"] = copy
                copy = chance.choice([copy, without_a_word(copy)])
    return texts


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_any_order_of_shards_gives_the_clusters_of_all_at_once(tmp_path_factory: pytest.TempPathFactory, seed: int):
    """And what was kept stays kept, whether what is new is decided alone or with everything."""
    chance, tmp_path = random.Random(seed), tmp_path_factory.mktemp("orders")
    items = list(corpus(seed).items())
    chance.shuffle(items)
    cuts = sorted(chance.sample(range(1, len(items)), 3))
    shards = [dict(items[a:b]) for a, b in zip([0, *cuts], [*cuts, len(items)], strict=True)]
    standing: set[str] = set()
    for number, texts in enumerate(shards):
        write(tmp_path / "in", f"{chance.random()}.parquet", texts)
        deduplicate(tmp_path / "in", tmp_path / "out")
        assert standing <= kept(tmp_path / "out")
        standing = kept(tmp_path / "out")
        if number == 1:
            gone = chance.choice(sorted((tmp_path / "in").iterdir()))
            standing -= set(pl.read_parquet(gone)["id"])
            gone.unlink()
    deduplicate(tmp_path / "in", tmp_path / "fresh")
    assert partition(tmp_path / "out") == partition(tmp_path / "fresh")


@pytest.mark.parametrize("seed", range(3))
def test_deciding_on_what_is_touched_is_deciding_on_everything(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
):
    """Row for row, held-out clusters too."""
    items = list(corpus(seed).items())
    random.Random(seed).shuffle(items)
    cut = len(items) - len(items) // 8
    for out in ("touched", "everything"):
        write(tmp_path / "in", "0.parquet", dict(items[:cut]))
        (tmp_path / "in" / "1.parquet").unlink(missing_ok=True)
        os.utime(tmp_path / "in" / "0.parquet", ns=(1, 1))
        deduplicate(tmp_path / "in", tmp_path / out)
        write(tmp_path / "in", "1.parquet", dict(items[cut:]))
        if out == "everything":
            monkeypatch.setattr(adding, "MOST_ADDED_SHARE", 0.0)
        deduplicate(tmp_path / "in", tmp_path / out)
    touched, everything = decided(tmp_path / "touched"), decided(tmp_path / "everything")
    assert_frame_equal(touched, everything, check_column_order=False)
    assert touched["is_held_out"].any()


def test_every_kind_of_shard_gives_the_same_documents(tmp_path: Path):
    texts = corpus(5)
    deduplicate(write(tmp_path / "parquet", "0.parquet", texts), tmp_path / "a")
    (tmp_path / "lines").mkdir()
    pl.DataFrame({"id": list(texts), "text": list(texts.values())}).write_ndjson(tmp_path / "lines" / "0.jsonl")
    deduplicate(tmp_path / "lines", tmp_path / "b")
    assert decided(tmp_path / "a").equals(decided(tmp_path / "b"))


def test_threads_and_memory_do_not_change_what_is_found(tmp_path: Path):
    texts = list(corpus(6).items())
    for number in range(5):
        write(tmp_path / "in", f"{number}.parquet", dict(texts[number::5]))
    deduplicate(tmp_path / "in", tmp_path / "a", threads=1, memory_bytes=600_000_000)
    deduplicate(tmp_path / "in", tmp_path / "b", threads=4)
    assert decided(tmp_path / "a").equals(decided(tmp_path / "b"))


@pytest.mark.parametrize("where", [("0.parquet", "1.parquet"), ("0.parquet", "0.parquet")])
def test_one_id_for_two_documents_is_refused(tmp_path: Path, where: tuple[str, str]):
    """In two shards, or twice in one."""
    rows = [pl.DataFrame({"id": ["ọjà"], "text": [text]}) for text in TEXTS["yor_Latn"][:2]]
    (tmp_path / "in").mkdir()
    for name in set(where):
        pl.concat([row for row, place in zip(rows, where, strict=True) if place == name]).write_parquet(
            tmp_path / "in" / name
        )
    with pytest.raises(SameIdTwice, match=r"ọjà.*0\.parquet"):
        deduplicate(tmp_path / "in", tmp_path / "out")


def test_a_broken_shard_stops_the_run_and_what_was_signed_stays_signed(tmp_path: Path):
    write(tmp_path / "in", "0.parquet", {"a": "bir"})
    (tmp_path / "in" / "1.parquet").write_bytes(b"PAR1 and then nothing")
    with pytest.raises(BrokenShard, match=r"1\.parquet"):
        deduplicate(tmp_path / "in", tmp_path / "out", threads=1)
    write(tmp_path / "in", "1.parquet", {"b": "iki"})
    assert deduplicate(tmp_path / "in", tmp_path / "out").document_count == 2
    assert not list((tmp_path / "out").rglob(".*.part"))


def test_two_processes_do_not_share_an_output_folder(tmp_path: Path):
    write(tmp_path / "in", "0.parquet", {"a": "bir"})
    with only_process(tmp_path / "out" / "state"), pytest.raises(AlreadyRunning, match="another process"):
        deduplicate(tmp_path / "in", tmp_path / "out")


def test_too_little_memory_is_told_before_anything_is_read(tmp_path: Path):
    with pytest.raises(TooLittleMemory, match="600 MB"):
        deduplicate(tmp_path, tmp_path / "out", memory_bytes=100_000_000)


def test_progress_ends_with_all_that_there_was_to_read(tmp_path: Path):
    for number, texts in enumerate(TEXTS.values()):
        write(tmp_path / "in", f"{number}.parquet", {f"{number} {n}": text for n, text in enumerate(texts)})
    told: list[Progress] = []
    report = deduplicate(tmp_path / "in", tmp_path / "out", on_progress=told.append)
    signed = [progress for progress in told if progress.step == "signing"][-1]
    assert signed.file_bytes == signed.all_file_bytes == sum(p.stat().st_size for p in (tmp_path / "in").iterdir())
    assert (signed.document_count, signed.text_bytes) == (report.document_count, report.text_bytes)
    assert [progress.step for progress in told][-2:] == ["comparing", "deciding"]


def test_the_report_is_a_file_too(tmp_path: Path):
    report = deduplicate(write(tmp_path / "in", "0.parquet", {"a": "bir"}), tmp_path / "out")
    assert Report(**json.loads((tmp_path / "out" / "report.json").read_text())) == report


@pytest.mark.slow
def test_a_run_that_was_killed_at_any_moment_ends_like_one_that_was_not(tmp_path: Path):
    """Killed while it signs, between ranges of keys, and while it decides: each time the next run goes on."""
    for number in range(12):
        texts = {f"{number} {key}": f"{text}\n{number % 5} {number % 5}" for key, text in corpus(number % 4).items()}
        write(tmp_path / "in", f"{number:02}.parquet", texts)
    code = (
        "import sys; from pathlib import Path; from lugha.deduplication.folder import deduplicate; "
        "deduplicate(Path(sys.argv[1]), Path(sys.argv[2]), threads=2)"
    )
    root = Path(__file__).parent.parent.parent
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    deduplicate(tmp_path / "in", whole)
    kills = 0
    for watched in (
        "state/signatures/*",
        "state/signatures/1*",
        "state/edges/*",
        "state/edges/01*",
        "state/working",
        "clusters.parquet",
    ):
        run = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "in"), str(killed)], cwd=root)
        while run.poll() is None and not list(killed.glob(watched)):
            time.sleep(0.001)
        kills += run.poll() is None
        run.send_signal(signal.SIGKILL)
        run.wait()
    assert kills >= 3
    deduplicate(tmp_path / "in", killed)
    assert decided(killed).equals(decided(whole))
    assert not list(killed.rglob(".*.part"))
