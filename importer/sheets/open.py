"""Opens a source by what is in it, and a writer by what is wanted; the heavy libraries come in only here."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from importer.errors import SettingsError, SourceError, reading_source
from importer.model.source import APPENDED_COLUMNS
from importer.sheets.container import unpacked
from importer.sheets.limits import DEFAULT_LIMITS, Limits
from importer.sheets.reading import AS_IT_IS, Reading
from importer.sheets.recognition import Family, recognise
from importer.sheets.source_file import SourceFile
from importer.sheets.table import Format, RawTable, SheetSize, Table, TableWriter, ToBeSeen
from importer.sheets.workbooks.areas import MAX_COLUMNS, MAX_ROWS
from importer.source_paths import expect_file


def open_table(
    path: Path,
    reading: Reading = AS_IT_IS,
    *,
    name: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
    scratch: Path | None = None,
) -> Table:
    """Open the table of a file, which is recognised by its content, whatever it is called.

    Args:
        path: The file.
        reading: How it is to be read.
        name: What messages call the file, where it is a copy; None for its own name.
        limits: How large a workbook, or what is packed, may be.
        scratch: A folder, its owner's only, for what is unpacked and parsed: it must stay as long as the table is
            read. None for a temporary one that goes away with this process.

    Raises:
        SourceError: The file is not there (`source_missing`), is no file (`not_a_file`, and more: see
            `importer.source_paths`), cannot be read (`source_unreadable`), is empty (`empty_source`) or of another
            kind (`unknown_format`, and more: see `importer.sheets.recognition` and `importer.sheets.container`); the
            sheet is not in it; the table lacks a column or has two for one field.
        SettingsError: No text can be read as `reading` says.
    """
    with reading_source(name or str(path)):
        folder = scratch or _temporary_folder()
        file = _checked(path, name, folder, limits)
        if file.path.stat().st_size == 0:
            raise SourceError(f"{file.name} is empty.", code="empty_source", hint="Export the table again.")
        family = _family(file, reading)
        if family is Family.DRAWN:
            from importer.sheets.drawn_text import open_drawn  # noqa: PLC0415 - only where there is one

            return open_drawn(file, reading, folder, limits)
        if family is not Family.CSV:
            from importer.sheets.workbooks.sheet_table import open_workbook  # noqa: PLC0415 - only where there is one

            return open_workbook(file, family, reading, folder, limits)
        from importer.sheets.text.csv_table import open_csv  # noqa: PLC0415 - only where a CSV file is opened

        return open_csv(file, reading, folder)


def open_raw(
    path: Path,
    reading: Reading = AS_IT_IS,
    *,
    name: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
    scratch: Path | None = None,
) -> RawTable:
    """Open a file as it is: every record from the first on, of which no column has to be known.

    An empty file has no records. Of a workbook it is the first visible sheet, or the one that is named. Arguments and
    errors are those of `open_table`, but that nothing is asked of a header.
    """
    with reading_source(name or str(path)):
        folder = scratch or _temporary_folder()
        file = _checked(path, name, folder, limits)
        family = _family(file, reading)
        if family is Family.DRAWN:
            from importer.sheets.drawn_text import open_raw_drawn  # noqa: PLC0415 - only where there is one

            return open_raw_drawn(file, reading, folder, limits)
        if family is not Family.CSV:
            from importer.sheets.workbooks.sheet_table import open_raw_workbook  # noqa: PLC0415 - only where there is one

            return open_raw_workbook(file, family, reading, folder, limits)
        from importer.sheets.text.raw_text import open_raw_text  # noqa: PLC0415 - only where a CSV file is opened

        return open_raw_text(file, reading)


def sheet_sizes(
    path: Path, reading: Reading = AS_IT_IS, *, limits: Limits = DEFAULT_LIMITS, scratch: Path | None = None
) -> Sequence[SheetSize]:
    """Return the sheets of a workbook with their sizes, in their order; none where the format has no sheets.

    Arguments and errors are those of `open_table`.
    """
    with reading_source(str(path)):
        folder = scratch or _temporary_folder()
        file = _checked(path, None, folder, limits)
        family = recognise(file, reading.fallback)
        if family in {Family.CSV, Family.DRAWN}:
            return ()
        from importer.sheets.workbooks.sheet_table import workbook_sizes  # noqa: PLC0415 - only where there is one

        return [sheet for sheet in workbook_sizes(file, family, reading, folder, limits) if sheet.name]


def _checked(path: Path, name: str | None, scratch: Path, limits: Limits) -> SourceFile:
    """Return the file with the table, unpacked where it is packed."""
    expect_file(path)
    return unpacked(SourceFile(path, name or path.name), scratch, limits)


def _family(file: SourceFile, reading: Reading) -> Family:
    family = recognise(file, reading.fallback)
    if family is Family.DRAWN and reading.delimiter is not None:
        family = Family.CSV
    if family is Family.CSV and reading.sheet is not None:
        raise SourceError(f"{file.name} is a CSV file, and has no sheets.", code="no_sheets", hint="Leave --sheet out.")
    return family


@functools.cache
def _temporary_folder() -> Path:
    """Return a folder for this process, its owner's only, which goes away with it."""
    folder = Path(tempfile.mkdtemp(prefix="importer-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def check_fits(table: Table, form: Format, *, rows: int, appended: int = len(APPENDED_COLUMNS)) -> None:
    """Raise `SettingsError` where a report in this format could not hold the table, before anything is sent.

    Args:
        table: The source, read to its end.
        form: The format of the report.
        rows: How many rows it has.
        appended: How many columns are appended.
    """
    columns, lines = table.width() + appended, rows + sum(table.skips.values()) + 1
    if form == "xlsx" and not fits_workbook(columns, lines):
        raise SettingsError(
            f"The annotated workbook would have {lines:,} rows and {columns:,} columns, and a sheet can hold"
            f" {MAX_ROWS:,} and {MAX_COLUMNS:,}.",
            code="too_large_for_xlsx",
            hint="Ask for CSV with --format csv.",
        )


def fits_workbook(columns: int, lines: int) -> bool:
    """Return whether a sheet of a workbook can hold so much."""
    return columns <= MAX_COLUMNS and lines <= MAX_ROWS


def open_writer(
    path: Path,
    table: Table,
    *,
    format: Format,  # noqa: A002 - the word of the option and of `Table.format`
    names: Sequence[str] | None = None,
    message_at: int | None = None,
    own_workbook: ToBeSeen | None = None,
) -> TableWriter:
    """Return a writer of the table's records into a new file; it is opened as a context manager.

    Args:
        path: The file to write; an earlier one is overwritten, so give it a temporary name.
        table: Where the records will come from.
        format: What to write.
        names: The headers of the appended columns; None for those that every report has.
        message_at: Which of the appended cells is the message. In a workbook it also says, after its own text, what of
            a row's text the sheet could not hold as it is.
        own_workbook: Write into a copy of the workbook that the table comes from, where that can be done safely; it
            returns the rows that are not to stay hidden there. None for a new workbook.

    Raises:
        SourceError: The table cannot be read to its end, to find its widest record.
        OSError: The table's file cannot be read.
    """
    if format == "xlsx":
        from importer.sheets.workbooks.writers import workbook_writer  # noqa: PLC0415 - heavy, and not needed for CSV

        names = table.appended_names(APPENDED_COLUMNS) if names is None else names
        return workbook_writer(path, table, names, message_at=message_at, own_workbook=own_workbook)
    return _csv_writer(path, table)


def open_plain_writer(path: Path, table: Table, *, format: Format, message_at: int | None = None) -> TableWriter:  # noqa: A002 - as above
    """Return a writer of some of the table's records into a new file: in a workbook of a plain sheet, not the source's.

    What is typed into a cell of text there stays text.

    Arguments and errors are those of `open_writer`.
    """
    if format == "xlsx":
        from importer.sheets.workbooks.new.new_workbook import NewWorkbookWriter  # noqa: PLC0415 - as above

        return NewWorkbookWriter(path, table.sheet, table.width(), message_at=message_at, typed_as_text=True)
    return _csv_writer(path, table)


def _csv_writer(path: Path, table: Table) -> TableWriter:
    from importer.sheets.text.csv_table import CsvTable  # noqa: PLC0415 - only where a CSV file is written
    from importer.sheets.text.csv_writer import EXCEL_DIALECT, CsvWriter  # noqa: PLC0415 - the same

    return CsvWriter(path, table.dialect if isinstance(table, CsvTable) else EXCEL_DIALECT, table.width())
