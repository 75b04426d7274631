"""When to try again: small arithmetic on numbers that are handed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

_LONGEST_S: Final = 1e9
"""What is asked for beyond that is taken for that: waits stay finite."""


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


def parse_retry_after(value: str | None, *, date: str | None, now: float) -> float | None:
    """Return the seconds that a `Retry-After` header asks for, never below 0; None where it cannot be understood.

    Source: RFC 9110, 10.2.3: a number of seconds, or an HTTP date. A date is compared with the reply's own `Date`,
    where it has one, since the two clocks may differ.

    Example: `parse_retry_after("120", date=None, now=0)` is `120`.

    Args:
        value: The header's value.
        date: The value of the reply's `Date` header.
        now: This machine's time, in seconds since the epoch, for want of a `Date`.
    """
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(float(text), _LONGEST_S)
    then, sent = _http_date(text), _http_date(date)
    if then is None:
        return None
    return min(max(0.0, then - (now if sent is None else sent)), _LONGEST_S)


def _http_date(value: str | None) -> float | None:
    if value is None:
        return None
    try:
        found = parsedate_to_datetime(value)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
