"""Opens a workbook: as a table, as it is, or to see how large its sheets are."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from importer.model.source import Detected
from importer.sheets.cells import cell_text
from importer.sheets.header.header import find_header, no_header
from importer.sheets.header.layout import read_layout
from importer.sheets.reading import Reading
from importer.sheets.source_file import SourceFile
from importer.sheets.table import SheetSize
from importer.sheets.workbooks.book import Area, Uncomputed, texts
from importer.sheets.workbooks.grid import Grid
from importer.sheets.workbooks.package.archive import DEFAULT_LIMITS, Limits
from importer.sheets.workbooks.parser.start import Request, parse
from importer.sheets.workbooks.sheet_table import GridTable

_NAMES: Final = itertools.count(1)


@dataclass(frozen=True, slots=True)
class RawSheet:
    """A sheet as it is: nothing is cleaned, dropped or padded, and no header is needed."""

    grid: Grid

    @property
    def sheet(self) -> str | None:
        """The name of the sheet; None where the format has none."""
        return self.grid.sheet

    @property
    def detected(self) -> Detected:
        """What was found out about the file."""
        return self.grid.detected

    def records(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield every line from the first on: its number, and the text of its cells up to the last one in use."""
        for line in self.grid.lines():
            yield line.number, ["" if isinstance(cell, Uncomputed) else cell_text(cell) for cell in line.cells]


def open_workbook(
    file: SourceFile, family: str, reading: Reading, scratch: Path, limits: Limits = DEFAULT_LIMITS
) -> GridTable:
    """Open a sheet of a workbook and understand its header.

    Args:
        file: The file.
        family: What it is, as `importer.sheets.recognition` says.
        reading: Which sheet and header; by itself it is the only visible sheet that has the columns.
        scratch: A folder for what is parsed: it must stay as long as the table is read, and be its owner's only.
        limits: What the workbook is held to.

    Raises:
        SourceError: The workbook cannot be read or is over a limit; there is no such sheet, no sheet with the columns
            or several; the sheet lacks a column or has two for one field.
        OSError: The file cannot be read, or the scratch folder not be written.
    """
    return understood(parsed_grid(file, *_ask("source", file, family, reading, scratch, limits)), reading)


def understood(grid: Grid, reading: Reading) -> GridTable:
    """Return the table of a sheet; raise `SourceError` where it has no header or not the columns that are needed."""
    header = find_header(((line.number, texts(line.cells)) for line in grid.lines()), reading)
    if header is None:
        raise no_header(grid.where, reading)
    return GridTable(grid, read_layout(header.cells, number=header.number, where=grid.where, reading=reading))


def open_raw_workbook(
    file: SourceFile, family: str, reading: Reading, scratch: Path, limits: Limits = DEFAULT_LIMITS
) -> RawSheet:
    """Open a sheet of a workbook as it is: the first visible one, or the one that is named.

    A workbook without a visible sheet has no records. Raises as `open_workbook` does, but asks nothing of a header.
    """
    return RawSheet(parsed_grid(file, *_ask("raw", file, family, reading, scratch, limits)))


def parsed_grid(file: SourceFile, found: Mapping[str, Any], spool: Path) -> Grid:
    """Return a sheet that was parsed.

    Args:
        file: The workbook.
        found: What the process that parsed it says.
        spool: The file with its lines.
    """
    hidden: int = found["hidden"]
    notes = list(found["notes"])
    if hidden:
        notes.append(f"{hidden:,} rows are hidden." if hidden > 1 else "1 row is hidden.")
    return Grid(
        format=found["format"],
        sheet=found["sheet"],
        where=found["where"],
        width=found["width"],
        notes=tuple(notes),
        spool=spool,
        file=file,
        part=found["part"],
        merged=tuple(Area(*area) for area in found["merged"]),
    )


def survey_workbook(
    file: SourceFile, family: str, reading: Reading, scratch: Path, limits: Limits = DEFAULT_LIMITS
) -> Sequence[SheetSize]:
    """Return the sheets of a workbook with their sizes, in their order; raise as `open_workbook` does."""
    found, _ = _ask("sizes", file, family, reading, scratch, limits)
    return [SheetSize(name, visible, lines, columns) for name, visible, lines, columns in found["sizes"]]


def _ask(
    work: str, file: SourceFile, family: str, reading: Reading, scratch: Path, limits: Limits
) -> tuple[Mapping[str, Any], Path]:
    spool = scratch / f"sheet-{next(_NAMES)}.lines"
    return parse(Request(work, file, family, reading, limits, spool)), spool
