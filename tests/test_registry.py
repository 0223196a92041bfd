"""A file becomes an entry, or an error that names it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lugha.errors import LughaError
from lugha.registry import (
    BrokenFile,
    MissingCatalog,
    MissingKey,
    UnknownKey,
    UnknownName,
    WrongType,
    WrongValue,
    entries,
    find,
)


@dataclass(frozen=True)
class Bound:
    at_most: float
    calibrated_by: str

    def __post_init__(self) -> None:
        if not self.calibrated_by:
            raise ValueError("nothing says where this bound comes from.")


@dataclass(frozen=True)
class Market:
    name: str
    endonym: str
    stalls: int = 0
    is_open: bool = True
    days: tuple[str, ...] = ()
    prices: list[float] = field(default_factory=list)
    bounds: dict[str, Bound] = field(default_factory=dict)
    tightest: Bound | None = None

    def __post_init__(self) -> None:
        if self.stalls < 0:
            raise ValueError('the key "stalls" is below 0. Count again.')


Put = Callable[[str, str | bytes], Path]


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Put:
    """Writes a file into the folder of markets of a user's catalog."""
    monkeypatch.setenv("LUGHA_CATALOG", str(tmp_path))
    (tmp_path / "markets").mkdir()

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / "markets" / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


FULL = """
endonym = "Ọjà Ọ̀yìngbò"
stalls = 3
is_open = false
days = ["Ajé", "Ìṣẹ́gun"]
prices = [1, 2.5]
tightest = {at_most = 1, calibrated_by = "ဈေးသည်"}
[bounds."የገበያ ዋጋ"]
at_most = 0.5
calibrated_by = "منڈی کے لوگ"
"""


def test_a_file_becomes_an_entry_that_is_named_by_its_stem(put: Put) -> None:
    put("oyingbo.toml", FULL)
    assert entries("markets", Market) == {
        "oyingbo": Market(
            name="oyingbo",
            endonym="Ọjà Ọ̀yìngbò",
            stalls=3,
            is_open=False,
            days=("Ajé", "Ìṣẹ́gun"),
            prices=[1.0, 2.5],
            bounds={"የገበያ ዋጋ": Bound(0.5, "منڈی کے لوگ")},
            tightest=Bound(1.0, "ဈေးသည်"),
        )
    }


def test_keys_with_a_default_may_be_absent(put: Put) -> None:
    put("kapali.toml", 'endonym = "Kapalıçarşı"')
    assert entries("markets", Market)["kapali"] == Market("kapali", "Kapalıçarşı")


def test_entries_are_sorted_by_name(put: Put) -> None:
    for name in ("b", "a-b", "a", "B"):
        put(f"{name}.toml", 'endonym = "ตลาด"')
    assert list(entries("markets", Market)) == ["B", "a", "a-b", "b"]


def test_another_field_can_take_the_stem(put: Put) -> None:
    put("chatuchak.toml", 'name = "จตุจักร"')
    assert entries("markets", Market, identity="endonym")["chatuchak"].endonym == "chatuchak"


def test_a_users_file_wins_over_a_packaged_one_of_the_same_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @dataclass(frozen=True)
    class Anything:
        code: str
        name: str
        endonym: str = ""
        tags: tuple[str, ...] = ()
        close: tuple[str, ...] = ()
        family: str = ""
        source: str = ""

    (tmp_path / "languages").mkdir()
    (tmp_path / "languages" / "yor_Latn.toml").write_text('name = "ours"')
    monkeypatch.setenv("LUGHA_CATALOG", str(tmp_path))
    found = entries("languages", Anything, identity="code")
    assert found["yor_Latn"].name == "ours"
    assert found["amh_Ethi"].name == "Amharic"


def test_a_byte_order_mark_is_no_error(put: Put) -> None:
    put("a.toml", b"\xef\xbb\xbf" + 'endonym = "ገበያ"'.encode())
    assert entries("markets", Market)["a"].endonym == "ገበያ"


def test_hidden_files_and_other_endings_are_no_entries(put: Put) -> None:
    put(".a.toml", "half written")
    put("README.md", "# markets")
    assert entries("markets", Market) == {}


def test_an_empty_setting_names_no_catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUGHA_CATALOG", "")
    assert entries("markets", Market) == {}


def test_a_catalog_that_is_no_folder_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUGHA_CATALOG", str(tmp_path / "cataolg"))
    with pytest.raises(MissingCatalog, match=r'LUGHA_CATALOG is ".*cataolg", which is not a folder. Create it'):
        entries("markets", Market)


@pytest.mark.parametrize(
    ("content", "error", "said"),
    [
        ('endonim = "Ọjà"', UnknownKey, 'unknown key "endonim". Nearest: "endonym". Rename or remove it.'),
        ('endonym = "x"\nqqq = 1', UnknownKey, 'unknown key "qqq". Known keys: bounds, days, endonym, is_open'),
        ('endonym = "x"\nname = "y"', UnknownKey, 'the key "name" is not written, the file\'s name gives it.'),
        ("stalls = 1", MissingKey, 'the key "endonym" is missing. Add it; its value is text.'),
        ("endonym = 1", WrongType, 'the key "endonym" holds the number 1, but text is asked for.'),
        ('endonym = "x"\nstalls = 1.5', WrongType, '"stalls" holds the number 1.5, but a whole number is asked for.'),
        ('endonym = "x"\nstalls = true', WrongType, '"stalls" holds true, but a whole number is asked for.'),
        ('endonym = "x"\nis_open = "no"', WrongType, '"is_open" holds the text no, but true or false is asked for.'),
        ('endonym = "x"\ndays = "Ajé"', WrongType, '"days" holds the text Ajé, but a list, each text is asked for.'),
        ('endonym = "x"\ndays = ["Ajé", 2]', WrongType, '"days[1]" holds the number 2, but text is asked for.'),
        ('endonym = "x"\nprices = [1, true]', WrongType, '"prices[1]" holds true, but a number is asked for.'),
        (f'endonym = "x"\nprices = [1{"0" * 400}]', WrongType, '"prices[0]" holds the number 1000'),
        ('endonym = "x"\nbounds = 1', WrongType, '"bounds" holds the number 1, but a table, each value a table is'),
        ('endonym = "x"\ntightest = 2026-11-21', WrongType, '"tightest" holds the date 2026-11-21, but a table is'),
        ('endonym = "x"\n[bounds.a]\nat_mots = 1', UnknownKey, 'unknown key "bounds.a.at_mots". Nearest: "at_most".'),
        ('endonym = "x"\n[bounds.a]\nat_most = 1', MissingKey, 'the key "bounds.a.calibrated_by" is missing.'),
        ('endonym = "x"\n[tightest]\nat_most = "1"', WrongType, '"tightest.at_most" holds the text 1, but a number'),
        (
            'endonym = "x"\n[bounds.a]\nat_most = 1\ncalibrated_by = ""',
            WrongValue,
            ": bounds.a: nothing says where this bound comes from.",
        ),
        ('endonym = "x"\nstalls = -1', WrongValue, 'the key "stalls" is below 0. Count again.'),
        ('endonym = "x\nstalls = 1', BrokenFile, "(at line 1, column 13). Correct that line"),
        ('endonym = "x"\nendonym = "y"', BrokenFile, "not valid TOML: Cannot overwrite a value"),
        (b'stalls = 1\nendonym = "Kapal\xfd\xe7ar\xfe\xfd"', BrokenFile, "not UTF-8 (at line 2). Save it as UTF-8."),
        ("stalls = " + "9" * 5000, BrokenFile, "not valid TOML"),
        ("days = " + "[" * 5000, BrokenFile, "not valid TOML"),
    ],
)
def test_an_error_names_file_key_and_next_step(put: Put, content: str, error: type[LughaError], said: str) -> None:
    path = put("oyingbo.toml", content)
    with pytest.raises(error) as raised:
        entries("markets", Market)
    assert type(raised.value) is error
    assert str(raised.value).startswith(f"{path}: ")
    assert said in str(raised.value)


@pytest.mark.parametrize("name", ["ọjà.toml", "a b.toml", "-a.toml", "a|b.toml", "a\n.toml"])
def test_a_file_name_that_cannot_be_an_entrys_name_is_an_error(put: Put, name: str) -> None:
    put(name, 'endonym = "x"')
    with pytest.raises(BrokenFile, match="Rename it to ASCII letters"):
        entries("markets", Market)


def test_a_folder_that_is_called_like_a_file_is_an_error(put: Put) -> None:
    put("a.toml", "").unlink()
    (Path(put("b.toml", 'endonym = "x"')).parent / "a.toml").mkdir()
    with pytest.raises(BrokenFile, match=r"a\.toml: cannot be read"):
        entries("markets", Market)


def test_a_bad_file_leaves_other_kinds_alone(put: Put, tmp_path: Path) -> None:
    put("broken.toml", "=")
    (tmp_path / "bounds").mkdir()
    (tmp_path / "bounds" / "a.toml").write_text('at_most = 1\ncalibrated_by = ""')

    @dataclass(frozen=True)
    class NamedBound:
        name: str
        at_most: float
        calibrated_by: str

    assert entries("bounds", NamedBound) == {"a": NamedBound("a", 1.0, "")}


def test_a_field_that_toml_cannot_hold_is_the_programmers_error(put: Put) -> None:
    @dataclass(frozen=True)
    class Odd:
        name: str
        pair: tuple[int, str]

    put("a.toml", "pair = [1]")
    with pytest.raises(TypeError, match="cannot read a field of type"):
        entries("markets", Odd)


def test_an_unknown_name_says_where_it_was_looked_for_and_what_is_near(put: Put, tmp_path: Path) -> None:
    put("oyingbo.toml", 'endonym = "Ọjà"')
    found = entries("markets", Market)
    assert find("markets", "oyingbo", found) is found["oyingbo"]
    with pytest.raises(UnknownName) as raised:
        find("markets", "oyimgbo", found)
    assert str(raised.value) == (
        f"no lugha/markets/oyimgbo.toml and no {tmp_path}/markets/oyimgbo.toml. "
        'Nearest: "oyingbo". A new market is one file: CONTRIBUTING.md'
    )


VALUES = st.recursive(
    st.one_of(st.integers(), st.booleans(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=5)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["at_most", "b"]), inner, max_size=2),
    max_leaves=5,
)


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(letter):08X}" for letter in value) + '"'
    return str(value).lower()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(max_size=80) | st.text(max_size=80).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_give_an_entry_or_an_error_of_lugha(put: Put, content: bytes) -> None:
    path = put("a.toml", content)
    try:
        assert set(entries("markets", Market)) == {"a"}
    except LughaError as problem:
        assert str(path) in str(problem)  # noqa: PT017 - an entry is as good


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(key=st.sampled_from(["endonym", "stalls", "is_open", "days", "prices", "bounds", "tightest"]), value=VALUES)
def test_a_value_is_taken_as_its_fields_type_or_refused(put: Put, key: str, value: Any) -> None:
    put("a.toml", f"{key} = {_toml(value)}" + ("" if key == "endonym" else '\nendonym = "ගම"'))
    try:
        entry = entries("markets", Market)["a"]
    except (UnknownKey, MissingKey, WrongType, WrongValue):
        return
    held = getattr(entry, key)
    assert (list(held) if isinstance(held, tuple) else held) == value or isinstance(held, (Bound, dict))
    assert type(held) is {"endonym": str, "stalls": int, "is_open": bool, "days": tuple, "prices": list}.get(
        key, type(held)
    )
