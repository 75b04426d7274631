"""Merged cells: what is seen in an area is the value of each line that it spans, whatever the format."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path

import openpyxl
import pytest

from importer.errors import SourceError
from importer.model.source import APPENDED_COLUMNS, Skip
from importer.sheets.open import open_plain_writer, open_raw, open_table
from importer.sheets.table import Record, RecordKind
from importer.sheets.workbooks.areas import Area
from importer.sheets.workbooks.book import Line, Merge
from importer.sheets.workbooks.merged_cells import MergedAreas, MergedCells
from tests.corpus.by_hand import as_xlsb, as_xml
from tests.corpus.scenes import Scene, Sheet
from tests.corpus.writers import with_openpyxl
from tests.sheets.files import ANA, BEN, HEADER, cells_of, issues_of, numbers_of, refusal
from tests.sheets.workbooks.annotate.users_files import annotate_own
from tests.sheets.workbooks.parser.bombs import write_ods

CLEO = ["33333333-3333-4333-8333-333333333333", "Cleo", "Lindqvist", "cleo@example.com"]
GROUPED = [*HEADER, "Group ID", "Linked Account ID"]
Lines = Sequence[Sequence[str | float | None]]


def _parts(lines: Lines, merged: Sequence[str]) -> list[list[tuple[str, int, int]]]:
    """Return the cells of each line that are there at all: their text, and how many lines and columns they take."""
    areas = [area for reference in merged if (area := Area.of(reference))]
    return [
        [
            (str(cell or ""), *_size(areas, number, at))
            for at, cell in enumerate(line)
            if not _size(areas, number, at)[0] < 1
        ]
        for number, line in enumerate(lines, start=1)
    ]


def _size(areas: Sequence[Area], number: int, at: int) -> tuple[int, int]:
    """Return the lines and columns of a cell, 0 where another one covers it."""
    for top, left, bottom, right in areas:
        if top <= number <= bottom and left <= at <= right:
            is_first = (number, at) == (top, left)
            return (bottom - top + 1, right - left + 1) if is_first else (0, 0)
    return 1, 1


def _html(path: Path, lines: Lines, merged: Sequence[str]) -> None:
    rows = "".join(
        "<tr>" + "".join(f'<td rowspan="{down}" colspan="{across}">{escape(text)}' for text, down, across in line)
        for line in _parts(lines, merged)
    )
    path.write_text(f"<html><body><table>{rows}</table></body></html>", encoding="utf-8")


def _ods(path: Path, lines: Lines, merged: Sequence[str]) -> None:
    areas = [area for reference in merged if (area := Area.of(reference))]
    rows = ""
    for number, line in enumerate(lines, start=1):
        cells = ""
        for at, cell in enumerate(line):
            down, across = _size(areas, number, at)
            spans = f' table:number-rows-spanned="{down}" table:number-columns-spanned="{across}"'
            name = f"table:table-cell{spans}" if down else "table:covered-table-cell"
            text = f"<text:p>{escape(str(cell))}</text:p>" if cell is not None else ""
            cells += f'<{name} office:value-type="string">{text}</{name.partition(" ")[0]}>'
        rows += f"<table:table-row>{cells}</table:table-row>"
    write_ods(path, rows)


def _by(write: Callable[[Scene], bytes]) -> Callable[[Path, Lines, Sequence[str]], None]:
    def written(path: Path, lines: Lines, merged: Sequence[str]) -> None:
        path.write_bytes(write(Scene(name="a", made="", sheets=[Sheet(lines=lines, merged=merged)])))

    return written


WRITERS = {"xlsx": _by(with_openpyxl), "xlsb": _by(as_xlsb), "xml": _by(as_xml), "html": _html, "ods": _ods}


@pytest.fixture(params=WRITERS)
def written(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Path]:
    """Return what writes lines with merged areas into a workbook, in each format in turn."""

    def write(lines: Lines, *merged: str) -> Path:
        path = tmp_path / f"a.{request.param}"
        WRITERS[request.param](path, lines, merged)
        return path

    return write


def test_a_merged_heading_begins_the_name_of_a_column(written: Callable[..., Path], tmp_path: Path) -> None:
    """Where neither alone is one; a sheet of rows to fix has no heading, and the name as a whole."""
    lines = [["Customer", None, None, None], ["ID", *HEADER[1:]], ANA, BEN]
    table = open_table(written(lines, "A1:D1"))
    assert [column.header for column in table.columns.values()] == ["Customer ID", *HEADER[1:]]
    assert [row["customer_id"] for row in cells_of(table)] == [ANA[0], BEN[0]]
    again = tmp_path / "again.xlsx"
    with open_plain_writer(again, table, format="xlsx", message_at=2) as writer:
        for record in table.records():
            writer.write(record, APPENDED_COLUMNS if record.kind is RecordKind.HEADER else [None] * 6)
    assert [row["customer_id"] for row in cells_of(open_table(again))] == [ANA[0], BEN[0]]


def test_a_heading_of_one_column_beside_a_merged_one_begins_its_name(written: Callable[..., Path]) -> None:
    """The group of `Group` over `ID` does not fall to that of the run because `Customer` over `ID` is understood."""
    headings = ["Customer", None, None, "Contact", "Group", "Manager"]
    lines = [headings, ["ID", *HEADER[1:], "ID", "ID"], [*ANA, "g1", "m1"], [*BEN, "g2", "m1"]]
    table = open_table(written(lines, "A1:C1"))
    assert [column.header for column in table.columns.values()] == ["Customer ID", *HEADER[1:], "Group ID"]
    assert [row["group_id"] for row in cells_of(table)] == ["g1", "g2"]


def test_a_heading_of_one_column_begins_the_name_of_a_group_or_an_account(written: Callable[..., Path]) -> None:
    """Where nothing is merged too: if that column were not read, rows would go elsewhere without a word."""
    headings = [None, None, None, None, "Group", "Linked account", "Shop"]
    table = open_table(written([headings, [*HEADER, "ID", "ID", "ID"], [*ANA, "g1", "a1", "s1"]]))
    assert [(row["group_id"], row["linked_account_id"]) for row in cells_of(table)] == [("g1", "a1")]
    table = open_table(written([headings, [*HEADER, "Group ID", "ID", "ID"], [*ANA, "g1", "a1", "s1"]]))
    assert [(row["group_id"], row["linked_account_id"]) for row in cells_of(table)] == [("g1", "a1")]


def test_a_heading_that_is_not_merged_or_not_right_above_begins_no_name(written: Callable[..., Path]) -> None:
    """Nobody knows what it is about."""
    header = ["ID", *HEADER[1:]]
    assert refusal(written([["Customer"], header, ANA])).code == "missing_column"
    assert refusal(written([["Customer", None], ["May"], header, ANA], "A1:B1")).code == "missing_column"
    assert refusal(written([["Shop", None], header, ANA], "A1:B1")).code == "missing_column"


def test_a_merged_group_is_that_of_every_line_that_it_spans(written: Callable[..., Path]) -> None:
    """It never falls to the group of the run, which is another one."""
    lines = [GROUPED, [*ANA, "g1", "a1"], [*BEN, None, "a1"], [*CLEO, None, "a2"], [*ANA, None, None]]
    table = open_table(written(lines, "E2:E4"))
    assert [row["group_id"] for row in cells_of(table)] == ["g1", "g1", "g1", ""]
    assert [row["linked_account_id"] for row in cells_of(table)] == ["a1", "a1", "a2", ""]
    assert issues_of(table) == []


def test_a_merged_id_and_a_merged_name_are_those_of_every_line(written: Callable[..., Path]) -> None:
    """What is asked twice of one customer is for the checks to see."""
    lines = [HEADER, ANA, [None, "Anna", None, "anna@example.com"], BEN]
    [first, second, third] = cells_of(open_table(written(lines, "A2:A3", "C2:C3")))
    assert list(first.values()) == ANA
    assert list(second.values()) == [ANA[0], "Anna", ANA[2], "anna@example.com"]
    assert list(third.values()) == BEN


def test_a_cell_over_two_columns_that_are_sent_is_refused(written: Callable[..., Path]) -> None:
    """Nobody can know which of them the value belongs to; over one that is not sent it is certain."""
    lines = [[*GROUPED, "Notes"], [*ANA, "g1", None, "n"], [*BEN, None, "a1", "n"], [*CLEO, "g1", "a1", None]]
    table = open_table(written(lines, "E2:F3", "F4:G4"))
    assert [(issue.row, issue.code, issue.column) for issue in issues_of(table)] == [
        (2, "merged_cell", "Linked Account ID"),
        (3, "merged_cell", "Linked Account ID"),
    ]
    assert cells_of(table)[2]["linked_account_id"] == "a1"


def test_a_sheet_of_rows_to_fix_does_not_lose_what_was_in_doubt(written: Callable[..., Path], tmp_path: Path) -> None:
    """The covered cell is blank there, which is no answer before somebody gives one."""
    path = written([GROUPED, [*ANA, "g1", None], [*BEN, "g2", "a1"]], "E2:F2")
    again = tmp_path / "again.xlsx"
    with open_plain_writer(again, open_table(path), format="xlsx", message_at=2) as writer:
        for record in open_table(path).records():
            said = ["invalid", None, "Why.", "merged_cell", None, 0] if record.number == 2 else [None] * 6
            writer.write(record, APPENDED_COLUMNS if record.kind is RecordKind.HEADER else said)
    [issue] = issues_of(open_table(again))
    assert (issue.row, issue.code, issue.column) == (2, "merged_cell", "Linked Account ID")
    book = openpyxl.load_workbook(again)
    book.worksheets[0]["F2"] = "a2"
    book.save(again)
    assert issues_of(open_table(again)) == []


def test_a_merged_cell_with_nothing_in_it_is_blank(written: Callable[..., Path]) -> None:
    """Nothing is seen in it, and so nothing of it is in doubt."""
    lines = [GROUPED, [*ANA, None, None], [*BEN, None, None], [*CLEO, "g1", "a1"]]
    table = open_table(written(lines, "E2:F3"))
    assert [row["group_id"] for row in cells_of(table)] == ["", "", "g1"]
    assert issues_of(table) == []


def test_an_area_over_blank_lines_makes_no_rows_of_them(written: Callable[..., Path]) -> None:
    """A line has to hold something of its own, be it blank to the eye."""
    lines = [GROUPED, [*ANA, "g1", "a1"], [" ", None, None, None, None, None], [*BEN, None, "a1"], []]
    table = open_table(written(lines, "E2:E5"))
    assert (numbers_of(table), {skip.value: count for skip, count in table.skips.items()}) == ([2, 4], {"blank": 1})


def test_a_total_in_a_merged_area_is_still_one(written: Callable[..., Path]) -> None:
    """What it shares with the lines above does not make a customer of it."""
    lines = [["Group ID", *HEADER], ["g1", *ANA], [None, *BEN], [None, "Total: 2", None, None, None]]
    assert numbers_of(open_table(written(lines, "A2:A4"))) == [2, 3]


def test_titles_are_not_multiplied(written: Callable[..., Path]) -> None:
    """One over many columns is one cell, and one over many lines above the header is no value of a row."""
    lines = [["Changes", "May", None, None, None], [None, *HEADER], [None, *ANA], [None, *BEN]]
    table = open_table(written(lines, "A1:A3", "B1:E1"))
    records = list(table.records())
    assert list(records[0].cells) == ["Changes", "May"]
    assert list(records[2].cells) == [None, *ANA]
    assert [list(row.values()) for row in cells_of(table)] == [ANA, BEN]
    assert issues_of(table) == []


def test_a_header_of_two_lines_is_read_as_it_is_seen(written: Callable[..., Path]) -> None:
    """Its cells are merged over both lines, or over the names below them."""
    lines = [[HEADER[0], "Name", None, HEADER[3]], [None, *HEADER[1:3], None], ANA, BEN]
    table = open_table(written(lines, "A1:A2", "B1:C1", "D1:D2"))
    [title, header, *_] = table.records()
    assert (title.kind, header.kind, list(header.cells)) == (RecordKind.SKIPPED, RecordKind.HEADER, HEADER)
    assert [list(row.values()) for row in cells_of(table)] == [ANA, BEN]


def test_what_stands_below_a_header_is_none_of_its_values(written: Callable[..., Path]) -> None:
    """A line with hints, below cells of the header that are merged over it, has no names and ids of the header."""
    lines = [[*HEADER, "Notes"], [None, None, None, None, "(optional)"], [*ANA, "n"]]
    table = open_table(written(lines, "A1:A2", "B1:B2", "C1:C2", "D1:D2"))
    assert [list(row.values()) for row in cells_of(table)] == [ANA]
    assert table.skips == {Skip.NOBODYS: 1}


def test_reports_have_the_value_in_every_row(written: Callable[..., Path], tmp_path: Path) -> None:
    """A sheet without the merged cells, given back, says the same."""
    lines = [GROUPED, [*ANA, "g1", "a1"], [*BEN, None, "a1"], ["Total: 2", None, None, None, None, None]]
    path = written(lines, "E2:E4")
    records = list(open_table(path).records())
    assert [list(record.cells) for record in records[1:]] == [[*ANA, "g1", "a1"], [*BEN, "g1", "a1"], ["Total: 2"]]
    again = tmp_path / "again.xlsx"
    with open_plain_writer(again, open_table(path), format="xlsx", message_at=2) as writer:
        for record in records:
            names = APPENDED_COLUMNS if record.kind is RecordKind.HEADER else [None] * len(APPENDED_COLUMNS)
            writer.write(record, names)
    assert cells_of(open_table(again)) == cells_of(open_table(path))


def test_an_annotated_workbook_is_read_as_the_source_is(tmp_path: Path) -> None:
    """The cells of the user's own workbook stay as they are: merged, and what is covered blank."""
    path = tmp_path / "a.xlsx"
    WRITERS["xlsx"](path, [GROUPED, [*ANA, "g1", "a1"], [*BEN, None, "a1"]], ["E2:E3"])
    again = tmp_path / "annotated.xlsx"
    annotate_own(path, again)
    assert cells_of(open_table(again)) == cells_of(open_table(path))
    raw = {number: list(cells) for number, cells in open_raw(again).records()}
    assert raw[2][4] == "g1"
    assert raw[3][4] == ""


def test_raw_records_are_what_is_stored(written: Callable[..., Path]) -> None:
    """Nothing is filled in where a file is looked at as it is."""
    path = written([GROUPED, [*ANA, "g1", "a1"], [*BEN, None, None]], "E2:E3", "F2:F3")
    assert [list(cells) for _, cells in open_raw(path).records()] == [GROUPED, [*ANA, "g1", "a1"], BEN]


@pytest.mark.parametrize("form", ["xlsx", "xlsb", "xml"])
def test_what_is_wrong_with_a_merged_cell_is_wrong_with_every_row(tmp_path: Path, form: str) -> None:
    """A number is none the less one."""
    path = tmp_path / f"a.{form}"
    WRITERS[form](path, [[*HEADER, "Group ID"], [*ANA, 7], [*BEN, None]], ["E2:E3"])
    table = open_table(path)
    assert [(issue.row, issue.code) for issue in issues_of(table)] == [(2, "number_cell"), (3, "number_cell")]
    records: list[Record] = list(table.records())
    assert records[2].cells[4] == 7


def _seen(lines: list[Line], *areas: Area, most_text: int = 1_000) -> dict[int, Line]:
    width = max(len(line.cells) for line in lines)
    merged = MergedAreas(areas, width, "a.xlsx", most_text)
    return {line.number: line for line in merged.seen(lines)}


def test_only_the_first_cell_of_a_merged_area_is_seen() -> None:
    """In each of its lines; what a file stores in the others is nobody's to see. One inside of another is none."""
    lines = [Line(number, [f"{letter}{number}" for letter in "abcd"]) for number in (1, 2, 3, 4, 6)]
    areas = [Area(3, 3, 9, 99), Area(1, 0, 1, 1), Area(2, 1, 3, 2), Area(2, 1, 2, 1), Area(5, 0, 6, 0)]
    found = _seen(lines, *areas)
    assert {number: list(line.cells) for number, line in found.items()} == {
        1: ["a1", None, "c1", "d1"],
        2: ["a2", "b2", None, "d2"],
        3: ["a3", "b2", None, "d3"],
        4: ["a4", "b4", "c4", "d3"],
        6: [None, "b6", "c6", "d3"],
    }
    assert found[3].merged == (Merge(2, 1, 2), Merge(3, 3, 99))
    assert list(found[4].without_merged(4)) == ["a4", "b4", "c4"]
    assert list(found[4].without_merged(3)) == ["a4", "b4", "c4", "d3"]


def test_a_line_is_text_as_long_as_all_that_is_seen_in_it_is() -> None:
    """What is spread over lines of text may be none."""
    found = _seen([Line(1, [7.0, "b1"]), Line(2, [None, "b2"], is_text=True)], Area(1, 0, 2, 0))
    assert found[2] == Line(2, [7.0, "b2"], merged=(Merge(1, 0, 0),))
    texts = _seen([Line(1, ["a1"], is_text=True), Line(2, [None, "b2"], is_text=True)], Area(1, 0, 2, 0))
    assert texts[2].is_text


@pytest.mark.slow
def test_a_great_many_areas_over_one_another_take_no_time() -> None:
    """An area that begins inside of another one is none, and one beside all the cells is no matter."""
    lines = [Line(number, ["a"] * 500) for number in range(1, 50)]
    areas = [Area(1, column % 500, 1_048_576, 16_383) for column in range(200_000)]
    found = _seen(lines, *areas)
    assert [number for number, line in found.items() if line.cells] == [1]
    assert list(found[1].cells) == ["a"]
    wide = [Area(number, 0, number, 16_383) for number in range(1, 50)]
    beside = [Area(1, column, 1_048_576, column) for column in range(500, 16_384)]
    assert [list(line.cells) for line in _seen(lines, *wide, *beside).values()] == [["a"]] * 49


def test_trap_18_a_merged_text_does_not_come_out_a_million_times() -> None:
    """Trap 18: more than a workbook of that size may hold is refused, where it comes out."""
    lines = [Line(1, ["x" * 100, "b"]), *(Line(number, [None, "b"]) for number in range(2, 100))]
    with pytest.raises(SourceError, match="merged cells hold more") as caught:
        _seen(lines, Area(1, 0, 99, 0))
    assert caught.value.code == "workbook_too_large"


def test_areas_that_come_with_their_lines_are_no_others() -> None:
    """Formats that say where an area begins, and those that list all at the end, give the same lines."""
    lines = [Line(number, [f"{letter}{number}" for letter in "abcd"]) for number in range(1, 9)]
    areas = [Area(1, 0, 4, 0), Area(2, 1, 3, 2), Area(4, 1, 4, 3), Area(5, 0, 8, 1)]
    merged = MergedCells()
    shown = [merged.shown(line, [area for area in areas if area.first_row == line.number]) for line in lines]
    assert shown == list(_seen(lines, *areas).values())
    assert len(list(itertools.chain.from_iterable(line.merged for line in shown))) == 11
