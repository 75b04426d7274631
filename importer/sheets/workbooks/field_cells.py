"""What a workbook's cell must not hold where a field is sent: what a person sees there may not be what is stored."""

from __future__ import annotations

import datetime as dt
import functools
from typing import Final

from importer.model.rows import Issue
from importer.phrases import quoted
from importer.sheets.formula_guard import GUARDED_CELL, WHY_GUARDED
from importer.sheets.header.layout import MERGED_CELL, UNALIGNED_ROW
from importer.sheets.table import CellError
from importer.sheets.workbooks.book import Doubt, Doubtful, Uncomputed

OtherThanText = int | float | bool | dt.date | dt.time | dt.timedelta | CellError | Uncomputed | Doubtful

_TEXT: Final = "Format the column as text and type the value anew."
_NUMBER: Final = (
    "holds a number and no text: leading zeros, and all digits after the fifteenth, are lost when they are numbers."
)
_NO_VALUE: Final = (
    "holds a formula whose result is not stored in the file. Open the file in a spreadsheet program, save it and try "
    "again."
)
_ANEW: Final = (
    "Type what is to be sent anew, as plain text; in a report of ours, clear the cell under error_code as well."
)
_DOUBTS: Final = {
    Doubt.STRUCK: f"holds text that is struck through, as a whole or in part. {_ANEW}",
    Doubt.FORMATTED: f"holds text of which its number format shows something else, or nothing. {_ANEW}",
    Doubt.HIDDEN: "holds text that the page hides or may hide in this row, so that it is not certain what a person sees"
    f" there. {_ANEW}",
    Doubt.CUT_OFF: "is in a row in the middle of which the page ends. Get the file again as a whole.",
    Doubt.STALE: "holds a formula whose stored result may not be what it comes to: the file asks to be calculated when "
    "it is opened, or nothing has calculated it yet. Open it in a spreadsheet program, save it and try again.",
    Doubt.SHORTENED: "ends in dots: it may have been shortened to fit where the table was drawn. Put in all of it; in "
    "a report of ours, clear the cell under error_code as well.",
    Doubt.BROKEN: "goes on in the next line of the table that was drawn, and nothing says how its pieces belong "
    "together. Put it on one line; in a report of ours, clear the cell under error_code as well.",
    Doubt.UNDECODABLE: "has bytes in it that are no character. Type the cell anew; if there are many, name the "
    "encoding of the file with --encoding.",
}
_UNALIGNED: Final = (
    "The text of this row does not keep to the columns of the table, or the file ends in it, so it is not certain what "
    "its cells are. Have the program write CSV, or put each value into its column."
)

_MERGED: Final = (
    "is merged with the column to its left: one value stands over both, and which of them it belongs to is not certain."
    " Unmerge the cells, and put each value into its column."
)


def fault(cell: OtherThanText, row: int, header: str) -> Issue:
    """Return why the cell cannot be sent.

    The codes are `number_cell`, `date_cell`, `boolean_cell`, `error_cell`, `formula_without_value` and those of
    `Doubt`.
    """
    if isinstance(cell, Doubtful) and cell.why is Doubt.UNALIGNED:
        return Issue(row, UNALIGNED_ROW, "", _UNALIGNED)
    code, why = _reason(cell)
    return Issue(row, code, header, _sentence(header, why))


def merged_with_left(row: int, header: str) -> Issue:
    """Return why a cell cannot be sent that is merged with cells of other columns: what is seen there is theirs too."""
    return Issue(row, MERGED_CELL, header, _sentence(header, _MERGED))


def guarded(row: int, header: str) -> Issue:
    """Return why a cell with the guard of a report cannot be sent."""
    return Issue(row, GUARDED_CELL, header, _sentence(header, WHY_GUARDED))


@functools.lru_cache(maxsize=256)
def _sentence(header: str, why: str) -> str:
    """Return what is wrong with a cell of a column: the same for all its rows, of which there may be many."""
    return f"{quoted([header])} {why}"


def _reason(cell: OtherThanText) -> tuple[str, str]:
    match cell:
        case Doubtful(_, why):
            return why.value, _DOUBTS[why]
        case Uncomputed():
            return "formula_without_value", _NO_VALUE
        case CellError(shown):
            return "error_cell", f"holds the error {shown}. Put in the value itself."
        case bool():
            return "boolean_cell", f"holds a truth value and no text. {_TEXT}"
        case int() | float():
            return "number_cell", f"{_NUMBER} {_TEXT}"
        case _:
            return "date_cell", f"holds a date or a time and no text. {_TEXT}"
