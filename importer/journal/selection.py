"""Which of a run's checked rows are to be sent, and which another row, another run or the order lets go."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from importer.journal.confirmations import COUNT_CHANGES, counted_changes
from importer.journal.database import aside, atomic, explained, read
from importer.journal.packed.numbered_names import name_of
from importer.journal.packed.twins import AMONG_TWINS, NO_TWINS, Keys, twins
from importer.journal.settling import PASSED, SENT_LATER, SUPERSEDE, TAKE_UP, TO_BE_SENT
from importer.model.rows import Issue
from importer.model.run import Changes
from importer.model.statuses import Status

_SENT_NOW: Final = f"{TO_BE_SENT} AND rests_on IS NULL"
"""In a run that only says what would be, rows that rest on a confirmation wait as if they were to be sent."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows of one run that are to be sent. Every method that writes is one durable transaction.

    Attributes:
        keys: Of all of its rows, where this process has taken them in; else of none.

    Raises:
        JournalError: From every method, where the journal cannot be read or written.
    """

    connection: sqlite3.Connection
    path: Path
    number: int
    keys: Keys = field(default_factory=Keys)

    def repeated(self) -> Iterator[Sequence[tuple[int, bytes]]]:
        """Yield, for each customer with several rows that may be sent, these in order, each with its change's digest.

        Those that rest already are among them.
        """
        found = twins(self.keys.rows, self.keys.customers)
        if found == NO_TWINS:
            return
        query = (
            "SELECT group_number, customer, row, digests, account_number FROM rows"
            f" WHERE {PASSED} AND {AMONG_TWINS} ORDER BY group_number, customer, row"
        )
        rows = read(self.connection, self.path, query, {"run": self.number, "twins": found})
        for _, of_customer in groupby(rows, key=itemgetter(0, 1)):
            changes = [(row, digests + account.to_bytes(8)) for _, _, row, digests, account in of_customer]
            if len(changes) > 1:
                yield changes

    def resolve(self, decisions: Iterable[Issue | tuple[int, int]]) -> None:
        """Take in what follows from repeated customers: an issue of a row, or (row, the earlier row it repeats).

        Rows that rest already rest no more: the earlier row may. `decisions` may still be reading `repeated`.
        """
        with explained(self.path), aside(self.connection):
            self.connection.execute(
                'CREATE TEMP TABLE decided (row INTEGER PRIMARY KEY, repeats, code, message, "column")'
            )
            insert = "INSERT INTO temp.decided VALUES (?, ?, ?, ?, ?)"
            if self.connection.executemany(insert, map(_decided, decisions)).rowcount <= 0:
                self.connection.execute("DROP TABLE temp.decided")
                return
        with explained(self.path), atomic(self.connection):
            self.connection.execute(
                "UPDATE rows SET repeats = decided.repeats, phase = 0, status = NULL, updated_at = '', rests_on = NULL"
                " FROM temp.decided"
                " WHERE run = ? AND rows.row = decided.row AND decided.repeats IS NOT NULL",
                (self.number,),
            )
            self.connection.execute(
                "UPDATE rows SET phase = 2, status = ?, code = decided.code, message = decided.message,"
                " updated_at = '', rests_on = NULL"
                " FROM temp.decided WHERE run = ? AND rows.row = decided.row AND decided.repeats IS NULL",
                (Status.INVALID, self.number),
            )
            self.connection.execute(
                'INSERT INTO findings (run, row, place, warning, code, "column", message) SELECT :run, row,'
                ' (SELECT count(*) FROM findings WHERE run = :run AND findings.row = decided.row), 0, code, "column",'
                " '' FROM temp.decided WHERE repeats IS NULL",
                {"run": self.number},
            )
            self.connection.execute("DROP TABLE temp.decided")

    def only(self, chosen: Iterable[tuple[int, bool]]) -> None:
        """Let go of all rows but the chosen ones, each with whether it may have been applied by the run it retries.

        For a retry, after every row was added and before repeats are resolved.
        """
        with explained(self.path), aside(self.connection):
            self.connection.execute("CREATE TEMP TABLE chosen (row INTEGER PRIMARY KEY, maybe)")
            self.connection.executemany("INSERT INTO temp.chosen VALUES (?, ?)", chosen)
            self.connection.execute("DELETE FROM sent_values.updates WHERE row NOT IN (SELECT row FROM temp.chosen)")
        with explained(self.path), atomic(self.connection):
            self.connection.execute(
                "DELETE FROM rows WHERE run = ? AND row NOT IN (SELECT row FROM temp.chosen)", (self.number,)
            )
            self.connection.execute(
                "DELETE FROM findings WHERE run = ? AND row NOT IN (SELECT row FROM temp.chosen)", (self.number,)
            )
            self.connection.execute(
                "DELETE FROM origins WHERE run = ? AND row NOT IN (SELECT row FROM temp.chosen)", (self.number,)
            )
            self.connection.execute(
                "UPDATE rows SET maybe = chosen.maybe FROM temp.chosen WHERE run = ? AND rows.row = chosen.row",
                (self.number,),
            )
            self.connection.execute("DROP TABLE temp.chosen")

    def supersede(self) -> int:
        """Let rows end whose customer a later run has sent to, at the same base URL, and return how many.

        A PUT may be repeated only while it is the newest. Writing an index for this would cost every run; the few
        runs after this one are gone through instead.
        """
        with explained(self.path), aside(self.connection):
            self._note_what_is_later()
        with explained(self.path), atomic(self.connection):
            return self._supersede()

    @contextmanager
    def as_if_taken_up(self, *, supersede: bool) -> Iterator[None]:
        """Let the rows be in the block as they would be if the run were gone on with; nothing of that is kept.

        Args:
            supersede: Whether rows end whose customer a later run has sent to.
        """
        with explained(self.path), suppress(_RehearsalOver), atomic(self.connection):
            for statement in TAKE_UP:
                self.connection.execute(statement, {"run": self.number})
            if supersede:
                self._note_what_is_later()
                self._supersede()
            yield
            raise _RehearsalOver

    def _note_what_is_later(self) -> None:
        self.connection.execute(SENT_LATER, {"run": self.number})
        self.connection.execute("CREATE INDEX temp.by_customer ON later (group_number, customer)")

    def _supersede(self) -> int:
        count = self.connection.execute(SUPERSEDE, {"run": self.number}).rowcount
        self.connection.execute("DROP TABLE temp.later")
        return count

    def places(self) -> Sequence[tuple[str, str, int]]:
        """Return each group and account to which rows are to be sent, and how many, most rows first."""
        query = (
            f"SELECT {name_of('group_number')}, {name_of('account_number')}, count(*) FROM rows WHERE {TO_BE_SENT}"
            " GROUP BY 1, 2 ORDER BY 3 DESC, min(row)"
        )
        return list(self._read(query))

    def hidden(self) -> int:
        """Return how many rows are to be sent that nobody sees in the sheet."""
        hidden = "SELECT row FROM findings WHERE run = :run AND code = 'hidden_row'"
        return int(next(self._read(f"SELECT count(*) FROM rows WHERE {TO_BE_SENT} AND row IN ({hidden})"))[0])

    def changes(self) -> Changes | None:
        """Return what differs in rows that are to be sent from what was last confirmed; None where nobody knows."""
        return counted_changes(next(self._read(f"{COUNT_CHANGES} AND phase = 0 AND repeats IS NULL")))

    def _read(self, query: str) -> Iterator[tuple[Any, ...]]:
        return read(self.connection, self.path, query, {"run": self.number})

    def leave_out(self, *, code: str, message: str, first: int = 0) -> None:
        """Let all rows that are to be sent end `not_sent`, but for the first so many."""
        with explained(self.path), atomic(self.connection):
            self.connection.execute(
                "UPDATE rows SET phase = 2, room = NULL, status = :status, code = :code, message = :message"
                f" WHERE {_SENT_NOW} AND row NOT IN (SELECT row FROM rows WHERE {_SENT_NOW} ORDER BY row LIMIT :first)",
                {
                    "run": self.number,
                    "status": Status.NOT_SENT,
                    "code": code,
                    "message": message,
                    "first": min(first, sys.maxsize),
                },
            )

    def end_valid(self) -> None:
        """Let all rows that are to be sent end `valid`, and note how many: a check and a dry run send nothing."""
        with explained(self.path), atomic(self.connection):
            run = {"run": self.number}
            (count,) = self.connection.execute(f"SELECT count(*) FROM rows WHERE {_SENT_NOW}", run).fetchone()
            self.connection.execute("UPDATE runs SET would_be_sent = ? WHERE number = ?", (count, self.number))
            self.connection.execute(
                f"UPDATE rows SET phase = 2, room = NULL, status = '{Status.VALID}' WHERE {TO_BE_SENT}", run
            )


class _RehearsalOver(Exception):  # noqa: N818 - it is no error
    """Ends a rehearsal: what was done in it is taken back."""


def _decided(decision: Issue | tuple[int, int]) -> tuple[object, ...]:
    if isinstance(decision, Issue):
        return (decision.row, None, decision.code, decision.message, decision.column)
    return (*decision, "", "", "")
