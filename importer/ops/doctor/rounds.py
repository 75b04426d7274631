"""Everything that is looked at, as this machine has it."""

from __future__ import annotations

import os
import platform
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from importer import __version__
from importer.config.key_command import LONGEST_S
from importer.delivery.wire.probe import probed
from importer.delivery.wire.wires import chosen
from importer.errors import JournalError, SettingsError
from importer.journal import FILE_NAME
from importer.journal.database import stopped_writer
from importer.journal.journal import KEY_NAME
from importer.journal.lasting.journal_look import SQLITE, looked_at
from importer.journal.private.digests import Digester
from importer.lock import holder_of
from importer.ops.doctor.about_journal import about_digests, about_journal
from importer.ops.doctor.about_key import KeyFile, about_key
from importer.ops.doctor.about_runs import about_last_run, about_lock, about_unfinished
from importer.ops.doctor.about_settings import KnownPlaces, about_settings
from importer.ops.doctor.about_state import about_state
from importer.ops.doctor.about_target import about_target
from importer.ops.doctor.about_timers import about_timers
from importer.ops.doctor.about_versions import RunningPart, about_versions
from importer.ops.doctor.examining import Examination
from importer.ops.doctor.finding import Finding, warning
from importer.ops.doctor.folder_look import folder_seen
from importer.ops.doctor.timer_look import timers_seen
from importer.settings import Settings

NETWORK_S: Final = 5.0
"""So long the target may take, all in all."""
PAGES_S: Final = 10.0
"""So long the pages of the journal are checked."""
_SPARE_S: Final = 2.0
"""What bounds itself is waited for a little longer: it knows better what was slow."""
_DISK_S: Final = 8.0
_TIMERS_S: Final = 15.0
_FIRST: Final = "not known: the settings come first"
_PACKAGES: Final = ("pandas", "requests", "urllib3", "pycurl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """What a run would begin with tonight.

    Attributes:
        file: The settings file; None where there is none.
        settings: The settings, or why there are none.
        places: Where a run would send to and keep its journal, as far as that is known.
        profile: Whose settings hold; None for none.
        environment: The variables that are not empty, by their names in capitals.
        user: This user's name.
        soon_days: With fewer days left, a certificate is a warning.
        network_s: So long the target may take.
        pages_s: So long the pages of the journal are checked.
        wall: Returns the time, in seconds since the epoch.
    """

    file: Path | None
    settings: Settings | SettingsError
    places: KnownPlaces
    profile: str | None
    environment: Mapping[str, str]
    user: str
    soon_days: float = 30.0
    network_s: float = NETWORK_S
    pages_s: float = PAGES_S
    wall: Callable[[], float] = time.time

    def examinations(self) -> Iterator[Examination]:
        """Yield all that is to be looked at."""
        yield Examination(("settings",), _DISK_S, lambda: [about_settings(self.file, self.settings)])
        yield Examination(("key",), LONGEST_S + _SPARE_S, self._key)
        yield Examination(("target", "certificate", "clock"), self.network_s + _SPARE_S, self._target)
        yield Examination(("state", "commit"), _DISK_S, self._state)
        yield Examination(
            ("lock", "digests", "unfinished", "last run", "journal"), self.pages_s + _DISK_S, self._journal
        )
        yield Examination(("schedule",), _TIMERS_S, self._timers)
        yield Examination(("versions",), _DISK_S, self._versions)

    def _key(self) -> Sequence[Finding]:
        if isinstance(self.settings, SettingsError):
            return [warning("key", _FIRST, setting=None, level=None, place=None, file=None, file_mode=None)]
        file = _key_file(self.settings)
        return [about_key(self.settings.key_source, file, self.settings.key)]

    def _target(self) -> Iterator[Finding]:
        url = self.places.base_url
        if url is None:
            yield from (warning(name, _FIRST) for name in ("target", "certificate", "clock"))
            return
        agent = f"importer/{__version__}"
        probe = probed(url, user_agent=agent, timeout_s=self.network_s, wall=self.wall)
        yield from about_target(url, probe, soon_days=self.soon_days)

    def _state(self) -> Iterator[Finding]:
        look = folder_seen(self.places.state)
        yield from about_state(look, journal_bytes=_size(self._path), user=os.geteuid())

    def _journal(self) -> Iterator[Finding]:
        path, key_path = self._path, self.places.state / KEY_NAME
        url = self.places.base_url or ""
        holder = holder_of(path.parent, url)
        yield about_lock(url or "the API", holder, stopped_writer(path), now=self.wall())
        look = looked_at(path, longest_s=self.pages_s) if os.path.lexists(path) else None
        yield about_digests(key_path, look, _digester(key_path))
        runs = () if look is None else look.runs
        yield about_unfinished(runs)
        yield about_last_run(runs, self.profile)
        is_own = look is None or os.geteuid() in (0, path.stat().st_uid)
        yield about_journal(path, look, size=_size(path), is_own=is_own, longest_s=self.pages_s)

    def _timers(self) -> Sequence[Finding]:
        return [about_timers(timers_seen(self.user), self.profile, self.environment, self.user)]

    def _versions(self) -> Sequence[Finding]:
        parts = [
            RunningPart("importer", __version__),
            RunningPart("Python", platform.python_version()),
            RunningPart("SQLite", SQLITE),
            RunningPart("OpenSSL", ssl.OPENSSL_VERSION.removeprefix("OpenSSL ").split()[0]),
            *(RunningPart(name, _installed(name)) for name in _PACKAGES),
        ]
        if isinstance(self.settings, SettingsError):
            return [about_versions(parts, "", "", "")]
        try:
            wire = chosen(self.settings.wire, self.settings.concurrency).name
        except SettingsError as error:
            return [about_versions(parts, "", error.message, error.hint)]
        return [about_versions(parts, wire, "", "")]

    @property
    def _path(self) -> Path:
        return self.places.state / FILE_NAME


def _key_file(settings: Settings) -> KeyFile | None:
    """Return the file that holds the key; None where it is in none, or nobody knows."""
    try:
        source = settings.key_source()
    except SettingsError:
        return None
    if source is None or source.setting != "api_key_file" or settings.api_key_file is None:
        return None
    return KeyFile.seen(settings.api_key_file, os.geteuid(), is_credential=source.credential is not None)


def _digester(path: Path) -> Digester | JournalError | None:
    if not os.path.lexists(path):
        return None
    try:
        return Digester.at(path)
    except JournalError as error:
        return error


def _size(path: Path) -> int:
    """Return the size of a journal with its log, in bytes; 0 where there is none."""
    files = (path, path.with_name(f"{path.name}-wal"))
    return sum(file.stat().st_size for file in files if file.exists())


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
