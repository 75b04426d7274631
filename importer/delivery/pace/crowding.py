"""Whether attempts fail where too many are in flight at once, and pass where there are fewer."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

_FEWEST: Final = 2
"""So many attempts that failed above a number say something."""
_OFTEN: Final = 0.1
"""This share of those above it must have failed,"""
_MOSTLY: Final = 0.3
"""or this one where no more than one at once should pass,"""
_SELDOM: Final = 0.2
"""and of those below at most this share of that share."""
_FRESH: Final = 200
"""After so many answers, each counts for half."""


@dataclass(slots=True)
class Crowding:
    """Counts, for each number of attempts in flight, how many passed and how many were turned away."""

    _passed: dict[int, float] = field(default_factory=dict)
    _turned: dict[int, float] = field(default_factory=dict)
    _lately: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=64))
    _noted: int = 0

    def passed(self, left_at: float, level: int, now: float) -> None:
        """Take in that an attempt passed that left as the so-manieth."""
        self._note(self._passed, level)
        self._lately.append((left_at, now))

    def turned_away(self, left_at: float, level: int, in_flight: int) -> int | None:
        """Take in that one was turned away, and return how many at once pass; None where that does not explain it.

        Those that pass are the others that are still out, and those that were answered since it left.
        """
        self._note(self._turned, level)
        beside = in_flight + sum(answered_at > left_at for _, answered_at in self._lately)
        fitting = min(level - 1, beside)
        return fitting if fitting >= 1 and self._is_borne_out(fitting) else None

    def _is_borne_out(self, fitting: int) -> bool:
        """Return whether attempts were turned away where more were in flight, and not where there were fewer."""
        turned, above = self._beyond(fitting)
        turned_below = sum(self._turned.values()) - turned
        below = turned_below + sum(self._passed.values()) - (above - turned)
        if turned < _FEWEST or turned < (_OFTEN if fitting > 1 else _MOSTLY) * above:
            return False
        return below > 0 and turned_below / below <= _SELDOM * turned / above

    def _beyond(self, fitting: int) -> tuple[float, float]:
        turned = sum(count for level, count in self._turned.items() if level > fitting)
        return turned, turned + sum(count for level, count in self._passed.items() if level > fitting)

    def _note(self, counts: dict[int, float], level: int) -> None:
        counts[level] = counts.get(level, 0.0) + 1
        self._noted += 1
        if self._noted >= _FRESH:
            self._noted = 0
            for each in (self._passed, self._turned):
                each.update({number: count / 2 for number, count in each.items()})
