"""What kind of value each setting takes in a settings file, where numbers and text are told apart."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from math import isfinite
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin


class SettingKind(Enum):
    """A kind of value, by what a person calls it."""

    TRUTH = "true or false, without quotation marks"
    WHOLE = "a whole number, without quotation marks"
    NUMBER = "a number, without quotation marks"
    TEXT = "text, in quotation marks"
    PATH = "a path, in quotation marks"
    WORDS = 'a list of words, such as ["pass", "show", "importer"]'
    MAPPING = 'a table, such as { "Mail" = "email" }'


AUTO: Final = frozenset({"concurrency"})
"""Numbers that may be "auto", too."""
OR_WHOLE: Final = frozenset({"max_errors"})
"""Text that may be a whole number, too."""
_BY_TYPE: Final[Mapping[object, SettingKind]] = {
    bool: SettingKind.TRUTH,
    int: SettingKind.WHOLE,
    float: SettingKind.NUMBER,
    Path: SettingKind.PATH,
    tuple: SettingKind.WORDS,
    Mapping: SettingKind.MAPPING,
}
_OF_READER: Final[Mapping[SettingKind, type | UnionType]] = {
    SettingKind.TRUTH: bool,
    SettingKind.WHOLE: int | float,
    SettingKind.NUMBER: int | float,
    SettingKind.TEXT: str,
    SettingKind.PATH: str,
    SettingKind.WORDS: list,
    SettingKind.MAPPING: dict,
}
"""What TOML's reader makes of each."""


def kind_of(annotation: object) -> SettingKind:
    """Return what kind of value a type stands for, be it annotated or optional.

    Example: `kind_of(float | None)` is `SettingKind.NUMBER`.
    """
    origin = get_origin(annotation)
    if origin is Annotated:
        return kind_of(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return kind_of(next(each for each in get_args(annotation) if each is not NoneType))
    if origin is Literal:
        return SettingKind.TEXT
    outer = origin or annotation
    fitting = (kind for type_, kind in _BY_TYPE.items() if outer in (type_, getattr(type_, "__origin__", None)))
    return next(fitting, SettingKind.TEXT)


def fault_of_kind(name: str, kind: SettingKind, value: Any) -> str:  # noqa: ANN401 - whatever TOML has
    """Return what is wrong with the kind of a value, a sentence that does not show it; "" for nothing.

    Args:
        name: The setting's.
        kind: What it takes.
        value: As TOML's reader has it.
    """
    if name in AUTO and isinstance(value, str):
        return "" if value.strip().lower() == "auto" else f'It must be "auto", or {kind.value}.'
    if name in OR_WHOLE and isinstance(value, int) and not isinstance(value, bool):
        return ""
    if not _fits(kind, value):
        return f"It must be {kind.value}."
    if isinstance(value, str) and not value.strip():
        return "It is empty."
    return _fault_of_path(value) if kind is SettingKind.PATH else ""


def _fault_of_path(text: str) -> str:
    if "\0" in text:
        return "No path has such a character in it."
    try:
        Path(text).expanduser()
    except RuntimeError:
        return "It begins with the home of somebody whom this machine does not know."
    return ""


def _fits(kind: SettingKind, value: Any) -> bool:  # noqa: ANN401 - the same
    if isinstance(value, bool):
        return kind is SettingKind.TRUTH
    if isinstance(value, float) and not (isfinite(value) and (kind is SettingKind.NUMBER or value.is_integer())):
        return False
    return isinstance(value, _OF_READER[kind])
