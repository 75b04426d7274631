"""Numbers, times and fields as people read them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from importer.model import Field

FIELD_WORDS: Final = {Field.FIRST_NAME: "first name", Field.LAST_NAME: "last name", Field.EMAIL: "e-mail"}
"""What the fields of a request's body are called in a sentence."""
_HUNDREDTH: Final = 0.01
_MINUTE: Final = 60
_HOUR: Final = 3600


def counted(number: int, word: str) -> str:
    """Return how many there are of something, such as "1 row" or "1,204 rows"."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def duration(seconds: float) -> str:
    """Return a span of time in the two units that tell most."""
    if seconds < _MINUTE:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    whole = round(seconds)
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    return f"{whole // _HOUR:,} h {whole % _HOUR // _MINUTE} min"


def latency(seconds: float) -> str:
    """Return how long a reply took: in milliseconds up to a second, in seconds beyond."""
    if seconds < _HUNDREDTH:
        return f"{seconds * 1000:.1f} ms"
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:,.1f} s"


def moment(text: str | None) -> str:
    """Return a time that is given as RFC 3339 to the second, in UTC; what is no time, as it is; "" for None."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return text or ""
    return f"{found.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def clock(seconds: float) -> str:
    """Return a time, given in seconds since the epoch, as hours, minutes and seconds of UTC."""
    return f"{datetime.fromtimestamp(seconds, UTC):%H:%M:%S}"
