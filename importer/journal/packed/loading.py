"""Rows on their way into the journal: as they are checked, a chunk at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, groupby
from operator import attrgetter, sub
from typing import Final

from importer.journal.packed.ids_and_times import packed_id, packed_uuids
from importer.journal.packed.numbered_names import Names
from importer.journal.private.digests import DIGEST_BYTES, Digester
from importer.model.modes import Mode
from importer.model.rows import Update
from importer.model.source import VALUE_FIELDS

_INSERT: Final = (
    "INSERT INTO rows (run, row, group_number, account_number, customer, digests, lower_email_digest, note, room)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, zeroblob(?))"
)
_BYTES_OF_DIGESTS: Final = len(VALUE_FIELDS) * DIGEST_BYTES
_INSERT_BLOCK: Final = (
    "INSERT INTO rows (run, row, group_number, account_number, customer, digests, lower_email_digest, room)"
    " WITH RECURSIVE block (at) AS (SELECT 0 UNION ALL SELECT at + 1 FROM block WHERE at < :last)"
    " SELECT :run, :first + at, :group, :account, substr(:customers, 1 + 16 * at, 16),"
    f" substr(:digests, 1 + {_BYTES_OF_DIGESTS} * at, {_BYTES_OF_DIGESTS}), nullif("
    f"substr(:lower, 1 + {DIGEST_BYTES} * at, {DIGEST_BYTES}),"
    f" substr(:digests, 1 + {_BYTES_OF_DIGESTS} * (at + 1) - {DIGEST_BYTES}, {DIGEST_BYTES})), zeroblob(:room)"
    " FROM block"
)
"""Rows one after the other in one statement, from columns that are one value each: a third of the time."""
_SHORTEST_BLOCK: Final = 16
_INSERT_VALUES: Final = "INSERT INTO sent_values.updates (row, first_name, last_name, email) VALUES (?, ?, ?, ?)"
_ROOM: Final = {Mode.RUN: 24}
"""Bytes that are left free for the outcome of a row; SQLite leaves a tenth of each page free beside them.

With less, pages are split as rows are decided on, and half of each is empty then; with more, it is never used.
"""
_whose = attrgetter("group_id", "linked_account_id")
_row = attrgetter("row")


@dataclass(frozen=True, slots=True)
class Loading:
    """Takes in rows of a run that can be sent.

    Attributes:
        connection: To the journal.
        number: Of the run.
        mode: The same.
    """

    connection: sqlite3.Connection
    number: int
    mode: Mode
    digester: Digester
    names: Names

    def prepare(self, updates: Sequence[Update]) -> Sequence[_Columns]:
        """Return what `insert` takes in; the names of the updates are noted."""
        self.names.note({name for whose in set(map(_whose, updates)) for name in whose})
        return [self._columns(block) for block in _blocks(updates)]

    def insert(self, prepared: Sequence[_Columns]) -> None:
        """Take in rows, within a transaction that is under way."""
        room = _ROOM.get(self.mode, 0)
        for one in prepared:
            group, account = map(self.names.number, _whose(one.updates[0]))
            customers = packed_uuids(update.customer_id for update in one.updates) if one.is_block else None
            if customers is not None:
                values = {
                    "run": self.number,
                    "first": one.updates[0].row,
                    "last": len(one.updates) - 1,
                    "group": group,
                    "account": account,
                    "customers": customers,
                    "digests": b"".join(one.digests),
                    "lower": b"".join(one.lower),
                    "room": room,
                }
                self.connection.execute(_INSERT_BLOCK, values)
            else:
                self.connection.executemany(_INSERT, self._rows(one, group, account, room))

    def insert_values(self, updates: Sequence[Update]) -> None:
        """Take in what is to be sent, within a transaction that is under way; of a check that is nothing."""
        if self.mode is Mode.RUN:
            self.connection.executemany(
                _INSERT_VALUES, ((update.row, update.first_name, update.last_name, update.email) for update in updates)
            )

    def _columns(self, updates: Sequence[Update]) -> _Columns:
        digest, digest_of_name = self.digester.digest, self.digester.digest_again
        digests, lower = [], []
        for update in updates:
            email = digest(update.email)
            digests.append(digest_of_name(update.first_name) + digest_of_name(update.last_name) + email)
            in_lower_case = update.email.lower()
            lower.append(email if in_lower_case == update.email else digest(in_lower_case))
        is_block = len(updates) >= _SHORTEST_BLOCK and not any(update.note for update in updates)
        return _Columns(updates, digests, lower, is_block)

    def _rows(self, columns: _Columns, group: int, account: int, room: int) -> Iterator[tuple[object, ...]]:
        for update, digests, lower in zip(columns.updates, columns.digests, columns.lower, strict=True):
            other_case = None if digests.endswith(lower) else lower
            customer = packed_id(update.customer_id)
            yield self.number, update.row, group, account, customer, digests, other_case, update.note, room


@dataclass(frozen=True, slots=True)
class _Columns:
    """Rows of one group and account, with the digests of each.

    Attributes:
        lower: Of the addresses in lower case.
        is_block: They are many, one directly behind the other, and there is nothing to note of any.
    """

    updates: Sequence[Update]
    digests: Sequence[bytes]
    lower: Sequence[bytes]
    is_block: bool


def _blocks(updates: Sequence[Update]) -> Iterator[Sequence[Update]]:
    """Yield updates that are one directly behind the other, of one group and account, with a note or without."""
    whose, is_noted = map(_whose, updates), [bool(update.note) for update in updates]
    offsets = map(sub, map(_row, updates), count())
    keys = zip(whose, offsets, is_noted, strict=False)
    for _, of_key in groupby(zip(keys, updates, strict=True), key=lambda pair: pair[0]):
        yield [update for _, update in of_key]
