"""Small models are trained from what a language has, kept under the digest of it, and read back."""

import random
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from lugha.sample.articles import articles_of
from lugha.tiers.ngrams import NgramModel
from lugha.tiers.quality import Classifier, ClassifierSettings
from lugha.tiers.small_models import (
    NO_MODELS,
    BrokenModels,
    LanguageModels,
    load_language_models,
    models_fingerprint,
)
from lugha.tiers.train_models import SmallModelSettings, train_language_models
from lugha.tiers.training_text import CRAWL, LABELS, TRUSTED, judged_sides, sample

SETTINGS = SmallModelSettings(classifier=ClassifierSettings(lines_read=12_000, learning_rate=1.0))


def texts_of(language: str) -> list[str]:
    return ["\n\n".join([a.title, *a.paragraphs]) for a in articles_of(language)]


def damaged(text: str) -> str:
    chance, letters = random.Random(text), list(text)
    for place in range(0, len(letters), 8):
        letters[place] = chance.choice([*"|#=<>&;", letters[chance.randrange(len(letters))]])
    return "".join(letters)


def trusted(texts: list[str]) -> pl.DataFrame:
    return pl.DataFrame([(text, text, "reference mono/a") for text in texts], schema=TRUSTED, orient="row")


def crawl(texts: list[str]) -> pl.DataFrame:
    return pl.DataFrame([(text, f"host-{n}.example") for n, text in enumerate(texts)], schema=CRAWL, orient="row")


def labels(*rows: tuple[str, str, str, bool]) -> pl.DataFrame:
    return pl.DataFrame([(text, text, *rest) for text, *rest in rows], schema=LABELS, orient="row")


NO_TRUST, NO_CRAWL, NO_LABELS = trusted([]), crawl([]), labels()


@pytest.fixture(scope="module")
def hausa(tmp_path_factory: pytest.TempPathFactory) -> Path:
    texts = texts_of("hau_Latn")
    folder = tmp_path_factory.mktemp("models") / "hau_Latn"
    train_language_models("hau_Latn", trusted(texts), crawl([*map(damaged, texts)]), NO_LABELS, folder, SETTINGS)
    return folder


def test_what_was_trained_is_read_back(hausa: Path):
    models = load_language_models(hausa)
    assert isinstance(models.get("trusted"), Classifier)
    assert isinstance(models.get("ngram"), NgramModel)
    assert models.get("teacher") is models.get("toxicity") is models.get("adult") is None
    assert "da" in models.stop_words
    texts = pl.Series(texts_of("hau_Latn"))
    assert models.get("trusted").scores(texts).median() > 0.7


def test_the_same_text_and_settings_do_nothing(hausa: Path):
    texts = texts_of("hau_Latn")
    before = {path: path.stat().st_mtime_ns for path in hausa.rglob("*")}
    given = (trusted(texts).reverse(), crawl([*map(damaged, texts)]).reverse(), NO_LABELS)
    report = train_language_models("hau_Latn", *given, hausa, SETTINGS)
    assert report.is_unchanged
    assert report.fingerprint == models_fingerprint(hausa)
    assert report.classifiers["trusted"].auc is not None
    assert {path: path.stat().st_mtime_ns for path in hausa.rglob("*")} == before


def test_other_text_or_settings_train_anew_and_only_the_newest_two_stay(tmp_path: Path):
    seen = []
    for n in range(3):
        texts = texts_of("swh_Latn")[n:]
        seen.append(
            train_language_models("swh_Latn", trusted(texts), NO_CRAWL, NO_LABELS, tmp_path, SETTINGS).fingerprint
        )
    assert len(set(seen)) == 3
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == set(seen[1:])
    again = train_language_models(
        "swh_Latn", trusted(texts), NO_CRAWL, NO_LABELS, tmp_path, replace(SETTINGS, ngram_order=3)
    )
    assert again.fingerprint not in seen


def test_a_language_without_trusted_text_has_no_classifier_and_says_so(tmp_path: Path):
    report = train_language_models("tha_Thai", NO_TRUST, crawl(texts_of("tha_Thai")), NO_LABELS, tmp_path, SETTINGS)
    assert report.trusted_from == ""
    assert report.classifiers["trusted"].refused.startswith("too few documents: 0 and 34")
    assert report.ngram_from == "crawl"
    models = load_language_models(tmp_path)
    assert models.get("trusted") is None
    assert models.ngram
    assert models.stop_words


def test_a_language_without_any_text_has_no_models(tmp_path: Path):
    report = train_language_models("mya_Mymr", NO_TRUST, NO_CRAWL, NO_LABELS, tmp_path, SETTINGS)
    assert (report.ngram_from, report.stop_words, report.held_out_bits) == ("", (), None)
    assert load_language_models(tmp_path) == NO_MODELS


def test_nothing_trained_is_no_models(tmp_path: Path):
    assert load_language_models(tmp_path / "yor_Latn") is NO_MODELS
    assert models_fingerprint(tmp_path / "yor_Latn") == "none"
    assert LanguageModels().get("trusted") is None


def test_trusted_text_surprises_its_model_less_than_damaged_text(tmp_path: Path):
    texts = texts_of("urd_Arab")
    report = train_language_models(
        "urd_Arab", trusted(texts), crawl([*map(damaged, texts)]), NO_LABELS, tmp_path, SETTINGS
    )
    assert report.held_out_bits is not None
    assert report.crawl_bits is not None
    assert report.held_out_bits + 1 < report.crawl_bits


def test_a_broken_folder_is_named(tmp_path: Path):
    train_language_models("yor_Latn", trusted(texts_of("yor_Latn")), NO_CRAWL, NO_LABELS, tmp_path, SETTINGS)
    (tmp_path / models_fingerprint(tmp_path) / "ngrams.npz").write_bytes(b"half a file")
    with pytest.raises(BrokenModels, match="train the models again"):
        load_language_models(tmp_path)


def test_a_run_that_was_killed_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    texts = trusted(texts_of("yor_Latn"))
    train_language_models("yor_Latn", texts, NO_CRAWL, NO_LABELS, tmp_path, SETTINGS)
    before = models_fingerprint(tmp_path)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("lugha.tiers.train_models.promote", killed)
    with pytest.raises(KeyboardInterrupt):
        train_language_models("yor_Latn", texts.head(20), NO_CRAWL, NO_LABELS, tmp_path, SETTINGS)
    assert models_fingerprint(tmp_path) == before
    assert load_language_models(tmp_path).ngram
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_the_teacher_s_labels_become_a_classifier(tmp_path: Path):
    texts = [text for language in ("swh_Latn", "hau_Latn") for text in texts_of(language)]
    judged = labels(
        *((text, "quality", "good", False) for text in texts),
        *((damaged(text), "quality", "unusable", False) for text in texts),
        *((text, "toxicity", "none", False) for text in texts),
    )
    report = train_language_models("swh_Latn", NO_TRUST, NO_CRAWL, judged, tmp_path, SETTINGS)
    assert report.classifiers["teacher"].refused == ""
    assert report.classifiers["toxicity"].refused == "too few documents: 0 and 68; 50 on each side are needed"
    teacher = load_language_models(tmp_path).get("teacher")
    assert teacher
    assert teacher.scores(pl.Series(texts)).median() > 0.8
    assert teacher.scores(pl.Series([*map(damaged, texts)])).median() < 0.2


def test_harm_is_the_positive_side_of_its_classifiers():
    judged = labels(("a", "toxicity", "severe", False), ("b", "toxicity", "none", False), ("c", "adult", "adult", True))
    attacks, others = judged_sides(judged, "toxicity")
    assert (attacks["text"].to_list(), others["text"].to_list()) == (["a"], ["b"])
    assert judged_sides(judged, "adult")[0]["text"].to_list() == ["c"]


def test_a_person_counts_before_the_teacher_and_a_split_vote_for_nothing():
    judged = labels(
        ("a", "toxicity", "severe", False),
        ("a", "toxicity", "none", True),
        ("b", "toxicity", "none", True),
        ("b", "toxicity", "severe", True),
        ("c", "toxicity", "mild", True),
        ("c", "toxicity", "severe", True),
        ("c", "toxicity", "none", True),
    )
    attacks, others = judged_sides(judged, "toxicity")
    assert (attacks["text"].to_list(), others["text"].to_list()) == (["c"], ["a"])


def test_the_teacher_s_classifier_learns_from_the_teacher_alone():
    judged = labels(("a", "quality", "good", True), ("b", "quality", "poor", False))
    good, bad = judged_sides(judged, "teacher")
    assert good.is_empty()
    assert bad["text"].to_list() == ["b"]


def test_a_sample_does_not_depend_on_the_order_and_leaves_out_empty_and_repeated_texts():
    rows = trusted([*texts_of("kaz_Cyrl"), "", texts_of("kaz_Cyrl")[0]])
    chosen = sample(rows, 20_000)
    assert chosen.equals(sample(rows.sample(fraction=1, shuffle=True, seed=1), 20_000))
    assert 10_000 < chosen["text"].str.len_bytes().sum() <= 20_000
    assert chosen["text"].n_unique() == chosen.height
    assert sample(rows.with_columns(text=pl.lit(None, pl.String)), 20_000).is_empty()
