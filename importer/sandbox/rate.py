"""How many requests a sandbox takes per second: a token bucket."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

_BURST_S: Final = 0.1
"""Unused allowance of this many seconds may be taken at once."""


class RateLimit:
    """Lets through at most so many requests per second, and a tenth of a second's worth at once after a quiet time.

    Args:
        per_second: Above 0.
        clock: Seconds that never go back.
    """

    def __init__(self, per_second: float, *, clock: Callable[[], float]) -> None:
        self._per_second = per_second
        self._most = max(1.0, per_second * _BURST_S)
        self._tokens = self._most
        self._clock = clock
        self._filled_at = clock()

    def take(self) -> float:
        """Return 0.0 where a request may go on; otherwise the seconds until one may, and nothing is used up."""
        now = self._clock()
        self._tokens = min(self._most, self._tokens + (now - self._filled_at) * self._per_second)
        self._filled_at = now
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / self._per_second
