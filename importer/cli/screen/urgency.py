"""How urgent a line is, told to systemd's journal where standard error goes there, and nowhere else.

A line that begins with a number in angle brackets has that priority there (sd-daemon(3)), and systemd says in a
variable whether a stream is the journal's (systemd.exec(5), `$JOURNAL_STREAM`).
"""

from __future__ import annotations

import os
from enum import IntEnum
from typing import Final, TextIO

_VARIABLE: Final = "JOURNAL_STREAM"


class Urgency(IntEnum):
    """The priorities of syslog that are used."""

    ERROR = 3
    WARNING = 4
    INFO = 6


_BEGINNINGS: Final = {"Error:": Urgency.ERROR, "Warning:": Urgency.WARNING}


def urgency_of(text: str) -> Urgency:
    """Return how urgent a text is, by its first word.

    Example: `urgency_of("Warning: others can read it.")` is `Urgency.WARNING`.
    """
    return _BEGINNINGS.get(text.partition(" ")[0], Urgency.INFO)


def marked(text: str, urgency: Urgency) -> str:
    r"""Return a text for the journal, each line of which is an entry of its own there.

    Example: `marked("one\ntwo", Urgency.ERROR)` is `"<3>one\n<3>two"`.
    """
    return "\n".join(f"<{urgency.value}>{line}" for line in text.split("\n"))


def is_journal(stream: TextIO) -> bool:
    """Return whether what is written to a stream comes into the journal, and from nobody else's pipe."""
    named = os.environ.get(_VARIABLE)
    if not named:
        return False
    try:
        status = os.fstat(stream.fileno())
    except (OSError, ValueError):  # it is closed, or no file at all
        return False
    return named == f"{status.st_dev}:{status.st_ino}"
