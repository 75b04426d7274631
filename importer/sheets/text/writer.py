"""CSV files: the writer."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from importer.sheets.cells import cell_text
from importer.sheets.table import Record
from importer.sheets.text.dialect import BOM, Dialect
from importer.sheets.text.formula_guard import guard, guard_raw

EXCEL_DIALECT: Final = Dialect(delimiter=",", preamble=BOM)
"""What Excel opens by a double click with every character right."""
_LINE_END: Final = b"\r\n"


class CsvWriter:
    """Writes records as CSV, in UTF-8.

    The cells of a record of a CSV file are copied byte for byte, and so is its line end; only a cell that a
    spreadsheet would execute gets an apostrophe. Cells of a workbook are written as text.

    Args:
        path: The file to write; an earlier one is overwritten.
        dialect: The source's own, or `EXCEL_DIALECT`.
        width: To how many cells a record is padded.
    """

    def __init__(self, path: Path, dialect: Dialect, width: int) -> None:
        self._path = path
        self._dialect = dialect
        self._delimiter: Final = dialect.delimiter.encode("ascii")
        self._width = width
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        """Open the file and write what comes before the first record; raise OSError where that fails."""
        self._file = self._path.open("wb")
        self._file.write(self._dialect.preamble)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        """Flush the file to disk and close it; on an error only close it."""
        with self._open_file() as file:
            if kind is None:
                file.flush()
                os.fsync(file.fileno())

    def write(self, record: Record, appended: Sequence[str | int | None], *, tone: str = "") -> None:  # noqa: ARG002 - a CSV file has no looks
        """Write one record, padded to the width, and then the appended cells; raise OSError where that fails."""
        cells = self._source_cells(record)
        cells += [b""] * (self._width - len(cells))
        cells += [self._quoted(guard(cell) if isinstance(cell, str) else cell_text(cell)) for cell in appended]
        line_end = _LINE_END if record.raw is None else record.line_end
        self._open_file().write(self._delimiter.join(cells) + line_end)

    def _source_cells(self, record: Record) -> list[bytes]:
        texts = [cell_text(cell) for cell in record.cells]
        if record.raw is None:
            return [self._quoted(guard(text)) for text in texts]
        return [guard_raw(raw, text) for raw, text in zip(record.raw, texts, strict=True)]

    def _quoted(self, text: str) -> bytes:
        if any(mark in text for mark in (self._dialect.delimiter, '"', "\r", "\n")):
            text = '"' + text.replace('"', '""') + '"'
        return text.encode("utf-8", errors="replace")

    def _open_file(self) -> BinaryIO:
        if self._file is None:
            raise ValueError("the writer is not open: use it as a context manager")
        return self._file
