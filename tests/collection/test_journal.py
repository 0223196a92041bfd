import logging
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lugha.collection.answers import Answer
from lugha.collection.fetch import Fetcher, Politeness
from lugha.collection.journal import BrokenRecord, Journal, JournalInUse, read_body
from lugha.errors import LughaError
from tests.collection.conftest import HostileServer, page, response

SITE = "http://site.example"
FILE = "site.example.warc.gz"
WHEN = datetime(2026, 11, 21, 10, 30, 15, 123456, tzinfo=UTC)
GREETINGS = ["Ẹ káàbọ̀", "ሰላም", "السلام علیکم", "မင်္ဂလာပါ", "สวัสดี", "Hoş geldiniz"]


def fetched(number: int) -> Answer:
    body = f"<html>{GREETINGS[number % len(GREETINGS)]} {number}".encode()
    headers = {"content-type": "text/html", "x-number": str(number)}
    return Answer(f"{SITE}/{number}", WHEN, None, 200, "text/html", None, "allowed", headers, body)


def filled(folder: Path) -> list[Answer]:
    """A journal with four pages, a redirect and three failures, one of which may pass."""
    answers = [
        *(fetched(n) for n in range(4)),
        Answer(f"{SITE}/moved", WHEN, None, 301, "text/html", f"{SITE}/0", "allowed"),
        Answer(f"{SITE}/gone", WHEN, "http_404", 404, "text/html; charset=utf-8", None, "allowed"),
        Answer(f"{SITE}/slow", WHEN, "timeout", robots="allowed"),
        Answer(f"{SITE}/picture", WHEN, "not_text", 200, "image/png", None, "no_robots_txt"),
    ]
    with Journal(folder) as journal:
        return [journal.append(answer) for answer in answers]


@pytest.fixture(scope="module")
def journal_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("journal")
    filled(folder)
    return folder


def test_what_was_written_is_found_again_as_it_was(tmp_path: Path) -> None:
    answers = filled(tmp_path)
    with Journal(tmp_path) as journal:
        for answer in answers:
            found = journal.find(answer.url)
            if answer.reason == "timeout":
                assert found is None
                continue
            assert found is not None
            assert (found.body, found.place, found.fetched_at) == (answer.body, answer.place, answer.fetched_at)
            assert (found.reason, found.http_status, found.content_type) == (
                answer.reason,
                answer.http_status,
                answer.content_type,
            )
            assert (found.location, found.robots) == (answer.location, answer.robots)


def test_a_failure_that_may_pass_is_done_for_this_run_only(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        journal.append(Answer(f"{SITE}/slow", WHEN, "timeout"))
        assert f"{SITE}/slow" in journal
    with Journal(tmp_path) as journal:
        assert f"{SITE}/slow" not in journal
        journal.append(Answer(f"{SITE}/slow", WHEN, "http_404", 404))
    with Journal(tmp_path) as journal:
        assert f"{SITE}/slow" in journal


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_torn_journal_keeps_every_record_before_the_tear(
    journal_folder: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    whole = (journal_folder / FILE).read_bytes()
    cut = data.draw(st.integers(0, len(whole)))
    folder = tmp_path_factory.mktemp("torn")
    (folder / FILE).write_bytes(whole[:cut])
    with Journal(journal_folder) as journal:
        places = dict(journal._places)
    with Journal(folder) as torn:
        kept = {url for url, place in places.items() if place.offset + place.length <= cut}
        assert {url for url in places if url in torn} == kept
        torn.append(fetched(99))
    with Journal(folder) as healed:
        assert f"{SITE}/99" in healed
        assert all(healed.find(url) is not None for url in kept)
    shutil.rmtree(folder)


def test_a_tear_is_told_in_one_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    filled(tmp_path)
    file = tmp_path / FILE
    file.write_bytes(file.read_bytes()[:-7])
    with caplog.at_level(logging.WARNING), Journal(tmp_path):
        pass
    assert len(caplog.records) == 1
    assert str(file) in caplog.text
    assert "everything before it is kept" in caplog.text


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_damaged_record_is_read_as_it_was_or_named(journal_folder: Path, data: st.DataObject) -> None:
    whole = bytearray((journal_folder / FILE).read_bytes())
    with Journal(journal_folder) as journal:
        place = journal._places[f"{SITE}/2"]
    position = data.draw(st.integers(place.offset, place.offset + place.length - 1))
    whole[position] ^= 1 << data.draw(st.integers(0, 7))
    damaged = journal_folder / "damaged.warc"
    damaged.write_bytes(whole)
    try:
        _, body = read_body(journal_folder, damaged.name, place.offset, place.length)
        told = ""
    except BrokenRecord as error:
        told, body = str(error), fetched(2).body
    assert body == fetched(2).body
    assert not told or (damaged.name in told and f"offset {place.offset}" in told)


def test_damage_inside_a_journal_is_an_error_and_no_tear(tmp_path: Path) -> None:
    filled(tmp_path)
    file = tmp_path / FILE
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2] ^= 255
    file.write_bytes(whole)
    with pytest.raises(BrokenRecord, match="move a damaged file away"):
        Journal(tmp_path)
    assert file.read_bytes() == whole


@pytest.mark.parametrize(
    ("place", "what"),
    [
        (("missing.warc.gz", 0, 10), "cannot be read"),
        ((FILE, 0, 10_000_000), "ends after"),
        ((FILE, 1, 50), "does not begin like a WARC record"),
        ((FILE, -1, 50), "cannot be read"),
        ((FILE, 0, 0), "ends after 0"),
        (("plain.txt", 0, 5), "does not begin like a WARC record"),
    ],
)
def test_a_place_without_a_record_is_named(journal_folder: Path, place: tuple[str, int, int], what: str) -> None:
    (journal_folder / "plain.txt").write_text("Selam")
    with pytest.raises(BrokenRecord, match=what) as raised:
        read_body(journal_folder, *place)
    assert isinstance(raised.value, LughaError)


def test_a_record_that_is_no_response_is_named(journal_folder: Path) -> None:
    with Journal(journal_folder) as journal:
        place = journal._places[f"{SITE}/gone"]
    with pytest.raises(BrokenRecord, match="not an HTTP response"):
        read_body(journal_folder, *place)


@pytest.mark.shared
def test_a_warc_of_somebody_else_in_the_folder_is_named(tmp_path: Path, shared_data: Path) -> None:
    shutil.copy(shared_data / "warc" / "samples" / "warcio" / "example.warc.gz", tmp_path)
    with pytest.raises(BrokenRecord, match="not written by this journal"):
        Journal(tmp_path)


def test_bodies_are_read_without_their_transfer_coding(
    hostile: HostileServer, polite: Callable[..., Politeness], tmp_path: Path
) -> None:
    chunked = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n<html>\r\n0\r\n\r\n"
    )
    hostile.routes["site.example", "/a"] = chunked
    with Journal(tmp_path) as journal, Fetcher(polite(), journal) as fetcher:
        answer = fetcher.fetch(f"{SITE}/a").answer
    assert answer is not None
    assert answer.place is not None
    headers, body = read_body(tmp_path, *answer.place)
    assert body == b"<html>"
    assert headers["content-length"] == "6"
    assert headers["x-crawler-transfer-encoding"] == "chunked"


def test_a_second_process_is_kept_out(tmp_path: Path) -> None:
    with Journal(tmp_path), pytest.raises(JournalInUse, match="another process"):
        Journal(tmp_path)
    Journal(tmp_path).__exit__(None, None, None)


def test_an_answer_on_file_is_not_asked_for_again(
    hostile: HostileServer, polite: Callable[..., Politeness], tmp_path: Path
) -> None:
    hostile.routes["site.example", "/a"] = response(status=301, Location="/b")
    hostile.routes["site.example", "/b"] = page()
    results = []
    for _ in range(2):
        with Journal(tmp_path) as journal, Fetcher(polite(), journal) as fetcher:
            results.append(fetcher.fetch(f"{SITE}/a"))
    assert (results[0].outcome, results[0].final_url) == ("fetched", f"{SITE}/b")
    assert results[1].answer is not None
    assert results[0].answer is not None
    assert results[1].answer.body == results[0].answer.body
    assert hostile.requests == [("site.example", path) for path in ("/robots.txt", "/a", "/b")]


@pytest.mark.shared
def test_records_of_other_writers_are_read(shared_data: Path) -> None:
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    folder = shared_data / "warc"
    file = "realpages-multilang.warc.gz"
    with (folder / file).open("rb") as stream:
        records = [(r.stream_pos, r.reader.read()) for r in ArchiveIterator(stream, WarcRecordType.response)][:20]
        stream.seek(0)
        starts = sorted(r.stream_pos for r in ArchiveIterator(stream))
    ends = dict(zip(starts, [*starts[1:], (folder / file).stat().st_size], strict=True))
    for start, expected in records:
        headers, body = read_body(folder, file, start, ends[start] - start)
        assert body == expected
        assert "content-type" in headers
