"""The journal's file: opening it, its schema, who may write to it when, and what goes wrong with it."""

from __future__ import annotations

import errno
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

from importer.errors import JournalError, LockedError
from importer.journal.packed.digests_of_rows import packed_digests
from importer.journal.packed.ids_and_times import packed_id, packed_time
from importer.lock import holders
from importer.processes import is_stopped, way_on, writers

BUSY_S: Final = 30.0
"""So long another process may hold the journal before that is an error."""
LOOK_S: Final = 2.0
"""After so long it is looked who holds it: nobody waits for a process that is stopped."""
JOURNAL_HELD: Final = "journal_held"
"""The code of the error that says that a process which is stopped holds it."""
_RETRY_S: Final = 0.02
_LOOK_AGAIN_S: Final = 0.25
_READ_ROWS: Final = 1000
_OF_WRITING: Final = (120, 128)
"""On these bytes of SQLite's shared memory, writing is locked, and making that memory (sqlite.org/walformat.html)."""
OLDEST_SQLITE: Final = (3, 37, 0)
"""The first with STRICT tables."""

MIGRATIONS: Final = resources.files("importer.journal").joinpath("migrations")
"""The steps from an empty file to the newest schema: statements in numbered files."""
KNOWN_STEPS: Final = sum(entry.name.endswith(".sql") for entry in MIGRATIONS.iterdir())
"""How many steps of the schema this version knows."""

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
    """Turn what SQLite and the file system raise into a `JournalError` that says where, and what to do.

    Raises:
        LockedError: A process that is stopped holds the journal; the message names it.
    """
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        stopped = stopped_writer(path) if _is_busy(error) else None
        raise stopped or _unusable(path, error) from error


def _unusable(path: Path, error: Exception) -> JournalError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    code, hint = _KINDS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, _UNUSABLE)
    return JournalError(f"The journal {path} cannot be used: {reason}.", code=code, hint=hint)


def _is_busy(error: Exception) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


def stopped_writer(path: Path) -> LockedError | None:
    """Return what to say of a process that is stopped and holds a journal; None where it is another one, or none.

    Linux tells who holds it: for sure as long as this process has a connection to it that has read, which is a lock
    too. Elsewhere it is whoever says to be at work with a run and is stopped: runs are what writes.
    """
    cards = {holder.pid: holder for holder in holders(path.parent)}
    of_file, of_memory = writers(path), writers(path.with_name(f"{path.name}-shm"), _OF_WRITING)
    nobody_tells = of_file is None and of_memory is None
    pids = set(cards) if nobody_tells else {*(of_file or ()), *(of_memory or ())}
    pid = next((pid for pid in sorted(pids) if is_stopped(pid)), None)
    if pid is None:
        return None
    who = cards.get(pid) or f"process {pid}, which is stopped"
    return LockedError(f"The journal {path} is held by {who}.", code=JOURNAL_HELD, hint=way_on(pid))


def read(
    connection: sqlite3.Connection, path: Path, query: str, values: Mapping[str, object]
) -> Iterator[tuple[Any, ...]]:
    """Yield what a query finds, in flat memory; `path` is the journal's, for the message."""
    for rows in read_many(connection, path, query, values):
        yield from rows


def read_many(
    connection: sqlite3.Connection, path: Path, query: str, values: Mapping[str, object]
) -> Iterator[list[tuple[Any, ...]]]:
    """Yield what a query finds, a thousand at a time; `path` is the journal's, for the message."""
    with explained(path):
        cursor = connection.execute(query, values)
        while rows := cursor.fetchmany(_READ_ROWS):
            yield rows


@contextmanager
def atomic(connection: sqlite3.Connection, *, patient: bool = False) -> Iterator[None]:
    """Do everything in the block or nothing of it; after it, what was done is durable.

    Nobody else can write meanwhile, so nothing in the block may wait for anything: no network, no screen, no lock, no
    other file. A failed COMMIT leaves the transaction open: it is rolled back too, so that the connection stays usable.

    Args:
        connection: To the journal.
        patient: Wait for a process that is stopped, too, as for any other.
    """
    with _uninterrupted():
        _begin(connection, patient=patient)
        with _committed(connection):
            yield


@dataclass(slots=True)
class _Transactions:
    """Those of this process: how many it is in, and what is to be done as soon as it is in none."""

    open: int = 0
    then: list[Callable[[], object]] = field(default_factory=list)


_TRANSACTIONS: Final = _Transactions()


def outside_transactions(act: Callable[[], object]) -> None:
    """Do something now, or once, as soon as this process keeps nobody else from writing to a journal.

    For the handler of a signal, which may come at any time, and several times: there is one process to stop.
    """
    if not _TRANSACTIONS.open:
        act()
    elif act not in _TRANSACTIONS.then:
        _TRANSACTIONS.then.append(act)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    _TRANSACTIONS.open += 1
    try:
        yield
    finally:
        _TRANSACTIONS.open -= 1
        while not _TRANSACTIONS.open and _TRANSACTIONS.then:
            _TRANSACTIONS.then.pop(0)()


@contextmanager
def aside(connection: sqlite3.Connection) -> Iterator[None]:
    """Do everything in the block or nothing of it, where that is about other tables than the journal's own.

    Those are the temporary ones and the values to be sent: they are nobody else's, so nobody has to wait.
    """
    connection.execute("BEGIN")
    with _committed(connection):
        yield


@contextmanager
def _committed(connection: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _begin(connection: sqlite3.Connection, *, patient: bool) -> None:
    _set_timeout(connection, _LOOK_AGAIN_S)
    try:
        _as_soon_as_it_is_free(connection, lambda: connection.execute("BEGIN IMMEDIATE"), patient=patient)
    finally:
        _set_timeout(connection, BUSY_S)


def _set_timeout(connection: sqlite3.Connection, seconds: float) -> None:
    connection.execute(f"PRAGMA busy_timeout = {seconds * 1000:.0f}")


def _as_soon_as_it_is_free(
    connection: sqlite3.Connection, step: Callable[[], object], *, patient: bool = False
) -> None:
    """Take a step again as long as another process keeps it from being taken, and is at work itself.

    Raises:
        LockedError: It is stopped.
        JournalError: It is in the way for too long.
        sqlite3.Error: Whatever else the step raises.
    """
    begun = time.monotonic()
    while True:
        try:
            step()
        except sqlite3.OperationalError as error:
            waited_s = time.monotonic() - begun
            is_over = waited_s >= BUSY_S
            if not _is_busy(error):
                raise
            if is_over or (waited_s >= LOOK_S and not patient):
                path = _path_of(connection)  # whose locks say more while there is a connection
                stopped = stopped_writer(path)
                if is_over or stopped is not None:
                    raise stopped or _unusable(path, error) from error
            time.sleep(_RETRY_S if waited_s < LOOK_S else _LOOK_AGAIN_S)
        else:
            return


def _path_of(connection: sqlite3.Connection) -> Path:
    _, _, path = connection.execute("PRAGMA database_list").fetchone()
    return Path(path)


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
    """Open a SQLite file, readable by its owner only, in which a commit is durable when it returns.

    Where the file is there and is a journal, that takes no lock for writing: whoever only reads waits for nobody.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise JournalError(
            f"SQLite {sqlite3.sqlite_version} is too old for the journal.",
            code="sqlite_too_old",
            hint=f"Use a Python with SQLite {'.'.join(map(str, OLDEST_SQLITE))} or newer.",
        )
    make_private(path)
    connection = sqlite3.connect(path, timeout=_LOOK_AGAIN_S, isolation_level=None)
    try:
        _as_soon_as_it_is_free(connection, lambda: _expect_own(connection, path))
        # SQLite does not wait by itself here: two that both read before they switch would wait for each other.
        _as_soon_as_it_is_free(connection, lambda: connection.execute("PRAGMA journal_mode = WAL"))
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        _set_timeout(connection, BUSY_S)
    except BaseException:
        connection.close()
        raise
    return connection


def _expect_own(connection: sqlite3.Connection, path: Path) -> None:
    """Raise `JournalError` where the file is another application's database, before anything of it is changed."""
    version = _version(connection)
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if (version > 0 or tables) and "runs" not in tables:
        raise JournalError(
            f"The file {path} is the database of another application.",
            code="journal_foreign",
            hint=f"Move it away, {_ELSEWHERE}",
        )


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def unheard(path: Path, rows: int) -> None:
    """Take in that the journal at a path, of about so many rows, is brought up to date now; nobody is told."""


def migrate(
    connection: sqlite3.Connection,
    path: Path,
    migrations: Traversable = MIGRATIONS,
    *,
    begins: Callable[[Path, int], None] = unheard,
) -> None:
    """Bring the schema up to date, one numbered file of statements after the other, all of them or none.

    One that is up to date is not locked for that.

    Args:
        connection: To the journal.
        path: The journal's, for the message.
        migrations: The folder of the statements.
        begins: Is told before a journal of an older version is changed, which may take a while.

    Raises:
        JournalError: A newer version of the importer has written the journal.
        sqlite3.Error: A statement failed; the journal is as it was.
    """
    scripts = sorted(
        (entry for entry in migrations.iterdir() if entry.name.endswith(".sql")), key=lambda entry: entry.name
    )
    taken = _steps_taken(connection, path, len(scripts))
    if taken == len(scripts):
        return
    if taken:
        begins(path, _rows_of_runs(connection))
    steps = [list(_statements(script.read_text("utf-8"))) for script in scripts]
    connection.create_function("packed_id", 1, lambda text: text and packed_id(text), deterministic=True)
    connection.create_function("packed_digests", -1, packed_digests, deterministic=True)
    connection.create_function("packed_time", 1, packed_time, deterministic=True)
    with atomic(connection):
        # Another process may have taken some of them meanwhile, or all.
        taken = _steps_taken(connection, path, len(scripts))
        for number, statements in enumerate(steps[taken:], start=taken + 1):
            for statement in statements:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")


def _rows_of_runs(connection: sqlite3.Connection) -> int:
    """Return how many rows all runs have had, which does not take a look at each; those that were let go count too."""
    try:
        return int(connection.execute("SELECT coalesce(sum(source_rows), 0) FROM runs").fetchone()[0])
    except sqlite3.OperationalError:  # whatever is wrong is told by the first step
        return 0


def _steps_taken(connection: sqlite3.Connection, path: Path, known: int) -> int:
    version = _version(connection)
    if version > known:
        raise JournalError(
            f"The journal {path} was written by a newer version of the importer.",
            code="journal_too_new",
            hint=f"Use that version, {_ELSEWHERE}",
        )
    return version


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
