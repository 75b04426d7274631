"""The table of a sheet, whatever workbook it came from: opened as a table, as it is, or for its sheets' sizes."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, cast

from importer.model.rows import Issue
from importer.model.source import REQUIRED_FIELDS, Detected, Field, Origin
from importer.sheets.cells import cell_text
from importer.sheets.formula_guard import is_guarded
from importer.sheets.header.chunks import SourceRow, Stretch, gathered, stretch
from importer.sheets.header.header import find_header, no_header, refuse_header_further_down
from importer.sheets.header.layout import Layout, filled, read_layout
from importer.sheets.header.likeness import (
    customer_beside,
    fault_of_customer_beside,
    looks_like_customer,
    refuse_customer_within,
    refuse_customers_above,
)
from importer.sheets.header.record_kinds import Kinds, Sorted, Sorting
from importer.sheets.header.understood import UnderstoodTable
from importer.sheets.limits import DEFAULT_LIMITS, Limits
from importer.sheets.reading import Reading
from importer.sheets.source_file import SourceFile
from importer.sheets.table import AtEnd, Chunk, Column, Format, Record, RecordKind, SheetSize
from importer.sheets.workbooks.areas import Area
from importer.sheets.workbooks.book import Line, LineCell, is_uncalculated, stored, texts
from importer.sheets.workbooks.field_cells import fault, guarded, merged_with_left
from importer.sheets.workbooks.grid import Grid
from importer.sheets.workbooks.header_lines import header_lines
from importer.sheets.workbooks.merged_cells import MergedAreas
from importer.sheets.workbooks.packed_columns import PackedColumns
from importer.sheets.workbooks.parser.start import ParseRequest, parse

_ROWS_AT_A_TIME: Final = 2_000
_NAMES: Final = itertools.count(1)


class SheetTable(UnderstoodTable):
    """The table of a sheet of a workbook; each reading goes through the sheet's lines anew, in flat memory.

    Args:
        grid: The sheet.
        layout: Its header, understood.
    """

    format: Final[Format] = "xlsx"

    def __init__(self, grid: Grid, layout: Layout) -> None:
        super().__init__(layout)
        self._grid = grid
        self._named = filled(layout.header)

    @property
    def sheet(self) -> str | None:
        """The name of the sheet; None where the format has none."""
        return self._grid.sheet

    @property
    def detected(self) -> Detected:
        """What was found out about the file."""
        detected = self._grid.detected
        return replace(
            detected,
            notes=(*detected.notes, *self._layout.notes),
            header_row=self._layout.number,
            columns={field.value: column.header for field, column in self.columns.items()},
        )

    @property
    def grid(self) -> Grid:
        """The sheet."""
        return self._grid

    def chunks(self, size: int) -> Iterator[Chunk]:
        """Yield the rows, at most `size` at a time; raise `OSError` where what was parsed cannot be read."""
        hidden: list[int] = []
        for chunk in gathered(self._stretches(hidden), list(self.columns), size):
            last = int(chunk.frame.index[-1])
            yield replace(chunk, hidden=tuple(number for number in hidden if number <= last))
            hidden[:] = [number for number in hidden if number > last]

    def records(self) -> Iterator[Record]:
        """Yield every line of the sheet from the first on, its cells from column A on; raise as `chunks` does."""
        kinds = self._kinds()
        sorting = Sorting(kinds, self._texts, self._was_part)
        for piece in self._pieces():
            if isinstance(piece, Line):
                yield from map(self._record, sorting.take(piece))
            elif not sorting.is_holding and self._are_rows(piece, kinds):
                yield from (Record(number, RecordKind.ROW, cells) for number, cells in piece.stored_lines())
            else:
                yield from map(self._record, itertools.chain.from_iterable(map(sorting.take, piece.lines())))
        yield from map(self._record, sorting.rest())

    def width(self) -> int:
        """Return how many cells the widest line has."""
        return len(self._layout.without_appended(range(self._grid.width)))

    def _stretches(self, hidden: list[int]) -> Iterator[Stretch]:
        """Yield the rows some at a time, and note the numbers of those that nobody sees."""
        kinds = self._kinds()
        sorting = Sorting(kinds, self._texts, self._was_part)
        waiting: list[SourceRow] = []
        last = 0
        for piece in self._pieces():
            if not isinstance(piece, Line) and not sorting.is_holding and (rows := self._plain_rows(piece, kinds)):
                hidden += piece.hidden
                yield stretch(waiting, len(self.columns))
                yield rows
                waiting, last = [], piece.last
                continue
            for line in [piece] if isinstance(piece, Line) else piece.lines():
                waiting += self._source_rows(sorting.take(line), hidden)
                last = line.number
            if len(waiting) >= _ROWS_AT_A_TIME:
                yield stretch(waiting, len(self.columns))
                waiting = []
        waiting += self._source_rows(sorting.rest(), hidden)
        yield stretch(waiting, len(self.columns))
        self.at_end = AtEnd(kinds.skips, last, lone_addresses=kinds.lone_addresses)

    def _pieces(self) -> Iterator[Line | PackedColumns]:
        """Yield the lines of the sheet; the header is not among lines that are column by column."""
        header = self._layout.number
        for piece in self._grid.pieces():
            if isinstance(piece, Line) or not piece.first <= header < piece.last:
                yield piece
            else:
                yield from itertools.takewhile(lambda line: line.number <= header, piece.lines())
                yield piece.below(header)

    def _are_rows(self, lines: PackedColumns, kinds: Kinds) -> bool:
        """Return whether lines are certainly all rows: elsewhere each of them is looked at."""
        email_at = self.columns[Field.EMAIL].position
        numbers = range(lines.first, lines.last + 1)
        if self._layout.is_annotated or not lines.is_text(email_at) or any(map(numbers.__contains__, kinds.totals)):
            return False
        first_cells = lines.text(0) if lines.is_text(0) else texts(lines.column(0))
        one_by_one = functools.cache(lambda: list(lines.lines()))
        return kinds.are_columns_of_rows(
            lines.first, first_cells, lines.text(email_at), lambda at: self._texts(one_by_one()[at])
        )

    def _plain_rows(self, lines: PackedColumns, kinds: Kinds) -> Stretch | None:
        """Return rows in the cells of which the reader has nothing to find wrong; None where that is not certain."""
        positions = [column.position for column in self.columns.values()]
        if lines.width > self._named or not all(map(lines.is_text, positions)) or not self._are_rows(lines, kinds):
            return None
        columns = [lines.text(at) for at in positions]
        if any(map(is_guarded, [cell for cells in columns for cell in cells if cell[:1] == "'"])):
            return None
        return Stretch(range(lines.first, lines.last + 1), columns)

    def _source_rows(self, found: Iterable[Sorted[Line]], hidden: list[int]) -> Iterator[SourceRow]:
        """Yield the rows among lines, and note the numbers of those that nobody sees."""
        annotated = self._layout.is_annotated
        for line, kind, unread in found:
            if kind is not RecordKind.ROW:
                continue
            if line.hidden:
                hidden.append(line.number)
            if not annotated and unread is None:
                yield self._row(line, None)
                continue
            cell_texts = texts(line.cells)
            origin = self._layout.origin(line.number, cell_texts)
            misshapen = unread or self._layout.shape_fault(line.number, cell_texts)
            if misshapen is not None:
                yield SourceRow(line.number, [""] * len(self.columns), [misshapen], origin)
            else:
                row = self._row(line, origin)
                seen = {issue.code for issue in row.issues}
                said = self._layout.code_faults(line.number, cell_texts)
                yield row._replace(issues=[*(issue for issue in said if issue.code not in seen), *row.issues])

    def _record(self, found: Sorted[Line]) -> Record:
        line, kind, _ = found
        above = line.number if kind is RecordKind.SKIPPED else self._below_header(line)
        cells = list(self._layout.without_appended(line.without_merged(above) if line.merged else line.cells))
        while cells and cells[-1] is None:  # what stood beside our own cells
            cells.pop()
        values = tuple(map(stored, cells if kind is not RecordKind.HEADER else self._with_names(cells)))
        return Record(line.number, kind, values, origin=self._origin(line, kind))

    def _with_names(self, header: Sequence[LineCell]) -> Sequence[LineCell]:
        """Return the cells of the header with the names by which the fields' columns are known."""
        names = {column.position: column.header for column in self.columns.values()}
        return [names.get(at, cell) for at, cell in enumerate(header)]

    def _kinds(self) -> Kinds:
        return Kinds(self._layout, {area.last_row for area in self._grid.totals if self._is_about_table(area)})

    def _is_about_table(self, area: Area) -> bool:
        """Return whether a table object is the one with the customers, and not another one beside it."""
        within = range(area.first_column, area.last_column + 1)
        is_below_title = area.first_row <= self._layout.number + 1
        return is_below_title and all(self.columns[field].position in within for field in REQUIRED_FIELDS)

    def _below_header(self, line: Line) -> int:
        """Return from which line on an area must begin so that what is seen in it is the line's own.

        One that begins in the header or above it is a part of the header, and no value of the lines below.
        """
        return self._layout.number + 1 if line.number > self._layout.number else 1

    def _was_part(self, line: Line) -> bool:
        """Return whether a line is one in which the source of an earlier run ended."""
        return self._layout.is_annotated and self._layout.was_cut_off(texts(line.cells))

    def _texts(self, line: Line) -> Sequence[str]:
        """Return what tells what a line is: below the header without what it only shares with a line above."""
        cells = line.cells
        if line.merged and line.number > self._layout.number:
            cells = line.without_merged(line.number)
        cells = self._layout.without_appended(cells)
        if line.is_text:
            return [cell or "" for cell in cast("Sequence[str | None]", cells)]
        shown = texts(cells)
        for column in self.columns.values():  # what a formula comes to that nobody has calculated is not nothing
            if column.position < len(cells) and is_uncalculated(cells[column.position]):
                shown[column.position] = "="
        return shown

    def _origin(self, line: Line, kind: RecordKind) -> Origin | None:
        if kind is not RecordKind.ROW or not self._layout.has_origins:
            return None
        return self._layout.origin(line.number, texts(line.cells))

    def _row(self, line: Line, origin: Origin | None) -> SourceRow:
        cells = line.cells
        issues: list[Issue] = []
        if line.merged:
            cells = line.without_merged(self._below_header(line))
            issues += self._covered(line)
        cells = self._layout.without_appended(cells)
        if len(cells) > self._named and customer_beside(texts(cells), self._layout):
            issues.append(fault_of_customer_beside(line.number))
        values: list[str] = []
        for column in self.columns.values():
            cell = cells[column.position] if column.position < len(cells) else None
            if isinstance(cell, str):
                values.append(cell)
                if is_guarded(cell):
                    issues.append(guarded(line.number, column.header))
            else:
                values.append(self._other(cell, line.number, column, issues))
        return SourceRow(line.number, values, issues, origin)

    def _covered(self, line: Line) -> Iterator[Issue]:
        """Yield what cannot be known of the columns that a merged area covers beside its first one."""
        covered = [False] * max(merge.last + 1 for merge in line.merged)
        for merge in line.merged:
            covered[merge.first + 1 : merge.last + 1] = [True] * (merge.last - merge.first)
        source = self._layout.without_appended(covered)
        for column in self.columns.values():
            if column.position < len(source) and source[column.position]:
                yield merged_with_left(line.number, column.header)

    def _other(self, cell: LineCell, number: int, column: Column, issues: list[Issue]) -> str:
        """Return the text of a cell that holds no text, and note that it cannot be sent."""
        if cell is None or isinstance(cell, str):
            return cell or ""
        found = fault(cell, number, column.header)
        if found not in issues:  # it may be one of the whole row
            issues.append(found)
        return cell_text(stored(cell))


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
            cells = line.without_merged(line.number)
            yield line.number, [cell_text(stored(cell)) for cell in cells]


def open_workbook(
    file: SourceFile, family: str, reading: Reading, scratch: Path, limits: Limits = DEFAULT_LIMITS
) -> SheetTable:
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
    request = ParseRequest("source", file, family, reading, limits, _new_spool(scratch))
    return understood(parsed_grid(request, parse(request)), reading)


def understood(grid: Grid, reading: Reading) -> SheetTable:
    """Return the table of a sheet; raise `SourceError` where it has no header, not the columns, or rows above."""
    header = find_header(header_lines(grid.lines()), reading)
    refuse_header_further_down(header, header_lines(grid.lines()), grid.where, reading)
    if header is None:
        raise no_header(grid.where, reading)
    layout = read_layout(header.cells, number=header.number, where=grid.where, reading=reading)
    refuse_customer_within(layout, grid.where)
    above = itertools.takewhile(lambda line: line.number < layout.number, grid.lines())
    own = (layout.without_appended(texts(line.cells)) for line in above)
    refuse_customers_above(sum(looks_like_customer(cells, layout) for cells in own), layout, grid.where)
    return SheetTable(grid, layout)


def _numbered(grid: Grid) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield the number and the texts of each line."""
    return ((line.number, texts(line.cells)) for line in grid.lines())


def open_raw_workbook(
    file: SourceFile, family: str, reading: Reading, scratch: Path, limits: Limits = DEFAULT_LIMITS
) -> RawSheet:
    """Open a sheet of a workbook as it is: the first visible one, or the one that is named.

    A workbook without a visible sheet has no records. Raises as `open_workbook` does, but asks nothing of a header.
    """
    request = ParseRequest("raw", file, family, reading, limits, _new_spool(scratch))
    return RawSheet(parsed_grid(request, parse(request)))


def parsed_grid(request: ParseRequest, answer: Mapping[str, Any]) -> Grid:
    """Return a sheet that was parsed, as the process that was asked for it says."""
    hidden: int = answer["hidden"]
    areas = tuple(Area(*area) for area in answer["merged"])
    most_text = request.limits.text_for(request.file.path.stat().st_size) if areas else 0
    notes = list(answer["notes"])
    if hidden:
        notes.append(f"{hidden:,} rows are hidden." if hidden > 1 else "1 row is hidden.")
    return Grid(
        format=answer["format"],
        sheet=answer["sheet"],
        where=answer["where"],
        lines_to=answer["lines"],
        width=answer["width"],
        notes=tuple(notes),
        spool=request.spool,
        file=request.file,
        part=answer["part"],
        merged=MergedAreas(areas, answer["width"], request.file.name, most_text) if areas else None,
        totals=[Area(*area) for area in answer["totals"]],
    )


def workbook_sizes(
    file: SourceFile, family: str, reading: Reading, scratch: Path, limits: Limits = DEFAULT_LIMITS
) -> Sequence[SheetSize]:
    """Return the sheets of a workbook with their sizes, in their order; raise as `open_workbook` does."""
    answer = parse(ParseRequest("sizes", file, family, reading, limits, _new_spool(scratch)))
    return [SheetSize(name, visible, lines, columns) for name, visible, lines, columns in answer["sizes"]]


def _new_spool(scratch: Path) -> Path:
    return scratch / f"sheet-{next(_NAMES)}.lines"
