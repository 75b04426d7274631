"""Rows on their way into the journal: as they are checked, a chunk at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, groupby
from operator import sub
from typing import Final

from importer.journal.early_rests import EarlyRests
from importer.journal.packed.blocks import BLOCK, CUSTOMER_AT, DIGESTS_AT, LOWER_AT, RowBlock
from importer.journal.packed.digests_of_rows import RowDigests
from importer.journal.packed.ids_and_times import packed_id, packed_uuids
from importer.journal.packed.numbered_names import Names
from importer.journal.packed.twins import Keys
from importer.journal.private.digests import Digester
from importer.model.modes import Mode
from importer.model.statuses import Status
from importer.model.updates import Updates

_INSERT: Final = (
    "INSERT INTO rows (run, row, group_number, account_number, customer, digests, lower_email_digest, note, room)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, zeroblob(?))"
)
_COLUMNS_OF_BLOCK: Final = "run, row, group_number, account_number, customer, digests, lower_email_digest, room"
_OF_BLOCK: Final = f":run, :first + at, :group, :account, {CUSTOMER_AT}, {DIGESTS_AT}, {LOWER_AT}"
_INSERT_BLOCK: Final = f"INSERT INTO rows ({_COLUMNS_OF_BLOCK}) {BLOCK} SELECT {_OF_BLOCK}, zeroblob(:room) FROM block"
"""Rows one after the other in one statement, from columns that are one value each: a third of the time."""
_INSERT_RESTING: Final = (
    f"INSERT INTO rows ({_COLUMNS_OF_BLOCK}, phase, status, updated_at, changed, rests_on) {BLOCK}"
    f" SELECT {_OF_BLOCK}, iif(met.row IS NULL, zeroblob(:room), NULL), iif(met.row IS NULL, 0, 2),"
    f" iif(met.row IS NULL, NULL, '{Status.UNCHANGED}'), coalesce(met.updated_at, ''), met.changed, met.run"
    " FROM block LEFT JOIN temp.met ON met.row = :first + at"
)
"""The same where some of them rest: these come in with their outcome."""
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
        early: Finds those that rest as they come in.
    """

    connection: sqlite3.Connection
    number: int
    mode: Mode
    digester: Digester
    names: Names
    keys: Keys
    early: EarlyRests

    def prepare(self, updates: Updates, digests: RowDigests | None = None) -> Sequence[_Columns]:
        """Return what `insert` takes in; the names of the updates are noted.

        Args:
            updates: The rows.
            digests: Theirs, where these are made already.
        """
        self.names.note({*updates.group_ids, *updates.linked_account_ids})
        digests = digests or RowDigests.of(updates, self.digester)
        return [self._columns(updates[start:stop], digests.part(start, stop)) for start, stop in _blocks(updates)]

    def insert_values(self, prepared: Sequence[_Columns]) -> None:
        """Take in what is to be sent, within a transaction that is about the run's own files and temporary tables.

        Of a check that is nothing, and neither is it of rows that rest, which are found here.
        """
        if self.mode is not Mode.RUN:
            return
        for columns in prepared:
            updates = columns.updates
            resting = self.early.find(self.connection, columns.block) if columns.block is not None else ()
            if len(resting) < len(updates):
                values = zip(updates.rows, updates.first_names, updates.last_names, updates.emails, strict=True)
                self.connection.executemany(_INSERT_VALUES, (one for one in values if one[0] not in resting))

    def insert(self, prepared: Sequence[_Columns]) -> None:
        """Take in rows, within a transaction that is under way."""
        room = _ROOM.get(self.mode, 0)
        insert_block = _INSERT_RESTING if self.early.terms else _INSERT_BLOCK
        for columns in prepared:
            updates, block, lower = columns.updates, columns.block, columns.digests.lower
            if block is not None:
                self.connection.execute(insert_block, {**block.values(), "lower": lower, "room": room})
                self.keys.add(updates.rows, columns.group, block.customers, lower)
            else:
                self.connection.executemany(_INSERT, self._rows(columns, room))
                self.keys.add(updates.rows, columns.group, list(map(packed_id, updates.customer_ids)), lower)

    def _columns(self, updates: Updates, digests: RowDigests) -> _Columns:
        group, account = map(self.names.number, (updates.group_ids[0], updates.linked_account_ids[0]))
        block = None
        if len(updates) >= _SHORTEST_BLOCK and not any(updates.notes):
            customers = packed_uuids(updates.customer_ids)
            if customers is not None:
                first, last = updates.rows[0], len(updates) - 1
                block = RowBlock(self.number, first, last, group, account, customers, digests.values)
        return _Columns(updates, group, account, digests, block)

    def _rows(self, columns: _Columns, room: int) -> Iterator[tuple[object, ...]]:
        updates, place = columns.updates, (columns.group, columns.account)
        others = zip(updates.rows, updates.customer_ids, updates.notes, strict=True)
        for (row, customer, note), (digests, lower) in zip(others, columns.digests.each(), strict=True):
            yield self.number, row, *place, packed_id(customer), digests, lower, note, room


@dataclass(frozen=True, slots=True)
class _Columns:
    """Rows of one group and account, by their numbers, with the digests of each.

    Attributes:
        block: The same rows, where they are many, one directly behind the other, and there is nothing to note of any.
    """

    updates: Updates
    group: int
    account: int
    digests: RowDigests
    block: RowBlock | None


def _blocks(updates: Updates) -> Iterator[tuple[int, int]]:
    """Yield from where to where updates follow each other, of one group and account, all with a note or none."""
    offsets, is_noted = map(sub, updates.rows, count()), map(bool, updates.notes)
    keys = zip(updates.group_ids, updates.linked_account_ids, offsets, is_noted, strict=False)
    start = 0
    for _, of_key in groupby(keys):
        stop = start + sum(1 for _ in of_key)
        yield start, stop
        start = stop
