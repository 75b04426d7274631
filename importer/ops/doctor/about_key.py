"""The API key: what says it, who may read it, and whether it is one. It is never shown, and no part of it is."""

from __future__ import annotations

import shlex
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from importer.config.key_sources import KeySource
from importer.errors import SettingsError
from importer.ops.doctor.finding import Finding, Value, fine, warning, wrong

_SAID_BY: Final = {
    "api_key": "",
    "api_key_file": "a file",
    "key_command": "what a command prints",
    "keyring": "the keyring",
}


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A file that holds a key, as the machine has it.

    Attributes:
        mode: Its permissions; None where it cannot be looked at.
        is_own: Whether this user owns it.
        is_credential: Whether systemd has put it there, and keeps others from it in its own way.
    """

    path: Path
    mode: int | None
    is_own: bool
    is_credential: bool = False

    @classmethod
    def seen(cls, path: Path, user: int, *, is_credential: bool) -> KeyFile:
        """Look at a file, for a user."""
        try:
            status = path.stat()
        except OSError:
            return cls(path, None, is_own=False, is_credential=is_credential)
        return cls(path, stat.S_IMODE(status.st_mode), status.st_uid == user, is_credential)

    @property
    def readers(self) -> str:
        """Who may read it, for a person."""
        if self.is_credential:
            return "this service only"
        if self.mode is None:
            return "nobody knows who"
        if self.mode & stat.S_IROTH:
            return "everybody on this machine"
        if self.mode & stat.S_IRGRP:
            return "its group"
        return "you only" if self.is_own else "its owner only"

    @property
    def is_open(self) -> bool:
        """Whether others can use it."""
        return not self.is_credential and self.mode is not None and bool(self.mode & (stat.S_IRWXG | stat.S_IRWXO))


def about_key(source: Callable[[], KeySource | None], file: KeyFile | None, take: Callable[[], object]) -> Finding:
    """Return what is to be said of the key.

    Args:
        source: Returns what says it, or raises `SettingsError` where two places do.
        file: The file in which it is; None where it is in none.
        take: Takes it, and raises `SettingsError` where it is none that can be sent.
    """
    values: dict[str, Value] = {"setting": None, "level": None, "place": None, "file": None, "file_mode": None}
    try:
        said = source()
        if said is not None:
            values |= {"setting": said.setting, "level": said.level, "place": said.place}
        if file is not None:
            values |= {"file": str(file.path), "file_mode": None if file.mode is None else f"{file.mode:04o}"}
        take()
    except SettingsError as error:
        return wrong("key", error.message.removesuffix("."), error.hint, **values)
    found = "usable" if said is None else _told(said, file)
    if file is not None and file.is_open:
        return warning("key", found, f"`chmod 600 {shlex.quote(str(file.path))}`.", **values)
    return fine("key", found, **values)


def _told(said: KeySource, file: KeyFile | None) -> str:
    """Return what says the key, and who may read it."""
    if file is None:
        what = _SAID_BY[said.setting]
        return f"usable, from {said.place}{f' ({what})' if what else ''}"
    # A place in the settings file is named by its line: where that file lies is said with the settings.
    where = said.place if file.is_credential else f"{file.path} ({said.place.rpartition('/')[2]})"
    return f"usable, from {where}; {file.readers} may read it"
