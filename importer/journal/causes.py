"""Why rows of a run need a person, or should be looked at: each cause once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from importer.journal.store import read
from importer.model import Cause, Status

_FEW_SENTENCES: Final = 5
"""Of one code in one column: where there are more, and some name rows or tries, they are counted together."""
_MAX_SENTENCES: Final = 50
"""Where there are more, they are counted together in any case."""
_FIRST_ROWS: Final = 5
_FOUND: Final = (
    "SELECT row, warning, iif(warning, NULL, 'invalid') AS status, code, \"column\", message FROM findings"
    " WHERE run = :run"
)
_ENDED: Final = (
    "SELECT rows.row, 0 AS warning, rows.status, rows.code, '' AS \"column\", coalesce(first.message, rows.message)"
    " AS message FROM rows LEFT JOIN rows AS first ON first.run = rows.run AND first.row = rows.repeats"
    " WHERE rows.run = :run AND rows.status IN"
    " ('mismatch', 'rejected', 'unconfirmed', 'failed', 'not_sent') AND rows.code NOT IN ('check_only', 'dry_run')"
)
"""What a repeat says is only where to look: it counts with the row that it repeats."""
_NUMBERED: Final = (
    "message GLOB '*row [0-9]*' OR message GLOB '*rows [0-9]*' OR message GLOB '*Tried [0-9]*'"
    " OR message GLOB '*The last of [0-9]*'"
)
_SAME: Final = 'warning = :warning AND status IS :status AND code = :code AND "column" = :column'


@dataclass(frozen=True, slots=True)
class Causes:
    """The causes of one run.

    Raises:
        JournalError: From every method, where the journal cannot be read.
    """

    connection: sqlite3.Connection
    path: Path
    number: int

    def all(self) -> Sequence[Cause]:
        """Return each cause once: what is wrong before what is only strange, the most frequent first."""
        found = [cause for about in (_FOUND, _ENDED) for cause in self._of(about)]
        return sorted(found, key=lambda cause: (cause.warning, -cause.rows, cause.first_rows, cause.code))

    def _of(self, about: str) -> Iterator[Cause]:
        kinds = (
            f'SELECT warning, status, code, "column", count(DISTINCT message), max({_NUMBERED}), count(*)'
            f" FROM ({about}) GROUP BY 1, 2, 3, 4"
        )
        for *kind, sentences, numbered, rows in self._all(kinds):
            same = dict(zip(("warning", "status", "code", "column"), kind, strict=True))
            if sentences > (_FEW_SENTENCES if numbered else _MAX_SENTENCES):
                yield self._cause(about, same, None, rows)
                continue
            each = f"SELECT message, count(*) FROM ({about}) WHERE {_SAME} GROUP BY 1"
            for message, count in self._all(each, **same):
                yield self._cause(about, same, message, count)

    def _cause(self, about: str, same: dict[str, Any], message: str | None, rows: int) -> Cause:
        query = (
            f"SELECT row FROM ({about}) WHERE {_SAME} AND (:message IS NULL OR message = :message)"
            " ORDER BY row LIMIT :limit"
        )
        first = self._all(query, **same, message=message, limit=_FIRST_ROWS)
        return Cause(
            warning=bool(same["warning"]),
            code=same["code"],
            column=same["column"],
            message=message or "",
            rows=rows,
            first_rows=tuple(row for (row,) in first),
            status=None if same["status"] is None else Status(same["status"]),
        )

    def _all(self, query: str, **values: object) -> list[tuple[Any, ...]]:
        return list(read(self.connection, self.path, query, {"run": self.number, **values}))
