"""Workbooks such as users have, and what the tests of the writer into them need."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import openpyxl
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

from importer.model.source import APPENDED_COLUMNS
from importer.sheets.cells import cell_text
from importer.sheets.open import open_table
from importer.sheets.reading import Reading
from importer.sheets.source_file import SourceFile
from importer.sheets.table import Record, RecordKind
from importer.sheets.workbooks.annotate.appended_area import AppendedArea
from importer.sheets.workbooks.annotate.users_workbook import UsersWorkbookWriter
from importer.sheets.workbooks.sheet_table import SheetTable
from importer.sheets.workbooks.writers import users_writer as writer_into
from tests.sheets.files import ANA, BEN, HEADER, MAIN, write_package

SHEET = "xl/worksheets/sheet1.xml"
NAMES = list(APPENDED_COLUMNS)
UPDATED = ("updated", "2025-07-21T12:43:14Z", "fine", None, 200, 1)
STRINGS = f'<sst xmlns="{MAIN}"/>'
FORMATS = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs></styleSheet>'
)
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763606060000000040001"
    "f61738550000000049454e44ae426082"
)
"""A picture of one black dot."""


def own_writer(source: Path, target: Path, *, sheet: str | None = None) -> UsersWorkbookWriter:
    """Return the writer into a workbook, as a run would make it."""
    table = open_table(source, Reading(sheet=sheet))
    assert isinstance(table, SheetTable)
    return writer_into(target, table, table.appended_names(APPENDED_COLUMNS), message_at=2)


def annotate_own(
    source: Path,
    target: Path,
    *,
    sheet: str | None = None,
    results: Mapping[int, Sequence[str | int | None]] | None = None,
) -> UsersWorkbookWriter:
    """Annotate a workbook: each row was updated, but for those whose number has another result."""
    writer = own_writer(source, target, sheet=sheet)
    with writer:
        for record in open_table(source, Reading(sheet=sheet)).records():
            if record.kind is RecordKind.HEADER:
                writer.write(record, writer.appended_area.names)
            elif record.kind is RecordKind.ROW:
                result = (results or {}).get(record.number, UPDATED)
                writer.write(record, result, tone=cell_text(result[0]))
            else:
                writer.write(record, [None] * len(NAMES))
    return writer


def write_own(source: Path, target: Path, place: AppendedArea, rows: Sequence[int]) -> UsersWorkbookWriter:
    """Annotate the rows with these numbers of a workbook that is not read as a table before."""
    writer = UsersWorkbookWriter(target, SourceFile(source, source.name), SHEET, replace(place, message_at=2))
    with writer:
        writer.write(Record(place.header_row, RecordKind.HEADER, ()), place.names)
        for number in rows:
            writer.write(Record(number, RecordKind.ROW, ()), UPDATED, tone="updated")
    return writer


def package(path: Path, rows: str, *, before: str = "", after: str = "") -> Path:
    """Write a workbook by hand that has all parts that every reader wants; see `write_package`."""
    data = f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'
    return write_package(path, "", parts={SHEET: data, "xl/sharedStrings.xml": STRINGS, "xl/styles.xml": FORMATS})


def parts_of(path: Path) -> dict[str, bytes]:
    """Return every part of a workbook, which must be a sound archive."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {info.filename: archive.read(info) for info in archive.infolist()}


def changed_parts(source: Path, target: Path) -> set[str]:
    """Return the names of the parts that are not byte for byte the same in both, or only in one."""
    before, after = parts_of(source), parts_of(target)
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def rewritten(source: Path, target: Path, parts: Mapping[str, bytes | None]) -> Path:
    """Write a workbook anew with other parts; None leaves one out."""
    whole = {**parts_of(source), **parts}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in whole.items():
            if data is not None:
                archive.writestr(name, data)
    return target


def cells(path: Path, sheet: str | None = None) -> Worksheet:
    """Return a sheet as openpyxl reads it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it does not know everything that is in a workbook
        book = openpyxl.load_workbook(path)
    found = book[sheet] if sheet else book.worksheets[0]
    assert isinstance(found, Worksheet)
    return found


def texts(sheet: Worksheet, row: int) -> list[object]:
    """Return the values of a row."""
    return [cell.value for cell in sheet[row]]


def rich_workbook(path: Path) -> Path:
    """Make a workbook with nearly all that XlsxWriter can make; its table is in the sheet `Customers`."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_urls": False})
    sheet = book.add_worksheet("Customers")
    other = book.add_worksheet("Sums")
    head = book.add_format({"bold": True, "bg_color": "#1F4E78", "font_color": "#FFFFFF", "border": 1})
    money = book.add_format({"num_format": "#,##0.00 €", "border": 1})
    blue = book.add_format({"font_color": "#0563C1", "underline": 1, "font_name": "Arial", "font_size": 10})
    for at, text in enumerate([*HEADER, "Amount", "Double"]):
        sheet.write_string(0, at, text, head)
    for row, person in enumerate([ANA, BEN, ANA], start=1):
        for at, text in enumerate(person):
            sheet.write_string(row, at, text)
        sheet.write_number(row, 4, 1234.5 * row, money)
        sheet.write_formula(row, 5, f"=E{row + 1}*2", blue, 2469 * row)
    sheet.set_column("A:A", 38)
    sheet.set_column("C:C", 20, None, {"hidden": True})
    sheet.set_column("F:XFD", 4, None, {"hidden": True})
    sheet.set_row(2, None, None, {"hidden": True})
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, 3, 5)
    sheet.write_comment("B2", "She wrote twice.")
    sheet.data_validation("B2:B9", {"validate": "list", "source": ["Ana", "Ben"]})
    sheet.conditional_format("E2:E9", {"type": "data_bar", "data_bar_2010": True})
    sheet.insert_image("H9", "dot.png", {"image_data": io.BytesIO(PICTURE)})
    sheet.insert_checkbox(10, 1, True)
    sheet.insert_button("H12", {"caption": "Send"})
    sheet.protect("", {"autofilter": True})
    sheet.set_landscape()
    other.write_formula("A1", "=SUM(Customers!E2:E9)", None, 7407)
    other.write_dynamic_array_formula("C1:C3", "=_xlfn.UNIQUE(Customers!B2:B4)", None, "Ana")
    other.add_sparkline("B1", {"range": "Customers!E2:E4"})
    chart = book.add_chart({"type": "column"})
    assert chart is not None
    chart.add_series({"values": "=Customers!$E$2:$E$4"})
    other.insert_chart("D4", chart)
    book.define_name("Rate", "=Sums!$A$1")
    book.add_worksheet("Secret").hide()
    book.close()
    return path
