"""Which of the encodings from before UTF-8 a page is in, told from its bytes.

Every single-byte encoding is tried, and what decides is what each makes of the bytes outside ASCII: are they letters
that form words (one script and one case in a word, no signs between letters), and does the hinted language have them,
or, where that is unknown or wrong, do they meet in the alphabet of any language? A statistical detector (chardet),
which knows the pairs of bytes of some fifty languages and the encodings of East Asia, has a voice, and so has what the
page declares. All of it is added up as log-odds. The weights were judged by hand on real text of some 400 languages,
half of which were kept aside until the weight of a declaration was chosen.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from lugha.parsing.alphabets import alphabets
from lugha.parsing.codepages import Floats, Triples, code_pages, is_single_byte, small_letters

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
DECLARED_BY_HABIT: dict[str, float] = dict.fromkeys(
    ("cp1252", "iso8859-1", "iso8859-15"), 2.0
)  # servers and editors write them unasked
UNKNOWN_TO_US = -3.0  # prior of an encoding that is only declared or detected
DETECTOR = 13.0  # for each 1.0 of its confidence below its best
DETECTED_BYTES = 20_000
LETTER_OF_EAST_ASIA = 5.0  # log-odds against one that touches a letter of ASCII: most likely a misread accent
MOST_BROKEN = 1 / 1000  # characters, in an encoding of several bytes a character; one more may be cut off at the end
MARKUP = re.compile(rb"<(script|style)\b.*?(?:</\1>|\Z)|<[^<>]*>", re.DOTALL | re.IGNORECASE)
WORD = re.compile(rb"[A-Za-z\x80-\xff'-]*[\x80-\xff][A-Za-z\x80-\xff'-]*")
MOST_BYTES, MOST_WORDS, LONGEST_WORD = 100_000, 600, 100  # of the text; distinct ones; bytes


def likeliest(body: bytes, language: str, declared: Sequence[str]) -> str:
    """The encoding that a page most likely is in; `declared` are Python codecs.

    Any bytes have one. A page without a byte outside ASCII is in what it declares, or in windows-1252.
    """
    text = MARKUP.sub(b" ", body)
    text = (body if text.isascii() else text)[:MOST_BYTES]  # some pages have their letters in attributes only
    detected = _detected(text)
    names = tuple(dict.fromkeys((*PRIOR, *declared, *list(detected)[:1])))
    singles = tuple(name for name in names if is_single_byte(name))
    triples = _triples(text)
    odds = {name: _prior(name, declared, detected) for name in names}
    for name, against in zip(singles, code_pages(singles).against(triples), strict=True):
        odds[name] -= float(against)
    for name in set(names) - set(singles):
        odds[name] -= _against_several_bytes(body, text, name)
    return _with_letters(odds, singles, triples.damped(), language)


def _triples(text: bytes) -> Triples:
    words: Counter[bytes] = Counter()
    for word in WORD.findall(text):
        if word in words or len(words) < MOST_WORDS:
            words[word[:LONGEST_WORD]] += 1
    found: Counter[bytes] = Counter()
    for word, count in words.items():
        padded = b" " + word + b" "
        for n in range(1, len(padded) - 1):
            if padded[n] >= 0x80:
                found[padded[n - 1 : n + 2]] += count
    left, byte, right = np.frombuffer(b"".join(found), np.uint8).reshape(-1, 3).T
    return Triples(left, byte, right, np.array(list(found.values()), np.float64))


def _detected(text: bytes) -> dict[str, float]:
    """Confidence of the detector in each encoding, 0..1, the best first."""
    import chardet

    # Browsers read these as the Windows encodings that they are parts of; the detector gives up on those at one byte
    # without a meaning.
    names = {"tis-620": "cp874", "iso8859-1": "cp1252", "iso8859-9": "cp1254"}
    found: dict[str, float] = {}
    for guess in chardet.detect_all(text[:DETECTED_BYTES], ignore_threshold=True, compat_names=False):
        name = guess["encoding"]
        if name and not name.startswith(("utf", "ascii")):
            found.setdefault(names.get(name, name), guess["confidence"])
    return found


def _prior(charset: str, declared: Sequence[str], detected: Mapping[str, float]) -> float:
    odds = PRIOR.get(charset, UNKNOWN_TO_US)
    odds += DECLARED_BY_HABIT.get(charset, DECLARED) if charset in declared else 0.0
    return odds + DETECTOR * (detected.get(charset, 0.0) - max(detected.values(), default=0.0))


def _against_several_bytes(body: bytes, text: bytes, charset: str) -> float:
    page = body.decode(charset, errors="replace")
    if page.count("\ufffd") > 1 + MOST_BROKEN * len(page):
        return float("inf")
    beside = Counter(re.findall(r"(?<=[a-z])[^\W\d_a-z]|[^\W\d_a-z](?=[a-z])", text.decode(charset, errors="replace")))
    return LETTER_OF_EAST_ASIA * sum(float(np.log2(1 + count)) for count in beside.values())


def _with_letters(odds: Mapping[str, float], singles: Iterable[str], damped: Floats, language: str) -> str:
    """The best, once it is known how well the letters suit the language. They can only speak against an encoding, so
    those that are behind without them need not be asked.
    """
    best, best_odds = "cp1252", float("-inf")
    for charset in sorted(odds, key=lambda name: -odds[name]):
        if odds[charset] <= best_odds:
            break
        found = odds[charset]
        if charset in singles:
            letters: Counter[str] = Counter()
            for byte in np.flatnonzero(damped):
                if letter := small_letters(charset)[byte]:
                    letters[letter] += damped[byte]
            found += alphabets().log_likelihood(letters, language)
        if found > best_odds:
            best, best_odds = charset, found
    return best
