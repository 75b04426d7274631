"""Which writer writes an annotated workbook: into the user's own, or into a new one."""

from __future__ import annotations

from pathlib import Path

from importer.model import APPENDED_COLUMNS
from importer.sheets.table import Table, TableWriter
from importer.sheets.workbooks.grid_table import GridTable
from importer.sheets.workbooks.own_areas import AppendedPlace
from importer.sheets.workbooks.own_workbook import OwnWorkbookWriter
from importer.sheets.workbooks.own_xml import UnfitWorkbookError
from importer.sheets.workbooks.xlsx_writer import XlsxWriter


def workbook_writer(path: Path, table: Table, width: int, *, message_at: int | None, own_workbook: bool) -> TableWriter:
    """Return the writer; arguments are those of `importer.sheets.open.open_writer`, and `width` is the table's."""
    if not isinstance(table, GridTable):
        return XlsxWriter(path, table.sheet, width, message_at=message_at)
    if not table.grid.part:
        why = f"that is {table.grid.detected.format}, which is not written"
    elif not own_workbook:
        why = "it has more rows than IMPORTER_OWN_WORKBOOK_ROWS allows for that"
    else:
        try:
            return own_writer(path, table, width, message_at=message_at)
        except UnfitWorkbookError as error:
            why = error.why
    told = f"The annotated workbook is a plain sheet, without the looks and other sheets of the source, since {why}."
    return XlsxWriter(path, table.sheet, width, message_at=message_at, notes=[told])


def own_writer(path: Path, table: GridTable, width: int, *, message_at: int | None) -> OwnWorkbookWriter:
    """Return the writer into the workbook that the table comes from; raise `UnfitWorkbookError` where it cannot be."""
    layout, grid = table.layout, table.grid
    place = AppendedPlace(
        header_row=layout.number,
        first=width if layout.own_at is None else layout.own_at,
        names=[table.prefix + name for name in APPENDED_COLUMNS],
        replaces=layout.own_at is not None,
    )
    return OwnWorkbookWriter(path, grid.file, grid.part, place, message_at=message_at)
