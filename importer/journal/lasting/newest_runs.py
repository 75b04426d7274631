"""The newest runs of a journal that is looked at only: it is not made, not migrated, and nothing is left beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from importer.errors import JournalError
from importer.journal import FILE_NAME
from importer.journal.database import BUSY_S, KNOWN_STEPS, explained
from importer.journal.lasting.untouched import LogAloneError, untouched
from importer.journal.past import past_runs
from importer.model.run import PastRun

_NEWEST: Final = (
    "SELECT max(number) FROM runs WHERE agreed OR exit_code IS NOT NULL"
    " GROUP BY json_extract(settings, '$.profile'), mode, coalesce(json_extract(asked, '$.sandbox'), 0)"
)
"""A run that nobody has agreed to, and whose process died, is none."""
_SINCE: Final = (
    "SELECT number FROM runs WHERE (agreed OR exit_code IS NOT NULL) AND (exit_code IS NULL"
    " OR max(started_at, coalesce(finished_at, '')) >= :since)"
)
"""Whether one without an exit code is at work, its lock says."""
_OLDEST_FILE: Final = 1
"""The schema of a file in which nobody has made a journal yet."""


def newest_runs(folder: Path, since: str | None = None) -> Sequence[PastRun]:
    """Return the newest run of each profile, mode and kind of place (the embedded API, or not), the newest first.

    Args:
        folder: The state directory; where there is no journal, there are no runs.
        since: And all that were begun, or came to an end, at that time (RFC 3339) or later, or are at work.

    Raises:
        JournalError: The journal cannot be read, or is of another version.
    """

    def found(connection: sqlite3.Connection) -> Sequence[PastRun]:
        newest = {number for (number,) in connection.execute(_NEWEST)}
        later = set() if since is None else {number for (number,) in connection.execute(_SINCE, {"since": since})}
        return past_runs(connection, folder, numbers=newest | later)

    path = folder.absolute() / FILE_NAME
    with explained(path):
        return _looked_at(path, found) if path.exists() else ()


def _looked_at(path: Path, look: Callable[[sqlite3.Connection], Sequence[PastRun]]) -> Sequence[PastRun]:
    def found(connection: sqlite3.Connection) -> Sequence[PastRun]:
        connection.execute("BEGIN")  # all is of one moment
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == KNOWN_STEPS:
            return look(connection)
        if version < _OLDEST_FILE:
            return ()
        raise _of_another_version(path, is_newer=version > KNOWN_STEPS)

    try:
        return untouched(path, found, patience_s=BUSY_S)
    except LogAloneError as error:
        raise JournalError(
            f"The journal {path} has a log without its index, as after a power cut: to read it would change it.",
            code="journal_log_alone",
            hint="The next run takes the log in, and so does `importer history`.",
        ) from error


def _of_another_version(path: Path, *, is_newer: bool) -> JournalError:
    if is_newer:
        return JournalError(
            f"The journal {path} was written by a newer version of the importer.",
            code="journal_too_new",
            hint="Use that version.",
        )
    return JournalError(
        f"The journal {path} is as an older version of the importer has left it.",
        code="journal_too_old",
        hint="The next run brings it up to date, and so does `importer history`.",
    )
