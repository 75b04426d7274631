"""Limits of so many requests in a time: how many, and in how long, as far as refusals tell."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Final

_SHUT: Final = 3
_SHUT_S: Final = 2.5
"""A limiter that refused so many tries in a row, for so long, lets nothing through until its time is over."""
_FEWEST: Final = 5
"""Of a limit of fewer, what is measured is too coarse to be of use."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """What was let through from when a limit was used up until it was used up again.

    Attributes:
        passed: So many requests
        lasted_s: in so long, of which the limiter was shut for a part.
        opened_at: When the first of them was let through.
        late_s: By at most so much before that, others would have been.
    """

    passed: int
    lasted_s: float
    opened_at: float
    late_s: float

    @property
    def rate(self) -> float:
        """How many a second the limit allows, at least: it was used up as fast as before, or more slowly."""
        return self.passed / self.lasted_s

    @property
    def fastest(self) -> float:
        """How many a second it allows at most."""
        return self.passed / max(self.lasted_s - self.late_s, self.lasted_s / 4)


@dataclass(slots=True)
class Cycles:
    """Takes in what a limiter lets through and refuses. Times are seconds of one monotonic clock."""

    _used_up_at: float = inf
    _refused_at: float = -inf
    _used_up: int = 0
    _refusals: int = 0
    _passed: int = 0
    _opened_at: float = inf
    _late_s: float = 0.0
    _was_shut: bool = False

    def passed(self, begun_at: float, now: float) -> bool:
        """Take in that an attempt was let through that was begun then; return whether the limiter was shut before."""
        if begun_at <= self._refused_at:
            return False
        self._passed += 1
        if self._passed > 1:
            return False
        self._opened_at, self._late_s = now, now - self._refused_at
        long = self._refusals >= _SHUT and now - self._used_up_at >= _SHUT_S
        self._was_shut = long and self._used_up >= _FEWEST
        return self._was_shut

    def refused(self, now: float) -> Cycle | None:
        """Take in that one was refused, and return the cycle that ends with that, where it is one."""
        cycle = None
        if self._passed or not self._refusals:
            if self._was_shut:
                cycle = Cycle(self._passed, now - self._used_up_at, self._opened_at, self._late_s)
            self._used_up_at, self._used_up = now, self._passed
            self._refusals, self._passed, self._was_shut = 0, 0, False
        self._refusals += 1
        self._refused_at = now
        return cycle
