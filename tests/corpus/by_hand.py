"""Writes workbooks as binary records and as XML, and tables as CSV: nothing but text and bytes."""

from __future__ import annotations

import csv
import datetime as dt
import io
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from openpyxl.utils import range_boundaries

from tests.corpus.scenes import Cell, Failed, Formatted, Formula, Prefixed, Rich, Scene, Sheet, Struck
from tests.corpus.writers import in_file, steady
from tests.sheets.workbooks.formats import markup_files, xlsb_files

_ERRORS: Final = {"#NULL!": 0, "#DIV/0!": 7, "#VALUE!": 15, "#REF!": 23, "#NAME?": 29, "#NUM!": 36, "#N/A": 42}
_HTML: Final = "http://www.w3.org/TR/REC-html40"
_XLSB_FORMATS: Final = (0, 14, 22, 21)
_XLSB_DATE, _XLSB_MOMENT, _XLSB_TIME = 1, 2, 3


def as_short_xlsb(scene: Scene) -> bytes:
    """Return the workbook as binary records, of which those behind a neighbour have no column of their own."""
    return as_xlsb(scene, short=True)


def as_xlsb(scene: Scene, *, short: bool = False) -> bytes:
    """Return the workbook as binary records."""
    codes = _codes(scene)
    parts = {one.name: _xlsb_sheet(one, codes, since_1904=scene.since_1904, short=short) for one in scene.sheets}
    hidden = [one.name for one in scene.sheets if not one.visible]
    has_struck = any(isinstance(cell, Struck) for one in scene.sheets for line in one.lines for cell in line)
    struck = () if has_struck else None

    def write(path: Path) -> None:
        xlsb_files.write_xlsb(
            path, parts, formats=(*_XLSB_FORMATS, *codes), hidden=hidden, since_1904=scene.since_1904, struck=struck
        )

    return steady(in_file("xlsb", write))


def _codes(scene: Scene) -> Sequence[str]:
    """Return the number formats of text, each once."""
    found = (cell.code for one in scene.sheets for line in one.lines for cell in line if isinstance(cell, Formatted))
    return list(dict.fromkeys(found))


def _xlsb_sheet(one: Sheet, codes: Sequence[str], *, since_1904: bool, short: bool) -> bytes:
    unseen = {*one.hidden, *one.grouped}
    rows = b"".join(
        xlsb_files.row(number, _xlsb_cells(line, codes, since_1904=since_1904, short=short), hidden=number in unseen)
        for number, line in enumerate(one.lines, start=1)
        if any(cell is not None for cell in line)
    )
    return xlsb_files.sheet(rows, [_corners(area) for area in one.merged])


def _xlsb_cells(line: Sequence[Cell], codes: Sequence[str], *, since_1904: bool, short: bool) -> Iterator[bytes]:
    for at, cell in enumerate(line):
        if cell is not None:
            style = len(_XLSB_FORMATS) + codes.index(cell.code) if isinstance(cell, Formatted) else 0
            found = _xlsb_cell(at, cell, style, since_1904=since_1904)
            yield xlsb_files.short(found) if short and at and line[at - 1] is not None else found


def _xlsb_cell(at: int, cell: Cell, style: int = 0, *, since_1904: bool) -> bytes:
    """Return a record of [MS-XLSB] 2.5.9: an error 3, a truth value 4, a number 5, text 6, text in several looks 62."""
    match cell:
        case str() | Prefixed() | Formatted():
            kind, data = 6, xlsb_files.text(cell if isinstance(cell, str) else cell.text)
        case Rich(pieces):
            kind, data = 62, b"\1" + xlsb_files.text("".join(pieces)) + bytes(4)
        case Struck(old, new):
            kind, data = 62, xlsb_files.rich_text([(old, 1), (new, 0)])
        case bool():
            kind, data = 4, bytes([cell])
        case Failed(code):
            kind, data = 3, bytes([_ERRORS[code]])
        case Formula():
            return _xlsb_formula(at, cell)
        case int() | float():
            kind, data = 5, _double(float(cell))
        case _:
            number, style = _serial(cell, since_1904=since_1904)
            return xlsb_files.cell(5, at, _double(number), style)
    return xlsb_files.cell(kind, at, data, style)


def _xlsb_formula(at: int, cell: Formula) -> bytes:
    """Return a record of a formula with its value, which no such file leaves out: text 8, a number 9."""
    if isinstance(cell.value, str):
        return xlsb_files.cell(8, at, xlsb_files.text(cell.value) + bytes(10))
    return xlsb_files.cell(9, at, _double(float(cell.value or 0)) + bytes(10))


def _double(number: float) -> bytes:
    return struct.pack("<d", number)


def _serial(cell: Cell, *, since_1904: bool) -> tuple[float, int]:
    """Return the number that stands for a date or a time, and the look that shows it so."""
    zero = dt.datetime(1904, 1, 1) if since_1904 else dt.datetime(1899, 12, 30)  # noqa: DTZ001 - days without a zone
    if isinstance(cell, dt.datetime):
        return (cell - zero) / dt.timedelta(days=1), _XLSB_MOMENT
    if isinstance(cell, dt.time):
        return (cell.hour * 60 + cell.minute) / 1440, _XLSB_TIME
    if isinstance(cell, dt.date):
        return float((cell - zero.date()).days), _XLSB_DATE
    raise TypeError(cell)


def _corners(area: str) -> tuple[int, int, int, int]:
    """Return the first and last row, then the first and last column of an area, from 0."""
    left, top, right, bottom = range_boundaries(area)
    return int(top or 1) - 1, int(bottom or 1) - 1, int(left or 1) - 1, int(right or 1) - 1


def as_xml(scene: Scene) -> bytes:
    """Return the workbook in Excel's XML of 2003."""
    sheets = "".join(_xml_sheet(one) for one in scene.sheets)
    styles = "".join(
        f'<Style ss:ID="{_style(code)}"><NumberFormat ss:Format="{escape(code, {chr(34): "&quot;"})}"/></Style>'
        for code in _codes(scene)
    )
    sheets = (f"<Styles>{styles}</Styles>" if styles else "") + sheets
    return in_file("xml", lambda path: markup_files.write_xml(path, sheets))


def _style(code: str) -> str:
    return f"f{code.encode().hex()}"


def _xml_sheet(one: Sheet) -> str:
    unseen = {*one.hidden, *one.grouped}
    rows = "".join(
        f"<Row{' ss:Hidden=' + chr(34) + '1' + chr(34) if number in unseen else ''}>"
        + _xml_line(line, number, [_corners(area) for area in one.merged])
        + "</Row>\n"
        for number, line in enumerate(one.lines, start=1)
    )
    options = "" if one.visible else "<WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions>"
    return markup_files.xml_sheet(one.name, rows, options)


def _xml_line(line: Sequence[Cell], number: int, merged: Sequence[tuple[int, int, int, int]]) -> str:
    """Return the cells of a line; of merged ones only the first is there, and the next one says where it is."""
    cells = []
    for at, cell in enumerate(line):
        areas = [area for area in merged if area[0] < number <= area[1] + 1 and area[2] <= at <= area[3]]
        is_first = all(area[0] == number - 1 and area[2] == at for area in areas)
        if is_first:
            spans = "".join(
                f' ss:MergeDown="{bottom - top}" ss:MergeAcross="{right - left}"' for top, bottom, left, right in areas
            )
            index = f' ss:Index="{at + 1}"' if merged else ""
            cells.append(_xml_cell(cell).replace("<Cell", f"<Cell{index}{spans}", 1))
    return "".join(cells)


def _xml_cell(cell: Cell) -> str:
    match cell:
        case None:
            return "<Cell/>"
        case Rich(pieces):
            looks = [f"<html:B>{escape(one)}</html:B>" if at % 2 else escape(one) for at, one in enumerate(pieces)]
            return f'<Cell><ss:Data ss:Type="String" xmlns="{_HTML}">{"".join(looks)}</ss:Data></Cell>'
        case Formatted(_, code):
            return f'<Cell ss:StyleID="{_style(code)}">{_xml_data(cell)}</Cell>'
        case Struck(old, new):
            data = f'<ss:Data ss:Type="String" xmlns="{_HTML}"><S>{escape(old)}</S>{escape(new)}</ss:Data>'
            return f"<Cell>{data}</Cell>"
        case Formula(formula, value):
            given = f' ss:Formula="{escape(formula, {chr(34): "&quot;"})}"'
            return f"<Cell{given}/>" if value is None else f"<Cell{given}>{_xml_data(value)}</Cell>"
        case _:
            return f"<Cell>{_xml_data(cell)}</Cell>"


def _xml_data(cell: Cell) -> str:
    kind, text = "String", str(cell)
    match cell:
        case Prefixed() | Formatted():
            text = cell.text
        case bool():
            kind, text = "Boolean", str(int(cell))
        case int() | float():
            kind = "Number"
        case Failed(code):
            kind, text = "Error", code
        case dt.time():
            kind, text = "DateTime", f"1899-12-31T{cell.isoformat()}.000"
        case dt.datetime():
            kind, text = "DateTime", f"{cell.isoformat()}.000"
        case dt.date():
            kind, text = "DateTime", f"{cell.isoformat()}T00:00:00.000"
    return f'<Data ss:Type="{kind}">{escape(text)}</Data>'


def as_csv(scene: Scene) -> bytes:
    """Return the only sheet as CSV: all its cells are text."""
    [sheet] = scene.sheets
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    for line in sheet.lines:
        if not all(isinstance(cell, str) or cell is None for cell in line):
            raise TypeError(scene.name)
        writer.writerow(line)
    return out.getvalue().encode()
