"""A language identifier that learned from pages of the sample web, a fifth of which name the wrong language."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest

from lugha.identification.identifier import Identifier
from lugha.identification.training import LidSettings, load_lid, train_lid
from lugha.sample.articles import articles_of

LANGUAGES = tuple(
    sorted(x.name for x in files("lugha.sample").joinpath("pages").iterdir() if x.name[3] == "_" and x.is_dir())
)


@dataclass(frozen=True)
class Text:
    """A page of the sample web: the language it is in, the one it names, and whether the identifier learned from it."""

    language: str
    hinted: str
    text: str
    is_held_out: bool


def _texts() -> list[Text]:
    found = []
    for place, language in enumerate(LANGUAGES):
        for article in articles_of(language):
            byte = hashlib.sha256(f"{language}/{article.slug}".encode()).digest()[0]
            is_wrong = byte % 5 == 0
            hinted = LANGUAGES[(place + 1 + byte % (len(LANGUAGES) - 1)) % len(LANGUAGES)] if is_wrong else language
            text = "\n\n".join([article.title, *article.paragraphs])
            found.append(Text(language, hinted, text, is_held_out=byte >= 192))
    return found


@pytest.fixture(scope="session")
def texts() -> list[Text]:
    """Every page of the sample web."""
    return _texts()


@pytest.fixture(scope="session")
def hinted(texts: list[Text]) -> pl.DataFrame:
    """The pages to learn from, as `standardized_documents` under the language that they name."""
    rows = [(x.hinted, x.text) for x in texts if not x.is_held_out]
    return pl.DataFrame(rows, schema={"language": pl.String, "text": pl.String}, orient="row")


@dataclass(frozen=True)
class Lid:
    """A trained identifier, read back from its file, the report of its training, and the file."""

    model: Identifier
    report: pl.DataFrame
    path: Path


@pytest.fixture(scope="session")
def lid(hinted: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Lid:
    """The identifier that learned from `hinted`."""
    path = tmp_path_factory.mktemp("lid") / "models" / "lid.bin"
    report = train_lid(hinted, LidSettings(), path)
    return Lid(load_lid(path), report, path)


@pytest.fixture(scope="session")
def documents(rows_of: Callable[..., pl.DataFrame]) -> Callable[..., pl.DataFrame]:
    """`documents(text, ...)`: rows of `standardized_documents` with these texts."""

    def make(*texts: str) -> pl.DataFrame:
        rows = [{"doc_id": bytes([n]) * 16, "content_hash": bytes([n]) * 16, "text": x} for n, x in enumerate(texts)]
        return rows_of("standardized_documents", *rows)

    return make
