"""Scores of every document: which language its lines are in, and the signals. Nothing is dropped here.

The label is decided line by line, because many pages of small languages stand beside a translation. A page belongs to
the language it is filed under as long as a seventh of its letters are in it; the other lines are listed, so that
later stages can leave them out.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import polars as pl

from lugha.labeling.lid import LEAST_LETTERS, UNDETERMINED, Prediction, predict
from lugha.lake.schemas import TABLES
from lugha.scripts import script_share
from lugha.signals import signals

OWN_SHARE = (
    0.15  # of the letters: enough to stay in the language a page is filed under; a page may carry two translations
)
CLEAR_SHARE = 0.5  # of the letters: enough to be moved to another language
SURE = 0.7  # probability from which a single line of a page in one language counts as foreign
LEAST_LETTERS_FOREIGN = 20
# On a page that stands beside a translation, a line has to speak for the page's language, however short it is. Both
# numbers were chosen on the storybook pages of a real small web: F1 of the kept text .45 -> .72 there, .983 -> .975
# on the other pages.
BILINGUAL_SHARE = 0.6
LEAST_OWN_SCORE = 0.15


def label(documents: pl.DataFrame, language: str, model: Any | None) -> pl.DataFrame:
    """`standardized_documents` rows of one language in, `labelled_documents` rows out, one for each document.

    Without a model (`None`: nothing could be learned) the label is the language of the cell where the script agrees,
    else undetermined.
    """
    texts = documents["text"].to_list()
    verdicts = [_verdict(text, language, model) for text in texts]
    # Signals speak of the text that will go on, so a translation beside it does not count.
    own = [own_lines(text, verdict[-1]) for text, verdict in zip(texts, verdicts, strict=True)]
    scored = documents.with_columns(pl.Series("text", own, dtype=pl.String))
    scores = {name: signal.score(scored, language).cast(pl.Float32).alias(name) for name, signal in signals().items()}
    frame = documents.select("doc_id", "content_hash", "failure").with_columns(
        *pl.DataFrame(verdicts, schema=VERDICT, orient="row").get_columns(), *scores.values()
    )
    return frame.select(list(TABLES["labelled_documents"].columns))


VERDICT: dict[str, pl.DataType | type[pl.DataType]] = {
    "lid_label": pl.String,
    "lid_score": pl.Float32,
    "lid_runner_up": pl.String,
    "lid_runner_up_score": pl.Float32,
    "foreign_share": pl.Float32,
    "foreign_lines": pl.List(pl.Int32),
}


def _verdict(
    text: str, language: str, model: Any | None
) -> tuple[str | None, float, str | None, float, float, list[int]]:
    lines = text.split("\n")
    letters = [sum(map(str.isalpha, line)) for line in lines]
    if not sum(letters):
        return None, 0.0, None, 0.0, 0.0, []
    if model is None:
        share = script_share(text, language.rpartition("_")[2])
        return (language if share >= 0.5 else UNDETERMINED), share, None, 0.0, 0.0, []
    predictions = predict(model, lines)
    shares = _shares(lines, letters, predictions)
    ranked = sorted(shares.items(), key=lambda x: (-x[1], x[0]))
    if shares.get(language, 0.0) >= OWN_SHARE and language != UNDETERMINED:
        chosen = language
    else:
        chosen = ranked[0][0] if ranked[0][1] >= CLEAR_SHARE else UNDETERMINED
    second = next((name for name, _ in ranked if name != chosen), UNDETERMINED)
    is_bilingual = shares.get(chosen, 0.0) < BILINGUAL_SHARE
    foreign = [i for i, p in enumerate(predictions) if _is_foreign(lines[i], letters[i], p, chosen, is_bilingual)]
    foreign_share = sum(letters[i] for i in foreign) / sum(letters)
    return chosen, shares.get(chosen, 0.0), second, shares.get(second, 0.0), foreign_share, foreign


def _shares(lines: list[str], letters: list[int], predictions: list[Prediction]) -> dict[str, float]:
    """Share of the letters for each language, every line weighted with its probability; lines of another script count
    for nothing of it.
    """
    shares: dict[str, float] = defaultdict(float)
    total = sum(letters)
    for line, n, p in zip(lines, letters, predictions, strict=True):
        for name, score in ((p.label, p.score), (p.runner_up, p.runner_up_score)):
            fits = script_share(line, name.rpartition("_")[2]) if n else 0.0
            shares[name if fits >= 0.5 else UNDETERMINED] += score * n / total
    return shares


def _is_foreign(line: str, letters: int, p: Prediction, chosen: str, is_bilingual: bool) -> bool:
    if letters < 3 or chosen == UNDETERMINED:
        return False
    if script_share(line, chosen.rpartition("_")[2]) < 0.3:
        return is_bilingual or letters >= LEAST_LETTERS
    if is_bilingual:
        return {p.label: p.score, p.runner_up: p.runner_up_score}.get(chosen, 0.0) < LEAST_OWN_SCORE
    return letters >= LEAST_LETTERS_FOREIGN and p.score >= SURE and chosen not in (p.label, p.runner_up)


def own_lines(text: str, foreign: Sequence[int]) -> str:
    """The text without its foreign lines."""
    if not foreign:
        return text
    left_out = set(foreign)
    return "\n".join(line for n, line in enumerate(text.split("\n")) if n not in left_out).strip("\n")
