"""Values that a file has as text, in the writing of XML Schema: numbers, and moments in ISO 8601."""

from __future__ import annotations

import datetime as dt
import math


def finite_number(text: str) -> float:
    """Return a number; raise ValueError where the text is none, or none that a sheet can have (`inf`, `1_000`)."""
    number = float(text)
    if not math.isfinite(number) or "_" in text:
        raise ValueError(text)
    return number


def naive_moment(text: str) -> dt.datetime:
    """Return a moment without what it says of a time zone, since a sheet has none; raise ValueError for other text."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=None)


def date_or_moment(moment: dt.datetime) -> dt.date | dt.datetime:
    """Return a date where the moment is its beginning: midnight is how files write a date without a time."""
    return moment.date() if moment.time() == dt.time() else moment
