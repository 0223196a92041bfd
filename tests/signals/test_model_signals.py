"""Signals that lean on a model of the language say what it says, and nothing without it."""

import polars as pl
import pytest

from lugha.sample.articles import articles_of
from lugha.signals import score_signals, signals
from lugha.tiers.ngrams import train_ngrams
from lugha.tiers.small_models import NO_MODELS, LanguageModels

KINDS = {
    "trusted_score": "trusted",
    "teacher_score": "teacher",
    "toxicity_score": "toxicity",
    "adult_score": "adult",
    "perplexity": "ngram",
}


class Half:
    """A classifier that is sure of nothing."""

    def scores(self, texts: pl.Series) -> pl.Series:
        return pl.Series([0.5] * len(texts), dtype=pl.Float32)


@pytest.mark.parametrize("name", KINDS)
def test_a_model_signal_names_its_model_and_drops_nothing_by_itself(name: str):
    signal = signals()[name]
    assert KINDS[name] == signal.MODEL
    assert signal.BOUND.at_least is signal.BOUND.at_most is None


def test_without_models_every_one_is_null():
    documents = pl.DataFrame({"text": [articles_of("tha_Thai")[0].paragraphs[0]]})
    scored = {series.name: series for series in score_signals(documents, "tha_Thai", NO_MODELS)}
    assert all(scored[name].to_list() == [None] for name in KINDS)


def test_with_models_each_has_its_own_score():
    text = articles_of("tha_Thai")[0].paragraphs[0]
    models = LanguageModels(
        classifiers={kind: Half() for kind in KINDS.values() if kind != "ngram"}, ngram=train_ngrams([text], 4, 10_000)
    )
    scored = {s.name: s for s in score_signals(pl.DataFrame({"text": [text, ""]}), "tha_Thai", models)}
    assert all(scored[name].to_list() == [0.5, 0.5] for name in KINDS if name != "perplexity")
    assert scored["perplexity"].dtype == pl.Float32
    assert 0 < scored["perplexity"][0] < 5
    assert scored["perplexity"][1] is None
