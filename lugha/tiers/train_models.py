"""Training of one language's small models, and the report of what came of it.

fastText is not bit-reproducible with several threads, so the version of the models is the digest of what they were
made from: the same text, labels and settings do nothing.
"""

import json
import shutil
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from lugha.lake.digest import content_digest, digest_of
from lugha.rubrics import rubric
from lugha.tiers.quality import ClassifierReport, ClassifierSettings, held_out_groups, train_classifier
from lugha.tiers.small_models import current_folder, promote
from lugha.tiers.stop_words import stop_words
from lugha.tiers.training_text import CRAWL, JUDGED, LABELS, TRUSTED, judged_sides, sample

if TYPE_CHECKING:
    from lugha.tiers.ngrams import NgramModel

VERSION = "1"
LEAST_JUDGED = 50  # documents on each side; fewer do not show a language's good and bad ones
LEAST_CHARACTERS = 10_000  # of text for a language model


@dataclass(frozen=True)
class SmallModelSettings:
    """How much text is used, bytes, and how the models are made. With order 5 and 200,000 n-grams a model takes 2 MB
    at most; twice the n-grams gave less than .1 bits a character.
    """

    trusted_bytes: int = 2_000_000
    crawl_bytes: int = 2_000_000
    ngram_order: int = 5
    ngram_count: int = 200_000
    classifier: ClassifierSettings = field(default_factory=ClassifierSettings)


@dataclass(frozen=True)
class ModelsReport:
    """What one training gave. `trusted_from` says where the trusted text is from ("" where there is none);
    `ngram_from` is trusted, crawl or ""; bits are those a character on trusted text that a trial model had not seen,
    and on crawl: medians over the documents, null where there were none.
    """

    language: str
    fingerprint: str
    trusted_from: str
    trusted_bytes: int
    crawl_bytes: int
    stop_words: tuple[str, ...]
    classifiers: Mapping[str, ClassifierReport]
    ngram_from: str
    ngram_count: int
    held_out_bits: float | None
    crawl_bits: float | None
    size_bytes: int
    is_unchanged: bool = False


def train_language_models(
    language: str,
    trusted: pl.DataFrame,
    crawl: pl.DataFrame,
    labels: pl.DataFrame,
    folder: Path,
    settings: SmallModelSettings,
) -> ModelsReport:
    """Train what the text suffices for and put it into use; frames in the columns of `TRUSTED`, `CRAWL` and `LABELS`
    of lugha/tiers/training_text.py, which reads them from the lake.

    Where the folder holds models of the same text and settings, nothing is done and their report is given back.
    """
    trusted, crawl = sample(trusted, settings.trusted_bytes), sample(crawl, settings.crawl_bytes)
    fingerprint = _fingerprint(language, trusted, crawl, labels, settings)
    current = current_folder(folder)
    if current and current.name == fingerprint and (current / "report.json").exists():
        return replace(_read_report(current), is_unchanged=True)
    written = folder / f".{uuid.uuid4().hex[:8]}.tmp"
    written.mkdir(parents=True)
    try:
        report = _train(language, trusted, crawl, labels, written, settings, fingerprint)
        promote(folder, written, fingerprint)
    finally:
        shutil.rmtree(written, ignore_errors=True)
    return report


def report_table(reports: Sequence[ModelsReport]) -> pl.DataFrame:
    """One row a language: what it learned from, how well, and what it has no model for and why."""
    return pl.DataFrame(
        [
            {
                "language": report.language,
                "trusted_from": report.trusted_from or "nothing trusted",
                "trusted_bytes": report.trusted_bytes,
                "crawl_bytes": report.crawl_bytes,
                "stop_word_count": len(report.stop_words),
                **{f"{kind}_auc": each.auc for kind, each in report.classifiers.items()},
                "ngram_from": report.ngram_from or "too little text",
                "held_out_bits": report.held_out_bits,
                "crawl_bits": report.crawl_bits,
                "refused": "; ".join(f"{kind}: {x.refused}" for kind, x in report.classifiers.items() if x.refused),
            }
            for report in reports
        ],
        infer_schema_length=None,
    )


def _train(
    language: str,
    trusted: pl.DataFrame,
    crawl: pl.DataFrame,
    labels: pl.DataFrame,
    written: Path,
    settings: SmallModelSettings,
    fingerprint: str,
) -> ModelsReport:
    classifiers = _train_classifiers(trusted, crawl, labels, settings.classifier, written)
    ngram_from, ngram_count, bits = _train_ngrams(trusted, crawl, settings, written)
    found = stop_words((trusted if trusted.height else crawl)["text"].to_list(), language)
    contents = {
        "stop_words": found,
        "classifiers": [kind for kind, each in classifiers.items() if not each.refused],
        "has_ngrams": bool(ngram_from),
    }
    (written / "models.json").write_text(json.dumps(contents, ensure_ascii=False), encoding="utf-8")
    report = ModelsReport(
        language=language,
        fingerprint=fingerprint,
        trusted_from=", ".join(sorted(trusted["source"].unique())),
        trusted_bytes=_bytes(trusted),
        crawl_bytes=_bytes(crawl),
        stop_words=found,
        classifiers=classifiers,
        ngram_from=ngram_from,
        ngram_count=ngram_count,
        held_out_bits=bits[0],
        crawl_bits=bits[1],
        size_bytes=sum(path.stat().st_size for path in written.iterdir()),
    )
    (written / "report.json").write_text(json.dumps(asdict(report), ensure_ascii=False, indent=1), encoding="utf-8")
    return report


def _train_classifiers(
    trusted: pl.DataFrame, crawl: pl.DataFrame, labels: pl.DataFrame, settings: ClassifierSettings, written: Path
) -> dict[str, ClassifierReport]:
    sides = {"trusted": (trusted, crawl)} | {kind: judged_sides(labels, kind) for kind in JUDGED}
    reports = {}
    for kind, (positive, negative) in sides.items():
        least = LEAST_JUDGED if kind in JUDGED else 1
        if min(positive.height, negative.height) < least:
            told = f"too few documents: {positive.height} and {negative.height}; {least} on each side are needed"
            reports[kind] = ClassifierReport(0, 0, None, None, told)
            continue
        classifier, reports[kind] = train_classifier(positive, negative, settings)
        if classifier:
            classifier.model.save_model(str(written / f"{kind}.bin"))
    return reports


def _train_ngrams(
    trusted: pl.DataFrame, crawl: pl.DataFrame, settings: SmallModelSettings, written: Path
) -> tuple[str, int, tuple[float | None, float | None]]:
    """Where the model is from, its n-grams, and the bits that a trial model needs for held-out trusted text and for
    crawl.
    """
    from lugha.tiers.ngrams import train_ngrams

    source, text = ("trusted", trusted) if _characters(trusted) >= LEAST_CHARACTERS else ("crawl", crawl)
    if _characters(text) < LEAST_CHARACTERS:
        return "", 0, (None, None)
    bits: tuple[float | None, float | None] = (None, None)
    if source == "trusted":
        is_held_out = pl.col("group").is_in(list(held_out_groups(text)))
        trial = train_ngrams(text.filter(~is_held_out)["text"].to_list(), settings.ngram_order, settings.ngram_count)
        bits = (_bits(trial, text.filter(is_held_out)["text"].to_list()), _bits(trial, crawl["text"].to_list()))
    model = train_ngrams(text["text"].to_list(), settings.ngram_order, settings.ngram_count)
    model.save(written / "ngrams.npz")
    return source, len(model.keys), bits


def _bits(model: "NgramModel", texts: Sequence[str]) -> float | None:
    """Median over the documents, as a few damaged ones would decide a mean."""
    median = pl.Series(model.bits_per_character(texts)).median()
    return float(median) if isinstance(median, float) else None


def _characters(documents: pl.DataFrame) -> int:
    return int(documents["text"].str.len_chars().sum() or 0)


def _bytes(documents: pl.DataFrame) -> int:
    return int(documents["text"].str.len_bytes().sum() or 0)


def _fingerprint(
    language: str, trusted: pl.DataFrame, crawl: pl.DataFrame, labels: pl.DataFrame, settings: SmallModelSettings
) -> str:
    made_of = ((trusted, TRUSTED), (crawl, CRAWL), (labels, LABELS))
    texts = [content_digest(frame, list(schema)) for frame, schema in made_of]
    asked = {aspect: rubric(aspect).digest for aspect, _ in JUDGED.values()}
    return digest_of([VERSION, language, texts, asked, asdict(settings)])


def _read_report(written: Path) -> ModelsReport:
    stored = json.loads((written / "report.json").read_text(encoding="utf-8"))
    stored["stop_words"] = tuple(stored["stop_words"])
    stored["classifiers"] = {kind: ClassifierReport(**each) for kind, each in stored["classifiers"].items()}
    return ModelsReport(**stored)
