"""Bytes of a response: undoing Content-Encoding within a bound, and telling text from everything else.

httpx would inflate a whole network chunk at once, so a few kilobytes of a compression bomb could fill the memory;
here no step yields more than there is room for. Charsets are not touched: a page's bytes are kept as they came.
"""

import re
import zlib

PAGE_MEDIA_TYPES = frozenset({"text/html", "application/xhtml+xml", "text/plain"})
ACCEPTED_ENCODINGS = "gzip, deflate"
_HTML_SIGN = re.compile(rb"<(!doctype\s+html|html|head|body|title|meta|h1|p|div|table)\b", re.I)
_SNIFFED_BYTES = 1445  # as much as a browser looks at (WHATWG MIME Sniffing, section 5.2)
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")


class UndecodableBody(Exception):
    """The body is not in the Content-Encoding that its headers claim, or in one that was not offered."""


class TooLarge(Exception):
    """The body is longer than we are willing to read; `start` holds what was read until then."""

    def __init__(self, start: bytes) -> None:
        super().__init__(f"more than {len(start)} bytes")
        self.start = start


class BodyReader:
    """Gathers the chunks of one body, decoded, up to `max_bytes`."""

    def __init__(self, content_encoding: str, max_bytes: int) -> None:
        self._encodings = [
            name for name in re.split(r"[,\s]+", content_encoding.lower()) if name not in ("", "identity")
        ]
        if len(self._encodings) > 1 or not set(self._encodings) <= {"gzip", "x-gzip", "deflate"}:
            raise UndecodableBody(content_encoding)
        self._inflate = zlib.decompressobj(zlib.MAX_WBITS | 32) if self._encodings else None
        self._max_bytes = max_bytes
        self._body = bytearray()

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes off the wire; raises TooLarge or UndecodableBody."""
        room = self._max_bytes - len(self._body)
        self._body += chunk[: room + 1] if self._inflate is None else self._inflated(chunk, room + 1)
        if len(self._body) > self._max_bytes:
            raise TooLarge(bytes(self._body[: self._max_bytes]))

    def body(self) -> bytes:
        """The whole body; raises UndecodableBody where a compressed stream has no end."""
        if self._inflate is not None and self._body and not self._inflate.eof:
            raise UndecodableBody("the compressed stream has no end")
        return bytes(self._body)

    def _inflated(self, chunk: bytes, limit: int) -> bytes:
        assert self._inflate is not None
        try:
            return self._inflate.decompress(chunk, limit)
        except zlib.error as error:
            if self._encodings == ["deflate"] and not self._body:
                # "deflate" is a zlib stream by the standard and a bare one by many servers.
                self._inflate, self._encodings = zlib.decompressobj(-zlib.MAX_WBITS), ["bare deflate"]
                return self._inflated(chunk, limit)
            raise UndecodableBody(str(error)) from error


def media_type(content_type: str | None) -> str:
    """The media type of a Content-Type header without its parameters, lower-case; empty where there is none."""
    return (content_type or "").partition(";")[0].strip().lower()


def is_page_type(content_type: str | None) -> bool:
    """Whether the header promises text of a page, or promises nothing, so that the bytes must tell."""
    return media_type(content_type) in PAGE_MEDIA_TYPES | {""}


def is_page_text(body: bytes, content_type: str | None) -> bool:
    """Whether the bytes are text: without a media type an HTML tag must stand early; NUL is for UTF-16 and UTF-32."""
    if not media_type(content_type) and not _HTML_SIGN.search(body[:_SNIFFED_BYTES].replace(b"\0", b"")):
        return False
    return b"\0" not in body or _is_wide(body, content_type)


def _is_wide(body: bytes, content_type: str | None) -> bool:
    """UTF-16 or UTF-32: by byte order mark, by declared charset, or because the first tag has a NUL beside its "<"."""
    declared = re.search(r"charset\s*=\s*[\"']?utf-?(16|32)", content_type or "", re.I)
    return body.startswith(_WIDE_BOMS) or declared is not None or body[:2] in (b"<\0", b"\0<") or body[:4] == b"\0\0\0<"
