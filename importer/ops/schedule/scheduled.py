"""What is scheduled on this machine: found by its marks, in the folders of systemd and in the crontab."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Self

from importer.errors import SettingsError
from importer.ops.schedule.cron_text import entries
from importer.ops.schedule.night_programs import Crontab, ServiceManager
from importer.ops.schedule.unit_files import SYSTEM_UNITS, UnitFolder, user_units


class Beginner(StrEnum):
    """What begins runs."""

    USER = "systemd --user"
    SYSTEM = "systemd"
    CRON = "cron"


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A schedule that is there.

    Attributes:
        name: As its mark says it.
        beginner: What begins it.
        when: As it stands there.
        place: The file of its timer, or `crontab -l`.
    """

    name: str
    beginner: Beginner
    when: str
    place: str


@dataclass(frozen=True, slots=True)
class NightPlaces:
    """Where schedules may be.

    Attributes:
        user: The units of this user.
        system: Those of the machine.
        crontab: None where nothing here changes crontabs.
        environment: In which programs are called.
    """

    user: UnitFolder
    system: UnitFolder
    crontab: Crontab | None
    environment: Mapping[str, str]

    @classmethod
    def of(cls, environment: Mapping[str, str], *, system: Path = SYSTEM_UNITS) -> Self:
        """Return those of a process, by its environment."""
        program = shutil.which("crontab", path=environment.get("PATH"))
        crontab = None if program is None else Crontab(program, environment)
        return cls(UnitFolder(user_units(environment)), UnitFolder(system), crontab, environment)

    def folder(self, beginner: Beginner) -> UnitFolder:
        """Return where the units of a manager are."""
        return self.system if beginner is Beginner.SYSTEM else self.user

    def manager(self, beginner: Beginner) -> ServiceManager:
        """Return the manager itself."""
        return ServiceManager(beginner is Beginner.SYSTEM, self.environment)

    def all(self) -> Iterator[Scheduled]:
        """Yield all that is scheduled; nothing of ours is in the crontab of a user who may have none."""
        for beginner in (Beginner.USER, Beginner.SYSTEM):
            folder = self.folder(beginner)
            for name in folder.names():
                yield Scheduled(name, beginner, folder.calendar(name), str(folder.timer(name)))
        text = b""
        if self.crontab is not None:
            with suppress(SettingsError):
                text = self.crontab.read()
        for entry in entries(text):
            when = " ".join(entry.line.split()[:5]) if entry.is_ours else ""
            yield Scheduled(entry.name, Beginner.CRON, when, "crontab -l")

    def usual(self, *, is_root: bool) -> Beginner:
        """Return what begins runs here, where nobody says it.

        A user's own manager where one is running; for root that of the machine; else cron.
        """
        if self.manager(Beginner.USER).is_running:
            return Beginner.USER
        return Beginner.SYSTEM if is_root and self.manager(Beginner.SYSTEM).is_running else Beginner.CRON
