"""A bound comes from the language's own text, leans on its peers where that is thin, and says all of it in words."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from lugha.labeling import profiles
from lugha.labeling.distributions import SHRINKAGE, Distribution, Population, distribution
from lugha.labeling.profiles import (
    LEAST_DOCUMENTS,
    UnknownSignal,
    anchors,
    leans_on,
    profile,
    profile_settings,
)
from lugha.lake.digest import digest_of
from lugha.lake.schemas import TABLES
from lugha.languages import languages
from lugha.signals import Bound, signals

SIGNALS = {
    "byte_count": SimpleNamespace(BOUND=Bound("a caption is shorter", at_least=150)),
    "digit_share": SimpleNamespace(BOUND=Bound("an editor's guess", at_most=0.15)),
    "duplicate_line_share": SimpleNamespace(
        BOUND=Bound("Gopher, English", at_most=0.3, method="quantile", anchor="eng_Latn")
    ),
    "mean_word_length": SimpleNamespace(
        BOUND=Bound("Gopher, English", at_least=3, at_most=10, method="mean_std", anchor="eng_Latn")
    ),
    "perplexity": SimpleNamespace(BOUND=Bound("the worst tenth", at_most=8, method="tail"), MODEL="ngram"),
    "symbol_share": SimpleNamespace(BOUND=Bound("told only")),
}
BANTU = ("kin_Latn", "lin_Latn", "nya_Latn", "sna_Latn", "swh_Latn", "xho_Latn", "zul_Latn")


@pytest.fixture(autouse=True)
def stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profiles, "signals", lambda: SIGNALS)


def spread(low: float, high: float, count: int = 201) -> Distribution:
    """Documents in equal steps from `low` to `high`."""
    found = distribution(pl.Series([low + (high - low) * n / (count - 1) for n in range(count)], dtype=pl.Float64))
    assert found
    return found


def of_kind(kind: str, **by_language: dict[str, Distribution]) -> Population:
    return Population(kind, by_language)


def row(code: str, signal: str, *populations: Population) -> dict[str, Any]:
    return profile(code, populations).filter(pl.col("signal") == signal).row(0, named=True)


def test_every_signal_has_a_row_in_the_columns_of_the_table():
    rows = profile("yor_Latn", ())
    assert rows["signal"].to_list() == list(SIGNALS)
    assert list(rows.columns) == list(TABLES["language_profiles"].columns)


@pytest.mark.parametrize("code", ["yor_Latn", "amh_Ethi", "urd_Arab", "mya_Mymr", "tha_Thai", "tur_Latn"])
def test_a_number_of_another_language_is_no_bound_where_nothing_carries_it_over(code: str):
    found = row(code, "duplicate_line_share")
    assert (found["at_least"], found["at_most"], found["method"]) == (None, None, "fixed")
    assert found["calibrated_by"] == (
        f"none: fewer than 50 documents of {code} and too few peers to carry it over; published 0.3 (Gopher, English)"
    )
    assert (found["population"], found["document_count"], found["own_weight"]) == ("none", 0, 0.0)
    assert (found["median"], found["quantiles"]) == (None, None)


def test_a_number_is_carried_from_the_anchors_text_to_the_languages_own():
    text = of_kind(
        "reference",
        eng_Latn={"duplicate_line_share": spread(0, 0.32)},
        tha_Thai={"duplicate_line_share": spread(0, 0.6)},
    )
    found = row("tha_Thai", "duplicate_line_share", text)
    assert found["at_most"] == pytest.approx(0.5625)
    assert (found["method"], found["population"], found["document_count"]) == ("quantile", "reference", 201)
    assert found["own_weight"] == 1.0
    assert found["median"] == pytest.approx(0.3)
    assert found["quantiles"] == pytest.approx([0.6 * n / 20 for n in range(21)])
    assert found["calibrated_by"] == (
        "quantile .938 of 201 eng_Latn reference documents, here of 201 tha_Thai reference documents; "
        "published 0.3 (Gopher, English)"
    )


def test_in_the_language_of_the_anchor_the_published_number_holds():
    text = of_kind("reference", eng_Latn={"duplicate_line_share": spread(0, 0.6)})
    found = row("eng_Latn", "duplicate_line_share", text)
    assert (found["at_most"], found["method"]) == (0.3, "fixed")
    assert found["calibrated_by"].startswith("found on eng_Latn; published 0.3")


def test_a_fixed_bound_is_loosened_where_reference_text_of_the_language_lies_beyond():
    found = row("tha_Thai", "digit_share", of_kind("reference", tha_Thai={"digit_share": spread(0.0, 0.2)}))
    assert (found["at_most"], found["method"]) == (pytest.approx(0.196), "tail")
    assert "loosened to the 2% tail of 201 tha_Thai reference documents" in found["calibrated_by"]
    lengths = row("tha_Thai", "byte_count", of_kind("reference", tha_Thai={"byte_count": spread(10, 100)}))
    assert (lengths["at_least"], lengths["method"]) == (150, "fixed")


def test_a_fixed_bound_is_left_alone_whatever_the_crawl_is_like():
    """As are lengths: that most documents of a language are short is no reason to train on captions."""
    found = row("tha_Thai", "digit_share", of_kind("crawl", tha_Thai={"digit_share": spread(0.2, 0.9)}))
    assert (found["at_most"], found["calibrated_by"]) == (0.15, "an editor's guess")
    assert found["median"] == pytest.approx(0.55)


def test_a_signal_that_is_only_told_has_a_distribution_and_no_bound():
    found = row("tha_Thai", "symbol_share", of_kind("crawl", tha_Thai={"symbol_share": spread(0.2, 0.4)}))
    assert (found["at_least"], found["at_most"], found["calibrated_by"]) == (None, None, "told only")
    assert found["median"] == pytest.approx(0.3)


def test_both_sides_are_told_apart():
    text = of_kind(
        "reference", eng_Latn={"mean_word_length": spread(3, 7)}, tur_Latn={"mean_word_length": spread(4, 12)}
    )
    found = row("tur_Latn", "mean_word_length", text)
    assert found["at_least"] == pytest.approx(4.0)
    assert found["at_most"] == pytest.approx(12.0)
    assert found["calibrated_by"].startswith("at_least: -1.72 standard deviations from the mean of 201 eng_Latn")
    assert "; at_most: +4.31 standard deviations" in found["calibrated_by"]
    assert found["calibrated_by"].endswith("published 3 to 10 (Gopher, English)")


def test_like_is_compared_with_like():
    """There is reference text of the language and none of the anchor, but the crawl has both."""
    of_line = "duplicate_line_share"
    text = of_kind("reference", tha_Thai={of_line: spread(0, 0.1)})
    crawl = of_kind("crawl", tha_Thai={of_line: spread(0, 0.6)}, eng_Latn={of_line: spread(0, 0.32)})
    found = row("tha_Thai", of_line, text, crawl)
    assert (found["population"], found["at_most"]) == ("crawl", pytest.approx(0.5625))
    assert row("tha_Thai", of_line, text)["calibrated_by"].startswith(
        "no text of eng_Latn to compare with; as published, outside the 2% tail of 201 tha_Thai reference documents"
    )


def test_reference_text_goes_before_the_crawl_where_there_is_enough():
    text = of_kind("reference", tha_Thai={"symbol_share": spread(0, 0.1, LEAST_DOCUMENTS)})
    thin = of_kind("reference", tha_Thai={"symbol_share": spread(0, 0.1, LEAST_DOCUMENTS - 1)})
    crawl = of_kind("crawl", tha_Thai={"symbol_share": spread(0, 0.3, 5_000)})
    assert row("tha_Thai", "symbol_share", text, crawl)["population"] == "reference"
    assert row("tha_Thai", "symbol_share", thin, crawl)["population"] == "crawl"


def test_what_a_model_learned_from_says_nothing_about_its_scores():
    text = of_kind("reference", tha_Thai={"perplexity": spread(2, 4)})
    crawl = of_kind("crawl", tha_Thai={"perplexity": spread(4, 8)})
    assert row("tha_Thai", "perplexity", text)["population"] == "none"
    found = row("tha_Thai", "perplexity", text, crawl)
    assert (found["population"], found["at_most"]) == ("crawl", pytest.approx(7.6))


def peers(*codes: str, low: float, high: float) -> dict[str, dict[str, Distribution]]:
    assert set(codes) <= set(languages())
    return {code: {"duplicate_line_share": spread(low, high)} for code in codes}


def test_a_thin_sample_leans_on_its_family():
    """SHRINKAGE documents weigh half: half way between 0..0.2 and the 0..0.6 of its family."""
    own = {"duplicate_line_share": spread(0, 0.2, SHRINKAGE)}
    english = {"eng_Latn": {"duplicate_line_share": spread(0, 0.32)}}
    text = of_kind("reference", yor_Latn=own, **english, **peers(*BANTU, low=0, high=0.6))
    found = row("yor_Latn", "duplicate_line_share", text)
    assert found["at_most"] == pytest.approx(0.9375 * 0.4)
    assert (found["population"], found["own_weight"], found["document_count"]) == ("reference", 0.5, SHRINKAGE)
    assert (
        "here of 50 yor_Latn reference documents, weight .50 against 7 languages of its family "
        "(Atlantic-Congo, reference documents)"
    ) in found["calibrated_by"]


def test_without_any_text_the_family_speaks_alone_and_then_the_script():
    english = {"eng_Latn": {"duplicate_line_share": spread(0, 0.32)}}
    text = of_kind("reference", **english, **peers(*BANTU, low=0, high=0.6))
    found = row("yor_Latn", "duplicate_line_share", text)
    assert (found["population"], found["document_count"], found["own_weight"]) == ("family", 0, 0.0)
    assert found["at_most"] == pytest.approx(0.5625)
    assert (
        "here of what 7 languages of its family (Atlantic-Congo, reference documents) are like"
        in (found["calibrated_by"])
    )
    other = row("tur_Latn", "duplicate_line_share", text)
    assert other["population"] == "script"
    assert "8 languages of its script (Latn, reference documents)" in other["calibrated_by"]
    assert row("tha_Thai", "duplicate_line_share", text)["population"] == "none"


def test_few_documents_without_peers_carry_no_bound_over():
    own = {"duplicate_line_share": spread(0, 0.9, LEAST_DOCUMENTS - 1)}
    found = row("tha_Thai", "duplicate_line_share", of_kind("crawl", tha_Thai=own))
    assert (found["at_most"], found["method"], found["own_weight"]) == (None, "fixed", 0.0)
    assert (found["population"], found["document_count"]) == ("crawl", LEAST_DOCUMENTS - 1)
    assert found["median"] == pytest.approx(0.45, abs=0.01)


def test_the_scores_of_a_model_are_compared_with_no_other_language():
    text = of_kind("crawl", **{code: {"perplexity": spread(2, 4)} for code in BANTU})
    assert row("yor_Latn", "perplexity", text)["population"] == "none"


def test_the_anchors_are_those_that_the_signals_name():
    assert anchors() == ("eng_Latn",)


def test_a_profile_leans_on_its_script_and_on_the_anchors():
    found = leans_on(["tha_Thai"])
    assert {"tha_Thai", "eng_Latn"} <= set(found)
    assert {code[-4:] for code in found} == {"Thai", "Latn"}
    assert [code for code in found if code.endswith("Latn")] == ["eng_Latn"]


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """`catalog("[bounds.x]...")`: a language qaa_Latn whose file ends with these lines."""

    def write(lines: str) -> None:
        head = 'name = "Nobody\'s"\nendonym = "Nobody\'s"\ntags = []\nclose = []\nsource = "made for a test"\n'
        (tmp_path / "languages").mkdir(exist_ok=True)
        (tmp_path / "languages" / "qaa_Latn.toml").write_text(head + lines, encoding="utf-8")
        monkeypatch.setenv("LUGHA_CATALOG", str(tmp_path))
        languages.cache_clear()

    yield write
    monkeypatch.undo()
    languages.cache_clear()


def test_what_a_person_wrote_wins_over_everything(catalog: Callable[[str], None]):
    catalog('[bounds.duplicate_line_share]\nat_least = 0.01\ncalibrated_by = "120 pages read by hand"\n')
    own = {"duplicate_line_share": spread(0, 0.6)}
    found = row("qaa_Latn", "duplicate_line_share", of_kind("reference", qaa_Latn=own, eng_Latn=own))
    assert (found["at_least"], found["at_most"], found["method"]) == (0.01, None, "fixed")
    assert found["calibrated_by"] == "120 pages read by hand"
    assert found["median"] == pytest.approx(0.3)


def test_a_bound_that_a_person_changes_changes_the_settings(catalog: Callable[[str], None]):
    digests = set()
    for number in (0.4, 0.5):
        catalog(f'[bounds.digit_share]\nat_most = {number}\ncalibrated_by = "read by hand"\n')
        digests |= {digest_of(profile_settings("qaa_Latn")), digest_of(profile_settings("qaa_Latn"))}
    assert len(digests) == 2


def test_a_bound_on_a_signal_that_is_not_there_names_the_nearest(catalog: Callable[[str], None]):
    catalog('[bounds.duplicate_lines_share]\nat_most = 0.4\ncalibrated_by = "read by hand"\n')
    with pytest.raises(UnknownSignal, match=r'qaa_Latn.*Nearest: "duplicate_line_share"'):
        profile("qaa_Latn", ())


def test_the_bounds_of_the_product_can_be_computed_for_every_language(monkeypatch: pytest.MonkeyPatch):
    """With the real signal files and no text at all."""
    monkeypatch.setattr(profiles, "signals", signals)
    for code in languages():
        rows = profile(code, ())
        assert rows["calibrated_by"].null_count() == 0
        assert (rows["population"] == "none").all()
