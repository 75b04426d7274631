"""Excel workbooks: the reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from importer.errors import SourceError
from importer.model import Detected, Field, Issue, Skip
from importer.sheets.cells import cell_text
from importer.sheets.chunks import Row, chunked
from importer.sheets.columns import lacks_columns
from importer.sheets.field_cells import fault
from importer.sheets.kinds import Kinds
from importer.sheets.layout import Header, Layout, find_header, no_header, read_layout
from importer.sheets.phrases import listed, quoted
from importer.sheets.reading import AS_IT_IS, Reading
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


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a sheet: its number, and all its cells from column A on."""

    number: int
    cells: Sequence[LineCell]


def _texts(cells: Sequence[LineCell]) -> list[str]:
    """Return the cells' text; a formula without a value is shown as a sign, so that its line is not blank."""
    return ["=" if isinstance(cell, Uncomputed) else cell_text(cell) for cell in cells]


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
        self._skips: Mapping[Skip, int] = {}

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
    def detected(self) -> Detected:
        """What was found out about the file."""
        return Detected(
            format="xlsx",
            header_row=self._layout.number,
            columns={field.value: column.header for field, column in self.columns.items()},
        )

    @property
    def skips(self) -> Mapping[Skip, int]:
        """How many lines are no rows, by what they are; known once `chunks` has been read to its end."""
        return self._skips

    def chunks(self, size: int) -> Iterator[Chunk]:
        """Yield the rows, at most `size` at a time; raise `SourceError` where a cell cannot be read."""
        return chunked(self._rows(), list(self.columns), size)

    def records(self) -> Iterator[Record]:
        """Yield every line of the sheet from the first on, its cells from column A on; raise as `chunks` does."""
        for line, kind in Kinds(self._layout).of(self._lines(), self._texts):
            cells = self._layout.without_own(line.cells)
            values = tuple(None if isinstance(cell, Uncomputed) else cell for cell in cells)
            yield Record(line.number, kind, values)

    def width(self) -> int:
        """Return how many cells the widest line has."""
        return len(self._layout.without_own(range(self._width)))

    def _rows(self) -> Iterator[Row]:
        kinds = Kinds(self._layout)
        for line, kind in kinds.of(self._lines(), self._texts):
            if kind is RecordKind.ROW:
                misshapen = (
                    self._layout.shape_fault(line.number, _texts(line.cells)) if self._layout.is_annotated else None
                )
                yield (
                    Row(line.number, [""] * len(self.columns), [misshapen])
                    if misshapen
                    else self._row(line.number, self._layout.without_own(line.cells))
                )
        self._skips = kinds.skips

    def _texts(self, line: Line) -> Sequence[str]:
        return _texts(self._layout.without_own(line.cells))

    def _lines(self) -> Iterator[Line]:
        loaded, self._loaded = self._loaded, None
        sheet = load_sheet(self._place.file, self._place.name) if loaded is None else loaded
        return (Line(number, cells) for number, cells in read_lines(self._place, sheet))

    def _row(self, number: int, cells: Sequence[LineCell]) -> Row:
        values: list[str] = []
        issues: list[Issue] = []
        for column in self.columns.values():
            cell = cells[column.position] if column.position < len(cells) else None
            if cell is not None and not isinstance(cell, str):
                issues.append(fault(cell, number, column.header))
            values.append("" if isinstance(cell, Uncomputed) else cell_text(cell))
        return Row(number, values, issues)


def open_xlsx(file: SourceFile, reading: Reading = AS_IT_IS, *, limits: Limits = DEFAULT_LIMITS) -> XlsxTable:
    """Open a sheet of a workbook and understand its header.

    Args:
        file: The file.
        reading: Which sheet and header; by itself it is the only visible sheet that has the columns.
        limits: What the workbook is held to.

    Raises:
        SourceError: The workbook cannot be read or is over a limit; there is no such sheet, no sheet with the columns
            or several; the sheet lacks a column or has two for one field.
        OSError: The file cannot be read.
    """
    sheet = reading.sheet
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
            found.append(_open_sheet(place, reading))
    return _table(_choose(found, file, names) if sheet is None else found[0], reading)


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
    """A sheet that was looked into: its cells, and its header, if there is one."""

    place: Place
    loaded: CalamineSheet
    header: Header | None

    @property
    def may_be_source(self) -> bool:
        """Whether it has the columns that a source needs."""
        return self.header is not None and not lacks_columns(self.header.cells)


def _open_sheet(place: Place, reading: Reading) -> _Opened:
    loaded = load_sheet(place.file, place.name)
    lines = ((number, _texts(cells)) for number, cells in read_lines(place, loaded))
    return _Opened(place, loaded, find_header(lines, reading))


def _table(opened: _Opened, reading: Reading) -> XlsxTable:
    place = opened.place
    if opened.header is None:
        raise no_header(place.where, reading)
    layout = read_layout(opened.header.cells, number=opened.header.number, where=place.where)
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
