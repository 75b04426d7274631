"""Lines that are read column by column, beside the same ones read one by one: in every way they are the same."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import json
import uuid
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.errors import SourceError
from importer.model.source import APPENDED_COLUMNS, Skip
from importer.sheets.limits import Limits
from importer.sheets.reading import AS_IT_IS
from importer.sheets.recognition import recognise
from importer.sheets.shown_dates import number_format_of
from importer.sheets.source_file import SourceFile
from importer.sheets.workbooks.book import Doubtful, Line, LineCell, LineColumns, Merge, lines_of, stored, without_end
from importer.sheets.workbooks.formats.xlsx.xlsx_book import XlsxBook
from importer.sheets.workbooks.grid import Grid
from importer.sheets.workbooks.merged_cells import MergedAreas
from importer.sheets.workbooks.packed_columns import PackedColumns, packed_columns
from importer.sheets.workbooks.packed_lines import Facts, packed_blocks, unpacked, unpacked_block
from importer.sheets.workbooks.parser.child import WORK, Task
from importer.sheets.workbooks.parser.spool import write_spool
from importer.sheets.workbooks.parser.start import ParseRequest
from importer.sheets.workbooks.sheet_table import SheetTable, parsed_grid, understood
from tests.corpus.make import FILES
from tests.sheets.workbooks.test_grid import CELLS

WORKBOOKS: Final = sorted(path for path in FILES.rglob("*.xls[xm]") if zipfile.is_zipfile(path))
OTHERS: Final = sorted(
    path
    for path in FILES.rglob("*.*")
    if path.suffix in {".ods", ".xls", ".xlsb"} and path.parent.name not in {"damaged", "misnamed"}
)
Pieces = Callable[[int], Iterator[Line | LineColumns]]


class LineByLine(Grid):
    """A sheet of which nothing comes column by column, whatever way it was parsed in."""

    def pieces(self) -> Iterator[Line | PackedColumns]:
        """Yield the lines one by one."""
        return self.lines()


def exactly(cell: LineCell) -> object:
    """Return a cell with what makes a difference to it beside its value."""
    value = stored(cell)
    shown = number_format_of(value) if isinstance(value, dt.date | dt.time | dt.timedelta) else ""
    return (
        type(cell),
        type(value),
        repr(value).replace(", fold=1", ""),
        shown,
        cell.why if isinstance(cell, Doubtful) else None,
    )


def one_by_one(pieces: Iterator[Line | LineColumns]) -> list[tuple[Any, ...]]:
    """Return the lines that hold something, with all that is known of each."""
    found = []
    for line in lines_of(pieces):
        cells = list(map(exactly, line.cells))
        while cells and cells[-1] == exactly(None):
            cells.pop()
        if cells:
            found.append((line.number, cells, line.hidden))
    return found


def grid_of(
    book: XlsxBook, at: int, read: Pieces, file: SourceFile, spool: Path, kind: type[Grid] = Grid
) -> Grid | str:
    """Return a sheet as the parser and its parent make it; the code of the error where it is refused."""
    try:
        facts = write_spool(spool, read(at), file=file, where="The sheet", limits=Limits())
    except SourceError as error:
        return error.code
    areas = tuple(book.merged())
    merged = MergedAreas(areas, facts.width, file.name, 10**9) if areas else None
    notes = (f"{facts.hidden} hidden",)
    totals = list(book.totals(at))
    return kind("xlsx", "a", "The sheet", facts.lines, facts.width, notes, spool, file, "", merged, totals)


def told(table: SheetTable, size: int) -> dict[str, Any]:
    """Return all that a table says of itself."""
    chunks = list(table.chunks(size))
    return {
        "rows": [(number, *map(exactly, cells)) for chunk in chunks for number, *cells in chunk.frame.itertuples()],
        "sizes": [len(chunk.frame) for chunk in chunks],
        "columns": [list(chunk.frame.columns) for chunk in chunks],
        "issues": [chunk.issues for chunk in chunks],
        "hidden": [tuple(chunk.hidden) for chunk in chunks],
        "origins": [chunk.origins for chunk in chunks],
        "records": [
            (record.number, record.kind, list(map(exactly, record.cells)), record.origin) for record in table.records()
        ],
        "detected": table.detected,
        "skips": dict(table.skips),
        "last": table.last,
        "lone": list(table.lone_addresses),
        "width": table.width(),
    }


def all_told(grid: Grid | str, size: int) -> dict[str, Any] | str:
    """Return all that the table of a sheet says of itself; why there is none, where there is none."""
    if isinstance(grid, str):
        return grid
    try:
        return told(understood(grid, AS_IT_IS), size)
    except SourceError as error:
        return error.message


def compared(path: Path, folder: Path, fewest: int = 1, size: int = 7) -> int:
    """Hold the sheets of a workbook to what they are one by one; return how many pieces came column by column."""
    file = SourceFile(path, path.name)
    try:
        book = XlsxBook(file, Limits())
    except SourceError:
        return 0
    with closing(book):
        return _compared(book, file, folder, fewest, size)


def _compared(book: XlsxBook, file: SourceFile, folder: Path, fewest: int, size: int) -> int:
    pieces = functools.partial(book.pieces, fewest=fewest)
    count = 0
    for at in range(len(book.sheets)):
        quick, slow = (folder / f"{file.path.stem}-{at}-{fewest}-{word}" for word in ("quick", "slow"))
        by_columns = grid_of(book, at, pieces, file, quick)
        by_lines = grid_of(book, at, book.lines, file, slow, LineByLine)
        if isinstance(by_columns, Grid) and isinstance(by_lines, Grid):
            assert one_by_one(pieces(at)) == one_by_one(book.lines(at))
            assert (by_columns.lines_to, by_columns.width, by_columns.notes) == (
                by_lines.lines_to,
                by_lines.width,
                by_lines.notes,
            )
            assert list(by_columns.lines()) == list(by_lines.lines())
            count += sum(not isinstance(piece, Line) for piece in by_columns.pieces())
        assert all_told(by_columns, size) == all_told(by_lines, size)
    return count


@pytest.mark.parametrize("path", [pytest.param(path, id=path.relative_to(FILES).as_posix()) for path in WORKBOOKS])
def test_workbooks_of_the_corpus_are_the_same_by_columns_and_line_by_line(path: Path, tmp_path: Path) -> None:
    """Every cell of every sheet, its type and number format, and all that the table says of itself."""
    compared(path, tmp_path)


@pytest.mark.parametrize("path", [pytest.param(path, id=path.relative_to(FILES).as_posix()) for path in OTHERS])
def test_so_are_tables_of_other_formats(path: Path, tmp_path: Path) -> None:
    """Their lines become columns where they are many enough."""
    file = SourceFile(path, path.name)
    try:
        request = ParseRequest("source", file, recognise(file), AS_IT_IS, Limits(), tmp_path / "spool")
        grid = parsed_grid(request, WORK["source"](Task(json.loads(request.as_json()))))
    except SourceError:
        return
    by_lines = LineByLine(*(getattr(grid, field.name) for field in dataclasses.fields(grid)))
    assert all_told(grid, 7) == all_told(by_lines, 7)


def test_so_are_long_tables_with_whatever_a_person_may_have_done_to_them(tmp_path: Path) -> None:
    """Blank cells, dates, numbers, formats, formulas, hidden, missing, merged and other rows, in all of two blocks."""
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("a")
    date, struck = book.add_format({"num_format": "dd.mm.yyyy"}), book.add_format({"font_strikeout": True})
    sheet.merge_range("A1:D1", "Customers")
    sheet.write_row("A2", ["customer_id", "first_name", "last_name", "email", "since", "points", "note"])
    for row in range(2, 9_000):
        name = f"Ana{row}" if row % 1_000 else "'=Ana"
        sheet.write_row(
            row, 0, [str(uuid.UUID(int=row)), name, "A & B" if row % 7 else "_x0041_", f"a{row}@example.com"]
        )
        sheet.write_datetime(row, 4, dt.datetime.fromordinal(740_000 + row % 50) + dt.timedelta(hours=row % 3), date)
        sheet.write_number(row, 5, row / 4)
        if row % 3:
            sheet.write_string(row, 6, "x" * (row % 20), struck if row % 5 == 0 and row > 6_000 else None)
    sheet.write_number(3_000, 0, 17.0)
    sheet.write_blank(3_001, 3, None, date)
    sheet.write_formula(3_100, 2, "=1+1", None, "2")
    sheet.write_boolean(3_101, 6, True)
    sheet.set_row(3_102, None, None, {"hidden": True})
    for row in (3_200, 8_998):
        sheet.write_row(row, 0, ["Total", "", "", "", "", ""])
    sheet.write_row(9_010, 0, ["as of today", None, None, None, None, None, None, None, "far"])
    book.close()
    assert compared(path, tmp_path, fewest=20, size=2_000) > 3
    assert compared(path, tmp_path, fewest=1, size=100) > 3


def test_annotated_reports_are_read_as_before(tmp_path: Path) -> None:
    """Their columns say what became of each row, so each row is looked at."""
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("a")
    sheet.append(["customer_id", "first_name", "last_name", "email", *APPENDED_COLUMNS])
    for row in range(100):
        code = "wrong_field_count" if row % 10 == 0 else None
        sheet.append([str(uuid.UUID(int=row)), "Ana", "Abel", f"a{row}@example.com", "invalid", None, None, code])
    book.save(path)
    assert compared(path, tmp_path) > 0


def test_facts_of_columns_are_those_of_their_lines() -> None:
    """Which line is the last and which cell the furthest in which something is seen; how much is in use."""
    columns: list[list[LineCell]] = [["a", "b", "c", "d"], [None, "x", " ", None], [None, " ", None, None], [None] * 4]
    whole, single = Facts(), Facts()
    lines = LineColumns(5, columns, (6,))
    (data,) = packed_blocks([lines], whole)
    list(packed_blocks(lines.lines(), single))
    assert whole == single == Facts(lines=8, width=3, bottom=(8, 1), furthest=(6, 2), used=7, hidden=1)
    assert list(unpacked(data)) == [
        Line(5, ("a",), is_text=True),
        Line(6, ("b", "x", " "), hidden=True, is_text=True),
        Line(7, ("c", " "), is_text=True),
        Line(8, ("d",), is_text=True),
    ]


def test_a_row_of_totals_is_none_of_a_customer_among_columns_too(tmp_path: Path) -> None:
    """That it is one only the file says: it begins with no word for it, and more rows follow."""
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("a")
    sheet.write_row("A1", ["customer_id", "first_name", "last_name", "email"])
    for row in range(1, 100):
        sheet.write_row(row, 0, [str(uuid.UUID(int=row)), "Ana", "Abel", f"a{row}@example.com"])
    sheet.write_row(49, 0, ["Alle", "49", "49", "49"])
    names = [{"header": name} for name in ("customer_id", "first_name", "last_name", "email")]
    sheet.add_table("A1:D50", {"columns": names, "total_row": True, "style": None})
    sheet.write_row(49, 0, ["Alle", "49", "49", "49"])
    book.close()
    assert compared(path, tmp_path) > 0
    told = all_told(_grid(path, tmp_path / "spool"), 100)
    assert isinstance(told, dict)
    assert told["skips"] == {Skip.TOTAL: 1}


def test_white_space_around_a_table_is_left_out_of_columns_too(tmp_path: Path) -> None:
    """Lines and columns in which nothing is seen do not count behind all others."""
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("a")
    sheet.write_row("A1", ["customer_id", "first_name", "last_name", "email", "", ""])
    for row in range(1, 600):
        sheet.write_row(row, 0, [str(uuid.UUID(int=row)), "Ana", "Abel", f"a{row}@example.com", "", " "])
    for row in range(600, 1_400):
        sheet.write_row(row, 0, [" ", "", "", " "])
    book.close()
    compared(path, tmp_path, size=100)
    assert _grid(path, tmp_path / "spool").lines_to == 600


def _grid(path: Path, spool: Path) -> Grid:
    file = SourceFile(path, path.name)
    with closing(XlsxBook(file, Limits())) as book:
        grid = grid_of(book, 0, book.pieces, file, spool)
    assert isinstance(grid, Grid)
    return grid


def test_lines_below_one_are_all_that_is_left() -> None:
    """Their numbers, their cells, and which of them are hidden."""
    columns = PackedColumns(*packed_columns(LineColumns(5, [["a", "b", "c", "d"], [1.0, None, None, 2.0]], (5, 6, 8))))
    below = columns.below(5).below(6)
    assert list(below.lines()) == [Line(7, ("c",), is_text=True), Line(8, ("d", 2.0), hidden=True)]
    assert (below.first, below.last, below.hidden) == (7, 8, (8,))
    assert below.text(0) == ["c", "d"]
    assert below.text(9) == ["", ""]


@pytest.mark.slow
@settings(max_examples=200)
@given(drawn=st.lists(st.tuples(st.lists(CELLS, min_size=1, max_size=4), st.booleans()), min_size=8, max_size=40))
def test_lines_of_other_formats_become_columns_and_lines_again(drawn: list[tuple[list[LineCell], bool]]) -> None:
    """With every type of cell, and all that is known of them; blank lines among them are left out."""
    lines = [Line(number, ["a", *cells], hidden) for number, (cells, hidden) in enumerate(drawn, start=3)]
    lines[4:4] = [Line(6, [None])] if len(lines) % 2 else []
    facts, expected = Facts(), Facts()
    blocks = list(packed_blocks(lines, facts))
    found = [line for data in blocks for line in unpacked(data)]
    wanted = [line._replace(cells=without_end(tuple(line.cells)), is_text=is_text(line)) for line in lines]
    wanted = [line for line in wanted if line.cells]
    assert [[*map(exactly, line.cells)] for line in found] == [[*map(exactly, line.cells)] for line in wanted]
    assert [line[2:] for line in found] == [line[2:] for line in wanted]
    assert [line.number for line in found] == [line.number for line in wanted]
    for line in wanted:  # a block of one is never by columns
        list(packed_blocks([line], expected))
    assert facts == expected


def is_text(line: Line) -> bool:
    """Return whether no cell of a line holds anything but text."""
    return all(cell is None or isinstance(cell, str) for cell in line.cells)


def test_lines_in_no_order_ragged_ones_and_merged_ones_stay_lines() -> None:
    """So nothing is said of them that is not so, and no room is taken for what is not there."""
    usual = [Line(number, ["a", "b"], is_text=True) for number in range(1, 11)]
    assert isinstance(unpacked_block(*packed_blocks(usual, Facts())), PackedColumns)
    others = [
        [*usual[:3], usual[4], usual[3], *usual[5:]],
        [*usual[:9], Line(12, ["a"])],
        [*usual[:9], Line(10, ["a"] * 100)],
        [*usual[:9], Line(10, ["a"], merged=(Merge(9, 0, 1),))],
        usual[:7],
    ]
    for lines in others:
        (data,) = packed_blocks(lines, Facts())
        assert not isinstance(unpacked_block(data), PackedColumns)
        assert [(line.number, [*line.cells]) for line in unpacked(data)] == [(x.number, [*x.cells]) for x in lines]
