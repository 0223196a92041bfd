"""The one way in which a file becomes an entry: a language, a benchmark, a recipe is one TOML file, named by its stem.

Everything that a person may add to lugha is a file in `lugha/<kind>/`, or in `$LUGHA_CATALOG/<kind>/` for those who
do not edit the package. A misspelt key must never be a setting that silently does nothing, so the keys of a file are
checked strictly against the fields of a frozen dataclass, and every complaint names the file, the key, what comes
nearest and what to do next.

This file reads and checks. It knows no kind, keeps no cache and writes nothing.
"""

import os
import re
import tomllib
import types
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

from lugha.errors import LughaError, nearest

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")
D = TypeVar("D", bound="DataclassInstance")

CATALOG = "LUGHA_CATALOG"  # the environment variable that names a user's own folder of entries

# Names become partition keys and parts of paths, so no spaces and no accents.
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.toml")
_Read: TypeAlias = Callable[[object, str, str], object]  # (value, file as shown, dotted key) -> field
_SCALARS = {str: "text", bool: "true or false", int: "a whole number", float: "a number"}


class UnknownName(LughaError):
    """No file of this kind has this name."""

    def __init__(
        self, kind: str, name: str, names: Collection[str], asked_by: str = "", hint: str | None = None
    ) -> None:
        """`asked_by` is the setting or file that used the name; `hint` is the nearest where the kind knows better."""
        tried = " and no ".join(f"{shown}/{name}.toml" for shown, _ in _folders(kind))
        near = f' Nearest: "{hint}".' if hint else nearest(name, names)
        asked = f"{asked_by}: " if asked_by else ""
        super().__init__(f"{asked}no {tried}.{near} A new {kind.removesuffix('s')} is one file: CONTRIBUTING.md")


class MissingCatalog(LughaError):
    """The environment variable LUGHA_CATALOG names something that is not a folder."""


class BrokenFile(LughaError):
    """A file of a registry cannot be read: its name, its encoding or its TOML is not what it must be."""


class UnknownKey(LughaError):
    """A file holds a key that its kind does not have."""


class MissingKey(LughaError):
    """A file lacks a key that its kind needs."""


class WrongType(LughaError):
    """The value of a key is of another type than its kind asks for."""


class WrongValue(LughaError):
    """The values of a file have the right types, but the kind itself refuses them."""


def entries(kind: str, parse: type[D], identity: str = "name") -> dict[str, D]:
    """Every entry of a kind by name, sorted: the files of lugha/<kind>/ and of $LUGHA_CATALOG/<kind>/, which wins.

    `parse` is a frozen dataclass. Its field `identity` takes the file's stem, every other field is a key of the file:
    text, a number, true or false, a tuple[X, ...] or list[X] from a list, a dataclass or dict[str, X] from a table,
    X | None where the default is None. Only a field with a default may be absent. A ValueError of `__post_init__`
    becomes WrongValue, so a kind says there what types cannot. Hidden files and other endings than .toml are skipped.

    Raises MissingCatalog, BrokenFile, UnknownKey, MissingKey, WrongType, WrongValue; all but the first name the file.
    """
    # All are read before any is parsed: turn by turn, 742 files took 1.7 times the CPU on a virtual machine.
    texts = {
        file.name.removesuffix(".toml"): (f"{shown}/{file.name}", _text(f"{shown}/{file.name}", file))
        for shown, folder in _folders(kind)
        for file in _toml_files(folder)
    }
    return {name: _entry(shown, text, parse, {identity: name}) for name, (shown, text) in sorted(texts.items())}


def find(kind: str, name: str, entries: Mapping[str, T]) -> T:
    """The entry with this name; raises UnknownName with the nearest one where there is none."""
    if name not in entries:
        raise UnknownName(kind, name, entries)
    return entries[name]


def _folders(kind: str) -> list[tuple[str, Traversable]]:
    """Where entries of a kind may lie, in order of increasing precedence, each with the path that messages show."""
    folders: list[tuple[str, Traversable]] = [(f"lugha/{kind}", files("lugha").joinpath(kind))]
    catalog = os.environ.get(CATALOG, "")
    if catalog:
        if not Path(catalog).is_dir():
            raise MissingCatalog(
                f'{CATALOG} is "{catalog}", which is not a folder. Create it, correct the setting or unset it.'
            )
        folders.append((f"{catalog.rstrip('/')}/{kind}", Path(catalog, kind)))
    return folders


def _toml_files(folder: Traversable) -> Iterator[Traversable]:
    """The visible .toml files of a folder; none where there is no folder, as a catalog need not hold every kind."""
    if folder.is_dir():
        yield from (file for file in folder.iterdir() if file.name.endswith(".toml") and not file.name.startswith("."))


def _text(shown: str, file: Traversable) -> str:
    if not _FILE_NAME.fullmatch(file.name):
        allowed = 'ASCII letters, digits, ".", "_" and "-", beginning with a letter or digit'
        raise BrokenFile(f"{shown}: this file name cannot be an entry's name. Rename it to {allowed}.")
    try:
        return file.read_bytes().decode("utf-8-sig")
    except OSError as problem:
        raise BrokenFile(
            f"{shown}: cannot be read ({problem.strerror}). Check that it is a file and who may read it."
        ) from problem
    except UnicodeDecodeError as problem:
        line = problem.object.count(b"\n", 0, problem.start) + 1
        raise BrokenFile(f"{shown}: not UTF-8 (at line {line}). Save it as UTF-8.") from problem


def _entry(shown: str, text: str, parse: type[D], given: Mapping[str, object]) -> D:
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as problem:  # tomllib lets Python's own limits on digits and depth through
        raise BrokenFile(
            f"{shown}: not valid TOML: {problem}. Correct that line; text values stand in double quotes."
        ) from problem
    for key in given.keys() & table.keys():
        raise UnknownKey(f'{shown}: the key "{key}" is not written, the file\'s name gives it. Remove the key.')
    return _build(parse, table, shown, "", given)


@dataclass(frozen=True)
class _Key:
    """One key of a table: what it holds, in words, how a value becomes the field's, and whether it must be there."""

    asked: str
    read: _Read
    is_required: bool


@cache
def _schema(parse: type[Any]) -> dict[str, _Key]:
    """The keys of a dataclass. Types are looked at once per kind, because hundreds of files have the same keys."""
    hints = get_type_hints(parse)
    return {
        each.name: _Key(*_type(hints[each.name]), each.default is MISSING and each.default_factory is MISSING)
        for each in fields(parse)
    }


def _build(parse: type[D], table: Mapping[str, object], shown: str, path: str, given: Mapping[str, object]) -> D:
    """The dataclass of a table and of what is `given` beside it; `path` is the table's key with a dot, or empty."""
    schema = _schema(parse)
    values = dict(given)
    for key, value in table.items():
        if key not in schema:
            writable = schema.keys() - given.keys()
            known = nearest(key, writable) or f" Known keys: {', '.join(sorted(writable))}."
            raise UnknownKey(f'{shown}: unknown key "{path}{key}".{known} Rename or remove it.')
        values[key] = schema[key].read(value, shown, path + key)
    for key, kind in schema.items():
        if kind.is_required and key not in values:
            raise MissingKey(f'{shown}: the key "{path}{key}" is missing. Add it; its value is {kind.asked}.')
    try:
        return parse(**values)
    except ValueError as problem:
        raise WrongValue(f"{shown}: {f'{path[:-1]}: ' if path else ''}{problem}") from problem


def _type(kind: Any) -> tuple[str, _Read]:
    """A field's type in words, and the function that turns a TOML value into it or raises WrongType."""
    origin, inner = get_origin(kind), [each for each in get_args(kind) if each not in (type(None), Ellipsis)]
    if kind in _SCALARS:
        return _SCALARS[kind], _scalar(kind)
    if origin in (Union, types.UnionType) and len(inner) == 1:
        return _type(inner[0])
    if origin in (list, tuple) and len(inner) == 1:
        return f"a list, each {_type(inner[0])[0]}", _list(origin, inner[0])
    if origin is dict and inner[0] is str:
        return f"a table, each value {_type(inner[1])[0]}", _dict(inner[1])
    if is_dataclass(kind) and isinstance(kind, type):
        return "a table", _nested(kind)
    raise TypeError(f"a registry cannot read a field of type {kind}")


def _scalar(kind: type) -> _Read:
    """Reads exactly this type; a whole number also serves as a number, and a truth value never does."""

    def read(value: object, shown: str, path: str) -> object:
        if type(value) is kind:
            return value
        if kind is float and type(value) is int:
            with suppress(OverflowError):
                return float(value)
        raise _wrong(value, _SCALARS[kind], shown, path)

    return read


def _list(sequence: type, inner: Any) -> _Read:
    asked, each = _type(inner)

    def read(value: object, shown: str, path: str) -> object:
        if not isinstance(value, list):
            raise _wrong(value, f"a list, each {asked}", shown, path)
        return sequence([each(one, shown, f"{path}[{place}]") for place, one in enumerate(value)])

    return read


def _dict(inner: Any) -> _Read:
    asked, each = _type(inner)

    def read(value: object, shown: str, path: str) -> object:
        if not isinstance(value, dict):
            raise _wrong(value, f"a table, each value {asked}", shown, path)
        return {key: each(one, shown, f"{path}.{key}") for key, one in value.items()}

    return read


def _nested(parse: type[Any]) -> _Read:
    def read(value: object, shown: str, path: str) -> object:
        if not isinstance(value, dict):
            raise _wrong(value, "a table", shown, path)
        return _build(parse, value, shown, f"{path}.", {})

    return read


def _wrong(value: object, asked: str, shown: str, path: str) -> WrongType:
    return WrongType(f'{shown}: the key "{path}" holds {_held(value)}, but {asked} is asked for.')


def _held(value: object) -> str:
    """A value of a TOML file in words, cut to what fits a message."""
    if isinstance(value, bool):
        return str(value).lower()
    kind = {str: "the text", int: "the number", float: "the number", list: "the list", dict: "the table"}
    written = str(value) if len(str(value)) <= 60 else f"{str(value)[:57]}..."
    return f"{kind.get(type(value), 'the date')} {written}"
