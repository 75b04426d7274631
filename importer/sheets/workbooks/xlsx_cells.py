"""Cells of a workbook that is written: text that is text whatever it begins with, and the quiet look."""

from __future__ import annotations

import datetime as dt
import math
from typing import Final

from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.styles.fonts import DEFAULT_FONT
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from importer.model import Status
from importer.sheets.cells import cell_text
from importer.sheets.table import CellError, CellValue
from importer.sheets.workbooks.looks import MARKS, NUMBER_HEADERS, TONES
from importer.sheets.workbooks.sheet_text import sheet_text

Written = Cell | int | float | bool | None
_BOLD: Final = Font(name=DEFAULT_FONT.name, size=DEFAULT_FONT.size, scheme=DEFAULT_FONT.scheme, bold=True)

_RIGHT: Final = Alignment(horizontal="right")
_WRAPPED: Final = Alignment(wrap_text=True, vertical="top")
_MARK: Final = MARKS[Status.INVALID]


class CellMaker:
    """Makes the cells of a streaming sheet.

    A cell object is used again for each row that is written, by its column and look: openpyxl has written a row before
    the next one is made, and making and styling cells is most of the time that writing takes.

    Args:
        sheet: Where the cells will stand.
        sentences_at: The column, from 0, whose text goes over several lines where it is long; None for none.
    """

    def __init__(self, sheet: WriteOnlyWorksheet, *, sentences_at: int | None) -> None:
        self._sheet = sheet
        self._sentences_at = sentences_at
        self._cells: dict[tuple[int, str], Cell] = {}
        self._fills: dict[str, PatternFill] = {}

    def header(self, value: CellValue) -> Written:
        """Return a cell of the header: text, bold."""
        if value is None:
            return None
        cell = WriteOnlyCell(self._sheet)
        cell.font = _BOLD
        if value in NUMBER_HEADERS:
            cell.alignment = _RIGHT
        return _text(cell, sheet_text(cell_text(value))[0])

    def source(self, value: CellValue, position: int) -> tuple[Written, str]:
        """Return a cell of the source, its type kept, and a note on what of its text could not be."""
        match value:
            case None | bool() | int():
                return value, ""
            case float() if math.isfinite(value):
                return value, ""
            case dt.date() | dt.time() | dt.timedelta():
                cell = WriteOnlyCell(self._sheet)
                cell.value = value
                return cell, ""
            case CellError(code) if code in ERROR_CODES:
                cell = WriteOnlyCell(self._sheet, code)
                cell.data_type = "e"
                return cell, ""
            case _:
                text, note = sheet_text(cell_text(value))
                return _text(self._cell(position, ""), text), note

    def appended(self, value: str | int | None, position: int, tone: str) -> Written:
        """Return an appended cell in the colour of the tone; a tone that has none is the look of the source."""
        cell = self._cell(position, tone)
        if isinstance(value, str):
            return _text(cell, sheet_text(value)[0])
        cell.value = value
        return cell

    def marked(self, cell: Written, position: int, tone: str, comment: Comment | None) -> Written:
        """Return a cell like this one in the colour of what is to be looked at, with a comment where one is given."""
        marked = WriteOnlyCell(self._sheet)
        if isinstance(cell, Cell):
            marked.value, marked.data_type = cell.value, cell.data_type
            marked.number_format = cell.number_format
        else:
            marked.value = cell
        if position == self._sentences_at:
            marked.alignment = _WRAPPED
        marked.fill = self._fills.setdefault(tone, PatternFill("solid", start_color=MARKS.get(tone, _MARK)))
        if comment is not None:
            marked.comment = comment
        return marked

    def _cell(self, position: int, tone: str) -> Cell:
        cell = self._cells.get((position, tone))
        if cell is None:
            cell = self._cells[position, tone] = WriteOnlyCell(self._sheet)
            if position == self._sentences_at:
                cell.alignment = _WRAPPED
            if tone in TONES:
                cell.fill = PatternFill("solid", start_color=TONES[tone])
        return cell


def _text(cell: Cell, text: str) -> Cell:
    """Put text into a cell; openpyxl on its own makes a formula of what begins with `=`."""
    cell.value = text
    cell.data_type = "s"
    return cell
