"""Which tokens of a text the entries of a word list cover.

Whole tokens only: an entry never matches inside a longer word, which is how lists condemn Scunthorpe. In scripts
without spaces a token is a letter with its marks, so there an entry matches a run of those. Case is folded, composed
and decomposed spellings are one, joiners do not count. All passes over text are made by polars, in Rust.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from lugha.scripts import UNSPACED
from lugha.segmentation import is_unspaced
from lugha.wordlists import WordList

# The tokens of lugha/scripts.py in the syntax of Rust's regex, without joiners, which are out by then.
_UNSPACED_LETTER = r"[\p{L}&&[" + "".join(f"\\p{{{script}}}" for script in UNSPACED) + "]]"
TOKEN = (
    rf"{_UNSPACED_LETTER}\p{{M}}*"
    rf"|[[\p{{L}}\p{{Nd}}]--{_UNSPACED_LETTER}][[\p{{L}}\p{{M}}\p{{Nd}}]--{_UNSPACED_LETTER}]*"
)
# No entry is looked for across the punctuation of sentences, nor across white space where none stands between words.
# Apostrophes, hyphens and middle dots are inside of words.
_PUNCTUATION = r"[[\p{Po}\p{Ps}\p{Pe}|]--['’·・]]+"
_PUNCTUATION_OR_SPACE = r"[[\p{Po}\p{Ps}\p{Pe}|\s]--['’·・]]+"
BREAK = "|"
_WITHOUT_JOINERS: dict[int, None] = dict.fromkeys((0x200C, 0x200D))
# Languages whose Latin alphabet has ı and i as two letters, so that I is the capital of ı: in Turkish, "sık" (often)
# must not become another word.
DOTLESS = frozenset({"azb_Latn", "azj_Latn", "crh_Latn", "gag_Latn", "kaz_Latn", "tat_Latn", "tur_Latn"})


def covered_share(texts: pl.Series, words: WordList) -> pl.Series:
    """Share of the tokens of each text that an entry covers, 0..1, as Float32; 0 for a text without tokens, null for
    null. A token that two entries cover counts once. Lone surrogates must be out, as polars asks.
    """
    patterns = _patterns(words)
    folded = _folded(texts, words.language)
    # Most texts hold no needle at all, and this one scan is twenty times as fast as cutting into tokens.
    may_match = folded.str.contains_any(list(patterns.needles)).fill_null(False)
    shares = pl.zeros(len(texts), dtype=pl.Float32, eager=True)
    shares = shares.scatter(may_match.arg_true(), _shares(_joined(folded.filter(may_match), words.language), patterns))
    return pl.select(pl.when(texts.is_not_null()).then(shares)).to_series().alias(texts.name)


def has_letter(entry: str) -> bool:
    """Whether an entry holds a letter of any script."""
    return any(unicodedata.category(character).startswith("L") for character in entry)


def _folded(texts: pl.Series, language: str) -> pl.Series:
    return pl.Series([None if text is None else _fold(text, language) for text in texts], dtype=pl.String)


def _fold(text: str, language: str) -> str:
    if language in DOTLESS:
        text = unicodedata.normalize("NFC", text).replace("I", "ı")  # composed first, since İ may be I and a dot
    text = text.replace("İ", "i").replace("I\u0307", "i").casefold()
    if "\u200c" in text or "\u200d" in text:
        text = text.translate(_WITHOUT_JOINERS)
    return unicodedata.normalize("NFC", text)


def _joined(folded: pl.Series, language: str) -> pl.Series:
    """The tokens of each text with one space before and after each, and BREAK where no entry may reach across."""
    ends = _PUNCTUATION_OR_SPACE if is_unspaced(language) else _PUNCTUATION
    pieces = folded.str.replace_all(ends, f" {BREAK} ").str.extract_all(rf"{TOKEN}|\{BREAK}")
    return " " + pieces.list.join(" ") + " "


@dataclass(frozen=True, slots=True)
class _Patterns:
    """Entries as joined tokens, apart by whether they have one token or several; `needles` holds the longest token of
    each, without which a text need not be looked at.
    """

    single: tuple[str, ...]
    several: tuple[str, ...]
    needles: tuple[str, ...]


@lru_cache(maxsize=64)
def _patterns(words: WordList) -> _Patterns:
    folded = pl.Series([_fold(entry, words.language) for entry in words.entries])
    joined = [f" {entry.strip(f' {BREAK}')} " for entry in _joined(folded, words.language)]
    joined = list(dict.fromkeys(joined))
    needles = dict.fromkeys(max(entry.split(), key=len) for entry in joined)
    is_single = {entry: entry.count(" ") == 2 for entry in joined}
    return _Patterns(
        tuple(entry for entry in joined if is_single[entry]),
        tuple(entry for entry in joined if not is_single[entry]),
        tuple(needles),
    )


def _shares(joined: pl.Series, patterns: _Patterns) -> pl.Series:
    token_counts = joined.str.count_matches(" ", literal=True) - 1 - joined.str.count_matches(BREAK, literal=True)
    covered = pl.zeros(len(joined), dtype=pl.UInt32, eager=True)
    if patterns.single:
        covered = joined.str.find_many(list(patterns.single), overlapping=True).list.len()
    if patterns.several:
        has_several = joined.str.contains_any(list(patterns.several)).arg_true()
        every = [*patterns.single, *patterns.several]
        covered = covered.scatter(has_several, [_covered_count(text, every) for text in joined.gather(has_several)])
    return (covered / token_counts).cast(pl.Float32)


def _covered_count(text: str, patterns: list[str]) -> int:
    """How many tokens of a joined text the patterns cover; a token is known by the place of the space before it."""
    one = pl.Series([text])
    starts = one.str.find_many(patterns, overlapping=True)[0]
    covered = set()
    for start, found in zip(starts, one.str.extract_many(patterns, overlapping=True)[0], strict=True):
        for token in found.split(" ")[1:-1]:
            if token != BREAK:
                covered.add(start)
            start += len(token.encode()) + 1
    return len(covered)
