"""Numbers and times as people read them."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Final

from importer.times import local

_HUNDREDTH: Final = 0.01


def counted(number: int, singular: str, plural: str = "") -> str:
    """Return how many there are of something, such as "1 row" or "1,204 rows".

    Args:
        number: How many.
        singular: What there is one of.
        plural: What there are several of; by default the same with an "s".
    """
    return f"{number:,} {singular if number == 1 else plural or f'{singular}s'}"


def duration(seconds: float) -> str:
    """Return a span of time in the two units that tell most.

    Example: `duration(3725)` is `"1 h 2 min"`.
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours:,} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{seconds:.1f}".removesuffix(".0") + " s"


def latency(seconds: float) -> str:
    """Return how long a reply took: in milliseconds up to a second, in seconds beyond.

    Example: `latency(0.0421)` is `"42 ms"`.
    """
    if seconds < _HUNDREDTH:
        return f"{seconds * 1000:.1f} ms"
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:,.1f} s"


def moment(text: str | None) -> str:
    """Return a time that is given as RFC 3339 as it is here, with its zone; what is no time, as it is; "" for None.

    In Paris "2026-11-29T04:10:03.624825Z" is "2026-11-29 05:10:03 CET".
    """
    return local(text or "")


def clock(seconds: float, zone: tzinfo) -> str:
    """Return a time, given in seconds since the epoch, as hours, minutes and seconds in a time zone."""
    return f"{datetime.fromtimestamp(seconds, zone):%H:%M:%S}"
