"""By what the confirmations of a run were answered, and what was believed of refusals before the first of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from importer.journal.database import read
from importer.model.rows import Outcome, Reconsidered
from importer.model.statuses import Status

_BELIEVED: Final = (
    "SELECT product, row, believed.code, believed.message, http_status, attempts, latency_s"
    " FROM believed JOIN rows USING (run, row) WHERE run = :run AND phase = 2 AND status = 'rejected'"
    " AND NOT EXISTS (SELECT 1 FROM voices WHERE voices.run = :run) ORDER BY row"
)


@dataclass(frozen=True, slots=True)
class Voices:
    """What answers a run.

    Attributes:
        place: The base URL under which it is remembered what was confirmed; "" for nowhere.
    """

    connection: sqlite3.Connection
    path: Path
    run: int
    place: str

    def products(self) -> Sequence[str]:
        """Return by what the confirmations of the run were answered."""
        return [product for (product,) in self._read("SELECT product FROM voices WHERE run = :run")]

    def earlier_products(self) -> Sequence[str]:
        """Return by what those of the last run before it to the same base URL were answered that had any."""
        query = (
            "SELECT product FROM voices WHERE run = (SELECT max(run) FROM voices JOIN runs ON number = run"
            " WHERE run < :run AND :place <> '' AND base_url = :place"
            " AND NOT coalesce(json_extract(asked, '$.sandbox'), 0))"
        )
        return [product for (product,) in self._read(query, place=self.place)]

    def believed(self) -> Sequence[Reconsidered]:
        """Return what rows turn out to be that an earlier process of the run has believed to be refused.

        There are none once there was a confirmation: it has been decided then.
        """
        return [
            Reconsidered([product], Outcome(row, Status.UNCONFIRMED, code, message, http_status, attempts, latency_s=s))
            for product, row, code, message, http_status, attempts, s in self._read(_BELIEVED)
        ]

    def note(self, products: Iterable[str], believed: Iterable[Reconsidered]) -> None:
        """Add to them, inside a transaction.

        Args:
            products: What answered confirmations, of which none was answered by it before.
            believed: What rows turn out to be that were refused before the first confirmation, if it speaks against it.
        """
        self.connection.executemany(
            "INSERT OR REPLACE INTO believed (run, row, product, code, message) VALUES (?, ?, ?, ?, ?)",
            [
                (self.run, one.outcome.row, product, one.outcome.code, one.outcome.message)
                for one in believed
                for product in one.products
            ],
        )
        for product in products:
            self.connection.execute("INSERT OR IGNORE INTO voices (run, product) VALUES (?, ?)", (self.run, product))
            self.no_more()

    def no_more(self) -> None:
        """Let go of what was believed: it has been decided."""
        self.connection.execute("DELETE FROM believed WHERE run = ?", (self.run,))

    def _read(self, query: str, **values: object) -> Iterable[tuple[Any, ...]]:
        return read(self.connection, self.path, query, {"run": self.run, **values})
