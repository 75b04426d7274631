"""Why rows of a run need a person, or should be looked at: each cause once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from importer.journal.database import read
from importer.model.rows import Cause
from importer.model.statuses import Status
from importer.phrases import generalised, likeness

_MAX_SENTENCES: Final = 50
"""Of one code in one column: where there are more that say different things, they are counted together."""
_FIRST_ROWS: Final = 5
_FOUND: Final = (
    "SELECT row, warning, iif(warning, NULL, 'invalid'), findings.code, \"column\","
    " iif(findings.message = '', rows.message, findings.message)"
    " FROM findings LEFT JOIN rows USING (run, row) WHERE run = :run"
    " AND NOT (warning AND coalesce(rows.status = 'invalid', FALSE)) ORDER BY row, place"
)
"""A warning counts of rows that may be sent; one that is invalid has more to be said of, and says both itself."""
_ENDED: Final = (
    "SELECT rows.row, 0, rows.status, rows.code, '', coalesce(first.message, rows.message)"
    " FROM rows LEFT JOIN rows AS first ON first.run = rows.run AND first.row = rows.repeats"
    " WHERE rows.run = :run AND rows.status IN"
    " ('mismatch', 'rejected', 'unconfirmed', 'failed', 'not_sent') ORDER BY rows.row"
)
"""What a repeat says is only where to look: it counts with the row that it repeats."""


class _Kind(NamedTuple):
    """What rows have in common that have the same cause, but for the sentence."""

    warning: int
    status: str | None
    code: str
    column: str


@dataclass(slots=True)
class _RowsOfCause:
    """How many rows have a cause, the first of them, and what all of them say."""

    message: str
    count: int = 0
    first: list[int] = field(default_factory=list)

    def add(self, row: int, message: str) -> None:
        self.message = generalised(self.message, message)
        self.count += 1
        if len(self.first) < _FIRST_ROWS:
            self.first.append(row)


@dataclass(slots=True)
class _Sentences:
    """The rows of one kind: of all that say the same while that is not too much, and all together."""

    together: _RowsOfCause = field(default_factory=lambda: _RowsOfCause(""))
    each: dict[str, _RowsOfCause] = field(default_factory=dict)
    many: bool = False

    def add(self, row: int, message: str) -> None:
        self.together.add(row, "")
        if self.many:
            return
        self.each.setdefault(likeness(message), _RowsOfCause(message)).add(row, message)
        if len(self.each) > _MAX_SENTENCES:
            self.many = True
            self.each.clear()

    def causes(self, kind: _Kind) -> Iterator[Cause]:
        """Yield what rows say once, whatever differs in it from row to row, or all of them as one where it is much."""
        for rows in [self.together] if self.many else self.each.values():
            yield Cause(
                warning=bool(kind.warning),
                code=kind.code,
                column=kind.column,
                message=rows.message,
                rows=rows.count,
                first_rows=tuple(rows.first),
                status=None if kind.status is None else Status(kind.status),
            )


@dataclass(frozen=True, slots=True)
class Causes:
    """The causes of one run, found in one pass over its rows: however many there are, in flat memory.

    Raises:
        JournalError: From every method, where the journal cannot be read.
    """

    connection: sqlite3.Connection
    path: Path
    number: int

    def all(self) -> Sequence[Cause]:
        """Return each cause once: what is wrong before what is only strange, the most frequent first."""
        kinds: dict[_Kind, _Sentences] = {}
        for about in (_FOUND, _ENDED):
            for row, *kind, message in read(self.connection, self.path, about, {"run": self.number}):
                kinds.setdefault(_Kind(*kind), _Sentences()).add(row, message)
        causes = [cause for kind, sentences in kinds.items() for cause in sentences.causes(kind)]
        return sorted(causes, key=_order)


def _order(cause: Cause) -> tuple[bool, int, Sequence[int], str, str, str]:
    return cause.warning, -cause.rows, cause.first_rows, cause.code, cause.column, cause.message
