"""Opens a source by what is in it, and a writer by what is wanted; the heavy libraries come in only here."""

from __future__ import annotations

import atexit
import functools
import shutil
import stat
import tempfile
from pathlib import Path

from importer.errors import SettingsError, SourceError
from importer.model import APPENDED_COLUMNS
from importer.sheets.reading import AS_IT_IS, Reading
from importer.sheets.recognition import Family, recognise
from importer.sheets.source_file import SourceFile
from importer.sheets.table import Format, Table, TableWriter
from importer.sheets.workbooks.archive import DEFAULT_LIMITS, Limits
from importer.sheets.workbooks.book import MAX_COLUMNS, MAX_ROWS


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
        limits: How large a workbook may be.
        scratch: A folder, its owner's only, for what is parsed of a workbook: it must stay as long as the table is
            read. None for a temporary one that goes away with this process.

    Raises:
        SourceError: The file is not there (`source_missing`), is no file (`not_a_file`), cannot be read
            (`source_unreadable`), is empty (`empty_source`) or of another kind (`unknown_format`, and more: see
            `importer.sheets.recognition`); the sheet is not in it; the table lacks a column or has two for one field.
    """
    file = SourceFile(path, name or path.name)
    shown = name or str(path)
    try:
        _check_file(file)
        family = recognise(file)
        if family is not Family.CSV:
            from importer.sheets.workbooks.table import open_workbook  # noqa: PLC0415 - only where there is one

            return open_workbook(file, family, reading, scratch or _temporary_folder(), limits)
        if reading.sheet is not None:
            raise SourceError(
                f"{file.name} is a CSV file, and has no sheets.", code="no_sheets", hint="Leave --sheet out."
            )
        from importer.sheets.text.file import open_csv  # noqa: PLC0415 - only where a CSV file is opened

        return open_csv(file, reading)
    except FileNotFoundError as error:
        raise SourceError(
            f"There is no file {shown}.", code="source_missing", hint="Look at the spelling of the path, and try again."
        ) from error
    except OSError as error:
        raise SourceError(
            f"{shown} cannot be read: {(error.strerror or 'unknown error').lower()}.",
            code="source_unreadable",
            hint="See that the disk is there and that you may read the file.",
        ) from error


@functools.cache
def _temporary_folder() -> Path:
    """Return a folder for this process, its owner's only, which goes away with it."""
    folder = Path(tempfile.mkdtemp(prefix="importer-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def check_fits(table: Table, form: Format, *, rows: int) -> None:
    """Raise `SettingsError` where a report in this format could not hold the table, before anything is sent.

    Args:
        table: The source, read to its end.
        form: The format of the report.
        rows: How many rows it has.
    """
    columns, lines = table.width() + len(APPENDED_COLUMNS), rows + sum(table.skips.values()) + 1
    if form == "xlsx" and (columns > MAX_COLUMNS or lines > MAX_ROWS):
        raise SettingsError(
            f"The annotated workbook would have {lines:,} rows and {columns:,} columns, and a sheet can hold"
            f" {MAX_ROWS:,} and {MAX_COLUMNS:,}.",
            code="too_large_for_xlsx",
            hint="Ask for CSV with --format csv.",
        )


def open_writer(
    path: Path,
    table: Table,
    *,
    format: Format,  # noqa: A002 - the word of the option and of `Table.format`
    message_at: int | None = None,
) -> TableWriter:
    """Return a writer of the table's records into a new file; it is opened as a context manager.

    Args:
        path: The file to write; an earlier one is overwritten, so give it a temporary name.
        table: Where the records will come from.
        format: What to write.
        message_at: Which of the appended cells is the message. In a workbook it also says, after its own text, what of
            a row's text the sheet could not hold as it is.

    Raises:
        SourceError: The table cannot be read to its end, to find its widest record.
        OSError: The table's file cannot be read.
    """
    width = table.width()
    if format == "xlsx":
        from importer.sheets.workbooks.xlsx_writer import XlsxWriter  # noqa: PLC0415 - heavy, and not needed for CSV

        return XlsxWriter(path, table.sheet, width, message_at=message_at)
    from importer.sheets.text.file import CsvTable  # noqa: PLC0415 - only where a CSV file is written
    from importer.sheets.text.writer import EXCEL_DIALECT, CsvWriter  # noqa: PLC0415 - the same

    return CsvWriter(path, table.dialect if isinstance(table, CsvTable) else EXCEL_DIALECT, width)


def _check_file(file: SourceFile) -> None:
    status = file.path.stat()
    if not stat.S_ISREG(status.st_mode):
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "not an ordinary file"
        raise SourceError(
            f"{file.name} is {kind}.", code="not_a_file", hint="Give the path of a CSV file or of a workbook."
        )
    if status.st_size == 0:
        raise SourceError(f"{file.name} is empty.", code="empty_source", hint="Export the table again.")
