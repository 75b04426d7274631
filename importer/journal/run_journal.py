"""What one run knows of its rows: written ahead of every request, and read by every report."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from importer.errors import JournalError
from importer.journal.database import aside, atomic, explained, read
from importer.journal.early_rests import EarlyRests
from importer.journal.findings import Findings, as_outcome
from importer.journal.last_confirmed import LastConfirmed
from importer.journal.origins import Origins
from importer.journal.packed.digests_of_rows import RowDigests
from importer.journal.packed.ids_and_times import packed_time, unpacked_id
from importer.journal.packed.loading import Loading
from importer.journal.packed.numbered_names import Names, name_of
from importer.journal.packed.twins import Keys
from importer.journal.past import counted, found_as_json
from importer.journal.past_attempts import KEEP_TRY
from importer.journal.private.answers import Answers
from importer.journal.private.digests import Digester
from importer.journal.private.keeping import Keeping
from importer.journal.private.private_folder import PrivateFolder
from importer.journal.results import Results
from importer.journal.selection import Selection
from importer.journal.settling import (
    BEGIN_ATTEMPT,
    DECIDE,
    DROP_RUN,
    REVISE,
    SETTLE_LEFT,
    SETTLE_REPEATS,
    TO_BE_SENT,
    WAIT_AGAIN,
)
from importer.journal.voices import Voices
from importer.model.modes import Mode
from importer.model.rows import Attempt, Earlier, Issue, Outcome, Pending, Reconsidered, RowWarning, Update, Waiting
from importer.model.source import Origin, SourceInfo
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from importer.model.updates import Updates
from importer.times import rfc3339

_INSERT_ENDED: Final = "INSERT INTO rows (run, row, phase, status, code, message) VALUES (?, ?, 2, ?, ?, ?)"
_REVISED: Final = {Status.UNCONFIRMED: Status.REJECTED, Status.REJECTED: Status.UNCONFIRMED}
"""What a row can become, and what it was before."""
_HIDDEN: Final = "Left out: the row is hidden in the sheet, and --visible-only leaves such rows out"
_DEFECT_HINT: Final = "Keep the file and the journal, and report this to whoever maintains the importer."


@dataclass(frozen=True, slots=True, kw_only=True)
class RunJournal:
    """The rows of one run. Every method that writes is one durable transaction, done whole or not at all.

    Attributes:
        source: The run's own copy of its source.
        sha256: The source's digest.
        names: Of the journal.
        place: The base URL under which it is remembered what was confirmed; "" for nowhere.
        keys: What its rows may have in common, of those that this process has taken in.
        early: Finds those of its rows that rest as they come in.
        is_outdated: As it began, more was known of elsewhere than the journal has: nothing of before is relied on.

    A process that is stopped and holds the journal is waited for only by what tells of requests: there is no way back.

    Raises:
        JournalError: From every method, where the journal cannot be read or written.
        LockedError: A process that is stopped holds it.
    """

    connection: sqlite3.Connection
    path: Path
    number: int
    mode: Mode
    run_id: str
    source: Path
    sha256: str
    private: PrivateFolder
    digester: Digester
    wall: Callable[[], float]
    names: Names
    place: str = ""
    is_outdated: bool = False
    keys: Keys = field(default_factory=Keys)
    early: EarlyRests = field(default_factory=EarlyRests)

    def scratch(self) -> Path:
        """Return a folder of the run's own for what is unpacked and parsed of its source, empty."""
        with explained(self.path):
            return self.private.clean_scratch()

    @property
    def selection(self) -> Selection:
        """Which of its rows are to be sent."""
        return Selection(self.connection, self.path, self.number, self.keys)

    @property
    def keeping(self) -> Keeping:
        """What runs keep when they have ended."""
        return Keeping(self.connection, self.path)

    @property
    def origins(self) -> Origins:
        """Which rows of earlier runs its rows were mended from."""
        return Origins(self.connection, self.path, self.number, self.digester)

    @property
    def voices(self) -> Voices:
        """By what it was answered."""
        return Voices(self.connection, self.path, self.number, self.place)

    def last_confirmed(self, place: str | None = None) -> LastConfirmed:
        """Return what is remembered of customers, at its own place, or at another one."""
        place = self.place if place is None else place
        return LastConfirmed(self.connection, self.path, self.number, self.names, place, self.is_outdated, self.early)

    @property
    def findings(self) -> Findings:
        """What was found in its rows."""
        return Findings(self.connection, self.path, self.number, self.keys)

    def add(
        self,
        updates: Iterable[Update],
        issues: Iterable[Issue],
        warnings: Iterable[RowWarning] = (),
        hidden: Iterable[int] = (),
        origins: Iterable[Origin] = (),
        digests: RowDigests | None = None,
    ) -> None:
        """Take in checked rows: those that can be sent, those that cannot, and those that are left out.

        Args:
            updates: What can be sent.
            issues: Why other rows cannot, all issues of each.
            warnings: What is strange about rows of `updates`.
            hidden: Rows that are left out since nobody sees them; they are in none of the others.
            origins: Where these rows come from, as far as they say it.
            digests: Those of `updates`, where they are made already.
        """
        issues = sorted(issues, key=lambda issue: issue.row)
        by_row = groupby(issues, key=lambda issue: issue.row)
        loading = Loading(self.connection, self.number, self.mode, self.digester, self.names, self.keys, self.early)
        prepared = loading.prepare(Updates.of(updates), digests)
        with explained(self.path), aside(self.connection):
            loading.insert_values(prepared)
        with explained(self.path), atomic(self.connection):
            loading.insert(prepared)
            refused = ((self.number, row, Status.INVALID, *as_outcome(list(of_row)).values()) for row, of_row in by_row)
            self.connection.executemany(_INSERT_ENDED, refused)
            left_out = ((self.number, row, Status.NOT_SENT, "hidden_row", _HIDDEN) for row in hidden)
            self.connection.executemany(_INSERT_ENDED, left_out)
            self.findings.insert(issues, list(warnings))
            self.origins.insert(list(origins))

    def checked(self, source: SourceInfo) -> None:
        """Note that the whole source is journalled, and what differs in it from what was last confirmed."""
        fix_of = json.dumps(list(self.origins.counts()))
        with explained(self.path), atomic(self.connection):
            if next(self._read("SELECT resting FROM runs WHERE number = :run")) == (None,):
                self.last_confirmed().note_changes()
            self._set(
                fix_of=fix_of,
                source_sheet=source.sheet,
                source_rows=source.rows,
                source_skipped=source.skipped,
                source_found=found_as_json(source),
                checked_at=rfc3339(self.wall()),
            )

    def agreed(self, idle_s: float) -> None:
        """Note that somebody has agreed to send it, and for how many seconds this process of it has waited by then."""
        with explained(self.path), atomic(self.connection):
            self.connection.execute("UPDATE runs SET agreed = 1, idle = ? WHERE number = ?", (idle_s, self.number))

    def pending(self, after: int, limit: int) -> Sequence[Pending]:
        """Return the first `limit` rows behind row `after` that wait to be sent, in row order."""
        query = (
            f"SELECT row, {name_of('group_number')}, {name_of('account_number')}, customer, first_name, last_name,"
            " email, attempts, maybe, interrupted, code, message, http_status"
            f" FROM rows LEFT JOIN sent_values.updates USING (row) WHERE {TO_BE_SENT} AND row > :after"
            " ORDER BY row LIMIT :limit"
        )
        rows = []
        for (
            row,
            group_id,
            account,
            customer,
            *values,
            attempts,
            maybe,
            interrupted,
            code,
            message,
            http_status,
        ) in self._read(query, after=after, limit=limit):
            if None in values:
                raise _defect(f"The values of row {row} are not in the run's own folder")
            earlier = Earlier(code, message, http_status) if message else None
            update = Update(row, group_id, account, unpacked_id(customer), *values)
            rows.append(Pending(update, attempts, bool(maybe), bool(interrupted), earlier))
        return rows

    def record(
        self,
        begun: Sequence[Attempt],
        waiting: Sequence[Waiting],
        outcomes: Sequence[Outcome],
        *,
        revised: Sequence[Outcome] = (),
        products: Sequence[str] = (),
        believed: Sequence[Reconsidered] = (),
    ) -> None:
        """Make all of it durable in one step; only then may `begun` leave and `outcomes` be reported.

        Args:
            begun: Attempts that leave next.
            waiting: Rows that are to be tried again.
            outcomes: Of rows that had none.
            revised: Of rows that ended in doubt in this process and were refused, as it turns out; or the reverse.
            products: What answered confirmations, of which none was answered by it before.
            believed: What rows turn out to be that were refused before the first confirmation, if it speaks against it.

        Raises:
            JournalError: Some row is not where the step finds it: unknown, not in flight when it is to wait again, in
                flight already, or with an outcome. Nothing of the step is recorded.
        """
        self.keeping.note_answers(self.number, outcomes, self.digester)
        sent_at = self.wall()
        with explained(self.path), atomic(self.connection, patient=True):
            tries = [(row.latency_s, row.http_status, row.code, self.number, row.row) for row in waiting]
            self._change(KEEP_TRY, tries, exactly=False)
            self._change(WAIT_AGAIN, [(row.attempts, row.maybe, self.number, row.row) for row in waiting])
            self._change(
                DECIDE,
                [
                    (*_final(outcome), outcome.status is Status.UNCONFIRMED, self.number, outcome.row)
                    for outcome in outcomes
                ],
            )
            self._change(
                REVISE,
                [
                    (*_final(one), one.status is Status.UNCONFIRMED, self.number, one.row, _REVISED[one.status])
                    for one in revised
                ],
            )
            self.voices.note(products, believed)
            self._change(
                BEGIN_ATTEMPT,
                [(attempt.number, sent_at, self.number, attempt.update.row) for attempt in begun],
            )
            self.last_confirmed().remember(begun, outcomes)
        if confirmed := [outcome.row for outcome in outcomes if outcome.status is Status.UPDATED]:
            self.keeping.erase_confirmed(self.number, self.place, confirmed)

    def settle(self, stop_reason: StopReason | None, message: str) -> None:
        """End the delivery: rows that nothing was decided of, and then the repeats of other rows.

        Args:
            stop_reason: Why rows were left; None where the run came to its end.
            message: The same as a sentence, for the rows that were left.

        Raises:
            JournalError: Rows were left although nothing stopped the run.
        """
        values = {"run": self.number, "reason": stop_reason, "message": message, "now": rfc3339(self.wall())}
        with explained(self.path), atomic(self.connection, patient=True):
            left = self.connection.execute(SETTLE_LEFT, values).rowcount
            if left and stop_reason is None:
                raise _defect(f"The run came to its end, but {left} rows were neither sent nor left out")
            self.connection.execute(SETTLE_REPEATS, values)
            statuses, _, attempts = counted(self.connection, self.number)
            values |= {"statuses": json.dumps(dict.fromkeys(Status, 0) | statuses), "attempts": attempts}
            self.connection.execute(
                "UPDATE runs SET stop_reason = :reason, finished_at = :now, statuses = :statuses, attempts = :attempts"
                " WHERE number = :run",
                values,
            )

    def ended(self, exit_code: int, *, unfinished: bool, seconds: float = 0.0) -> None:
        """Note that the reports are written; of people's data, only what a retry needs stays unless it is unfinished.

        Args:
            exit_code: Of the run.
            unfinished: It can be resumed.
            seconds: How long this process of the run took.
        """
        if not unfinished:
            self.keeping.keep(self.number, self.private)
        with explained(self.path):  # a statement of its own: outcomes may still be read, and keep what BEGIN takes
            self.connection.execute(
                "UPDATE runs SET exit_code = ?, seconds = seconds + ? WHERE number = ?",
                (exit_code, seconds, self.number),
            )
            if not unfinished:
                self.voices.no_more()
        with explained(self.path):
            self.connection.execute("DETACH sent_values")
            if not unfinished:
                self.private.remove_all_but_kept()

    def discard(self) -> None:
        """Forget the run: its source was no source, and nothing was sent.

        What it kept is erased in any case, and first. Where the journal cannot be written, or a kill comes before that,
        `Journal.sweep` lets the run go later.
        """
        with explained(self.path):
            try:
                self.connection.execute("DETACH sent_values")
            finally:
                self.private.discard()
            with atomic(self.connection):
                for statement in DROP_RUN:
                    self.connection.execute(statement, {"run": self.number})
            self.private.remove()

    @property
    def results(self) -> Results:
        """What its rows have ended as."""
        answers = Answers(self.connection, self.path, self.number, self.private, self.digester)
        return Results(self.connection, self.path, self.number, answers)

    def outcomes(self) -> Iterator[Outcome]:
        """Yield what is true of each row, in row order."""
        return self.results.outcomes()

    def statuses(self) -> Mapping[Status, int]:
        """Return how many rows have each status, zeros too."""
        return self.results.statuses()

    def attempts(self) -> int:
        """Return how many requests left."""
        return self.results.attempts()

    def tried(self) -> int:
        """Return how many rows were sent at all."""
        return int(next(self._read("SELECT count(*) FROM rows WHERE run = :run AND attempts > 0"))[0])

    def to_send(self) -> int:
        """Return how many rows wait to be sent."""
        return int(next(self._read(f"SELECT count(*) FROM rows WHERE {TO_BE_SENT}"))[0])

    def confirmed_places(self) -> Iterator[tuple[str, str]]:
        """Yield each group and account of which a row is confirmed, by this run or by one of its chain of retries.

        Or by another one, on which a row rests: that is of late, and at the same base URL.
        """
        query = (
            f"SELECT {name_of('group_number')}, {name_of('account_number')} FROM (SELECT DISTINCT group_number,"
            " account_number FROM rows WHERE status IN ('updated', 'unchanged') AND run IN (SELECT number"
            " FROM runs WHERE coalesce(root, number) = (SELECT coalesce(root, number) FROM runs WHERE number = :run)))"
        )
        return self._read(query)

    def customers(self) -> Iterator[tuple[str, str]]:
        """Yield the group and the id of each customer that a row is to be sent for."""
        query = f"SELECT {name_of('group_number')}, customer FROM rows WHERE {TO_BE_SENT}"
        for group_id, customer in self._read(query):
            yield group_id, unpacked_id(customer)

    def _read(self, query: str, **values: object) -> Iterator[tuple[Any, ...]]:
        return read(self.connection, self.path, query, {"run": self.number, **values})

    def _change(self, statement: str, values: Sequence[Any], *, exactly: bool = True) -> None:
        """Change one row for each of `values`, `exactly`: anything else would lose an outcome or count one twice."""
        if values and self.connection.executemany(statement, values).rowcount != len(values) and exactly:
            raise _defect("The journal and the delivery disagree about a row")

    def _set(self, **columns: object) -> None:
        names = ", ".join(f"{name} = ?" for name in columns)
        with explained(self.path):
            self.connection.execute(f"UPDATE runs SET {names} WHERE number = ?", (*columns.values(), self.number))


def _defect(what: str, *, code: str = "journal_out_of_step") -> JournalError:
    return JournalError(f"{what}, which is a defect of the importer.", code=code, hint=_DEFECT_HINT)


def _final(outcome: Outcome) -> tuple[object, ...]:
    return (
        outcome.status,
        outcome.code,
        outcome.message,
        outcome.http_status,
        outcome.attempts,
        packed_time(outcome.updated_at),
        outcome.latency_s,
    )
