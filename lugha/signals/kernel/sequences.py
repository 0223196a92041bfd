"""Signals of short sequences of characters: sentences, web addresses, ellipses, and mojibake."""

from typing import Any

import numpy as np

from lugha.signals.kernel.columns import POSITION
from lugha.signals.kernel.compiled import compiled
from lugha.signals.kernel.tables import (
    ATERM,
    CLOSE,
    CONTINUATION,
    CONTINUE,
    EXTEND,
    LOWER_CASE,
    NOISE,
    NUMBER,
    OTHER_LETTER,
    PARAGRAPH_END,
    SENTENCE,
    SP,
    STERM,
    TYPOGRAPHY,
    UPPER_CASE,
    URL,
    WATCHED,
    WORD_START,
)

Array = np.ndarray[Any, Any]
SENTENCE_COUNT, ELLIPSIS_WORD_SHARE = POSITION["sentence_count"], POSITION["ellipsis_word_share"]
URL_SHARE, NOISE_SHARE = POSITION["url_share"], POSITION["noise_share"]
ELLIPSIS = 0x2026


@compiled
def sequences(points: Array, kinds: Array, bounds: Array, rows: Array, out: Array) -> None:
    """Fill `sentence_count` and `url_share`, and complete `noise_share`, of which `characters` left the count.

    Left as a count, for a later pass: ellipses.
    """
    for d in range(rows.shape[0]):
        start, end, row = bounds[d], bounds[d + 1], rows[d]
        sentences = ellipses = dots = in_urls = garbled = 0
        has_word = False
        free = start  # where the last address or garbled character ends
        for k in range(start, end):
            kind = kinds[k]
            has_word |= kind & WORD_START != 0
            if kind & WATCHED:
                point = points[k]
                ellipses += point == ELLIPSIS
                dots = dots + 1 if point == 46 and k > start and points[k - 1] == 46 else 1
                ellipses += point == 46 and dots % 3 == 0
                if has_word and _ends_sentence(kinds, k, start, end):
                    sentences += 1
                    has_word = False
                if k >= free:
                    if point == 58:
                        length, free = _url(points, kinds, k, start, end)
                        in_urls += length
                    elif point >= 0xC2 and point < 0xF5:
                        length = _garbled(points, kinds, k, end)
                        free = k + length
                        for j in range(k, free):
                            garbled += kinds[j] & NOISE == 0  # the others are counted already
        total = max(end - start, 1)
        out[SENTENCE_COUNT, row] = sentences + has_word
        out[ELLIPSIS_WORD_SHARE, row], out[URL_SHARE, row] = ellipses, in_urls / total
        out[NOISE_SHARE, row] = (out[NOISE_SHARE, row] + garbled) / total


@compiled
def _skip(kinds: Array, k: int, end: int, wanted: int) -> int:
    """The first place from k on that is of another sentence class; marks and format characters do not count (SB5)."""
    while k < end:
        kind = kinds[k] >> SENTENCE
        if kind != wanted and kind != EXTEND:
            break
        k += 1
    return k


@compiled
def _ends_sentence(kinds: Array, k: int, start: int, end: int) -> bool:
    """Whether a sentence ends after place k and what closes it, by the rules SB4 to SB11 of UAX #29."""
    kind = kinds[k] >> SENTENCE
    if kind != ATERM and kind != STERM:
        return bool(kind == PARAGRAPH_END)
    after = _skip(kinds, k + 1, end, EXTEND)
    if kind == ATERM and after < end:
        before = k - 1
        while before > start and kinds[before] >> SENTENCE == EXTEND:
            before -= 1
        cased = before >= start and kinds[before] >> SENTENCE in (UPPER_CASE, LOWER_CASE)
        following = kinds[after] >> SENTENCE
        if following == NUMBER or (cased and following == UPPER_CASE):
            return False
    after = _skip(kinds, _skip(kinds, after, end, CLOSE), end, SP)
    if after == end:
        return True
    if kinds[after] >> SENTENCE in (CONTINUE, ATERM, STERM):
        return False
    return kind == STERM or not _goes_on_small(kinds, after, end)


@compiled
def _goes_on_small(kinds: Array, k: int, end: int) -> bool:
    """Whether the next letter is a small one, with no end of a sentence before it (SB8)."""
    while k < end:
        kind = kinds[k] >> SENTENCE
        if kind == LOWER_CASE:
            return True
        if kind in (OTHER_LETTER, UPPER_CASE, PARAGRAPH_END, ATERM, STERM):
            return False
        k += 1
    return False


@compiled
def _url(points: Array, kinds: Array, colon: int, start: int, end: int) -> tuple[int, int]:
    """Characters of the web address whose scheme ends at this colon, and where it ends; 0 and the colon where there is
    none. An address is http or https and what RFC 3986 allows behind it.
    """
    if colon + 2 >= end or points[colon + 1] != 47 or points[colon + 2] != 47:
        return 0, colon
    scheme = colon
    small = np.uint32(32)
    if scheme > start and points[scheme - 1] | small == 115:
        scheme -= 1
    if scheme - start < 4:
        return 0, colon
    h, t, s, p = points[scheme - 4], points[scheme - 3], points[scheme - 2], points[scheme - 1]
    if h | small != 104 or t | small != 116 or s | small != 116 or p | small != 112:
        return 0, colon
    k = colon + 3
    while k < end and kinds[k] & URL:
        k += 1
    return (k - scheme + 4, k) if k > colon + 3 else (0, colon)


@compiled
def _garbled(points: Array, kinds: Array, k: int, end: int) -> int:
    """Length of the character at k that was UTF-8 and was read as Latin-1 or windows-1252, 0 where it is sound.

    That is: a letter U+00C2 to U+00F4, which as a byte begins a character, and as many continuations as it asks for.
    A quotation mark, a dash, an ellipsis or a no-break space right behind a letter is ordinary typography (é…, ï»),
    so the first continuation is none of these, but for Â and Ã with a no-break space.
    """
    lead = points[k]
    length = 2 if lead < 0xE0 else (3 if lead < 0xF0 else 4)
    if k + length > end:
        return 0
    if kinds[k + 1] & TYPOGRAPHY and not (points[k + 1] == 0xA0 and lead <= 0xC3):
        return 0
    for j in range(k + 1, k + length):
        if not kinds[j] & CONTINUATION:
            return 0
    return length
