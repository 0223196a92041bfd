"""From an HTTP response, or from the lack of one, to an answer with a reason that can be counted."""

import socket
import ssl
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from lugha.collection.answers import Answer
from lugha.collection.bodies import BodyReader, TooLarge, UndecodableBody, is_page_text, is_page_type
from lugha.collection.urls import resolved_url

_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True)
class Kind:
    """What a request is for: pages are judged by type and emptiness, the others are not."""

    is_page: bool
    obeys_robots: bool
    max_bytes: int
    keeps_start: bool = False  # a body that is too long is cut, not refused


def read_answer(answer: Answer, response: httpx.Response, kind: Kind) -> Answer:
    """The answer with everything that the response holds, its body read only as far as it is wanted."""
    headers = {name: value.encode("ascii", "replace").decode() for name, value in response.headers.items()}
    answer = replace(
        answer, http_status=response.status_code, content_type=headers.get("content-type"), headers=headers
    )
    if response.status_code in _REDIRECTS and "location" in headers:
        target = resolved_url(answer.url, response.headers["location"])
        return replace(answer, location=target, reason=None if target else "bad_redirect")
    if not 200 <= response.status_code < 300:
        return replace(answer, reason=f"http_{response.status_code}")
    if kind.is_page and not is_page_type(answer.content_type):
        return replace(answer, reason="not_text")
    try:
        return replace(answer, body=_read_body(response, kind))
    except TooLarge:
        return replace(answer, reason="too_large")
    except UndecodableBody:
        return replace(answer, reason="bad_encoding")
    except httpx.RemoteProtocolError:
        return replace(answer, reason="incomplete_body")


def _read_body(response: httpx.Response, kind: Kind) -> bytes:
    declared = response.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > kind.max_bytes and not kind.keeps_start:
        raise TooLarge(b"")
    reader = BodyReader(response.headers.get("content-encoding", ""), kind.max_bytes)
    try:
        for chunk in response.iter_raw():
            reader.feed(chunk)
    except TooLarge as error:
        if kind.keeps_start:
            return error.start
        raise
    return reader.body()


def judged(answer: Answer, kind: Kind) -> Answer:
    """The answer as a page must be: with a body, and a body of text. Files that are no pages pass as they are."""
    if not kind.is_page or answer.reason is not None or answer.location is not None:
        return answer
    if not answer.body.strip():
        return replace(answer, reason="empty_body", body=b"")
    if not is_page_type(answer.content_type) or not is_page_text(answer.body, answer.content_type):
        return replace(answer, reason="not_text", body=b"")
    return answer


def reason_of(error: Exception) -> str:
    """The word for a failure below HTTP, from the innermost cause that has one."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, socket.gaierror):
            return "dns_failed"
        if isinstance(cause, ssl.SSLError):
            return "tls_failed"
        cause = cause.__cause__ or cause.__context__
    match error:
        case httpx.TimeoutException():
            return "timeout"
        case httpx.ConnectError():
            return "connection_failed"
        case httpx.NetworkError():
            return "connection_reset"
        case httpx.InvalidURL():
            return "bad_url"
    return "connection_reset" if "disconnected" in str(error) else "protocol_error"


def retry_after_seconds(answer: Answer) -> float:
    """How long the server asks us to stay away (RFC 9110, 10.2.3: seconds or a date); 0 where it does not ask."""
    value = answer.headers.get("retry-after", "") if answer.http_status in (429, 503) else ""
    if value.isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
