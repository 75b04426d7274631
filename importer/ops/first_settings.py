"""A settings file, or a profile in one, written for the first time: whole or not at all, and over nothing."""

from __future__ import annotations

import errno
import json
import os
import re
import stat
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from importer.config.settings_file import PROFILES, SettingsFile, is_profile_name
from importer.disk import sync_folder
from importer.errors import SettingsError

_HEAD: Final = """\
# Settings of importer. `importer config schema` names all there are, `importer config validate` checks this file.
"""
Value = str | Sequence[str]
"""Text, or a list of words."""


@dataclass(frozen=True, slots=True)
class Room:
    """Where settings are to be written.

    Attributes:
        path: Of the settings file.
        profile: The profile that they are of; None for what holds for all.
        standing: The file that is there already, into which the profile goes.
    """

    path: Path
    profile: str | None
    standing: SettingsFile | None

    @classmethod
    def find(cls, path: Path, profile: str | None) -> Room:
        """Return the room.

        Raises:
            SettingsError: There is none: something stands there, which stays as it is, or no profile is called so.
        """
        if profile is not None and not is_profile_name(profile):
            raise SettingsError(
                "No profile can be called so.",
                code="profile_unknown",
                hint="Letters, digits, and behind the first one also . _ - may be in a name; at most 64 of them.",
            )
        if not os.path.lexists(path):
            return cls(path, profile, None)
        standing = SettingsFile.read(path)
        if profile is None:
            raise SettingsError(
                f"There is a settings file already: {path}.",
                code="settings_file_there",
                hint="To put a profile into it, name that: importer init --profile NAME. What holds so far:"
                " `importer config show`.",
            )
        if profile in standing.profiles:
            raise SettingsError(
                f"There is a profile {profile} already: {standing.place(PROFILES, profile)}.",
                code="profile_there",
                hint="Change it there, or give another name.",
            )
        return cls(path, profile, standing)

    def inherited(self, name: str) -> str | None:
        """Return the text that holds for all profiles already, if any does."""
        value = self.standing.values.get(name) if self.standing else None
        return value if isinstance(value, str) else None

    def write(self, values: Mapping[str, Value]) -> None:
        """Write settings, readable for their owner alone where the file is new.

        Args:
            values: By the names that they have in a settings file.

        Raises:
            SettingsError: They cannot be written, or not without changing what stands there. Nothing is, then.
        """
        table = _table(values, self.profile)
        with _told(self.path):
            if self.standing is None:
                write_new(self.path, f"{_HEAD}\n{table}")
            else:
                self._append(table, values)

    def _append(self, table: str, values: Mapping[str, Value]) -> None:
        """Put a table behind what stands there."""
        target = self.path.resolve()
        before = target.read_bytes()
        ends = b"\r\n" if b"\r\n" in before else b"\n"
        gap = b"" if not before else ends if before.endswith(b"\n") else ends * 2
        after = before + gap + table.encode().replace(b"\n", ends)
        self._expect_addition(after, table, values)
        status = target.stat()
        with _beside(target) as (descriptor, temporary):
            _fill(descriptor, after)
            os.fchmod(descriptor, stat.S_IMODE(status.st_mode))
            with suppress(PermissionError):
                os.fchown(descriptor, status.st_uid, status.st_gid)
            if target.read_bytes() != before:
                raise SettingsError(
                    f"The settings file {self.path} was changed meanwhile.",
                    code="settings_file_there",
                    hint="It is as that has left it. Begin again.",
                )
            temporary.replace(target)
        sync_folder(target.parent)

    def _expect_addition(self, after: bytes, table: str, values: Mapping[str, Value]) -> None:
        """Raise `SettingsError` where a text says something else than what stood there, and the profile."""
        text = after.decode("utf-8-sig").replace("\r\n", "\n")
        found, standing = SettingsFile.parse(self.path, text), self.standing
        plain = {name: value if isinstance(value, str) else list(value) for name, value in values.items()}
        if standing is None or (
            not found.misfits
            and found.values == standing.values
            and found.profiles == {**standing.profiles, f"{self.profile}": plain}
        ):
            return
        raise SettingsError(
            f"The profile {self.profile} cannot be put behind what stands in {self.path}.",
            code="settings_file_there",
            hint=f"Put it in by hand:\n{table}",
        )


def write_new(path: Path, text: str) -> None:
    """Write a file for its owner alone, whole or not at all; folders that are not there are made.

    Raises:
        FileExistsError: Something has its name, and stays as it is.
        OSError: It cannot be written.
    """
    made: list[Path] = []
    try:
        _make_folders(path.parent, made)
        with _beside(path) as (descriptor, temporary):
            _fill(descriptor, text.encode())
            try:
                path.hardlink_to(temporary)  # which takes nobody's place
            except FileExistsError:
                raise
            except OSError:  # the file system has no such links
                _write_in_place(path, text)
        sync_folder(path.parent)
    except BaseException:
        for folder in reversed(made):
            with suppress(OSError):
                folder.rmdir()
        raise


def _write_in_place(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        _fill(descriptor, text.encode())
    except BaseException:
        path.unlink()
        raise
    finally:
        os.close(descriptor)


def _fill(descriptor: int, content: bytes) -> None:
    left = content
    while left:
        left = left[os.write(descriptor, left) :]
    os.fsync(descriptor)


@contextmanager
def _beside(path: Path) -> Iterator[tuple[int, Path]]:
    """Make a file for its owner alone beside another one; it is gone at the end of the block."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        yield descriptor, Path(name)
    finally:
        os.close(descriptor)
        Path(name).unlink(missing_ok=True)


def _make_folders(folder: Path, made: list[Path]) -> None:
    """Make a folder and those above it, as far as they are not there; put each that is into `made`."""
    if folder.is_dir():
        return
    _make_folders(folder.parent, made)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)) from None
    made.append(folder)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise SettingsError(
            f"There is a settings file already: {path}.",
            code="settings_file_there",
            hint="It was made meanwhile, and stays as it is. Begin again.",
        ) from None
    except OSError as error:
        raise SettingsError(
            f"The settings file {path} cannot be written: {error.strerror or 'unknown error'}.",
            code="settings_file_unwritable",
            hint="Name another with `importer --config FILE init`.",
        ) from error


def _table(values: Mapping[str, Value], profile: str | None) -> str:
    """Return settings as TOML, with the line before them that begins their profile."""
    header = [] if profile is None else [f"[{PROFILES}.{_named(profile)}]"]
    return "\n".join([*header, *(f"{name} = {_written(value)}" for name, value in values.items()), ""])


def _named(profile: str) -> str:
    """Return a profile's name as a header has it."""
    return profile if re.fullmatch(r"[A-Za-z0-9_-]+", profile) else _quoted(profile)


def _written(value: Value) -> str:
    return _quoted(value) if isinstance(value, str) else f"[{', '.join(map(_quoted, value))}]"


def _quoted(text: str) -> str:
    """Return a text in quotation marks: what JSON writes is TOML too, but for one character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
