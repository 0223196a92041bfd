"""WARC records as places in files: reading one back, and the two kinds that the journal writes.

Bodies are stored without their Content-Encoding; headers that spoke of it are kept with the prefix "x-crawler-", as
Common Crawl does. Reading is strict: a place holds one whole record, or the reader says what is wrong with it.
"""

import json
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import cast

from fastwarc.warc import HeaderMap, WarcRecord, WarcRecordType

from lugha.collection.answers import Answer, Place, Robots
from lugha.errors import LughaError

_CHUNK_BYTES = 1 << 18
_ROBOTS_FIELD = "Lugha-Robots"
_RENAMED_HEADERS = (
    "content-encoding",
    "content-length",
    "transfer-encoding",
)  # they describe the wire, not what is stored
_FACTS = ("reason", "http_status", "content_type", "location")
_DATE_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"


class BrokenRecord(LughaError):
    """A place in a WARC file does not hold a whole record of the kind that was looked for."""


def read_body(folder: Path, file: str, offset: int, length: int) -> tuple[dict[str, str], bytes]:
    """HTTP headers (lower-case names, repeated ones joined by ", ") and decoded body of the response record at a
    place in a WARC file.

    Reads our own files and anybody's WARC of the form one record per gzip member, or uncompressed. Raises
    BrokenRecord for everything else.
    """
    place = Place(file, offset, length)
    record = read_record(folder, place)
    if record.record_type != WarcRecordType.response or not record.is_http:
        raise _broken(folder, place, f"a {record.record_type} record, not an HTTP response")
    return _http_parts(record, folder, place)


def read_record(folder: Path, place: Place) -> WarcRecord:
    try:
        with (folder / place.file).open("rb") as handle:
            handle.seek(place.offset)
            stored = handle.read(place.length)
    except (OSError, ValueError) as error:
        raise _broken(folder, place, f"it cannot be read ({error})") from error
    if len(stored) != place.length or not stored:
        raise _broken(folder, place, f"the file ends after {len(stored)} of {place.length} bytes")
    return parsed_record(_inflated(stored, folder, place), folder, place)


def _inflated(stored: bytes, folder: Path, place: Place) -> bytes:
    if not stored.startswith(b"\x1f\x8b"):
        return stored
    inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        plain = inflate.decompress(stored)
    except zlib.error as error:
        raise _broken(folder, place, f"its gzip data are damaged ({error})") from error
    if not inflate.eof or inflate.unused_data:
        raise _broken(folder, place, "it is not exactly one gzip member")
    return plain


def parsed_record(plain: bytes, folder: Path, place: Place) -> WarcRecord:
    if not plain.startswith(b"WARC/"):
        raise _broken(folder, place, "it does not begin like a WARC record")
    head, _, rest = plain.partition(b"\r\n\r\n")
    try:
        record = WarcRecord.from_bytes(plain)
    except (ValueError, OSError) as error:
        raise _broken(folder, place, f"its WARC header cannot be read ({error})") from error
    if len(rest) < record.content_length:
        raise _broken(
            folder, place, f"it holds {len(rest)} of {record.content_length} bytes after a header of {len(head)}"
        )
    return record


def _http_parts(record: WarcRecord, folder: Path, place: Place) -> tuple[dict[str, str], bytes]:
    try:
        record.parse_http(auto_decode="all", strict_mode=False)
        return _joined(record.http_headers), record.reader.read()
    except (ValueError, OSError) as error:
        raise _broken(folder, place, f"its HTTP part cannot be read ({error})") from error


def _joined(headers: HeaderMap) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in headers.to_tuples():
        joined[name.lower()] = f"{joined[name.lower()]}, {value}" if name.lower() in joined else value
    return joined


def _broken(folder: Path, place: Place, what: str) -> BrokenRecord:
    return BrokenRecord(
        f"{folder / place.file}: the record at offset {place.offset}, length {place.length}: {what}. "
        "Check that file and place are of one snapshot; move a damaged file away, its pages are then fetched again."
    )


def whole_members(file: Path) -> Iterator[tuple[Place, bytes]]:
    """Every whole gzip member of a file with its plain bytes; stops without a word where the last one is torn."""
    offset = 0
    inflate, plain = zlib.decompressobj(zlib.MAX_WBITS | 16), BytesIO()
    with file.open("rb") as handle:
        position, chunk = 0, b""
        while chunk := (chunk or handle.read(_CHUNK_BYTES)):
            try:
                plain.write(inflate.decompress(chunk))
            except zlib.error as error:
                length = file.stat().st_size - offset
                raise _broken(
                    file.parent, Place(file.name, offset, length), f"its gzip data are damaged ({error})"
                ) from error
            position += len(chunk) - len(inflate.unused_data)
            chunk = inflate.unused_data
            if inflate.eof:
                yield Place(file.name, offset, position - offset), plain.getvalue()
                offset = position
                inflate, plain = zlib.decompressobj(zlib.MAX_WBITS | 16), BytesIO()


def record_bytes(answer: Answer) -> bytes:
    """One compressed WARC record: a response where a body is to be kept, else the answer's facts as JSON metadata."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    fields = {"WARC-Date": answer.fetched_at.strftime(_DATE_FORMAT)}
    if answer.robots is not None:
        fields[_ROBOTS_FIELD] = answer.robots
    target = BytesIO()
    writer = WARCWriter(target, gzip=True, warc_version="1.1")
    if answer.reason is None and answer.location is None:
        headers = StatusAndHeaders(f"{answer.http_status} OK", _stored_headers(answer), protocol="HTTP/1.1")
        record = writer.create_warc_record(
            answer.url,
            "response",
            BytesIO(answer.body),
            len(answer.body),
            http_headers=headers,
            warc_headers_dict=fields,
        )
    else:
        facts = {name: getattr(answer, name) for name in _FACTS}
        payload = json.dumps(facts).encode()
        record = writer.create_warc_record(
            answer.url, "metadata", BytesIO(payload), len(payload), "application/json", warc_headers_dict=fields
        )
    writer.write_record(record)
    return target.getvalue()


def _stored_headers(answer: Answer) -> list[tuple[str, str]]:
    renamed = [
        (f"x-crawler-{name}" if name in _RENAMED_HEADERS else name, value) for name, value in answer.headers.items()
    ]
    return [*renamed, ("content-length", str(len(answer.body)))]


def answer_of(record: WarcRecord, folder: Path, place: Place) -> Answer:
    """The answer that a record of our own stands for; raises BrokenRecord for a record of somebody else."""
    url, date, robots = (record.headers.get(name) for name in ("WARC-Target-URI", "WARC-Date", _ROBOTS_FIELD))
    try:
        fetched_at = datetime.strptime(date or "", _DATE_FORMAT).replace(tzinfo=UTC)
        answer = Answer(url or "", fetched_at, robots=cast(Robots | None, robots), place=place)
        if record.record_type == WarcRecordType.metadata:
            return replace(answer, **json.loads(record.reader.read()))
    except (ValueError, TypeError) as error:
        raise _broken(folder, place, f"it was not written by this journal ({error})") from error
    headers, body = _http_parts(record, folder, place)
    status, content_type = record.http_headers.status_code, headers.get("content-type")
    return replace(answer, http_status=status, content_type=content_type, headers=headers, body=body)
