"""In which character encoding a page really is, whatever it declares.

Many pages of low-resource languages declare nothing or the wrong thing. Order: byte order mark; zero bytes of UTF-16;
UTF-8 that is valid (a text in another encoding is almost never valid UTF-8 by chance) or broken here and there (cut off
inside a character, a comment pasted in); then lugha/parsing/legacy.py weighs what is declared against what the bytes
look like in every encoding from before UTF-8.
"""

import codecs
import re
from dataclasses import dataclass

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

    @property
    def is_repaired(self) -> bool:
        """Whether the text would be another one, read as a browser does: as declared, or as windows-1252."""
        return self.source not in ("byte order mark", "declared") and not _is_same(self.declared, self.charset)


def read_page(body: bytes, content_type: str | None, language: str) -> Reading | None:
    """The body as text, or None where it is no text in any encoding we know.

    `content_type` is the HTTP header as sent; `language` the hinted code, whose letters speak for an encoding. NUL
    bytes outside UTF-16/32 mean that the bytes are no text.
    """
    declared = _declared(body, content_type)
    found = _unicode(body) or (None if b"\0" in body else _legacy(body, declared, language))
    return found and replace(found, declared=declared[0] if declared else None)


def _unicode(body: bytes) -> Reading | None:
    for bom, charset in BOMS:
        if body.startswith(bom):
            text = _decode(body, charset) or _mended(body, charset)
            return None if text is None else Reading(text, charset, "byte order mark")
    if b"\0" in body:
        return _utf16_without_bom(body)
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


def _legacy(body: bytes, declared: str | None, language: str) -> Reading | None:
    from resiliparse.parse.encoding import detect_encoding

    script = language.rpartition("_")[2]
    candidates: dict[str, str] = {}
    if declared and not NO_PAGE.fullmatch(declared):
        candidates[_codec(declared)] = "declared"
    if own := LEGACY_BY_LANGUAGE.get(language):
        candidates.setdefault(own, "legacy encoding of the language")
    candidates.setdefault(_codec(detect_encoding(body) or "cp1252"), "detected")
    for charset in LEGACY.get(script, ()):
        candidates.setdefault(charset, "legacy encoding of the script")
    readings = [
        Reading(text, charset, source)
        for charset, source in candidates.items()
        if (text := _decode(body, charset)) is not None
    ]
    if readings:
        # max keeps the first of equals, so the order above decides where the script cannot.
        return max(readings, key=lambda r: round(script_share(_visible(r.text), script), 3) - _oddity(r.text))
    mended = _mended(body, "utf-8")
    return None if mended is None else Reading(mended, "utf-8", MENDED)


def _codec(label: str) -> str:
    """Python's name of the encoding that browsers read under a label (WHATWG), or the label where they know none."""
    from resiliparse.parse.encoding import map_encoding_to_html5

    name = str(map_encoding_to_html5(label, fallback_utf8=False) or label)
    # For browsers these two are one; Python's ISO table has controls where windows-874 has quotation marks.
    return "cp874" if name == "iso8859-11" else name


def _visible(text: str) -> str:
    # What is not closed goes to the end, and a tag holds no "<": searching on from each "<" in vain took a minute.
    return re.sub(r"<(script|style)\b.*?(?:</\1>|\Z)|<[^<>]*>", " ", text[:50_000], flags=re.DOTALL | re.IGNORECASE)


def _oddity(text: str) -> float:
    """Penalty for characters that prose in no language has: C1 controls, boxes, currency signs inside words."""
    sample = _visible(text)
    odd = len(
        re.findall(
            r"[\x80-\x9f\u2500-\u259f]|(?<=[^\W\d_])[\u00a4\u00a6\u00a7\u00a8\u00ac\u00b1\u00b6\u00b8\u00be](?=[^\W\d_])",
            sample,
        )
    )
    return round(min(1.0, 20 * odd / max(1, len(sample))), 3)


def _decode(body: bytes, charset: str) -> str | None:
    try:
        return body.decode(charset)
    except (UnicodeError, LookupError):  # an unknown or wrong name is simply no reading; the caller tries the next
        return None


def _mended(body: bytes, charset: str) -> str | None:
    """The text with U+FFFD for what is broken, or None where that is more than a fiftieth (random UTF-16 has 3 %)."""
    text = body.decode(charset, errors="replace")
    return text if text.count("\ufffd") <= 0.02 * len(text) else None
