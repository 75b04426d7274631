"""When to try again: small arithmetic on numbers that are handed in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class RetryBudget:
    """How often a run may try again, all rows together: without one, an outage would multiply its own load.

    Args:
        base: So many retries are free.
        share: And this share of the rows that were tried so far.
    """

    base: float
    share: float
    _rows: int = 0
    _spent: int = 0

    def note_row(self) -> None:
        """Note that a row is tried for the first time."""
        self._rows += 1

    def spend(self) -> bool:
        """Return whether there is budget for a retry; it is spent then."""
        if self._spent + 1 > self.base + self.share * self._rows:
            return False
        self._spent += 1
        return True


def backoff_s(*, tries: int, base_s: float, cap_s: float, uniform: float) -> float:
    """Return how long to wait after the `tries`th try, with full jitter.

    Source: "Exponential Backoff And Jitter", the full-jitter form: uniform between 0 and min(cap, base * 2^n).

    Example: `backoff_s(tries=3, base_s=0.5, cap_s=30, uniform=0.25)` is `0.5`.

    Args:
        tries: Tries so far, from 1.
        base_s: The longest wait after the first try.
        cap_s: The longest wait after any.
        uniform: A random number from 0 to below 1.
    """
    return uniform * min(cap_s, base_s * 2.0 ** min(tries - 1, 63))
