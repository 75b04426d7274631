"""Writes workbooks with openpyxl and with XlsxWriter, always the same bytes for the same scene."""

from __future__ import annotations

import datetime as dt
import io
import re
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import openpyxl
import xlsxwriter
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.worksheet.worksheet import Worksheet

from tests.corpus.scenes import Cell, Failed, Formatted, Formula, Prefixed, Rich, Scene, Sheet, Struck

_MADE: Final = dt.datetime(2025, 6, 2, 8, 30)  # noqa: DTZ001 - of the program's own
_ZIP_DATE: Final = (2025, 6, 2, 8, 30, 0)
_MOMENTS: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")
_TEXT_STAYS_TEXT: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_LOOKS: Final[Mapping[str, Mapping[str, object]]] = {
    "bold": {"bold": True},
    "prefix": {"quote_prefix": True},
    "struck": {"font_strikeout": True},
    "datetime": {"num_format": "yyyy-mm-dd hh:mm"},
    "date": {"num_format": "yyyy-mm-dd"},
    "time": {"num_format": "hh:mm:ss"},
}


def in_file(ending: str, write: Callable[[Path], object]) -> bytes:
    """Return what is written into a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{ending}"
        write(path)
        return path.read_bytes()


def steady(data: bytes) -> bytes:
    """Return an archive with the same files in it, and with dates that are always the same."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            part = given.read(name)
            if name == "docProps/core.xml":
                part = _MOMENTS.sub(rb"\g<1>2025-06-02T08:30:00Z\g<2>", part)
            made.writestr(zipfile.ZipInfo(name, _ZIP_DATE), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def with_openpyxl(scene: Scene) -> bytes:
    """Return the workbook as openpyxl writes it: no formula has a value."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    if scene.since_1904:
        book.epoch = dt.datetime(1904, 1, 1)  # noqa: DTZ001 - days without a zone
    for one in scene.sheets:
        sheet = book.create_sheet(one.name)
        for row, line in enumerate(one.lines, start=1):
            for column, cell in enumerate(line, start=1):
                _put(sheet, row, column, cell)
        for row in one.hidden:
            sheet.row_dimensions[row].hidden = True
        for row in one.grouped:
            sheet.row_dimensions[row].outlineLevel = 1
            sheet.row_dimensions[row].hidden = True
        for area in one.merged:
            sheet.merge_cells(area)
        if one.filtered:
            sheet.auto_filter.ref = one.filtered
        sheet.sheet_state = "visible" if one.visible else "hidden"
    book.active = next((at for at, one in enumerate(scene.sheets) if one.visible), 0)
    return steady(in_file("xlsx", book.save))


def _put(sheet: Worksheet, row: int, column: int, cell: Cell) -> None:
    if cell is None:
        return
    place = sheet.cell(row, column)
    match cell:
        case str():
            place.value = cell
            place.data_type = "s"
        case Failed(code):
            place.value = code
            place.data_type = "e"
        case Formula(text):
            place.value = text
        case Rich(pieces):
            bold = InlineFont(b=True)
            parts = [TextBlock(bold, piece) if at % 2 else piece for at, piece in enumerate(pieces)]
            place.value = CellRichText(*parts)
        case Struck(old, new):
            place.value = CellRichText(TextBlock(InlineFont(strike=True), old), *([new] if new else []))
        case Formatted(text, code):
            place.value = text
            place.data_type = "s"
            place.number_format = code
        case Prefixed(text):
            place.value = text
            place.data_type = "s"
            place.style = "Normal"
            place.quotePrefix = True
        case _:
            place.value = cell


def with_xlsxwriter(scene: Scene) -> bytes:
    """Return the workbook as XlsxWriter writes it: a formula has the value that is said."""

    def write(path: Path) -> None:
        with xlsxwriter.Workbook(path, {"date_1904": scene.since_1904, **_TEXT_STAYS_TEXT}) as book:
            book.set_properties({"created": _MADE})
            first = next((at for at, one in enumerate(scene.sheets) if one.visible), 0)
            for at, one in enumerate(scene.sheets):
                sheet = book.add_worksheet(one.name)
                if at == first:
                    sheet.activate()
                _fill(book, sheet, one)

    return steady(in_file("xlsx", write))


def _fill(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet, one: Sheet) -> None:
    for area in one.merged:
        sheet.merge_range(area, "")
    looks = {name: book.add_format(look) for name, look in _LOOKS.items()}
    for row, line in enumerate(one.lines):
        for column, cell in enumerate(line):
            if isinstance(cell, Formatted):
                sheet.write_string(row, column, cell.text, book.add_format({"num_format": cell.code}))
            elif isinstance(cell, Failed | Formula | Rich | Prefixed | Struck):
                _write_special(sheet, (row, column), cell, looks)
            elif cell is not None:
                sheet.write(row, column, cell, looks.get(type(cell).__name__))
    _hide(sheet, one)
    if one.filtered:
        sheet.autofilter(one.filtered)
    if not one.visible:
        sheet.hide()


def _hide(sheet: xlsxwriter.worksheet.Worksheet, one: Sheet) -> None:
    for number in one.hidden:
        sheet.set_row(number - 1, None, None, {"hidden": True})
    for number in one.grouped:
        sheet.set_row(number - 1, None, None, {"hidden": True, "level": 1})
    if one.grouped:
        sheet.set_row(max(one.grouped), None, None, {"collapsed": True})


def _write_special(
    sheet: xlsxwriter.worksheet.Worksheet,
    place: tuple[int, int],
    cell: Failed | Formula | Rich | Prefixed | Struck,
    looks: Mapping[str, xlsxwriter.format.Format],
) -> None:
    match cell:
        case Failed(code):
            sheet.write_formula(*place, "=NA()", None, code)
        case Formula(text, value):
            sheet.write_formula(*place, text, None, "" if value is None else value)
        case Rich(pieces):
            bold = looks["bold"]
            parts = [part for at, piece in enumerate(pieces) for part in ((bold, piece) if at % 2 else (piece,))]
            sheet.write_rich_string(*place, *parts)
        case Struck(old, new) if new:
            sheet.write_rich_string(*place, looks["struck"], old, new)
        case Struck(old):
            sheet.write_string(*place, old, looks["struck"])
        case Prefixed(text):
            sheet.write_string(*place, text, looks["prefix"])


def packed(parts: Sequence[tuple[str, bytes]]) -> bytes:
    """Return a zip archive of files whose dates are always the same."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts:
            archive.writestr(zipfile.ZipInfo(name, _ZIP_DATE), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()
