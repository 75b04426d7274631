"""Cells as Python's marshal knows them: what it does not know is a tuple that begins with a word."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from importer.sheets.shown_dates import number_format_of, shown
from importer.sheets.table import CellError
from importer.sheets.workbooks.book import Doubt, Doubtful, LineCell, Uncomputed, stored

PLAIN: Final = frozenset({str, type(None), int, float, bool})
"""What marshal knows."""
_DATES: Final = frozenset({"datetime", "date", "time", "timedelta"})
_MOST_DATES: Final = 4096
"""So many are remembered: in a column there are often many that are the same."""
_FROM_WORD: Final[Mapping[str, Callable[..., LineCell]]] = {
    "datetime": lambda text, code: shown(dt.datetime.fromisoformat(text), code),
    "date": lambda text, code: shown(dt.date.fromisoformat(text), code),
    "time": lambda text, code: shown(dt.time.fromisoformat(text), code),
    "timedelta": lambda days, s, us, code: shown(dt.timedelta(days, s, us), code),
    "error": CellError,
    "uncomputed": lambda: Uncomputed.FORMULA,
    "doubtful": lambda value, why: Doubtful(stored(untagged((value,))[0]), Doubt(why)),
}


def tagged(cell: LineCell) -> object:
    """Return a cell as marshal knows it."""
    match cell:
        case dt.date() | dt.time():
            return _tagged_date(cell.__class__.__name__, cell, number_format_of(cell))
        case dt.timedelta():
            return ("timedelta", cell.days, cell.seconds, cell.microseconds, number_format_of(cell))
        case CellError(code):
            return ("error", code)
        case Doubtful(value, why):
            return ("doubtful", tagged(value), why.value)
        case Uncomputed():
            return ("uncomputed",)
        case _:
            return cell


@functools.lru_cache(maxsize=_MOST_DATES)
def _tagged_date(_kind: str, date: dt.date | dt.time, code: str) -> tuple[str, str, str]:
    """Return a date as marshal knows it; those of two kinds, and of two formats, may be equal."""
    word = "datetime" if isinstance(date, dt.datetime) else "date" if isinstance(date, dt.date) else "time"
    return word, date.isoformat(), code


def letters(cell: LineCell) -> int:
    """Return how much text there is in a cell that is tagged: its own, or its number format."""
    if isinstance(cell, Doubtful):
        return len(cell.value) if isinstance(cell.value, str) else 0
    return len(number_format_of(cell)) if isinstance(cell, dt.date | dt.time | dt.timedelta) else 0


def untagged(cells: Iterable[Any]) -> tuple[LineCell, ...]:
    """Return cells as they were before they were tagged."""
    return tuple([_untagged(cell) if cell.__class__ is tuple else cell for cell in cells])


def _untagged(cell: tuple[Any, ...]) -> LineCell:
    return _date(cell) if cell[0] in _DATES else _FROM_WORD[cell[0]](*cell[1:])


@functools.lru_cache(maxsize=_MOST_DATES)
def _date(cell: tuple[Any, ...]) -> LineCell:
    """Return the date that was tagged."""
    return _FROM_WORD[cell[0]](*cell[1:])
