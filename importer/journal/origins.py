"""Which rows of earlier runs the rows of a run were mended from, and what became of rows that were to be mended."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from importer.journal.database import read
from importer.model.run import Fix, PastRun
from importer.model.source import Origin
from importer.model.statuses import CONFIRMED, TO_FIX

_COUNTS: Final = (
    "SELECT origin_run, count(*) FROM origins WHERE run = :run"
    " AND EXISTS (SELECT 1 FROM rows WHERE rows.run = origins.run AND rows.row = origins.row"
    " AND (rows.status IS NULL OR NOT :left))"
    " GROUP BY 1 ORDER BY 2 DESC, 1"
)
_CONFIRMED: Final = ", ".join(f"'{status}'" for status in sorted(CONFIRMED))
_TO_FIX: Final = ", ".join(f"'{status}'" for status in sorted(TO_FIX))
_SANDBOX: Final = "coalesce(json_extract({0}.asked, '$.sandbox'), 0)"
_SAME_TARGET: Final = (
    f"(first.base_url = '' OR ({_SANDBOX.format('runs')} = {_SANDBOX.format('first')}"
    f" AND ({_SANDBOX.format('first')} OR runs.base_url = first.base_url)))"
)
"""What was confirmed by another API, or in a rehearsal, is not confirmed; a check has no target."""
_FIXES: Final = f"""
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
        SELECT heirs.of_row, runs.number, runs.run_id, rows.row, rows.status, rows.attempts
            FROM heirs JOIN runs ON runs.number = heirs.run JOIN rows ON rows.run = heirs.run AND rows.row = heirs.row
            JOIN first WHERE runs.mode = 'run' AND {_SAME_TARGET}
    ), deciding AS (
        SELECT of_row, number, status FROM (
            SELECT *, row_number() OVER (PARTITION BY of_row ORDER BY number DESC, row DESC) AS newest
                FROM taken_up WHERE status IN ({_CONFIRMED}) OR attempts > 0
        ) WHERE newest = 1
    )
    SELECT run_id, count(DISTINCT of_row), (
            SELECT count(*) FROM deciding WHERE deciding.number = taken_up.number AND status IN ({_CONFIRMED})
        ) FROM taken_up GROUP BY number ORDER BY number
"""
"""Rows of rows of rows too, since a run that mends has rows that are to be mended itself. Of all that took up one row,
the newest that sent it decides: what was not sent has changed nothing."""


@dataclass(frozen=True, slots=True)
class Origins:
    """Where the rows of one run come from.

    Raises:
        JournalError: From every method, where the journal cannot be read or written.
    """

    connection: sqlite3.Connection
    path: Path
    number: int

    def insert(self, origins: Iterable[Origin]) -> None:
        """Take in where rows come from, within a transaction that is under way."""
        self.connection.executemany(
            "INSERT INTO origins (run, row, origin_run, origin_row) VALUES (?, ?, ?, ?)",
            ((self.number, origin.row, origin.of_run, origin.of_row) for origin in origins),
        )

    def counts(self) -> Mapping[str, int]:
        """Return how many rows come from each run, most rows first."""
        return dict(read(self.connection, self.path, _COUNTS, {"run": self.number, "left": False}))

    def left(self) -> Mapping[str, int]:
        """Return the same of the rows that have no outcome yet."""
        return dict(read(self.connection, self.path, _COUNTS, {"run": self.number, "left": True}))


def origin_runs(connection: sqlite3.Connection, number: int) -> Sequence[str]:
    """Return the ids of the runs that rows of a run come from, most rows first; raise `sqlite3.Error`."""
    return [run_id for run_id, _ in connection.execute(_COUNTS, {"run": number, "left": False})]


def fixes_of(connection: sqlite3.Connection, path: Path, past: PastRun) -> Sequence[Fix]:
    """Return the runs that took up rows that were to be fixed, the oldest first.

    Args:
        connection: To the journal.
        path: The journal's, for the message.
        past: The run whose rows they are.
    """
    return [Fix(*columns) for columns in read(connection, path, _FIXES, {"run": past.number})]
