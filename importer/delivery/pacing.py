"""How fast attempts may leave: an absolute rate, and a pause that everything shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_NEVER: Final = float("-inf")
_CATCH_UP_S: Final = 0.02
"""So much of a delay is made up, so that a rate is not lost to the time that commits take."""


@dataclass(slots=True)
class Pacing:
    """Says when the next attempt may leave. Times are seconds of one monotonic clock.

    Args:
        rate: Attempts per second, evenly spaced; None for as fast as slots allow.
    """

    rate: float | None = None
    _next_at: float = _NEVER
    _paused_until: float = _NEVER

    def opens_at(self) -> float:
        """Return when the next attempt may leave; a time that has passed means now."""
        return max(self._next_at, self._paused_until)

    def left(self, now: float) -> None:
        """Note that an attempt leaves."""
        if self.rate is not None:
            earliest = now if self._next_at == _NEVER else now - _CATCH_UP_S
            self._next_at = max(self._next_at, earliest) + 1 / self.rate

    def pause(self, until: float) -> None:
        """Let nothing leave before `until`; a longer pause that was asked for before stays."""
        self._paused_until = max(self._paused_until, until)
