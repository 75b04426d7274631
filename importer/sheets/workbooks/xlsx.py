"""Excel workbooks: the reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from importer.errors import SourceError
from importer.model import Field, Issue
from importer.sheets.cells import cell_text, is_blank
from importer.sheets.chunks import Row, chunked
from importer.sheets.columns import lacks_columns
from importer.sheets.field_cells import fault
from importer.sheets.layout import Layout, read_layout
from importer.sheets.phrases import listed, quoted
from importer.sheets.source_file import SourceFile
from importer.sheets.table import CellValue, Chunk, Column, Record, RecordKind
from importer.sheets.workbooks.archive import DEFAULT_LIMITS, Archive, Limits
from importer.sheets.workbooks.calamine import SheetNames, load_sheet, read_names, sheet_lines, sheet_width
from importer.sheets.workbooks.cell_marks import Marks, Survey, Uncomputed, marks, survey
from importer.sheets.workbooks.xml_parts import check_strings, sheet_parts

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

LineCell = CellValue | Uncomputed


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sheet is: in which file, under which name, in which part, and what a look at it told."""

    file: SourceFile
    name: str
    part: str
    survey: Survey

    @property
    def where(self) -> str:
        """The sheet's name for messages, as a sentence begins."""
        return f"The sheet {quoted([self.name])} of {self.file.name}"


class XlsxTable:
    """The table of a sheet of a workbook.

    Args:
        place: The sheet.
        layout: Its header, understood.
        width: How many cells there are from column A to the last one that holds something.
        loaded: The sheet's cells where they are in memory already. They are used for the first reading and then let
            go; a further reading loads them again.
    """

    format: Final = "xlsx"

    def __init__(self, place: Place, layout: Layout, width: int, loaded: CalamineSheet | None = None) -> None:
        self._place = place
        self._layout = layout
        self._width = width
        self._loaded = loaded
        self._skipped = 0

    @property
    def sheet(self) -> str:
        """The name of the sheet."""
        return self._place.name

    @property
    def columns(self) -> Mapping[Field, Column]:
        """The columns that hold a field, found by their names."""
        return self._layout.columns

    @property
    def prefix(self) -> str:
        """`import_` where one of the source's own columns has the name of an appended one, otherwise ""."""
        return self._layout.prefix

    @property
    def skipped(self) -> int:
        """How many lines are no rows; known once `chunks` has been read to its end, 0 before."""
        return self._skipped

    def chunks(self, size: int) -> Iterator[Chunk]:
        """Yield the rows, at most `size` at a time; raise `SourceError` where a cell cannot be read."""
        return chunked(self._rows(), list(self.columns), size)

    def records(self) -> Iterator[Record]:
        """Yield every line of the sheet from the first on, its cells from column A on; raise as `chunks` does."""
        for number, cells in self._lines():
            values = tuple(None if isinstance(cell, Uncomputed) else cell for cell in cells)
            yield Record(number, self._kind(number, cells), values)

    def width(self) -> int:
        """Return how many cells the widest line has."""
        return len(self._layout.without_own(range(self._width)))

    def _rows(self) -> Iterator[Row]:
        skipped = 0
        for number, whole in self._whole_lines():
            cells = self._layout.without_own(whole)
            kind = self._kind(number, cells)
            if kind is RecordKind.ROW:
                shown = [cell_text(cell) if not isinstance(cell, Uncomputed) else "" for cell in whole]
                misshapen = self._layout.shape_fault(number, shown) if self._layout.is_annotated else None
                yield Row(number, [""] * len(self.columns), [misshapen]) if misshapen else self._row(number, cells)
            skipped += kind is RecordKind.SKIPPED
        self._skipped = skipped

    def _lines(self) -> Iterator[tuple[int, Sequence[LineCell]]]:
        for number, cells in self._whole_lines():
            yield number, self._layout.without_own(cells)

    def _whole_lines(self) -> Iterator[tuple[int, Sequence[LineCell]]]:
        loaded, self._loaded = self._loaded, None
        sheet = load_sheet(self._place.file, self._place.name) if loaded is None else loaded
        return read_lines(self._place, sheet)

    def _kind(self, number: int, cells: Sequence[LineCell]) -> RecordKind:
        if number == self._layout.number:
            return RecordKind.HEADER
        return RecordKind.SKIPPED if is_blank(cells) else RecordKind.ROW

    def _row(self, number: int, cells: Sequence[LineCell]) -> Row:
        values: list[str] = []
        issues: list[Issue] = []
        for column in self.columns.values():
            cell = cells[column.position] if column.position < len(cells) else None
            if cell is not None and not isinstance(cell, str):
                issues.append(fault(cell, number, column.header))
            values.append("" if isinstance(cell, Uncomputed) else cell_text(cell))
        return Row(number, values, issues)


def open_xlsx(file: SourceFile, *, sheet: str | None = None, limits: Limits = DEFAULT_LIMITS) -> XlsxTable:
    """Open a sheet of a workbook and understand its header, which is the first line that is not blank.

    Args:
        file: The file.
        sheet: The name of the sheet, a hidden one too; None for the only visible one that has the columns.
        limits: What the workbook is held to.

    Raises:
        SourceError: The workbook cannot be read or is over a limit; there is no such sheet, no sheet with the columns
            or several; the sheet lacks a column or has two for one field.
        OSError: The file cannot be read.
    """
    with Archive(file, limits) as archive:
        check_strings(archive)
        parts = sheet_parts(archive)
        names = read_names(file)
        wanted = names.visible if sheet is None else [_named(sheet, names, file)]
        found: list[_Opened] = []
        for name in wanted:
            part = parts.get(name, "")
            place = Place(file, name, part, survey(archive, part, max_area=limits.max_area))
            if place.survey.area > min(limits.max_area, max(limits.sparse_area, archive.unpacked_bytes(part))):
                raise _too_wide(place)
            found.append(_open_sheet(place))
    return _table(_choose(found, file, names) if sheet is None else found[0])


def read_lines(place: Place, sheet: CalamineSheet) -> Iterator[tuple[int, list[LineCell]]]:
    """Yield the lines of a sheet with their numbers, error cells and formulas without a value in their places."""
    with Archive(place.file) as archive:
        marked = marks(archive, place.part) if place.survey.marked else iter(())
        yield from _with_marks(sheet_lines(place.file, sheet), marked)


def _with_marks(lines: Iterator[list[CellValue]], marked: Iterator[Marks]) -> Iterator[tuple[int, list[LineCell]]]:
    row, cells = next(marked, (0, {}))
    number = 0
    for number, line in enumerate(lines, start=1):
        if number != row:
            yield number, [*line]
            continue
        yield number, _marked(line, cells)
        row, cells = next(marked, (0, {}))
    while row:  # below the last line in which the reader sees anything
        for blank in range(number + 1, row):
            yield blank, []
        yield row, _marked([], cells)
        number = row
        row, cells = next(marked, (0, {}))


def _marked(line: Sequence[CellValue], cells: Mapping[int, LineCell]) -> list[LineCell]:
    whole: list[LineCell] = [*line, *[None] * (max(cells, default=-1) + 1 - len(line))]
    for position, cell in cells.items():
        whole[position] = cell
    return whole


@dataclass(frozen=True, slots=True)
class _Opened:
    """A sheet that was looked into: its cells, and the line with the header, if any line holds anything."""

    place: Place
    loaded: CalamineSheet
    number: int
    header: Sequence[str]

    @property
    def may_be_source(self) -> bool:
        """Whether it has the columns that a source needs."""
        return not lacks_columns(self.header)


def _open_sheet(place: Place) -> _Opened:
    loaded = load_sheet(place.file, place.name)
    for number, cells in read_lines(place, loaded):
        if not is_blank(cells):
            header = ["" if isinstance(cell, Uncomputed) else cell_text(cell) for cell in cells]
            return _Opened(place, loaded, number, header)
    return _Opened(place, loaded, 0, ())


def _table(opened: _Opened) -> XlsxTable:
    place = opened.place
    if not opened.header:
        raise SourceError(
            f"{place.where} has no header: there is nothing in it.",
            code="empty_source",
            hint="Export the table again, with its header, or name another sheet with --sheet.",
        )
    layout = read_layout(opened.header, number=opened.number, where=place.where)
    return XlsxTable(place, layout, max(sheet_width(opened.loaded), place.survey.width), opened.loaded)


def _choose(found: Sequence[_Opened], file: SourceFile, names: SheetNames) -> _Opened:
    """Return the only sheet that has the columns; of none, the one that is most worth an error message."""
    sources = [one for one in found if one.may_be_source]
    if len(sources) > 1:
        raise SourceError(
            f"{file.name} has {len(sources)} sheets with the columns: {quoted([one.place.name for one in sources])}.",
            code="several_sheets",
            hint="Say which one with --sheet NAME.",
        )
    if sources:
        return sources[0]
    filled = [one for one in found if one.header]
    if len(filled) == 1:
        return filled[0]
    raise SourceError(
        f"{file.name} has no visible sheet with the columns that are needed. Its sheets are {_all(names)}.",
        code="missing_column" if filled else "empty_source",
        hint="Name the sheet with --sheet NAME: its first line must have a customer id, a first and a last name, and "
        "an e-mail address.",
    )


def _named(sheet: str, names: SheetNames, file: SourceFile) -> str:
    known = [*names.visible, *names.hidden]
    if sheet in known:
        return sheet
    from rapidfuzz import process  # noqa: PLC0415 - only where the name is wrong

    near = process.extractOne(sheet, known, score_cutoff=70.0, processor=str.casefold)
    raise SourceError(
        f"{file.name} has no sheet {quoted([sheet])}. Its sheets are {_all(names)}.",
        code="unknown_sheet",
        hint=f"Did you mean {quoted([near[0]])}?" if near else "Name one of them with --sheet NAME.",
    )


def _all(names: SheetNames) -> str:
    shown = [*(quoted([name]) for name in names.visible), *(f"{quoted([name])} (hidden)" for name in names.hidden)]
    return listed(shown) if shown else "none at all"


def _too_wide(place: Place) -> SourceError:
    return SourceError(
        f"{place.where} is not read: the cells in use lie so far apart that {place.survey.area:,} cells lie between "
        "them, nearly all of them empty.",
        code="workbook_too_large",
        hint="Delete what is far to the right of the table or far below it, or copy the table into a new workbook.",
    )
