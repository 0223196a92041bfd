"""The tokenizer: equal say, the same file every time, nothing lost."""

import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lugha
from lugha.training.tokenizer import (
    BOS_ID,
    BrokenTokenizer,
    NothingToTrainOn,
    VocabularyTooSmall,
    encode,
    open_tokenizer,
    tokenizer_report,
    train_tokenizer,
)

Texts = dict[str, list[str]]


def test_every_language_comes_back_as_it_went_in(tokenizer_json: str, texts: Texts):
    report = tokenizer_report(tokenizer_json, texts)
    assert report["language"].to_list() == sorted(texts)
    assert (report["round_trip_share"] == 1).all()
    assert (report["bytes_per_token"] == report["byte_count"] / report["token_count"]).all()


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=60))
def test_any_text_comes_back_in_nfc(text: str, tokenizer_json: str):
    tokenizer = open_tokenizer(tokenizer_json)
    (ids,) = encode(tokenizer, [text])
    assert tokenizer.decode(ids.tolist(), skip_special_tokens=False) == unicodedata.normalize("NFC", text)


def test_the_order_of_languages_does_not_matter_and_the_file_is_the_same(tokenizer_json: str, texts: Texts):
    turned = dict(reversed(texts.items()))
    assert train_tokenizer(turned, vocab_size=320, bytes_per_language=10_000) == tokenizer_json


def test_another_process_with_other_threads_writes_the_same_file(tokenizer_json: str, texts: Texts):
    code = (
        f"from lugha.training.tokenizer import train_tokenizer\nprint(train_tokenizer({texts!r}, 320, 10_000), end='')"
    )
    environment = {**os.environ, "RAYON_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8"}
    root = Path(lugha.__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", code], cwd=root, env=environment, capture_output=True, check=True)
    assert done.stdout.decode() == tokenizer_json


def test_a_language_with_much_text_has_no_more_say_than_another(texts: Texts):
    """The Turkish documents after the first do not fit and change nothing."""
    few = {**texts, "tur_Latn": texts["tur_Latn"][:1]}
    flooded = {**texts, "tur_Latn": texts["tur_Latn"][:1] + ["Kaplumbağa " * 100] * 50}
    assert train_tokenizer(flooded, 320, 600) == train_tokenizer(few, 320, 600)


def test_a_first_document_that_is_too_long_is_cut_at_a_character():
    """ "ገ" takes three bytes: of a budget of 100 bytes, 99 are used."""
    assert train_tokenizer({"amh_Ethi": ["ገ" * 1000]}, 300, 100) == train_tokenizer({"amh_Ethi": ["ገ" * 33]}, 300, 100)


def test_a_burmese_word_is_not_broken_at_its_vowel_signs():
    """With marks outside the word, no token could ever cover more than one consonant and its signs."""
    made = train_tokenizer({"mya_Mymr": ["မြန်မာနိုင်ငံ " * 200]}, 320, 100_000)
    (ids,) = encode(open_tokenizer(made), ["မြန်မာနိုင်ငံ"])
    assert len(ids) == 1


def test_a_document_cannot_forge_a_document_border(tokenizer_json: str):
    """Text about `<|bos|>` stays text, and all of its bytes count."""
    (ids,) = encode(open_tokenizer(tokenizer_json), ["kapı <|bos|> kapı"])
    assert BOS_ID not in ids


def test_no_text_at_all_is_named():
    with pytest.raises(NothingToTrainOn, match="urd_Arab"):
        train_tokenizer({"urd_Arab": ["", ""]}, 320, 1000)


def test_a_vocabulary_without_room_for_every_byte_is_named(texts: Texts):
    with pytest.raises(VocabularyTooSmall, match="258"):
        train_tokenizer(texts, 200, 1000)


def test_a_language_without_text_has_a_row_without_shares(tokenizer_json: str):
    row = tokenizer_report(tokenizer_json, {"tha_Thai": []}).row(0, named=True)
    assert row["token_count"] == 0
    assert row["bytes_per_token"] is None


def test_what_is_no_tokenizer_is_named():
    with pytest.raises(BrokenTokenizer, match="train_tokenizer"):
        open_tokenizer('{"model": "none"}')
