"""A cell as text: one set of rules, whatever the file it came from."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from importer.sheets.table import CellError, CellValue
from importer.unseen import shows_nothing

_EXACT: Final = 1e15
"""Whole numbers below it have no more digits than their shortest form."""


def cell_text(value: CellValue) -> str:
    """Return what a cell holds as text.

    Text is returned as it is, a number in its shortest form (never with an exponent, a whole one without `.0`),
    dates, times and spans of time in ISO 8601, booleans as `TRUE` and `FALSE`, an error cell as its code, and a cell
    with nothing in it as "".

    Example: `cell_text(12.0)` is `"12"`.
    """
    match value:
        case str():
            text = value
        case None:
            text = ""
        case bool():
            text = str(value).upper()
        case int():
            text = str(value)
        case float():
            text = _number(value)
        case CellError():
            text = value.code
        case dt.timedelta():
            text = _duration(value)
        case _:
            text = value.isoformat()
    return text


def is_blank(cells: Sequence[object]) -> bool:
    """Return whether every cell is empty or is text of which nothing is seen, such as a no-break space."""
    return all(cell is None or (isinstance(cell, str) and _shows_nothing(cell)) for cell in cells)


def _shows_nothing(text: str) -> bool:
    return not text.strip() or (not text.isascii() and shows_nothing(text))


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    if not math.isfinite(value):
        return str(value)
    text = f"{Decimal(repr(value)):f}"
    digits = text.removesuffix(".0")
    return "0" if digits == "-0" else digits


def _duration(value: dt.timedelta) -> str:
    """Return a span of time in ISO 8601, its largest unit the hour, as a spreadsheet shows it."""
    sign = "-" if value < dt.timedelta() else ""
    span = abs(value)
    minutes, seconds = divmod(span.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{span.microseconds:06d}".rstrip("0") if span.microseconds else ""
    parts = [(f"{span.days * 24 + hours}", "H"), (f"{minutes}", "M"), (f"{seconds}{fraction}", "S")]
    shown_parts = "".join(number + unit for number, unit in parts if number != "0")
    return f"{sign}PT{shown_parts or '0S'}"
