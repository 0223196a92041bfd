"""Pages that name the wrong language do not teach it."""

import importlib.metadata
import random
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from lugha.labeling.lid import (
    LINE_BYTES,
    UNDETERMINED,
    LidSettings,
    NothingToLearnFrom,
    load_lid,
    predict,
    train_lid,
    training_lines,
)

SMALL = LidSettings(dim=10, epochs=5, buckets=2_000)
YORUBA = "Àwọn ọmọdé ló kọ́kọ́ gbé garawa wọn síwájú"
TURKISH = "Kaptan denizin çarşaf gibi olmasını uğura yorduğunu söyledi"
BURMESE = "မီးတိုင်များအတွက် ကုန်ကျစရိတ်ကို ရွာသူရွာသားများက စုဆောင်းခဲ့ကြသည်"


def hinted_as(*rows: tuple[str, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"language": pl.String, "text": pl.String}, orient="row")


def test_a_fifth_of_the_teaching_pages_names_a_wrong_language(texts: list[Any]):
    taught = [x for x in texts if not x.is_held_out]
    assert 0.15 < np.mean([x.hinted != x.language for x in taught]) < 0.25
    assert len({x.language for x in texts if x.is_held_out}) == len({x.language for x in texts}) == 10


def test_pages_it_never_saw_get_their_language_in_spite_of_wrong_hints(texts: list[Any], lid: Any):
    held_out = [x for x in texts if x.is_held_out]
    found = predict(lid.model, [x.text for x in held_out])
    assert len(held_out) > 50
    assert np.mean([p.label == x.language for p, x in zip(found, held_out, strict=True)]) >= 0.97


def test_single_lines_it_never_saw_mostly_get_their_language(texts: list[Any], lid: Any):
    lines = [(x.language, line) for x in texts if x.is_held_out for line in x.text.split("\n") if len(line) > 60]
    found = predict(lid.model, [line for _, line in lines])
    assert np.mean([p.label == language for p, (language, _) in zip(found, lines, strict=True)]) >= 0.95


def test_probabilities_are_between_0_and_1_and_the_second_is_another_language(texts: list[Any], lid: Any):
    for p in predict(lid.model, [*(x.text for x in texts[:40]), "", "12", "🌾", " ", "\n\n"]):
        assert 1 >= p.score >= p.runner_up_score >= 0
        assert p.label != p.runner_up or p.label == UNDETERMINED


def test_no_texts_have_no_predictions(lid: Any):
    assert predict(lid.model, []) == []


def test_a_very_long_line_is_judged_by_its_beginning(lid: Any):
    (found,) = predict(lid.model, [(YORUBA + ". ") * 60 + (TURKISH + ". ") * 20_000])
    assert found.label == "yor_Latn"


def test_the_weights_are_finite(lid: Any):
    assert np.isfinite(lid.model.get_input_matrix()).all()
    assert np.isfinite(lid.model.get_output_matrix()).all()


def test_the_report_says_what_each_language_gave(lid: Any, hinted: pl.DataFrame):
    lines = training_lines(hinted, LidSettings())
    report = lid.report
    assert report["language"].to_list() == sorted(lines)
    assert all(0 < n <= len(lines[language]) for language, n in report.select("language", "line_count").iter_rows())
    for column in ("refuted_share", "agreement"):
        assert report[column].is_between(0, 1).all()
    assert (report["agreement"] > 0.9).all()
    assert (report["refuted_share"] > 0).any()


def test_lines_of_two_languages_teach_nothing():
    shared = "Bu site çerezleri kullanmaktadır ve kabul edersiniz"
    lines = training_lines(
        hinted_as(("tur_Latn", f"{shared}\n{TURKISH}"), ("yor_Latn", f"{YORUBA}\n{shared}")), LidSettings()
    )
    assert lines == {"tur_Latn": [TURKISH], "yor_Latn": [YORUBA]}


def test_lines_in_another_script_than_their_language_teach_nothing():
    lines = training_lines(hinted_as(("mya_Mymr", f"{BURMESE}\n{TURKISH}"), ("tur_Latn", BURMESE[:40])), LidSettings())
    assert lines == {"mya_Mymr": [BURMESE]}


def test_short_lines_and_undetermined_pages_teach_nothing():
    assert training_lines(hinted_as(("tur_Latn", "Haberler\n2026"), (UNDETERMINED, TURKISH)), LidSettings()) == {}


def test_a_line_that_stands_twice_under_one_language_counts_once():
    lines = training_lines(hinted_as(("tur_Latn", TURKISH), ("tur_Latn", f"{TURKISH}\n{TURKISH}")), LidSettings())
    assert lines == {"tur_Latn": [TURKISH]}


def test_the_selection_does_not_depend_on_the_order_of_the_documents(hinted: pl.DataFrame):
    rows = hinted.rows()
    settings = LidSettings(bytes_per_language=5_000)
    shuffled = hinted_as(*random.Random(3).sample(rows, len(rows)))
    assert training_lines(shuffled, settings) == training_lines(hinted, settings)


def test_a_language_gives_no_more_than_its_bytes(hinted: pl.DataFrame):
    lines = training_lines(hinted, LidSettings(bytes_per_language=5_000))
    assert all(sum(len(line.encode()) for line in found) <= 5_000 for found in lines.values())
    assert all(len(found) == 1 for found in training_lines(hinted, LidSettings(bytes_per_language=1)).values())


def test_a_long_line_is_cut_between_characters():
    (line,) = training_lines(hinted_as(("mya_Mymr", BURMESE * 40)), LidSettings())["mya_Mymr"]
    assert LINE_BYTES - 3 < len(line.encode()) <= LINE_BYTES
    assert (BURMESE * 40).startswith(line)


@pytest.mark.parametrize(
    "rows",
    [
        (),
        (("tur_Latn", TURKISH),),
        (("tur_Latn", TURKISH), ("yor_Latn", "kúkurú")),
        (("tur_Latn", TURKISH), (UNDETERMINED, YORUBA)),
    ],
)
def test_fewer_than_two_languages_are_nothing_to_learn_from(rows: tuple[tuple[str, str], ...], tmp_path: Path):
    with pytest.raises(NothingToLearnFrom, match="two languages or more"):
        train_lid(hinted_as(*rows), SMALL, tmp_path / "lid.bin")
    assert not (tmp_path / "lid.bin").exists()


def test_a_page_cannot_invent_a_language(tmp_path: Path):
    """fastText takes every word that begins with its prefix for a label, so a page could write one."""
    rows = hinted_as(("tur_Latn", f"{TURKISH} __label__eng_Latn"), ("yor_Latn", f"{YORUBA} __label__eng_Latn"))
    assert train_lid(rows, SMALL, tmp_path / "lid.bin")["language"].to_list() == ["tur_Latn", "yor_Latn"]
    assert sorted(load_lid(tmp_path / "lid.bin").labels) == ["__label__tur_Latn", "__label__yor_Latn"]


def test_one_distribution_provides_fasttext():
    """Two of them install the same module, and the one without training would win by chance."""
    assert len(set(importlib.metadata.packages_distributions()["fasttext"])) == 1
    import fasttext

    assert callable(fasttext.train_supervised)
