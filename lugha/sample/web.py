"""Writing a web to a folder, and keeping account of what is true of each of its pages."""

from dataclasses import dataclass, replace
from pathlib import Path

from lugha.sample.templates import Content


@dataclass(frozen=True)
class Fact:
    """What is true of one page, a line of manifest.jsonl; `html_lang` and `charset_declared` are what it says."""

    host: str
    path: str
    url: str
    lang_truth: str
    html_lang: str | None
    charset_declared: str | None
    charset_actual: str
    fault: str | None
    duplicate_of: str | None
    dup_kind: str | None
    role: str
    robots_allowed: bool
    bytes: int


class Web:
    """The folder that is written, and the facts of its pages so far."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.facts: list[Fact] = []

    def write_text(self, path: str, text: str) -> None:
        """A file that is no page."""
        self._write(path, text.encode())

    def write_page(self, host: str, path: str, html: str, truth: Fact, codec: str = "utf-8") -> None:
        """A page at `path` of a host ("news/" means its index.html); `truth` has what its place does not decide."""
        # A letter that the codec lacks becomes a character reference, as editors of that time wrote it.
        mark = b"\xff\xfe" if codec == "utf-16-le" else b""
        body = mark + html.encode(codec, "xmlcharrefreplace")
        file = f"hosts/{host}/{path}index.html" if path.endswith("/") or not path else f"hosts/{host}/{path}"
        self._write(file, body)
        self.facts.append(replace(truth, host=host, path=file, url=f"http://{host}/{path}", bytes=len(body)))

    def _write(self, path: str, body: bytes) -> None:
        target = self._folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)


def truth_of(language: str, role: str, content: Content | None = None) -> Fact:
    """The facts of a page without fault that are known before it has a place."""
    lang, charset = (content.lang or None, content.charset or None) if content else (None, None)
    return Fact("", "", "", language, lang, charset, "utf-8", None, None, None, role, True, 0)
