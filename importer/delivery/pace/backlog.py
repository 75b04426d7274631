"""The rows that are not in flight: new ones, those that wait for another try, those behind one of their customer."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush
from math import inf, nextafter

from importer.delivery.replies.row_history import DeliveryRow


class Backlog:
    """Keeps two updates of one customer from being in flight together, and in row order.

    A row is in memory from when it is added until it is released with its outcome.
    """

    def __init__(self) -> None:
        self._fresh: deque[DeliveryRow] = deque()
        self._behind: dict[tuple[str, str], deque[DeliveryRow]] = {}
        """By customer, for every customer with a row in memory: the rows behind that one."""
        self._later: list[tuple[float, int, DeliveryRow]] = []
        self._last: list[tuple[float, int, DeliveryRow]] = []
        self._held_back: set[int] = set()
        self.rows = 0
        """How many rows are in memory."""

    def add(self, rows: Sequence[DeliveryRow]) -> None:
        """Take in the next rows, in row order."""
        for row in rows:
            behind = self._behind.get(row.customer)
            if behind is None:
                self._behind[row.customer] = deque()
                self._fresh.append(row)
            else:
                behind.append(row)
        self.rows += len(rows)

    def put_off(self, row: DeliveryRow, due: float, *, last: bool = False) -> None:
        """Let a row wait for another try, with `last` behind all that wait now.

        Rows that are due at the same time go in row order.
        """
        if last:
            due = max([due, *(nextafter(then, inf) for then, _, _ in self._later)])
        heappush(self._last if row.number in self._held_back else self._later, (due, row.number, row))

    def hold_back(self, row: int) -> None:
        """Let a row wait from now on until nothing else does."""
        self._held_back.add(row)
        for entry in [entry for entry in self._later if entry[1] == row]:
            self._later.remove(entry)
            heapify(self._later)
            heappush(self._last, entry)

    @property
    def only_last(self) -> bool:
        """Whether those that wait for another try are only such rows."""
        return bool(self._last and not self._later)

    def release(self, row: DeliveryRow) -> None:
        """Let go of a row that has its outcome: the next of its customer can go, before any other."""
        self.rows -= 1
        behind = self._behind[row.customer]
        if behind:
            self._fresh.appendleft(behind.popleft())
        else:
            del self._behind[row.customer]

    def peek_fresh(self, *, canary: bool, far: bool = False) -> DeliveryRow | None:
        """Return the next row that was not tried yet, or the one that is farthest.

        With `canary` the next one of those that go alone.
        """
        if not canary:
            return self._fresh[-1 if far else 0] if self._fresh else None
        return next((row for row in self._fresh if row.canary), None)

    def take_fresh(self, row: DeliveryRow) -> DeliveryRow:
        """Take out a row that `peek_fresh` has shown."""
        self._fresh.remove(row)
        return row

    def is_last(self, row: DeliveryRow) -> bool:
        """Return whether a row is one that was held back, and no others are left."""
        return row.number in self._held_back and not self._later and not self._fresh

    @property
    def fresh(self) -> int:
        """How many rows were not tried yet, and wait for none of their customer."""
        return len(self._fresh)

    @property
    def _waiting(self) -> list[tuple[float, int, DeliveryRow]]:
        return self._later or self._last

    @property
    def waiting(self) -> Iterator[DeliveryRow]:
        """The rows that wait for another try."""
        return (row for _, _, row in (*self._later, *self._last))

    @property
    def due_at(self) -> float | None:
        """When the first of the rows that wait for another try may go."""
        return self._waiting[0][0] if self._waiting else None

    def peek_due(self, now: float) -> DeliveryRow | None:
        """Return the first of the rows that have waited long enough for another try."""
        return self._waiting[0][2] if self._waiting and self._waiting[0][0] <= now else None

    def take_due(self) -> DeliveryRow:
        """Take out the row that `peek_due` has shown."""
        return heappop(self._waiting)[2]

    def drop_waiting(self) -> list[DeliveryRow]:
        """Take out all rows that wait for another try, in row order."""
        waiting, self._later, self._last = [*self._later, *self._last], [], []
        return [row for _, _, row in sorted(waiting, key=lambda entry: entry[1])]
