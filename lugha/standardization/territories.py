"""Where a language is spoken, as far as CLDR knows: which national forms of numbers can stand in its text."""

from functools import cache

from lugha.languages import UNDETERMINED, language

LEAST_PERCENT = 5.0  # of a territory's people; below it only where the language is official, or nowhere stronger


@cache
def territories(code: str) -> tuple[str, ...]:
    """ISO 3166 codes of the territories of a language: first where CLDR expects it, then by share of the people.

    Taken are a territory named in a tag of the language's file, the one of CLDR's likely subtags, and those where the
    language is official or spoken by a twentieth of the people. Empty where CLDR knows nothing of the language.
    Source: CLDR territory-language data and likely subtags, as Babel ships them. Raises UnknownLanguage.
    """
    from babel.core import get_global

    if code == UNDETERMINED:  # CLDR's likely territory of that is the United States
        return ()
    spoken = get_global("territory_languages")
    names = _names(code)
    found = dict.fromkeys([*_named_in_tags(code), *_likely(names)])
    shares = [
        (-facts["population_percent"], territory)
        for territory, spoken_there in spoken.items()
        for name, facts in spoken_there.items()
        if name in names and (facts["official_status"] or facts["population_percent"] >= LEAST_PERCENT)
    ]
    found.update(dict.fromkeys(territory for _, territory in sorted(shares)))
    return tuple(territory for territory in found if territory in spoken)


def _names(code: str) -> set[str]:
    """What CLDR may call the language: its tags and code, CLDR's alias of each, and all of them with the script."""
    from babel.core import get_global

    aliases = get_global("language_aliases")
    bare = {tag.replace("-", "_") for tag in (*language(code).tags, code[:3])}
    bare |= {aliases.get(name, name).split("_")[0] for name in bare}
    return bare | {f"{name}_{code[4:]}" for name in bare if "_" not in name}


def _named_in_tags(code: str) -> list[str]:
    """Regions that the language's own tags name, such as PK in "pa-PK"."""
    parts = [part for tag in language(code).tags for part in tag.split("-")[1:]]
    return [part.upper() for part in parts if len(part) == 2 and part.isalpha()]


def _likely(names: set[str]) -> list[str]:
    from babel.core import get_global

    likely = get_global("likely_subtags")
    return [likely[name].rsplit("_", 1)[-1] for name in sorted(names) if name in likely]
