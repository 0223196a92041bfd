"""Pages that name the wrong language do not teach it."""

import importlib.metadata
import random
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from lugha.identification.identifier import predict
from lugha.identification.training import (
    LEAST_LINES_MEASURED,
    LINE_BYTES,
    MOST_PIECES,
    LidSettings,
    NothingToLearnFrom,
    load_lid,
    measured_lines,
    train_lid,
    training_lines,
)
from lugha.languages import UNDETERMINED
from lugha.reference import SCHEMA
from lugha.sample.articles import articles_of

SMALL = LidSettings(dim=10, most_epochs=5, buckets=2_000)
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


def test_a_very_long_line_is_judged_as_a_whole(lid: Any):
    (found,) = predict(lid.model, [(YORUBA + ". ") * 60 + (TURKISH + ". ") * 20_000])
    assert found.label == "tur_Latn"


def test_the_report_says_what_each_language_gave(lid: Any, hinted: pl.DataFrame):
    lines = training_lines(hinted, LidSettings())
    report = lid.report
    assert (report["reference_bytes"] == 0).all()
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


def test_a_long_line_teaches_in_pieces_that_are_cut_between_characters():
    """And a line without end teaches no more than its beginning."""
    line = " ".join(f"{BURMESE} {n}" for n in range(1_000))
    pieces = training_lines(hinted_as(("mya_Mymr", line)), LidSettings())["mya_Mymr"]
    assert len(pieces) == MOST_PIECES
    assert all(LINE_BYTES - 6 < len(piece.encode()) <= LINE_BYTES and piece in line for piece in pieces)


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
    assert load_lid(tmp_path / "lid.bin").codes == ("tur_Latn", "yor_Latn")


def vouched_for(*rows: tuple[str, str, bool]) -> pl.DataFrame:
    """Rows of `lugha.reference`: (language, text, is it held out)."""
    told = [(language, "here/texts.jsonl", text, is_held_out) for language, text, is_held_out in rows]
    return pl.DataFrame(told, schema=SCHEMA, orient="row")


def article_lines(language: str, articles: slice) -> str:
    return "\n".join(line for article in articles_of(language)[articles] for line in article.paragraphs)


@pytest.mark.parametrize("liar", ["swh_Latn", "hau_Latn"])
def test_reference_text_refutes_a_whole_language_of_wrong_hints(liar: str, tmp_path: Path):
    """Every page that says it is in one language is Turkish: hints alone would teach it so."""
    languages = ("tur_Latn", "yor_Latn", "swh_Latn", "hau_Latn")
    reference = vouched_for(*((x, article_lines(x, slice(0, 8)), False) for x in languages))
    hinted = hinted_as(
        (liar, article_lines("tur_Latn", slice(8, 14))), ("yor_Latn", article_lines("yor_Latn", slice(8, 12)))
    )
    report = train_lid(hinted, LidSettings(buckets=20_000), tmp_path / "lid.bin", reference)
    refuted = dict(report.select("language", "refuted_share").iter_rows())
    assert refuted["yor_Latn"] < 0.2
    (found,) = predict(load_lid(tmp_path / "lid.bin"), [article_lines("tur_Latn", slice(14, 15))])
    assert found.label == "tur_Latn"


def test_hints_teach_the_languages_that_reference_text_lacks(tmp_path: Path):
    reference = vouched_for(("tur_Latn", TURKISH, False), ("mya_Mymr", BURMESE, False))
    report = train_lid(hinted_as(("yor_Latn", YORUBA)), SMALL, tmp_path / "lid.bin", reference)
    assert report["language"].to_list() == ["mya_Mymr", "tur_Latn", "yor_Latn"]
    assert report["reference_bytes"].to_list() == [len(BURMESE.encode()), len(TURKISH.encode()), 0]


def test_held_out_text_teaches_nothing_wherever_it_stands(tmp_path: Path):
    """A page of the crawl, or the reference text itself, may repeat what is kept to measure on."""
    reference = vouched_for(
        ("tur_Latn", f"{TURKISH}\n{TURKISH[5:]}", False), ("tur_Latn", TURKISH, True), ("mya_Mymr", BURMESE, False)
    )
    hinted = hinted_as(("tur_Latn", TURKISH), ("yor_Latn", YORUBA))
    report = train_lid(hinted, SMALL, tmp_path / "lid.bin", reference)
    assert dict(report.select("language", "byte_count").iter_rows())["tur_Latn"] == len(TURKISH[5:].encode())


def test_a_twentieth_of_the_hinted_lines_is_kept_to_measure_on(hinted: pl.DataFrame):
    """None of them teaches, and none is taken from a language that has few lines."""
    measured, taught = measured_lines(hinted), training_lines(hinted, LidSettings())
    assert 0.02 < measured.height / sum(map(len, taught.values())) < 0.1
    assert not any(text in taught[language] for language, text in measured.iter_rows())
    few = hinted_as(*(("yor_Latn", f"{YORUBA} {n}") for n in range(LEAST_LINES_MEASURED - 1)))
    assert measured_lines(few).height == 0


def test_one_distribution_provides_fasttext():
    """Two of them install the same module, and the one without training would win by chance."""
    assert len(set(importlib.metadata.packages_distributions()["fasttext"])) == 1
    import fasttext

    assert callable(fasttext.train_supervised)
