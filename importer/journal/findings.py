"""What was found in the rows of a run: issues and warnings, and what only all rows together can tell."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from importer.journal.database import atomic, explained, read
from importer.journal.packed.digests_of_rows import digest_of
from importer.journal.packed.twins import AMONG_TWINS, NO_TWINS, Keys, twins
from importer.journal.settling import PASSED
from importer.model.rows import Issue, RowWarning
from importer.model.source import Field
from importer.model.statuses import Status

_ANY_CASE: Final = f"coalesce(lower_email_digest, {digest_of(Field.EMAIL)})"
_PERSON: Final = "CASE typeof(customer) WHEN 'blob' THEN customer ELSE group_number || '/' || customer END"
"""A UUID is one customer, whatever group it is in; another id may be one in each."""
MESSAGE_OF_ROW: Final = "(SELECT rows.message FROM rows WHERE rows.run = findings.run AND rows.row = findings.row)"
"""What a finding says that has no message of its own: it is the only issue of its row, which has the same message."""

Finding = Issue | RowWarning


@dataclass(frozen=True, slots=True)
class Findings:
    """The findings of one run. Every method that writes is one durable transaction, or part of one.

    Attributes:
        keys: Of all of its rows, where this process has taken them in; else of none.

    Raises:
        JournalError: From every method, where the journal cannot be read or written.
    """

    connection: sqlite3.Connection
    path: Path
    number: int
    keys: Keys = field(default_factory=Keys)

    def insert(self, issues: Sequence[Issue], warnings: Sequence[RowWarning]) -> None:
        """Take in findings of rows that have none yet, within a transaction that is under way."""
        findings: list[Finding] = sorted([*issues, *warnings], key=_row)
        self.connection.executemany(
            'INSERT INTO findings (run, row, place, warning, code, "column", message) VALUES (?, ?, ?, ?, ?, ?, ?)',
            [
                (self.number, row, place, *_columns(finding), _noted_message(finding, is_only=count == 1))
                for row, of_row, count in _by_row(findings)
                for place, finding in enumerate(of_row)
            ],
        )

    def append(self, findings: Sequence[Finding]) -> None:
        """Take in further findings of any rows, within a transaction that is under way."""
        self.connection.executemany(
            'INSERT INTO findings (run, row, place, warning, code, "column", message) SELECT ?1, ?2,'
            " (SELECT count(*) FROM findings WHERE run = ?1 AND row = ?2), ?3, ?4, ?5, ?6",
            ((self.number, finding.row, *_columns(finding), finding.message) for finding in findings),
        )

    def warn(self, warnings: Sequence[RowWarning]) -> None:
        """Take in warnings of rows that were added before."""
        if warnings:
            with explained(self.path), atomic(self.connection):
                self.append(warnings)

    def still_sent(self, rows: Iterable[int]) -> set[int]:
        """Return those of some rows that are to be sent, as far as is known."""
        query = f"SELECT row FROM rows WHERE {PASSED} AND row IN (SELECT value FROM json_each(:some))"
        return {row for (row,) in self._all(query, some=json.dumps(list(rows)))}

    def refuse_warned(self, code: str | None = None) -> None:
        """Let rows that have a warning end `invalid`: their warnings are issues from now on, after those they have.

        For where warnings count as errors, after repeats were resolved: what contradicts such a row does so still.

        Args:
            code: Only warnings of this code count so; None for all.
        """
        warned = "(SELECT row FROM findings WHERE run = :run AND warning AND code = coalesce(:code, code))"
        query = (
            f'SELECT row, code, "column", message FROM findings WHERE run = :run AND row IN {warned}'
            " AND (NOT warning OR code = coalesce(:code, code)) ORDER BY row, place"
        )
        which = {"run": self.number, "code": code}
        with explained(self.path), atomic(self.connection):
            self.connection.execute(
                f"UPDATE findings SET message = {MESSAGE_OF_ROW} WHERE run = :run AND message = '' AND row IN {warned}",
                which,
            )
            issues = (Issue(*columns) for columns in read(self.connection, self.path, query, which))
            self.connection.executemany(
                "UPDATE rows SET phase = 2, repeats = NULL, status = :status, code = :code, message = :message,"
                " updated_at = '', rests_on = NULL"
                " WHERE run = :run AND row = :row",
                (
                    {"run": self.number, "row": row, "status": Status.INVALID, **as_outcome(list(of_row))}
                    for row, of_row in groupby(issues, key=_row)
                ),
            )
            self.connection.execute(
                "UPDATE findings SET warning = 0 WHERE run = :run AND code = coalesce(:code, code)", which
            )

    def issues(self) -> Iterator[tuple[int, Sequence[Issue]]]:
        """Yield each row that has issues, in row order, with them in the order in which they were found."""
        query = (
            f"SELECT row, code, \"column\", iif(message = '', {MESSAGE_OF_ROW}, message) FROM findings"
            " WHERE run = :run AND NOT warning ORDER BY row, place"
        )
        everything = (Issue(*columns) for columns in read(self.connection, self.path, query, {"run": self.number}))
        for row, of_row in groupby(everything, key=_row):
            yield row, list(of_row)

    def warnings(self) -> Iterator[tuple[int, tuple[str, ...], tuple[str, ...]]]:
        """Yield each row that has warnings, in row order, with their codes and their sentences."""
        query = "SELECT row, code, message FROM findings WHERE run = :run AND warning ORDER BY row, place"
        everything = read(self.connection, self.path, query, {"run": self.number})
        for row, of_row in groupby(everything, key=itemgetter(0)):
            _, codes, sentences = zip(*of_row, strict=True)
            yield row, codes, sentences

    def shared_addresses(self) -> Iterator[Sequence[Sequence[int]]]:
        """Yield, for each address that two or more customers are to get, the rows of each, in row order.

        Addresses that differ in nothing but case are the same, and so is a UUID that is in several groups.
        """
        found = twins(self.keys.rows, self.keys.addresses)
        if found == NO_TWINS:
            return
        query = (
            f"SELECT {_ANY_CASE}, {_PERSON}, row FROM rows WHERE {PASSED} AND {AMONG_TWINS} AND {_ANY_CASE} IN"
            f" (SELECT {_ANY_CASE} FROM rows WHERE {PASSED} AND {AMONG_TWINS} GROUP BY 1"
            f" HAVING count(DISTINCT {_PERSON}) > 1) ORDER BY 1, 2, 3"
        )
        for _, of_address in groupby(self._all(query, twins=found), key=itemgetter(0)):
            yield sorted([row for *_, row in of_person] for _, of_person in groupby(of_address, itemgetter(1)))

    def _all(self, query: str, **values: object) -> list[tuple[Any, ...]]:
        return list(read(self.connection, self.path, query, {"run": self.number, **values}))


def _row(finding: Finding) -> int:
    return finding.row


def _columns(finding: Finding) -> tuple[bool, str, str]:
    return isinstance(finding, RowWarning), str(finding.code), finding.column


def _by_row(findings: Iterable[Finding]) -> Iterator[tuple[int, Sequence[Finding], int]]:
    """Yield each row with its findings, and how many of them are issues."""
    for row, group in groupby(findings, key=_row):
        of_row = list(group)
        yield row, of_row, sum(isinstance(finding, Issue) for finding in of_row)


def _noted_message(finding: Finding, *, is_only: bool) -> str:
    """Return what is kept of what a finding says: nothing of the only issue of a row, whose message it is."""
    return "" if is_only and isinstance(finding, Issue) else finding.message


def as_outcome(issues: Sequence[Finding]) -> dict[str, str]:
    """Return the codes and the messages of a row's issues, each as one text."""
    codes = dict.fromkeys(str(issue.code) for issue in issues)
    return {"code": ", ".join(codes), "message": " ".join(issue.message for issue in issues)}
