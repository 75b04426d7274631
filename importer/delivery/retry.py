"""When to try again: small arithmetic on numbers that are handed in."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

_LONGEST_S: Final = 1e9
"""What is asked for beyond that is taken for that: waits stay finite."""


def backoff_s(*, tries: int, base_s: float, cap_s: float, uniform: float) -> float:
    """Return how long to wait after the `tries`th try, with full jitter.

    Source: "Exponential Backoff And Jitter", the full-jitter form: uniform between 0 and min(cap, base * 2^n).

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
