"""Retention: the rows of runs that ended long ago go, and what is told of the runs as a whole stays."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Final

from importer.journal.database import atomic, explained
from importer.journal.lasting.two_looks import are_apart
from importer.journal.past import past_runs
from importer.model.modes import Mode
from importer.model.run import PastRun, State
from importer.times import rfc3339, seconds

_ROWS_AT_ONCE: Final = 5000
_OVER: Final = frozenset({State.ENDED, State.FORGOTTEN, State.CUT_OFF})
_OF_ROWS: Final = ("tries", "origins", "believed", "findings", "answers", "rows")
"""What the journal has of single rows. What confirmations were answered by is of their run, and stays."""

_DELETE: Final = {
    table: (
        f"DELETE FROM {table} WHERE run = :run AND row <="
        f" (SELECT max(row) FROM (SELECT row FROM {table} WHERE run = :run ORDER BY row LIMIT {_ROWS_AT_ONCE}))"
    )
    for table in _OF_ROWS
}


_MARK: Final = (
    "UPDATE runs SET pruned_at = :now, overdue_at = NULL, seconds = iif(exit_code IS NULL, :seconds, seconds),"
    " statuses = coalesce(statuses, :statuses), attempts = coalesce(attempts, :attempts),"
    " fix_of = coalesce(fix_of, :fix_of) WHERE number = :run AND pruned_at IS NULL"
)
"""What is counted from the rows of a run that was cut off is noted before the first of them goes."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How long rows are kept, in seconds since their run was at work.

    Attributes:
        runs_s: Of runs that send.
        checks_s: Of checks and dry runs; no longer than those of runs, which tell what became of a check's rows to fix.
    """

    runs_s: float
    checks_s: float

    def of(self, mode: Mode) -> float:
        """Return how long those of a run are kept."""
        return self.runs_s if mode is Mode.RUN else min(self.checks_s, self.runs_s)


@dataclass(frozen=True, slots=True)
class Pruning:
    """Lets the rows of runs go.

    Attributes:
        connection: To the journal.
        path: The journal's.
        wall: Returns the time, in seconds since the epoch.

    Raises:
        JournalError: From every method, where the journal cannot be read or written.
        LockedError: A process that is stopped holds it.
    """

    connection: sqlite3.Connection
    path: Path
    wall: Callable[[], float]

    def due(self, terms: Terms) -> Sequence[PastRun]:
        """Return the runs whose rows are not to be kept any more, the oldest first.

        No row goes that may still decide on whether another one is sent: a run can be retried, or gone on with, only
        while all that was sent after it is known. So runs that send go in the order in which they began, and a run with
        its retries goes as one.
        """
        return _due(self._runs(), terms, self.wall())

    def twice_due(self, terms: Terms) -> Sequence[PastRun]:
        """Return those of them that an earlier look, a day ago or more, has found due too: a clock may have jumped."""
        now, runs = self.wall(), self._runs()
        due = _due(runs, terms, now)
        numbers = {past.number for past in due}
        looks = {
            past.number: rfc3339(now) if past.number in numbers else None
            for past in runs
            if _has_other_look(past, is_due=past.number in numbers, now=now)
        }
        self._note_looks(looks)
        return [past for past in due if past.number not in looks and _is_long_ago(past, terms, now)]

    def prune(self, runs: Iterable[PastRun], go_on: Callable[[], bool]) -> int:
        """Let rows go, a few thousand in a transaction, and return of how many runs all are gone.

        Args:
            runs: Of these, and of those of which a process has left some before.
            go_on: Is asked before each transaction whether there is time for it.
        """
        self._mark(runs)
        half_way = self._read(
            "SELECT number FROM runs WHERE pruned_at IS NOT NULL AND"
            f" ({' OR '.join(f'EXISTS (SELECT 1 FROM {table} WHERE run = number)' for table in _OF_ROWS)})"
        )
        return sum(1 for _ in takewhile(bool, (self._empty(number, go_on) for (number,) in half_way)))

    def _empty(self, number: int, go_on: Callable[[], bool]) -> bool:
        """Let all rows of a run go; return whether there was time for it."""
        for statement in _DELETE.values():
            while True:
                if not go_on():
                    return False
                with explained(self.path), atomic(self.connection):
                    deleted = self.connection.execute(statement, {"run": number}).rowcount
                if deleted < _ROWS_AT_ONCE:  # of several with the same number, all have gone
                    break
        return True

    def _mark(self, runs: Iterable[PastRun]) -> None:
        """Say of runs that not all of their rows are there, before the first one goes."""
        now = rfc3339(self.wall())
        values = [
            {
                "run": past.number,
                "now": now,
                "statuses": json.dumps({status: count for status, count in past.statuses.items() if count}),
                "attempts": past.attempts,
                "seconds": past.seconds,
                "fix_of": json.dumps(list(past.fix_of)),
            }
            for past in runs
        ]
        if values:
            with explained(self.path), atomic(self.connection):
                self.connection.executemany(_MARK, values)

    def _note_looks(self, looks: Mapping[int, str | None]) -> None:
        if looks:
            with explained(self.path), atomic(self.connection):
                statement = "UPDATE runs SET overdue_at = ? WHERE number = ?"
                self.connection.executemany(statement, [(when, number) for number, when in looks.items()])

    def _runs(self) -> Sequence[PastRun]:
        """Return all runs, the oldest first."""
        with explained(self.path):
            return past_runs(self.connection, self.path.parent)[::-1]

    def _read(self, query: str) -> Sequence[tuple[int]]:
        with explained(self.path):
            return self.connection.execute(query).fetchall()


def _families(runs: Sequence[PastRun]) -> Sequence[Sequence[PastRun]]:
    """Return the runs that send, each with all of its retries."""
    families: dict[str, list[PastRun]] = {}
    root: dict[str, str] = {}
    for past in runs:
        if past.mode is Mode.RUN:
            root[past.run_id] = root.get(past.retry_of or "", past.run_id)
            families.setdefault(root[past.run_id], []).append(past)
    return list(families.values())


def _due(runs: Sequence[PastRun], terms: Terms, now: float) -> Sequence[PastRun]:
    families = _families(runs)
    is_due = {past.run_id: _is_due(past, terms, now) for past in runs}
    needed = [
        family[0].number for family in families if not all(is_due[past.run_id] or _is_pruned(past) for past in family)
    ]
    first_needed = min(needed, default=sys.maxsize)
    newest = {past.run_id: family[-1].number for family in families for past in family}
    return [
        past
        for past in runs
        if is_due[past.run_id] and (past.mode is not Mode.RUN or newest[past.run_id] < first_needed)
    ]


def _is_due(past: PastRun, terms: Terms, now: float) -> bool:
    """Return whether nobody comes back to a run, and it was last at work longer ago than its rows are kept."""
    if _is_pruned(past) or past.state not in _OVER or past.kept_rows:
        return False
    return now - max(seconds(past.started_at), seconds(past.finished_at or past.started_at)) > terms.of(past.mode)


def _is_pruned(past: PastRun) -> bool:
    return past.pruned_at is not None


def _has_other_look(past: PastRun, *, is_due: bool, now: float) -> bool:
    """Return whether it is to be noted anew of a run whether it is due: as after a look in the future."""
    if past.overdue_at is None:
        return is_due
    is_over = past.state in _OVER and not past.kept_rows  # of others, that note is about what they keep
    return is_over and (not is_due or seconds(past.overdue_at) > now)


def _is_long_ago(past: PastRun, terms: Terms, now: float) -> bool:
    first = now if past.overdue_at is None else seconds(past.overdue_at)
    return are_apart(first, now, terms.of(past.mode))
