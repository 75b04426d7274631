"""What is written for a schedule, and how it is written and taken away again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from importer.disk import make_private_folder
from importer.errors import SettingsError
from importer.ops.schedule.cron_text import cron_line, with_entry, without_entry
from importer.ops.schedule.nightly import mark
from importer.ops.schedule.planning import AskedNight, missing_folders, unit_wishes
from importer.ops.schedule.scheduled import Beginner, NightPlaces, Scheduled
from importer.ops.schedule.unit_text import UnitWishes, service_text, timer_text


class NightWriting(Protocol):
    """What is to be written."""

    @property
    def text(self) -> str:
        """All of it, as it will stand there."""
        ...

    @property
    def question(self) -> str:
        """What a person is asked."""
        ...

    @property
    def ways_on(self) -> Sequence[str]:
        """What a person may type once it is written."""
        ...

    def expect_possible(self) -> None:
        """Make sure that it can be written; raise `SettingsError` where it cannot be."""
        ...

    def do(self) -> Sequence[str]:
        """Write it, and return the commands that failed, for a person to type; raise `SettingsError` likewise."""
        ...


@dataclass(frozen=True, slots=True)
class CronWriting:
    """A line in the crontab."""

    name: str
    line: str
    places: NightPlaces

    @classmethod
    def of(cls, asked: AskedNight, places: NightPlaces) -> Self:
        """Return what is to be written for what was asked; raise `SettingsError` where that cannot be."""
        return cls(asked.nightly.name, cron_line(asked.nightly), places)

    @property
    def text(self) -> str:
        """The two lines."""
        return f"{mark(self.name)}\n{self.line}\n"

    @property
    def question(self) -> str:
        """What a person is asked."""
        return "Write this into your crontab"

    @property
    def ways_on(self) -> Sequence[str]:
        """How it is looked at."""
        return ("To see it there: crontab -l",)

    def expect_possible(self) -> None:
        """Make sure that there is a crontab, and in it no entry of that name that somebody has changed."""
        if self.places.crontab is None:
            raise SettingsError(
                "Nothing was written, since there is no program crontab here.",
                code="crontab_missing",
                hint="Install cron; or add the two lines above by hand, to what begins commands on this machine.",
            )
        with_entry(self.places.crontab.read(), self.name, self.line)

    def do(self) -> Sequence[str]:
        """Write it."""
        if self.places.crontab is not None:
            old = self.places.crontab.read()
            self.places.crontab.replace(old, with_entry(old, self.name, self.line))
        return ()


@dataclass(frozen=True, slots=True)
class UnitWriting:
    """A service and a timer."""

    name: str
    service: str
    timer: str
    wishes: UnitWishes
    beginner: Beginner
    places: NightPlaces

    @classmethod
    def of(cls, asked: AskedNight, places: NightPlaces) -> Self:
        """Return what is to be written for what was asked; raise `SettingsError` where that cannot be."""
        wishes = unit_wishes(asked)
        nightly = asked.nightly
        return cls(nightly.name, service_text(nightly, wishes), timer_text(nightly), wishes, asked.beginner, places)

    @property
    def text(self) -> str:
        """Both, each below the path of its file."""
        folder = self.places.folder(self.beginner)
        return f"# {folder.service(self.name)}\n{self.service}\n# {folder.timer(self.name)}\n{self.timer}"

    @property
    def question(self) -> str:
        """What a person is asked."""
        replaces = ", in the place of those that are there" if self._folder_has() else ""
        return f"Write these two files into {self.places.folder(self.beginner).path}{replaces}"

    @property
    def ways_on(self) -> Sequence[str]:
        """How it is looked at, and tried."""
        command = self.places.manager(self.beginner).command
        return (
            f"To see when: {command} list-timers importer-{self.name}.timer",
            f"To run it now: {command} start importer-{self.name}.service",
        )

    def expect_possible(self) -> None:
        """Make sure that nothing of somebody else's is in the way."""
        self.places.folder(self.beginner).expect_free(self.name)
        missing_folders(self.wishes)

    def do(self) -> Sequence[str]:
        """Write them, and have the manager take them up."""
        for folder in missing_folders(self.wishes):
            try:
                folder.parent.mkdir(parents=True, exist_ok=True)
                make_private_folder(folder)
            except OSError as error:
                raise SettingsError(
                    f"The folder {folder}, in which the run is to write, cannot be made: {error.strerror or error}.",
                    code="folder_missing",
                    hint="Make it, or name another one in the settings file.",
                ) from error
        self.places.folder(self.beginner).write(self.name, self.service, self.timer)
        return self.places.manager(self.beginner).begin(self.name)

    def _folder_has(self) -> bool:
        return self.places.folder(self.beginner).has(self.name)


def there_already(places: NightPlaces, name: str) -> Iterator[Beginner]:
    """Yield what begins a schedule of that name already."""
    yield from (beginner for beginner in (Beginner.USER, Beginner.SYSTEM) if places.folder(beginner).has(name))
    if any(found.name == name and found.beginner is Beginner.CRON for found in places.all()):
        yield Beginner.CRON


def expect_alone(places: NightPlaces, name: str, beginner: Beginner) -> None:
    """Make sure that nothing else begins a schedule of that name: it would be sent twice.

    Raises:
        SettingsError: Something does.
    """
    other = next((other for other in there_already(places, name) if other is not beginner), None)
    if other is not None:
        option = {Beginner.USER: "--systemd", Beginner.SYSTEM: "--system", Beginner.CRON: "--cron"}[other]
        raise SettingsError(
            f"{other} begins a schedule {name} already, and would go on to: every night it would be sent twice.",
            code="scheduled_already",
            hint=f"Take that away first, importer schedule --remove --name {name} {option}, or give another --name.",
        )


def take_away(places: NightPlaces, name: str, beginner: Beginner) -> Sequence[str]:
    """Take away what was written; return the commands that failed, for a person to type.

    Raises:
        SettingsError: That cannot be done.
    """
    if beginner is Beginner.CRON:
        if places.crontab is not None:
            old = places.crontab.read()
            places.crontab.replace(old, without_entry(old, name))
        return ()
    manager = places.manager(beginner)
    manager.end(name)
    places.folder(beginner).remove(name)
    return manager.forget(name)


def what_goes(places: NightPlaces, name: str, beginner: Beginner) -> Iterator[str]:
    """Yield what taking a schedule away removes, a line each."""
    if beginner is Beginner.CRON:
        yield "Two lines of your crontab"
        return
    folder = places.folder(beginner)
    yield from (str(path) for path in (folder.service(name), folder.timer(name), folder.link(name)))


def in_order(found: Iterator[Scheduled]) -> Sequence[Scheduled]:
    """Return schedules by their names."""
    return sorted(found, key=lambda one: (one.name, one.beginner))
