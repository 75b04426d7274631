"""Groups, accounts and base URLs, which many rows share: the journal has each once, and rows have its number."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from importer.journal.database import atomic, explained


def name_of(column: str) -> str:
    """Return SQL for the name whose number is in a column."""
    return f"(SELECT name FROM names WHERE names.number = {column})"


_NUMBER: Final = "SELECT number FROM names WHERE name = ?"


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one journal.

    Raises:
        JournalError: From every method, where the journal cannot be read or written.
    """

    connection: sqlite3.Connection
    path: Path
    _known: dict[str, int] = field(default_factory=dict)

    def note(self, names: Iterable[str]) -> None:
        """Give a number to those that have none, in a transaction of its own: no later one takes it back."""
        new = [name for name in names if self._read(name) is None]
        if new:
            with explained(self.path), atomic(self.connection):
                self.connection.executemany("INSERT OR IGNORE INTO names (name) VALUES (?)", ((name,) for name in new))

    def number(self, name: str) -> int:
        """Return the number of a name; 0, which no name has, where it was never noted."""
        return self._read(name) or 0

    def _read(self, name: str) -> int | None:
        number = self._known.get(name)
        if number is None:
            with explained(self.path):
                found = self.connection.execute(_NUMBER, (name,)).fetchone()
            if found is not None:
                (number,) = found
                self._known[name] = found[0]
        return number
