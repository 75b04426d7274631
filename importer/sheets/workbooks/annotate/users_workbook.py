"""The user's own workbook, annotated: the package that was given, in which only what must change is changed.

Other sheets, charts, pictures, formats, filters and whatever else a spreadsheet program keeps in a workbook come along
as bytes, whether this program knows of them or not.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import zipfile
from collections.abc import Collection, Generator, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from importer.errors import ReportError, SourceError
from importer.sheets.cells import cell_text
from importer.sheets.extra_sheet import ExtraSheet
from importer.sheets.limits import DEFAULT_LIMITS, Limits
from importer.sheets.source_file import SourceFile
from importer.sheets.table import Mark, Record, RecordKind, ToBeSeen
from importer.sheets.workbooks.annotate.annotation_plan import plan_workbook
from importer.sheets.workbooks.annotate.appended_area import AppendedArea
from importer.sheets.workbooks.annotate.column_widths import columns_xml
from importer.sheets.workbooks.annotate.row_cells import Appended, RowCells
from importer.sheets.workbooks.annotate.sheet_copy import SheetCopy
from importer.sheets.workbooks.beside.extra_package import ExtraPackage
from importer.sheets.workbooks.package.archive import Archive
from importer.sheets.workbooks.package.looks import SAMPLE_SIZE, column_widths, row_height
from importer.sheets.workbooks.package.xml_edits import UnfitWorkbookError
from importer.sheets.workbooks.package.zip_entries import copy_entry, new_entry

_BYTES_PER_ROW: Final = 4_096
"""More than the appended cells of a row take, seen over all rows."""


class UsersWorkbookWriter:
    """Writes appended cells into the user's own workbook, a row at a time; the records' own cells stand there already.

    Nothing is kept on the disk but the file itself, and in memory only some bytes for each row and formula.

    Args:
        path: The file to write; an earlier one is overwritten.
        source: The workbook.
        part: The sheet's part in it.
        place: Where the appended columns go.
        to_be_seen: Returns the numbers of the rows that are not to stay hidden.
        limits: What the workbook is held to.

    Raises:
        UnfitWorkbookError: The workbook cannot be written into safely. Nothing has been written.
        OSError: The source cannot be read.
    """

    def __init__(
        self,
        path: Path,
        source: SourceFile,
        part: str,
        appended_area: AppendedArea,
        *,
        to_be_seen: ToBeSeen = tuple,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self.appended_area: Final = appended_area
        """Where the appended columns go."""
        self._path, self._source, self._part = path, source, part
        self._message_at, self._limits = appended_area.message_at, limits
        self._plan = plan_workbook(source, part, appended_area, limits, to_be_seen)
        self._cells = RowCells(appended_area, self._plan.looks, sentences_at=self._message_at)
        self._pending: list[tuple[Record, Appended, str]] | None = []
        """The first records, kept until the widths are known; then None."""
        self._number = 0
        self._entry: IO[bytes] | None = None
        """The sheet, while it is written."""
        self._open = contextlib.ExitStack()
        self._no_sheet: list[str] = []
        """Why a sheet beside the table could not be written, in a sentence."""

    @property
    def notes(self) -> Sequence[str]:
        """What of the workbook does not come along as it is, each in a sentence."""
        return (*self._plan.told, *self._plan.package.left_out, *self._no_sheet)

    @property
    def asides(self) -> Sequence[str]:
        """What became of its formulas."""
        formulas = self._plan.survey.formulas
        return tuple(_told_of_formulas(sum(formulas.valued), formulas.valued.count(0), formulas.left))

    @property
    def hidden(self) -> Collection[int]:
        """The numbers of the lines of the table that nobody sees in the file."""
        return self._plan.shown.still_hidden

    def __enter__(self) -> Self:
        """Create the file; raise OSError where that fails, `SourceError` where the source cannot be read any more."""
        with contextlib.ExitStack() as opened:
            self._file = opened.enter_context(self._path.open("wb"))
            self._from = opened.enter_context(self._source.path.open("rb"))
            self._parts = opened.enter_context(zipfile.ZipFile(self._from))
            self._archive = opened.enter_context(Archive(self._source, self._limits))
            self._target = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED)
            self._open = opened.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        """Finish the workbook and flush it to disk; on an error only close the file."""
        with self._open:
            try:
                if kind is None:
                    self._finish()
            finally:
                self._close()

    def write(
        self,
        record: Record,
        appended: Appended,
        *,
        tone: str = "",
        marks: Sequence[Mark] = (),  # noqa: ARG002 - the cells of the user's own workbook are not touched
    ) -> None:
        """Write the appended cells of a record into its row.

        Raises:
            ReportError: The record is not one of the sheet's, in its order.
            OSError: The file cannot be written.
        """
        is_header = record.kind is RecordKind.HEADER
        if record.number <= self._number or is_header != (record.number == self.appended_area.header_row):
            raise _untrue(record.number)
        if len(appended) != len(self.appended_area.names) or (
            is_header and list(appended) != list(self.appended_area.names)
        ):
            raise _untrue(record.number)
        self._number = record.number
        if self._pending is None:
            self._put(record, appended, tone)
            return
        self._pending.append((record, tuple(appended), tone))
        if len(self._pending) >= SAMPLE_SIZE:
            self._begin()

    def write_sheet(self, sheet: ExtraSheet) -> None:
        """Write a sheet beside the table, before its first record; where that is not safe, `notes` say so."""
        if self._number:
            raise ValueError("what a sheet adds to the whole workbook may have been passed already")
        try:
            ExtraPackage(self._plan.package, self._archive, self._part).add(sheet)
        except (SourceError, UnfitWorkbookError) as error:
            why = error.why if isinstance(error, UnfitWorkbookError) else "a part of it is damaged"
            self._no_sheet.append(f"The annotated workbook has no sheet {sheet.title}, since {why}.")

    def _begin(self) -> None:
        """Write the parts before the sheet and the records that were kept, now that the widths can be told."""
        pending, self._pending = self._pending or (), None
        entries = iter(self._parts.infolist())
        for info in itertools.takewhile(lambda entry: not self._is_sheet(entry), entries):
            self._take(info)
        self._rest = list(entries)
        blocks = self._open.enter_context(contextlib.closing(self._blocks()))
        self._sheet = SheetCopy(blocks, self._plan.survey, self._open_sheet(), self._plan.shown.starts)
        texts = (
            ([cell_text(cell) for cell in appended], record.kind is RecordKind.HEADER)
            for record, appended, _ in pending
        )
        self._write_head(column_widths(texts, message=self._message_at))
        for record, appended, tone in pending:
            self._put(record, appended, tone)

    def _blocks(self) -> Generator[bytes, None, None]:
        yield from self._archive.blocks(self._part)

    def _is_sheet(self, info: zipfile.ZipInfo) -> bool:
        return info.filename.replace("\\", "/").lower() == self._part.lower()

    def _open_sheet(self) -> IO[bytes]:
        info = next(info for info in self._parts.infolist() if self._is_sheet(info))
        at_most = info.file_size + _BYTES_PER_ROW * len(self._plan.survey.rows.numbers)
        self._entry = self._target.open(new_entry(info), "w", force_zip64=at_most > zipfile.ZIP64_LIMIT)
        return self._entry

    def _write_head(self, widths: Sequence[float]) -> None:
        survey = self._plan.survey
        start, end, ranges = survey.columns or (survey.data, survey.data, [])
        self._change_tags(0, start)
        self._sheet.replace(start, end, columns_xml(ranges, self.appended_area, widths))
        self._change_tags(end, survey.data)

    def _change_tags(self, start: int, end: int) -> None:
        """Change the tags between two places, and leave out the pieces that go."""
        tags = ((at, at, changes) for at, changes in self._plan.tags.items())
        pieces = ((piece, piece_end, None) for piece, piece_end in self._plan.shown.cuts)
        for at, to, changes in sorted([*tags, *pieces], key=lambda edit: edit[0]):
            if start <= at < end and changes is None:
                self._sheet.replace(at, to, b"")
            elif start <= at < end and changes:
                self._sheet.change_tag(at, changes)

    def _put(self, record: Record, appended: Appended, tone: str) -> None:
        match record.kind:
            case RecordKind.HEADER:
                self._sheet.write_row(record.number, self._cells.header(record.number, self.appended_area.names), None)
            case RecordKind.ROW:
                height = None if self._message_at is None else row_height(cell_text(appended[self._message_at]))
                cells = self._cells.body(record.number, appended, tone)
                self._sheet.write_row(record.number, cells, height)
            case _:
                self._sheet.clear_row(record.number)

    def _take(self, info: zipfile.ZipInfo) -> None:
        """Write a part as it is, or as it is to be, or leave it out."""
        package = self._plan.package
        if package.is_dropped(info.filename):
            return
        changed = package.changed(info.filename)
        if changed is None:
            copy_entry(self._from, info, self._target, self._file)
        else:
            self._target.writestr(new_entry(info), changed)

    def _finish(self) -> None:
        if self._number < self.appended_area.header_row:
            raise _untrue(self.appended_area.header_row)
        if self._pending is not None:
            self._begin()
        self._change_tags(self._plan.survey.data, 2**63)
        self._sheet.finish()
        if self._entry is not None:
            self._entry.close()
        for info in self._rest:
            self._take(info)
        for name, data in self._plan.package.added().items():
            self._target.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
        self._target.close()
        self._file.flush()
        os.fsync(self._file.fileno())

    def _close(self) -> None:
        """Close what is still open in the archive: after an error, which says more than what comes of this."""
        with contextlib.suppress(OSError, ValueError):
            if self._entry is not None:
                self._entry.close()
            self._target.close()


def _told_of_formulas(replaced: int, empty: int, left: int) -> Iterator[str]:
    """Yield what became of formulas: of those with a stored value, of those without, and of those that stay."""
    if replaced == 1:
        yield "In the annotated workbook, 1 formula of the sheet is replaced by its value."
    elif replaced:
        yield f"In the annotated workbook, {replaced:,} formulas of the sheet are replaced by their values."
    if empty == 1:
        yield "In the annotated workbook, the cell of 1 formula is empty, since no value was stored with it."
    elif empty:
        why = "since no value was stored with them"
        yield f"In the annotated workbook, the cells of {empty:,} formulas are empty, {why}."
    if left == 1:
        yield "In the annotated workbook, 1 formula of the sheet stays one, since nobody has calculated it."
    elif left:
        why = "since nobody has calculated them"
        yield f"In the annotated workbook, {left:,} formulas of the sheet stay formulas, {why}."


def _untrue(number: int) -> ReportError:
    return ReportError(
        f"The annotated sheet would not be true: record {number} of the workbook is not what was expected there."
        " This is a defect of the importer.",
        code="report_untrue",
        hint="Every outcome is in the journal. Keep the file and the journal, and report this.",
    )
