"""The licence that a page names for itself, as far as it is a Creative Commons one, which are those that can be read
by machine.

Not here: whether the licence is true, what it allows, and words of a licence in the text of a page.
"""

import re

from resiliparse.parse.html import HTMLTree

_ADDRESS = re.compile(
    r"^(https?:)?//(www\.)?creativecommons\.org/(licenses|publicdomain)/"
    r"(?P<kind>[a-z-]+)/(?P<version>\d\.\d)(/(?P<port>[a-z]{2,3})\b)?",
    re.I,
)
_LICENCES = frozenset({"by", "by-sa", "by-nd", "by-nc", "by-nc-sa", "by-nc-nd"})


def licence_name(href: str) -> str | None:
    """The short name of the licence at an address of creativecommons.org: "CC BY-SA 4.0", "CC BY 3.0 IGO", "CC0 1.0",
    "PDM 1.0".

    None for every other address.
    """
    match = _ADDRESS.match(href.strip())
    if match is None:
        return None
    kind, version = match["kind"].lower(), match["version"]
    if kind in ("zero", "mark"):
        return f"{'CC0' if kind == 'zero' else 'PDM'} {version}"
    if kind not in _LICENCES:
        return None
    port = f" {match['port'].upper()}" if match["port"] and version < "4.0" else ""  # 4.0 has no ported versions
    return f"CC {kind.upper()} {version}{port}"


def licence_of(tree: HTMLTree) -> str | None:
    """The licence that a page links with rel="license", else the only one it links; None for none or several."""
    document = tree.document
    links = document.query_selector_all("a[href], link[href]").values() if document else []
    named: dict[str, None] = {}
    for link in links:
        name = licence_name(link.getattr("href") or "")
        if name is not None and "license" in (link.getattr("rel") or "").lower().split():
            return name
        if name is not None:
            named[name] = None
    return next(iter(named)) if len(named) == 1 else None
