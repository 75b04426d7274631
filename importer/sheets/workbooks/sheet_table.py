"""The table of a sheet, whatever workbook it came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, cast

from importer.model.rows import Issue
from importer.model.source import Detected, Field, Origin, Skip
from importer.sheets.cells import cell_text
from importer.sheets.formula_guard import is_guarded
from importer.sheets.header.chunks import Row, chunked
from importer.sheets.header.field_cells import fault, guarded
from importer.sheets.header.layout import Layout
from importer.sheets.header.record_kinds import Kinds
from importer.sheets.table import Chunk, Column, Format, Record, RecordKind
from importer.sheets.workbooks.book import Line, LineCell, Uncomputed, texts
from importer.sheets.workbooks.grid import Grid


class GridTable:
    """The table of a sheet of a workbook; each reading goes through the sheet's lines anew, in flat memory.

    Args:
        grid: The sheet.
        layout: Its header, understood.
    """

    format: Final[Format] = "xlsx"

    def __init__(self, grid: Grid, layout: Layout) -> None:
        self._grid = grid
        self._layout = layout
        self._skips: Mapping[Skip, int] = {}

    @property
    def sheet(self) -> str | None:
        """The name of the sheet; None where the format has none."""
        return self._grid.sheet

    @property
    def columns(self) -> Mapping[Field, Column]:
        """The columns that hold a field, found by their names."""
        return self._layout.columns

    @property
    def prefix(self) -> str:
        """`import_` where one of the source's own columns has the name of an appended one, otherwise ""."""
        return self._layout.prefix

    @property
    def has_origins(self) -> bool:
        """Whether it is a sheet of rows to fix."""
        return self._layout.has_origins

    def appended_names(self, columns: Sequence[str]) -> Sequence[str]:
        """Return the headers of columns to append."""
        return self._layout.appended_names(columns)

    @property
    def detected(self) -> Detected:
        """What was found out about the file."""
        found = self._grid.detected
        return replace(
            found,
            notes=(*found.notes, *self._layout.notes),
            header_row=self._layout.number,
            columns={field.value: column.header for field, column in self.columns.items()},
        )

    @property
    def skips(self) -> Mapping[Skip, int]:
        """How many lines are no rows, by what they are; known once `chunks` has been read to its end."""
        return self._skips

    @property
    def grid(self) -> Grid:
        """The sheet."""
        return self._grid

    @property
    def layout(self) -> Layout:
        """The sheet's header, understood."""
        return self._layout

    def chunks(self, size: int) -> Iterator[Chunk]:
        """Yield the rows, at most `size` at a time; raise `OSError` where what was parsed cannot be read."""
        hidden: list[int] = []
        for chunk in chunked(self._rows(hidden), list(self.columns), size):
            last = int(chunk.frame.index[-1])
            yield replace(chunk, hidden=tuple(number for number in hidden if number <= last))
            hidden[:] = [number for number in hidden if number > last]

    def records(self) -> Iterator[Record]:
        """Yield every line of the sheet from the first on, its cells from column A on; raise as `chunks` does."""
        for line, kind in Kinds(self._layout).of(self._grid.lines(), self._texts):
            cells = list(self._layout.without_own(line.cells))
            while cells and cells[-1] is None:  # what stood beside our own cells
                cells.pop()
            values = tuple(None if isinstance(cell, Uncomputed) else cell for cell in cells)
            yield Record(line.number, kind, values, origin=self._origin(line, kind))

    def width(self) -> int:
        """Return how many cells the widest line has."""
        return len(self._layout.without_own(range(self._grid.width)))

    def _rows(self, hidden: list[int]) -> Iterator[Row]:
        """Yield the rows, and note the numbers of those that nobody sees."""
        kinds = Kinds(self._layout)
        annotated = self._layout.is_annotated
        for line, kind in kinds.of(self._grid.lines(), self._texts):
            if kind is not RecordKind.ROW:
                continue
            if line.hidden:
                hidden.append(line.number)
            if not annotated:
                yield self._row(line, [], None)
                continue
            shown = texts(line.cells)
            origin = self._layout.origin(line.number, shown)
            misshapen = self._layout.shape_fault(line.number, shown)
            if misshapen is not None:
                yield Row(line.number, [""] * len(self.columns), [misshapen], origin)
            else:
                yield self._row(line, list(self._layout.code_faults(line.number, shown)), origin)
        self._skips = kinds.skips

    def _texts(self, line: Line) -> Sequence[str]:
        cells = self._layout.without_own(line.cells)
        if line.is_text:
            return [cell or "" for cell in cast("Sequence[str | None]", cells)]
        return texts(cells)

    def _origin(self, line: Line, kind: RecordKind) -> Origin | None:
        if kind is not RecordKind.ROW or not self._layout.has_origins:
            return None
        return self._layout.origin(line.number, texts(line.cells))

    def _row(self, line: Line, issues: list[Issue], origin: Origin | None) -> Row:
        cells = self._layout.without_own(line.cells)
        values: list[str] = []
        for column in self.columns.values():
            cell = cells[column.position] if column.position < len(cells) else None
            if isinstance(cell, str):
                values.append(cell)
                if is_guarded(cell):
                    issues.append(guarded(line.number, column.header))
            else:
                values.append(self._other(cell, line.number, column, issues))
        return Row(line.number, values, issues, origin)

    def _other(self, cell: LineCell, number: int, column: Column, issues: list[Issue]) -> str:
        """Return the text of a cell that holds no text, and note that it cannot be sent."""
        if cell is None or isinstance(cell, str):
            return cell or ""
        issues.append(fault(cell, number, column.header))
        return "" if isinstance(cell, Uncomputed) else cell_text(cell)
