"""Text of known copies: the truth is true, and scores say what they claim."""

import random
import sys
import time
from collections import Counter
from itertools import combinations
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.near_copies.corpus import KINDS, Document, documents, write
from bench.near_copies.decks import NoText, pieces_of, sentences_of
from bench.near_copies.processes import use_of
from bench.near_copies.scores import found_by_jaccard, score, truth_of
from lugha.deduplication.shingles import jaccard, shingles
from lugha.scripts import tokens

SIZE = 1_500_000


@pytest.fixture(scope="module")
def made() -> list[Document]:
    return list(documents(sentences_of(None), SIZE, seed=3))


@given(st.text())
def test_pieces_put_together_are_the_text(text: str):
    assert "".join(pieces_of(text)) == text


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Ọjọ́ dára, ẹ wá!", ["Ọjọ́ ", "dára, ", "ẹ ", "wá!"]),
        ("กินข้าว", ["กิ", "น", "ข้", "า", "ว"]),
        ("မြန်မာ", ["မြ", "န်", "မာ"]),
    ],
)
def test_a_piece_is_a_token_with_what_follows_it(text: str, pieces: list[str]):
    assert pieces_of(text) == pieces


def test_a_corpus_has_the_wanted_size_all_kinds_of_copies_and_all_languages(made: list[Document]):
    assert 0 <= sum(len(document.text.encode()) for document in made) - SIZE < 150_000
    assert {document.kind for document in made} == {"unique", "original", *KINDS}
    assert len({document.lang for document in made}) == 10


def test_the_seed_alone_decides_what_is_made():
    sentences = sentences_of(None)
    one, same, other = (list(documents(sentences, 100_000, seed)) for seed in (1, 1, 2))
    assert one == same
    assert one != other


def test_the_similarity_of_the_truth_is_that_of_the_texts(made: list[Document]):
    original = {document.cluster: document.text for document in made if document.kind == "original"}
    copies = [document for document in made if document.kind in KINDS]
    for copy in random.Random(1).sample(copies, 60):
        assert copy.jaccard == pytest.approx(jaccard(copy.text, original[copy.cluster]))


def test_two_documents_of_different_clusters_are_never_like_each_other():
    """All pairs that share a shingle, though every sentence has been dealt ten times."""
    yoruba = {"yor_Latn": sentences_of(None)["yor_Latn"]}
    originals = [d.text for d in documents(yoruba, SIZE, seed=1) if d.kind not in KINDS]
    sizes = [len(shingles(text)) for text in originals]
    holders: dict[bytes, list[int]] = {}
    for number, text in enumerate(originals):
        for shingle in shingles(text):
            holders.setdefault(shingle, []).append(number)
    shared = Counter(pair for numbers in holders.values() for pair in combinations(numbers, 2))
    assert max(count / (sizes[a] + sizes[b] - count) for (a, b), count in shared.items()) < 0.12


def test_the_words_are_those_of_the_language(made: list[Document]):
    """Shuffled again and again, replaced and cut: no new word comes up but one that a cut or a joint made."""
    known = {word for of_one in sentences_of(None)["yor_Latn"] for word in tokens("".join(of_one).casefold())}
    used = [word for d in made if d.lang == "yor_Latn" for word in tokens(d.text.casefold())]
    assert sum(word not in known for word in used) / len(used) < 0.001


def test_what_is_written_is_what_was_made(tmp_path: Path, made: list[Document]):
    size = write(iter(made), SIZE, tmp_path / "corpus", seed=3)
    truth = truth_of(tmp_path / "corpus")
    shards = pl.read_parquet(tmp_path / "corpus" / "shards" / "*.parquet")
    both = truth.join(shards, on="id", validate="1:1")
    assert both.height == shards.height == len(made)
    assert size == both["text"].str.len_bytes().sum()
    assert set(both.select("cluster", "kind", "text").iter_rows()) == {(d.cluster, d.kind, d.text) for d in made}
    assert set(truth["script"]) == {"Latn", "Ethi", "Mymr", "Arab", "Thai", "Taml", "Cyrl"}


def test_a_folder_without_text_says_what_it_looked_for(tmp_path: Path):
    (tmp_path / "a.jsonl").write_text('{"id": "1", "text": "ọ̀rọ̀ méjì"}\n', encoding="utf-8")
    with pytest.raises(NoText, match="500 words"):
        sentences_of(tmp_path)


def test_the_language_of_a_row_without_one_is_its_folder(tmp_path: Path):
    folder = tmp_path / "deep" / "tur_Latn"
    folder.mkdir(parents=True)
    pl.DataFrame({"text": [" ".join(f"söz{n}" for n in range(600))]}).write_parquet(folder / "a.parquet")
    assert list(sentences_of(tmp_path)) == ["tur_Latn"]


TRUTH = pl.DataFrame(
    {
        "id": list("abcdefg"),
        "cluster": [0, 0, 0, 1, 1, 2, 3],
        "lang": ["yor_Latn"] * 3 + ["amh_Ethi"] * 2 + ["urd_Arab"] * 2,
        "script": ["Latn"] * 3 + ["Ethi"] * 2 + ["Arab"] * 2,
        "kind": ["original", "words", "exact", "original", "truncated", "unique", "unique"],
        "jaccard": [1.0, 0.55, 1.0, 1.0, 0.75, 1.0, 1.0],
    }
)


def test_all_copies_gone_and_one_left_of_each_cluster_is_perfect():
    found = score(TRUTH, {"a", "b", "e"})
    assert (found["recall"], found["precision"], found["lost_clusters"], found["removed_unique"]) == (1.0, 1.0, 0, 0)


def test_removing_the_last_of_a_cluster_or_a_document_that_nobody_copies_is_an_error():
    found = score(TRUTH, {"d", "e", "f"})
    assert (found["lost_clusters"], found["removed_unique"]) == (1, 1)
    assert found["precision"] == pytest.approx(1 / 3, abs=1e-4)
    assert found["recall"] == pytest.approx(1 / 3, abs=1e-4)


def test_recall_is_told_by_similarity_and_by_every_language_with_copies_enough():
    found = score(TRUTH, {"c"})
    assert found["recall_by_language"] == {}
    many = [TRUTH.with_columns(pl.col("id") + str(n), pl.col("cluster") + 10 * n) for n in range(60)]
    by_language = score(pl.concat(many), {f"c{n}" for n in range(60)})["recall_by_language"]
    assert by_language == {"yor_Latn": 0.5}
    assert found["recall_by_jaccard"] == {"0.9": 1.0, "0.8": 1.0, "0.7": 0.5, "0.6": 0.5, "0.5": 0.3333, "0.0": 0.3333}


def test_a_copy_is_found_if_its_cluster_holds_a_true_mate():
    clusters = pl.DataFrame({"id": list("abcdefg"), "cluster_id": [1, 2, 1, 4, 5, 5, 6]})
    assert found_by_jaccard(TRUTH, clusters) == {">=0.9": 1.0, ">=0.7": 0.0, ">=0.5": 0.0}


def test_the_truth_of_the_other_generator_is_read_too(tmp_path: Path):
    TRUTH.drop("script").rename({"jaccard": "jac_tok5"}).write_parquet(tmp_path / "truth.parquet")
    assert truth_of(tmp_path).equals(TRUTH)


def test_cpu_time_of_orphaned_grandchildren_counts_and_memory_is_that_at_the_highest():
    grandchild = "import time\nx = bytearray(120_000_000)\nwhile time.process_time() < 0.5: pass"
    child = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {grandchild!r}])"
    used = use_of([sys.executable, "-c", child], {}, limit_s=60)
    assert used.status == 0
    assert 0.5 <= used.cpu_s < 2
    assert 120 < used.peak_mb < 200


def test_a_command_that_hangs_is_stopped_and_tells_so():
    start = time.monotonic()
    used = use_of([sys.executable, "-c", "import time; time.sleep(600)"], {}, limit_s=0.5)
    assert used.status != 0
    assert time.monotonic() - start < 8
