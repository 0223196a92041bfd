"""Where the distributions behind the bounds come from: reference text of every language, scored like a document of
the crawl, and the crawl's own documents without the obvious junk.

Computed once for all languages, because every profile leans on its peers and on the anchors.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import polars as pl

from lugha.labeling.distributions import Distribution, Population, distribution, load_population
from lugha.lake import Lake
from lugha.lake.digest import digest_of, short_hash
from lugha.reference import reference, reference_digest
from lugha.signals import score_signals, signals
from lugha.tiers.small_models import LanguageModels

VERSION = "1"  # of what is stored; to be raised where the values of a signal change
REFERENCE_DOCUMENTS = 2_000  # of a language: quantiles of more differ in the third digit
REFERENCE_BYTES = 8_000_000  # of a language
LEAST_CHARACTERS = 200  # a sentence repeats nothing and has no lines: it says nothing about documents
CRAWL_DOCUMENTS = 5_000  # of a language
LANGUAGES_AT_ONCE = 50  # times CRAWL_DOCUMENTS rows in memory


def score_reference(language: str, stop_words: tuple[str, ...]) -> pl.DataFrame:
    """Scores of the reference documents of a language, a column for each signal; no rows where there are none. Those of
    models are null: the models learned from this text, and would find it better than it is.

    Only files of documents count (`.jsonl`), and of them texts of LEAST_CHARACTERS that nothing is measured on. Where
    there are more than REFERENCE_DOCUMENTS or REFERENCE_BYTES, those with the lowest hash of the text stay, so that
    the order of the files does not matter.
    """
    rows = _reference_documents(language)
    hashes = pl.Series("hash", [short_hash(text.encode()) for text in rows["text"]], dtype=pl.Binary)
    rows = rows.with_columns(hashes).sort("hash").head(REFERENCE_DOCUMENTS)
    rows = rows.filter(pl.col("text").str.len_bytes().cum_sum() <= REFERENCE_BYTES)
    return pl.DataFrame(score_signals(rows.select("text"), language, LanguageModels(stop_words)))


def reference_population(stop_words_of: Callable[[str], tuple[str, ...]]) -> Population:
    """Reference text of every language that has any. `stop_words_of` gives the stop words of a language, () for none."""
    found = {}
    for language in sorted(reference()["language"].unique()):
        if of_language := _distributions(score_reference(language, stop_words_of(language))):
            found[language] = of_language
    return Population("reference", found)


def stored_reference_population(folder: Path, stop_words_of: Callable[[str], tuple[str, ...]]) -> Population:
    """`reference_population`, scored once for the same text, signals and stop words and kept in `folder`: a bound that
    a person changes is not to cost a scoring of all reference text.
    """
    words = {language: stop_words_of(language) for language in sorted(reference()["language"].unique())}
    path = folder / f"{digest_of([VERSION, reference_digest(), list(signals()), words])}.npz"
    if not path.exists():
        reference_population(words.__getitem__).save(path)
    return load_population("reference", path)


def crawl_population(lake: Lake, only: Iterable[str] | None = None) -> Population:
    """The labelled documents of the lake, of `only` these languages where they are named.

    Junk is left out: what has no text, what is labelled as another language or holds a second one, what crosses a
    bound that holds for every language alike (`fixed` in its signal file), and copies, so that one template does not
    speak for a language. Of what remains at most CRAWL_DOCUMENTS of a language count, those with the lowest doc_id,
    which is a hash.
    """
    counts: dict[str, int] = {}
    for (_, language), state in lake.states("labelled_documents").items():
        counts[language] = counts.get(language, 0) + state.row_count
    wanted = sorted(counts if only is None else counts.keys() & set(only))
    found = {}
    for start in range(0, len(wanted), LANGUAGES_AT_ONCE):
        chunk = {language: counts[language] for language in wanted[start : start + LANGUAGES_AT_ONCE]}
        rows = _normal(lake.scan("labelled_documents"), chunk).collect()
        for (language,), of_language in sorted(rows.partition_by("language", as_dict=True).items()):
            found[str(language)] = _distributions(of_language)
    return Population("crawl", {language: x for language, x in found.items() if x})


def _normal(labelled: pl.LazyFrame, counts: Mapping[str, int]) -> pl.LazyFrame:
    """What is surely text of these languages, once each, and not more than is needed of it."""
    limits = {"language": list(counts), "limit": [_limit(count) for count in counts.values()]}
    rows = labelled.filter(
        pl.col("language").is_in(list(counts)),
        pl.col("failure").is_null(),
        pl.col("lid_label") == pl.col("language"),
        ~pl.col("is_mixed").fill_null(False),
        *_within_fixed_bounds(),
    ).select("doc_id", "own_hash", "language", *signals())
    rows = rows.join(pl.LazyFrame(limits), on="language").filter(pl.col("doc_id") < pl.col("limit")).sort("doc_id")
    rows = rows.unique(["language", pl.coalesce("own_hash", "doc_id")], keep="first", maintain_order=True)
    return rows.group_by("language", maintain_order=True).head(CRAWL_DOCUMENTS)


def _limit(count: int) -> bytes:
    """The doc_id below which about ten times CRAWL_DOCUMENTS lie: of a large language not everything is read, and
    nine tenths of it may be junk.
    """
    share = 10 * CRAWL_DOCUMENTS / max(count, 1)
    return int(share * 256**4).to_bytes(4) if share < 1 else b"\xff" * 17


def _within_fixed_bounds() -> list[pl.Expr]:
    within = []
    for name, signal in signals().items():
        bound = signal.BOUND
        if bound.method == "fixed" and bound.at_least is not None:
            within.append((pl.col(name) >= bound.at_least).fill_null(True))
        if bound.method == "fixed" and bound.at_most is not None:
            within.append((pl.col(name) <= bound.at_most).fill_null(True))
    return within


def _distributions(scores: pl.DataFrame) -> dict[str, Distribution]:
    found = {name: distribution(scores[name]) for name in signals() if name in scores.columns}
    return {name: x for name, x in found.items() if x}


def _reference_documents(language: str) -> pl.DataFrame:
    return (
        reference()
        .filter(pl.col("language") == language)
        .filter(
            pl.col("source").str.contains(r"\.jsonl(\.gz)?$"),
            ~pl.col("is_held_out"),
            pl.col("text").str.len_chars() >= LEAST_CHARACTERS,
        )
    )
