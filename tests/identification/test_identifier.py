"""The compiled identifier says what fastText says."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from lugha.identification.identifier import (
    BATCH_DOCUMENTS,
    CHARACTERS,
    KEPT,
    LABEL,
    LETTERS,
    NOISES,
    SCRIPT_LETTERS,
    WRITTEN,
    Identifier,
    NotAnIdentifier,
    batches,
    in_script,
    predict,
    read_without_model,
)
from lugha.identification.letters import plain
from lugha.languages import UNDETERMINED
from lugha.scripts import script_share

CHARACTERS_OF_ALL_KINDS = st.characters(codec="utf-8")


@pytest.fixture(scope="module")
def fasttext_model(lid: Any) -> Any:
    """The model of `lid` as fastText has it."""
    import fasttext

    return fasttext.load_model(str(lid.path))


def in_any_script(identifier: Identifier, texts: list[str]) -> Any:
    """What is read when scripts are not asked, as fastText does not."""
    identifier._is_possible = np.ones_like(identifier._is_possible)
    return identifier.read(texts)


def test_labels_and_probabilities_are_those_of_fasttext(texts: list[Any], fasttext_model: Any):
    """fastText adds 1e-5 to every probability."""
    lines = [line for x in texts for line in x.text.split("\n") if line]
    read = in_any_script(identifier := Identifier(fasttext_model), lines)
    names, scores = fasttext_model.predict([plain(line) for line in lines], k=KEPT)
    assert len(lines) > 500
    for n, (theirs, values) in enumerate(zip(names, scores, strict=True)):
        assert [LABEL + identifier.codes[place] for place in read.labels[n][:1]] == list(theirs[:1])
        assert read.scores[n][: len(values)] == pytest.approx(values, abs=2e-4)


@settings(deadline=None)
@given(text=st.text(CHARACTERS_OF_ALL_KINDS, max_size=60))
def test_any_text_has_the_probabilities_of_fasttext(text: str, fasttext_model: Any):
    line = text.replace("\n", " ")
    read = in_any_script(Identifier(fasttext_model), [line])
    (names,), (values,) = fasttext_model.predict([plain(line)], k=KEPT)
    assert (read.labels[0] >= 0).sum() == len(names)
    assert read.scores[0][: len(names)] == pytest.approx(values, abs=2e-4)


@settings(deadline=None)
@given(texts=st.lists(st.text(st.one_of(CHARACTERS_OF_ALL_KINDS, st.just("\n"))), max_size=5))
def test_lines_and_letters_are_counted_as_the_patterns_count_them(texts: list[str]):
    read = read_without_model(texts)
    lines = [line for text in texts for line in text.split("\n")]
    assert read.first_lines[-1] == len(lines)
    assert read.counts[:, LETTERS].tolist() == [len(regex.findall(r"\p{L}", line)) for line in lines]
    assert (read.counts[:, SCRIPT_LETTERS] <= read.counts[:, LETTERS]).all()
    assert (read.counts[:, LETTERS] <= read.counts[:, WRITTEN]).all()
    assert (read.counts[:, WRITTEN] <= read.counts[:, CHARACTERS]).all()
    assert read.script_counts.sum() == read.counts[:, SCRIPT_LETTERS].sum()


@pytest.mark.parametrize("script", ["Latn", "Ethi", "Arab", "Mymr", "Thai"])
def test_shares_of_a_script_are_those_of_the_patterns(script: str, texts: list[Any]):
    lines = [line for x in texts[::3] for line in x.text.split("\n")]
    assert in_script(lines, [f"xxx_{script}"] * len(lines)).tolist() == pytest.approx(
        [script_share(line, script) for line in lines]
    )


def test_only_a_language_of_the_script_is_possible(lid: Any):
    """There is one language with Ethiopic letters, and none with Georgian ones."""
    ethiopic, georgian, digits = predict(lid.model, ["ቃ", "ყველა ადამიანი იბადება", "12"])
    assert (ethiopic.label, ethiopic.score) == ("amh_Ethi", pytest.approx(1.0))
    assert (georgian.label, georgian.score) == (digits.label, digits.score) == (UNDETERMINED, 0.0)


@pytest.mark.parametrize("text", ["ကျေးဇူးတင်ပါတယ်", "Ẹ káàárọ̀ o", "สวัสดีครับ"])
def test_mojibake_and_lost_characters_are_noise(text: str):
    broken = text.encode().decode("latin-1").replace("\n", "")
    counts = read_without_model([text, broken, "\ufffd\ufffd\x00", "\u0378\ue000"]).counts
    assert counts[0, NOISES] == 0
    assert (counts[1:, NOISES] > 0.1 * counts[1:, CHARACTERS]).all()


def test_labels_of_one_language_are_one_language(fasttext_model: Any):
    names = [name.removeprefix(LABEL) for name in fasttext_model.get_labels()]
    code_of = dict.fromkeys(names, UNDETERMINED) | {"tur_Latn": "azj_Latn", "swh_Latn": "azj_Latn"}
    identifier = Identifier(fasttext_model, code_of)
    assert identifier.codes == ("azj_Latn",)
    turkish, yoruba = predict(identifier, ["Bugün hava çok güzel, çocuklar oynuyor", "Àwọn ọmọdé ló kọ́kọ́ gbé garawa"])
    assert turkish.label == "azj_Latn"
    assert yoruba.label == UNDETERMINED


def test_batches_are_bounded_and_lose_nothing():
    texts = [str(n) for n in range(2 * BATCH_DOCUMENTS + 1)] + ["ab" * 5_000_000] * 2
    found = list(batches(texts))
    assert [text for batch in found for text in batch] == texts
    assert max(map(len, found)) == BATCH_DOCUMENTS
    assert [len(batch) for batch in found[-2:]] == [1, 1]


def test_word_vectors_are_no_identifier(tmp_path: Path):
    import fasttext

    path = tmp_path / "words.txt"
    path.write_text("bir iki üç\n" * 50, encoding="utf-8")
    model = fasttext.train_unsupervised(str(path), dim=10, thread=10, minCount=1, epoch=1, bucket=100, verbose=0)
    with pytest.raises(NotAnIdentifier, match="supervised"):
        Identifier(model)
