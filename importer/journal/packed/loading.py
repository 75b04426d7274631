"""Rows on their way into the journal: as they are checked, a chunk at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, groupby
from operator import sub
from typing import Final

from importer.journal.packed.ids_and_times import packed_id, packed_uuids
from importer.journal.packed.numbered_names import Names
from importer.journal.packed.twins import Keys
from importer.journal.private.digests import DIGEST_BYTES, Digester
from importer.model.modes import Mode
from importer.model.source import VALUE_FIELDS
from importer.model.updates import Updates

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


@dataclass(frozen=True, slots=True)
class Loading:
    """Takes in rows of a run that can be sent.

    Attributes:
        connection: To the journal.
        number: Of the run.
        mode: The same.
        keys: Takes in what the rows may have in common.
    """

    connection: sqlite3.Connection
    number: int
    mode: Mode
    digester: Digester
    names: Names
    keys: Keys

    def prepare(self, updates: Updates) -> Sequence[_Columns]:
        """Return what `insert` takes in; the names of the updates are noted."""
        self.names.note({*updates.group_ids, *updates.linked_account_ids})
        return [self._columns(block) for block in _blocks(updates)]

    def insert(self, prepared: Sequence[_Columns]) -> None:
        """Take in rows, within a transaction that is under way."""
        room = _ROOM.get(self.mode, 0)
        for columns in prepared:
            updates = columns.updates
            group, account = map(self.names.number, (updates.group_ids[0], updates.linked_account_ids[0]))
            customers = packed_uuids(updates.customer_ids) if columns.is_block else None
            lower = b"".join(columns.lower)
            if customers is not None:
                values = {
                    "run": self.number,
                    "first": updates.rows[0],
                    "last": len(updates) - 1,
                    "group": group,
                    "account": account,
                    "customers": customers,
                    "digests": b"".join(columns.digests),
                    "lower": lower,
                    "room": room,
                }
                self.connection.execute(_INSERT_BLOCK, values)
                self.keys.add(updates.rows, group, customers, lower)
            else:
                self.connection.executemany(_INSERT, self._rows(columns, group, account, room))
                self.keys.add(updates.rows, group, list(map(packed_id, updates.customer_ids)), lower)

    def insert_values(self, updates: Updates) -> None:
        """Take in what is to be sent, within a transaction that is under way; of a check that is nothing."""
        if self.mode is Mode.RUN:
            values = zip(updates.rows, updates.first_names, updates.last_names, updates.emails, strict=True)
            self.connection.executemany(_INSERT_VALUES, values)

    def _columns(self, updates: Updates) -> _Columns:
        digest, digest_of_name = self.digester.digest, self.digester.digest_again
        emails = list(map(digest, updates.emails))
        names = zip(map(digest_of_name, updates.first_names), map(digest_of_name, updates.last_names), strict=True)
        digests = [first + last + email for (first, last), email in zip(names, emails, strict=True)]
        lower = [email.lower() for email in updates.emails]
        is_lower = lower == list(updates.emails)
        is_block = len(updates) >= _SHORTEST_BLOCK and not any(updates.notes)
        return _Columns(updates, digests, emails if is_lower else list(map(digest, lower)), is_block)

    def _rows(self, columns: _Columns, group: int, account: int, room: int) -> Iterator[tuple[object, ...]]:
        updates = columns.updates
        others = zip(updates.rows, updates.customer_ids, updates.notes, strict=True)
        for (row, customer, note), digests, lower in zip(others, columns.digests, columns.lower, strict=True):
            other_case = None if digests.endswith(lower) else lower
            yield self.number, row, group, account, packed_id(customer), digests, other_case, note, room


@dataclass(frozen=True, slots=True)
class _Columns:
    """Rows of one group and account, with the digests of each.

    Attributes:
        lower: Of the addresses in lower case.
        is_block: They are many, one directly behind the other, and there is nothing to note of any.
    """

    updates: Updates
    digests: Sequence[bytes]
    lower: Sequence[bytes]
    is_block: bool


def _blocks(updates: Updates) -> Iterator[Updates]:
    """Yield updates that are one directly behind the other, of one group and account, with a note or without."""
    offsets, is_noted = map(sub, updates.rows, count()), map(bool, updates.notes)
    keys = zip(updates.group_ids, updates.linked_account_ids, offsets, is_noted, strict=False)
    start = 0
    for _, of_key in groupby(keys):
        stop = start + sum(1 for _ in of_key)
        yield updates[start:stop]
        start = stop
