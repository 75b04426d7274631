"""The names by which columns are known: read from `column_names.toml`, compared without what makes no difference."""

from __future__ import annotations

import functools
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

from importer.model.source import Field

_FEW_NAMES: Final = 8_192
"""So many names are remembered: each record that may be a header is asked for them, and most say the same."""

_FEW_HEADERS: Final = 4
"""So many headers are remembered: what may be one is asked several times, and may have very many columns."""
_NO_LETTERS: Final = re.compile("[^0-9a-z]+")


@dataclass(frozen=True, slots=True)
class OnlyBeside:
    """Names, all of them normal, that mean a field only in a header that has one of certain others."""

    field: Field
    names: frozenset[str]
    beside: frozenset[str]


@functools.lru_cache(maxsize=_FEW_NAMES)
def normal_name(name: str) -> str:
    """Return a name without what makes no difference: `E-Mail  Address` and `email_address` are the same."""
    if name.isascii():  # of very many columns, nearly all
        return _NO_LETTERS.sub("", name.lower())
    return "".join(letter for letter in unicodedata.normalize("NFKD", name).casefold() if letter.isalnum())


@functools.cache
def known_names() -> Mapping[Field, Sequence[str]]:
    """Return the names that mean a field whatever stands beside them, the usual one first."""
    return {Field(field): tuple(names) for field, names in _data()["fields"].items()}


@functools.cache
def names_only_beside() -> Sequence[OnlyBeside]:
    """Return the names that mean a field only beside another."""
    return tuple(
        OnlyBeside(Field(entry["field"]), _normal(entry["names"]), _normal(entry["beside"]))
        for entry in _data()["only_beside"]
    )


@functools.cache
def whole_names() -> frozenset[str]:
    """Return the normal names of columns that hold first and last name in one."""
    return _normal(_data()["whole_name"]["names"])


@functools.cache
def parts_of_last_name() -> frozenset[str]:
    """Return the normal names of columns that may hold what the column of the last name lacks."""
    return _normal(_data()["part_of_last_name"]["names"])


@functools.cache
def parts_of_names() -> frozenset[str]:
    """Return the normal names of columns that may hold what neither the first nor the last name has."""
    return _normal(_data()["part_of_name"]["names"])


@functools.cache
def remarks() -> Sequence[str]:
    """Return, as normal names, what may be said of a column in its name without making it another one."""
    return tuple(_normal(_data()["remark"]["names"]))


def meanings(header: Sequence[str]) -> Sequence[tuple[int, Field]]:
    """Return the position of each column whose name is known, and the field that it holds, from left to right.

    A name with a remark in it, such as `Group ID (optional)`, counts where no other column is known for its field.
    """
    return _meanings(tuple(header))


@functools.lru_cache(maxsize=_FEW_HEADERS)
def _meanings(header: Sequence[str]) -> Sequence[tuple[int, Field]]:
    return tuple(_found(header))


def _found(header: Sequence[str]) -> Iterator[tuple[int, Field]]:
    names = [normal_name(name) for name in header]
    fields = [_fields_by_name().get(name) for name in names]
    present, known_fields = frozenset(names), frozenset(fields)
    for position, (name, field) in enumerate(zip(names, fields, strict=True)):
        if field is not None:
            yield position, field
            continue
        for entry in names_only_beside():
            if name in entry.names and entry.field not in known_fields and not entry.beside.isdisjoint(present):
                yield position, entry.field
        remarked = _without_remarks(name)
        if remarked is not None and remarked not in known_fields:
            yield position, remarked


def is_known(name: str) -> bool:
    """Return whether a name means a field, whatever stands beside it."""
    return normal_name(name) in _fields_by_name()


def _without_remarks(name: str) -> Field | None:
    """Return the field of a normal name that is a known one but for remarks before or behind it; None for others."""
    return _beside_remarks(name) if _at_an_end().search(name) else None


@functools.cache
def _at_an_end() -> re.Pattern[str]:
    """Return what finds a remark at the beginning or the end of a normal name: of very many columns, few have one."""
    some = "|".join(map(re.escape, remarks()))
    return re.compile(rf"^(?:{some})|(?:{some})\Z")


@functools.lru_cache(maxsize=_FEW_NAMES)
def _beside_remarks(name: str) -> Field | None:
    bare, shorter = name, ""
    while bare and bare != shorter:
        shorter = bare
        for remark in remarks():
            bare = bare.removesuffix(remark).removeprefix(remark)
            if bare in _fields_by_name():
                return _fields_by_name()[bare]
    return None


@functools.cache
def _fields_by_name() -> Mapping[str, Field]:
    return {normal_name(name): field for field, names in known_names().items() for name in names}


@functools.cache
def _data() -> Mapping[str, Any]:
    text = resources.files("importer.sheets.header").joinpath("column_names.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _normal(names: Sequence[str]) -> frozenset[str]:
    return frozenset(map(normal_name, names))
