"""Which rows of earlier runs the rows of a run were mended from, and what became of rows that were to be mended."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from importer.journal.database import atomic, explained, read
from importer.journal.packed.digests_of_rows import digest_of
from importer.journal.packed.ids_and_times import packed_id
from importer.journal.packed.numbered_names import name_of
from importer.journal.private.digests import Digester
from importer.model.rows import Update
from importer.model.run import Fix, Mending, OpenRow, PastRun
from importer.model.source import TARGET_FIELDS, VALUE_FIELDS, Field, Origin
from importer.model.statuses import DONE, TO_FIX, Status

_COUNTS: Final = (
    "SELECT origin_run, count(*) FROM origins WHERE run = :run"
    " AND EXISTS (SELECT 1 FROM rows WHERE rows.run = origins.run AND rows.row = origins.row"
    " AND (rows.status IS NULL OR NOT :left))"
    " GROUP BY 1 ORDER BY 2 DESC, 1"
)
_WAS: Final = (
    f"SELECT runs.digest_key, rows.given_digest, {name_of('rows.group_number')}, {name_of('rows.account_number')},"
    f" rows.customer, {', '.join(map(digest_of, VALUE_FIELDS))}"
    " FROM runs JOIN rows ON rows.run = runs.number"
    " WHERE runs.run_id = :of_run AND rows.row = :of_row AND runs.number < :run"
)
_NOTE_SETTLED: Final = "INSERT INTO rows (run, row, phase, status, code, message) VALUES (?, ?, 2, ?, ?, ?)"
_DONE: Final = ", ".join(f"'{status}'" for status in sorted(DONE))
_TO_FIX: Final = ", ".join(f"'{status}'" for status in sorted(TO_FIX))
_SANDBOX: Final = "coalesce(json_extract({0}.asked, '$.sandbox'), 0)"
_SAME_TARGET: Final = (
    f"(first.base_url = '' OR ({_SANDBOX.format('runs')} = {_SANDBOX.format('first')}"
    f" AND ({_SANDBOX.format('first')} OR runs.base_url = first.base_url)))"
)
"""What was confirmed by another API, or in a rehearsal, is not confirmed; a check has no target."""
_FATES: Final = f"""
    WITH RECURSIVE first AS (SELECT * FROM runs WHERE number = :run), heirs (of_row, run, row) AS (
        SELECT origins.origin_row, origins.run, origins.row
            FROM first JOIN origins ON origins.origin_run = first.run_id AND origins.run > first.number
            JOIN rows ON rows.run = first.number AND rows.row = origins.origin_row AND rows.status IN ({_TO_FIX})
        UNION
        SELECT heirs.of_row, origins.run, origins.row
            FROM heirs JOIN runs ON runs.number = heirs.run
            JOIN origins ON origins.origin_run = runs.run_id AND origins.origin_row = heirs.row
            AND origins.run > heirs.run
    ), taken_up AS (
        SELECT heirs.of_row, runs.number, runs.run_id, rows.row, rows.status, rows.attempts,
            rows.status IN ({_DONE}) OR rows.attempts > 0 AS decides
            FROM heirs JOIN runs ON runs.number = heirs.run JOIN rows ON rows.run = heirs.run AND rows.row = heirs.row
            JOIN first WHERE runs.mode = 'run' AND {_SAME_TARGET}
    ), fates AS (
        SELECT of_row, number, run_id, status FROM (
            SELECT *, row_number() OVER (
                PARTITION BY of_row ORDER BY decides DESC, number DESC, coalesce(status IN ({_DONE}), 0), row DESC
            ) AS newest FROM taken_up
        ) WHERE newest = 1
    )
"""
"""Rows of rows of rows too, since a run that mends has rows that are to be mended itself. Of all that took up one row,
the newest that sent it, or in which it is settled, decides: what was not sent has changed nothing. Where that run has
the row more than once, all of them must be done."""
_FIXES: Final = f"""{_FATES}
    SELECT taken.run_id, runs.started_by, taken.count FROM (
        SELECT number, run_id, count(DISTINCT of_row) AS count FROM taken_up GROUP BY number
    ) AS taken JOIN runs ON runs.number = taken.number ORDER BY taken.number
"""
_DONE_ROWS: Final = f"""{_FATES}
    SELECT run_id, status = 'settled', of_row FROM fates WHERE status IN ({_DONE}) ORDER BY of_row
"""
_OPEN_ROWS: Final = f"""{_FATES}
    SELECT rows.row, coalesce(fates.run_id, ''), fates.status FROM rows LEFT JOIN fates ON fates.of_row = rows.row
        WHERE rows.run = :run AND rows.status IN ({_TO_FIX}) AND coalesce(fates.status, '') NOT IN ({_DONE})
        ORDER BY rows.row
"""
_NUMBER: Final = "SELECT number FROM runs WHERE run_id = :of_run AND number < :run"
_ORIGIN_ROWS: Final = "SELECT origin_row FROM origins WHERE run = :run AND origin_run = :of_run"


@dataclass(frozen=True, slots=True)
class Origins:
    """Where the rows of one run come from.

    Raises:
        JournalError: From every method, where the journal cannot be read or written.
    """

    connection: sqlite3.Connection
    path: Path
    number: int
    digester: Digester

    def insert(self, origins: Iterable[Origin]) -> None:
        """Take in where rows come from, within a transaction that is under way."""
        self.connection.executemany(
            "INSERT INTO origins (run, row, origin_run, origin_row) VALUES (?, ?, ?, ?)",
            ((self.number, origin.row, origin.of_run, origin.of_row) for origin in origins if origin.of_run),
        )

    def settle(self, rows: Mapping[int, str]) -> None:
        """Take in rows that a person has settled, each with its message: they are in none of the others."""
        if not rows:
            return
        with explained(self.path), atomic(self.connection):
            self.connection.executemany(
                _NOTE_SETTLED,
                ((self.number, row, Status.SETTLED, "settled", message) for row, message in rows.items()),
            )

    def note_given(self, rows: Iterable[tuple[int, str]]) -> None:
        """Note what rows that cannot be sent are, as they were read: by a digest, for whoever mends them.

        Of one of which nothing could be read, since its cells do not fit the header, there is nothing to note.
        """
        digests = [(self.digester.digest(text), self.number, row) for row, text in rows if text]
        if digests:
            with explained(self.path), atomic(self.connection):
                self.connection.executemany("UPDATE rows SET given_digest = ? WHERE run = ? AND row = ?", digests)

    def is_changed(self, origin: Origin, update: Update | None, given: str, own: Collection[Field]) -> bool | None:
        """Return whether a row is another one than in the run that it comes from; None where nobody knows.

        Args:
            origin: Where it comes from.
            update: What it asks for now; None where it cannot be sent.
            given: What it is now, as it was read.
            own: Which of group and account it names itself: what it takes from the run is no change of the row.
        """
        values = {"of_run": origin.of_run, "of_row": origin.of_row, "run": self.number}
        found = next(read(self.connection, self.path, _WAS, values), None)
        if found is None or found[0] != self.digester.fingerprint:
            return None
        _, given_digest, *was = found
        if given_digest is not None:
            return bool(given_digest != self.digester.digest(given))
        if was[2] is None:
            return None
        if update is None:
            return True
        for field, before in zip((*TARGET_FIELDS, Field.CUSTOMER_ID, *VALUE_FIELDS), was, strict=True):
            now = getattr(update, field)
            if field is Field.CUSTOMER_ID:
                now = packed_id(now)
            if field in TARGET_FIELDS and field not in own:
                continue
            if before != (self.digester.digest(now) if field in VALUE_FIELDS else now):
                return True
        return False

    def counts(self) -> Mapping[str, int]:
        """Return how many rows come from each run, most rows first."""
        return dict(read(self.connection, self.path, _COUNTS, {"run": self.number, "left": False}))

    def left(self) -> Mapping[str, int]:
        """Return the same of the rows that have no outcome yet."""
        return dict(read(self.connection, self.path, _COUNTS, {"run": self.number, "left": True}))

    def left_open(self) -> Mapping[str, Sequence[int]]:
        """Return, of each run that rows come from, those that are still to be fixed and from which none comes."""
        found = {}
        for of_run in self.counts():
            both = {"run": self.number, "of_run": of_run}
            here = {row for (row,) in read(self.connection, self.path, _ORIGIN_ROWS, both)}
            for (number,) in read(self.connection, self.path, _NUMBER, both):
                still_open = read(self.connection, self.path, _OPEN_ROWS, {"run": number})
                found[of_run] = [row for row, *_ in still_open if row not in here]
        return {of_run: rows for of_run, rows in found.items() if rows}


def origin_runs(connection: sqlite3.Connection, number: int) -> Sequence[str]:
    """Return the ids of the runs that rows of a run come from, most rows first; raise `sqlite3.Error`."""
    return [run_id for run_id, _ in connection.execute(_COUNTS, {"run": number, "left": False})]


def mending(connection: sqlite3.Connection, path: Path, past: PastRun) -> Mending:
    """Return what became of rows that were to be fixed.

    Args:
        connection: To the journal.
        path: The journal's, for the message.
        past: The run whose rows they are.
    """
    run = {"run": past.number}
    done: dict[tuple[str, bool], list[int]] = defaultdict(list)
    for run_id, is_settled, row in read(connection, path, _DONE_ROWS, run):
        done[run_id, bool(is_settled)].append(row)
    fixes = [
        Fix(run_id, rows, len(done[run_id, False]), len(done[run_id, True]), started_by, tuple(done[run_id, True]))
        for run_id, started_by, rows in read(connection, path, _FIXES, run)
    ]
    left = [
        OpenRow(row, run_id, Status(status) if status else None)
        for row, run_id, status in read(connection, path, _OPEN_ROWS, run)
    ]
    return Mending(tuple(fixes), tuple(left))
