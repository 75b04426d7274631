"""Tables, filters and widths of the user's own sheet: they reach over the appended columns where that is safe."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.table import Table, TableColumn

from importer.sheets.workbooks.annotate.appended_area import AppendedArea
from importer.sheets.workbooks.annotate.column_widths import columns_xml
from importer.sheets.workbooks.areas import Area
from importer.sheets.workbooks.package.xml_edits import UnfitWorkbookError
from tests.sheets.files import ANA, BEN, HEADER, text_row
from tests.sheets.workbooks.annotate.users_files import (
    NAMES,
    SHEET,
    annotate_own,
    cells,
    changed_parts,
    own_writer,
    package,
    parts_of,
    rewritten,
    texts,
    write_own,
)

TABLE = "xl/tables/table1.xml"
WORKBOOK = "xl/workbook.xml"
PLACE = AppendedArea(1, 4, NAMES)


def table_workbook(path: Path, *, area: str = "A1:D3", **options: object) -> Path:
    """Make a workbook whose rows are a table object."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Data")
    columns = [{"header": name} for name in HEADER]
    sheet.add_table(area, {"name": "People", "columns": columns, **options})
    for row, line in enumerate([HEADER, ANA, BEN]):
        sheet.write_row(row, 0, line)
    book.close()
    return path


def table_of(path: Path) -> Table:
    """Return the only table object of a workbook."""
    table = cells(path).tables["People"]
    assert isinstance(table, Table)
    return table


def names_of(table: Table) -> list[str]:
    """Return the names of a table's columns."""
    columns: list[TableColumn] = table.tableColumns
    return [column.name for column in columns]


def test_a_table_grows_over_the_appended_columns(tmp_path: Path) -> None:
    """Its columns are named as the header cells, numbered anew, and its filter grows with it."""
    source, target = table_workbook(tmp_path / "a.xlsx"), tmp_path / "b.xlsx"
    annotate_own(source, target)
    assert changed_parts(source, target) == {SHEET, TABLE, "xl/styles.xml"}
    table = table_of(target)
    assert table.autoFilter is not None
    assert (table.ref, table.autoFilter.ref) == ("A1:J3", "A1:J3")
    assert names_of(table) == [*HEADER, *NAMES]
    assert [column.id for column in table.tableColumns] == list(range(1, 11))
    assert texts(cells(target), 1) == names_of(table)
    assert b'count="10"' in parts_of(target)[TABLE]


def test_a_table_of_an_earlier_run_stays_as_it_is(tmp_path: Path) -> None:
    """Its columns are there already."""
    annotate_own(table_workbook(tmp_path / "a.xlsx"), tmp_path / "b.xlsx")
    annotate_own(tmp_path / "b.xlsx", tmp_path / "c.xlsx")
    assert changed_parts(tmp_path / "b.xlsx", tmp_path / "c.xlsx") <= {SHEET}
    assert table_of(tmp_path / "c.xlsx").ref == "A1:J3"


@pytest.mark.parametrize(
    "source",
    [
        pytest.param({"area": "A1:D4", "total_row": True}, id="total-row"),
        pytest.param({"area": "A1:D3", "header_row": False}, id="no-header"),
        pytest.param({"area": "A2:D4"}, id="other-row"),
        pytest.param({"area": "A1:C3"}, id="not-the-last-column"),
    ],
)
def test_a_table_that_cannot_grow_safely_stays_and_ours_stand_beside_it(
    tmp_path: Path, source: Mapping[str, object]
) -> None:
    """That it is not widened is no reason to lose the rest of the workbook."""
    area = str(source["area"])
    options = {name: value for name, value in source.items() if name != "area"}
    path = table_workbook(tmp_path / "a.xlsx", area=area, **options)
    write_own(path, tmp_path / "b.xlsx", PLACE, [2, 3])
    assert TABLE not in changed_parts(path, tmp_path / "b.xlsx")
    assert texts(cells(tmp_path / "b.xlsx"), 1)[4:] == NAMES


@pytest.mark.parametrize(
    "change",
    [
        pytest.param((b'name="E-mail"', b'name="Status"'), id="name-taken"),
        pytest.param((b"<table ", b'<table tableType="queryTable" '), id="query"),
    ],
)
def test_a_table_with_other_masters_stays_as_it_is(tmp_path: Path, change: tuple[bytes, bytes]) -> None:
    """A query would drop our columns, and no two columns may have one name."""
    plain = table_workbook(tmp_path / "c.xlsx")
    source = rewritten(plain, tmp_path / "a.xlsx", {TABLE: parts_of(plain)[TABLE].replace(*change)})
    write_own(source, tmp_path / "b.xlsx", PLACE, [2, 3])
    assert changed_parts(source, tmp_path / "b.xlsx") == {SHEET, "xl/styles.xml"}


def test_a_table_that_lies_where_the_columns_go_is_refused(tmp_path: Path) -> None:
    """Its header would not be what its columns are called, and Excel would repair the workbook."""
    source = table_workbook(tmp_path / "a.xlsx", area="C1:F3")
    with pytest.raises(UnfitWorkbookError, match="table object"):
        write_own(source, tmp_path / "b.xlsx", PLACE, [2, 3])


@pytest.mark.parametrize("table", ["<table/>", '<x ref="A1:D3"/>', '<table ref="A:D"/>'])
def test_a_table_that_is_none_is_refused(tmp_path: Path, table: str) -> None:
    """Nobody can tell what it stretches over."""
    plain = table_workbook(tmp_path / "c.xlsx")
    source = rewritten(plain, tmp_path / "a.xlsx", {TABLE: table.encode()})
    with pytest.raises(UnfitWorkbookError, match="not complete"):
        write_own(source, tmp_path / "b.xlsx", PLACE, [2, 3])


def test_a_filter_over_the_header_grows_with_its_hidden_name(tmp_path: Path) -> None:
    """The two say the same before and after."""
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet("Tom & Jerry's")
    for row, line in enumerate([HEADER, ANA, BEN]):
        sheet.write_row(row, 0, line)
    sheet.autofilter("A1:D3")
    sheet.filter_column(1, "x == Ana")
    sheet.set_row(2, None, None, {"hidden": True})
    book.close()
    annotate_own(tmp_path / "a.xlsx", tmp_path / "b.xlsx")
    after = parts_of(tmp_path / "b.xlsx")
    assert b"'Tom &amp; Jerry''s'!$A$1:$J$3<" in after[WORKBOOK]
    assert b'<autoFilter ref="A1:J3"><filterColumn colId="1">' in after[SHEET]
    assert cells(tmp_path / "b.xlsx").row_dimensions[3].hidden


@pytest.mark.parametrize(
    ("area", "name"),
    [
        pytest.param("A1:C3", "$A$1:$C$3", id="not-to-the-end"),
        pytest.param("A2:D3", "$A$2:$D$3", id="other-row"),
        pytest.param("A1:D3", "$A$1:$D$9", id="name-differs"),
        pytest.param("A1:D3", "#REF!", id="name-broken"),
    ],
)
def test_another_filter_stays_as_it_is(tmp_path: Path, area: str, name: str) -> None:
    """What it filters is not for us to say."""
    path = package(tmp_path / "c.xlsx", text_row(1, HEADER) + text_row(2, ANA), after=f'<autoFilter ref="{area}"/>')
    names = f'<definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="0">Data!{name}</definedName>'
    data = parts_of(path)[WORKBOOK].replace(b"</sheets>", f"</sheets>{names}</definedNames>".encode())
    source = rewritten(path, tmp_path / "a.xlsx", {WORKBOOK: data})
    write_own(source, tmp_path / "b.xlsx", PLACE, [2])
    assert changed_parts(source, tmp_path / "b.xlsx") == {SHEET, "xl/styles.xml"}
    assert f'<autoFilter ref="{area}"/>'.encode() in parts_of(tmp_path / "b.xlsx")[SHEET]


def test_a_filter_of_a_sheet_that_is_none_is_refused(tmp_path: Path) -> None:
    """Whether a name repeats its area cannot be told."""
    plain = package(tmp_path / "c.xlsx", text_row(1, HEADER), after='<autoFilter ref="A1:D2"/>')
    data = parts_of(plain)[WORKBOOK].replace(b"rId1", b"rId9")
    with pytest.raises(UnfitWorkbookError, match="among its sheets"):
        write_own(rewritten(plain, tmp_path / "a.xlsx", {WORKBOOK: data}), tmp_path / "b.xlsx", PLACE, [])


def test_a_filter_without_a_name_grows_too(tmp_path: Path) -> None:
    """Not every program writes the name."""
    source = package(tmp_path / "a.xlsx", text_row(1, HEADER) + text_row(2, ANA), after='<autoFilter ref="A1:D2"/>')
    write_own(source, tmp_path / "b.xlsx", PLACE, [2])
    assert cells(tmp_path / "b.xlsx").auto_filter.ref == "A1:J2"


WIDTHS = [1.5, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        pytest.param([], "", id="none"),
        pytest.param([(1, 4)], '<col min="1" max="4" width="9"/>', id="before"),
        pytest.param([(1, 6)], '<col min="1" max="4" width="9"/>', id="reaching-in"),
        pytest.param([(3, 3), (6, 7)], '<col min="3" max="3" width="9"/>', id="inside"),
        pytest.param([(11, 12)], '|<col min="11" max="12" width="9"/>', id="behind"),
        pytest.param([(8, 20)], '|<col min="11" max="20" width="9"/>', id="reaching-out"),
        pytest.param([(1, 16384)], '<col min="1" max="4" width="9"/>|<col min="11" max="16384" width="9"/>', id="all"),
    ],
)
def test_widths_of_other_columns_stay(ranges: list[tuple[int, int]], expected: str) -> None:
    """A range that reaches over ours is cut where ours begin and end."""
    own = "".join(
        f'<col min="{at}" max="{at}" width="{width:g}" customWidth="1"/>' for at, width in enumerate(WIDTHS, 5)
    )
    given = [{"min": str(first), "max": str(last), "width": "9"} for first, last in ranges]
    before, _, after = expected.partition("|")
    assert columns_xml(given, PLACE, WIDTHS).decode() == f"<cols>{before}{own}{after}</cols>"


def test_a_hidden_range_does_not_hide_ours_and_its_look_is_kept() -> None:
    """Whoever hides all columns to the right of a table does not mean what is written there later."""
    ranges = [{"min": "5", "max": "16384", "style": "3", "hidden": "1", "width": "0"}]
    xml = columns_xml(ranges, PLACE, WIDTHS).decode()
    assert '<col min="5" max="5" width="1.5" style="3" customWidth="1"/>' in xml
    assert xml.endswith('<col min="11" max="16384" style="3" hidden="1" width="0"/></cols>')


def test_columns_of_an_earlier_run_keep_their_widths() -> None:
    """A person may have hidden one of them; a new one gets its width."""
    place = AppendedArea(1, 4, NAMES, replaces=True)
    xml = columns_xml([{"min": "5", "max": "9", "hidden": "1"}], place, WIDTHS).decode()
    assert xml.count('hidden="1"') == 5
    assert '<col min="10" max="10" width="6" customWidth="1"/>' in xml


@pytest.mark.parametrize("cols", ['min="3" max="2"', 'min="x" max="2"', 'max="2"', 'min="0" max="2"'])
def test_widths_that_make_no_sense_are_refused(tmp_path: Path, cols: str) -> None:
    """What is out of order cannot be cut."""
    source = package(tmp_path / "a.xlsx", text_row(1, HEADER), before=f"<cols><col {cols}/></cols>")
    with pytest.raises(UnfitWorkbookError, match="widths"):
        own_writer(source, tmp_path / "b.xlsx")


def test_widths_stand_where_the_standard_wants_them(tmp_path: Path) -> None:
    """That is right before the rows, in a sheet that had none and in one that had some."""
    for before in ("", "<cols><col min='1' max='1' width='4'/></cols>", "<cols />", "<sheetFormatPr/><cols></cols>\n"):
        source = package(tmp_path / "a.xlsx", text_row(1, HEADER), before=before)
        write_own(source, tmp_path / "b.xlsx", PLACE, [])
        data = parts_of(tmp_path / "b.xlsx")[SHEET]
        assert data.count(b"<cols>") == 1
        assert b"</cols><sheetData>" in data


@pytest.mark.parametrize(
    ("reference", "shown"),
    [("A1", "A1"), ("$B$2:$C$3", "B2:C3"), ("XFD1048576", "XFD1048576"), ("A1:A1", "A1")],
)
def test_an_area_is_read_as_workbooks_write_it(reference: str, shown: str) -> None:
    """With or without dollar signs, one cell or many."""
    assert str(Area.of(reference)) == shown


@pytest.mark.parametrize("reference", ["", "A", "A:B", "A0", "XFE1", "A1048577", "B1:A1", "A2:A1", "A1 B2", "a1"])
def test_what_is_no_area_is_none(reference: str) -> None:
    """Nothing is guessed."""
    assert Area.of(reference) is None


def test_openpyxl_keeps_what_was_written(tmp_path: Path) -> None:
    """The workbook is sound enough to be loaded and saved by another program, its table with it."""
    annotate_own(table_workbook(tmp_path / "a.xlsx"), tmp_path / "b.xlsx")
    book = openpyxl.load_workbook(tmp_path / "b.xlsx")
    book.save(tmp_path / "c.xlsx")
    assert names_of(table_of(tmp_path / "c.xlsx")) == [*HEADER, *NAMES]
