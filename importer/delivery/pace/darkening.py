"""Which row it may be that takes the API down each time it is sent: that one goes last."""

from __future__ import annotations


class Darkening:
    """Looks for the attempt after which everything failed. Times are seconds of one monotonic clock.

    In any outage some row is the first to fail, and it costs that row nothing to go last.
    """

    def __init__(self) -> None:
        self._failed: dict[int, float] = {}
        """By row, when its answer came: those after which nothing was sent that showed life, the first one first."""
        self._dark = False

    def learn(self, row: int, left_at: float, now: float, *, alive: bool, dark: bool) -> int | None:
        """Take in what came of an attempt; return the row after which there was no life, when a darkness begins.

        Args:
            row: Whose attempt it was.
            left_at: When it left.
            now: When its answer came.
            alive: Whether that showed life.
            dark: Whether the API counts as down now.
        """
        begins, self._dark = dark and not self._dark, dark
        if alive and self._failed:
            self._failed = {other: answered_at for other, answered_at in self._failed.items() if answered_at > left_at}
        elif not alive and (begins or not dark):
            self._failed.setdefault(row, now)
        return next(iter(self._failed)) if begins else None
