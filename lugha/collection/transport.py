"""The wire under the HTTP client: where a host is reached, and how long a whole request may take.

httpx bounds each read, so a server that sends one byte a second holds a crawler for hours. Here every read, write and
connect is cut to what is left of the request's own time; and the resolver override works below HTTP and TLS, so that
nothing above it sees another host name.
"""

import threading
import time
from collections.abc import Iterable
from ssl import SSLContext
from typing import Any

import httpcore
import httpx

from lugha.collection.politeness import Politeness

_SocketOptions = Iterable[Any] | None


class Deadline(threading.local):
    """The moment at which the request of this thread must be over; each thread has its own."""

    def __init__(self) -> None:
        self.at = float("inf")

    def start(self, seconds: float) -> None:
        """Begin a request that may take `seconds`."""
        self.at = time.monotonic() + seconds

    def is_over(self) -> bool:
        """Whether the time of this thread's request is used up."""
        return time.monotonic() >= self.at

    def cut(self, timeout: float | None) -> float:
        """The time one step may take; raises httpcore.ReadTimeout when none is left."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time for the whole request is over")
        return left if timeout is None else min(timeout, left)


class BoundedTransport(httpx.HTTPTransport):
    """httpx's transport over connections that keep the deadline and go where `politeness.resolve` points."""

    def __init__(self, politeness: Politeness, deadline: Deadline) -> None:
        ssl_context = httpx.create_ssl_context()
        super().__init__(verify=ssl_context)
        # httpx has no argument for a network backend; httpcore, which it is built on, has.
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl_context, network_backend=_BoundedBackend(politeness, deadline)
        )


class _BoundedBackend(httpcore.NetworkBackend):
    def __init__(self, politeness: Politeness, deadline: Deadline) -> None:
        self._wire = httpcore.SyncBackend()
        self._politeness = politeness
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: _SocketOptions = None,
    ) -> httpcore.NetworkStream:
        address, target_port = self._politeness.address_of(host, port)
        cut = self._deadline.cut(timeout)
        stream = self._wire.connect_tcp(address, target_port, cut, local_address, socket_options)
        return _BoundedStream(stream, self._deadline)


class _BoundedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.cut(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.cut(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._deadline.cut(timeout))
        return _BoundedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
