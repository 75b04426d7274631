"""Text in which a table is drawn: its encoding is found out as that of any text, and its lines are those of a sheet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from importer.model.source import Detected
from importer.sheets.limits import Limits
from importer.sheets.reading import Reading
from importer.sheets.source_file import SourceFile
from importer.sheets.text.found_out.codec import usual_name
from importer.sheets.text.found_out.encoding import Encoding, find_encoding
from importer.sheets.workbooks.grid import Grid
from importer.sheets.workbooks.sheet_table import RawSheet, SheetTable, open_raw_workbook, open_workbook

_FAMILY: Final = "drawn"


class DrawnTable(SheetTable):
    """A table that is drawn in a text.

    Args:
        table: What was read of it.
        encoding: What the text is in.
    """

    def __init__(self, table: SheetTable, encoding: Encoding) -> None:
        super().__init__(_noted(table.grid, encoding), table.layout)
        self._encoding = encoding

    @property
    def detected(self) -> Detected:
        """What was found out about the file."""
        return replace(super().detected, encoding=usual_name(self._encoding.codec))

    def reads_otherwise(self, text: str) -> str:
        """Return the encoding in which a text would be other words; "" where that is certain, or somebody has said."""
        return self._encoding.reads_otherwise(text)


def open_drawn(file: SourceFile, reading: Reading, scratch: Path, limits: Limits) -> DrawnTable:
    """Open such a text and understand its header; raise as `open_workbook` does, and `SettingsError` for an encoding.

    Arguments are those of `open_workbook`.
    """
    encoding = find_encoding(file, reading.encoding)
    table = open_workbook(file, _FAMILY, replace(reading, encoding=encoding.codec), scratch, limits)
    return DrawnTable(table, encoding)


def open_raw_drawn(file: SourceFile, reading: Reading, scratch: Path, limits: Limits) -> RawSheet:
    """Open such a text as it is, line by line; arguments and errors are those of `open_drawn`."""
    encoding = find_encoding(file, reading.encoding)
    raw = open_raw_workbook(file, _FAMILY, replace(reading, encoding=encoding.codec), scratch, limits)
    return replace(raw, grid=_noted(raw.grid, encoding))


def _noted(grid: Grid, encoding: Encoding) -> Grid:
    return replace(grid, notes=(*encoding.notes, *grid.notes))
