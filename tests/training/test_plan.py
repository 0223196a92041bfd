"""The order of a run: a pure function in which nothing is lost."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lugha.training.plan import (
    BadTrainSettings,
    DuplicateDocument,
    PlanChanged,
    TrainSettings,
    documents_of_window,
    fingerprint,
    identity,
    make_plan,
    refuse_another_plan,
    stream_order,
    token_streams,
    window,
)
from lugha.training.tokenizer import BOS_ID, NothingToTrainOn, open_tokenizer


def test_every_document_stands_in_its_stream_as_often_as_it_is_drawn(documents: pl.DataFrame, tokenizer_json: str):
    streams = token_streams(tokenizer_json, documents, seed=0)
    assert list(streams) == sorted(streams)
    assert (streams["yor_Latn"] == BOS_ID).sum() == 6
    assert (streams["tha_Thai"] == BOS_ID).sum() == 3
    text = open_tokenizer(tokenizer_json).decode(streams["amh_Ethi"].tolist())
    assert all(document in text for document in documents.filter(pl.col("language") == "amh_Ethi")["text"])


def test_the_order_of_the_rows_changes_nothing(documents: pl.DataFrame, tokenizer_json: str):
    streams = token_streams(tokenizer_json, documents, seed=3)
    shuffled = token_streams(tokenizer_json, documents.sample(fraction=1, shuffle=True, seed=1), seed=3)
    assert all(np.array_equal(streams[language], shuffled[language]) for language in streams)


def test_the_order_is_that_of_the_hash_of_seed_epoch_and_document(documents: pl.DataFrame):
    doc_ids = documents.filter(pl.col("language") == "yor_Latn")["doc_id"].to_list()
    keys = {(hashlib.sha256(f"7:{epoch}:".encode() + d).digest(), d) for d in doc_ids for epoch in (0, 1)}
    assert stream_order(documents, seed=7)["yor_Latn"] == [doc_id for _, doc_id in sorted(keys)]


def test_a_new_document_moves_no_other_past_its_neighbour(documents: pl.DataFrame):
    before = stream_order(documents, seed=0)["urd_Arab"]
    new = documents.head(1).with_columns(doc_id=pl.lit(b"n" * 16), language=pl.lit("urd_Arab"))
    after = stream_order(pl.concat([documents, new]), seed=0)["urd_Arab"]
    assert [doc_id for doc_id in after if doc_id != b"n" * 16] == before


def test_a_document_given_twice_is_named(documents: pl.DataFrame):
    with pytest.raises(DuplicateDocument, match="repeat_count"):
        stream_order(pl.concat([documents, documents.head(1)]), seed=0)


def test_a_mixture_that_draws_nothing_is_named(documents: pl.DataFrame, tokenizer_json: str):
    with pytest.raises(NothingToTrainOn, match="repeat_count"):
        token_streams(tokenizer_json, documents.with_columns(repeat_count=pl.lit(0)), seed=0)


@settings(max_examples=50, deadline=None)
@given(
    lengths=st.lists(st.integers(1, 90), min_size=1, max_size=5),
    seq_len=st.integers(2, 20),
    batch_size=st.integers(1, 7),
    seed=st.integers(0, 9),
)
def test_one_pass_reads_every_token_of_every_language(lengths: list[int], seq_len: int, batch_size: int, seed: int):
    streams = {f"l{i}": np.arange(length, dtype=np.uint16) for i, length in enumerate(lengths)}
    plan = make_plan(streams, seq_len, None, batch_size, seed)
    assert len(plan) % batch_size == 0
    for index, stream in enumerate(streams.values()):
        windows = [window(stream, w, seq_len) for language, w in plan if language == index]
        assert {len(w) for w in windows} == {seq_len + 1}
        assert set(np.concatenate(windows)) == set(stream)


@settings(max_examples=30, deadline=None)
@given(step_count=st.integers(1, 40), batch_size=st.integers(1, 7))
def test_no_window_comes_again_before_all_have_come(step_count: int, batch_size: int):
    streams = {"a": np.zeros(35, np.uint16), "b": np.zeros(20, np.uint16)}
    plan = make_plan(streams, 5, step_count, batch_size, seed=0)
    _, counts = np.unique(plan, axis=0, return_counts=True)
    assert len(plan) == step_count * batch_size
    assert counts.max() - (counts.min() if len(counts) == 11 else 0) <= 1


def test_the_plan_is_the_same_today_as_it_was():
    """Pinned: a checkpoint of an older release must be resumable, whatever numpy does to its permutations."""
    plan = make_plan({"swh_Latn": np.zeros(40, np.uint16), "yor_Latn": np.zeros(30, np.uint16)}, 10, None, 2, seed=5)
    assert hashlib.sha256(plan.astype("<i8").tobytes()).hexdigest()[:16] == "dff7178ca6db471e"


def test_documents_of_a_window_are_found_again(documents: pl.DataFrame, tokenizer_json: str):
    order = stream_order(documents, seed=0)["tur_Latn"]
    stream = token_streams(tokenizer_json, documents, seed=0)["tur_Latn"]
    assert documents_of_window(stream, order, 0, seq_len=8) == order[:1]
    assert documents_of_window(stream, order, 0, seq_len=len(stream)) == order
    last = -(-len(stream) // 8) - 1
    assert documents_of_window(stream, order, last, seq_len=8) == [order[-1], order[0]]


def test_the_fingerprint_follows_everything_but_the_saving(documents: pl.DataFrame, tokenizer_json: str):
    base = TrainSettings()
    streams = token_streams(tokenizer_json, documents, seed=0)
    plan = make_plan(streams, 16, 4, 2, seed=0)

    def of(settings: TrainSettings = base, parent_id: str | None = None, plan: np.ndarray = plan) -> str:
        return fingerprint(identity(plan, streams, tokenizer_json, settings, parent_id))

    assert of(replace(base, save_every=3)) == of()
    assert len({of(), of(replace(base, weight_decay=0.2)), of(parent_id="ab"), of(plan=plan[::-1])}) == 4


def test_a_refusal_names_what_differs(tmp_path: Path):
    with pytest.raises(PlanChanged, match=r"1 things differ: learning_rate: 0.003 then, 0.001 now"):
        refuse_another_plan(tmp_path, {"dim": "8", "learning_rate": "0.003"}, {"dim": "8", "learning_rate": "0.001"})


def test_the_learning_rate_rises_then_falls_to_a_tenth():
    settings = TrainSettings(learning_rate=1.0)
    rates = [settings.learning_rate_at(step, 100) for step in range(100)]
    assert rates.index(max(rates)) == 4
    assert rates[5:] == sorted(rates[5:], reverse=True)
    assert rates[-1] == pytest.approx(0.109)


@pytest.mark.parametrize(
    "wrong", [{"dim": 30}, {"batch_size": 0}, {"learning_rate": float("nan")}, {"warm_up_share": 2}]
)
def test_settings_that_no_run_can_work_with_are_refused(wrong: dict[str, float]):
    with pytest.raises(BadTrainSettings, match=next(iter(wrong))):
        TrainSettings(**wrong)  # type: ignore[arg-type]
