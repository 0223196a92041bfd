"""Repair of text that keeps diacritics, joiners and orthography, each repair named.

ftfy mends what was decoded twice; NFC gives equal words equal bytes. Not done on purpose: NFKC (it changes letters),
uncurling of quotes (ʻokina and ʼ are letters in many languages), removal of ZWJ and ZWNJ (they are spelling in
Persian, Sinhala, Bengali and others).
"""

import re
import unicodedata
from dataclasses import fields

import polars as pl

from lugha.lake.digest import short_hash
from lugha.lake.schemas import TABLES
from lugha.parsing.charset import is_repair
from lugha.scripts import MARKS
from lugha.standardization.boilerplate import without_boilerplate
from lugha.standardization.pii import PiiCounts, replace_pii

# Everything of categories Cc and Cs but the line break and the tab, and the characters that only steer old line
# printers or hide text.
CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff\ufff9-\ufffb\ue000-\uf8ff\ud800-\udfff\u00ad]")
BREAK = re.compile("\r\n|[\r\x0b\x0c\u2028\u2029]")
SPACES = re.compile("[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
LINES = re.compile(r"\n{3,}")


def standardize(parsed: pl.DataFrame, language: str) -> pl.DataFrame:
    """`parsed_documents` rows of one cell in, `standardized_documents` rows out.

    `repairs` begins with "charset" where the page was read in another encoding than it declares, and ends with
    "boilerplate" and "personal_data" where those were taken out; `language` says whose telephone and identity numbers
    to expect. A text of white space or of the site's boilerplate only becomes `failure` "no_main_text".
    """
    results = [standardize_text(text) for text in parsed["text"].fill_null("")]
    repaired = [text for text, _ in results]
    kept = [LINES.sub("\n\n", t) for t in without_boilerplate(repaired, parsed["host"].to_list())]
    final = [replace_pii(text, language) for text in kept]
    texts = [text for text, _ in final]
    names = [
        ["charset"] * is_reread + done + ["boilerplate"] * (before != after) + ["personal_data"] * (after != text)
        for is_reread, (_, done), before, after, text in zip(
            _are_reread(parsed), results, repaired, kept, texts, strict=True
        )
    ]
    spec = TABLES["standardized_documents"]
    return parsed.with_columns(
        pl.Series("text", texts, dtype=pl.String),
        pl.Series("content_hash", [short_hash(t.encode()) for t in texts], dtype=pl.Binary),
        pl.Series("byte_count", [len(t.encode()) for t in texts], dtype=pl.Int64),
        pl.Series("repairs", [",".join(done) for done in names], dtype=pl.String),
        *(
            pl.Series(field.name, [getattr(counts, field.name) for _, counts in final], dtype=pl.Int32)
            for field in fields(PiiCounts)
        ),
        pl.when(pl.col("failure").is_null() & (pl.Series(texts, dtype=pl.String) == ""))
        .then(pl.lit("no_main_text"))
        .otherwise(pl.col("failure"))
        .alias("failure"),
    ).select(list(spec.columns))


def _are_reread(parsed: pl.DataFrame) -> list[bool]:
    return [
        charset is not None and is_repair(charset, source, declared)
        for charset, source, declared in parsed.select("charset", "charset_source", "charset_declared").iter_rows()
    ]


def standardize_text(text: str) -> tuple[str, list[str]]:
    """The repaired text and the names of the repairs that changed it. Applying it twice changes nothing more.

    >>> standardize_text("o\\u0323\\u0300ro\\u0323\\u0300  dídùn")
    ('ọ̀rọ̀ dídùn', ['nfc', 'spaces'])
    """
    import ftfy

    repairs: list[str] = []
    before = None
    # One repair can uncover work for another (a control removed from inside a broken character), so until all is still.
    while text != before:
        before = text
        for name, repair in (
            # First: the C1 controls that are removed next are what a twice decoded text is recognised by.
            ("encoding", ftfy.fix_encoding),
            ("controls", lambda t: CONTROL.sub("", BREAK.sub("\n", t))),
            ("marks", lambda t: MARKS.sub(r"\1", t)),
            ("nfc", lambda t: unicodedata.normalize("NFC", t)),
            ("spaces", _tidy_spaces),
        ):
            changed = repair(text)
            if changed != text and name not in repairs:
                repairs.append(name)
            text = changed
    return text, repairs


def _tidy_spaces(text: str) -> str:
    lines = [SPACES.sub(" ", line).strip(" ") for line in text.split("\n")]
    return LINES.sub("\n\n", "\n".join(lines)).strip("\n ")
