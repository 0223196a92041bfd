"""Words and sentences in every script, also where nothing stands between words.

ICU does both (icu4py, which carries ICU and its dictionaries of Thai, Lao, Khmer, Burmese, Chinese and Japanese):
Unicode's rules of text segmentation, UAX #29, and a dictionary where the rules alone find nothing. Scripts without
spaces that ICU has no dictionary for (`NO_DICTIONARY`) are cut at every letter with its marks, Tibetan at every
syllable.

Whoever counts words of running text by white space takes `word_breaks` in addition: where a word begins without any.
All functions work in pieces of bounded size, so time and memory grow with the text and no faster. Signals have words
of their own in spaced scripts, because published bounds were found with white space; near-duplicates have tokens
(lugha/scripts.py).
"""

from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from operator import itemgetter
from typing import Any

import numpy as np
import polars as pl
import regex

from lugha.scripts import COMPOSITE, UNSPACED

# Unspaced scripts for which ICU 78 has neither a dictionary nor a mark between syllables to break at.
NO_DICTIONARY = ("Lana", "Talu", "Tale", "Tavt", "Java", "Yiii")
PIECE = 1 << 14  # characters given to ICU at a time

_OTHER, _SPACE, _WORD, _LETTER, _CLUSTER = range(5)
_SURROGATE = regex.compile("[\ud800-\udfff]")
# Where ICU 78 sees no end of a sentence: Tibetan shads, and the colon that stands for the Armenian full stop.
_STOP = regex.compile(r"(?<=[།༎༔]|\p{Script=Armn}:)\s+")
# Unicode counts the Burmese little section among the ends of sentences, though it parts clauses.
_CLAUSE = regex.compile(r"၊\s*")
# Thai has no mark at all: a space ends a clause or a sentence. After 40 characters gave the best F1 on sentences of
# SIB-200, 0.44; the model crfcut of pythainlp gave 0.59, at a hundredth of the speed.
_THAI = regex.compile(r"(?s).{40,}?(?<=\p{Script=Thai})\s+")
_OWN_RULES = regex.compile(r"[།༎༔၊\p{Script=Armn}\p{Script=Thai}]")


def is_unspaced(language: str) -> bool:
    """Whether a language ("tha_Thai") is written without spaces between words, by the script of its code.

    Japanese and Chinese are; Korean is not, though its script holds Chinese characters; `und_Zyyy` is not.
    """
    script = language[4:]
    return COMPOSITE.get(script, (script,))[0] in UNSPACED  # the main script of a mixture stands first


def words(text: str) -> list[str]:
    """The words of a text in any script, without the punctuation and space between them; see `word_spans`."""
    return [text[start:end] for start, end in word_spans(text)]


def word_spans(text: str) -> list[tuple[int, int]]:
    """Where the words of a text stand: (start, end) in characters, in order.

    A word is a segment of UAX #29 that begins with a letter or digit, cut further where an unspaced script meets
    another ("ภาษาhello" is two) and, in scripts of `NO_DICTIONARY`, at every letter. Lone surrogates are no word.
    """
    spans: list[tuple[int, int]] = []
    base = 0
    for piece in _pieces(_SURROGATE.sub("\ufffd", text)):
        units = _units(piece)
        kinds = _kinds(units)
        cuts = np.union1d(_boundaries(piece), np.flatnonzero(_changes(kinds, _last(kinds >= _WORD))))
        whole = (units < 0xDC00) | (units > 0xDFFF)
        places = base + np.append(np.cumsum(whole) - whole, len(piece))
        is_word = kinds[cuts] >= _WORD
        ends = np.append(cuts[1:], len(units))
        spans += zip(places[cuts[is_word]].tolist(), places[ends[is_word]].tolist(), strict=True)
        base += len(piece)
    return spans


def sentences(text: str, language: str) -> list[str]:
    """The sentences of a text, without the white space around them; see `sentence_spans`."""
    return [text[start:end] for start, end in sentence_spans(text, language)]


def sentence_spans(text: str, language: str) -> list[tuple[int, int]]:
    """Where the sentences of a text stand: (start, end) in characters, in order, none of them empty.

    The rules are those of UAX #29 with the stops of all scripts (। ። ۔ ။ ។ 。), and of the language where ICU has its
    own (Greek asks with ";"). A line end ends a sentence; abbreviations do too, if a capital follows. Tibetan, Armenian,
    Burmese and Thai text is cut by rules on top of them, whatever the language. Lines of more than `PIECE` characters
    are cut at a space where a piece ends.
    """
    spans = []
    base = 0
    for piece in _pieces(_SURROGATE.sub("\ufffd", text)):
        start = 0
        for end in _sentence_ends(piece, language):
            sentence = piece[start:end].lstrip()
            if sentence:
                first = base + end - len(sentence)
                spans.append((first, first + len(sentence.rstrip())))
            start = end
        base += len(piece)
    return spans


def word_breaks(texts: pl.Series) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Where words begin with no white space before them: sorted byte offsets into the UTF-8 of all texts, end to end.

    Text i begins at the sum of the byte lengths of the texts before it, as in the Arrow buffer of an unsliced column;
    a null is empty. An offset is always the first byte of a letter or digit, and there is a word before it in the same
    run without white space, so a reader that ends words at white space and at these offsets counts every word once.
    Punctuation stays with the word before it, as it does in scripts with spaces. Breaks stand only beside letters of
    unspaced scripts: "hello-world.com" has none, also inside Thai text.

    Texts without a letter of an unspaced script cost a scan and nothing else. Where `PIECE` characters hold no white
    space, the break at the cut is lost.
    """
    is_mixed = texts.str.contains(_any(UNSPACED)).fill_null(False)
    if not is_mixed.any():
        return np.empty(0, np.int64)
    lengths = texts.str.len_bytes().fill_null(0).cast(pl.Int64).to_numpy()
    mixed = is_mixed.to_numpy()
    starts = (np.cumsum(lengths) - lengths)[mixed]
    begins = np.cumsum(lengths[mixed] + 1) - lengths[mixed] - 1
    breaks = np.concatenate(list(_breaks(texts.filter(is_mixed).str.join("\n").item())))
    text = np.searchsorted(begins, breaks, side="right") - 1
    result: np.ndarray[Any, np.dtype[np.int64]] = breaks - begins[text] + starts[text]
    return result


def _breaks(text: str) -> Iterator[np.ndarray[Any, np.dtype[np.int64]]]:
    """Byte offsets of the breaks of one text, piece by piece."""
    base = 0
    for piece in _pieces(text):
        units = _units(piece)
        widths = _widths(units)
        after = np.cumsum(widths)
        starts = _starts(piece, units)
        yield base + (after - widths)[starts]
        base += int(after[-1])


def _starts(piece: str, units: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The UTF-16 units of a piece at which a word begins that no white space precedes."""
    kinds = _kinds(units)
    previous = _last(kinds >= _WORD)
    kind_before = np.where(previous >= 0, kinds[previous], np.uint8(_OTHER))
    is_candidate = _changes(kinds, previous)
    is_candidate[_boundaries(piece)] = True
    is_beside_unspaced = (kinds >= _LETTER) | (kind_before >= _LETTER)
    is_inside_run = previous > _last(kinds == _SPACE)
    return np.flatnonzero(is_candidate & (kinds >= _WORD) & is_beside_unspaced & is_inside_run)


def _changes(kinds: np.ndarray[Any, Any], previous: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Whether a word begins at a unit by its kind alone: ICU sees no boundary between a Thai letter and a Latin one or
    a digit, and none within a script that it has no dictionary for. `previous` is the letter or digit before each unit.
    """
    is_other_kind = (previous >= 0) & (kinds[previous] != kinds) & (kinds >= _WORD)
    result: np.ndarray[Any, Any] = is_other_kind | (kinds == _CLUSTER)
    return result


def _last(found: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """For every place, the last place before it where `found` holds, or -1."""
    at = np.maximum.accumulate(np.where(found, np.arange(len(found), dtype=np.int32), np.int32(-1)))
    return np.concatenate([np.full(1, -1, np.int32), at[:-1]])


def _boundaries(piece: str) -> np.ndarray[Any, Any]:
    """ICU's word boundaries but the last, in UTF-16 units."""
    from icu4py.breakers import WordBreaker

    # A generator expression here takes as long as ICU itself.
    return np.fromiter(map(itemgetter(0), WordBreaker(piece, "und").segments()), np.int64)


def _sentence_ends(piece: str, language: str) -> list[int]:
    """Where sentences end in a piece, white space after them included, in characters; the last is its length."""
    from icu4py.breakers import SentenceBreaker

    ends = list(accumulate(map(len, SentenceBreaker(piece, language[:3]))))
    if not _OWN_RULES.search(piece):
        return ends
    clauses = {clause.end() for clause in _CLAUSE.finditer(piece)}
    stops = {stop.end() for stop in _STOP.finditer(piece)}
    marked = sorted((set(ends) - clauses) | stops | {len(piece)})
    return [end for start, last in zip([0, *marked], marked, strict=False) for end in _clause_ends(piece, start, last)]


def _clause_ends(piece: str, start: int, end: int) -> Iterator[int]:
    """The end of a sentence, after the ends of Thai clauses in it."""
    while (clause := _THAI.match(piece, start, end)) and clause.end() < end:
        start = clause.end()
        yield start
    yield end


def _pieces(text: str) -> Iterator[str]:
    """The text in pieces of at most `PIECE` characters, cut after a line end, else a space, else anywhere."""
    start = 0
    while start < len(text):
        end = start + PIECE
        if end < len(text):
            cut = text.rfind("\n", start, end)
            end = 1 + (cut if cut >= 0 else text.rfind(" ", start, end)) or end
        yield text[start:end]
        start = end


def _units(piece: str) -> np.ndarray[Any, Any]:
    return np.frombuffer(piece.encode("utf-16-le"), np.uint16)


def _widths(units: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Bytes of UTF-8 that each UTF-16 unit stands for; either half of a surrogate pair stands for two."""
    is_half = (units >= 0xD800) & (units < 0xE000)
    return 1 + (units >= 0x80).astype(np.int64) + ((units >= 0x800) & ~is_half)


def _kinds(units: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """What each UTF-16 unit is; the first half of a pair has the kind of its character, the second is _OTHER."""
    kinds: np.ndarray[Any, Any] = _kind_of()[units]
    first = np.flatnonzero((units >= 0xD800) & (units < 0xDC00))
    if len(first):
        high, low = units[first].astype(np.int64), units[first + 1].astype(np.int64)
        kinds[first] = _kind_of()[0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)]
    return kinds


@cache
def _kind_of() -> np.ndarray[Any, Any]:
    """The kind of every code point."""
    everything = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x40000))))  # no letters beyond
    kinds = np.zeros(0x110000, np.uint8)
    for kind, pattern in (
        (_SPACE, r"[\s\x1c-\x1f]+"),  # as str.split has it
        (_WORD, r"[\p{L}\p{N}]+"),
        (_LETTER, f"(?:(?=\\p{{L}}){_any(UNSPACED)})+"),
        (_CLUSTER, f"(?:(?=\\p{{L}}){_any(NO_DICTIONARY)})+"),
    ):
        for run in regex.finditer(pattern, everything):
            start, end = (ord(everything[place]) for place in (run.start(), run.end() - 1))
            kinds[start : end + 1] = kind
    return kinds


def _any(scripts: tuple[str, ...]) -> str:
    """A pattern of one character of these scripts, as regex and polars both read it."""
    return "[" + "".join(f"\\p{{sc={script}}}" for script in scripts) + "]"
