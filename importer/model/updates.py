"""What valid rows ask for, column by column: nearly all that is done with them is done for many at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import overload

from importer.model.rows import Update


@dataclass(frozen=True, slots=True)
class Updates(Sequence[Update]):
    """Updates in row order, as a column for each of their fields; each is made only where somebody looks at it.

    All columns are of the same length. Their names are those of the fields of `Update`, as plurals.
    """

    rows: Sequence[int] = ()
    group_ids: Sequence[str] = ()
    linked_account_ids: Sequence[str] = ()
    customer_ids: Sequence[str] = ()
    first_names: Sequence[str] = ()
    last_names: Sequence[str] = ()
    emails: Sequence[str] = ()
    notes: Sequence[str] = ()

    @classmethod
    def of(cls, updates: Iterable[Update]) -> Updates:
        """Return updates as columns; those that are columns already as they are."""
        if isinstance(updates, Updates):
            return updates
        each = list(updates)
        return cls(*([getattr(update, field.name) for update in each] for field in fields(Update)))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.rows)

    @overload
    def __getitem__(self, at: int) -> Update: ...

    @overload
    def __getitem__(self, at: slice) -> Updates: ...

    def __getitem__(self, at: int | slice) -> Update | Updates:
        """Return the update at a position, from 0, or those of some that follow each other."""
        columns = (getattr(self, field.name)[at] for field in fields(self))
        return Updates(*columns) if isinstance(at, slice) else Update(*columns)

    def __iter__(self) -> Iterator[Update]:
        """Yield them one by one."""
        return map(
            Update,
            self.rows,
            self.group_ids,
            self.linked_account_ids,
            self.customer_ids,
            self.first_names,
            self.last_names,
            self.emails,
            self.notes,
        )
