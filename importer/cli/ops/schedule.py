"""`importer schedule`: a sheet sent every night, by systemd or cron."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from pwd import getpwnam, getpwuid
from typing import Final

from importer.called_as import NAME as CALLED
from importer.cli.given import Given
from importer.cli.ops.run_words import run_words
from importer.cli.screen.console import answer, tell
from importer.cli.screen.next_commands import here
from importer.cli.screen.tables import lines
from importer.cli.screen.terminal import Terminal
from importer.config.places import config_path
from importer.errors import DeclinedError, SettingsError
from importer.model.exit_codes import ExitCode, exit_code_of_answer
from importer.ops.schedule.at_night import as_at_night
from importer.ops.schedule.moment import Moment
from importer.ops.schedule.night_programs import expect_callable
from importer.ops.schedule.nightly import Nightly, schedule_name
from importer.ops.schedule.planning import AskedNight, expect_source, key_file, notes
from importer.ops.schedule.scheduled import Beginner, NightPlaces
from importer.ops.schedule.written import (
    CronWriting,
    NightWriting,
    UnitWriting,
    expect_alone,
    in_order,
    take_away,
    there_already,
    what_goes,
)
from importer.phrases import listed
from importer.settings import Settings

_BY: Final[Mapping[str, Beginner]] = {
    "systemd": Beginner.USER,
    "system": Beginner.SYSTEM,
    "cron": Beginner.CRON,
}
_UNIT: Final = re.compile(r"[A-Za-z0-9:_.@-]*(?:%[nNpi][A-Za-z0-9:_.@-]*)*\.(?:service|target|path|timer)|%[nN]")


def schedule(
    source: Path | None,
    run_options: Sequence[str],
    daily: str | None,
    weekdays: str | None,
    name: str | None,
    by: str | None,
    run_as: str | None,
    on_failure: str | None,
    only_print: bool,
    remove: bool,
    yes: bool,
    given: Given,
) -> int:
    """Write what begins a run every night, or take that away, or list what there is; return the exit code."""
    given = replace(given, profile=given.profile or os.environ.get("IMPORTER_PROFILE") or None)
    places = NightPlaces.of(os.environ)
    beginner = _BY[by] if by else None
    if remove:
        found = schedule_name(name, given.profile, source)
        return _remove(places, found, beginner, only_print=only_print, yes=yes)
    moment = _moment(daily, weekdays)
    if moment is None and source is None:
        return _list(places)
    source = source or _source_of_settings(given)
    if moment is None or source is None:
        raise SettingsError(
            "Nothing says when." if source else "Nothing says which file is to be sent.",
            code="schedule_incomplete",
            hint="As in importer schedule changes.csv --daily 06:15",
        )
    asked = _asked(source, run_options, moment, name, given, beginner or places.usual(is_root=os.geteuid() == 0))
    asked = replace(asked, run_as=_user(run_as, asked.beginner), on_failure=_unit(on_failure, asked.beginner))
    is_cron = asked.beginner is Beginner.CRON
    writing: NightWriting = CronWriting.of(asked, places) if is_cron else UnitWriting.of(asked, places)
    if only_print:
        return exit_code_of_answer(printed=answer(writing.text.rstrip("\n"), data=True))
    return _write(asked, writing, places, yes=yes)


def _source_of_settings(given: Given) -> Path | None:
    """Return the file that the settings of the night name, if they do."""
    with as_at_night():
        return replace(given, config=config_path(given.config)).settings().source


def _write(asked: AskedNight, writing: NightWriting, places: NightPlaces, *, yes: bool) -> int:
    """Show what is to be written, ask, write it, and return the exit code."""
    name = asked.nightly.name
    terminal = _terminal(yes=yes)
    printed = answer(writing.text.rstrip("\n"), data=True)
    if asked.beginner is Beginner.SYSTEM and os.geteuid() != 0:
        raise SettingsError(
            "The units of the machine are root's to write.",
            code="not_root",
            hint="Call it as root; or leave --system out, for units of your own.",
        )
    writing.expect_possible()
    expect_alone(places, name, asked.beginner)
    is_there = expect_source(asked.nightly.source)
    for note in notes(asked, is_there=is_there, environment=os.environ, user=_own_name()):
        tell(here(f"Note: {note}"))
    _ask(terminal, f"{writing.question}?", [])
    failed = writing.do()
    tell(f"Written: {asked.nightly.source.name} is sent {asked.nightly.moment}, begun by {asked.beginner}.")
    return _told([*writing.ways_on, f"To take it away: importer schedule --remove --name {name}"], failed, printed)


def _remove(places: NightPlaces, name: str, beginner: Beginner | None, *, only_print: bool, yes: bool) -> int:
    """Take away what was written, after a question, and return the exit code."""
    found = [one for one in there_already(places, name) if beginner in (None, one)]
    if not found:
        others = listed([*dict.fromkeys(one.name for one in places.all())] or ["none"])
        raise SettingsError(
            f"There is no schedule {name}{f' by {beginner}' if beginner else ''}.",
            code="schedule_unknown",
            hint=f"Those that there are: {others}.",
        )
    terminal = None if only_print else _terminal(yes=yes)
    gone = [line for one in found for line in what_goes(places, name, one)]
    if only_print:
        return exit_code_of_answer(printed=answer("\n".join(gone), data=True))
    _ask(terminal, f"Take the schedule {name} away?", ["To be removed:", *(f"  {line}" for line in gone)])
    failed = [command for one in found for command in take_away(places, name, one)]
    tell(f"The schedule {name} is taken away. What its runs have written stays.")
    return _told([], failed, printed=True)


def _told(ways_on: Sequence[str], failed: Sequence[str], printed: bool) -> int:
    """Say what may be typed next, and what must be; return the exit code."""
    for line in ways_on:
        tell(here(line))
    if failed:
        tell("Error: systemd was not reached, and knows nothing of it yet. Type:")
        for command in failed:
            tell(f"  {command}")
        return ExitCode.FAILED
    return exit_code_of_answer(printed=printed)


def _list(places: NightPlaces) -> int:
    """List what is scheduled, and return the exit code."""
    rows = [(one.name, one.when, str(one.beginner), one.place) for one in in_order(places.all())]
    text = "\n".join(lines(("name", "when", "begun by", "where"), rows)) if rows else "Nothing is scheduled."
    return exit_code_of_answer(printed=answer(text))


def _moment(daily: str | None, weekdays: str | None) -> Moment | None:
    if daily is not None and weekdays is not None:
        raise SettingsError(
            "--daily and --weekdays do not go together.", code="bad_setting", hint="Give one of them, or two schedules."
        )
    if weekdays is not None:
        return Moment.parse(weekdays, weekdays=True)
    return None if daily is None else Moment.parse(daily)


def _terminal(*, yes: bool) -> Terminal | None:
    """Return where somebody is asked; None where nobody is to be.

    Raises:
        SettingsError: Somebody is, and nobody is there.
    """
    terminal = None if yes else Terminal.find()
    if terminal is None and not yes:
        raise SettingsError(
            "Nobody can be asked: there is no terminal, or this process is in the background of it.",
            code="nobody_to_ask",
            hint="Give --yes to have it done without being asked, or --print to only see it.",
        )
    return terminal


def _ask(terminal: Terminal | None, question: str, facts: Sequence[str]) -> None:
    """Ask, unless nobody is to be asked.

    Raises:
        DeclinedError: The answer is no.
    """
    if terminal is not None and not terminal.ask(facts, question):
        raise DeclinedError("Nothing was changed.", code="declined")


def _asked(
    source: Path, run_options: Sequence[str], moment: Moment, name: str | None, given: Given, beginner: Beginner
) -> AskedNight:
    """Return what is asked for, with the settings that hold at night.

    Raises:
        SettingsError: It could not be done at night.
        SourceError: The source can never be there.
    """
    if str(source) == "-":
        raise SettingsError(
            "Nobody writes to standard input at night.", code="bad_setting", hint="Name a file instead of -."
        )
    path = Path(os.path.abspath(source))  # noqa: PTH100 - a link may lead elsewhere tomorrow
    expect_source(path)
    given = replace(given, config=config_path(given.config))
    run = run_words(path, run_options, given)
    program, environment = _program(), dict(os.environ)
    expect_callable(program, environment.get("HOME", "/"))
    with as_at_night():
        settings = run.given.settings()
        key = key_file(settings, environment) if run.sends else None
    nightly = Nightly(
        name=schedule_name(name, run.given.profile, path),
        moment=moment,
        program=program,
        config=given.config,
        profile=run.given.profile,
        source=path,
        words=run.words,
        own_words=[*run.own_words, *_state_elsewhere(settings)],
        key_file=key,
    )
    return AskedNight(beginner=beginner, nightly=nightly, settings=settings, log_file=run.log_file, sends=run.sends)


def _state_elsewhere(settings: Settings) -> Sequence[str]:
    """Return what names the state directory to cron, which knows neither another home nor a variable of this shell."""
    is_as_at_night = os.environ.get("HOME") == _own_home() and not os.environ.get("XDG_STATE_HOME")
    return () if settings.state_dir or is_as_at_night else ("--state", str(settings.state_folder()))


def _program() -> Sequence[str]:
    """Return the words that call this program from anywhere: its script, or what interprets it."""
    script = shutil.which(sys.argv[0]) if Path(sys.argv[0]).name == CALLED else None
    if script is not None:
        return (os.path.abspath(script),)  # noqa: PTH100 - a link stays one: it may be what finds the environment
    return (sys.executable, "-P", "-m", CALLED)


def _user(name: str | None, beginner: Beginner) -> str | None:
    """Return the user of a unit; raise `SettingsError` where there is none of that name."""
    if name is None:
        return None
    if beginner is not Beginner.SYSTEM:
        raise SettingsError(
            "--run-as is for --system: all else runs as whoever schedules it.", code="bad_setting", hint="Leave it out."
        )
    try:
        return getpwnam(name).pw_name
    except (KeyError, ValueError):
        raise SettingsError(
            f"There is no user {name!r}.", code="bad_setting", hint="Give the name of one to --run-as."
        ) from None


def _unit(name: str | None, beginner: Beginner) -> str | None:
    """Return the unit that is begun where a run fails; raise `SettingsError` where it can be none."""
    if name is None:
        return None
    if beginner is Beginner.CRON:
        raise SettingsError(
            "--on-failure takes systemd; cron sends a mail with what a run has said.",
            code="bad_setting",
            hint="Leave it out, or give --systemd or --system.",
        )
    if _UNIT.fullmatch(name) is None:
        raise SettingsError(
            "--on-failure cannot be used: that is no name of a unit.",
            code="bad_setting",
            hint="It is written as in --on-failure mail@%n.service, where %n is the name of the unit that failed.",
        )
    return name


def _own_home() -> str:
    """Return the home of this user, as the system knows it; "" where it knows none."""
    try:
        return getpwuid(os.getuid()).pw_dir
    except KeyError:
        return ""


def _own_name() -> str:
    """Return the name of this user; "" where the system knows none."""
    try:
        return getpwuid(os.getuid()).pw_name
    except KeyError:
        return ""
