"""The workbook reader, calamine, behind its dangers: it panics on some damaged files, and prints while it does."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from python_calamine import CalamineSheet, SheetTypeEnum, SheetVisibleEnum, load_workbook

from importer.errors import SourceError
from importer.sheets.source_file import SourceFile
from importer.sheets.table import CellValue

_ROWS_AT_A_TIME: Final = 2_000
_STDERR: Final = 2


@dataclass(frozen=True, slots=True)
class SheetNames:
    """What sheets a workbook has.

    Attributes:
        visible: Those that a person sees, in their order.
        hidden: The others.
    """

    visible: Sequence[str]
    hidden: Sequence[str]


def read_names(file: SourceFile) -> SheetNames:
    """Return the names of the sheets that hold cells; raise SourceError where the workbook cannot be read."""
    with _reading(file), load_workbook(file.path) as workbook:
        sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ is SheetTypeEnum.WorkSheet]
    visible = [sheet.name for sheet in sheets if sheet.visible is SheetVisibleEnum.Visible]
    return SheetNames(visible, [sheet.name for sheet in sheets if sheet.name not in visible])


def load_sheet(file: SourceFile, name: str) -> CalamineSheet:
    """Return a sheet with all its cells in memory; raise SourceError where it cannot be read."""
    with _reading(file), load_workbook(file.path) as workbook:
        return workbook.get_sheet_by_name(name)


def sheet_width(sheet: CalamineSheet) -> int:
    """Return how many cells there are from column A to the last one that holds something."""
    return 0 if sheet.end is None else sheet.end[1] + 1


def sheet_lines(file: SourceFile, sheet: CalamineSheet) -> Iterator[list[CellValue]]:
    """Yield the lines of a sheet from line 1 on, each with its cells from column A on.

    A cell with nothing in it, and one whose text is empty, is None.

    Raises:
        SourceError: A cell cannot be read.
    """
    if sheet.start is None:
        return
    # The reader gives the lines from line 1 on, but their cells only from the first column on that is in use.
    margin: list[CellValue] = [None] * sheet.start[1]
    rows = sheet.iter_rows()
    while True:
        with _reading(file):
            some = list(itertools.islice(rows, _ROWS_AT_A_TIME))
        if not some:
            return
        for row in some:
            yield margin + [None if cell == "" else cell for cell in row]


@contextlib.contextmanager
def _reading(file: SourceFile) -> Iterator[None]:
    """Turn whatever the reader raises into SourceError, its panics too, which are no `Exception`."""
    with _quiet_stderr():
        try:
            yield
        except (KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException:  # noqa: BLE001 - a panic of the reader is no `Exception`
            raise SourceError(
                f"{file.name} cannot be read as a workbook: it is damaged, or written in a way that is not understood.",
                code="damaged_workbook",
                hint="Open it in a spreadsheet program and save it again as an Excel workbook (.xlsx).",
            ) from None  # what the reader says may quote a cell


@contextlib.contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Send what is written to the process's stderr nowhere: a panic prints before it can be caught."""
    try:
        kept = os.dup(_STDERR)
    except OSError:  # there is no stderr, as under some schedulers
        yield
        return
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, _STDERR)
        os.close(nowhere)
        yield
    finally:
        os.dup2(kept, _STDERR)
        os.close(kept)
