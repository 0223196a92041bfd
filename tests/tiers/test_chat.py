"""A chat endpoint that is busy is asked again, one that refuses is not, and the key stays where it is."""

import json
import socket
import time
from collections.abc import Callable
from email.utils import formatdate

import pytest

from lugha.tiers.chat import (
    ATTEMPTS,
    LONGEST_PAUSE_SECONDS,
    AnswerLost,
    ChatEndpoint,
    Message,
    TeacherRefused,
    TeacherUnreachable,
    most_tokens_of,
)
from tests.tiers.large_model import LargeModel, Reply, says, serve

HELLO: list[Message] = [{"role": "user", "content": "ሰላም"}]
KEY = "sk-very-secret"


def endpoint(url: str, pauses: list[float] | None = None, timeout_seconds: float = 5.0) -> ChatEndpoint:
    return ChatEndpoint(url, "large-1", KEY, timeout_seconds, sleep=(pauses if pauses is not None else []).append)


def in_turn(*replies: Reply | None) -> Callable[..., Reply | None]:
    """The replies one after the other, the last one for all that follow."""
    return lambda n, _: replies[min(n, len(replies) - 1)]


def test_a_question_is_sent_and_its_answer_read():
    with serve(LargeModel(in_turn(says("ሰላም ነው", 42)))) as model:
        answer = endpoint(model.url).chat(HELLO, 50)
    assert (answer.text, answer.token_count) == ("ሰላም ነው", 42)
    (asked,) = model.asked
    assert asked == {
        "path": "/v1/chat/completions",
        "model": "large-1",
        "messages": HELLO,
        "max_tokens": 50,
        "temperature": 0,
    }
    assert model.headers[0]["Authorization"] == f"Bearer {KEY}"


def test_without_a_key_none_is_sent():
    with serve(LargeModel(in_turn(says("x")))) as model:
        ChatEndpoint(model.url + "/", "large-1").chat(HELLO, 5)
    assert "Authorization" not in model.headers[0]
    assert model.asked[0]["path"] == "/v1/chat/completions"


@pytest.mark.parametrize("count", [None, "many", -1, True])
def test_an_answer_without_a_usable_count_has_none(count: object):
    status, headers, body = says("x")
    body = json.dumps({**json.loads(body), "usage": {"total_tokens": count}}).encode()
    with serve(LargeModel(in_turn((status, headers, body)))) as model:
        assert endpoint(model.url).chat(HELLO, 5).token_count is None


def test_an_answer_without_text_is_empty_and_its_tokens_count():
    status, headers, body = says("x", 7)
    told = json.loads(body)
    told["choices"][0]["message"]["content"] = None
    with serve(LargeModel(in_turn((status, headers, json.dumps(told).encode())))) as model:
        answer = endpoint(model.url).chat(HELLO, 5)
    assert (answer.text, answer.token_count) == ("", 7)


def test_a_busy_endpoint_is_asked_again_after_the_time_it_names():
    pauses: list[float] = []
    with serve(LargeModel(in_turn((429, {"Retry-After": "7"}, b""), (503, {}, b""), says("ok")))) as model:
        assert endpoint(model.url, pauses).chat(HELLO, 5).text == "ok"
    assert pauses == [7, 2]


def test_a_date_is_a_time_to_wait_for_too_and_no_wait_is_without_end():
    pauses: list[float] = []
    soon = formatdate(time.time() + 30, usegmt=True)
    later = (429, {"Retry-After": "999999"}, b"")
    nonsense = (429, {"Retry-After": "soon"}, b"")
    with serve(LargeModel(in_turn((429, {"Retry-After": soon}, b""), later, nonsense, says("ok")))) as model:
        endpoint(model.url, pauses).chat(HELLO, 5)
    assert 25 < pauses[0] <= 30
    assert pauses[1:] == [LONGEST_PAUSE_SECONDS, 4]


def test_an_endpoint_that_stays_busy_is_given_up():
    pauses: list[float] = []
    with serve(LargeModel(in_turn((500, {}, b"oops")))) as model, pytest.raises(TeacherUnreachable, match="HTTP 500"):
        endpoint(model.url, pauses).chat(HELLO, 5)
    assert len(model.asked) == ATTEMPTS
    assert len(pauses) == ATTEMPTS - 1


def test_a_dead_endpoint_is_given_up():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(TeacherUnreachable, match="ConnectError"):
        endpoint(f"http://127.0.0.1:{port}/v1").chat(HELLO, 5)


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_refusal_is_told_at_once_and_without_the_key(status: int):
    said = f"the key {KEY} is not known".encode()
    with serve(LargeModel(in_turn((status, {}, said)))) as model, pytest.raises(TeacherRefused) as caught:
        endpoint(model.url).chat(HELLO, 5)
    assert len(model.asked) == 1
    assert "LUGHA_TEACHER_KEY" in str(caught.value)
    assert KEY not in str(caught.value)


def test_the_key_is_in_no_description():
    assert KEY not in repr(endpoint("http://127.0.0.1:1/v1"))


@pytest.mark.parametrize(
    "body", [b"<html>", b"[]", b"null", b"{}", b'{"choices": []}', b'{"choices": [{"message": 3}]}']
)
def test_a_body_that_is_no_completion_is_a_lost_answer(body: bytes):
    """The work may be done and counted, so it is not asked again."""
    with serve(LargeModel(in_turn((200, {}, body)))) as model, pytest.raises(AnswerLost):
        endpoint(model.url).chat(HELLO, 5)
    assert len(model.asked) == 1


def test_an_answer_that_takes_too_long_is_lost():
    def slow(*_: object) -> Reply:
        time.sleep(1)
        return says("late")

    with serve(LargeModel(slow)) as model, pytest.raises(AnswerLost, match="ReadTimeout"):
        endpoint(model.url, timeout_seconds=0.2).chat(HELLO, 5)


def test_an_endpoint_that_hangs_up_has_lost_the_answer():
    with serve(LargeModel(in_turn(None))) as model, pytest.raises(AnswerLost):
        endpoint(model.url).chat(HELLO, 5)


def test_a_message_has_at_most_a_token_a_byte():
    assert most_tokens_of(HELLO) >= len("ሰላም".encode())
    assert most_tokens_of([]) == 0
