"""In which character encoding a page really is, whatever it declares.

A third of the small web of low-resource languages declares nothing or the wrong thing. Order: byte order mark; valid
UTF-8 (a text in another encoding is almost never valid UTF-8 by chance); what header or page declare; what a detector
and the script of the hinted language suggest. Among readings that decode, the one whose letters are of the expected
script wins. The full study of legacy encodings is issue 3's.
"""

import codecs
import re
from dataclasses import dataclass

from lugha.scripts import script_share

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
DECLARED = re.compile(
    rb"""<(?:meta[^>]{0,200}?charset|\?xml[^>]{0,100}?encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE
)
HEADER = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
# Single-byte encodings that were in use for a script before UTF-8, by the WHATWG list and Python's codecs.
LEGACY = {
    "Thai": ("cp874",),
    "Cyrl": ("cp1251", "koi8-u", "ptcp154", "koi8-t", "mac-cyrillic"),
    "Arab": ("cp1256",),
    "Hebr": ("cp1255",),
    "Grek": ("cp1253",),
    "Latn": ("cp1252", "cp1254", "cp1258", "cp1250", "cp1257"),
    "Armn": ("cp1252",),
}
LEGACY_BY_LANGUAGE = {
    "tur_Latn": "cp1254",
    "azj_Latn": "cp1254",
    "vie_Latn": "cp1258",
    "kaz_Cyrl": "ptcp154",
    "tgk_Cyrl": "koi8-t",
    "ukr_Cyrl": "koi8-u",
}


@dataclass(frozen=True)
class Reading:
    """A page as text: the text, the encoding it was read in, and what made us read it so."""

    text: str
    charset: str
    source: str


def read_page(body: bytes, content_type: str | None, language: str) -> Reading | None:
    """The body as text, or None where it is no text in any encoding we know.

    `content_type` is the HTTP header as sent; `language` the hinted code, whose script settles ties between legacy
    encodings. NUL bytes outside UTF-16/32 mean that the bytes are no text.
    """
    for bom, charset in BOMS:
        if body.startswith(bom):
            text = _decode(body, charset)
            return None if text is None else Reading(text, charset, "byte order mark")
    if b"\0" in body:
        return _utf16_without_bom(body)
    if (text := _decode(body, "utf-8")) is not None:
        return Reading(text, "utf-8", "valid utf-8")
    return _legacy(body, _declared(body, content_type), language)


def _declared(body: bytes, content_type: str | None) -> str | None:
    found = HEADER.search(content_type or "")
    if found:
        return found[1].lower()
    in_page = DECLARED.search(body[:4096])
    return in_page[1].decode("ascii").lower() if in_page else None


def _utf16_without_bom(body: bytes) -> Reading | None:
    # Markup is ASCII, so in UTF-16 every second byte of it is zero.
    start = body[:200]
    for charset, zeros in (("utf-16-le", start[1::2]), ("utf-16-be", start[0::2])):
        if zeros and zeros.count(0) > 0.7 * len(zeros) and (text := _decode(body, charset)) is not None:
            return Reading(text, charset, "zero bytes of UTF-16")
    return None


def _legacy(body: bytes, declared: str | None, language: str) -> Reading | None:
    from resiliparse.parse.encoding import detect_encoding

    script = language.rpartition("_")[2]
    candidates: dict[str, str] = {}
    if declared and declared not in ("utf-8", "utf8"):
        candidates[declared] = "declared"
    if own := LEGACY_BY_LANGUAGE.get(language):
        candidates.setdefault(own, "legacy encoding of the language")
    candidates.setdefault(detect_encoding(body) or "cp1252", "detected")
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
    text = body.decode("utf-8", errors="replace")
    return (
        Reading(text, "utf-8", "utf-8 with broken bytes replaced") if text.count("\ufffd") < 0.05 * len(text) else None
    )


def _visible(text: str) -> str:
    return re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", text[:50_000], flags=re.DOTALL | re.IGNORECASE)


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
    except (
        UnicodeDecodeError,
        LookupError,
    ):  # an unknown or wrong name is simply no reading; the caller tries the next
        return None
