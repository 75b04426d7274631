"""Times as text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone


def rfc3339(seconds: float) -> str:
    """Return a time, given in seconds since the epoch, as RFC 3339: UTC, microseconds, `Z`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def rfc3339_ms(seconds: float) -> str:
    """Return a time, given in seconds since the epoch, as RFC 3339: UTC, milliseconds, `Z`.

    Example: `rfc3339_ms(0.5)` is `"1970-01-01T00:00:00.500Z"`.
    """
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def compact(seconds: float) -> str:
    """Return the same to the second, in ISO 8601's basic form, which fits into a file's name.

    Example: `compact(0.5)` is `"19700101T000000Z"`.
    """
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y%m%dT%H%M%SZ")


def seconds(text: str) -> float:
    """Return a time that `rfc3339` has written, in seconds since the epoch."""
    return datetime.fromisoformat(text).timestamp()


def zone_at(seconds: float) -> timezone:
    """Return the time zone of this machine at a time that is given in seconds since the epoch, as one offset.

    UTC where `TZ` says a zone that there cannot be, a day or more from it: no report must fail over that.
    """
    try:
        at = datetime.fromtimestamp(seconds, UTC).astimezone()
    except ValueError:
        return timezone(timedelta(), "UTC")
    name = at.tzname() or ""
    offset = at.utcoffset() or timedelta()
    return timezone(offset, name) if name.isalpha() else timezone(offset)


def local(text: str, *, to: str = "seconds") -> str:
    """Return a time that `rfc3339` has written as people here write it, with its zone; what is no time, as it is.

    In Paris "2026-11-29T04:10:03.624825Z" to minutes is "2026-11-29 05:10 CET".
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    at = at.astimezone(zone_at(at.timestamp()))
    return f"{at.replace(tzinfo=None).isoformat(' ', to)} {at.tzname()}"


def rfc3339_us(moment_us: int) -> str:
    """Return a time, given in whole microseconds since the epoch, as `rfc3339` does, without rounding."""
    moment = datetime(1970, 1, 1) + timedelta(microseconds=moment_us)  # noqa: DTZ001 - the zone is written as `Z`
    return moment.isoformat(timespec="microseconds") + "Z"
