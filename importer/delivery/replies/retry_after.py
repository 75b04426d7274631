"""The header `Retry-After`: how long the API asks to wait."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

_LONGEST_S: Final = 1e9
"""What is asked for beyond that is taken for that: waits stay finite."""
_PLAUSIBLE_S: Final = 600.0
"""Nothing is lost where such a date is right: what lasts longer than an outage may, ends the run anyway."""


def parse_retry_after(value: str | None, *, date: str | None, now: float) -> float | None:
    """Return the seconds that a `Retry-After` header asks for, never below 0; None where it cannot be understood.

    Source: RFC 9110, 10.2.3: a number of seconds, or an HTTP date. A date is compared with the reply's own `Date`,
    where it has one, since the two clocks may differ. Without that, one that is more than ten minutes away from this
    machine's clock tells of a clock that is wrong, and counts as not there.

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
    then, sent = http_date_s(text), http_date_s(date)
    if then is None or (sent is None and abs(then - now) > _PLAUSIBLE_S):
        return None
    return min(max(0.0, then - (now if sent is None else sent)), _LONGEST_S)


def http_date_s(value: str | None) -> float | None:
    """Return the time of an HTTP date, in seconds since the epoch; None where it is none."""
    if value is None:
        return None
    try:
        moment = parsedate_to_datetime(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
