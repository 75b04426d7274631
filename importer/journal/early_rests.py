"""Rows that come to rest as they come in, before anything else is known of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from importer.journal.confirmations import FIND_RELIED_ON, MAKE_MET, MAKE_RELIED_ON, MEET_BLOCK
from importer.journal.packed.blocks import RowBlock

_ROWS: Final = "SELECT row FROM temp.met WHERE row BETWEEN :first AND :first + :last"

_ENOUGH: Final = 50_000
"""After so many rows it is known whether many rest."""
_FEW: Final = 0.1


@dataclass(slots=True)
class EarlyRests:
    """Finds rows that rest in what comes in of one run. What it finds is in the temporary table `met`.

    Where hardly any rests it stops looking, since those that do not are looked up again when all have come in.

    Attributes:
        began_at: The time that counts, in seconds since the epoch; None where all rows are held to it at the end.
        terms: The run, and what is relied on: the values that `MEET` takes; empty while nothing is looked for.
    """

    began_at: float | None = None
    terms: Mapping[str, object] = field(default_factory=dict)
    _looked_up: int = 0
    _found: int = 0

    def begin(self, connection: sqlite3.Connection, terms: Mapping[str, object]) -> None:
        """Look for such rows from now on, within a transaction that is about temporary tables."""
        for statement in (*MAKE_MET, *MAKE_RELIED_ON):
            connection.execute(statement)
        connection.execute(FIND_RELIED_ON, terms)
        self.terms = dict(terms)

    def find(self, connection: sqlite3.Connection, block: RowBlock) -> Collection[int]:
        """Return the rows of a block that may rest, and note on what, within a transaction of the same kind."""
        if not self.terms or (self._looked_up >= _ENOUGH and self._found < _FEW * self._looked_up):
            return ()
        values = block.values()
        found = connection.execute(MEET_BLOCK, {**self.terms, **values}).rowcount
        self._looked_up += block.last + 1
        self._found += found
        if found > block.last:
            return range(block.first, block.first + block.last + 1)
        return {row for (row,) in connection.execute(_ROWS, values)}
