"""A chat endpoint that speaks the OpenAI form: messages in, an answer and its tokens out.

Apart from what is asked, so that judging and later uses share one client. It waits where it is told to, tries a
failed request again a few times, and gives up with an error that says what to do. The key is sent and nothing else is
done with it: it appears in no error, log or file.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, Protocol, TypedDict

import httpx

from lugha.errors import LughaError

ATTEMPTS = 5
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 120.0
FRAME_TOKENS = 16  # what templates put around a message, with room


class TeacherUnreachable(LughaError):
    """The endpoint gave no answer, or none but errors, after several tries."""


class AnswerLost(LughaError):
    """The endpoint took the request and no answer came of it, so that its tokens may be spent."""


class TeacherRefused(LughaError):
    """The endpoint answered that the request itself is wrong: key, model or address."""


class Message(TypedDict):
    """One turn: `role` is system, user or assistant."""

    role: str
    content: str


@dataclass(frozen=True)
class Answer:
    """The text of an answer, and the tokens of question and answer together as the endpoint counted them; None where
    it does not count.
    """

    text: str
    token_count: int | None


class Chat(Protocol):
    """Whatever answers messages: an endpoint, or a stand-in."""

    @property
    def name(self) -> str:
        """Name of the model."""
        ...

    def chat(self, messages: Sequence[Message], most_tokens: int) -> Answer:
        """The answer, of at most `most_tokens`."""
        ...


@dataclass(frozen=True)
class ChatEndpoint:
    """`url` is the base address that `/chat/completions` is put behind; `name` the model."""

    url: str
    name: str
    key: str = field(default="", repr=False)
    timeout_seconds: float = 60.0
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)

    def chat(self, messages: Sequence[Message], most_tokens: int) -> Answer:
        """The answer at temperature 0. Asked again where the endpoint says that it is busy or broken, or cannot be
        reached; not where it may have done the work.

        Raises AnswerLost, TeacherUnreachable and TeacherRefused.
        """
        asked = {"model": self.name, "messages": list(messages), "max_tokens": most_tokens, "temperature": 0}
        problem = ""
        for attempt in range(ATTEMPTS):
            pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**attempt)
            try:
                response = self._post(asked)
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as failure:
                problem = type(failure).__name__
            except httpx.HTTPError as failure:
                raise self._lost(type(failure).__name__) from failure
            else:
                if response.status_code == 200:
                    return self._answer(response)
                problem = f"HTTP {response.status_code}"
                if response.status_code != 429 and response.status_code < 500:
                    raise self._refused(response)
                pause = _retry_after(response.headers.get("retry-after"), pause)
            if attempt < ATTEMPTS - 1:
                self.sleep(pause)
        raise TeacherUnreachable(
            f"{self.url}: no usable answer from {self.name} in {ATTEMPTS} tries, the last: {problem}. "
            "What was judged so far is kept; start again when the endpoint is back, and it goes on from there."
        )

    def _answer(self, response: httpx.Response) -> Answer:
        try:
            body = response.json()
            text = body["choices"][0]["message"]["content"]
            count = (body.get("usage") or {}).get("total_tokens")
        except (ValueError, LookupError, TypeError, AttributeError) as failure:
            raise self._lost(f"a body that is no chat completion ({type(failure).__name__})") from failure
        is_counted = isinstance(count, int) and not isinstance(count, bool) and count >= 0
        return Answer(text if isinstance(text, str) else "", count if is_counted else None)

    def _lost(self, problem: str) -> AnswerLost:
        return AnswerLost(
            f"{self.url}: the answer of {self.name} was lost: {problem}. Where this goes on, raise the time limit "
            "(LUGHA_TEACHER_TIMEOUT_SECONDS) or check that the address is that of an OpenAI-compatible endpoint."
        )

    def _post(self, asked: dict[str, Any]) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        address = f"{self.url.rstrip('/')}/chat/completions"
        return httpx.post(address, json=asked, headers=headers, timeout=self.timeout_seconds)

    def _refused(self, response: httpx.Response) -> TeacherRefused:
        said = response.text[:300]
        said = said.replace(self.key, "***") if self.key else said
        return TeacherRefused(
            f'{self.url} refused the request for model "{self.name}" with HTTP {response.status_code}: {said} '
            "Check LUGHA_TEACHER_URL, LUGHA_TEACHER_MODEL and LUGHA_TEACHER_KEY."
        )


def most_tokens_of(messages: Sequence[Message]) -> int:
    """Most tokens that messages can have: a token is at least one byte of text, in any script."""
    return sum(len(message["content"].encode()) + FRAME_TOKENS for message in messages)


def _retry_after(value: str | None, otherwise: float) -> float:
    """Seconds of a Retry-After header, in either form of RFC 9110, 10.2.3; what cannot be read counts as none."""
    if not value:
        return otherwise
    try:
        seconds = float(value) if value.strip().isdigit() else parsedate_to_datetime(value).timestamp() - time.time()
    except (ValueError, TypeError):
        return otherwise
    return min(LONGEST_PAUSE_SECONDS, max(0.0, seconds))
