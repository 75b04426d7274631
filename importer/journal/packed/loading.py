"""Rows on their way into the journal: as they are checked, a chunk at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from importer.journal.packed.ids_and_times import packed_id
from importer.journal.packed.names import Names
from importer.journal.private.digests import Digester
from importer.model.modes import Mode
from importer.model.rows import Update

INSERT_UPDATES: Final = (
    "INSERT INTO rows (run, row, group_number, account_number, customer, digests, lower_email_digest, note, room)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, zeroblob(?))"
)
INSERT_VALUES: Final = "INSERT INTO sent_values.updates (row, first_name, last_name, email) VALUES (?, ?, ?, ?)"
_ROOM: Final = {Mode.RUN: 24}
"""Bytes that are left free for the outcome of a row; SQLite leaves a tenth of each page free beside them.

With less, pages are split as rows are decided on, and half of each is empty then; with more, it is never used.
"""


@dataclass(frozen=True, slots=True)
class Loading:
    """Makes the columns of rows that can be sent.

    Attributes:
        number: Of their run.
        mode: The same.
    """

    number: int
    mode: Mode
    digester: Digester
    names: Names

    def columns(self, updates: Sequence[Update]) -> Iterable[tuple[object, ...]]:
        """Return the columns for `INSERT_UPDATES`; the names of the updates are noted first."""
        self.names.note({name for update in updates for name in (update.group_id, update.linked_account_id)})
        return [self._columns(update) for update in updates]

    def _columns(self, update: Update) -> tuple[object, ...]:
        digest, number = self.digester.digest, self.names.number
        lower = update.email.lower()
        return (
            self.number,
            update.row,
            number(update.group_id),
            number(update.linked_account_id),
            packed_id(update.customer_id),
            digest(update.first_name) + digest(update.last_name) + digest(update.email),
            None if lower == update.email else digest(lower),
            update.note,
            _ROOM.get(self.mode, 0),
        )


def values_of(updates: Iterable[Update]) -> Iterable[tuple[object, ...]]:
    """Return the columns for `INSERT_VALUES`."""
    return ((update.row, update.first_name, update.last_name, update.email) for update in updates)
