"""What begins runs on this machine, as systemd and cron tell it: asked, and never told anything."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from importer.ops.schedule.nightly import marked

_LONGEST_S: Final = 2.0
_BY_HAND: Final = re.compile(r"\bimporter\b.*\brun\b")
_WHEN: Final = re.compile(r"\s*(@\w+|(?:\S+\s+){4}\S+)\s+(.*)")
_UNITS: Final = "importer-*.timer"
_OF_TIMERS: Final = "Id,ActiveState,UnitFileState,NextElapseUSecRealtime,LastTriggerUSec,Unit"
_OF_SERVICES: Final = "Id,Result,ExecMainStatus,ExecStart"
_DAEMONS: Final = frozenset({"cron", "crond", "fcron", "dcron", "cronie"})
_PROCESSES: Final = Path("/proc")
_LINGERING: Final = Path("/var/lib/systemd/linger")

Ask = Callable[[Sequence[str]], str]
"""Calls a program, and returns what it prints; "" where it fails, or is not there."""


@dataclass(frozen=True, slots=True)
class SeenTimer:
    """A timer of systemd, or a line of cron, that begins a run.

    Attributes:
        name: Of the schedule; "" of a line that somebody has written by hand.
        by: What begins it: `systemd`, `systemd --user` or `cron`.
        command: What it calls, as far as that is told.
        when: Of cron, when: its first fields.
        is_active: Whether systemd waits for its time.
        next_at: When it begins next, as systemd writes it; "" where nobody says it.
        last_at: When it began last, the same.
        result: How systemd calls the end of that, such as `success` or `exit-code`.
        status: The exit code of that; None where nobody says it.
    """

    name: str
    by: str
    command: str = ""
    when: str = ""
    is_active: bool = True
    next_at: str = ""
    last_at: str = ""
    result: str = ""
    status: int | None = None

    def is_of(self, profile: str) -> bool:
        """Return whether it is for a profile."""
        return self.name == profile or f"--profile {profile} " in f"{self.command} "


@dataclass(frozen=True, slots=True)
class TimerLook:
    """What was seen of what begins runs.

    Attributes:
        timers: All of them.
        is_cron_running: Whether there is a process that looks at crontabs; None where nobody knows.
        is_lingering: Whether the systemd of this user is there when the user is not.
    """

    timers: Sequence[SeenTimer]
    is_cron_running: bool | None
    is_lingering: bool


def timers_seen(user: str, ask: Ask | None = None) -> TimerLook:
    """Look at what begins runs; `user` is this user's name."""
    ask = ask or _asked
    timers = (*_of_systemd(ask, ()), *_of_systemd(ask, ("--user",)), *_of_cron(ask(("crontab", "-l"))))
    lingers = False
    with suppress(OSError):
        lingers = (_LINGERING / user).exists()
    return TimerLook(timers, _is_cron_running(), lingers)


def _asked(command: Sequence[str]) -> str:
    try:
        found = subprocess.run(  # noqa: S603 - no shell, and words of our own
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_LONGEST_S, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return found.stdout.decode("utf-8", "replace")


def _of_systemd(ask: Ask, whose: Sequence[str]) -> Iterator[SeenTimer]:
    systemctl = ("systemctl", *whose, "--no-pager", "--no-ask-password")
    files = ask((*systemctl, "list-unit-files", "--type=timer", "--no-legend", "--plain", _UNITS))
    names = [line.split()[0] for line in files.splitlines() if line.split()]
    if not names:
        return
    timers = list(_blocks(ask((*systemctl, "show", f"--property={_OF_TIMERS}", *names))))
    units = [timer.get("Unit", "") for timer in timers if timer.get("Unit")]
    told = ask((*systemctl, "show", f"--property={_OF_SERVICES}", *units)) if units else ""
    services = {block.get("Id", ""): block for block in _blocks(told)}
    for timer in timers:
        service = services.get(timer.get("Unit", ""), {})
        status = service.get("ExecMainStatus", "")
        yield SeenTimer(
            name=timer.get("Id", "").removeprefix("importer-").removesuffix(".timer"),
            by=" ".join(("systemd", *whose)),
            command=_argv(service.get("ExecStart", "")),
            is_active=timer.get("ActiveState") == "active",
            next_at=_time(timer.get("NextElapseUSecRealtime", "")),
            last_at=_time(timer.get("LastTriggerUSec", "")),
            result=service.get("Result", ""),
            status=int(status) if status.isdecimal() else None,
        )


def _blocks(text: str) -> Iterator[Mapping[str, str]]:
    """Yield what `systemctl show` says of each unit."""
    for block in text.split("\n\n"):
        lines = [line.partition("=") for line in block.splitlines() if "=" in line]
        if lines:
            yield {name: value for name, _, value in lines}


def _argv(told: str) -> str:
    """Return the words of a command, as `systemctl show` has them."""
    found = re.search(r"argv\[\]=(.*?) ; ignore_errors=", told)
    return found[1] if found else ""


def _time(text: str) -> str:
    return "" if text in ("n/a", "0") else text


def _of_cron(crontab: str) -> Iterator[SeenTimer]:
    """Yield the lines of a crontab that begin a run of the importer, marked or written by hand."""
    name = ""
    for line in crontab.splitlines():
        if (of_mark := marked(line.rstrip())) is not None:
            name = of_mark
            continue
        found = _WHEN.match(line)
        if found and not line.lstrip().startswith("#") and (name or _BY_HAND.search(found[2])):
            yield SeenTimer(name, "cron", _unquoted(found[2]), when=" ".join(found[1].split()))
        name = ""


def _unquoted(command: str) -> str:
    """Return the words of a command without their quotation marks."""
    with suppress(ValueError):
        return " ".join(shlex.split(command))
    return command


def _is_cron_running() -> bool | None:
    if not (_PROCESSES / "1" / "comm").is_file():  # what others run is not told here
        return None
    names = set()
    for path in _PROCESSES.glob("[0-9]*/comm"):
        with suppress(OSError):
            names.add(path.read_text("utf-8", "replace").strip())
    return bool(names & _DAEMONS)
