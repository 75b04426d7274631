"""What is kept of a run's values once it has ended, for a retry and for whoever looks at a mismatch."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Final

from importer.errors import JournalError, LockedError, SourceError
from importer.journal.database import aside, atomic, explained, read
from importer.journal.packed.ids_and_times import unpacked_id
from importer.journal.packed.numbered_names import name_of
from importer.journal.private.digests import Digester
from importer.journal.private.kept_values import KeptValues, Values
from importer.journal.private.private_folder import PrivateFolder
from importer.journal.settling import ROWS_WITHOUT_VALUES
from importer.model.rows import Outcome
from importer.model.run import PastRun
from importer.model.source import VALUE_FIELDS
from importer.model.statuses import CONFIRMED, TO_TRY_AGAIN, Status
from importer.model.stop_reasons import StopReason
from importer.phrases import named_rows

_SANDBOX: Final = "coalesce(json_extract({}.asked, '$.sandbox'), 0)"
_ENDED_AS: Final = ", ".join(f"'{status}'" for status in sorted({*TO_TRY_AGAIN, Status.MISMATCH}))
_CONFIRMED: Final = ", ".join(f"'{status}'" for status in sorted(CONFIRMED))

_TO_KEEP: Final = (
    " FROM rows JOIN runs ON number = run WHERE run = :run"
    f" AND mode = 'run' AND stop_reason IS NOT '{StopReason.APPROVAL_MISMATCH}' AND customer IS NOT NULL"
    f" AND status IN ({_ENDED_AS}) AND code <> 'superseded'"
)
"""What a later run has sent to is never sent again."""
_VALUES: Final = tuple(
    f"SELECT row, first_name, last_name, email FROM sent_values.{table}"
    f" WHERE row IN (SELECT row{_TO_KEEP}) ORDER BY row"
    for table in ("updates", "answers")
)
_KEEP: Final = (
    f"INSERT OR IGNORE INTO kept (run, row, group_number, customer) SELECT run, row, group_number, customer{_TO_KEEP}"
)

_CONFIRMED_BY_RUN: Final = (
    "SELECT kept.run, runs.run_id, kept.row FROM rows AS mine"
    " JOIN kept ON kept.group_number = mine.group_number AND kept.customer = mine.customer"
    " JOIN runs ON runs.number = kept.run JOIN runs AS this ON this.number = mine.run"
    " WHERE mine.run = :run AND mine.row = :row AND kept.run <> :run"
    " AND (coalesce(runs.root, runs.number) = coalesce(this.root, this.number)"
    f" OR (:place <> '' AND runs.base_url = :place AND NOT {_SANDBOX.format('runs')}"
    " AND coalesce(runs.root, runs.number) < coalesce(this.root, this.number)))"
)
"""A run that began earlier is not to send to that customer any more; one that began later is the newest."""

_CONFIRMED_BY_ANY: Final = (
    "WITH roots AS MATERIALIZED (SELECT number, run_id, base_url, coalesce(root, number) AS root,"
    f" {_SANDBOX.format('runs')} AS sandbox FROM runs)"
    " SELECT kept.run, own.run_id, kept.row FROM kept JOIN roots AS own ON own.number = kept.run"
    " WHERE EXISTS (SELECT 1 FROM roots AS kin JOIN rows ON rows.run = kin.number AND rows.row = kept.row"
    f" WHERE kin.root = own.root AND rows.status IN ({_CONFIRMED}))"
    " OR (NOT own.sandbox AND EXISTS (SELECT 1 FROM confirmed JOIN roots AS later ON later.number = confirmed.run"
    " WHERE confirmed.base_number = (SELECT number FROM names WHERE name = own.base_url)"
    " AND confirmed.group_number = kept.group_number AND confirmed.customer = kept.customer AND later.root > own.root))"
    " ORDER BY 1"
)

_NOTE_ANSWER: Final = (
    "INSERT OR REPLACE INTO main.answers (run, row, first_name_digest, last_name_digest, email_digest)"
    " VALUES (?, ?, ?, ?, ?)"
)

_PUT_ANSWER: Final = (
    "INSERT OR REPLACE INTO sent_values.answers (row, first_name, last_name, email) VALUES (?, ?, ?, ?)"
)
_CHOOSE: Final = "CREATE TEMP TABLE chosen (row INTEGER PRIMARY KEY, maybe)"
_DIGESTS: Final = "SELECT digests FROM rows JOIN temp.chosen USING (row) WHERE run = :run AND row = :row"
_TAKE_OVER: Final = (
    (
        "INSERT INTO rows (run, row, group_number, account_number, customer, digests, lower_email_digest, note, maybe)"
        " SELECT :run, row, group_number, account_number, customer, digests, lower_email_digest, note, chosen.maybe"
        " FROM rows JOIN temp.chosen USING (row) WHERE run = :retried"
    ),
    (
        'INSERT INTO findings (run, row, place, warning, code, "column", message)'
        ' SELECT :run, row, place, warning, code, "column", message FROM findings JOIN temp.chosen USING (row)'
        " WHERE run = :retried"
    ),
    (
        "INSERT INTO origins (run, row, origin_run, origin_row)"
        " SELECT :run, row, origin_run, origin_row FROM origins JOIN temp.chosen USING (row) WHERE run = :retried"
    ),
    "DROP TABLE temp.chosen",
)
_ROWS: Final = (
    f"SELECT row, customer, {name_of('group_number')}, {name_of('account_number')} FROM rows"
    " WHERE run = :run ORDER BY row"
)

_NOTHING: Final[Values] = (None, None, None)
_NONE_LEFT: Final = (sys.maxsize, _NOTHING)

Kept = tuple[int, str, int]
"""The number of a run, its id, and a row of it whose values it keeps."""


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A row of a run that has no source of its own; values are "" where they are not kept any more."""

    row: int
    customer_id: str
    first_name: str
    last_name: str
    email: str
    group_id: str
    linked_account_id: str


@dataclass(frozen=True, slots=True)
class Keeping:
    """What the runs of one state directory keep when they have ended.

    Attributes:
        connection: To the journal.
        path: The journal's.

    Raises:
        JournalError: From every method, where the journal cannot be read or written.
        LockedError: A process that is stopped holds it.
    """

    connection: sqlite3.Connection
    path: Path

    def keep(self, number: int, private: PrivateFolder) -> None:
        """Put what is kept of a run that has its outcomes into its file, from its values; before it is said to end.

        Until then it has all that it takes to be resumed, whenever it is killed. The journal knows what is kept only
        when it is there.
        """
        with explained(self.path):
            run = {"run": number}
            private.kept.remove()  # a process that died may have come as far
            if self.connection.execute(f"SELECT EXISTS (SELECT 1{_TO_KEEP})", run).fetchone()[0]:
                private.kept.write(*(self.connection.execute(query, run) for query in _VALUES))
                self.connection.execute(_KEEP, run)

    def take_over(self, number: int, retried: PastRun, chosen: Iterable[tuple[int, bool]], digester: Digester) -> None:
        """Take rows of an ended run into one that retries it, as they were journalled, with the values that it keeps.

        Args:
            number: Of the run that retries, which has its file of values open.
            retried: The ended run.
            chosen: The rows to take, each with whether it may have been applied.
            digester: Of the journal.

        Raises:
            JournalError: A value is not the one that was to be sent, by its digest, or the file is damaged.
        """
        kept = self._folder(retried.run_id).kept
        with explained(self.path):
            query = "SELECT digest_key FROM runs WHERE number = ?"
            if self.connection.execute(query, (retried.number,)).fetchone() != (digester.fingerprint,):
                raise _not_as_sent(retried, kept.path, "the key of the journal's digests is another one by now")
            with aside(self.connection):
                self.connection.execute(_CHOOSE)
                self.connection.executemany("INSERT INTO temp.chosen VALUES (?, ?)", chosen)
                self.connection.executemany(
                    "INSERT INTO sent_values.updates (row, first_name, last_name, email) VALUES (?, ?, ?, ?)",
                    self._as_sent(retried, kept, digester),
                )
            with atomic(self.connection):
                for statement in _TAKE_OVER:
                    values = {"run": number, "retried": retried.number} if ":run" in statement else {}
                    self.connection.execute(statement, values)

    def _as_sent(self, retried: PastRun, kept: KeptValues, digester: Digester) -> Iterator[tuple[object, ...]]:
        """Yield the kept values of the chosen rows, each held to its digest."""
        try:
            for row, values in kept.updates() if kept.path.exists() else ():
                digests = self.connection.execute(_DIGESTS, {"run": retried.number, "row": row}).fetchone()
                if digests is None:
                    continue
                if (b"".join(digester.digest(value or "") for value in values),) != digests:
                    raise _not_as_sent(retried, kept.path, f"what it holds of row {row} is not what was to be sent")
                yield (row, *values)
        except sqlite3.DatabaseError as error:
            raise _not_as_sent(retried, kept.path, "it is damaged") from error

    def note_answers(self, number: int, outcomes: Iterable[Outcome], digester: Digester) -> None:
        """Keep what the API answered in place of values that were sent, before the outcome is there that tells it."""
        held = [
            (outcome.row, [{one.field: one.held for one in outcome.differences}.get(field) for field in VALUE_FIELDS])
            for outcome in outcomes
            if outcome.differences
        ]
        if not held:
            return
        digests = [
            (number, row, *(None if value is None else digester.digest(value) for value in values))
            for row, values in held
        ]
        with explained(self.path), aside(self.connection):
            self.connection.executemany(_PUT_ANSWER, ((row, *values) for row, values in held))
        with explained(self.path), atomic(self.connection, patient=True):
            self.connection.executemany(_NOTE_ANSWER, digests)

    def expect_values(self, number: int) -> None:
        """Raise `SourceError` where a row of a run that is to be sent has no value any more; its values are open."""
        with explained(self.path):
            missing = [row for (row,) in self.connection.execute(ROWS_WITHOUT_VALUES, {"run": number})]
        if missing:
            raise SourceError(
                f"The values of {named_rows(missing, len(missing))} are not kept any more.",
                code="values_not_kept",
                hint="Nothing was sent. Name the file that the run has read with --source.",
            )

    def rows(self, number: int, values: Path) -> Iterator[KeptRow]:
        """Yield the rows of a run that was begun by `take_over`, with their values, in row order.

        Args:
            number: Of the run.
            values: The file of its values.
        """
        with explained(self.path):
            following = KeptValues(values).updates()
            kept_row, kept = next(following, _NONE_LEFT)
            for row, customer, group_id, account in read(self.connection, self.path, _ROWS, {"run": number}):
                while kept_row < row:
                    kept_row, kept = next(following, _NONE_LEFT)
                first_name, last_name, email = (value or "" for value in (kept if kept_row == row else _NOTHING))
                customer_id = "" if customer is None else unpacked_id(customer)
                yield KeptRow(row, customer_id, first_name, last_name, email, group_id or "", account or "")

    def erase_confirmed(self, number: int, place: str, rows: Iterable[int]) -> None:
        """Erase what other runs keep of customers that rows of a run have just been confirmed for.

        What cannot be erased now is left for `erase_overdue`.

        Args:
            number: Of the run.
            place: Its base URL; "" for an embedded API, which is nobody else's.
            rows: The rows.
        """
        with explained(self.path):
            if not self.connection.execute("SELECT EXISTS (SELECT 1 FROM kept)").fetchone()[0]:
                return
            query = {"run": number, "place": place}
            due = [kept for row in rows for kept in self.connection.execute(_CONFIRMED_BY_RUN, {**query, "row": row})]
        self._erase(due)

    def erase_overdue(self) -> None:
        """Erase what is confirmed, but was not erased in that moment, as after a kill; and note what is gone."""
        with explained(self.path):
            kept = dict(
                self.connection.execute("SELECT DISTINCT run, run_id FROM kept JOIN runs ON number = run").fetchall()
            )
            due = self.connection.execute(_CONFIRMED_BY_ANY).fetchall() if kept else []
        self._erase(due)
        for number, run_id in kept.items():
            if not self._folder(run_id).kept.path.exists():
                self.let_go(number)

    def let_go(self, number: int) -> None:
        """Note that nothing is kept of a run any more."""
        with explained(self.path), atomic(self.connection):
            self.connection.execute("DELETE FROM kept WHERE run = ?", (number,))

    def _erase(self, due: Iterable[Kept]) -> None:
        """Erase rows of runs, and then note it."""
        erased: list[tuple[int, int]] = []
        for (number, run_id), of_run in groupby(sorted(due), key=itemgetter(0, 1)):
            rows = sorted({row for *_, row in of_run})
            private = self._folder(run_id)
            with suppress(sqlite3.Error, OSError):
                private.kept.erase(rows)
                erased += [(number, row) for row in rows]
                if not private.kept.path.exists():
                    private.path.rmdir()
        if erased:
            with suppress(JournalError, LockedError), explained(self.path), atomic(self.connection):
                self.connection.executemany("DELETE FROM kept WHERE run = ? AND row = ?", erased)

    def _folder(self, run_id: str) -> PrivateFolder:
        return PrivateFolder(self.path.parent / "runs" / run_id)


def _not_as_sent(retried: PastRun, path: Path, why: str) -> JournalError:
    return JournalError(
        f"The values that run {retried.run_id} keeps, in {path}, cannot be sent again: {why}.",
        code="journal_damaged",
        hint=f"Nothing was sent. Name the file that it has read: importer retry {retried.run_id} --source FILE",
    )
