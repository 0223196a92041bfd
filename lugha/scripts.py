"""Scripts of the world as patterns: which letters belong to a language's script, and where a token ends.

Needed wherever text is counted: `\\w+` breaks words at combining marks (Devanagari, Thai, Khmer, Burmese), and
scripts that put no space between words have no words to split at. Codes are ISO 15924.
"""

from functools import cache

import regex

# Scripts that ISO 15924 names but Unicode does not, since they are mixtures of others.
COMPOSITE = {
    "Jpan": ("Hani", "Hira", "Kana"),
    "Hans": ("Hani", "Bopo"),
    "Hant": ("Hani", "Bopo"),
    "Kore": ("Hang", "Hani"),
    "Hrkt": ("Hira", "Kana"),
}
# Scripts written without spaces between words: there a letter with its marks is a token (prototype measured: same
# recall as a segmenter).
UNSPACED = (
    "Thai",
    "Laoo",
    "Khmr",
    "Mymr",
    "Tibt",
    "Hani",
    "Hira",
    "Kana",
    "Lana",
    "Talu",
    "Tale",
    "Tavt",
    "Java",
    "Yiii",
)
_JOINERS = "\u200c\u200d"
_UNSPACED_LETTER = "(?=\\p{L})[" + "".join(f"\\p{{Script={s}}}" for s in UNSPACED) + "]"
_SPACED = rf"(?!{_UNSPACED_LETTER})"
TOKEN = regex.compile(
    rf"{_UNSPACED_LETTER}[\p{{M}}{_JOINERS}]*|{_SPACED}[\p{{L}}\p{{Nd}}](?:{_SPACED}[\p{{L}}\p{{M}}\p{{Nd}}{_JOINERS}])*+"
)
# More marks in a row than any orthography stacks (UAX #15 calls 30 stream-safe), to be cut to group 1: Python's NFC
# sorts them in quadratic time, and a million do not come back.
MARKS = regex.compile(r"(\p{M}{30})\p{M}+")
_NUMBER = regex.compile(r"\p{Nd}+")
# Letters that every script shares, such as the ʻokina or the Japanese ー, say nothing about the script of a text.
_LETTER = regex.compile(r"(?=\p{L})[^\p{Script=Zyyy}\p{Script=Zinh}]")


@cache
def letters_of(script: str) -> regex.Pattern[str]:
    """Pattern of one letter of a script; for an unknown or undetermined script, of any letter."""
    if script == "Zyyy":
        return _LETTER
    parts = COMPOSITE.get(script, (script,))
    try:
        return regex.compile("(?=\\p{L})[" + "".join(f"\\p{{Script={p}}}" for p in parts) + "]")
    except regex.error:
        return _LETTER


def script_share(text: str, script: str) -> float:
    """Share of the letters of a text that are of a script, 0..1; a text without letters scores 0. `Zyyy`
    (undetermined) accepts every letter; letters that belong to all scripts do not count.
    """
    letters = len(_LETTER.findall(text))
    if not letters:
        return 0.0
    return 1.0 if script == "Zyyy" else len(letters_of(script).findall(text)) / letters


def tokens(text: str) -> list[str]:
    """Tokens of a text in any script: runs of letters, marks and digits; in unspaced scripts a letter with its marks."""
    found: list[str] = TOKEN.findall(text)
    return found


def folded_tokens(text: str) -> list[str]:
    """Tokens with case folded, zero-width joiners out and every number as "0": what near-duplicate detection
    compares. Marks stay: without them different words of Yoruba, Hindi or Burmese would become one. Turkish İ i I ı
    become one letter, because which of them are a pair depends on the language, and a page in capitals must still be
    like itself.
    """
    folded = text.replace("İ", "i").casefold().replace("ı", "i")
    plain = _NUMBER.sub("0", folded).replace("\u200c", "").replace("\u200d", "")
    found: list[str] = TOKEN.findall(plain)
    return found
