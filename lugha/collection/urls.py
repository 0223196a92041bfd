"""One spelling for every web address, so that the same page is asked for once.

The form is that of RFC 3986, section 6.2.2 and 6.2.3: lower-case host (IDNA for names beyond ASCII), no default port,
no fragment, no dot segments, percent-encoding only where it is needed and in upper-case hex. Query parameters stay as
they are and in their order, session ids too: which of them a site can do without is not for us to guess. User names
and passwords in an address are dropped.
"""

import ipaddress
import re
from urllib.parse import SplitResult, urljoin, urlsplit

import idna

MAX_URL_LENGTH = 2000  # characters of the canonical form; the sitemap protocol's own limit is 2,048
_DEFAULT_PORTS = {"http": 80, "https": 443}
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_KEPT_IN_PATH = _UNRESERVED | frozenset("!$&'()*+,;=:@/")
_KEPT_IN_QUERY = _KEPT_IN_PATH | frozenset("?")
_PLAIN = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@/-]*")  # nothing to do: most paths
_ABSOLUTE = re.compile(r"https?://", re.I)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")


def canonical_url(url: str) -> str | None:
    """The canonical form of an absolute http(s) address, or None where it cannot be asked for.

    None for another scheme, an empty or impossible host, a port out of range, control characters, or more than
    MAX_URL_LENGTH characters. Canonical forms are fixed points: `canonical_url(canonical_url(x)) ==
    canonical_url(x)`.
    """
    if len(url) > MAX_URL_LENGTH or _CONTROL.search(url):
        return None
    try:
        parts = urlsplit(url.strip(" "))
        authority = _authority(parts)
    except ValueError:  # unbalanced brackets, a port that is no number
        return None
    if authority is None:
        return None
    path = _without_dot_segments(_encoded(parts.path.replace("\\", "/"), _KEPT_IN_PATH))
    query = f"?{_encoded(parts.query, _KEPT_IN_QUERY)}" if parts.query else ""
    canonical = f"{parts.scheme}://{authority}{path}{query}"
    return canonical if len(canonical) <= MAX_URL_LENGTH else None


def resolved_url(base: str, reference: str) -> str | None:
    """The canonical form of a link as a page at `base` writes it; None where it leads to nothing that can be asked
    for over http(s).

    White space around the reference and line breaks in it are dropped, as browsers do (WHATWG URL, basic parser,
    steps 1 to 3).
    """
    cleaned = re.sub(r"[\t\r\n]", "", reference.strip(" \t\r\n\f"))
    try:
        # urljoin would read "http:///" as the root of the base.
        return canonical_url(cleaned if _ABSOLUTE.match(cleaned) else urljoin(base, cleaned))
    except ValueError:
        return None


def host_of(url: str) -> str:
    """Host of a canonical address, with the port where it is not the scheme's own; empty for anything else."""
    match = re.match(r"https?://([^/?#]+)", url)
    return match[1] if match else ""


def origin_of(url: str) -> str:
    """Scheme and host of a canonical address: what one robots.txt speaks for (RFC 9309, section 2.3)."""
    return f"{url.partition('://')[0]}://{host_of(url)}"


def page_url(url: str) -> str:
    """The canonical address that a walk asks for: a directory instead of the index.html in it, which is the same page.

    Sites link both spellings; without this every listing would come twice. (Apache Nutch does so too, for more names.)
    """
    return re.sub(r"/index\.html?$", "/", url)


def _authority(parts: SplitResult) -> str | None:
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        return None
    host, port = _ascii_host(parts.hostname), parts.port
    if host is None or port == 0:
        return None
    return host if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{host}:{port}"


def _ascii_host(name: str) -> str | None:
    if ":" in name and "%" not in name:  # a zone id means something on one machine only
        return f"[{ipaddress.IPv6Address(name).compressed}]"
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode("ascii")
        except idna.IDNAError:
            return None
    name = name.lower().removesuffix(".")
    return name if len(name) <= 253 and _HOST.fullmatch(name) else None


def _encoded(text: str, kept: frozenset[str]) -> str:
    """Percent-encoding in one form: unreserved characters plain, all that is not `kept` as upper-case hex of UTF-8."""
    if _PLAIN.fullmatch(text):
        return text
    pieces = []
    for piece in re.split(r"(%[0-9A-Fa-f]{2})", text):
        if len(piece) == 3 and piece[0] == "%":
            character = chr(int(piece[1:], 16))
            pieces.append(character if character in _UNRESERVED else piece.upper())
        else:
            pieces.extend(c if c in kept else _percent(c) for c in piece)
    return "".join(pieces)


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "replace"))


def _without_dot_segments(path: str) -> str:
    """RFC 3986, section 5.2.4; the result starts with "/"."""
    kept: list[str] = []
    segments = path.split("/")[1:] if path.startswith("/") else path.split("/")
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments and segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)
