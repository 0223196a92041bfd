"""A language identifier of somebody else's: GlotLID, OpenLID, lid.176 or any other supervised fastText model.

`LUGHA_LID_MODEL` names it, as a path or as `hf:<owner>/<repository>/<file>@<revision>` on the Hugging Face hub, and
`LUGHA_LID_DIGEST` is the sha256 of the file: a model decides what a corpus holds, so it never changes unseen. Its labels
are read as codes or tags of lugha/languages/; text with a label of no language there counts as undetermined.
"""

import hashlib
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from lugha.errors import LughaError
from lugha.identification.identifier import LABEL, Identifier
from lugha.languages import UNDETERMINED, by_tag, registered
from lugha.scripts import COMPOSITE

SETTING, DIGEST_SETTING = "LUGHA_LID_MODEL", "LUGHA_LID_DIGEST"
_HUB = re.compile(r"hf:(?P<repo_id>[^/@]+/[^/@]+)/(?P<filename>[^@]+)@(?P<revision>[^@/]+)")


class NoSuchLidModel(LughaError):
    """The setting names a model that is not there or cannot be had."""


class UnpinnedLidModel(LughaError):
    """The setting names a model, and no digest holds it to one file."""


class OtherLidModel(LughaError):
    """The model's file is not the one that the digest was taken of."""


class NoFastTextModel(LughaError):
    """The file is not one that fastText can read."""


@dataclass(frozen=True)
class ExternalLid:
    """An identifier from outside: where it was named, the sha256 of its file, and which language each of its labels
    was read as.
    """

    identifier: Identifier
    named: str
    digest: str
    code_of: dict[str, str]

    def report(self) -> pl.DataFrame:
        """A row a label: `label` as the model writes it, `language`, and `is_known`, false where no file of
        lugha/languages/ has it and its texts are undetermined.
        """
        rows = [(label, code, code != UNDETERMINED) for label, code in sorted(self.code_of.items())]
        schema = {"label": pl.String, "language": pl.String, "is_known": pl.Boolean}
        return pl.DataFrame(rows, schema=schema, orient="row")


def external_lid() -> ExternalLid | None:
    """The model that the settings name, loaded once in a process; None where they name none.

    Raises NoSuchLidModel, UnpinnedLidModel, OtherLidModel, NoFastTextModel, and NotAnIdentifier for a model without
    labels.
    """
    named = os.environ.get(SETTING, "").strip()
    return _loaded(named, os.environ.get(DIGEST_SETTING, "").strip().lower()) if named else None


def language_of(label: str) -> str:
    """The code that a label of another model stands for ("swh_Latn", "sw", "zho_Hans"), und_Zyyy where no file of
    lugha/languages/ has it. A script that is part of the language's own counts as it: "cmn_Hani" is what "cmn" is.
    """
    name = label.removeprefix(LABEL)
    if code := name if name in registered() else by_tag(name):
        return code
    language, _, script = name.partition("_")
    code = by_tag(language)
    return code if code and script in COMPOSITE.get(code[-4:], ()) else UNDETERMINED


@lru_cache(maxsize=1)
def _loaded(named: str, digest: str) -> ExternalLid:
    path = _from_hub(named) if named.startswith("hf:") else Path(named).expanduser()
    if not path.is_file():
        raise NoSuchLidModel(
            f'{SETTING} names "{named}", and there is no such file. Correct the path, or unset it: '
            "then languages are learned from reference text and from what pages say of themselves."
        )
    _check_digest(named, path, digest)
    model = _read(path)
    code_of = {name: language_of(name) for name in (x.removeprefix(LABEL) for x in model.get_labels())}
    return ExternalLid(Identifier(model, code_of), named, digest, code_of)


def _from_hub(named: str) -> Path:
    import huggingface_hub

    parts = _HUB.fullmatch(named)
    if parts is None:
        raise NoSuchLidModel(
            f'{SETTING} names "{named}", which does not say repository, file and revision. '
            "Write it as hf:<owner>/<repository>/<file>@<revision>, the revision a commit."
        )
    try:
        return Path(huggingface_hub.hf_hub_download(parts["repo_id"], parts["filename"], revision=parts["revision"]))
    except (OSError, ValueError) as problem:  # the hub's own errors are kinds of these two
        raise NoSuchLidModel(
            f'{SETTING} names "{named}", and the hub did not give it: {type(problem).__name__}: {problem}. '
            "Without a network, name a path, or HF_HOME with a cache that holds the file."
        ) from problem


def _check_digest(named: str, path: Path, digest: str) -> None:
    with path.open("rb") as opened:
        found = hashlib.file_digest(opened, "sha256").hexdigest()
    if not digest:
        raise UnpinnedLidModel(
            f'{SETTING} names "{named}", and {DIGEST_SETTING} is not set. '
            f"If the file at hand is the one that you mean, set {DIGEST_SETTING}={found}"
        )
    if digest != found:
        raise OtherLidModel(
            f'"{named}" has the sha256 {found}, and {DIGEST_SETTING} says {digest}. '
            "Get the file that the digest was taken of, or change the digest if the model was changed on purpose."
        )


def _read(path: Path) -> Any:
    import fasttext

    try:
        return fasttext.load_model(str(path))
    except (ValueError, RuntimeError, MemoryError) as problem:
        raise NoFastTextModel(
            f"{path}: {problem}. {SETTING} needs a model that fastText saved (.bin or .ftz)."
        ) from problem
