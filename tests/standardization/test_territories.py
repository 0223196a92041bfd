"""Where a language is spoken decides whose national numbers are expected."""

import pytest

from lugha.languages import UnknownLanguage, registered
from lugha.standardization.territories import territories


@pytest.mark.parametrize(
    ("language", "first", "among"),
    [
        ("yor_Latn", "NG", {"BJ"}),
        ("amh_Ethi", "ET", set()),
        ("urd_Arab", "PK", {"IN"}),
        ("mya_Mymr", "MM", set()),
        ("tha_Thai", "TH", set()),
        ("tur_Latn", "TR", {"CY"}),
        ("swh_Latn", "TZ", {"KE", "UG", "CD"}),
        ("azb_Arab", "IR", set()),
        ("pnb_Arab", "PK", set()),
        ("cmn_Hans", "CN", {"SG"}),
        ("quz_Latn", "PE", {"BO"}),
    ],
)
def test_territories_of_a_language_begin_where_it_is_expected(language: str, first: str, among: set[str]):
    found = territories(language)
    assert found[0] == first
    assert among <= set(found)


def test_a_language_spoken_by_a_few_of_a_territory_does_not_count_there():
    """CLDR lists Turkish in the Netherlands with 1.2 % of the people."""
    assert "NL" not in territories("tur_Latn")


def test_undetermined_text_has_no_territory():
    assert territories("und_Zyyy") == ()


def test_nearly_every_language_has_a_territory():
    """CLDR's likely subtags know thousands of languages; without them 239 of ours had none."""
    without = [language for language in registered() if not territories(language)]
    assert len(without) < 30, without


def test_a_language_nobody_registered_is_named():
    with pytest.raises(UnknownLanguage, match="swa_Latn"):
        territories("swa_Latn")
