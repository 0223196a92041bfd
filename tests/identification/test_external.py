"""A model from outside is named, pinned and read in our codes."""

import hashlib
import shutil
from pathlib import Path

import pytest

from lugha.identification.external import (
    DIGEST_SETTING,
    SETTING,
    NoFastTextModel,
    NoSuchLidModel,
    OtherLidModel,
    UnpinnedLidModel,
    external_lid,
    language_of,
)
from lugha.identification.identifier import predict
from lugha.identification.identify import identify
from lugha.languages import UNDETERMINED
from lugha.sample.articles import articles_of

LABELS = {
    "__label__sw": "swh_Latn",
    "__label__tur_Latn": "tur_Latn",
    "__label__my": "mya_Mymr",
    "__label__xyz_Latn": "yor_Latn",
}
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with a vocabulary and labels of its own, as others train them."""
    import fasttext

    folder = tmp_path_factory.mktemp("stranger")
    rows = [
        f"{label} {line}"
        for label, language in LABELS.items()
        for article in articles_of(language)[:12]
        for line in article.paragraphs
    ]
    (folder / "lines.txt").write_text("\n".join(rows), encoding="utf-8")
    model = fasttext.train_supervised(
        str(folder / "lines.txt"),
        dim=20,
        thread=10,
        epoch=50,
        lr=0.8,
        minn=2,
        maxn=4,
        bucket=20_000,
        loss="hs",
        verbose=0,
    )
    model.save_model(str(folder / "lid.bin"))
    return folder / "lid.bin"


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def name(monkeypatch: pytest.MonkeyPatch, model: str | Path, digest: str) -> None:
    monkeypatch.setenv(SETTING, str(model))
    monkeypatch.setenv(DIGEST_SETTING, digest)


@pytest.mark.parametrize(
    ("label", "language"),
    [
        ("__label__swh_Latn", "swh_Latn"),
        ("__label__sw", "swh_Latn"),
        ("zho_Hans", "zho_Hans"),
        ("__label__cmn_Hani", "cmn_Hans"),
        ("my", "mya_Mymr"),
        ("yor_Latn", "yor_Latn"),
        ("xyz_Latn", UNDETERMINED),
        ("amh_Latn", UNDETERMINED),
        ("", UNDETERMINED),
    ],
)
def test_labels_of_others_are_read_as_codes(label: str, language: str):
    assert language_of(label) == language


def test_no_setting_is_no_model(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(SETTING, raising=False)
    assert external_lid() is None


def test_a_model_from_a_path_identifies_in_our_codes(stranger: Path, monkeypatch: pytest.MonkeyPatch):
    name(monkeypatch, stranger, digest_of(stranger).upper())
    found = external_lid()
    assert found is not None
    assert found.identifier.codes == ("mya_Mymr", "swh_Latn", "tur_Latn")
    for language in ("mya_Mymr", "swh_Latn", "tur_Latn"):
        page = "\n".join(articles_of(language)[13].paragraphs)
        assert identify([page], UNDETERMINED, found.identifier)["lid_label"].to_list() == [language]
        assert predict(found.identifier, [page])[0].label == language


def test_labels_that_nobody_knows_are_told_and_undetermined(stranger: Path, monkeypatch: pytest.MonkeyPatch):
    name(monkeypatch, stranger, digest_of(stranger))
    found = external_lid()
    assert found is not None
    assert found.report().filter(~found.report()["is_known"])["label"].to_list() == ["xyz_Latn"]
    page = "\n".join(articles_of("yor_Latn")[13].paragraphs)
    assert identify([page], "swh_Latn", found.identifier)["lid_label"].to_list() == [UNDETERMINED]


def test_a_model_without_a_digest_is_refused_and_its_digest_told(stranger: Path, monkeypatch: pytest.MonkeyPatch):
    name(monkeypatch, stranger, "")
    with pytest.raises(UnpinnedLidModel, match=digest_of(stranger)):
        external_lid()


def test_another_file_than_the_pinned_one_is_refused(stranger: Path, monkeypatch: pytest.MonkeyPatch):
    name(monkeypatch, stranger, "0" * 64)
    with pytest.raises(OtherLidModel, match=digest_of(stranger)):
        external_lid()


def test_a_missing_file_and_a_file_of_something_else_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    name(monkeypatch, tmp_path / "lid.bin", "0" * 64)
    with pytest.raises(NoSuchLidModel, match=r"lid\.bin"):
        external_lid()
    (tmp_path / "lid.bin").write_text("not a model", encoding="utf-8")
    name(monkeypatch, tmp_path / "lid.bin", digest_of(tmp_path / "lid.bin"))
    with pytest.raises(NoFastTextModel, match=r"lid\.bin"):
        external_lid()


@pytest.mark.parametrize("named", ["hf:somebody/lid", "hf:somebody/lid/model.bin", "hf:model.bin@main"])
def test_a_model_of_the_hub_needs_repository_file_and_revision(named: str, monkeypatch: pytest.MonkeyPatch):
    name(monkeypatch, named, "0" * 64)
    with pytest.raises(NoSuchLidModel, match="<revision>"):
        external_lid()


def test_a_model_of_the_hub_comes_out_of_its_cache(stranger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The cache of the hub's own library, filled by hand; one that it does not hold is an error without a network."""
    import huggingface_hub.constants

    folder = tmp_path / "models--somebody--lid" / "snapshots" / COMMIT
    folder.mkdir(parents=True)
    shutil.copy(stranger, folder / "model.bin")
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    name(monkeypatch, f"hf:somebody/lid/model.bin@{COMMIT}", digest_of(stranger))
    found = external_lid()
    assert found is not None
    assert "tur_Latn" in found.identifier.codes
    name(monkeypatch, f"hf:somebody/lid/other.bin@{COMMIT}", digest_of(stranger))
    with pytest.raises(NoSuchLidModel, match="the hub did not give it"):
        external_lid()
