"""Write golden.json: what the reference implementations say about the sample texts and the texts of stress.py.

    PYTHONPATH=. PATH_OF_AN_ENVIRONMENT/bin/python tests/signals/make_golden.py

The environment is one of its own with datatrove[io,processing]==0.10.1 and spacy==3.8.18, because both bring other
builds of what lugha needs. Every formula that stands inside a filter of datatrove, and so cannot be called for its
value, is written again here, and the filter itself is asked on both sides of the value whether it agrees.
"""

import json
import math
import re
import string
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import regex
from datatrove.data import Document
from datatrove.pipeline.filters.fineweb_quality_filter import FineWebQualityFilter
from datatrove.pipeline.filters.gopher_quality_filter import GopherQualityFilter
from datatrove.pipeline.filters.gopher_repetition_filter import (
    GopherRepetitionFilter,
    find_all_duplicate,
    find_duplicates,
    find_top_duplicate,
    get_n_grams,
)
from datatrove.pipeline.stats.doc_stats import DocStats
from datatrove.utils.text import PUNCTUATION_SET
from datatrove.utils.word_tokenizers import SpaCyTokenizer, WordTokenizer

sys.path.insert(0, str(Path(__file__).parent))
from stress import STRESS

from lugha.sample.articles import articles_of

LANGUAGES = (
    *("amh_Ethi", "hau_Latn", "kaz_Cyrl", "mya_Mymr", "swh_Latn"),
    *("tam_Taml", "tha_Thai", "tur_Latn", "urd_Arab", "yor_Latn"),
)
ARTICLES = 8  # of each language, and all of them as one document
OFF_REPETITION = dict.fromkeys(("dup_line_frac", "dup_para_frac", "dup_line_char_frac", "dup_para_char_frac"))
OFF_QUALITY = dict.fromkeys(
    (
        *("min_doc_words", "max_doc_words", "min_avg_word_length", "max_avg_word_length", "max_symbol_word_ratio"),
        *("max_bullet_lines_ratio", "max_ellipsis_lines_ratio", "max_non_alpha_words_ratio", "min_stop_words"),
    )
)
OFF_FINEWEB = {"line_punct_thr": -1, "short_line_thr": 9, "char_duplicates_ratio": 9, "new_line_ratio": 1e9}
# NeMo Curator 1e2e4275e, nemo_curator/stages/text/utils/constants.py
CURATOR_URL = re.compile(r"http[s]?://(?:[a-zA-Z]|[0-9]|[$\-_@.&+]|[!*\(\),]|(?:%[0-9a-fA-F][0-9a-fA-F]))+")
CURATOR_BRACKETS = re.compile(r"{|}|⟨|⟩|\[|\]|\(|\)")


class Given(WordTokenizer):
    """Hands out words that are known before."""

    def __init__(self, words: list[str]) -> None:
        super().__init__()
        self.words = words

    def word_tokenize(self, text: str) -> list[str]:
        return self.words

    def sent_tokenize(self, text: str) -> list[str]:
        return [text]

    def span_tokenize(self, text: str) -> list[tuple[int, int]]:
        return [(0, len(text))]

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other


def agrees(kind: type, off: dict[str, Any], text: str, words: list[str], value: float, **rule: Any) -> None:
    """Ask a filter with a single rule, its bound just below and just above the value."""
    (name, of_bound), step = rule.popitem(), 1e-9 + abs(value) * 1e-9
    verdicts = []
    for bound in (value - step, value + step):
        made = kind(**{**off, name: of_bound(bound)}, language=Given(words))
        verdict = made.filter(Document(text=text, id=""))
        verdicts.append(verdict is True)
    assert verdicts[0] != verdicts[1], (kind.__name__, name, value, verdicts, text[:80])


def of_lines(text: str) -> dict[str, float]:
    """datatrove: lines and paragraphs of the Gopher and FineWeb filters."""
    words = text.split()
    paragraphs, lines = re.split(r"\n{2,}", text.strip()), re.split("\n+", text)
    visible = [line for line in text.split("\n") if line.strip()]
    broken = text.splitlines()
    again, again_characters = find_duplicates(lines)
    paragraphs_again, paragraph_characters = find_duplicates(paragraphs)
    found = {
        "duplicate_line_share": again / len(lines),
        "duplicate_line_character_share": again_characters / len(text),
        "duplicate_paragraph_share": paragraphs_again / len(paragraphs),
        "duplicate_paragraph_character_share": paragraph_characters / len(text),
        "terminal_line_share": sum(x.endswith(FineWebQualityFilter().stop_chars) for x in visible) / len(visible),
        "short_line_share": sum(len(x) <= 30 for x in visible) / len(visible),
        "bullet_line_share": sum(x.lstrip().startswith(("•", "-")) for x in broken) / len(broken),
        "ellipsis_line_share": sum(x.rstrip().endswith(("...", "…")) for x in broken) / len(broken),
    }
    for ours, theirs in (
        ("duplicate_line_share", "dup_line_frac"),
        ("duplicate_line_character_share", "dup_line_char_frac"),
        ("duplicate_paragraph_share", "dup_para_frac"),
        ("duplicate_paragraph_character_share", "dup_para_char_frac"),
    ):
        off = {**OFF_REPETITION, "top_n_grams": (), "dup_n_grams": ()}
        if found[ours]:
            agrees(GopherRepetitionFilter, off, text, words, found[ours], **{theirs: float})
    agrees(FineWebQualityFilter, OFF_FINEWEB, text, words, found["terminal_line_share"], line_punct_thr=float)
    agrees(FineWebQualityFilter, OFF_FINEWEB, text, words, found["short_line_share"], short_line_thr=float)
    for ours, theirs in (
        ("bullet_line_share", "max_bullet_lines_ratio"),
        ("ellipsis_line_share", "max_ellipsis_lines_ratio"),
    ):
        if found[ours]:
            agrees(GopherQualityFilter, OFF_QUALITY, text, words, found[ours], **{theirs: float})
    return found


def of_words(text: str, words: list[str]) -> dict[str, float]:
    """datatrove: what depends on the words."""
    meant = [w for w in words if any(c not in PUNCTUATION_SET for c in w)]
    # Symbols that the reference's list lacks, so that it takes them for words.
    overlooked = [w for w in meant if not regex.search(r"[\p{L}\p{M}\p{N}]", w)]
    found: dict[str, float] = {
        "word_count": len(meant),
        "mean_word_length": sum(map(len, meant)) / max(1, len(meant)),
        "overlooked_count": len(overlooked),
        "overlooked_characters": sum(map(len, overlooked)),
        "hash_word_share": text.count("#") / len(words),
        "ellipsis_word_share": (text.count("...") + text.count("…")) / len(words),
        "alphabetic_word_share": sum(any(c.isalpha() for c in w) for w in words) / len(words),
        "line_break_word_share": text.count("\n") / len(words),
    }
    for n in range(2, 5):
        grams = get_n_grams(words, n)
        found[f"top_{n}gram_share"] = find_top_duplicate(grams) / len(text) if grams else 0.0
        found[f"top_{n}gram_repeats"] = max(Counter(grams).values(), default=0) > 1
    for n in range(5, 11):
        found[f"duplicate_{n}gram_share"] = find_all_duplicate(words, n) / len(text)
    off = {**OFF_REPETITION, "top_n_grams": (), "dup_n_grams": ()}
    for n in range(2, 11):
        name, theirs = (f"top_{n}gram_share", "top_n_grams") if n < 5 else (f"duplicate_{n}gram_share", "dup_n_grams")
        if found[name]:
            agrees(GopherRepetitionFilter, off, text, words, found[name], **{theirs: lambda x, n=n: ((n, x),)})
    if meant:
        agrees(GopherQualityFilter, OFF_QUALITY, text, words, found["word_count"], min_doc_words=float)
        agrees(GopherQualityFilter, OFF_QUALITY, text, words, found["mean_word_length"], min_avg_word_length=float)
    if found["alphabetic_word_share"]:
        share = found["alphabetic_word_share"]
        agrees(GopherQualityFilter, OFF_QUALITY, text, words, share, max_non_alpha_words_ratio=float)
    for one, other in (("hash_word_share", "ellipsis_word_share"), ("ellipsis_word_share", "hash_word_share")):
        if found[one] and found[one] >= found[other]:  # one bound stands for both
            agrees(GopherQualityFilter, OFF_QUALITY, text, words, found[one], max_symbol_word_ratio=float)
    agrees(FineWebQualityFilter, OFF_FINEWEB, text, words, found["line_break_word_share"], new_line_ratio=float)
    return found


def of_characters(text: str, stats: DocStats) -> dict[str, float]:
    """datatrove's document statistics, NeMo Curator's filters, SlimPajama's length, dclm's line rules."""
    theirs, size = stats.extract_stats(Document(text=text, id="")), len(text)
    lines = [line for line in text.split("\n") if line.strip()]
    cleaned = re.sub(r"\s+", " ", text.lower().translate(str.maketrans("", "", string.punctuation)).strip())
    return {
        "white_space_share": theirs["white_space_ratio"],
        "uppercase_share": theirs["uppercase_ratio"],
        "digit_share": len(regex.findall("[[:digit:]]", text)) / size,
        "parenthesis_share": len(CURATOR_BRACKETS.findall(text)) / size,
        "url_share": sum(map(len, CURATOR_URL.findall(text))) / size,
        "longest_word_length": max(map(len, text.split())),
        "character_count": len(cleaned) - text.count("İ"),
        "numeric_line_share": sum(sum(map(str.isdigit, x)) / len(x) > 1 - 1e-6 for x in lines) / len(lines),
        "one_word_line_share": sum(len(x.split()) == 1 for x in lines) / len(lines),
        "symbol_line_share": sum(len(x.split()) == 1 and not regex.search(r"[\p{L}\p{M}\p{N}]", x) for x in lines)
        / len(lines),
        "character_entropy": -sum(n / size * math.log2(n / size) for n in Counter(text).values()),
    }


def of_stop_words(words: list[str], listed: list[str]) -> dict[str, float]:
    """dclm's stop_word_filter with the list of the language: distinct and all."""
    found = [w.lower() for w in words if w.lower() in set(listed)]
    return {"stop_word_count": len(set(found)), "stop_word_occurrences": len(found)}


def breaks(text: str, words: list[str]) -> list[int]:
    """Byte offsets at which words begin without white space before them."""
    places, at = [], 0
    for word in words:
        at = text.index(word, at)
        if at and not text[at - 1].isspace():
            places.append(len(text[:at].encode()))
        at += len(word)
    return places


def main() -> None:
    texts = {}
    for language in LANGUAGES:
        articles = articles_of(language)[:ARTICLES]
        found = {a.slug: "\n\n".join([a.title, *a.paragraphs]) for a in articles}
        texts |= {f"{language}/{slug}": text for slug, text in found.items()}
        texts[f"{language}/*"] = "\n\n".join(found.values())
    texts |= {f"stress/{name}": text.strip() for name, text in STRESS.items()}
    stats, spacy, rows = DocStats(output_folder="/tmp"), SpaCyTokenizer("xx"), []
    for name, text in texts.items():
        split, cut = text.split(), spacy.word_tokenize(text)
        listed = sorted(
            w for w, _ in Counter(w.lower() for w in split if regex.fullmatch(r"[\p{L}\p{M}]+", w)).most_common(8)
        )
        rows.append(
            {
                "text": name,
                "lines": of_lines(text),
                "characters": of_characters(text, stats),
                "stop_words": listed,
                "split": {**of_words(text, split), **of_stop_words(split, listed)},
                "spacy": {**of_words(text, cut), "breaks": breaks(text, cut)},
            }
        )
    (Path(__file__).parent / "golden.json").write_text(
        "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
