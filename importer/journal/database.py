"""The journal's file: opening it, its schema, and what goes wrong with it."""

from __future__ import annotations

import errno
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

from importer.errors import JournalError

BUSY_S: Final = 30.0
"""So long another process may hold the journal before that is an error."""
_RETRY_S: Final = 0.02
_READ_ROWS: Final = 1000
_OLDEST_SQLITE: Final = (3, 37, 0)
"""The first with STRICT tables."""

MIGRATIONS: Final = resources.files("importer.journal").joinpath("migrations")
"""The steps from an empty file to the newest schema: statements in numbered files."""

_ELSEWHERE: Final = "or name another state directory with --state."
_DAMAGED: Final = (
    "journal_damaged",
    f"Move the file away, but keep it (a new one is made, which does not know the runs before it), {_ELSEWHERE}",
)
_BUSY: Final = ("journal_busy", f"Another run is at work with it: wait until that has ended, {_ELSEWHERE}")
_UNUSABLE: Final = (
    "journal_unusable",
    f"See that the disk has room and that you may write there, {_ELSEWHERE}",
)
_KINDS: Final = {
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_BUSY: _BUSY,
}


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system raise into a `JournalError` that says where, and what to do."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        code, hint = _KINDS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, _UNUSABLE)
        raise JournalError(f"The journal {path} cannot be used: {reason}.", code=code, hint=hint) from error


def read(
    connection: sqlite3.Connection, path: Path, query: str, values: Mapping[str, object]
) -> Iterator[tuple[Any, ...]]:
    """Yield what a query finds, in flat memory; `path` is the journal's, for the message."""
    with explained(path):
        cursor = connection.execute(query, values)
        while rows := cursor.fetchmany(_READ_ROWS):
            yield from rows


@contextmanager
def atomic(connection: sqlite3.Connection) -> Iterator[None]:
    """Do everything in the block or nothing of it; after it, what was done is durable.

    A failed COMMIT leaves the transaction open: it is rolled back too, so that the connection stays usable.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def make_private(path: Path) -> None:
    """Make a file that its owner only can read, or make it so; what SQLite puts beside it gets the same mode.

    One that is there is not opened: to close it would give up the locks that this process may hold on it, and another
    process could take away the log to which this one is writing (sqlite.org/howtocorrupt.html, 2.2).
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR)) from None
        path.chmod(0o600)
        return
    try:
        os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)


def connect(path: Path) -> sqlite3.Connection:
    """Open a SQLite file, readable by its owner only, in which a commit is durable when it returns."""
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise JournalError(
            f"SQLite {sqlite3.sqlite_version} is too old for the journal.",
            code="sqlite_too_old",
            hint=f"Use a Python with SQLite {'.'.join(map(str, _OLDEST_SQLITE))} or newer.",
        )
    make_private(path)
    connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
    try:
        _expect_own(connection, path)
        _write_ahead(connection)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _expect_own(connection: sqlite3.Connection, path: Path) -> None:
    """Raise `JournalError` where the file is another application's database, before anything of it is changed."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if (version > 0 or tables) and "runs" not in tables:
        raise JournalError(
            f"The file {path} is the database of another application.",
            code="journal_foreign",
            hint=f"Move it away, {_ELSEWHERE}",
        )


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch a database to write-ahead logging, as long as another process is doing the same a little later.

    SQLite does not wait by itself here: two that both read before they switch would wait for each other.
    """
    given_up_at = time.monotonic() + BUSY_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= given_up_at:
                raise
            time.sleep(_RETRY_S)
        else:
            return


def migrate(connection: sqlite3.Connection, path: Path, migrations: Traversable = MIGRATIONS) -> None:
    """Bring the schema up to date, one numbered file of statements after the other, all of them or none.

    Args:
        connection: To the journal.
        path: The journal's, for the message.
        migrations: The folder of the statements.

    Raises:
        JournalError: A newer version of the importer has written the journal.
        sqlite3.Error: A statement failed; the journal is as it was.
    """
    scripts = sorted(
        (entry for entry in migrations.iterdir() if entry.name.endswith(".sql")), key=lambda entry: entry.name
    )
    with atomic(connection):
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > len(scripts):
            raise JournalError(
                f"The journal {path} was written by a newer version of the importer.",
                code="journal_too_new",
                hint=f"Use that version, {_ELSEWHERE}",
            )
        for number, script in enumerate(scripts[version:], start=version + 1):
            for statement in _statements(script.read_text("utf-8")):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")


def _statements(script: str) -> Iterator[str]:
    """Yield the statements of a script: `executescript` would end the transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement  # without its semicolon; what is no statement is SQLite's to refuse
