"""Rows of a workbook that is written: text that is text whatever it begins with, and the quiet look.

openpyxl knows the cell formats, and each has its number in the workbook; the cells are written here, in a tenth of the
time that its cell objects need.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Collection, Sequence
from typing import Final

from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ERROR_CODES, Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.styles.fonts import DEFAULT_FONT
from openpyxl.styles.numbers import FORMAT_TEXT
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from importer.model.statuses import Status
from importer.phrases import column_letter
from importer.sheets.cells import cell_text
from importer.sheets.shown_dates import number_format_of
from importer.sheets.table import CellError, CellValue
from importer.sheets.tones import MARKS, TONES
from importer.sheets.workbooks.cell_text import sheet_text
from importer.sheets.workbooks.package.cell_xml import cell_xml, style_attribute, text_element
from importer.sheets.workbooks.package.looks import NUMBER_HEADERS

Note = tuple[int, str]
"""The position of a cell, from 0, and what of its text could not be kept."""
_Date = dt.date | dt.time | dt.timedelta
_DATES: Final = (dt.date, dt.time, dt.timedelta)
_serial: Final[Callable[[_Date], float]] = to_excel
_BOLD: Final = Font(name=DEFAULT_FONT.name, size=DEFAULT_FONT.size, scheme=DEFAULT_FONT.scheme, bold=True)
_RIGHT: Final = Alignment(horizontal="right")
_WRAPPED: Final = Alignment(wrap_text=True, vertical="top")
_LONGEST_TEXT: Final = 255
"""Characters; of a longer one, Excel shows nothing but signs where the format is that of text."""
_MARK: Final = MARKS[Status.INVALID]


class CellMaker:
    """Makes the cells of rows. Text is stored in the cell itself.

    Args:
        sheet: The sheet whose workbook gets the formats.
        sentences_at: The column, from 0, whose text goes over several lines where it is long; None for none.
        typed_as_text: Cells of text of the source have the format of text, and so have marked ones that are blank:
            an id that is typed there keeps its zeros, and nothing becomes a date.
    """

    def __init__(self, sheet: WriteOnlyWorksheet, *, sentences_at: int | None, typed_as_text: bool = False) -> None:
        self._sheet = sheet
        self._sentences_at = sentences_at
        self._letters: list[str] = []
        self._tones: dict[tuple[int, str], str] = {}
        self._marks: dict[tuple[int, str, type | None, str], str] = {}
        self._dates: dict[tuple[type, str], str] = {}
        self._text = self._text_style() if typed_as_text else ""

    def header(self, row: int, first: int, cells: Sequence[CellValue]) -> str:
        """Return cells of the header from a column on, which counts from 0: text, bold."""
        pieces = [
            cell_xml(f"{self._column(position)}{row}", cell_text(value), self._header(value in NUMBER_HEADERS))
            for position, value in enumerate(cells, start=first)
            if value is not None
        ]
        return "".join(pieces)

    def source(
        self, row: int, cells: Sequence[CellValue], tone: str, marked: Collection[int]
    ) -> tuple[str, Sequence[Note]]:
        """Return the cells of the source, their types kept, and what of their text could not be.

        Those at the marked positions are in the strong colour of the tone.
        """
        pieces: list[str] = []
        notes: list[Note] = []
        for position, value in enumerate(cells):
            style = self._marked(position, tone, value) if position in marked else ""
            if value is None and not style:
                continue
            reference = f"{self._column(position)}{row}"
            if isinstance(value, bool):
                pieces.append(f'<c r="{reference}"{style} t="b"><v>{value:d}</v></c>')
            elif value is None or isinstance(value, int):
                pieces.append(cell_xml(reference, value, style))
            elif isinstance(value, float) and math.isfinite(value):
                pieces.append(f'<c r="{reference}"{style}><v>{_number(value)}</v></c>')
            elif isinstance(value, _Date):
                pieces.append(f'<c r="{reference}"{style or self._date(value)}><v>{_number(_serial(value))}</v></c>')
            elif isinstance(value, CellError) and value.code in ERROR_CODES:
                pieces.append(f'<c r="{reference}"{style} t="e"><v>{value.code}</v></c>')
            else:
                text, note = sheet_text(cell_text(value))
                if note:
                    notes.append((position, note))
                style = style or (self._text if len(text) <= _LONGEST_TEXT else "")
                filled = f'<c r="{reference}"{style} t="inlineStr"><is>{text_element(text)}</is></c>'
                pieces.append(filled if text else cell_xml(reference, None, style))
        return "".join(pieces), notes

    def appended(
        self, row: int, first: int, values: Sequence[str | int | None], tone: str, marked: Collection[int]
    ) -> str:
        """Return appended cells from a column on, in the colour of the tone, or at marked positions its strong one."""
        pieces = [
            cell_xml(
                f"{self._column(position)}{row}",
                value,
                self._marked(position, tone, value) if position in marked else self._toned(position, tone),
            )
            for position, value in enumerate(values, start=first)
        ]
        return "".join(pieces)

    def _column(self, position: int) -> str:
        while position >= len(self._letters):
            self._letters.append(column_letter(len(self._letters)))
        return self._letters[position]

    def _header(self, is_number: bool) -> str:  # noqa: FBT001 - of what stands below it
        cell = WriteOnlyCell(self._sheet)
        cell.font = _BOLD
        if is_number:
            cell.alignment = _RIGHT
        return style_attribute(cell.style_id)

    def _toned(self, position: int, tone: str) -> str:
        style = self._tones.get((position, tone))
        if style is None:
            cell = WriteOnlyCell(self._sheet)
            if position == self._sentences_at:
                cell.alignment = _WRAPPED
            if tone in TONES:
                cell.fill = PatternFill("solid", start_color=TONES[tone])
            style = self._tones[position, tone] = style_attribute(cell.style_id if cell.has_style else None)
        return style

    def _marked(self, position: int, tone: str, value: CellValue) -> str:
        kind = type(value) if isinstance(value, (*_DATES, str)) else None
        code = number_format_of(value) if isinstance(value, _Date) else ""
        style = self._marks.get((position, tone, kind, code))
        if style is None:
            cell = WriteOnlyCell(self._sheet)
            if isinstance(value, _Date):
                _set_date(cell, value)
            elif self._text and position != self._sentences_at and isinstance(value, str | None):
                cell.number_format = FORMAT_TEXT
            if position == self._sentences_at:
                cell.alignment = _WRAPPED
            cell.fill = PatternFill("solid", start_color=MARKS.get(tone, _MARK))
            style = self._marks[position, tone, kind, code] = style_attribute(cell.style_id)
        return style

    def _text_style(self) -> str:
        cell = WriteOnlyCell(self._sheet)
        cell.number_format = FORMAT_TEXT
        return style_attribute(cell.style_id)

    def _date(self, value: _Date) -> str:
        key = type(value), number_format_of(value)
        style = self._dates.get(key)
        if style is None:
            cell = WriteOnlyCell(self._sheet)
            _set_date(cell, value)
            style = self._dates[key] = style_attribute(cell.style_id)
        return style


def _set_date(cell: Cell, value: _Date) -> None:
    """Give a cell the number format of a date: its own, or that of its kind."""
    if code := number_format_of(value):
        cell.number_format = code
    else:
        cell.value = value


def _number(value: float) -> str:
    """Return a number in its shortest form, a whole one without `.0`, as spreadsheet programs write it."""
    return repr(value).removesuffix(".0")
