"""In which character encoding a page really is, whatever it declares.

Many pages of low-resource languages declare nothing or the wrong thing. Order: byte order mark; zero bytes of UTF-16;
UTF-8 that is valid (a text in another encoding is almost never valid UTF-8 by chance) or broken here and there (cut off
inside a character, a comment pasted in); then lugha/parsing/legacy.py weighs what is declared against what the bytes
look like in every encoding from before UTF-8.
"""

import codecs
import re
from dataclasses import dataclass, replace
from functools import lru_cache

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
NAME = r"\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})"
DECLARED = re.compile(rf"<(?:meta[^>]{{0,300}}?charset|\?xml[^>]{{0,100}}?encoding){NAME}".encode(), re.IGNORECASE)
HEADER = re.compile(rf"charset{NAME}", re.IGNORECASE)
# Browsers look into the first 1,024 bytes only, but pages with long comments or scripts first declare later.
DECLARED_WITHIN = 16_384
# Codecs that make some text of any bytes, and that no page is written in; UTF-16 and 32 are known by their zero bytes.
NO_PAGE = re.compile(r"undefined|idna|punycode|(raw[_-])?unicode[_-]escape|utf[_-]?(7|16|32).*", re.IGNORECASE)
# Whole characters beside each broken one in broken UTF-8. Read as UTF-8, Thai in windows-874 reaches .43 in our texts,
# every other legacy encoding stays below .2.
WHOLE_FOR_BROKEN = 2
# Names that are written for WHATWG's, by what sites wrote: win-1254, cp 1256, iso8859-9-1, utf8mb4, unicode-1-1-utf-8.
MISSPELT = (
    (re.compile(r"(?:x[-_])?(?:ms|windows?|win|cp|ansi)?[-_.:]*(125[0-8]|874)"), r"cp\1"),
    (re.compile(r"(?:iso|is|so)?[-_.:]*8859[-_.:]*(1[0-6]|[1-9])\b.*"), r"iso8859-\1"),
    (re.compile(r".*utf[-_.:]*8.*"), "utf-8"),
)
ESCAPED = re.compile(r"iso-2022-(jp|kr).*|hz-gb-2312", re.IGNORECASE)
MENDED = "utf-8 with broken bytes replaced"


@dataclass(frozen=True)
class Reading:
    """A page as text: the text, the encoding it was read in, what made us read it so, and what was declared.

    `declared` is the name as written, of the header before that of the page; null where neither names one.
    """

    text: str
    charset: str
    source: str
    declared: str | None = None


def read_page(body: bytes, content_type: str | None, language: str) -> Reading | None:
    """The body as text, or None where it is no text in any encoding we know.

    `content_type` is the HTTP header as sent; `language` the hinted code, whose letters speak for an encoding. NUL
    bytes outside UTF-16/32 mean that the bytes are no text.
    """
    declared = _declared(body, content_type)
    found = _unicode(body, declared) or (None if b"\0" in body else _legacy(body, declared, language))
    return found and replace(found, declared=declared[0] if declared else None)


def is_repair(charset: str, source: str, declared: str | None) -> bool:
    """Whether a page was read otherwise than it declares, or declares nothing and was read without asking it."""
    if declared is None:
        return source not in ("byte order mark", "declared")
    return source == MENDED or _family(codec_of(declared)) != _family(charset)


@lru_cache(1000)
def codec_of(label: str) -> str:
    """Python's name of the encoding that browsers read under a label (WHATWG), or of the one that a misspelt label
    most likely means; the label where nobody knows it.

    >>> codec_of("ISO-8859-9"), codec_of("win_1254"), codec_of("utf8mb4")
    ('cp1254', 'cp1254', 'utf-8')
    """
    from resiliparse.parse.encoding import map_encoding_to_html5

    label = label.lower()
    if name := map_encoding_to_html5(label, fallback_utf8=False):
        # For browsers these two are one; Python's ISO table has controls where windows-874 has quotation marks.
        return "cp874" if name == "iso8859-11" else str(name)
    for pattern, meant in MISSPELT:
        if found := pattern.fullmatch(label):
            return found.expand(meant)
    return label


def _family(charset: str) -> str:
    """UTF-16 in either byte order is one encoding, and UTF-8 is one with and without its mark."""
    return charset[:6].replace("_", "-") if charset.startswith("utf") else charset


def _declared(body: bytes, content_type: str | None) -> list[str]:
    """What the header and the page declare, in this order."""
    in_header, in_page = HEADER.search(content_type or ""), DECLARED.search(body[:DECLARED_WITHIN])
    return [*([in_header[1].lower()] if in_header else []), *([in_page[1].decode("ascii").lower()] if in_page else [])]


def _unicode(body: bytes, declared: list[str]) -> Reading | None:
    for bom, charset in BOMS:
        if body.startswith(bom):
            text = _decode(body, charset) or _mended(body, charset)
            return None if text is None else Reading(text, charset, "byte order mark")
    if b"\0" in body:
        return _utf16_without_bom(body)
    if (text := _escaped(body, declared)) is not None:
        return Reading(text, declared[0], "declared")
    if (text := _decode(body, "utf-8")) is not None:
        return Reading(text, "utf-8", "valid utf-8")
    if (text := _broken_utf8(body)) is not None:
        return Reading(text, "utf-8", MENDED)
    return None


def _utf16_without_bom(body: bytes) -> Reading | None:
    # Markup is ASCII: a fifth of the start is a zero beside a printable byte. Zeros alone do not tell: က has one.
    start, whole = body[:4000], body[: len(body) // 2 * 2]  # a page that was cut off may end in half a character
    for charset, high, low in (("utf-16-le", start[1::2], start[0::2]), ("utf-16-be", start[0::2], start[1::2])):
        ascii_count = sum(h == 0 and (0x20 <= x < 0x7F or x in b"\t\r\n") for h, x in zip(high, low, strict=False))
        if ascii_count > 0.2 * len(low) and (text := _decode(whole, charset)) is not None:
            return Reading(text, charset, "zero bytes of UTF-16")
    return None


def _broken_utf8(body: bytes) -> str | None:
    text = body.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    whole = len(text) - len(text.encode("ascii", errors="ignore")) - broken
    return text if whole >= WHOLE_FOR_BROKEN * broken else None


def _escaped(body: bytes, declared: list[str]) -> str | None:
    """Encodings of East Asia that write with ASCII and escapes, and that nothing but the declaration tells apart."""
    is_escaped = bool(declared) and body.isascii() and ESCAPED.fullmatch(declared[0]) is not None
    return _decode(body, declared[0]) if is_escaped else None


def _legacy(body: bytes, declared: list[str], language: str) -> Reading:
    from lugha.parsing.legacy import likeliest

    usable = [codec for label in declared if _is_usable(codec := codec_of(label))]
    charset = likeliest(body, language, usable)
    source = "declared" if charset in usable else "detected"
    return Reading(body.decode(charset, errors="replace"), charset, source)


def _is_usable(codec: str) -> bool:
    """Whether it may be the encoding of bytes that are no UTF-8; Python also has codecs that are none of text."""
    try:
        return not NO_PAGE.fullmatch(codec) and codec != "utf-8" and "".encode(codec) == b""
    except (LookupError, UnicodeError):
        return False


def _decode(body: bytes, charset: str) -> str | None:
    try:
        return body.decode(charset)
    except (UnicodeError, LookupError):  # an unknown or wrong name is simply no reading; the caller tries the next
        return None


def _mended(body: bytes, charset: str) -> str | None:
    """The text with U+FFFD for what is broken, or None where that is more than a fiftieth (random UTF-16 has 3 %)."""
    text = body.decode(charset, errors="replace")
    return text if text.count("\ufffd") <= 0.02 * len(text) else None
