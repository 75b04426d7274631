"""The values that a run sends: a SQLite file of their own, open beside the journal under the name `sent_values`."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from importer.errors import JournalError
from importer.journal.database import make_private
from importer.journal.private.kept_values import TABLES
from importer.journal.settling import ROWS_WITHOUT_VALUES

_DAMAGE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def attach(connection: sqlite3.Connection, path: Path, undo: ExitStack) -> None:
    """Open the file, which is made where there is none; what a killed process has left in its log is taken in.

    Raises:
        sqlite3.Error: It cannot be opened. `undo` closes it again.
    """
    make_private(path)
    connection.execute("ATTACH CAST(? AS TEXT) AS sent_values", (os.fsencode(path),))
    undo.callback(connection.execute, "DETACH sent_values")
    connection.execute("PRAGMA sent_values.journal_mode = WAL")
    connection.execute("PRAGMA sent_values.synchronous = FULL")
    for table in TABLES:
        connection.execute(f"CREATE TABLE IF NOT EXISTS sent_values.{table}")


def attach_again(connection: sqlite3.Connection, path: Path, undo: ExitStack, *, run_id: str) -> None:
    """Open the file of a run that is resumed.

    Raises:
        JournalError: It is damaged.
        sqlite3.Error: It cannot be opened. `undo` closes it again.
    """
    with _named(path, run_id):
        attach(connection, path, undo)
        (check_result,) = connection.execute("PRAGMA sent_values.quick_check(1)").fetchone()
    if check_result != "ok":
        raise _damaged(path, run_id)


def expect_values(connection: sqlite3.Connection, number: int, path: Path, *, run_id: str) -> None:
    """Raise `JournalError` where a row that waits to be sent has no values."""
    if connection.execute(ROWS_WITHOUT_VALUES, {"run": number}).fetchone():
        raise _damaged(path, run_id)


@contextmanager
def _named(path: Path, run_id: str) -> Iterator[None]:
    """Say of damage that it is in this file: the journal itself must not be moved away for it."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _DAMAGE:
            raise
        raise _damaged(path, run_id) from error


def _damaged(path: Path, run_id: str) -> JournalError:
    return JournalError(
        f"Run {run_id} cannot be resumed: the values that it was to send, in {path}, are damaged.",
        code="journal_damaged",
        hint=f"Send its rows again from the source: importer forget {run_id} && importer retry {run_id}",
    )
