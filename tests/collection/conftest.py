"""A web server on the loopback address that does what real servers do wrong, and counts what it is asked for."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from lugha.collection.fetch import Politeness

USER_AGENT = "lugha-test/0.1 (+https://lugha.example/crawler)"
Behaviour = Callable[[socket.socket], None]


def response(body: bytes = b"", status: int = 200, content_type: str | None = "text/html", **headers: str) -> bytes:
    """A whole HTTP response that closes its connection; header names are written with "_" for "-"."""
    named = {"Content-Length": str(len(body)), "Connection": "close"}
    named |= {"Content-Type": content_type} if content_type is not None else {}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status} Word\r\n{head}\r\n".encode("latin-1") + body


def page(*hrefs: str, text: str = "Ẹ káàbọ̀", lang: str = "") -> bytes:
    """A response with an HTML page that links to `hrefs`."""
    attribute = f' lang="{lang}"' if lang else ""
    anchors = "".join(f'<a href="{href}">x</a>' for href in hrefs)
    return response(f"<html{attribute}><meta charset=utf-8><p>{text}</p>{anchors}</html>".encode())


def stall(connection: socket.socket) -> None:
    """Says nothing until the client has gone."""
    connection.settimeout(10)
    connection.recv(1)


def drip(connection: socket.socket) -> None:
    """Sends a head and then one byte at a time, each well within any timeout for one read."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        connection.sendall(b"a")
        time.sleep(0.02)


def drip_head(connection: socket.socket) -> None:
    """The same before the head has ended."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while True:
        connection.sendall(b"a")
        time.sleep(0.02)


def reset(connection: socket.socket) -> None:
    """Ends the connection with RST in the middle of a body."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\n<html>")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@dataclass
class HostileServer:
    """Answers by (host, path): with bytes, a list of bytes one after the other, or a function that has the socket.

    What is not in `routes` is a 404. `requests` holds (host, path), the raw head and the time of every request.
    """

    address: str
    routes: dict[tuple[str, str], bytes | list[bytes] | Behaviour] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    heads: list[bytes] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def count(self, path: str, host: str = "site.example") -> int:
        """How often a path was asked for."""
        return self.requests.count((host, path))

    def paths(self, host: str = "site.example") -> list[str]:
        """The paths of a host that were asked for, in order, without robots.txt."""
        return [path for name, path in self.requests if name == host and path != "/robots.txt"]

    def answer(self, connection: socket.socket) -> None:
        """Serve one connection."""
        head = b""
        while b"\r\n\r\n" not in head:
            received = connection.recv(65536)
            if not received:
                return
            head += received
        path = head.split(b" ", 2)[1].decode()
        host = next((line[6:].decode() for line in head.split(b"\r\n") if line.lower().startswith(b"host: ")), "")
        self.requests.append((host, path))
        self.heads.append(head)
        self.times.append(time.monotonic())
        route = self.routes.get((host, path), response(b"nothing here", 404))
        if callable(route):
            route(connection)
        else:
            connection.sendall(route if isinstance(route, bytes) else route.pop(0) if len(route) > 1 else route[0])


@pytest.fixture
def hostile() -> Iterator[HostileServer]:
    """A hostile server that lives as long as the test."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    server = HostileServer(f"127.0.0.1:{listener.getsockname()[1]}")

    def serve_one(connection: socket.socket) -> None:
        with connection:
            try:
                server.answer(connection)
            except OSError:
                return  # the client has gone, which is what most of these tests are about

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve_one, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield server
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


@pytest.fixture
def polite(hostile: HostileServer) -> Callable[..., Politeness]:
    """`polite(retries=1)`: the manners of these tests: no pauses, short timeouts, all hosts at the hostile server."""

    def make(**changed: Any) -> Politeness:
        usual: dict[str, Any] = {"delay_seconds": 0.0, "timeout_seconds": 0.5, "retries": 0}
        return Politeness(USER_AGENT, **(usual | {"resolve": {"*": hostile.address}} | changed))

    return make
