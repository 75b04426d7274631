"""How many attempts a second an API has answered lately."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

_LATELY_S: Final = 10
_LEAST_S: Final = 5
"""A shorter time says more of what may come at once than of what can be kept up."""


@dataclass(slots=True)
class Throughput:
    """Counts answers by the second. Times are seconds of one monotonic clock."""

    _counts: deque[tuple[int, int]] = field(default_factory=lambda: deque(maxlen=_LATELY_S + 1))

    def note(self, now: float) -> None:
        """Take in that an attempt was worked on."""
        second = int(now)
        if self._counts and self._counts[-1][0] == second:
            self._counts[-1] = (second, self._counts[-1][1] + 1)
        else:
            self._counts.append((second, 1))

    def rate(self, now: float) -> float | None:
        """Return how many a second there were in the last ten seconds; None where less than five are known."""
        recent = [(second, count) for second, count in self._counts if second >= now - _LATELY_S]
        if not recent or (lasted := now - recent[0][0]) < _LEAST_S:
            return None
        return sum(count for _, count in recent) / lasted
