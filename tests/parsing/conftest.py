"""Pages as sites make them, in six languages, around texts of the sample web."""

from dataclasses import dataclass

import pytest

from lugha.sample.articles import articles_of

MENUS = {
    "yor_Latn": ("Ilé", "Ìròyìn", "Eré ìdárayá", "Nípa wa", "Kàn sí wa"),
    "amh_Ethi": ("መነሻ", "ዜና", "ስፖርት", "ስለ እኛ", "ያግኙን"),
    "urd_Arab": ("صفحۂ اول", "خبریں", "کھیل", "ہمارے بارے میں", "رابطہ"),
    "mya_Mymr": ("ပင်မစာမျက်နှာ", "သတင်း", "အားကစား", "ကျွန်ုပ်တို့အကြောင်း", "ဆက်သွယ်ရန်"),
    "tha_Thai": ("หน้าแรก", "ข่าว", "กีฬา", "เกี่ยวกับเรา", "ติดต่อเรา"),
    "tur_Latn": ("Ana sayfa", "Haberler", "Spor", "Hakkımızda", "İletişim"),
}


@dataclass(frozen=True)
class Page:
    """A page of a site: its HTML without a declared encoding, and what a reader would call its text and its menu."""

    language: str
    html: str
    paragraphs: tuple[str, ...]
    menu: tuple[str, ...]


def _page(language: str) -> Page:
    article, menu = articles_of(language)[0], MENUS[language]
    links = "".join(f'<li><a href="/{n}">{words}</a></li>' for n, words in enumerate(menu))
    text = "".join(f"<p>{paragraph}</p>" for paragraph in article.paragraphs)
    html = (
        f"<!doctype html><html><head><title>{article.title}</title><style>p {{ margin: 0 }}</style></head><body>"
        f'<header><nav><ul class="menu">{links}</ul></nav></header>'
        f"<main><article><h1>{article.title}</h1>{text}</article></main>"
        f'<footer><ul>{links}</ul><p>© 2026 {menu[0]}</p></footer><script>var menu = "{menu[1]}"</script></body></html>'
    )
    return Page(language, html, article.paragraphs, menu)


@pytest.fixture(params=sorted(MENUS))
def page(request: pytest.FixtureRequest) -> Page:
    """One page in each of the six languages."""
    return _page(request.param)


@pytest.fixture
def turkish() -> Page:
    """A page in Turkish, whose six own letters are what windows-1254 has and windows-1252 has not."""
    return _page("tur_Latn")


@pytest.fixture
def thai() -> Page:
    """A page in Thai."""
    return _page("tha_Thai")
