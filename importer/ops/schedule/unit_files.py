"""The units of schedules in a folder of systemd's: written, found, and removed, where they are ours."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from importer.errors import SettingsError
from importer.ops.schedule.nightly import mark

SYSTEM_UNITS: Final = Path("/etc/systemd/system")
_WANTED_BY: Final = "timers.target.wants"
_PREFIX: Final = "importer-"
_LARGEST: Final = 1 << 18


def user_units(environment: Mapping[str, str]) -> Path:
    """Return the folder of a user's own units."""
    named = environment.get("XDG_CONFIG_HOME", "")
    configuration = Path(named) if named.startswith("/") else Path("~/.config").expanduser()
    return configuration / "systemd" / "user"


@dataclass(frozen=True, slots=True)
class UnitFolder:
    """A folder with units.

    Attributes:
        path: It need not be there.
    """

    path: Path

    def service(self, name: str) -> Path:
        """Return where the service of a schedule is."""
        return self.path / f"{_PREFIX}{name}.service"

    def timer(self, name: str) -> Path:
        """Return where its timer is."""
        return self.path / f"{_PREFIX}{name}.timer"

    def link(self, name: str) -> Path:
        """Return where the link is that has the timer begin with the machine."""
        return self.path / _WANTED_BY / f"{_PREFIX}{name}.timer"

    def has(self, name: str) -> bool:
        """Return whether there is such a schedule of ours, or half of one."""
        return any(_is_ours(path, name) for path in (self.service(name), self.timer(name)))

    def names(self) -> Iterator[str]:
        """Yield the names of all schedules that are ours."""
        for path in sorted(self.path.glob(f"{_PREFIX}*.timer")):
            name = path.stem.removeprefix(_PREFIX)
            if _is_ours(path, name):
                yield name

    def calendar(self, name: str) -> str:
        """Return when a timer begins its run, as it stands there now; "" where nobody can tell."""
        lines = _text(self.timer(name)).splitlines()
        return next((line.partition("=")[2].strip() for line in lines if line.startswith("OnCalendar=")), "")

    def expect_free(self, name: str) -> None:
        """Make sure that nothing is lost where a schedule is written.

        Raises:
            SettingsError: A unit of somebody else's has that name.
        """
        for path in (self.service(name), self.timer(name)):
            if _is_there(path) and not _is_ours(path, name):
                raise SettingsError(
                    f"There is a unit {path} that the importer has not written: it begins with another line than"
                    f" {mark(name)!r}.",
                    code="unit_of_others",
                    hint="Give the schedule another name with --name, or remove that unit by hand.",
                )
        link = self.link(name)
        if _is_there(link) and not link.is_symlink():
            raise SettingsError(
                f"{link} is no link, and the importer has not written it.",
                code="unit_of_others",
                hint="Give the schedule another name with --name, or remove it by hand.",
            )

    def write(self, name: str, service: str, timer: str) -> None:
        """Write the units of a schedule, whole or not at all, in the place of older ones of that name.

        Raises:
            SettingsError: That cannot be done, or one of that name is somebody else's.
        """
        self.expect_free(name)
        link = self.link(name)
        try:
            link.parent.mkdir(parents=True, exist_ok=True)
            _write(self.service(name), service)
            _write(self.timer(name), timer)
            if not link.is_symlink():
                link.symlink_to(self.timer(name))
        except OSError as error:
            raise _unusable(error, self.path) from error

    def remove(self, name: str) -> None:
        """Remove the units of a schedule, as far as they are ours.

        Raises:
            SettingsError: That cannot be done.
        """
        link = self.link(name)
        try:
            if link.is_symlink() and (_is_ours(self.timer(name), name) or not self.timer(name).exists()):
                link.unlink()
            for path in (self.timer(name), self.service(name)):
                if _is_ours(path, name):
                    path.unlink()
        except OSError as error:
            raise _unusable(error, self.path) from error
        with suppress(OSError):  # somebody else's timers are in it, or it is not there
            link.parent.rmdir()


def _is_there(path: Path) -> bool:
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def _is_ours(path: Path, name: str) -> bool:
    return _text(path).partition("\n")[0] == mark(name)


def _text(path: Path) -> str:
    """Return what is in a file; "" where there is none, or what is there is a link or the like."""
    with suppress(OSError):
        if stat.S_ISREG(path.lstat().st_mode):
            with path.open("rb") as file:
                return file.read(_LARGEST).decode("utf-8", "replace")
    return ""


def _write(path: Path, text: str) -> None:
    """Write a file that all may read, as systemd's are; there is nothing secret in it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _unusable(error: OSError, folder: Path) -> SettingsError:
    return SettingsError(
        f"The units in {folder} cannot be changed: {error.strerror or error}.",
        code="units_unusable",
        hint="See that you may write there; --system takes root. With --print they are only shown.",
    )
