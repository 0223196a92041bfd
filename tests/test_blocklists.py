"""Blocklists: whom they name, and what a broken one says."""

from pathlib import Path

import pytest

from lugha.blocklists import blocked
from lugha.registry import MissingKey, WrongValue


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "blocklists").mkdir()
    monkeypatch.setenv("LUGHA_CATALOG", str(tmp_path))
    return tmp_path / "blocklists"


def test_no_host_is_blocked_until_somebody_says_so():
    assert blocked(["example.org", "news.example"]) == {}


def test_a_host_stands_for_its_subdomains_and_for_no_neighbour(catalog: Path):
    (catalog / "farms.toml").write_text('reason = "machine translation"\nsource = "us"\nhosts = ["farm.example"]')
    found = blocked(["farm.example", "yo.farm.example", "farm.example:8080", "myfarm.example", "example"])
    assert list(found) == ["farm.example", "farm.example:8080", "yo.farm.example"]
    assert {each.reason for each in found.values()} == {"machine translation"}


def test_the_first_list_by_name_gives_the_reason(catalog: Path):
    for name in ("b", "a"):
        (catalog / f"{name}.toml").write_text(f'reason = "list {name}"\nsource = "us"\nhosts = ["x.example"]')
    assert blocked(["x.example"])["x.example"].reason == "list a"


def test_a_list_without_a_reason_is_refused(catalog: Path):
    (catalog / "farms.toml").write_text('source = "us"\nhosts = ["farm.example"]')
    with pytest.raises(MissingKey, match="reason"):
        blocked(["farm.example"])


@pytest.mark.parametrize("host", ["https://farm.example", "Farm.example", "farm.example/path", ""])
def test_what_is_no_host_name_is_refused(catalog: Path, host: str):
    (catalog / "farms.toml").write_text(f'reason = "x"\nsource = "us"\nhosts = ["{host}"]')
    with pytest.raises(WrongValue, match="no host name"):
        blocked(["farm.example"])
