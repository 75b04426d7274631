"""Rows that something in front of the API blocks: whether it blocks all requests for a while, or only some rows."""

from __future__ import annotations


class Walls:
    """Watches which rows are blocked, and whether others pass meanwhile."""

    def __init__(self) -> None:
        self._passed = 0
        self._blocked: set[int] = set()
        self._times: dict[int, tuple[int, int]] = {}
        self.in_a_row = 0
        """How many requests were blocked since one has passed."""

    @property
    def are_for_all(self) -> bool:
        """Whether several rows were blocked, and none has passed since."""
        return len(self._blocked) > 1

    def met(self, row: int) -> int:
        """Note that a row was blocked; return how often it was with others passing in between, this time included."""
        times, passed = self._times.get(row, (0, -1))
        times += passed < self._passed
        self._times[row] = (times, self._passed)
        self._blocked.add(row)
        self.in_a_row += 1
        return times

    def passed(self, row: int) -> None:
        """Note that the request of a row was not blocked."""
        self._passed += 1
        self._blocked.clear()
        self._times.pop(row, None)
        self.in_a_row = 0
