"""Requests for more text: every fall is asked for until it is collected, none is asked for twice, and none is lost."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lugha.evaluation.regression import REPLAY_SCHEMA
from lugha.evaluation.requests import (
    LEAST_BYTES,
    MOST_ATTEMPTS,
    CollectionRequest,
    due_requests,
    finished_request,
    wanted_bytes,
)
from lugha.lake import TABLES

SNAPSHOT = "recollect-2026w47"
NOTHING = TABLES["collection_requests"].empty()


def releases(*rows: tuple[int, str, float | None, bool]) -> pl.DataFrame:
    """Rows of `regression.replay` against checkpoint 1: (release, language, excess, is it a regression)."""
    named = [
        {
            "release_number": number,
            "checkpoint_id": f"checkpoint {number}",
            "anchor_id": "checkpoint 1",
            "language": language,
            "excess": excess,
            "is_regression": is_regression,
        }
        for number, language, excess, is_regression in rows
    ]
    return pl.DataFrame([dict.fromkeys(REPLAY_SCHEMA) | row for row in named], schema=REPLAY_SCHEMA)


FALLS = releases(
    (2, "yor_Latn", 0.05, True),
    (2, "amh_Ethi", 0.21, True),
    (2, "urd_Arab", 0.01, False),
    (2, "tha_Thai", None, False),
    (2, "mya_Mymr", 0.05, True),
)


def due(
    falls: pl.DataFrame = FALLS,
    collected: pl.DataFrame = NOTHING,
    failures: dict[str, int] | None = None,
    running: frozenset[str] = frozenset(),
) -> list[CollectionRequest]:
    return due_requests(falls, collected, failures or {}, running, {"yor_Latn": 10**6}, {"yor_Latn": 10**7}, SNAPSHOT)


def collected(requests: list[CollectionRequest]) -> pl.DataFrame:
    return pl.DataFrame({"request_id": [r.request_id for r in requests]}, schema={"request_id": pl.String})


def codes(requests: list[CollectionRequest]) -> list[str]:
    return [r.language for r in requests]


def test_every_language_that_fell_is_asked_for_the_largest_fall_first():
    """Of equal falls the first code comes first, so that the order is always the same."""
    assert codes(due()) == ["amh_Ethi", "mya_Mymr", "yor_Latn"]
    assert codes(due(FALLS.reverse())) == ["amh_Ethi", "mya_Mymr", "yor_Latn"]


def test_a_request_says_who_asks_for_what_and_where_it_goes():
    asked = {r.language: r for r in due()}["yor_Latn"]
    assert (asked.anchor_id, asked.candidate_id, asked.snapshot) == ("checkpoint 1", "checkpoint 2", SNAPSHOT)
    assert (asked.excess, asked.attempt) == (0.05, 1)
    assert asked.wanted_bytes == wanted_bytes(0.05, 10**6, 10**7)


def test_no_release_and_no_fall_ask_for_nothing():
    assert due(releases()) == []
    assert due(releases((2, "yor_Latn", 0.01, False))) == []


def test_only_the_newest_release_asks():
    """A fall that the next release made good is over."""
    falls = releases((2, "yor_Latn", 0.2, True), (3, "yor_Latn", -0.01, False), (3, "amh_Ethi", 0.1, True))
    assert codes(due(falls)) == ["amh_Ethi"]


def test_asking_again_gives_the_same_requests():
    """A lost cursor or a restarted daemon changes nothing."""
    assert due() == due()
    assert len({r.request_id for r in due()}) == 3


def test_another_release_or_another_anchor_is_another_request():
    later = releases((3, "yor_Latn", 0.05, True))
    other_anchor = later.with_columns(pl.lit("checkpoint 2").alias("anchor_id"))
    first = releases((2, "yor_Latn", 0.05, True))
    assert len({due(falls)[0].request_id for falls in (first, later, other_anchor)}) == 3


def test_what_is_collected_is_not_asked_for_again():
    first = due()
    assert codes(due(collected=collected(first[:1]))) == ["mya_Mymr", "yor_Latn"]
    assert due(collected=collected(first)) == []


def test_what_is_under_way_is_not_asked_for_again():
    first = due()
    assert due(running=frozenset(r.request_id for r in first[1:])) == first[:1]


def test_a_failed_request_is_asked_for_again_with_a_higher_attempt_up_to_three():
    request_id = due()[0].request_id
    attempts = [[r.attempt for r in due(failures={request_id: n}) if r.request_id == request_id] for n in range(5)]
    assert attempts == [[1], [2], [3], [], []]
    assert MOST_ATTEMPTS == 3


def test_a_request_that_waits_for_a_person_does_not_hold_up_the_others():
    assert codes(due(failures={due()[0].request_id: MOST_ATTEMPTS})) == ["mya_Mymr", "yor_Latn"]


@settings(deadline=None, max_examples=15)
@given(st.integers(1, 5), st.lists(st.integers(0, 3), min_size=1, max_size=12))
def test_requests_over_a_cap_wait_and_none_is_lost_or_made_twice(cap, luck):
    """Ticks of a sensor that takes the first few; what fails is tried again, and in the end nothing is open."""
    falls = releases(*((2, f"{chr(97 + n)}aa_Latn", 0.03 + n / 1000, True) for n in range(len(luck))))
    wanted = {r.request_id: n for r, n in zip(due(falls), luck, strict=True)}
    failures: dict[str, int] = {}
    done: list[CollectionRequest] = []
    asked: list[tuple[str, int]] = []
    while open_requests := due(falls, collected(done), failures)[:cap]:
        assert len(asked) < len(luck) * MOST_ATTEMPTS
        for request in open_requests:
            asked.append((request.request_id, request.attempt))
            if failures.get(request.request_id, 0) < wanted[request.request_id]:
                failures[request.request_id] = failures.get(request.request_id, 0) + 1
            else:
                done.append(request)
    assert len(set(asked)) == len(asked)
    assert {r for r, _ in asked} == set(wanted)
    assert {r.request_id for r in done} == {r for r, failing in wanted.items() if failing < MOST_ATTEMPTS}


EXCESS = st.floats(-1, 10)
BYTES = st.integers(0, 10**13)


@given(EXCESS, EXCESS, BYTES, BYTES)
def test_a_larger_fall_never_asks_for_fewer_bytes(one, other, unique, fetched):
    small, large = sorted((one, other))
    assert LEAST_BYTES <= wanted_bytes(small, unique, fetched) <= wanted_bytes(large, unique, fetched)


@given(EXCESS, BYTES, BYTES)
def test_never_more_is_asked_for_than_as_much_text_again(excess, unique, fetched):
    share_kept = max(0.02, min(1.0, unique / fetched) if unique and fetched else 0.2)
    assert wanted_bytes(excess, unique, fetched) <= max(LEAST_BYTES, unique / share_kept * (1 + 1e-9) + 1)


@pytest.mark.parametrize(
    ("excess", "unique", "fetched", "expected"),
    [
        (0.10, 1_000_000, 10_000_000, 10_000_000),  # one doubling at a tenth kept
        (0.05, 1_000_000, 10_000_000, 4_142_136),  # half a doubling: 2 ** 0.5 - 1 = 0.414214
        (0.50, 1_000_000, 10_000_000, 10_000_000),  # at most as much again
        (0.10, 1_000_000, 0, 5_000_000),  # no yield known: a fifth
        (0.10, 1_000_000, 1_000_000_000, 50_000_000),  # a thousandth kept counts as a fiftieth
        (0.10, 0, 10_000_000, LEAST_BYTES),  # nothing there yet
        (0.00, 1_000_000, 10_000_000, LEAST_BYTES),
    ],
)
def test_wanted_bytes_by_hand(excess, unique, fetched, expected):
    assert wanted_bytes(excess, unique, fetched) == expected


def test_a_request_survives_its_journey_as_json():
    for request in due():
        assert CollectionRequest.from_json(request.to_json()) == request


@pytest.fixture
def request_of_yoruba() -> CollectionRequest:
    return {r.language: r for r in due()}["yor_Latn"]


def test_a_finished_request_tells_what_it_fetched_and_is_due_no_more(lake, rows_of, request_of_yoruba):
    cell = {"snapshot": SNAPSHOT, "language": "yor_Latn"}
    lake.overwrite("raw_crawls", rows_of("raw_crawls", {"url": "a"}, {"url": "b"}), cell, run_id="run-1")
    lake.overwrite("raw_crawls", rows_of("raw_crawls", {"url": "c"}), {**cell, "language": "amh_Ethi"}, run_id="run-1")
    finished_request(lake, request_of_yoruba, "run-1")
    told = lake.read("collection_requests").row(0, named=True)
    assert (told["fetched_count"], told["outcome"], told["attempt"]) == (2, "collected", 1)
    assert told["wanted_bytes"] == request_of_yoruba.wanted_bytes
    assert codes(due(collected=lake.read("collection_requests"))) == ["amh_Ethi", "mya_Mymr"]


def test_a_request_that_found_nothing_is_exhausted_and_not_repeated(lake, request_of_yoruba):
    """The sites have no more pages: asking every half minute would find none either."""
    finished_request(lake, request_of_yoruba, "run-1")
    assert lake.read("collection_requests")["outcome"].to_list() == ["exhausted"]
    assert "yor_Latn" not in codes(due(collected=lake.read("collection_requests")))


def test_finishing_a_request_twice_is_the_same_as_once_and_leaves_the_others(lake, request_of_yoruba):
    other = CollectionRequest.from_json(request_of_yoruba.to_json().replace(request_of_yoruba.request_id, "earlier"))
    for request in (other, request_of_yoruba, request_of_yoruba):
        finished_request(lake, request, "run-1")
    assert sorted(lake.read("collection_requests")["request_id"]) == sorted(["earlier", request_of_yoruba.request_id])
