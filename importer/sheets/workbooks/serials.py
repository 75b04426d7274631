"""Dates as Excel stores them: a number of days, which only the cell's number format makes a date.

Sources: ECMA-376 part 1, 18.8.30 (number formats and those that are built in) and 18.17.4 (dates as numbers).
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from enum import Enum, auto
from typing import Final

from importer.sheets.shown_dates import Date, shown

_SPAN: Final = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_NO_LETTERS: Final = re.compile(r'"[^"]*"?|\\.|[_*].|\[[^\]]*\]|General|E[+-]', re.IGNORECASE | re.DOTALL)
_DATE_LETTERS: Final = re.compile(r"[dmyhs]", re.IGNORECASE)
_LONGEST_FORMAT: Final = 1_000
_BUILT_IN_DATES: Final = frozenset([*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)])
_BUILT_IN_SPAN: Final = 46
_CODES_OF_BUILT_IN: Final = {
    14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm",
    21: "h:mm:ss", 22: "m/d/yy h:mm", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mmss.0",
}  # fmt: skip
"""Those of dates and times that are the same everywhere; the first is shown as dates are written where it is opened."""
_LEAP_DAY_THAT_WAS_NONE: Final = 60
"""Excel counts a 29 February 1900."""
_DAY_MS: Final = 86_400_000
_END: Final = 2_958_466
"""The day after 31 December 9999."""
_1904: Final = dt.datetime(1904, 1, 1)  # noqa: DTZ001 - a sheet has no time zones
_1900: Final = dt.datetime(1899, 12, 31)  # noqa: DTZ001 - the same
_DAYS_BETWEEN: Final = 1462
"""What is added to a number of days since 1904 to make it one since 1900."""


class NumberKind(Enum):
    """What a number is shown as."""

    NUMBER = auto()
    DATE = auto()
    SPAN = auto()
    """A span of time, such as 30 hours."""


@functools.cache
def kind_of_id(format_id: int) -> NumberKind:
    """Return what a number format that is built in makes of a number."""
    if format_id == _BUILT_IN_SPAN:
        return NumberKind.SPAN
    return NumberKind.DATE if format_id in _BUILT_IN_DATES else NumberKind.NUMBER


def code_of_id(format_id: int) -> str:
    """Return the code of a number format of dates that is built in; "" where it differs from place to place."""
    return _CODES_OF_BUILT_IN.get(format_id, "")


@functools.lru_cache(maxsize=4096)
def kind_of_format(code: str) -> NumberKind:
    """Return what a number format makes of a number, by its code, such as `yyyy-mm-dd`."""
    beginning = code[:_LONGEST_FORMAT]
    first = _NO_LETTERS.sub(lambda match: match[0] if _SPAN.fullmatch(match[0]) else "", beginning).partition(";")[0]
    if _SPAN.search(first):
        return NumberKind.SPAN
    return NumberKind.DATE if _DATE_LETTERS.search(first) else NumberKind.NUMBER


def from_serial(number: float, kind: NumberKind, *, since_1904: bool, number_format: str = "") -> float | Date:
    """Return what a person sees in a cell with a number, to the millisecond; a date knows its number format.

    A date at midnight is a `date`, one before the first day a `time`. What no calendar has (a day before the first or
    after the last, 29 February 1900) stays a number.

    Example: `from_serial(45292.5, NumberKind.DATE, since_1904=False)` is `dt.datetime(2024, 1, 1, 12)`.
    """
    value = _value(number, kind, since_1904=since_1904)
    return value if isinstance(value, float) else shown(value, number_format)


def _value(number: float, kind: NumberKind, *, since_1904: bool) -> float | Date:
    if kind is NumberKind.SPAN and abs(number) < _END:
        return dt.timedelta(milliseconds=round(number * _DAY_MS))
    latest = _END - _DAYS_BETWEEN if since_1904 else _END
    if kind is not NumberKind.DATE or not 0 <= number < latest:
        return number
    if number < 1:
        return _time(number)
    if not since_1904 and int(number) == _LEAP_DAY_THAT_WAS_NONE:
        return number
    day = number if since_1904 or number < _LEAP_DAY_THAT_WAS_NONE else number - 1
    try:
        moment = (_1904 if since_1904 else _1900) + dt.timedelta(milliseconds=round(day * _DAY_MS))
    except OverflowError:  # the last millisecond of the last year, rounded up
        return number
    return moment.date() if moment.time() == dt.time() else moment


def _time(number: float) -> dt.time | dt.date:
    ms = round(number * _DAY_MS)
    if ms == _DAY_MS:
        return dt.time()
    return (_1900 + dt.timedelta(milliseconds=ms)).time()
