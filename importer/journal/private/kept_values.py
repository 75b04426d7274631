"""What of a run's values is kept when it has ended, and what the API answered instead: a SQLite file in its folder."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from importer.disk import sync_folder
from importer.journal.database import make_private

Values = tuple[str | None, str | None, str | None]
"""First name, last name, e-mail."""

TABLES: Final = tuple(
    f"{table} (row INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, email TEXT) STRICT"
    for table in ("updates", "answers")
)
"""What is sent of each row; and what the API holds of rows that are a mismatch, null where that is what was sent."""
_INSERT: Final = "INSERT INTO {} (row, first_name, last_name, email) VALUES (?, ?, ?, ?)"
_READ: Final = "SELECT row, first_name, last_name, email FROM {} ORDER BY row"
_BUSY_S: Final = 1.0
"""Somebody reads it for a moment; who waits longer erases another time."""


@dataclass(frozen=True, slots=True)
class KeptValues:
    """The file of one run. What is erased in it is overwritten.

    Raises:
        sqlite3.Error, OSError: From every method, where it cannot be read or written.
    """

    path: Path

    def write(self, updates: Iterable[Sequence[object]], answers: Iterable[Sequence[object]]) -> None:
        """Make the file, whole and durable, or not at all; an older one is replaced.

        Args:
            updates: Row, first name, last name and e-mail of each row, as they were sent or to be sent.
            answers: The same of what the API answered; None for a value that is the one that was sent.
        """
        draft = self._draft
        draft.unlink(missing_ok=True)
        make_private(draft)
        with closing(sqlite3.connect(draft, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = OFF")  # what fails is thrown away
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("BEGIN")
            for table in TABLES:
                connection.execute(f"CREATE TABLE {table}")
            connection.executemany(_INSERT.format("updates"), updates)
            connection.executemany(_INSERT.format("answers"), answers)
            connection.execute("COMMIT")
        draft.replace(self.path)
        sync_folder(self.path.parent)

    @property
    def _draft(self) -> Path:
        return self.path.with_name(f"{self.path.name}.draft")

    def files(self) -> Collection[Path]:
        """Return the file and what SQLite may have put beside it, there or not."""
        return [self.path, self.path.with_name(f"{self.path.name}-journal")]

    def updates(self) -> Iterator[tuple[int, Values]]:
        """Yield the values of each row that is kept, in row order.

        Raises:
            sqlite3.DatabaseError: It is damaged.
        """
        return self._read("updates")

    def answers(self) -> Iterator[tuple[int, Values]]:
        """Yield what the API answered of each row that is kept and a mismatch; None for what was sent.

        Raises:
            sqlite3.DatabaseError: It is damaged.
        """
        return self._read("answers")

    def erase(self, rows: Iterable[int]) -> None:
        """Erase what is kept of rows, and the file with the last of them."""
        if not self.path.exists():
            return
        with self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            for table in ("answers", "updates"):
                connection.executemany(f"DELETE FROM {table} WHERE row = ?", ((row,) for row in rows))
            connection.execute("COMMIT")
            (is_empty,) = connection.execute("SELECT NOT EXISTS (SELECT 1 FROM updates)").fetchone()
        if is_empty:
            self.remove()

    def remove(self) -> None:
        """Erase the file, if it is there."""
        for file in self.files():
            file.unlink(missing_ok=True)

    def _read(self, table: str) -> Iterator[tuple[int, Values]]:
        with self._opened() as connection:
            (check_result,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if check_result != "ok":
                raise sqlite3.DatabaseError(check_result)
            for row, *values in connection.execute(_READ.format(table)):
                yield row, tuple(values)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        if not self.path.exists():  # SQLite would make an empty one
            raise FileNotFoundError(self.path)
        with closing(sqlite3.connect(self.path, timeout=_BUSY_S, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")
            yield connection
