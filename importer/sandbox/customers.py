"""Customers in SQLite, in a file or in memory: the only SQL of the sandbox."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from importer.errors import SettingsError
from importer.sandbox.values import SentValues

Clock = Callable[[], int]
"""Microseconds since 1970."""

ANY_GROUP: Final = ""
"""The group of a customer that is known in every group."""

_APPLICATION_ID: Final = 0x49535831
"""Marks a file as a sandbox's own (https://sqlite.org/pragma.html#pragma_application_id)."""

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS customers (
    customer_id TEXT NOT NULL,
    group_id    TEXT NOT NULL,
    first_name  TEXT NOT NULL,
    last_name   TEXT NOT NULL,
    email       TEXT NOT NULL,
    created_us  INTEGER NOT NULL,
    updated_us  INTEGER NOT NULL,
    PRIMARY KEY (customer_id, group_id)
) WITHOUT ROWID
"""
_REGISTER: Final = "INSERT OR IGNORE INTO customers VALUES (?, ?, '', '', '', ?, ?)"
_FIND: Final = """
SELECT created_us, updated_us FROM customers
WHERE customer_id = ? AND group_id IN (?, '') ORDER BY group_id DESC LIMIT 1
"""
_PUT: Final = "INSERT OR REPLACE INTO customers VALUES (?, ?, ?, ?, ?, ?, ?)"

_BATCH: Final = 1_000


@dataclass(frozen=True, slots=True)
class Times:
    """When a customer was created and last updated, in microseconds since 1970."""

    created_us: int
    updated_us: int


class Store:
    """The customers of one sandbox; any thread may use it. Ids are expected in lower case.

    Args:
        path: The SQLite file, made where there is none, readable only by its owner; None: in memory.
        clock: Microseconds since 1970. It may jump: a customer's times still increase with every update.

    Raises:
        SettingsError: The file cannot be opened, or belongs to something else, which is left as it is.
    """

    def __init__(self, path: Path | None, *, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._database = _open_memory() if path is None else _open_file(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._database.close()

    def register(self, customers: Iterable[tuple[str, str]]) -> None:
        """Make customers known, as pairs of group (`ANY_GROUP`: all of them) and id; known ones stay as they are."""
        pairs = iter(customers)
        while batch := list(islice(pairs, _BATCH)):
            now = self._clock()
            with self._transaction() as database:
                database.executemany(_REGISTER, [(customer, group, now, now) for group, customer in batch])

    def knows(self, group_id: str, customer_id: str) -> bool:
        """Return whether the customer is known in this group."""
        with self._lock:
            return self._database.execute(_FIND, (customer_id, group_id)).fetchone() is not None

    def put(self, group_id: str, customer_id: str, values: SentValues) -> Times:
        """Replace a customer's values, creating the customer where there is none.

        Returns:
            The customer's times; each update's is later than the one before.
        """
        now = self._clock()
        with self._transaction() as database:
            created, last = database.execute(_FIND, (customer_id, group_id)).fetchone() or (now, now - 1)
            updated = max(now, last + 1)
            database.execute(
                _PUT,
                (customer_id, group_id, values.first_name, values.last_name, values.email, created, updated),
            )
        return Times(created, updated)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Give the database to one thread, and to one process, for a change that happens wholly or not at all."""
        with self._lock:
            self._database.execute("BEGIN IMMEDIATE")
            with self._database as database:
                yield database


def _open_memory() -> sqlite3.Connection:
    database = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    database.execute(_SCHEMA)
    return database


def _open_file(path: Path) -> sqlite3.Connection:
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    except OSError as error:
        raise _unusable(path, error.strerror or "it cannot be opened") from error
    try:
        _prepare(database, path)
    except sqlite3.Error as error:
        database.close()
        raise _unusable(path, str(error)) from error
    except SettingsError:
        database.close()
        raise
    return database


def _prepare(database: sqlite3.Connection, path: Path) -> None:
    """Take over an empty database or one of a sandbox's own; nothing is changed in any other."""
    (owner,) = database.execute("PRAGMA application_id").fetchone()
    (objects,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if owner != _APPLICATION_ID and (owner or objects):
        raise _unusable(path, "it belongs to something else")
    database.execute("PRAGMA journal_mode = WAL")
    # A sandbox's customers need not survive a power cut, and an fsync a request would make the sandbox the bottleneck.
    database.execute("PRAGMA synchronous = OFF")
    database.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
    database.execute(_SCHEMA)


def _unusable(path: Path, why: str) -> SettingsError:
    return SettingsError(
        f"The sandbox cannot use {path} as its database: {why}.",
        code="sandbox_database",
        hint="Name a file that does not exist yet, or one that an earlier sandbox made.",
    )
