"""A line for cron, and a crontab with it and without it: whatever else is there stays byte for byte."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from importer.errors import SettingsError
from importer.ops.schedule.nightly import ENV, Nightly, expect_no_variable, expect_plain, mark, marked

PATH: Final = "/usr/local/bin:/usr/bin:/bin"
"""Where commands are looked for; cron itself would look in the last two."""
_LONGEST_LINE: Final = 990
"""Debian's crontab takes commands of up to 998 bytes, as Paul Vixie's does."""
_OURS: Final = re.compile(rb"[0-9]+ [0-9]+ \* \* (?:\*|1-5) /usr/bin/env PATH=.* run .* --yes(?: .*)?\n?")


@dataclass(frozen=True, slots=True)
class CronEntry:
    """What the importer has written into a crontab.

    Attributes:
        name: Of the schedule.
        line: What stands below its mark, without the line's end.
        is_ours: Whether that is what the importer writes there.
    """

    name: str
    line: str
    is_ours: bool


def cron_line(nightly: Nightly) -> str:
    """Return the line that begins a run.

    Cron has a shell do it, of which little is known but that it takes single quotation marks; so `env` sets the
    variable.

    Raises:
        SettingsError: A word cannot be written in a crontab, or all of them are too long.
    """
    expect_no_variable(nightly.program[0])
    words = (ENV, f"PATH={PATH}", *nightly.command(*nightly.own_words))
    expect_plain(words)
    for word in words:
        if "\\" in word:
            raise SettingsError(
                f"{word} cannot stand in a crontab: what a backslash means there is not the same everywhere.",
                code="path_unusable",
                hint="Give the file or the folder another name, or have systemd begin the run, with --systemd.",
            )
    command = shlex.join(words).replace("%", "\\%")
    if len(command.encode()) > _LONGEST_LINE:
        raise SettingsError(
            f"The line for cron is longer than {_LONGEST_LINE} bytes, which cron does not take.",
            code="line_too_long",
            hint="Put options into a profile of the settings file, and name that with --profile.",
        )
    return f"{nightly.moment.fields} {command}"


def entries(crontab: bytes) -> Iterator[CronEntry]:
    """Yield what the importer has written into a crontab."""
    lines = _lines(crontab)
    for at, line in enumerate(lines):
        name = _marked(line)
        if name is not None:
            below = lines[at + 1] if at + 1 < len(lines) else b""
            yield CronEntry(name, below.decode("utf-8", "replace").rstrip("\n"), bool(_OURS.fullmatch(below)))


def with_entry(crontab: bytes, name: str, line: str) -> bytes:
    """Return a crontab with an entry, in the place of an older one of that name, or at its end.

    Raises:
        SettingsError: Somebody has changed the older one, so that nobody knows where it ends.
    """
    entry = f"{mark(name)}\n{line}\n".encode()
    before, after = _around(crontab, name) or (crontab, b"")
    if before and not before.endswith(b"\n"):
        before += b"\n"
    return before + entry + without_entry(after, name)


def without_entry(crontab: bytes, name: str) -> bytes:
    """Return a crontab without an entry.

    Raises:
        SettingsError: Somebody has changed it, so that nobody knows where it ends.
    """
    while around := _around(crontab, name):
        crontab = b"".join(around)
    return crontab


def _around(crontab: bytes, name: str) -> tuple[bytes, bytes] | None:
    """Return what stands before an entry and after it; None where there is none."""
    lines = _lines(crontab)
    at = next((at for at, line in enumerate(lines) if _marked(line) == name), None)
    if at is None:
        return None
    if at + 1 == len(lines) or not _OURS.fullmatch(lines[at + 1]):
        raise SettingsError(
            f"Below the line {mark(name)!r} of the crontab stands another line than the importer writes there.",
            code="crontab_changed",
            hint="Look at it with `crontab -e`, and remove both lines by hand, or only the first.",
        )
    return b"".join(lines[:at]), b"".join(lines[at + 2 :])


def _lines(crontab: bytes) -> list[bytes]:
    """Return the lines, each with its end, as cron sees them."""
    return re.findall(rb"[^\n]*\n|[^\n]+", crontab)


def _marked(line: bytes) -> str | None:
    return marked(line.decode("utf-8", "replace").rstrip("\n"))
