"""Whether a limit is still there: for a moment, attempts leave faster than it allows, and faster and faster."""

from __future__ import annotations

from enum import Enum, auto
from math import inf
from typing import Final

_FIRST: Final = 1.5
_FIRST_S: Final = 2.5
"""A limiter that allows bursts refuses at so many times the rate within so long, if it is there."""
_NEXT: Final = 2.0
_NEXT_S: Final = 1.0
"""Then each rate is so many times the last, for so long."""
_USED: Final = 0.8
"""A rate of which less than this share leaves limits nothing."""
_FAR: Final = 25.0
"""So many more than the limit had let through are no burst."""


class _Probe(Enum):
    """How far the one attempt is that comes too soon."""

    DUE = auto()
    NEXT = auto()
    OUT = auto()
    DONE = auto()


class Leap:
    """Goes beyond a limit, step by step, until something is refused or nothing limits any more.

    Where the limiter allows no bursts, one attempt that comes too soon tells whether it is there, at the cost of one
    refusal. Times are seconds of one monotonic clock.

    Args:
        kept: The rate that is let through.
        now: When it begins.
        sharp: Whether the limiter allows no bursts.

    Attributes:
        beyond_from: When the first attempt was begun that left faster than the limit allows.
    """

    def __init__(self, kept: float, now: float, *, sharp: bool) -> None:
        self.kept = kept
        self._sharp = sharp
        self._probe = _Probe.DUE if sharp else _Probe.DONE
        self.beyond_from = inf if sharp else now
        self._rate = kept if sharp else kept * _FIRST
        self._lasts_s = _FIRST_S
        self._step_at = now
        self._from = now
        self._tried = 0
        self._beyond = 0.0

    @property
    def went_far(self) -> bool:
        """Whether more was let through than a burst is: none, where the limiter allows none."""
        return self._beyond >= (1.0 if self._sharp else _FAR)

    def goes_beyond(self, begun_at: float) -> bool:
        """Return whether an attempt that was begun then left faster than the limit allows."""
        return begun_at >= self.beyond_from

    def next_rate(self, rate: float, now: float) -> float:
        """Return the rate at which the attempt behind the one that is begun now leaves, where `rate` is the usual."""
        if self._probe is _Probe.DUE:
            self._probe = _Probe.NEXT
            return rate * _NEXT
        if self._probe is _Probe.NEXT:
            self._probe, self.beyond_from = _Probe.OUT, now
        return rate

    def passed(self, begun_at: float, now: float) -> float | None:
        """Take in that an attempt was let through that was begun then; return the rate from now on, None for any."""
        if self._probe is not _Probe.DONE:
            if self._probe is _Probe.OUT and self.goes_beyond(begun_at):
                self._probe = _Probe.DONE
                self._go_on(now)
            return self._rate
        if begun_at <= self._step_at:
            return self._rate
        self._from = self._from if self._tried else begun_at
        self._tried += 1
        lasted = begun_at - self._from
        if lasted < self._lasts_s:
            return self._rate
        self._beyond += self._tried - self.kept * lasted
        if self._tried < _USED * self._rate * lasted:
            return None
        self._go_on(now)
        return self._rate

    def _go_on(self, now: float) -> None:
        self._rate *= _NEXT
        self._lasts_s = _NEXT_S
        self._step_at, self._tried = now, 0
