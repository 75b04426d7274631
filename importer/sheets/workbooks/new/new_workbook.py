"""Excel workbooks: the writer."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.writer.excel import ExcelWriter

from importer.errors import ReportError
from importer.phrases import column_letter
from importer.sheets.cells import cell_text
from importer.sheets.extra_sheet import ExtraSheet
from importer.sheets.table import Mark, Record, RecordKind
from importer.sheets.workbooks.areas import MAX_COLUMNS, MAX_ROWS
from importer.sheets.workbooks.beside.extra_package import ExtraPackage
from importer.sheets.workbooks.new.comments import Comments
from importer.sheets.workbooks.new.kept_parts import KeepingArchive
from importer.sheets.workbooks.new.row_xml import CellMaker, Note
from importer.sheets.workbooks.package.edited_package import Package
from importer.sheets.workbooks.package.looks import SAMPLE_SIZE, column_widths, row_height

_DEFAULT_TITLE: Final = "Sheet1"
_RESERVED_TITLE: Final = "history"
_LONGEST_TITLE: Final = 31
_NOT_IN_TITLES: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_MAX_NOTES: Final = 5
_TABLE_PART: Final = "xl/worksheets/sheet1.xml"

Appended = Sequence[str | int | None]


class _SheetLine(NamedTuple):
    """What is written as one row."""

    record: Record
    appended: Appended
    tone: str
    marks: Sequence[Mark]


class NewWorkbookWriter:
    """Writes records into a workbook with one sheet, a row at a time, in flat memory.

    Text is text, whatever it begins with. Numbers, dates, truth values and errors of a workbook keep their type. The
    header is bold, frozen and has filters; the appended cells have a colour by the row's tone, and marked cells a
    stronger one and a comment.

    Rows are kept in a file without a name on the same disk until all is known that stands before them. What is around
    them in the package is made by openpyxl.

    Args:
        path: The file to write; an earlier one is overwritten.
        title: What the sheet is to be called, made fit where Excel does not allow it; None for `Sheet1`.
        width: To how many cells a record is padded.
        message_at: Which of the appended cells says, after its own text, what of a row could not be written as it is;
            None where that is not to be said.
        notes: What a person should know of what does not come along, in sentences.
        typed_as_text: What a person types into a cell of text, or into a marked one that is blank, is text too.
    """

    def __init__(
        self,
        path: Path,
        title: str | None,
        width: int,
        *,
        message_at: int | None = None,
        notes: Sequence[str] = (),
        typed_as_text: bool = False,
    ) -> None:
        self._path = path
        self._width = width
        self._message_at = message_at
        self._notes = notes
        self._pending: list[_SheetLine] | None = []
        """The first records, kept until the widths are known; then None."""
        self._rows = 0
        self._put_rows = 0
        self._columns = 0
        self._header_row = 0
        self._extra: ExtraSheet | None = None
        self._book = Workbook(write_only=True)
        self._book.properties.creator = "importer"
        self._sheet = self._book.create_sheet(sheet_title(title))
        self._comments = Comments()
        self._sheet.page_setup.orientation = "landscape"
        self._sheet.page_setup.fitToHeight = 0
        self._sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sentences_at = None if message_at is None else width + message_at
        self._cells = CellMaker(self._sheet, sentences_at=sentences_at, typed_as_text=typed_as_text)

    @property
    def notes(self) -> Sequence[str]:
        """What a person should know of what does not come along."""
        return (*self._notes, *_told_of_comments(self._comments))

    @property
    def asides(self) -> Sequence[str]:
        """Nothing."""
        return ()

    @property
    def hidden(self) -> Collection[int]:
        """None: nothing is hidden in a new workbook."""
        return ()

    def __enter__(self) -> Self:
        """Create the file; raise OSError where that fails."""
        with contextlib.ExitStack() as opened:
            self._file = opened.enter_context(self._path.open("wb"))
            self._body = opened.enter_context(tempfile.TemporaryFile(dir=self._path.parent))
            self._open = opened.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        """Finish the workbook and flush it to disk; on an error only close the file."""
        with self._open:
            if kind is None:
                with _temporary_files_in(self._path.parent):
                    self._finish()

    def write(self, record: Record, appended: Appended, *, tone: str = "", marks: Sequence[Mark] = ()) -> None:
        """Write one record, padded to the width, and then the appended cells.

        Raises:
            ReportError: It is more than a sheet can hold.
            ValueError: The record has more cells than the width.
            OSError: The file cannot be written.
        """
        if len(record.cells) > self._width:
            raise ValueError(f"a record of {len(record.cells)} cells in a table that is {self._width} wide")
        self._rows += 1
        self._columns = max(self._columns, self._width + len(appended))
        if self._rows > MAX_ROWS or self._columns > MAX_COLUMNS:
            raise ReportError(
                f"A sheet can hold {MAX_ROWS:,} rows and {MAX_COLUMNS:,} columns, and this table has more.",
                code="too_large_for_xlsx",
                hint="Ask for CSV with --format csv.",
            )
        line = _SheetLine(record, tuple(appended), tone, marks)
        if self._pending is None:
            self._put(line)
            return
        self._pending.append(line)
        if len(self._pending) >= SAMPLE_SIZE:
            self._begin()

    def write_sheet(self, sheet: ExtraSheet) -> None:
        """Write a sheet beside the table, when the table is written."""
        self._extra = sheet

    def _begin(self) -> None:
        """Write the records that were kept, now that the widths and the place of the header can be told."""
        pending, self._pending = self._pending or (), None
        texts = ((self._shown(line.record, line.appended), _is_header(line.record)) for line in pending)
        message = None if self._message_at is None else self._width + self._message_at
        widths = column_widths(texts, message=message)
        self._comments.widths = widths
        for position, width in enumerate(widths, start=1):
            self._sheet.column_dimensions[get_column_letter(position)].width = width
        headers = (row for row, line in enumerate(pending, start=1) if _is_header(line.record))
        self._header_row = next(headers, 0)
        if self._header_row:
            self._sheet.freeze_panes = f"A{self._header_row + 1}"
        for line in pending:
            self._put(line)

    def _finish(self) -> None:
        if self._pending is not None:
            self._begin()
        if self._header_row:
            self._sheet.auto_filter.ref = f"A{self._header_row}:{get_column_letter(self._columns)}{self._rows}"
        if sample := self._comments.sample():
            cell = WriteOnlyCell(self._sheet)
            cell.comment = sample
            self._sheet.append([cell])
        with KeepingArchive(self._file, self._body, self._comments.parts()) as archive:
            ExcelWriter(self._book, archive).write_data()
            if self._extra is not None:
                package = Package(archive.kept, archive.namelist())
                ExtraPackage(package, archive.kept, _TABLE_PART).add(self._extra)
                archive.change(package)
        self._file.flush()
        os.fsync(self._file.fileno())

    def _shown(self, record: Record, appended: Appended) -> list[str]:
        cells = [cell_text(cell) for cell in record.cells]
        return [*cells, *[""] * (self._width - len(cells)), *(cell_text(cell) for cell in appended)]

    def _put(self, line: _SheetLine) -> None:
        record, appended, tone, marks = line
        self._put_rows += 1
        row, height = self._put_rows, None
        if _is_header(record):
            cells_xml = self._cells.header(row, 0, record.cells) + self._cells.header(row, self._width, appended)
        else:
            marked = [mark.position for mark in marks]
            padding = [None] * (self._width - len(record.cells)) if marked else []
            source, notes = self._cells.source(row, [*record.cells, *padding], tone, marked)
            if notes and record.kind is RecordKind.ROW:
                appended = self._noted(appended, notes)
            cells_xml = source + self._cells.appended(row, self._width, appended, tone, marked)
            height = None if self._message_at is None else row_height(cell_text(appended[self._message_at]))
            if height is not None and marks:
                self._comments.note_height(row, height)
        for mark in marks:
            self._comments.add(row, mark.position, mark.reason)
        high = "" if height is None else f' ht="{height:g}" customHeight="1"'
        self._body.write(f'<row r="{row}"{high}>{cells_xml}</row>'.encode())

    def _noted(self, appended: Appended, notes: Sequence[Note]) -> Appended:
        """Return the appended cells, the message with a sentence on each cell that could not be kept as it is."""
        if self._message_at is None:
            return appended
        cells = list(appended)
        sentences = [f"Column {column_letter(position)}: {note}." for position, note in notes[:_MAX_NOTES]]
        cells[self._message_at] = " ".join(filter(None, [cell_text(cells[self._message_at]), *sentences]))
        return cells


@contextlib.contextmanager
def _temporary_files_in(folder: Path) -> Iterator[None]:
    """Let a library make its temporary files in a folder: a killed process leaves no people where nobody looks."""
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


def sheet_title(wanted: str | None) -> str:
    """Return a name that Excel allows for a sheet, as like the wanted one as can be; `Sheet1` where nothing is left.

    Example: `sheet_title("May/June")` is `"May_June"`.
    """
    title = _NOT_IN_TITLES.sub("_", wanted or "")[:_LONGEST_TITLE].strip("'")
    return _DEFAULT_TITLE if not title.strip() or title.casefold() == _RESERVED_TITLE else title


def _told_of_comments(comments: Comments) -> Iterator[str]:
    """Yield what became of comments that are not there."""
    if comments.left_out:
        yield (
            f"Only the first {len(comments):,} marked cells of the workbook have a comment, so that it can be opened;"
            " the column message has the reasons of all rows."
        )


def _is_header(record: Record) -> bool:
    return record.kind is RecordKind.HEADER
