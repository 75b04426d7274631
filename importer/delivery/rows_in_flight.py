"""The rows whose attempts are out, in the order in which these were begun."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from importer.delivery.replies.row_history import DeliveryRow


class RowsInFlight:
    """Keeps rows while an attempt of theirs is out. Times are seconds of one monotonic clock, and never go back."""

    def __init__(self) -> None:
        self._rows: dict[int, DeliveryRow] = {}

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def numbers(self) -> Collection[int]:
        """Which rows they are."""
        return self._rows.keys()

    def begin(self, row: DeliveryRow) -> None:
        """Take in a row whose attempt has been begun now."""
        self._rows[row.number] = row

    def end(self, number: int) -> DeliveryRow:
        """Return the row of this number, whose attempt is over."""
        return self._rows.pop(number)

    def find(self, number: int) -> DeliveryRow:
        """Return the row of this number."""
        return self._rows[number]

    def longest_s(self, now: float) -> float:
        """Return how long ago the first of their attempts was begun; 0 where none is out."""
        return now - next(iter(self._rows.values())).begun_at if self._rows else 0.0

    @property
    def left_at(self) -> Sequence[float]:
        """When each attempt leaves, or has left."""
        return [row.left_at for row in self._rows.values()]

    @property
    def levels(self) -> Sequence[tuple[float, int]]:
        """Of each attempt, when it left, and how many were out then."""
        return [(row.left_at, row.level) for row in self._rows.values()]
