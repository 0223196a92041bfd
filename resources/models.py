"""Small models that stages share: the language identifier and the tokenizer, as files named by what they were made
from.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import Field

from lugha.errors import LughaError
from lugha.identification.external import ExternalLid, external_lid
from lugha.identification.identifier import Identifier
from lugha.identification.training import load_lid
from lugha.tiers.small_models import (
    NO_MODELS,
    LanguageModels,
    load_language_models,
    load_stop_words,
    models_fingerprint,
)


class NoTokenizer(LughaError):
    """Nothing has trained a tokenizer yet."""


class ModelsResource(dg.ConfigurableResource[Any]):
    """A folder with `lid/` and `tokenizer/`; in each, `current.json` names the file in use and what it was made from."""

    folder: str = Field(description="Folder of the models")

    def path(self, kind: str, name: str) -> Path:
        """Where a model of a kind is kept."""
        return Path(self.folder) / kind / name

    def current(self, kind: str) -> dict[str, str] | None:
        """`file`, `fingerprint` and `digest` of the model in use; None where there is none."""
        pointer = self.path(kind, "current.json")
        return json.loads(pointer.read_text(encoding="utf-8")) if pointer.exists() else None

    def promote(self, kind: str, file: str, fingerprint: str, digest: str) -> None:
        """Put a written model into use: the pointer is replaced last and in one step."""
        pointer = self.path(kind, "current.json")
        temporary = pointer.with_suffix(".tmp")
        temporary.write_text(json.dumps({"file": file, "fingerprint": fingerprint, "digest": digest}), encoding="utf-8")
        temporary.replace(pointer)

    def external_lid(self) -> ExternalLid | None:
        """The identifier of somebody else that the settings name, None where they name none."""
        return external_lid()

    def lid(self) -> Identifier | None:
        """The language identifier in use: that of the settings, else the one that was trained; None where none could
        be yet.
        """
        if outside := external_lid():
            return outside.identifier
        current = self.current("lid")
        return _cached(load_lid, self.path("lid", current["file"])) if current else None

    def lid_digest(self) -> str:
        """Digest of the language identifier in use, or of what it was trained on; "none" where there is none."""
        if outside := external_lid():
            return outside.digest
        return (self.current("lid") or {"digest": "none"})["digest"]

    def folder_of_language(self, language: str) -> Path:
        """Where the small models of a language lie."""
        return self.path("languages", language)

    def of_language(self, language: str) -> LanguageModels:
        """The small models of a language that are in use; none of them where nothing was trained."""
        folder = self.folder_of_language(language)
        return _loaded(folder, models_fingerprint(folder))

    def stop_words_of(self, language: str) -> tuple[str, ...]:
        """The stop words of a language; none where nothing was trained."""
        return load_stop_words(self.folder_of_language(language))

    def fingerprint_of_language(self, language: str) -> str:
        """Digest of what the small models of a language were made from, "none" where there are none."""
        return models_fingerprint(self.folder_of_language(language))

    def tokenizer(self) -> tuple[str, str]:
        """The tokenizer in use as JSON, and its digest. Raises NoTokenizer."""
        current = self.current("tokenizer")
        if current is None:
            raise NoTokenizer(
                "There is no tokenizer yet. Materialize the asset `tokenizer` (it needs dedup_sets with text), then this one again."
            )
        return self.path("tokenizer", current["file"]).read_text(encoding="utf-8"), current["digest"]


@lru_cache(maxsize=8)
def _loaded(folder: Path, fingerprint: str) -> LanguageModels:
    """Models by the folder and by what lies in it now, so that models made anew are read anew."""
    return NO_MODELS if fingerprint == "none" else load_language_models(folder)


@lru_cache(maxsize=2)
def _cached(load: Any, path: Path) -> Any:
    return load(path)
