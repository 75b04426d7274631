"""Rows that need attention are seen in the annotated workbook, whatever hid them in the source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.filters import (
    AutoFilter,
    ColorFilter,
    CustomFilter,
    CustomFilters,
    DynamicFilter,
    FilterColumn,
    Filters,
    IconFilter,
    Top10,
)
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

from importer.model.source import APPENDED_COLUMNS
from importer.sheets.open import open_table
from importer.sheets.table import RecordKind
from importer.sheets.workbooks.annotate.users_workbook import UsersWorkbookWriter
from importer.sheets.workbooks.sheet_table import SheetTable
from importer.sheets.workbooks.writers import users_writer
from tests.sheets.files import ANA, BEN, HEADER, text_row
from tests.sheets.workbooks.annotate.users_files import SHEET, UPDATED, cells, package, parts_of, rewritten

FAILED = ("failed", None, "No answer.", "connect_failed", None, 5)
TABLE = "xl/tables/table1.xml"


def annotate_showing(source: Path, target: Path, needing: Iterable[int]) -> UsersWorkbookWriter:
    """Annotate a workbook of which some rows need attention."""
    table, rows = open_table(source), set(needing)
    assert isinstance(table, SheetTable)
    names = table.appended_names(APPENDED_COLUMNS)
    writer = users_writer(target, table, names, message_at=2, to_be_seen=lambda: rows)
    with writer:
        for record in open_table(source).records():
            if record.kind is RecordKind.HEADER:
                writer.write(record, names)
            elif record.kind is RecordKind.ROW:
                writer.write(record, FAILED if record.number in rows else UPDATED)
            else:
                writer.write(record, [None] * len(names))
    return writer


def hidden_in(path: Path) -> list[int]:
    """Return the numbers of the rows that nobody sees."""
    return [number for number, row in cells(path).row_dimensions.items() if row.hidden or row.height == 0]


def xml_of(path: Path, part: str = SHEET) -> str:
    """Return a part as text."""
    return parts_of(path)[part].decode()


def filter_of(path: Path, part: str = SHEET) -> str:
    """Return the filter of a sheet or a table object as it is written."""
    found = re.search(r"<autoFilter.*?(?:</autoFilter>|/>)", xml_of(path, part), re.DOTALL)
    return found[0] if found else ""


def filtered(path: Path, column: FilterColumn | None, *, hidden: Sequence[int] = (3, 5), rows: int = 6) -> Path:
    """Write a workbook whose filter hides rows; it has a header, `rows` rows, and a line below the filter."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for line in (HEADER, *([ANA, BEN] * rows)[:rows]):
        sheet.append(line)
    sheet.auto_filter.ref = f"A1:D{rows + 1}"
    if column is not None:
        sheet.auto_filter.filterColumn = [column]
    for number in hidden:
        sheet.row_dimensions[number].hidden = True
    book.save(path)
    return path


def hidden_row(number: int, attributes: str = 'hidden="1"') -> str:
    """Return the XML of a row that nobody sees."""
    return text_row(number, ANA).replace(f'r="{number}"', f'r="{number}" {attributes}', 1)


def names_only(column: int = 1) -> FilterColumn:
    """Return a filter that shows one name."""
    return FilterColumn(colId=column, filters=Filters(filter=["Ana"]))


COLUMNS = [
    pytest.param(names_only(), id="values"),
    pytest.param(FilterColumn(colId=0, filters=Filters(blank=True)), id="blanks"),
    pytest.param(
        FilterColumn(colId=3, customFilters=CustomFilters(customFilter=[CustomFilter(val="a*")])), id="custom"
    ),
    pytest.param(FilterColumn(colId=2, colorFilter=ColorFilter(dxfId=0, cellColor=True)), id="colour"),
    pytest.param(FilterColumn(colId=2, dynamicFilter=DynamicFilter(type="thisMonth")), id="dynamic"),
    pytest.param(FilterColumn(colId=2, top10=Top10(val=10)), id="top ten"),
    pytest.param(FilterColumn(colId=2, iconFilter=IconFilter(iconSet="3Arrows")), id="icon"),
]


@pytest.mark.parametrize("column", COLUMNS)
def test_a_filter_that_hides_what_needs_attention_is_cleared(column: FilterColumn, tmp_path: Path) -> None:
    """Whatever it hides rows by goes; its area and its buttons stay, and all rows of it are shown."""
    source, target = filtered(tmp_path / "a.xlsx", column), tmp_path / "b.xlsx"
    writer = annotate_showing(source, target, [2, 5])
    assert hidden_in(target) == []
    assert filter_of(target) == '<autoFilter ref="A1:J7"></autoFilter>'
    assert writer.hidden == frozenset()
    assert writer.notes[0] == (
        "In the annotated workbook, the filter of the sheet (A1:D7) is cleared, since it hid 1 row that needs"
        " attention: 2 rows are shown again."
    )


def test_a_filter_that_hides_nothing_of_interest_stays_byte_for_byte(tmp_path: Path) -> None:
    """Rows that are as they should be stay hidden: only the filter's area grows over the appended columns."""
    source, target = filtered(tmp_path / "a.xlsx", names_only()), tmp_path / "b.xlsx"
    writer = annotate_showing(source, target, [2, 4])
    assert hidden_in(target) == [3, 5]
    assert filter_of(target) == filter_of(source).replace("A1:D7", "A1:J7")
    assert writer.hidden == {3, 5}
    assert not any("filter" in note for note in writer.notes)


def test_nobody_is_asked_where_no_row_is_hidden(tmp_path: Path) -> None:
    """To know which rows need attention takes a look at all of them."""
    source = filtered(tmp_path / "a.xlsx", names_only(), hidden=())
    table = open_table(source)
    assert isinstance(table, SheetTable)

    def asked() -> Iterable[int]:
        raise AssertionError

    users_writer(tmp_path / "b.xlsx", table, table.appended_names(APPENDED_COLUMNS), message_at=2, to_be_seen=asked)


def test_of_what_is_hidden_by_hand_only_what_needs_attention_is_shown(tmp_path: Path) -> None:
    """Without a filter somebody has hidden the rows, one by one: the others stay hidden."""
    source = filtered(tmp_path / "a.xlsx", None, hidden=(3, 4, 5))
    writer = annotate_showing(source, tmp_path / "b.xlsx", [4])
    assert hidden_in(tmp_path / "b.xlsx") == [3, 5]
    assert writer.notes[0] == (
        "In the annotated workbook, 1 row that was hidden by hand is shown, since it needs attention."
    )
    writer = annotate_showing(source, tmp_path / "b.xlsx", [3, 4])
    assert hidden_in(tmp_path / "b.xlsx") == [5]
    assert "2 rows that were hidden by hand are shown" in writer.notes[0]


def test_a_filter_does_not_answer_for_rows_beside_it(tmp_path: Path) -> None:
    """Rows below the filter's area are hidden by hand: the filter stays, and what is shown is just these."""
    source = filtered(tmp_path / "a.xlsx", names_only(), hidden=(3, 8), rows=8)
    book = openpyxl.load_workbook(source)
    book.worksheets[0].auto_filter.ref = "A1:D7"
    book.save(source)
    annotate_showing(source, tmp_path / "b.xlsx", [8])
    assert hidden_in(tmp_path / "b.xlsx") == [3]
    assert "<filterColumn" in filter_of(tmp_path / "b.xlsx")


def test_what_a_filter_says_beside_its_criteria_stays(tmp_path: Path) -> None:
    """That a column has no button, and how the rows are sorted, hides nothing; several criteria all go."""
    rows = text_row(1, HEADER) + text_row(2, ANA) + hidden_row(3) + text_row(4, ANA)
    kept = '<filterColumn colId="0" hiddenButton="1"/>'
    inner = '<filterColumn colId="1" showButton="0"><filters><filter val="Ana"/></filters></filterColumn>'
    gone = '<filterColumn colId="2"><filters blank="1"/></filterColumn>'
    extended = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        '<mc:Choice Requires="x14"><filterColumn colId="3"><filters/></filterColumn></mc:Choice></mc:AlternateContent>'
    )
    sorting = '<sortState ref="A2:D4"><sortCondition ref="B2:B4"/></sortState>'
    source = package(
        tmp_path / "a.xlsx",
        rows,
        before='<sheetPr filterMode="1" codeName="x"/>',
        after=f'<autoFilter ref="A1:D4">{kept}{inner}\n{gone}{extended}{sorting}</autoFilter><pageMargins left="1"/>',
    )
    annotate_showing(source, tmp_path / "b.xlsx", [3])
    expected = f'{kept}<filterColumn colId="1" showButton="0"></filterColumn>\n{sorting}'
    whole = xml_of(tmp_path / "b.xlsx")
    assert f'<autoFilter ref="A1:J4">{expected}</autoFilter><pageMargins left="1"/>' in whole
    assert '<sheetPr codeName="x"/>' in whole
    assert "hidden" not in whole.replace("hiddenButton", "")


@pytest.mark.parametrize("needing", [[3], [4], [3, 4]])
def test_the_filters_of_table_objects_are_cleared_one_by_one(needing: list[int], tmp_path: Path) -> None:
    """A table object has a filter of its own, and what another table below hides stays hidden."""
    source, target = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for line in (HEADER, ANA, BEN, ANA, BEN, ["x"], ["y", "1"], ["z", "2"]):
        sheet.append(line)
    for name, area in (("People", "A1:D5"), ("Other", "A7:B8")):
        table = Table(displayName=name, ref=area, autoFilter=AutoFilter(ref=area, filterColumn=[names_only()]))
        sheet.add_table(table)
    for number in (3, 4, 8):
        sheet.row_dimensions[number].hidden = True
    book.save(source)
    annotate_showing(source, target, needing)
    assert hidden_in(target) == [8]
    assert filter_of(target, TABLE) == '<autoFilter ref="A1:J5"></autoFilter>'
    assert xml_of(target, "xl/tables/table2.xml") == xml_of(source, "xl/tables/table2.xml")


def test_a_filter_whose_rows_another_one_shows_is_cleared_too(tmp_path: Path) -> None:
    """Two tables side by side hide the same rows: a filter must not say that it hides what is shown."""
    source, target = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for line in ([*HEADER, "", "a"], [*ANA, "", "1"], [*BEN, "", "2"], [*ANA, "", "3"], [*BEN, "", "4"]):
        sheet.append(line)
    for name, area in (("People", "A1:D3"), ("Other", "F2:F5")):
        table = Table(displayName=name, ref=area, autoFilter=AutoFilter(ref=area, filterColumn=[names_only(0)]))
        sheet.add_table(table)
    for number in (3, 5):
        sheet.row_dimensions[number].hidden = True
    book.save(source)
    writer = annotate_showing(source, target, [3])
    assert hidden_in(target) == []
    assert [filter_of(target, f"xl/tables/table{number}.xml").count("filterColumn") for number in (1, 2)] == [0, 0]
    assert "2 filters of the sheet (A1:D3, F2:F5) are cleared, since they hid 1 row" in writer.notes[0]


def advanced(path: Path) -> Path:
    """Write a workbook with a filter in place: it has no buttons, and its area is a hidden name."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Data")
    for row, line in enumerate([HEADER, ANA, BEN, ANA, BEN]):
        sheet.write_row(row, 0, line)
    sheet.autofilter("A1:D4")
    sheet.filter_column(1, "x == Ana")
    for row in (2, 4):
        sheet.set_row(row, None, None, {"hidden": True})
    book.close()
    return path


def test_what_xlsxwriter_filters_is_shown(tmp_path: Path) -> None:
    """Its sheets say that a filter hides rows, which is not true of the annotated one."""
    source, target = advanced(tmp_path / "a.xlsx"), tmp_path / "b.xlsx"
    assert "filterMode" in xml_of(source)
    annotate_showing(source, target, [3])
    assert hidden_in(target) == [5]  # below the filter's area
    assert "filterMode" not in xml_of(target)


def test_a_filter_in_place_is_cleared(tmp_path: Path) -> None:
    """An advanced filter leaves no buttons: that the sheet is filtered, and the hidden name, tell of it."""
    source, target = advanced(tmp_path / "a.xlsx"), tmp_path / "b.xlsx"
    parts = parts_of(source)
    sheet = re.sub(rb"<autoFilter.*</autoFilter>", b"", parts[SHEET])
    rewritten(source, tmp_path / "c.xlsx", {SHEET: sheet})
    writer = annotate_showing(tmp_path / "c.xlsx", target, [3])
    assert hidden_in(target) == [5]
    assert "filterMode" not in xml_of(target)
    assert "(A1:D4) is cleared" in writer.notes[0]


def test_a_filter_that_stays_says_so(tmp_path: Path) -> None:
    """While another filter of the sheet hides rows, the sheet goes on to say that one does."""
    source, target = filtered(tmp_path / "a.xlsx", names_only(), hidden=(3, 9), rows=8), tmp_path / "b.xlsx"
    book = openpyxl.load_workbook(source)
    sheet = book.worksheets[0]
    sheet.sheet_properties.filterMode = True
    sheet.auto_filter.ref = "A1:D5"
    area = "F8:F9"
    sheet["F8"] = "other"
    sheet["F9"] = "1"
    other = Table(displayName="Other", ref=area, autoFilter=AutoFilter(ref=area, filterColumn=[names_only(0)]))
    sheet.add_table(other)
    book.save(source)
    annotate_showing(source, target, [3])
    assert hidden_in(target) == [9]
    assert "filterMode" in xml_of(target)


@pytest.mark.parametrize("attributes", ['hidden="true"', 'ht="0" customHeight="1"', 'ht="0.0" hidden="1"'])
def test_a_row_is_shown_however_it_is_hidden(attributes: str, tmp_path: Path) -> None:
    """A row without a height is hidden too; what is hidden by grouping is shown the same way."""
    rows = text_row(1, HEADER) + hidden_row(2, f'outlineLevel="1" {attributes}')
    source = package(tmp_path / "a.xlsx", rows)
    assert hidden_in(source) == [2]
    annotate_showing(source, tmp_path / "b.xlsx", [2])
    assert hidden_in(tmp_path / "b.xlsx") == []


def test_rows_that_are_no_records_are_shown_with_their_filter(tmp_path: Path) -> None:
    """Totals and the like in the area of a filter are shown as well, behind the last record too."""
    line = '<row r="{0}" hidden="1"><c r="A{0}"><f>1+1</f><v>2</v></c></row>'
    rows = text_row(1, HEADER) + "".join(
        line.format(number) if number in (3, 5, 6) else hidden_row(number) for number in range(2, 7)
    )
    criteria = '<filterColumn colId="0"><filters blank="1"/></filterColumn>'
    source = package(tmp_path / "a.xlsx", rows, after=f'<autoFilter ref="A1:D6">{criteria}</autoFilter>')
    annotate_showing(source, tmp_path / "b.xlsx", [4])
    assert hidden_in(tmp_path / "b.xlsx") == []
    assert "<f>" not in xml_of(tmp_path / "b.xlsx")


def test_views_of_single_people_stay_as_they_are(tmp_path: Path) -> None:
    """A custom view has a filter of its own, which hides nothing until somebody chooses the view."""
    rows = text_row(1, HEADER) + hidden_row(2)
    criteria = '<autoFilter ref="A1:D2"><filterColumn colId="0"><filters blank="1"/></filterColumn></autoFilter>'
    view = '<customSheetView guid="{0E0E0E0E-0000-0000-0000-000000000000}" filter="1" showAutoFilter="1">'
    views = f"<customSheetViews>{view}{criteria}</customSheetView></customSheetViews>"
    source = package(tmp_path / "a.xlsx", rows, after=criteria + views)
    annotate_showing(source, tmp_path / "b.xlsx", [2])
    assert views in xml_of(tmp_path / "b.xlsx")
    assert hidden_in(tmp_path / "b.xlsx") == []


def test_elements_with_a_prefix_are_shown_too(tmp_path: Path) -> None:
    """Libraries for .NET write a prefix before every name."""
    rows = text_row(1, HEADER) + hidden_row(2)
    criteria = '<autoFilter ref="A1:D2"><filterColumn colId="0"><filters blank="1"/></filterColumn></autoFilter>'
    source = package(tmp_path / "a.xlsx", rows, after=criteria)
    prefixed = re.sub(r"<(/?)(?=[a-z])", r"<\1x:", xml_of(source)).replace("xmlns=", "xmlns:x=")
    rewritten(source, tmp_path / "c.xlsx", {SHEET: prefixed.encode()})
    annotate_showing(tmp_path / "c.xlsx", tmp_path / "b.xlsx", [2])
    assert '<x:autoFilter ref="A1:J2"></x:autoFilter>' in xml_of(tmp_path / "b.xlsx")
    assert "hidden" not in xml_of(tmp_path / "b.xlsx")
