"""How fast attempts may leave: at a rate, evenly spaced, and after a pause that everything shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_NEVER: Final = float("-inf")
_AHEAD_S: Final = 0.03
"""So long before an attempt leaves, it may be begun, so that a commit does not hold it up."""
_CATCH_UP_S: Final = 0.02
"""So much of a delay is made up where only the user's own rate counts. Where the API refuses some, nothing is."""


@dataclass(slots=True)
class Pacing:
    """Says when the next attempt may leave. Times are seconds of one monotonic clock.

    Args:
        ceiling: Attempts per second at most; None for as fast as slots allow.
    """

    ceiling: float | None = None
    _spacing_s: float = 0.0
    _catch_up_s: float = 0.0
    _last_at: float = _NEVER
    _next_at: float = _NEVER
    _paused_until: float = _NEVER

    def begins_at(self) -> float:
        """Return when the next attempt may be begun; a time that has passed means now."""
        return max(self._next_at, self._paused_until) - _AHEAD_S

    def leave(self, now: float, allowed: float | None) -> float:
        """Let an attempt be begun now, and return when it may leave.

        Args:
            now: The time.
            allowed: Attempts per second that the API lets through; None where it has not refused any.
        """
        at = max(now, self._next_at, self._paused_until)
        rates = [rate for rate in (self.ceiling, allowed) if rate is not None]
        if rates:
            self._spacing_s = 1 / min(rates)
            self._catch_up_s = _CATCH_UP_S if allowed is None and self._next_at != _NEVER else 0.0
            self._next_at = max(self._next_at, at - self._catch_up_s) + self._spacing_s
        self._last_at = at
        return at

    def submitted(self, now: float) -> None:
        """Take note that what was begun is out: what should have left by now leaves now, and no other soon after it."""
        if self._last_at < now:
            self._next_at = max(self._next_at, now - self._catch_up_s + self._spacing_s)

    def pause(self, until: float) -> None:
        """Let nothing leave before `until`; a longer pause that was asked for before stays."""
        self._paused_until = max(self._paused_until, until)
