"""A stand-in for a large model: a chat endpoint on the loopback address that says what a test tells it to."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = tuple[int, dict[str, str], bytes]


def says(text: str, token_count: int | None = 100) -> Reply:
    """A well-formed answer."""
    usage = {} if token_count is None else {"usage": {"total_tokens": token_count}}
    body = {"choices": [{"message": {"role": "assistant", "content": text}}], **usage}
    return 200, {}, json.dumps(body).encode()


@dataclass
class LargeModel:
    """What was asked of the stand-in, and what it answers: called with the number of the request and its body."""

    reply: Callable[[int, dict[str, Any]], Reply | None]
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    url: str = ""


@contextmanager
def serve(model: LargeModel) -> Iterator[LargeModel]:
    """Answer while the block runs; a reply of None hangs up without an answer."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            model.asked.append({"path": self.path, **body})
            model.headers.append(dict(self.headers))
            answer = model.reply(len(model.asked) - 1, body)
            if answer is None:
                self.connection.close()
                return
            status, headers, content = answer
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A connection that the test closed is no news."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    model.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield model
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
