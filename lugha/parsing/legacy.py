"""Which of the encodings from before UTF-8 a page is in, told from its bytes.

Every single-byte encoding is tried, and what decides is what each makes of the bytes outside ASCII: are they letters
that form words (one script and one case in a word, no signs between letters), and does the hinted language have them,
or, where that is unknown or wrong, do they meet in the alphabet of any language? A statistical detector (chardet),
which knows the pairs of bytes of some fifty languages and the encodings of East Asia, has a voice, and so has what the
page declares. All of it is added up as log-odds. The weights were judged by hand on half of the languages of the
trials and checked on the other half.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import numpy as np

from lugha.parsing.alphabets import alphabets

# Log-odds before anything is read: the one encoding of the west, other Windows encodings, ISO's, those of few pages,
# those of other machines.
PRIOR = {
    "cp1252": 0.0,
    **dict.fromkeys(("cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874"), -1.0),
    **dict.fromkeys(("iso8859-2", "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8", "iso8859-15"), -1.5),
    **dict.fromkeys(("koi8-r", "koi8-u", "iso8859-3", "iso8859-4", "iso8859-9", "iso8859-10", "iso8859-13"), -2.0),
    **dict.fromkeys(("iso8859-14", "iso8859-16", "ptcp154", "kz1048", "koi8-t"), -2.5),
    **dict.fromkeys(("mac-cyrillic", "mac-roman", "mac-latin2", "mac-turkish", "mac-greek", "mac-iceland"), -4.0),
    **dict.fromkeys(("cp866", "cp437", "cp850", "cp852", "cp857", "cp775", "cp737", "cp862"), -4.5),
}
DECLARED = 5.0
DECLARED_BY_HABIT = {"cp1252": 1.0, "iso8859-1": 1.0, "iso8859-15": 2.0}  # servers and editors write them unasked
UNKNOWN_TO_US = -3.0  # prior of an encoding that is only declared or detected
# Log-odds against what does not occur inside words of any orthography: controls, boxes, unassigned and private
# characters; signs between letters; a capital after a small letter; two scripts in a word; three letters in a row that
# are Latin but not ASCII.
NEVER, SIGN_INSIDE, SIGN_BESIDE, CASE, TWO_SCRIPTS, CROWDED = 6.0, 5.0, 1.5, 3.0, 5.0, 1.5
DETECTOR = 10.0  # for each 1.0 of its confidence below its best
EAST_ASIA = ("gb18030", "big5hkscs", "shift_jis_2004", "cp932", "euc_jis_2004", "euc_kr", "cp949", "johab")
MARKUP = re.compile(rb"<(script|style)\b.*?(?:</\1>|\Z)|<[^<>]*>", re.DOTALL | re.IGNORECASE)
WORD = re.compile(rb"[A-Za-z\x80-\xff'-]*[\x80-\xff][A-Za-z\x80-\xff'-]*")
MOST_BYTES, MOST_WORDS = 100_000, 600  # from the start of the text; distinct words; more changed no reading
APOSTROPHES = "'\u2019\u02bc\u00b7\u00ad-\u2010\u2011"  # these stand inside words
QUOTES = "\u2026\u2022\u2013\u2014\u201e\u201a\u00bf\u00a1\u061f\u060c\u061b\u037e"  # these touch words without being brackets

SPACE, LOWER, UPPER, LETTER, MARK, SIGN, QUOTE, ODD, JOINING = range(9)
Bytes: TypeAlias = np.ndarray[Any, np.dtype[np.uint8]]


@dataclass(frozen=True)
class Sample:
    """The bytes outside ASCII with their neighbours in the word (a space at its ends), and how often each triple
    occurs.
    """

    text: bytes
    left: Bytes
    byte: Bytes
    right: Bytes
    count: np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Guess:
    """An encoding and the natural logarithm of its odds, up to a constant."""

    charset: str
    log_odds: float


def guesses(body: bytes, language: str, declared: Sequence[str]) -> list[Guess]:
    """Encodings that the body may be in, the likeliest first; never empty.

    `declared` are Python codecs. Encodings that read the text alike are one guess, under the likeliest name.
    """
    sample = _sample(body)
    detected = _detected(sample.text)
    best = max(detected.values(), default=0.0)
    names = dict.fromkeys((*PRIOR, *declared, *list(detected)[:1]))
    found: dict[str, Guess] = {}
    for charset in names:
        if (reading := _decoded(body, sample.text, charset)) is None:
            continue
        odds = _prior(charset, declared) + DETECTOR * (detected.get(charset, 0.0) - best)
        odds += _of_letters(charset, sample, language)
        if reading not in found or odds > found[reading].log_odds:
            found[reading] = Guess(charset, odds)
    return sorted(found.values(), key=lambda guess: -guess.log_odds)


def _sample(body: bytes) -> Sample:
    text = MARKUP.sub(b" ", body)
    text = (body if text.isascii() else text)[:MOST_BYTES]  # some pages have their letters in attributes only
    words: Counter[bytes] = Counter()
    for word in WORD.findall(text):
        if word in words or len(words) < MOST_WORDS:
            words[word[:100]] += 1
    triples: Counter[bytes] = Counter()
    for word, count in words.items():
        padded = b" " + word + b" "
        for n in range(1, len(padded) - 1):
            if padded[n] >= 0x80:
                triples[padded[n - 1 : n + 2]] += count
    columns = np.frombuffer(b"".join(triples), np.uint8).reshape(-1, 3).T
    return Sample(text, *columns, np.array(list(triples.values()), np.float64))


def _detected(text: bytes) -> dict[str, float]:
    import chardet

    found = chardet.detect_all(text[:20_000], ignore_threshold=True, compat_names=False)
    names = {"tis-620": "cp874"}
    return {
        names.get(name, name): guess["confidence"]
        for guess in found
        if (name := guess["encoding"]) and not name.startswith(("utf", "ascii"))
    }


def _prior(charset: str, declared: Sequence[str]) -> float:
    odds = PRIOR.get(charset, UNKNOWN_TO_US)
    return odds + DECLARED_BY_HABIT.get(charset, DECLARED) if charset in declared else odds


def _decoded(body: bytes, text: bytes, charset: str) -> str | None:
    """The text in an encoding; None where this has several bytes a character and breaks more than once in a thousand.
    Of single bytes those that mean nothing are weighed like other oddities.
    """
    if _table(charset) is None:
        page = body.decode(charset, errors="replace")
        if page.count("\ufffd") > 1 + len(page) // 1000:
            return None
    return text.decode(charset, errors="replace")


def _of_letters(charset: str, sample: Sample, language: str) -> float:
    table = _table(charset)
    if table is None:
        return _of_characters(sample.text.decode(charset, errors="ignore"))
    per_byte = np.bincount(sample.byte, sample.count, 256)
    # The hundredth ş says less than the first: a byte counts with the logarithm of its occurrences.
    damped = np.log2(1 + per_byte)
    weight = sample.count * (damped / np.maximum(per_byte, 1))[sample.byte]
    against = weight @ table.against(sample)
    counts: Counter[str] = Counter()
    for byte in np.flatnonzero(per_byte):
        if table.kinds[byte] in (LOWER, UPPER, LETTER, MARK):
            counts[table.letters[byte]] += damped[byte]
    return alphabets().log_likelihood(counts, language) - float(against)


def _of_characters(text: str) -> float:
    """For encodings of several bytes a character: letters of East Asia beside those of ASCII are misread accents."""
    beside = Counter(re.findall(r"(?<=[a-z])[^\W\d_a-z]|[^\W\d_a-z](?=[a-z])", text))
    return -TWO_SCRIPTS * sum(float(np.log2(1 + count)) for count in beside.values())


@dataclass(frozen=True)
class Table:
    """What the 256 bytes are in an encoding: kind of character, script, and the small letter as NFC has it."""

    kinds: Bytes
    scripts: Bytes  # 0 for what is no letter
    letters: list[str]

    def against(self, sample: Sample) -> np.ndarray[Any, np.dtype[np.float64]]:
        """For each triple of the sample the log-odds against its middle."""
        left, kind, right = (self.kinds[part] for part in (sample.left, sample.byte, sample.right))
        before, script, after = (self.scripts[part] for part in (sample.left, sample.byte, sample.right))
        follows, precedes = _in_word(left), _in_word(right)
        sign = (kind == SIGN) | (kind == QUOTE)
        found = NEVER * (kind == ODD) + SIGN_INSIDE * (sign & follows & precedes)
        found += SIGN_BESIDE * ((kind == SIGN) & (follows ^ precedes))
        found += CASE * (((kind == UPPER) & (left == LOWER)) | ((kind == LOWER) & (right == UPPER)))
        other = (before * script != 0) & (before != script) | (after * script != 0) & (after != script)
        found += TWO_SCRIPTS * other + SIGN_INSIDE * ((kind == MARK) & ~follows)
        latin = script == _SCRIPTS["Latn"]
        crowded = latin & (sample.left >= 0x80) & (sample.right >= 0x80) & (before == script) & (after == script)
        return found + CROWDED * crowded


_SCRIPTS: dict[str, int] = {"": 0, "Latn": 1}


def _in_word(kinds: Bytes) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return (kinds >= LOWER) & (kinds <= MARK)


@cache
def _table(charset: str) -> Table | None:
    """None for an encoding of several bytes a character."""
    characters = bytes(range(256)).decode(charset, errors="replace")
    if len(characters) != 256 or charset in EAST_ASIA:
        return None
    return Table(
        np.array([_kind(character) for character in characters], np.uint8),
        np.array([_script(character) for character in characters], np.uint8),
        [unicodedata.normalize("NFC", character).lower() for character in characters],
    )


def _kind(character: str) -> int:
    category = unicodedata.category(character)
    if character in APOSTROPHES:
        return JOINING
    if category in ("Ll", "Lu"):
        return LOWER if category == "Ll" else UPPER
    if category[0] in "LM":
        return MARK if category[0] == "M" else LETTER
    if category[0] == "Z" or character in "\t\n\r":
        return SPACE
    if category in ("Pi", "Pf", "Ps", "Pe") or character in QUOTES:
        return QUOTE
    if character == "\ufffd":
        return ODD
    return ODD if (category[0] == "C" and category != "Cf") or "\u2500" <= character <= "\u259f" else SIGN


def _script(character: str) -> int:
    """Number of a letter's script, told by the first word of its Unicode name; marks have that of any letter."""
    name = unicodedata.name(character, "").partition(" ")[0] if character.isalpha() else ""
    return _SCRIPTS.setdefault("Latn" if name == "LATIN" else name, len(_SCRIPTS))
