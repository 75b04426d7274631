"""CSV files: the reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from importer.model import Detected, Field, Issue, Skip
from importer.sheets.chunks import Row, chunked
from importer.sheets.kinds import Kinds
from importer.sheets.layout import STRAY_QUOTE, WRONG_FIELD_COUNT, Layout, filled, read_layout
from importer.sheets.phrases import quoted
from importer.sheets.reading import AS_IT_IS, Reading
from importer.sheets.source_file import SourceFile
from importer.sheets.table import Chunk, Column, Record, RecordKind
from importer.sheets.text.dialect import Dialect, detect
from importer.sheets.text.formula_guard import is_guarded, unguard, unguard_raw
from importer.sheets.text.records import CsvRecord, read_records

_WHOLE_ROW: Final = ""
_TOO_FEW: Final = "Put in what is missing: a cell, or the mark between two."
_TOO_MANY: Final = (
    "Put a cell that has the mark between cells in its text into quotation marks, or remove what is too much."
)


class CsvTable:
    """The table of a CSV file; each reading goes through the file anew, in flat memory.

    Args:
        file: The file.
        dialect: How it is written.
        layout: Its header, understood.
    """

    format: Final = "csv"
    sheet: Final = None

    def __init__(self, file: SourceFile, dialect: Dialect, layout: Layout) -> None:
        self._file = file
        self._layout = layout
        self._skips: Mapping[Skip, int] = {}
        self._width: int | None = None
        self.dialect: Final = dialect

    @property
    def columns(self) -> Mapping[Field, Column]:
        """The columns that hold a field, found by their names."""
        return self._layout.columns

    @property
    def prefix(self) -> str:
        """`import_` where one of the source's own columns has the name of an appended one, otherwise ""."""
        return self._layout.prefix

    @property
    def detected(self) -> Detected:
        """What was found out about the file."""
        return Detected(
            format="csv",
            encoding="utf-8",
            delimiter=self.dialect.delimiter,
            quote='"',
            escape="",
            header_row=self._layout.number,
            columns={field.value: column.header for field, column in self.columns.items()},
        )

    @property
    def skips(self) -> Mapping[Skip, int]:
        """How many records are no rows, by what they are; known once `chunks` has been read to its end."""
        return self._skips

    def chunks(self, size: int) -> Iterator[Chunk]:
        """Yield the rows, at most `size` at a time.

        Raises:
            SourceError: A record is not UTF-8, too long, or has a quote that is never closed.
            OSError: The file cannot be read.
        """
        return chunked(self._rows(), list(self.columns), size)

    def records(self) -> Iterator[Record]:
        """Yield every record from the first on; raise as `chunks` does.

        Of an annotated file, the cells are those of the source that it was written from: without our own columns, and
        without the apostrophe of a guarded cell, in the text as in the bytes.
        """
        for record, kind in Kinds(self._layout).of(self._read(), self._cells):
            kept = self._layout.without_own(record.cells)
            raw: Sequence[bytes] = self._layout.without_own(record.raw_cells(self.dialect.delimiter))
            if self._layout.is_annotated:
                raw = [unguard_raw(one, text) for one, text in zip(raw, kept, strict=True)]
            yield Record(record.number, kind, tuple(self._cells(record)), tuple(raw), record.line_end)

    def width(self) -> int:
        """Return how many cells the widest record has; the first call goes through the file."""
        if self._width is None:
            self._width = max(len(self._layout.without_own(record.cells)) for record in self._read())
        return self._width

    def _rows(self) -> Iterator[Row]:
        kinds = Kinds(self._layout)
        for record, kind in kinds.of(self._read(), self._cells):
            if kind is RecordKind.ROW:
                yield self._row(record)
        self._skips = kinds.skips

    def _read(self) -> Iterator[CsvRecord]:
        return read_records(self._file, delimiter=self.dialect.delimiter, skip=len(self.dialect.preamble))

    def _cells(self, record: CsvRecord) -> Sequence[str]:
        """Return the source's own cells."""
        if not self._layout.is_annotated:
            return record.cells
        return [unguard(cell) for cell in self._layout.without_own(record.cells)]

    def _row(self, record: CsvRecord) -> Row:
        fault = self._shape_fault(record)
        if fault is not None:
            return Row(record.number, [""] * len(self.columns), [fault])
        cells = self._cells(record)
        issues = list(self._nul_issues(record.number, cells)) if b"\0" in record.raw else []
        if not self._layout.is_annotated and b"'" in record.raw:
            issues += self._guard_issues(record.number, cells)
        return Row(record.number, [cells[column.position] for column in self.columns.values()], issues)

    def _shape_fault(self, record: CsvRecord) -> Issue | None:
        """Return why the row's cells cannot be told to be in their columns, if so."""
        if record.has_stray_quote(self.dialect.delimiter):
            return Issue(
                record.number,
                STRAY_QUOTE,
                _WHOLE_ROW,
                "A quotation mark in this record is not where a cell begins or ends, so that the record goes on over "
                "several lines. Put in the missing quotation mark, or remove the one that is too many.",
            )
        cells, header = self._counts(record)
        if cells == header:
            return self._layout.shape_fault(record.number, record.cells)
        return Issue(
            record.number,
            WRONG_FIELD_COUNT,
            _WHOLE_ROW,
            f"This record has {cells} cells and the header has {header}, so it is not certain which cell is which. "
            + (_TOO_FEW if cells < header else _TOO_MANY),
        )

    def _counts(self, record: CsvRecord) -> tuple[int, int]:
        """Return the number of the record's cells, and what it should be.

        A report pads short records and the header to the widest record. So in an annotated file a cell under a part of
        the header that is blank means that the record was too long in the source, and still is.
        """
        cells, header = len(record.cells), self._layout.width
        if cells != header or not self._layout.is_annotated:
            return cells, header
        named = filled(self._layout.header)
        return max(filled(self._cells(record)), named), named

    def _nul_issues(self, number: int, cells: Sequence[str]) -> Iterator[Issue]:
        for position, cell in enumerate(cells):
            if "\0" in cell:
                header = self._layout.header[position]
                yield Issue(
                    number,
                    "nul_character",
                    header,
                    f"{quoted([header])} has a character in it (NUL) that is no text: the file is damaged here. "
                    "Type the cell anew, or export the file again.",
                )

    def _guard_issues(self, number: int, cells: Sequence[str]) -> Iterator[Issue]:
        for column in self.columns.values():
            if is_guarded(cells[column.position]):
                yield Issue(
                    number,
                    "guarded_cell",
                    column.header,
                    f"{quoted([column.header])} begins with an apostrophe that keeps a spreadsheet program from "
                    "calculating the cell, as a report has it. Remove the apostrophe, or whatever comes after it.",
                )


def open_csv(file: SourceFile, reading: Reading = AS_IT_IS) -> CsvTable:
    """Open a CSV file and understand its header.

    Raises:
        SourceError: There is no header, it lacks a column or has two for one field, or the file cannot be read up to
            it.
        OSError: The file cannot be read.
    """
    found = detect(file, reading)
    return CsvTable(file, found.dialect, read_layout(found.header.cells, number=found.header.number, where=file.name))
