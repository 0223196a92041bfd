"""Serves folders as web hosts on the loopback address: the Host header chooses the folder, one port is a small web.

For the demo and for tests. It reads static files and nothing else: no listing of directories, no way out of the folder.
HTML goes out without a charset parameter, because the bytes of a page declare their own, rightly or wrongly.

    python -m lugha.sample.server FOLDER --port 8080
"""

import argparse
import logging
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from urllib.parse import unquote, urlsplit

_logger = logging.getLogger(__name__)
_CONTENT_TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".txt": "text/plain",
    ".xml": "application/xml",
    ".css": "text/css",
    ".js": "text/javascript",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".gif": "image/gif",
    ".svg": "image/svg+xml",
    ".pdf": "application/pdf",
}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "lugha-sample"
    timeout = 30  # seconds that an idle connection is kept
    # Head and body in one packet: sent one by one they wait 40 ms for each other (Nagle's algorithm, delayed ACK).
    wbufsize = -1
    disable_nagle_algorithm = True

    def __init__(self, folder: Path, *args: object) -> None:
        self._folder = folder
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        target = urlsplit(self.path).path
        file = file_for(self._folder, self.headers.get("Host", ""), target)
        if file is None:
            self._answer(404, "text/plain", b"not found\n")
        elif file.name == "index.html" and not target.endswith(("/", "/index.html")):
            # As static servers do it: only behind the slash are the relative links of the page right.
            self._answer(301, "text/plain", b"", {"Location": f"/{target.strip('/')}/"})
        else:
            content_type = _CONTENT_TYPES.get(file.suffix.lower(), "application/octet-stream")
            self._answer(200, content_type, file.read_bytes())

    def _answer(
        self, status: int, content_type: str, body: bytes, headers: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": content_type, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, format: str, *args: object) -> None:
        _logger.debug("%s %s", self.headers.get("Host", "") if hasattr(self, "headers") else "", format % args)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news."""
        _logger.debug("a connection ended badly", exc_info=True)


def file_for(folder: Path, host: str, target: str) -> Path | None:
    """The file under `folder/<host>/` for a request target, index.html for a directory; None where there is none.

    Both parts come from the network: a host must look like one, and the file that remains after links are followed must
    lie below the host's folder.
    """
    name = re.sub(r":\d+$", "", host).lower()
    if not re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", name):
        return None
    try:
        root = (folder / name).resolve()
        file = (root / unquote(urlsplit(target).path).lstrip("/")).resolve()
        if file.is_dir():
            file = file / "index.html"
        return file if file.is_relative_to(root) and file.resolve().is_relative_to(root) and file.is_file() else None
    except (OSError, ValueError):  # a name too long for the file system, a NUL in it
        return None


@contextmanager
def serve(folder: Path, port: int = 0) -> Iterator[str]:
    """Serve `folder/<host>/...` on the loopback address while the block runs; yields "127.0.0.1:PORT".

    Port 0 takes a free one. `Politeness(resolve={"*": address})` sends all hosts there.
    """
    server = _Server(("127.0.0.1", port), partial(_Handler, folder))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="lugha-sample-server", daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def main() -> None:
    """Serve a folder of hosts until interrupted."""
    parser = argparse.ArgumentParser(
        description="Serve a folder of hosts (FOLDER/<host>/<path>) on the loopback address."
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=8080)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    with serve(given.folder, given.port) as address:
        _logger.info("serving the hosts of %s at %s; end with Ctrl-C", given.folder, address)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            _logger.info("ended")


if __name__ == "__main__":
    main()
