"""A look into a journal that changes nothing: it is not made, not migrated, and nothing is left beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import quote

from importer.errors import JournalError
from importer.journal import FILE_NAME
from importer.journal.database import MIGRATIONS, explained
from importer.journal.past import past_runs
from importer.model.run import PastRun

FoundT = TypeVar("FoundT")

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

    return _looked_at(folder / FILE_NAME, found) or ()


def _looked_at(path: Path, look: Callable[[sqlite3.Connection], FoundT]) -> FoundT | None:
    """Return what is found in a journal; None where there is none."""
    log = path.with_name(f"{path.name}-wal")
    with explained(path):
        if not path.exists():
            return None
        if not log.exists():
            # Nobody is at it: nothing beside the file is needed, nor made. Whoever comes meanwhile begins a log.
            try:
                found = _found(path, look, "mode=ro&immutable=1")
            except sqlite3.Error:
                if not log.exists():
                    raise
            else:
                if not log.exists():
                    return found
        return _found(path, look, "mode=ro")


def _found(path: Path, look: Callable[[sqlite3.Connection], FoundT], how: str) -> FoundT | None:
    with _opened(path, how) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        newest = sum(entry.name.endswith(".sql") for entry in MIGRATIONS.iterdir())
        if version == newest:
            connection.execute("BEGIN")  # all is of one moment
            return look(connection)
        if version < _OLDEST_FILE:
            return None
        raise _of_another_version(path, is_newer=version > newest)


@contextmanager
def _opened(path: Path, how: str) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{quote(str(path))}?{how}", uri=True, isolation_level=None)) as connection:
        yield connection


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
