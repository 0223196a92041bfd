"""The HTML around the texts of the sample web: three ways in which pages of the last thirty years are built.

"div" is a page of today with semantic elements, "table" one of the years when tables made the layout, "old" one that
closes no paragraph and writes its tags in capitals. All carry what surrounds a text on the web: navigation, an
advertisement, related links, a footer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Link:
    """Where a link leads, and what it is called; `hreflang` is written where it is not empty."""

    href: str
    text: str
    hreflang: str = ""


@dataclass(frozen=True)
class Content:
    """What one page shows: its text, and its host's words and links. Empty `lang` and `charset` are not written."""

    title: str
    paragraphs: Sequence[str]
    site_name: str
    navigation: Sequence[Link]
    listed: Sequence[Link] = ()
    related_title: str = ""
    related: Sequence[Link] = ()
    advertisement: str = ""
    footer: str = ""
    cookies: str = ""
    date: str = ""
    lang: str = ""
    charset: str = "utf-8"
    is_right_to_left: bool = False
    licence_url: str = ""


def div_page(content: Content) -> str:
    """A page of today."""
    meta = f'<meta charset="{content.charset}">' if content.charset else ""
    cookies = (
        f'<div class="cookie-bar"><p>{escape(content.cookies)}</p><button>OK</button></div>' if content.cookies else ""
    )
    time = f'<time datetime="{content.date}">{content.date}</time>' if content.date else ""
    advertisement = f'<aside class="ad"><p>{escape(content.advertisement)}</p></aside>' if content.advertisement else ""
    related = _box(content, '<aside class="related"><h2>', "</h2><ul>", "</ul></aside>")
    listed = f'<ul class="listing">{_items(content.listed)}</ul>' if content.listed else ""
    return f"""<!DOCTYPE html>
<html{_attributes(content)}>
<head>{meta}<title>{escape(content.title)} - {escape(content.site_name)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">{_licence_link(content)}
<style>body {{ font-family: sans-serif }} .ad {{ background: #eee }}</style></head>
<body>
{cookies}
<header><a class="logo" href="/">{escape(content.site_name)}</a>
<nav><ul>{_items(content.navigation)}</ul></nav></header>
<main><article><h1>{escape(content.title)}</h1>{time}
{_paragraphs(content, "</p>")}
{listed}
</article>
{advertisement}
{related}
</main>
<footer><p>{escape(content.footer)}</p></footer>
<script>var page = {{"seen": 1}};</script>
</body>
</html>
"""


def table_page(content: Content) -> str:
    """A page whose layout is a table."""
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={content.charset}">' if content.charset else ""
    related = _box(content, '<table class="box"><tr><th>', "</th></tr><tr><td><ul>", "</ul></td></tr></table>")
    return f"""<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN" "http://www.w3.org/TR/html4/loose.dtd">
<html{_attributes(content)}>
<head>{meta}<title>{escape(content.title)}</title>{_licence_link(content)}</head>
<body>
<table width="100%" cellpadding="4"><tr><td colspan="3"><b>{escape(content.site_name)}</b> {content.date}</td></tr>
<tr><td width="15%" valign="top"><ul>{_items(content.navigation)}</ul></td>
<td valign="top"><h2>{escape(content.title)}</h2>
{_paragraphs(content, "</p>")}
{f"<ul>{_items(content.listed)}</ul>" if content.listed else ""}
</td>
<td width="20%" valign="top"><small>{escape(content.advertisement)}</small>{related}</td></tr>
<tr><td colspan="3" align="center"><small>{escape(content.footer)} {escape(content.cookies)}</small></td></tr></table>
</body>
</html>
"""


def old_page(content: Content) -> str:
    """A page that closes few of its tags."""
    meta = f'<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset={content.charset}">' if content.charset else ""
    links = " | ".join(f'<A HREF="{escape(link.href)}">{escape(link.text)}</A>' for link in content.navigation)
    related = _box(content, "<HR><B>", "</B><UL>", "</UL>")
    return f"""<HTML{_attributes(content)}>
<HEAD>{meta}<TITLE>{escape(content.title)}</TITLE>{_licence_link(content)}</HEAD>
<BODY BGCOLOR="#FFFFEE"><CENTER><FONT SIZE="5">{escape(content.site_name)}</FONT><BR>{links}</CENTER><HR>
<FONT SIZE="4"><B>{escape(content.title)}</B></FONT> <I>{content.date}</I>
{_paragraphs(content, "")}
{f"<UL>{_items(content.listed)}</UL>" if content.listed else ""}
{related}
<HR><CENTER><FONT SIZE="1">{escape(content.advertisement)}<BR>{escape(content.footer)}</FONT></CENTER>
</BODY>
</HTML>
"""


def print_page(content: Content) -> str:
    """The print view of a page: the text and nothing around it."""
    meta = f'<meta charset="{content.charset}">' if content.charset else ""
    return f"""<!DOCTYPE html>
<html{_attributes(content)}><head>{meta}<title>{escape(content.title)}</title></head>
<body onload="window.print()"><h3>{escape(content.title)}</h3>
{_paragraphs(content, "</p>")}
<p>{escape(content.footer)}</p></body></html>
"""


TEMPLATES = {"div": div_page, "table": table_page, "old": old_page}


def _attributes(content: Content) -> str:
    lang = f' lang="{content.lang}"' if content.lang else ""
    return lang + (' dir="rtl"' if content.is_right_to_left else "")


def _licence_link(content: Content) -> str:
    return f'<link rel="license" href="{content.licence_url}">' if content.licence_url else ""


def _paragraphs(content: Content, end: str) -> str:
    return "\n".join(f"<p>{escape(paragraph, quote=False)}{end}" for paragraph in content.paragraphs)


def _items(links: Sequence[Link]) -> str:
    return "".join(f"<li>{_anchor(link)}</li>" for link in links)


def _anchor(link: Link) -> str:
    hreflang = f' hreflang="{link.hreflang}"' if link.hreflang else ""
    return f'<a href="{escape(link.href)}"{hreflang}>{escape(link.text)}</a>'


def _box(content: Content, start: str, middle: str, end: str) -> str:
    return f"{start}{escape(content.related_title)}{middle}{_items(content.related)}{end}" if content.related else ""
