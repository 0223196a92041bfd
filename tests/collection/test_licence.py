import pytest
from resiliparse.parse.html import HTMLTree

from lugha.collection.licence import licence_name, licence_of


@pytest.mark.parametrize(
    ("href", "name"),
    [
        ("https://creativecommons.org/licenses/by-sa/4.0/deed.tr", "CC BY-SA 4.0"),
        ("http://www.creativecommons.org/licenses/by/3.0/", "CC BY 3.0"),
        ("//creativecommons.org/licenses/by-nc/2.5/in/", "CC BY-NC 2.5 IN"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0"),
        ("https://creativecommons.org/publicdomain/mark/1.0/", "PDM 1.0"),
        ("https://creativecommons.org/licenses/", None),
        ("https://creativecommons.org/licenses/sampling+/1.0/", None),
        ("https://other.example/creativecommons.org/licenses/by/4.0/", None),
    ],
)
def test_a_licence_has_one_short_name(href: str, name: str | None) -> None:
    assert licence_name(href) == name


BY, SA = "https://creativecommons.org/licenses/by/4.0/", "https://creativecommons.org/licenses/by-sa/4.0/"


@pytest.mark.parametrize(
    ("html", "name"),
    [
        (f'<a href="{BY}">x</a>', "CC BY 4.0"),
        (f'<link rel="license" href="{SA}"><a href="{BY}">x</a>', "CC BY-SA 4.0"),
        (f'<a href="{BY}">x</a><a rel="license noopener" href="{SA}">y</a>', "CC BY-SA 4.0"),
        (f'<a href="{BY}">x</a><a href="{SA}">y</a>', None),
        ('<a rel="license" href="/terms">x</a>', None),
        ("<p>CC BY 4.0</p>", None),
    ],
)
def test_a_page_has_the_licence_that_it_names_for_itself(html: str, name: str | None) -> None:
    assert licence_of(HTMLTree.parse(html)) == name
