"""What is remembered of customers: taken in as a run goes on, and relied on by a later one."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zlib import crc32

from importer.journal.confirmations import (
    CONFIRM,
    CONTRADICT,
    COUNT_RESTING,
    END_REPEATS,
    FORGET_DECIDED,
    MAKE_MET,
    MEET,
    NOTE_CHANGES,
    PATIENCE,
    REST,
    TRY_AGAIN,
    VOID,
)
from importer.journal.database import aside, atomic, explained
from importer.journal.early_rests import EarlyRests
from importer.journal.packed.ids_and_times import packed_id
from importer.journal.packed.numbered_names import Names
from importer.model.rows import Attempt, Outcome
from importer.model.statuses import Status
from importer.times import rfc3339


@dataclass(frozen=True, slots=True)
class LastConfirmed:
    """What is remembered of customers, as one run takes it in or relies on it.

    Attributes:
        names: Of the journal.
        place: The base URL under which it is remembered, which is noted in `names`; "" for nowhere.
        is_outdated: More has been remembered than is there: nothing of it is relied on.
        early: Finds rows of the run that rest as they come in.

    Raises:
        JournalError: From what is a transaction of its own, where the journal cannot be read or written.
    """

    connection: sqlite3.Connection
    path: Path
    number: int
    names: Names
    place: str
    is_outdated: bool = False
    early: EarlyRests = field(default_factory=EarlyRests)

    def remember(self, begun: Sequence[Attempt], outcomes: Sequence[Outcome]) -> None:
        """Note what holds of customers from now on, within a transaction that is under way.

        That is what was confirmed, and nothing once other values leave or come.
        """
        if not self.place:
            return
        here = self._here()
        confirmed = [
            {**here, "row": outcome.row, "patience": crc32(outcome.customer_id.encode()) % PATIENCE}
            for outcome in outcomes
            if outcome.status is Status.UPDATED
        ]
        self._change(CONFIRM, confirmed)
        contradicted = [{**here, "row": outcome.row} for outcome in outcomes if outcome.status is Status.MISMATCH]
        self._change(CONTRADICT, contradicted)
        customers = [
            {
                **here,
                "row": update.row,
                "group": self.names.number(update.group_id),
                "customer": packed_id(update.customer_id),
            }
            for update in (attempt.update for attempt in begun)
        ]
        self._change(VOID, customers)
        self._change(TRY_AGAIN, customers)

    def note_changes(self) -> None:
        """Note how each row differs from what is remembered, within a transaction that is under way."""
        if self.place:
            self.connection.execute(NOTE_CHANGES, self._here())

    def rest_as_they_come(self, now: float, longest_s: float) -> None:
        """Let rows rest from now on that surely will, as they come in, for a run that lets such rows end.

        What decides of them later is heard by `rest`, which is called with the same when all have come in.

        Args:
            now: The time, in seconds since the epoch.
            longest_s: No confirmation is relied on for longer, in seconds.
        """
        self.early.began_at = now
        if self.place and not self.is_outdated:
            with explained(self.path), aside(self.connection):
                self.early.begin(self.connection, {**self._here(), "now": now, "longest_s": longest_s})

    def rest(self, now: float, longest_s: float, *, ends: bool, notes: bool = True) -> None:
        """Let rows rest on confirmations that say the same, for whoever asks for that, and note how many do.

        Only what surely holds is relied on: the same values, sent through the same account, and since then nothing else
        to that customer that was not confirmed. What is older than half of the longest time is relied on for some
        customers and not for others, so that no day comes on which all of them are sent.

        Args:
            now: The time, in seconds since the epoch; where rows have rested as they came in, that of then counts.
            longest_s: No confirmation is relied on for longer, in seconds; the same.
            notes: It is noted, too, how each row differs from what is remembered, as `note_changes` does.
            ends: Such rows end `unchanged`; else they are still to be sent, for a run that only says what would be.
        """
        values = {**self._here(), "now": now, "longest_s": longest_s, "is_outdated": self.is_outdated}
        with explained(self.path), aside(self.connection):
            if self.early.terms:
                values |= self.early.terms
                self.connection.execute(FORGET_DECIDED, values)
            else:
                for statement in MAKE_MET:
                    self.connection.execute(statement)
            self.connection.execute(MEET, values)
        values |= {"ends": ends, "notes": notes}
        with explained(self.path), atomic(self.connection):
            self.connection.execute(REST, values)
            self.connection.execute(END_REPEATS, values)
            rows, since = self.connection.execute(COUNT_RESTING, values).fetchone()
            self.connection.execute(
                "UPDATE runs SET resting = ?, rests_since = ? WHERE number = ?",
                (rows, None if since is None else rfc3339(since), self.number),
            )
            self.connection.execute("DROP TABLE temp.met")
        self.early.began_at, self.early.terms = None, {}

    def _here(self) -> dict[str, object]:
        return {"run": self.number, "place": self.names.number(self.place)}

    def _change(self, statement: str, values: Sequence[dict[str, object]]) -> None:
        if values:
            self.connection.executemany(statement, values)
