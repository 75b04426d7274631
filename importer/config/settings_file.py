"""The settings file, `importer.toml`: found, read, and taken apart into what holds for all and for each profile."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from importer.errors import SettingsError

PROFILES: Final = "profiles"
"""The table that has a table for each profile."""
_LARGEST: Final = 1 << 18
_WRITABLE_BY_OTHERS: Final = stat.S_IWGRP | stat.S_IWOTH
_AT_LINE: Final = re.compile(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")
_WHERE_IT_MAY_BE: Final = "Name it with --config, or in IMPORTER_CONFIG."

Keys = tuple[str, ...]
"""Where a value stands: the names of the tables around it, and its own."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Values of settings that stand somewhere, by the names that they have there.

    Attributes:
        what: What stands there, for a person: `the profile north`, or `the settings file`.
        file: The settings file.
        tables: The names of the tables around the values.
    """

    what: str
    file: SettingsFile
    tables: Keys
    values: Mapping[str, Any]

    def place(self, name: str) -> str:
        """Return where a value stands, such as `/etc/importer/importer.toml, line 3`."""
        return self.file.place(*self.tables, name)


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """What a settings file says.

    Attributes:
        values: For all profiles, by name.
        profiles: For each profile.
        lines: On which line each table and each value begins, from 1.
    """

    path: Path
    values: Mapping[str, Any]
    profiles: Mapping[str, Mapping[str, Any]]
    lines: Mapping[Keys, int] = field(repr=False)

    @classmethod
    def read(cls, path: Path) -> SettingsFile:
        """Read a settings file.

        Raises:
            SettingsError: It cannot be read, others may write to it, or it is no TOML; the message says which line.
        """
        text = _text(path)
        try:
            document = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise _no_toml(path, error, text) from None  # the error of TOML's reader quotes what stands there
        profiles = document.pop(PROFILES, {})
        lines = _lines(text)
        for keys, table in (((PROFILES,), profiles), *(((PROFILES, name), each) for name, each in _items(profiles))):
            if not isinstance(table, Mapping):
                raise SettingsError(
                    f"The settings file {path} cannot be used: {'.'.join(keys)} in line {lines[keys]} is no table.",
                    code="settings_file_invalid",
                    hint=f"A profile begins with a line such as [{PROFILES}.north]; its settings follow.",
                )
        return cls(path, document, profiles, lines)

    def layers(self, profile: str | None) -> Sequence[Layer]:
        """Return what holds, the profile first, which wins.

        Raises:
            SettingsError: There is no such profile.
        """
        layers = [Layer("the settings file", self, (), self.values)]
        if profile is not None:
            if profile not in self.profiles:
                raise self.no_profile(profile)
            layers.insert(0, self.layer_of(profile))
        return layers

    def layer_of(self, profile: str) -> Layer:
        """Return what a profile says that is there."""
        return Layer(f"the profile {profile}", self, (PROFILES, profile), self.profiles[profile])

    def no_profile(self, profile: str) -> SettingsError:
        """Return the error of whoever names a profile that is not there."""
        there = ", ".join(self.profiles) or "none"
        return SettingsError(
            f"There is no profile {profile!r} in the settings file {self.path}.",
            code="profile_unknown",
            hint=f"Those that it has: {there}.",
        )

    def place(self, *keys: str) -> str:
        """Return where a table or a value stands, for a message."""
        line = self.lines.get(keys)
        return str(self.path) if line is None else f"{self.path}, line {line}"


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            _expect_safe(path, os.fstat(file.fileno()))
            data = file.read(_LARGEST + 1)
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise SettingsError(
            f"The settings file {path} cannot be read: {reason}.",
            code="settings_file_unreadable",
            hint=_WHERE_IT_MAY_BE,
        ) from None
    if len(data) > _LARGEST:
        raise SettingsError(
            f"The settings file {path} cannot be used: it is larger than {_LARGEST >> 10} KiB.",
            code="settings_file_invalid",
            hint=_WHERE_IT_MAY_BE,
        )
    return text.replace("\r\n", "\n")


def _expect_safe(path: Path, status: os.stat_result) -> None:
    """Raise `SettingsError` where others may write to the file: it says where customers' data is sent to."""
    if not stat.S_ISREG(status.st_mode):
        raise SettingsError(
            f"The settings file {path} is no file.", code="settings_file_unreadable", hint=_WHERE_IT_MAY_BE
        )
    folder = path.resolve().parent.stat()
    is_open_folder = folder.st_mode & stat.S_IWOTH and not folder.st_mode & stat.S_ISVTX
    if status.st_uid not in (0, os.geteuid()):
        reason, hint = "it is somebody else's", "Have it belong to you, or to root."
    elif status.st_mode & _WRITABLE_BY_OTHERS:
        reason, hint = "others may write to it", f"`chmod go-w {path}`; then look through it once."
    elif is_open_folder:
        reason, hint = f"others may write to its folder {path.parent}", f"`chmod o-w {path.parent}`."
    else:
        return
    raise SettingsError(
        f"The settings file {path} cannot be used: {reason}.", code="settings_file_open_to_others", hint=hint
    )


def _no_toml(path: Path, error: Exception, text: str) -> SettingsError:
    told = _AT_LINE.search(str(error))
    line = (told and told["line"]) or len(text.splitlines()) or 1
    reason = _AT_LINE.sub("", str(error)) if told else "it is too deep"
    # What TOML's reader says may quote a character of the file, never more.
    return SettingsError(
        f"The settings file {path} is no TOML: line {line}: {reason[:1].lower()}{reason[1:]}.",
        code="settings_file_invalid",
        hint='A setting is a line such as timeout = 20 or base_url = "https://api.example.com".',
    )


def _items(table: object) -> Iterator[tuple[str, Any]]:
    if isinstance(table, Mapping):
        yield from table.items()


def _lines(text: str) -> Mapping[Keys, int]:
    """Return on which line of a document each table and each value begins: TOML's reader does not say it.

    A document is statements, of one line or several, and each of them is a document too.
    """
    known: dict[Keys, int] = {}
    table: Keys = ()
    statement, begins = "", 1
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        statement += line
        try:
            document = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue
        is_header = statement.lstrip(" \t").startswith("[")
        keys = list(_keys(document))
        if is_header and keys:
            table = keys[-1]
        for each in keys:
            known.setdefault(each if is_header else (*table, *each), begins)
        statement, begins = "", number + 1
    return known


def _keys(table: Mapping[str, Any], above: Keys = ()) -> Iterator[Keys]:
    for name, value in table.items():
        yield (*above, name)
        if isinstance(value, Mapping):
            yield from _keys(value, (*above, name))
