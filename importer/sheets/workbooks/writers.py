"""Which writer writes an annotated workbook: into the user's own, or into a new one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from importer.sheets.header.layout import Layout
from importer.sheets.table import Table, TableWriter, ToBeSeen
from importer.sheets.workbooks.annotate.appended_area import AppendedArea
from importer.sheets.workbooks.annotate.users_workbook import UsersWorkbookWriter
from importer.sheets.workbooks.new.new_workbook import NewWorkbookWriter
from importer.sheets.workbooks.package.xml_edits import UnfitWorkbookError
from importer.sheets.workbooks.sheet_table import SheetTable


def workbook_writer(
    path: Path,
    table: Table,
    names: Sequence[str],
    *,
    message_at: int | None,
    own_workbook: ToBeSeen | None,
) -> TableWriter:
    """Return the writer; arguments are those of `importer.sheets.open.open_writer`."""
    width = table.width()
    if not isinstance(table, SheetTable):
        return NewWorkbookWriter(path, table.sheet, width, message_at=message_at)
    if table.grid.detected.format == "drawn":
        return NewWorkbookWriter(path, table.sheet, width, message_at=message_at)
    if not table.grid.part:
        why = f"that is {table.grid.detected.format}, which is not written"
    elif table.has_origins:
        why = "its marks and comments are those of an earlier run"
    elif own_workbook is None:
        why = "it has more rows than IMPORTER_OWN_WORKBOOK_ROWS allows for that, or names are masked"
    else:
        try:
            return users_writer(path, table, names, message_at=message_at, to_be_seen=own_workbook)
        except UnfitWorkbookError as error:
            why = error.why
    sentence = (
        f"The annotated workbook is a plain sheet, without the looks and other sheets of the source, since {why}."
    )
    return NewWorkbookWriter(path, table.sheet, width, message_at=message_at, notes=[sentence])


def users_writer(
    path: Path,
    table: SheetTable,
    names: Sequence[str],
    *,
    message_at: int | None,
    to_be_seen: ToBeSeen = tuple,
) -> UsersWorkbookWriter:
    """Return the writer into the workbook that the table comes from; raise `UnfitWorkbookError` where it cannot be."""
    layout, grid = table.layout, table.grid
    if layout.appended is not None and len(layout.appended.names) != len(names):
        raise UnfitWorkbookError("an earlier run has appended other columns to it than this one")
    appended_area = AppendedArea(
        header_row=layout.number,
        first=table.width() if layout.appended is None else layout.appended.at,
        names=names,
        message_at=message_at,
        replaces=layout.appended is not None,
        sent=frozenset(_positions(layout)),
    )
    return UsersWorkbookWriter(path, grid.file, grid.part, appended_area, to_be_seen=to_be_seen)


def _positions(layout: Layout) -> Iterator[int]:
    """Yield where the columns that are sent stand on the sheet, with those of an earlier run among them."""
    own = layout.appended
    for column in layout.columns.values():
        yield column.position + (0 if own is None or column.position < own.at else len(own.names))
