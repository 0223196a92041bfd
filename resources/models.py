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

    def lid(self) -> Any | None:
        """The language identifier in use, None where none could be trained yet."""
        from lugha.labeling.lid import load_lid

        current = self.current("lid")
        return _cached(load_lid, self.path("lid", current["file"])) if current else None

    def tokenizer(self) -> tuple[str, str]:
        """The tokenizer in use as JSON, and its digest. Raises NoTokenizer."""
        current = self.current("tokenizer")
        if current is None:
            raise NoTokenizer(
                "There is no tokenizer yet. Materialize the asset `tokenizer` (it needs dedup_sets with text), then this one again."
            )
        return self.path("tokenizer", current["file"]).read_text(encoding="utf-8"), current["digest"]


@lru_cache(maxsize=2)
def _cached(load: Any, path: Path) -> Any:
    return load(path)
