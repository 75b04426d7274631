"""Rows that something in front of the API blocks: whether it blocks all requests for a while, or only some rows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class _Blocked:
    """How often a row was blocked: in all, and with others passing since the time before.

    `first` and `last` say how many had passed by the first and the last time.
    """

    first: int
    last: int = -1
    times: int = 0
    beside_others: int = 0


class Walls:
    """Watches which rows are blocked, and whether others pass meanwhile.

    Args:
        most: A row that was blocked more often than that, while others passed, is blocked for what it holds.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._passed = 0
        self._blocked: set[int] = set()
        self._rows: dict[int, _Blocked] = {}
        self.in_a_row = 0
        """How many requests were blocked since one has passed."""

    @property
    def are_for_all(self) -> bool:
        """Whether several rows were blocked, and none has passed since."""
        return len(self._blocked) > 1

    def met(self, row: int, *, alone: bool) -> bool:
        """Note that a row was blocked; return whether that is for what it holds, so that it need not be tried again.

        Args:
            row: Its number.
            alone: Whether no other row is left that might pass: then it is enough that others have passed since the
                first time.
        """
        blocked = self._rows.setdefault(row, _Blocked(self._passed))
        blocked.times += 1
        blocked.beside_others += blocked.last < self._passed
        blocked.last = self._passed
        self._blocked.add(row)
        self.in_a_row += 1
        counted = blocked.times if alone and blocked.first < self._passed else blocked.beside_others
        return counted > self._most

    def passed(self, row: int) -> None:
        """Note that the request of a row was not blocked."""
        self._passed += 1
        self._blocked.clear()
        self._rows.pop(row, None)
        self.in_a_row = 0
