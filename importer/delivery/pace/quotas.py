"""Keeps to what the API says is left, once that has agreed with what happened."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Final

from importer.delivery.replies.rate_headers import Quota

_EARLY_S: Final = 1.5
"""Resets are told in whole seconds: what is let through so long before one is no contradiction."""
_ROUNDED_S: Final = 2.0
"""Nor is a reset that is told so much earlier or later."""
_LATE_S: Final = 1.0
"""So much later than told, everything goes on."""


@dataclass(slots=True)
class Quotas:
    """Takes in what answers say is left. Times are seconds of one monotonic clock.

    Headers may speak of another limit, or of none. They are believed when a refusal said that nothing is left, and
    nothing was let through until the reset that it named; never again, when something was, or when a refusal said that
    something is left.

    Args:
        longest_s: A wait longer than that is not kept to.

    Attributes:
        believed: Whether they are.
    """

    longest_s: float
    believed: bool = False
    _refuted: bool = False
    _refused_at: float = inf
    _reset_at: float = inf
    _left: float = inf
    _most: int = 0
    _period_s: float = 0.0

    def refused(self, quota: Quota | None, now: float) -> float | None:
        """Take in what a refusal says; return how long to wait for more, None where that is not to be relied on."""
        if quota is None or self._refuted:
            return None
        reset_at, expected_at = now + quota.reset_s, self._reset_at
        contradicts = not self.believed and expected_at < inf and abs(reset_at - expected_at) > _ROUNDED_S
        if quota.remaining or contradicts:
            self._refute()
            return None
        self._reset_at, self._refused_at = reset_at, now
        wait_s = quota.reset_s + _LATE_S
        return wait_s if self.believed and wait_s <= self.longest_s else None

    def passed(self, quota: Quota | None, left_at: float, in_flight: int, now: float) -> bool:
        """Take in what another answer says; return whether it was the one that made all of them be believed."""
        if self._refuted or quota is None:
            return False
        self._most = max(self._most, quota.remaining + 1)
        self._period_s = max(self._period_s, quota.reset_s)
        begins = not self.believed
        if begins and left_at <= self._refused_at:
            return False
        if begins and left_at < self._reset_at - _EARLY_S:
            self._refute()
            return False
        self.believed = True
        left = quota.remaining - in_flight
        self._left = left if begins or now >= self._reset_at else min(self._left, left)
        self._reset_at = now + quota.reset_s
        return begins

    def begun(self, now: float) -> None:
        """Take note that another attempt leaves."""
        if self.believed and now >= self._reset_at:
            self._left, self._reset_at = self._most, self._reset_at + self._period_s
        self._left -= 1

    def wait_s(self, now: float) -> float | None:
        """Return how long to wait until something is left; None where something is, or the wait would be too long."""
        if not self.believed or self._left > 0:
            return None
        wait_s = self._reset_at + _LATE_S - now
        return wait_s if 0 < wait_s <= self.longest_s else None

    def _refute(self) -> None:
        self._refuted, self.believed = True, False
