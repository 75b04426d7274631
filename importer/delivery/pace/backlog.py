"""The rows that are not in flight: new ones, those that wait for another try, those behind one of their customer."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from heapq import heappop, heappush
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
        heappush(self._later, (due, row.number, row))

    def release(self, row: DeliveryRow) -> None:
        """Let go of a row that has its outcome: the next of its customer can go, before any other."""
        self.rows -= 1
        behind = self._behind[row.customer]
        if behind:
            self._fresh.appendleft(behind.popleft())
        else:
            del self._behind[row.customer]

    def peek_fresh(self, *, canary: bool) -> DeliveryRow | None:
        """Return the next row that was not tried yet; with `canary` the next one of those that go alone."""
        if not canary:
            return self._fresh[0] if self._fresh else None
        return next((row for row in self._fresh if row.canary), None)

    def take_fresh(self, row: DeliveryRow) -> DeliveryRow:
        """Take out a row that `peek_fresh` has shown."""
        self._fresh.remove(row)
        return row

    @property
    def due_at(self) -> float | None:
        """When the first of the rows that wait for another try may go."""
        return self._later[0][0] if self._later else None

    def peek_due(self, now: float) -> DeliveryRow | None:
        """Return the first of the rows that have waited long enough for another try."""
        return self._later[0][2] if self._later and self._later[0][0] <= now else None

    def take_due(self) -> DeliveryRow:
        """Take out the row that `peek_due` has shown."""
        return heappop(self._later)[2]

    def drop_waiting(self) -> list[DeliveryRow]:
        """Take out all rows that wait for another try, in row order."""
        waiting, self._later = self._later, []
        return [row for _, _, row in sorted(waiting, key=lambda entry: entry[1])]
