"""The settings file, `importer.toml`: read, and taken apart into what holds for all and for each profile."""

from __future__ import annotations

import os
import re
import shlex
import stat
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from importer.config.misfit import Misfit, shown_name
from importer.config.toml_lines import Keys, lines_of, statements
from importer.errors import SettingsError

PROFILES: Final = "profiles"
"""The table that has a table for each profile."""
PROFILE_NAME: Final = r"[^\x00-,./:-@\[-`{-\x7f\s-][^\x00-,/:-@\[-^`{-\x7f\s]{0,63}"
"""What a profile may be called: of ASCII, letters, digits, and behind the first one also . _ - may be in it."""
INVALID: Final = "settings_file_invalid"
_LARGEST: Final = 1 << 18
_WRITABLE_BY_OTHERS: Final = stat.S_IWGRP | stat.S_IWOTH
_AT_LINE: Final = re.compile(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")
_WHERE_IT_MAY_BE: Final = "Name another with `importer --config FILE`, or in IMPORTER_CONFIG."
_A_SETTING: Final = 'A setting is a line such as timeout = 20 or base_url = "https://api.example.com".'
_A_PROFILE: Final = f"A profile begins with a line such as [{PROFILES}.north]; its settings follow."
_SAID_BY_READER: Final[Sequence[tuple[str, str]]] = (
    ("Cannot declare|Cannot redefine|Cannot mutate", "this table stands there twice, or its name has a value already"),
    ("Cannot overwrite|Duplicate", "this name has a value already"),
    ("Expected '=' after a key", "there is no = behind the name"),
    ("Invalid value .*end of document", "it ends in the middle of a value, such as a list without its ]"),
    ("Invalid value", "what stands behind the = is no value: text takes quotation marks, and true and false none"),
    ("Unterminated string|Illegal character '.n'", "a text has no quotation mark at its end"),
    ("Unescaped|Invalid hex|Escaped", "a backslash in a text means something: put the text into ' ' instead"),
    ("Expected newline", "something is left over behind the value"),
    ("Invalid initial character|Invalid statement", "a line cannot begin so"),
    ("Unclosed array", "a list has no ] at its end"),
    ("Unclosed inline table", "a table has no } at its end"),
    ("Expected '\\]", "a line that begins a table must end with ]"),
)
"""What Python's reader of TOML says, and in words that quote nothing of the file: it may quote names."""


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

    def misfit(self, name: str, reason: str, hint: str, code: str) -> Misfit:
        """Return what is wrong with a value, or with its name."""
        return self.file.misfit((*self.tables, name), reason, hint, code)


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """What a settings file says.

    Attributes:
        values: For all profiles, by name.
        profiles: For each profile.
        lines: On which line each table and each value begins, from 1.
        misfits: What is wrong with its tables.
    """

    path: Path
    values: Mapping[str, Any]
    profiles: Mapping[str, Mapping[str, Any]]
    lines: Mapping[Keys, int] = field(repr=False)
    misfits: Sequence[Misfit] = ()

    @classmethod
    def read(cls, path: Path) -> SettingsFile:
        """Read a settings file.

        Raises:
            SettingsError: It cannot be read, others may write to it, or it is no TOML; the message says which line.
        """
        file = cls.parse(path, text_of(path))
        for misfit in file.misfits:
            raise misfit.error(path)
        return file

    @classmethod
    def parse(cls, path: Path, text: str) -> SettingsFile:
        """Return what a text says; where it is no TOML, that is its only misfit.

        Args:
            path: Where it stands.
            text: With line feeds for line ends.
        """
        try:
            document = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            return cls(path, {}, {}, {}, [_no_toml(error, text)])
        profiles = document.pop(PROFILES, {})
        found = profiles if isinstance(profiles, dict) else {}
        tables = {name: table for name, table in found.items() if isinstance(table, dict)}
        file = cls(path, document, tables, lines_of(text))
        misfits = list(file._misfits_of_tables(profiles))
        return cls(path, document, tables, file.lines, misfits)

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

    def line(self, *keys: str) -> int | None:
        """Return on which line a table or a value begins, or else what is around it; None where nobody knows."""
        return next((self.lines[keys[:end]] for end in range(len(keys), 0, -1) if keys[:end] in self.lines), None)

    def place(self, *keys: str) -> str:
        """Return where a table or a value stands, for a message."""
        line = self.line(*keys)
        return str(self.path) if line is None else f"{self.path}, line {line}"

    def misfit(self, keys: Keys, reason: str, hint: str, code: str) -> Misfit:
        """Return what is wrong with what stands somewhere."""
        return Misfit(self.line(*keys), ".".join(map(shown_name, keys)), reason, hint, code)

    def _misfits_of_tables(self, profiles: object) -> Iterator[Misfit]:
        if not isinstance(profiles, dict):
            yield self.misfit((PROFILES,), f"{PROFILES} is no table of profiles.", _A_PROFILE, INVALID)
            return
        for name, table in profiles.items():
            if not isinstance(table, dict):
                reason = f"{PROFILES}.{shown_name(name)} is no table, and so no profile."
                yield self.misfit((PROFILES, name), reason, _A_PROFILE, INVALID)
            elif not is_profile_name(name):
                hint = "Letters, digits, and behind the first one also . _ - may be in it; at most 64 of them."
                yield self.misfit((PROFILES, name), "No profile can be called so.", hint, INVALID)


def is_profile_name(name: str) -> bool:
    """Return whether a profile may be called so: its name is typed, and is a part of other names.

    Example: `is_profile_name("north 2")` is `False`.
    """
    return bool(re.fullmatch(PROFILE_NAME, name)) and name.isprintable()


def text_of(path: Path) -> str:
    """Return the text of a settings file, with line feeds for line ends.

    Raises:
        SettingsError: It cannot be read, is too large or no text, or others may write to it.
    """
    try:
        # A pipe that nobody writes to would be waited for.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
        try:
            _expect_safe(path, os.fstat(descriptor))
            data = _read(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise _unreadable(path, _why(path, error)) from None
    if len(data) > _LARGEST:
        raise SettingsError(
            f"The settings file {path} cannot be used: it is larger than {_LARGEST >> 10} KiB.",
            code=INVALID,
            hint=_WHERE_IT_MAY_BE,
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unreadable(path, "it is not text in UTF-8") from None
    return text.replace("\r\n", "\n")


def _read(descriptor: int) -> bytes:
    """Return all that is in a file, or more than is read of it."""
    data = b""
    while len(data) <= _LARGEST and (part := os.read(descriptor, _LARGEST + 1)):
        data += part
    return data


def _why(path: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError) and path.is_symlink():
        return "It is a link to what is not there"
    return error.strerror or "unknown error"


def _unreadable(path: Path, reason: str) -> SettingsError:
    return SettingsError(
        f"The settings file {path} cannot be read: {reason}.", code="settings_file_unreadable", hint=_WHERE_IT_MAY_BE
    )


def _expect_safe(path: Path, status: os.stat_result) -> None:
    """Raise `SettingsError` where others may write to the file: it says where customers' data is sent to."""
    if not stat.S_ISREG(status.st_mode):
        raise SettingsError(
            f"The settings file {path} is no file.", code="settings_file_unreadable", hint=_WHERE_IT_MAY_BE
        )
    # Through a link there are two: others could change where it leads to.
    folders = dict.fromkeys((path.parent, path.resolve().parent))
    open_folder = next((folder for folder in folders if _is_open(folder.stat().st_mode)), None)
    if status.st_uid not in (0, os.geteuid()):
        reason, hint = "it is somebody else's", "Have it belong to you, or to root."
    elif status.st_mode & _WRITABLE_BY_OTHERS:
        hint = f"Look through it, whether all is yours; then: chmod go-w {shlex.quote(str(path))}"
        reason = "others may write to it"
    elif open_folder is not None:
        reason = f"others may write to its folder {open_folder}"
        hint = f"Look through it, whether all is yours; then: chmod o-w {shlex.quote(str(open_folder))}"
    else:
        return
    raise SettingsError(
        f"The settings file {path} cannot be used: {reason}.", code="settings_file_open_to_others", hint=hint
    )


def _is_open(mode: int) -> bool:
    """Return whether anybody may put another file in the place of one that is in a folder."""
    return bool(mode & stat.S_IWOTH and not mode & stat.S_ISVTX)


def _no_toml(error: Exception, text: str) -> Misfit:
    said = str(error)
    told = _AT_LINE.search(said)
    # What has no end begins where the last statement begins.
    last = max((line for line, _, _ in statements(text)), default=1)
    line = int(told["line"]) if told and told["line"] else last
    reason = next((words for begin, words in _SAID_BY_READER if re.match(begin, said)), "nobody can tell what it means")
    if isinstance(error, RecursionError):
        reason = "a value is too deep"
    return Misfit(line, "", f"This is no TOML: {reason}.", _A_SETTING, INVALID)
