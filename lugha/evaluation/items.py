"""Held-out documents cut into the items that checkpoints are scored on.

A paired test needs many small things that both checkpoints saw, not a few long documents: on a small corpus with few,
long held-out documents the seed noise was three times as large. A document is cut where its writer paused - between
paragraphs, else after a sentence, else at a space - and only where none of these is near, between characters, never
inside one: a letter keeps its marks and joiners, a consonant the one that is stacked under it, a Thai or Lao consonant
the vowel that is written before it.

Which documents are held out is decided elsewhere (lugha.deduplication); scores are lugha.evaluation.bits_per_byte.
"""

import hashlib
import unicodedata
from bisect import bisect_left, bisect_right
from itertools import accumulate

import polars as pl
import regex

MIN_ITEM_BYTES = 80  # shorter items say more about their first tokens than about the language
ITEMS_SCHEMA = pl.Schema({"language": pl.String(), "item_id": pl.Binary(), "doc_id": pl.Binary(), "text": pl.String()})

_CLOSING = r"[\p{Pe}\p{Pf}\"']*"
_PARAGRAPH = regex.compile(r"\s*\n\s*")
# Marks of other scripts than Latin end a sentence with or without a space after them; "." may also stand in a number.
_SENTENCE = regex.compile(rf"[.!?…]+{_CLOSING}\s+|(?:(?![.!?])\p{{Sentence_Break=STerm}})+{_CLOSING}\s*")
_SPACE = regex.compile(r"\s+")
_GRAPHEME = regex.compile(r"\X")
_JOINER = "\u200d"
_WRITTEN_BEFORE = frozenset("เแโใไເແໂໃໄ")  # Unicode: Logical_Order_Exception
_VIRAMA = 9  # canonical combining class

_Border = tuple[
    int, int
]  # where an item may end, and where the next then begins: whitespace between belongs to neither


def make_items(documents: pl.DataFrame, max_bytes: int = 400, max_items: int = 200) -> pl.DataFrame:
    """Items (ITEMS_SCHEMA: language, item_id, doc_id, text), at most `max_items` a language, sorted by language and
    item_id.

    documents: doc_id binary, language, text. Texts are NFC, of MIN_ITEM_BYTES to `max_bytes` bytes of UTF-8 where that
    is possible: a shorter document is one shorter item, and a single character longer than `max_bytes` is not broken.
    item_id is the first 16 bytes of sha256 of doc_id and the item's number in its document, so other documents change
    neither ids nor texts, and the choice of a language's items is a random one that stays. A document of nothing but
    whitespace gives no item.
    """
    rows = [
        {"language": language, "item_id": _item_id(doc_id, number), "doc_id": doc_id, "text": text}
        for doc_id, language, document in documents.select("doc_id", "language", "text").iter_rows()
        for number, text in enumerate(cut(document, max_bytes))
    ]
    items = pl.DataFrame(rows, schema=ITEMS_SCHEMA).sort("language", "item_id")
    return items.group_by("language", maintain_order=True).head(max_items).select(ITEMS_SCHEMA.names())


def cut(document: str, max_bytes: int) -> list[str]:
    """The items of one document in order; together they are its NFC text, less the whitespace where it was cut."""
    text = unicodedata.normalize("NFC", document).strip()
    at = [0, *accumulate(len(character.encode()) for character in text)]
    by_rank = [([at[end] for end, _ in borders], borders) for borders in _borders(text)]
    items = []
    start = 0
    while at[-1] - at[start] > max_bytes:
        end, following = _best_border(by_rank, at, start, max_bytes)
        if following == len(text):
            break
        items.append(text[start:end])
        start = following
    return [*items, text[start:]] if text else []


def _best_border(by_rank: list[tuple[list[int], list[_Border]]], at: list[int], start: int, max_bytes: int) -> _Border:
    """The latest border of the highest rank that leaves both this item and the rest of the document long enough."""
    for ends, borders in by_rank:
        first = bisect_left(ends, at[start] + MIN_ITEM_BYTES)
        last = bisect_right(ends, at[start] + max_bytes)
        fitting = (border for border in reversed(borders[first:last]) if at[-1] - at[border[1]] >= MIN_ITEM_BYTES)
        border = next(fitting, None)
        if border is not None:
            return border
    ends, borders = by_rank[-1]
    first = bisect_right(ends, at[start])
    return borders[max(first, bisect_right(ends, at[start] + max_bytes) - 1)]


def _borders(text: str) -> list[list[_Border]]:
    """Borders by rank, the best first: paragraphs, sentences, spaces, characters. The end of the text is a border
    between characters.
    """
    graphemes = [match.end() for match in _GRAPHEME.finditer(text)]
    allowed = frozenset(graphemes)
    by_rank = []
    for pattern in (_PARAGRAPH, _SENTENCE, _SPACE):
        found = [_around_space(match.start(), match.end(), text) for match in pattern.finditer(text)]
        by_rank.append([border for border in found if border[1] in allowed and border[1] < len(text)])
    by_rank.append(
        [(place, place) for place in graphemes if place == len(text) or not _holds_together(text[place - 1])]
    )
    return by_rank


def _around_space(first: int, last: int, text: str) -> _Border:
    return first + len(text[first:last].rstrip()), last


def _holds_together(before: str) -> bool:
    """Whether a character belongs to the one after it, beyond what Unicode calls a grapheme (UAX 29)."""
    return before == _JOINER or before in _WRITTEN_BEFORE or unicodedata.combining(before) == _VIRAMA


def _item_id(doc_id: bytes, number: int) -> bytes:
    return hashlib.sha256(doc_id + number.to_bytes(4)).digest()[:16]
