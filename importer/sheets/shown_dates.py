"""Dates that know the number format in which a person sees them, where a workbook says it; else like all others."""

from __future__ import annotations

import datetime as dt
from typing import Final

Date = dt.date | dt.time | dt.timedelta
_LONGEST_FORMAT: Final = 100
"""Characters; what is longer is no format that somebody has chosen."""


class ShownDay(dt.date):
    """A date with its number format."""

    number_format: str


class ShownMoment(dt.datetime):
    """A date and time with its number format."""

    number_format: str


class ShownTime(dt.time):
    """A time with its number format."""

    number_format: str


class ShownSpan(dt.timedelta):
    """A span of time with its number format."""

    number_format: str


def shown(value: Date, number_format: str) -> Date:
    """Return a date that knows its number format; the date itself where there is none."""
    if not number_format or len(number_format) > _LONGEST_FORMAT:
        return value
    known: ShownDay | ShownMoment | ShownTime | ShownSpan
    match value:
        case dt.datetime():
            known = ShownMoment.combine(value.date(), value.time())
        case dt.date():
            known = ShownDay(value.year, value.month, value.day)
        case dt.time():
            known = ShownTime(value.hour, value.minute, value.second, value.microsecond)
        case _:
            known = ShownSpan(value.days, value.seconds, value.microseconds)
    known.number_format = number_format
    return known


def number_format_of(value: Date) -> str:
    """Return the number format that a date knows; "" where it knows none."""
    return value.number_format if isinstance(value, ShownDay | ShownMoment | ShownTime | ShownSpan) else ""
