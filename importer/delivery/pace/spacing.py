"""How fast attempts may leave: at a rate, evenly spaced, and after a pause that everything shares."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import Final

from importer.delivery.pace.lateness import Lateness

_NEVER: Final = float("-inf")
_AHEAD_S: Final = 0.03
"""So long before an attempt leaves, it may be begun, so that a commit does not hold it up."""
_CATCH_UP_S: Final = 0.02
"""So much of a delay is made up where only the user's own rate counts. Where the API refuses some, nothing is."""
_SPARE: Final = 0.015
"""This share of the space between two attempts may be spent, on average, on the one before having been late,"""
_MORE_SPARE: Final = 4.0
_MOST_SPARE: Final = 0.24
_FORGOTTEN: Final = 0.995
"""so many times as much after each refusal that came of it, up to that share, and a little less with each answer."""


@dataclass(slots=True)
class Pacing:
    """Says when the next attempt may leave. Times are seconds of one monotonic clock.

    For a limiter that allows no bursts, what counts is when attempts arrive: one that was late, as its answer tells,
    makes the next one as much later, which would come too soon otherwise.

    Args:
        ceiling: Attempts per second at most; None for as fast as slots allow.
    """

    ceiling: float | None = None
    _sharp: bool = False
    _spacing_s: float = 0.0
    _catch_up_s: float = 0.0
    _last_at: float = _NEVER
    _answered: bool = True
    _next_at: float = _NEVER
    _paused_until: float = _NEVER
    _spare: float = _SPARE
    _lateness: Lateness = field(default_factory=Lateness)

    def begins_at(self, now: float) -> float:
        """Return when the next attempt may be begun; a time that has passed means now."""
        return max(self._due_at(now), self._paused_until) - _AHEAD_S

    def leave(self, now: float, allowed: float | None, *, sharp: bool = False) -> float:
        """Let an attempt be begun now, and return when it may leave.

        Args:
            now: The time.
            allowed: Attempts per second that the API lets through; None where it has not refused any.
            sharp: Whether it refuses what comes too soon behind the one before.
        """
        at = max(now, self._due_at(now), self._paused_until)
        self._sharp = sharp
        rates = [rate for rate in (self.ceiling, allowed) if rate is not None]
        if rates:
            self._spacing_s = 1 / min(rates)
            self._catch_up_s = 0.0 if allowed is not None or self._next_at == _NEVER else _CATCH_UP_S
            self._next_at = max(self._next_at, at - self._catch_up_s) + self._spacing_s
        else:
            self._spacing_s, self._next_at = 0.0, _NEVER
        self._last_at, self._answered = at, False
        self._lateness.left(at)
        return at

    def submitted(self, now: float) -> None:
        """Take note that what was begun is out: what should have left by now leaves now, and no other soon after it."""
        if self._last_at < now:
            self._next_at = max(self._next_at, now - self._catch_up_s + self._spacing_s)

    def answered(self, left_at: float, now: float) -> None:
        """Take in that an attempt that was to leave then has its answer now."""
        if left_at == self._last_at:
            self._next_at, self._answered = max(self._next_at, self._behind(now)), True
        self._lateness.answered(left_at, now)
        self._spare = max(_SPARE, self._spare * _FORGOTTEN)

    def too_soon(self) -> None:
        """Take in that one was refused since the one before it was late: more is to be spent on that."""
        self._spare = min(_MOST_SPARE, self._spare * _MORE_SPARE)

    def fastest(self, left_at: float, now: float) -> float:
        """Return at how many a second the attempt that left then may have come, behind the one before: inf for any."""
        space_s = self._lateness.least_space_s(left_at, now)
        return 1 / space_s if space_s > 0 else inf

    @property
    def paused_until(self) -> float:
        """Nothing leaves before that."""
        return self._paused_until

    def pause(self, until: float) -> None:
        """Let nothing leave before `until`; a longer pause that was asked for before stays."""
        self._paused_until = max(self._paused_until, until)

    def _due_at(self, now: float) -> float:
        """Return when the next attempt is due: an answer that is not there yet is waited for, but not for ever."""
        if self._answered:
            return self._next_at
        return max(self._next_at, self._behind(min(now, self._last_at + self._spacing_s)))

    def _behind(self, answered_at: float) -> float:
        """Return the usual space behind the last attempt, whose answer came then at the earliest."""
        if not self._sharp:
            return _NEVER
        return answered_at - self._lateness.usual_s(self._spare * self._spacing_s) + self._spacing_s
