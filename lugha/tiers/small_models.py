"""The small models of one language, as labelling uses them: stop words, classifiers and a character language model.

They are trained from text of that language alone (lugha/tiers/train_models.py). A language without trusted text
has no classifier "trusted", and one whose documents nobody judged has none of the others; their scores stay empty, and
nothing is borrowed from another language. They lie in one folder a language: `<fingerprint>/` with the files, and
`current.json` that names the one in use.
"""

import json
import os
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lugha.errors import LughaError


class BrokenModels(LughaError):
    """The folder of a language's models lacks a file that it names."""


@dataclass(frozen=True)
class LanguageModels:
    """What was trained for one language: `stop_words` (empty where there was too little text), `classifiers` by kind
    (trusted, teacher, toxicity, adult) and `ngram`, the language model behind the perplexity.
    """

    stop_words: tuple[str, ...] = ()
    classifiers: Mapping[str, Any] = field(default_factory=dict)
    ngram: Any | None = None

    def get(self, kind: str) -> Any | None:
        """The model of a kind, None where the language has none."""
        return self.ngram if kind == "ngram" else self.classifiers.get(kind)


NO_MODELS = LanguageModels()


def load_language_models(folder: Path) -> LanguageModels:
    """The models in use; `NO_MODELS` where nothing was trained. Raises BrokenModels."""
    current = current_folder(folder)
    if current is None:
        return NO_MODELS
    try:
        contents = json.loads((current / "models.json").read_text(encoding="utf-8"))
        return LanguageModels(
            stop_words=tuple(contents["stop_words"]),
            classifiers={kind: _classifier(current / f"{kind}.bin") for kind in contents["classifiers"]},
            ngram=_ngrams(current / "ngrams.npz") if contents["has_ngrams"] else None,
        )
    except (OSError, ValueError, KeyError) as problem:
        raise BrokenModels(
            f"{current}: {type(problem).__name__}: {problem}. Remove {folder} and train the models again."
        ) from problem


def load_stop_words(folder: Path) -> tuple[str, ...]:
    """The stop words in use alone, without the models beside them; none where nothing was trained."""
    current = current_folder(folder)
    if current is None:
        return ()
    return tuple(json.loads((current / "models.json").read_text(encoding="utf-8"))["stop_words"])


def models_fingerprint(folder: Path) -> str:
    """Digest of what the models in use were made from, "none" where there are none: part of the settings of
    whatever is scored with them.
    """
    current = current_folder(folder)
    return current.name if current else "none"


def current_folder(folder: Path) -> Path | None:
    """Where the files in use lie; None where nothing was trained."""
    pointer = folder / "current.json"
    if not pointer.exists():
        return None
    return folder / str(json.loads(pointer.read_text(encoding="utf-8"))["fingerprint"])


def promote(folder: Path, written: Path, fingerprint: str) -> None:
    """Put a written folder into use. The one before it stays, because another process may be reading it."""
    before, target = current_folder(folder), folder / fingerprint
    if target.exists():  # a killed run got as far as here, or another one was faster
        shutil.rmtree(written)
    else:
        os.replace(written, target)
    temporary = folder / f".{uuid.uuid4().hex[:8]}.json"
    temporary.write_text(json.dumps({"fingerprint": fingerprint}), encoding="utf-8")
    temporary.replace(folder / "current.json")
    for old in folder.iterdir():
        if old.is_dir() and not old.name.startswith(".") and old not in (before, target):
            shutil.rmtree(old, ignore_errors=True)


def _classifier(path: Path) -> Any:
    from lugha.tiers.quality import load_classifier

    return load_classifier(path)


def _ngrams(path: Path) -> Any:
    from lugha.tiers.ngrams import load_ngrams

    return load_ngrams(path)
