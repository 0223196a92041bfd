"""Byte-level BPE that every language had the same say in, and what it costs each of them.

What moves the cost of a language is how much of its text the tokenizer saw, hardly the algorithm or the size (measured:
English against Yoruba 1.41 tokens to one with equal bytes, 1.93 with an English-heavy sample). So each language gives
the same number of bytes. Bytes are the alphabet: nothing is ever unknown, and text comes back as it went in, after NFC.

This file neither chooses the documents nor compares languages: parity needs parallel text.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from lugha.errors import LughaError

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from tokenizers.pre_tokenizers import PreTokenizer

BOS = "<|bos|>"
PAD = "<|pad|>"
SPECIAL_TOKENS = (BOS, PAD)
BOS_ID, PAD_ID = range(len(SPECIAL_TOKENS))  # special tokens come first in every vocabulary trained here
SMALLEST_VOCABULARY = 256 + len(SPECIAL_TOKENS)  # every byte must have a token
# The usual pattern (GPT-2) ends a word at each combining mark and knows English contractions. With marks and joiners
# inside the word, a token of Tamil covers 6.1 bytes instead of 3.5, of Khmer 4.5 instead of 3.3, of Burmese 4.8 instead
# of 3.9; Latin and Ethiopic text pays 4-9 % (vocabulary 4,096 shared by nine languages, 150 KB each).
_WORDS = r" ?[\p{L}\p{M}\u200C\u200D]+| ?\p{N}+| ?[^\s\p{L}\p{M}\p{N}\u200C\u200D]+|\s+(?!\S)|\s+"
_ENCODED_AT_ONCE = 256  # documents; bounds the memory of the encodings, not of the ids

REPORT_SCHEMA = pl.Schema(
    {
        "language": pl.String(),
        "bytes_per_token": pl.Float64(),
        "token_count": pl.Int64(),
        "byte_count": pl.Int64(),
        "round_trip_share": pl.Float64(),
    }
)


class NothingToTrainOn(LughaError):
    """No document with text was given, so there is nothing to learn from."""


class VocabularyTooSmall(LughaError):
    """The vocabulary cannot hold every byte and the special tokens."""


class BrokenTokenizer(LughaError):
    """A tokenizer file that does not open, or is not one that lugha trained."""


def train_tokenizer(texts: Mapping[str, Sequence[str]], vocab_size: int, bytes_per_language: int) -> str:
    """The JSON of a byte-level BPE tokenizer (NFC; `<|bos|>` is token 0, `<|pad|>` token 1), trained on at most the
    same bytes of each language.

    A language gives its documents in the order given, up to the last whole one that fits; only a first document that is
    longer than `bytes_per_language` is itself cut, at a character. Languages come in sorted order. Equal input gives an
    equal JSON, byte for byte. Little text may give fewer than `vocab_size` tokens.
    Raises NothingToTrainOn, VocabularyTooSmall.
    """
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
    from tokenizers import decoders as decoding

    if vocab_size < SMALLEST_VOCABULARY:
        raise VocabularyTooSmall(
            f"a vocabulary of {vocab_size} tokens cannot hold 256 bytes and {len(SPECIAL_TOKENS)} special tokens. "
            f"Ask for at least {SMALLEST_VOCABULARY}; 4096 suits a handful of languages."
        )
    sample = [text for language in sorted(texts) for text in _first_bytes(texts[language], bytes_per_language)]
    if not sample:
        raise NothingToTrainOn(
            f"no text for a tokenizer in {len(texts)} languages ({', '.join(sorted(texts)) or 'none'}). "
            "Collect and clean documents of at least one language first, and give each language more than 0 bytes."
        )
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = _pre_tokenizer()
    tokenizer.decoder = decoding.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(sample, trainer)
    return tokenizer.to_str()


def tokenizer_report(tokenizer_json: str, texts: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """What the tokenizer makes of each language: NFC bytes, tokens, bytes per token, and the share of documents (0..1)
    that come back unchanged.

    Bytes per token is no parity: scripts need one to four bytes for a letter, and only the same sentences in two
    languages tell which of them pays more tokens for the same meaning. A language without text has a row of zeros with
    no share. Columns: REPORT_SCHEMA.
    """
    tokenizer = open_tokenizer(tokenizer_json)
    rows = []
    for language in sorted(texts):
        normal = [unicodedata.normalize("NFC", text) for text in texts[language]]
        encoded = list(encode(tokenizer, normal))
        byte_count = sum(len(text.encode()) for text in normal)
        token_count = sum(len(ids) for ids in encoded)
        returned = sum(
            tokenizer.decode(ids.tolist(), skip_special_tokens=False) == text
            for ids, text in zip(encoded, normal, strict=True)
        )
        rows.append(
            {
                "language": language,
                "bytes_per_token": byte_count / token_count if token_count else None,
                "token_count": token_count,
                "byte_count": byte_count,
                "round_trip_share": returned / len(normal) if normal else None,
            }
        )
    return pl.DataFrame(rows, schema=REPORT_SCHEMA)


def open_tokenizer(tokenizer_json: str) -> "Tokenizer":
    """The tokenizer, set to read `<|bos|>` in a document as plain text: a page about tokenizers must not forge a
    document border.
    Raises BrokenTokenizer.
    """
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_str(tokenizer_json)
    except Exception as error:  # the binding raises bare Exception
        raise BrokenTokenizer(
            f"the tokenizer JSON does not open: {error}. Train it again with train_tokenizer."
        ) from error
    wrong = [token for index, token in enumerate(SPECIAL_TOKENS) if tokenizer.token_to_id(token) != index]
    if wrong:
        raise BrokenTokenizer(
            f"{' and '.join(wrong)} do not lead the tokenizer's vocabulary. Use a tokenizer that train_tokenizer made."
        )
    tokenizer.encode_special_tokens = True
    return tokenizer


def encode(tokenizer: "Tokenizer", texts: Sequence[str]) -> Iterator[np.ndarray]:
    """The token ids of each text, uint16 where the vocabulary allows it and else uint32, without any special token."""
    dtype = id_type(tokenizer.get_vocab_size())
    for start in range(0, len(texts), _ENCODED_AT_ONCE):
        for encoding in tokenizer.encode_batch_fast(texts[start : start + _ENCODED_AT_ONCE], add_special_tokens=False):
            yield np.array(encoding.ids, dtype=dtype)


def id_type(vocab_size: int) -> np.dtype[np.unsignedinteger]:
    """The smallest of uint16 and uint32 that holds the ids of a vocabulary."""
    return np.dtype(np.uint16 if vocab_size <= 2**16 else np.uint32)


def _pre_tokenizer() -> "PreTokenizer":
    from tokenizers import Regex, pre_tokenizers

    words = pre_tokenizers.Split(Regex(_WORDS), behavior="isolated")
    return pre_tokenizers.Sequence([words, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def _first_bytes(texts: Sequence[str], most_bytes: int) -> list[str]:
    taken: list[str] = []
    left = most_bytes
    for text in texts:
        normal = unicodedata.normalize("NFC", text)
        size = len(normal.encode())
        if size > left:
            beginning = normal.encode()[:left].decode(errors="ignore")
            return taken or [beginning] * bool(beginning)
        if size:
            taken.append(normal)
        left -= size
    return taken
