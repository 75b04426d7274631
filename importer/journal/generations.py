"""How far the journal has come, as a number that only grows, and where something of it was lost.

What it was at some time is told outside of the state directory. Where more is known there than here, the journal is an
older state of itself, and later runs, or the rest of earlier ones, are not in it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from importer.journal.database import atomic, explained, read

NOTE_BACKUP: Final = (
    "INSERT INTO gaps SELECT coalesce(max(number), 0), :now FROM runs WHERE true"
    " ON CONFLICT (after_run) DO UPDATE SET noticed_at = excluded.noticed_at"
)
"""In a copy of the journal: what comes after it is not in it, whenever it is put back."""
_LOST_SINCE: Final = (
    "SELECT EXISTS (SELECT 1 FROM gaps JOIN runs ON runs.number = :run"
    " WHERE gaps.after_run >= coalesce(runs.root, runs.number))"
)


@dataclass(frozen=True, slots=True)
class Generations:
    """The generations of a journal.

    Attributes:
        name: Tells this journal, in all its states, from others.

    Raises:
        JournalError: From every method, where the journal cannot be read or written.
        LockedError: A process that is stopped holds it.
    """

    connection: sqlite3.Connection
    path: Path
    name: str

    def as_text(self, generation: int) -> str:
        """Return what is told elsewhere of a generation of this journal."""
        return f"{self.name} {generation}"

    def told(self, text: str) -> int:
        """Return the generation that such a text tells of; 0 where it tells of another journal, or of nothing."""
        match text.split():
            case [self.name, number] if number.isdecimal():
                return int(number)
        return 0

    def current(self) -> int:
        """Return the generation: 0 before anything was sent."""
        return int(next(read(self.connection, self.path, "SELECT generation FROM progress", {}))[0])

    def folders(self) -> Sequence[Path]:
        """Return the folders of reports of all runs: it may be told beside each of them."""
        query = "SELECT DISTINCT coalesce(folders, json_array(output)) FROM runs"
        listed = read(self.connection, self.path, query, {})
        return [Path(folder) for (folders,) in listed for folder in json.loads(folders)]

    def advance(self) -> int:
        """Count one further, durably, and return the generation."""
        with explained(self.path), atomic(self.connection):
            self.connection.execute("UPDATE progress SET generation = generation + 1")
            return self.current()

    def is_lost_after(self, when: str) -> bool:
        """Return whether it was noticed at a time (RFC 3339), or later, that something was lost."""
        query = "SELECT EXISTS (SELECT 1 FROM gaps WHERE noticed_at >= :when)"
        return bool(next(read(self.connection, self.path, query, {"when": when}))[0])

    def catch_up(self, known: int, *, now: str) -> None:
        """Note that something was lost, if a higher generation is known elsewhere; from then on, it is this one's too.

        All runs that there are were begun before the loss.

        Args:
            known: That generation.
            now: The time, RFC 3339.
        """
        if known <= self.current():
            return
        with explained(self.path), atomic(self.connection):
            self.catch_up_with_run(known, before=None, now=now)

    def catch_up_with_run(self, known: int, *, before: int | None, now: str) -> None:
        """Do the same in the transaction in which a run begins: nobody else can have noticed it between the two.

        Args:
            known: That generation.
            before: The number of the run, the first that was begun after the loss; None for no run.
            now: The time, RFC 3339.
        """
        if known <= self.current():
            return
        self.connection.execute(
            "INSERT INTO gaps SELECT coalesce(max(number), 0), :now FROM runs"
            " WHERE number < coalesce(:before, number + 1)"
            " ON CONFLICT (after_run) DO UPDATE SET noticed_at = excluded.noticed_at",
            {"before": before, "now": now},
        )
        self.connection.execute("UPDATE progress SET generation = ?", (known,))

    def is_lost_since(self, number: int) -> bool:
        """Return whether something was lost since a run began, or since the first one did that it goes back to."""
        return bool(next(read(self.connection, self.path, _LOST_SINCE, {"run": number}))[0])

    def is_lost_before(self, number: int) -> bool:
        """Return whether something was lost between a run and the one before it that is known."""
        query = "SELECT EXISTS (SELECT 1 FROM gaps WHERE after_run = :run - 1)"
        return bool(next(read(self.connection, self.path, query, {"run": number}))[0])
