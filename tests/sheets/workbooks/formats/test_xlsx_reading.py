"""Workbooks, read."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from importer.model.source import APPENDED_COLUMNS, Field
from importer.sheets.open import open_table
from importer.sheets.reading import Reading
from importer.sheets.table import CellError, RecordKind
from tests.sheets.files import (
    ANA,
    BEN,
    HEADER,
    MAIN,
    PACKAGE,
    RELATIONS,
    annotate,
    cells_of,
    issues_of,
    numbers_of,
    refusal,
    text_cell,
    text_row,
    write_package,
    write_xlsx,
)

HEAD = text_row(1, [*HEADER, "Group ID"])
WITH_GROUP = [*HEADER, "Group ID"]


def test_the_rows_of_a_sheet_have_the_numbers_of_its_lines(tmp_path: Path) -> None:
    """Blank lines are counted and are no rows."""
    path = write_xlsx(tmp_path / "a.xlsx", {"Data": [[], HEADER, ANA, [], [" ", "\u00a0"], BEN]})
    table = open_table(path)
    assert numbers_of(table) == [3, 6]
    assert sum(table.skips.values()) == 3
    assert [list(row.values()) for row in cells_of(table)] == [ANA, BEN]
    assert (table.format, table.sheet, table.prefix, table.width()) == ("xlsx", "Data", "", 4)


def test_a_table_in_the_middle_of_a_sheet_keeps_its_lines_and_columns(tmp_path: Path) -> None:
    """Its first cell is C5; what a person sees as line 6 is row 6."""
    book = openpyxl.Workbook()
    for line, cells in enumerate([HEADER, ANA, BEN], start=5):
        for column, cell in enumerate(cells, start=3):
            book.worksheets[0].cell(line, column, cell)
    book.save(tmp_path / "a.xlsx")
    table = open_table(tmp_path / "a.xlsx")
    assert numbers_of(table) == [6, 7]
    assert table.columns[Field.CUSTOMER_ID].position == 2
    assert table.width() == 6
    records = list(table.records())
    assert [(record.number, record.kind) for record in records[:5]] == [
        *((number, RecordKind.SKIPPED) for number in range(1, 5)),
        (5, RecordKind.HEADER),
    ]
    assert [list(record.cells) for record in records[4:]] == [[None, None, *cells] for cells in (HEADER, ANA, BEN)]


def test_reading_again_gives_the_same_again(tmp_path: Path) -> None:
    """A sheet is parsed once, and read as often as needed."""
    table = open_table(write_xlsx(tmp_path / "a.xlsx", {"Data": [HEADER, ANA, BEN]}))
    assert cells_of(table) == cells_of(table)
    assert list(table.records()) == list(table.records())


@pytest.mark.parametrize("name", ["Null", "NA", "None", "nan", "#N/A", "007", "TRUE", "1e5"])
def test_trap_15_text_that_looks_like_something_else_is_text(tmp_path: Path, name: str) -> None:
    """Trap 15: only the type of the cell says what it is."""
    path = write_package(tmp_path / "a.xlsx", HEAD + text_row(2, ["x", name, "b", "c", name]))
    table = open_table(path)
    assert issues_of(table) == []
    assert cells_of(table)[0]["first_name"] == cells_of(table)[0]["group_id"] == name


@pytest.mark.parametrize(
    ("cell", "code", "text"),
    [
        pytest.param('<c r="E2"><v>12345678901234567890</v></c>', "number_cell", "12345678901234567000", id="number"),
        pytest.param('<c r="E2" t="n"><v>7</v></c>', "number_cell", "7", id="whole"),
        pytest.param('<c r="E2" t="b"><v>1</v></c>', "boolean_cell", "TRUE", id="boolean"),
        pytest.param('<c r="E2" t="d"><v>2024-01-02</v></c>', "date_cell", "2024-01-02", id="date"),
        pytest.param('<c r="E2" t="e"><v>#N/A</v></c>', "error_cell", "#N/A", id="error"),
        pytest.param("<c r='E2' t='e'><v>#REF!</v></c>", "error_cell", "#REF!", id="error-single-quotes"),
        pytest.param('<c t="e" r="E2"><f>X</f><v>#NAME?</v></c>', "error_cell", "#NAME?", id="error-other-order"),
        pytest.param('<c r="E2" t="e"><v></v></c>', "error_cell", "#N/A", id="error-without-code"),
        pytest.param('<c r="E2"><f>A1</f></c>', "formula_without_value", "", id="formula"),
        pytest.param('<c r="E2"><f>A1</f><v></v></c>', "formula_without_value", "", id="formula-empty-value"),
        pytest.param('<c r="E2"><f t="shared" si="0"/></c>', "formula_without_value", "", id="shared-formula"),
        pytest.param('<c r="E2" t="str"><f>A1</f><v></v></c>', "stale_formula", "", id="formula-empty-text"),
    ],
)
def test_trap_10_a_cell_that_is_not_text_is_an_issue_of_its_own_kind(
    tmp_path: Path, cell: str, code: str, text: str
) -> None:
    """Trap 10: an optional cell too is never taken as blank; what a person sees may differ from what is stored."""
    table = open_table(write_package(tmp_path / "a.xlsx", HEAD + text_row(2, ANA, cell) + text_row(3, BEN)))
    [issue] = issues_of(table)
    assert (issue.row, issue.code, issue.column) == (2, code, "Group ID")
    assert issue.message.startswith('"Group ID" holds ')
    assert [row["group_id"] for row in cells_of(table)] == [text, ""]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        pytest.param('<c r="E2" t="str"><f>A1</f><v>abc</v></c>', "abc", id="stored-text"),
        pytest.param('<c r="E2" s="0"/>', "", id="empty"),
        pytest.param('<c r="E2" t="inlineStr"><is><r><t>ri</t></r><r><t>ch</t></r></is></c>', "rich", id="rich-text"),
        pytest.param('<c r="E2" t="inlineStr"><is><t>t="e" &lt;f&gt;</t></is></c>', 't="e" <f>', id="looks-like-xml"),
        pytest.param('<!-- <c r="E2" t="e"> --><c r="E2" t="str"><v>abc</v></c>', "abc", id="comment"),
    ],
)
def test_text_and_nothing_are_no_issues(tmp_path: Path, cell: str, text: str) -> None:
    """A formula's stored text is what a person sees."""
    table = open_table(write_package(tmp_path / "a.xlsx", HEAD + text_row(2, ANA, cell)))
    assert issues_of(table) == []
    assert [row["group_id"] for row in cells_of(table)] == [text]


def test_trap_10_a_line_of_nothing_but_errors_or_formulas_is_a_row(tmp_path: Path) -> None:
    """Trap 10: it is the last one, and there is no text in it."""
    more = '<row r="4"><c r="A4"><f>B1</f></c></row><row r="7"><c r="B7" t="e"><v>#N/A</v></c></row>'
    table = open_table(write_package(tmp_path / "a.xlsx", HEAD + text_row(2, ANA) + more))
    assert numbers_of(table) == [2, 4, 7]
    assert sum(table.skips.values()) == 3
    assert table.width() == 5
    assert [(issue.row, issue.code) for issue in issues_of(table)] == [
        (4, "formula_without_value"),
        (7, "error_cell"),
    ]
    last = list(table.records())[-1]
    assert last.cells == (None, CellError("#N/A"))
    only_formula = more.partition('<row r="7"')[0]
    table = open_table(write_package(tmp_path / "b.xlsx", HEAD + text_row(2, ANA) + only_formula))
    assert numbers_of(table) == [2, 4]
    assert [record.kind.name for record in table.records()] == ["HEADER", "ROW", "SKIPPED", "ROW"]


def test_errors_anywhere_are_kept_as_errors(tmp_path: Path) -> None:
    """A column that is not sent is no issue, and the annotated sheet shows what was there."""
    rows = HEAD + text_row(2, ANA, '<c r="F2" t="e"><v>#DIV/0!</v></c><c r="G2"><v>5</v></c>')
    table = open_table(write_package(tmp_path / "a.xlsx", rows))
    assert issues_of(table) == []
    assert list(table.records())[1].cells == (*ANA, None, CellError("#DIV/0!"), 5.0)


def test_an_error_of_a_kind_that_is_newer_than_this_is_kept_as_it_is(tmp_path: Path) -> None:
    """Excel gets new ones now and then."""
    path = write_package(tmp_path / "a.xlsx", HEAD + text_row(2, ANA, '<c r="F2" t="e"><v>#GETTING_DATA</v></c>'))
    assert list(open_table(path).records())[1].cells[5:] == (CellError("#GETTING_DATA"),)


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param('<c r="F2" t="e"><v>#Ana</v></c>', id="error"),
        pytest.param('<c r="F2" t="b"><v>Ana</v></c>', id="truth-value"),
        pytest.param('<c r="F2"><v>Ana</v></c>', id="number"),
        pytest.param('<c r="F2"><v>1e999</v></c>', id="number-without-end"),
        pytest.param('<c r="F2" t="s"><v>7</v></c>', id="string"),
        pytest.param('<c r="F2" t="s"><v>-1</v></c>', id="string-before-the-first"),
        pytest.param('<c r="F2" t="ana"><v>7</v></c>', id="kind"),
    ],
)
def test_a_cell_that_is_not_what_it_says_is_refused_by_its_name_alone(tmp_path: Path, cell: str) -> None:
    """What stands in it may be anybody's name."""
    error = refusal(write_package(tmp_path / "a.xlsx", HEAD + text_row(2, ANA, cell)))
    assert error.code == "damaged_workbook"
    assert "cell F2" in error.message
    assert "ana" not in error.message.lower().replace("a.xlsx", "")


def test_trap_16_readers_agree_on_dates_of_both_calendars(tmp_path: Path) -> None:
    """Trap 16: dates counted from 1900 and from 1904 are what openpyxl wrote."""
    day, moment = dt.date(2024, 2, 29), dt.datetime(2024, 2, 29, 13, 5)  # noqa: DTZ001 - a sheet has no zones
    for calendar in (None, CALENDAR_MAC_1904):
        book = openpyxl.Workbook()
        if calendar is not None:
            book.epoch = calendar
        for row in ([*HEADER, "a", "b", "c", "d"], [*ANA, day, moment, dt.time(13, 5), dt.timedelta(hours=30)]):
            book.worksheets[0].append(row)
        book.save(tmp_path / "a.xlsx")
        [_, record] = open_table(tmp_path / "a.xlsx").records()
        assert list(record.cells[4:]) == [day, moment, dt.time(13, 5), dt.timedelta(hours=30)]


def _styles(formats: str, after: str = "") -> str:
    return f'<styleSheet xmlns="{MAIN}"><cellXfs>{formats}</cellXfs>{after}</styleSheet>'


def test_an_extension_of_the_workbook_says_nothing_of_its_calendar(tmp_path: Path) -> None:
    """Excel for the Mac writes a second element of that name, where dates would be four years off."""
    workbook = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><workbookPr date1904="1"/><sheets><sheet name="Data" '
        'sheetId="1" r:id="rId1"/></sheets><extLst><ext><x14:workbookPr xmlns:x14="x" a="b"/></ext></extLst></workbook>'
    )
    parts = {"xl/workbook.xml": workbook, "xl/styles.xml": _styles('<xf numFmtId="14"/>')}
    path = write_package(tmp_path / "a.xlsx", HEAD + text_row(2, ANA, '<c r="F2"><v>40850</v></c>'), parts=parts)
    assert list(open_table(path).records())[1].cells[5] == dt.date(2015, 11, 4)


def test_a_format_for_conditions_is_no_format_of_a_cell(tmp_path: Path) -> None:
    """It may have the number of one that is built in."""
    conditions = '<dxfs><dxf><numFmt numFmtId="14" formatCode="@"/></dxf></dxfs>'
    path = write_package(
        tmp_path / "a.xlsx",
        HEAD + text_row(2, ANA, '<c r="F2"><v>45351</v></c>'),
        parts={"xl/styles.xml": _styles('<xf numFmtId="14"/>', conditions)},
    )
    assert list(open_table(path).records())[1].cells[5] == dt.date(2024, 2, 29)


def test_a_date_in_words_of_its_own_is_the_same_as_one_in_days(tmp_path: Path) -> None:
    """At midnight it is a day, as one that is stored as a number."""
    cells = '<c r="F2" t="d"><v>2024-02-29T00:00:00</v></c><c r="G2" t="d"><v>2024-02-29T13:05:00Z</v></c>'
    [_, record] = open_table(write_package(tmp_path / "a.xlsx", HEAD + text_row(2, ANA, cells))).records()
    moment = dt.datetime(2024, 2, 29, 13, 5)  # noqa: DTZ001 - a sheet has no zones
    assert list(record.cells[5:]) == [dt.date(2024, 2, 29), moment]


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("a_xD83D__xDE00_b", "a\U0001f600b"),
        ("a_xd83d__xde00__x000d_", "a\U0001f600\r"),
        ("a_xD83D_b", "a\ufffdb"),
        ("_xDE00__xD83D_", "\ufffd\ufffd"),
        ("_x005F_x0041_", "_x0041_"),
        ("_x0041_x0042_", "Ax0042_"),
    ],
)
@pytest.mark.parametrize("shared", [True, False])
def test_codes_for_characters_are_units_of_utf_16(tmp_path: Path, *, stored: str, text: str, shared: bool) -> None:
    """Two of them make one character, and half of one is none."""
    strings = f'<sst xmlns="{MAIN}"><si><t>{stored}</t></si></sst>'
    cell = '<c r="F2" t="s"><v>0</v></c>' if shared else f'<c r="F2" t="inlineStr"><is><t>{stored}</t></is></c>'
    path = write_package(tmp_path / "a.xlsx", HEAD + text_row(2, ANA, cell), parts={"xl/sharedStrings.xml": strings})
    assert list(open_table(path).records())[1].cells[5] == text


@pytest.mark.parametrize(
    "written", ["sheets/my%20sheet.xml", "/xl/sheets/my sheet.xml", "..\\xl\\sheets\\my%20sheet.xml"]
)
def test_a_part_is_found_however_its_name_is_written(tmp_path: Path, written: str) -> None:
    """A relation may have percent signs where the archive has spaces."""
    relations = f'<Relationship Id="rId1" Type="{RELATIONS}/worksheet" Target="{written}"/>'
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{HEAD}{text_row(2, ANA)}</sheetData></worksheet>'
    parts = {
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>',
        "xl/sheets/my sheet.xml": sheet,
    }
    assert [
        list(row.values())[:4] for row in cells_of(open_table(write_package(tmp_path / "a.xlsx", "", parts=parts)))
    ] == [ANA]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        pytest.param(text_row(2, ANA, text_cell("B2", "x")), "cell B2 is in it twice", id="twice"),
        pytest.param(text_row(2, ANA, '<c r="B2"/><c  r="C2"/>'), "cell B2 is in it twice", id="empty-again"),
        pytest.param(
            f'<row r="2">{text_cell("B2", "b")}<c r="A2"/><c t="str"><v>x</v></c></row>', "cell B2", id="no-name"
        ),
        pytest.param(f'<row r="2">{text_cell("A3", "a")}</row>', "cell A3 is in its row 2", id="other-row"),
    ],
)
def test_a_cell_where_there_is_one_is_refused(tmp_path: Path, row: str, why: str) -> None:
    """Programs differ in which of two they show, and Excel shows neither."""
    error = refusal(write_package(tmp_path / "a.xlsx", HEAD + row))
    assert error.code == "damaged_workbook"
    assert why in error.message


def test_cells_of_a_row_may_stand_in_any_order(tmp_path: Path) -> None:
    """Each says where it is."""
    row = f'<row r="2">{"".join(text_cell(f"{at}2", text) for at, text in zip("DBCA", ANA, strict=True))}</row>'
    [cells] = cells_of(open_table(write_package(tmp_path / "a.xlsx", HEAD + row)))
    assert list(cells.values())[:4] == [ANA[3], ANA[1], ANA[2], ANA[0]]


def test_trap_16_shared_strings_and_rich_text_are_the_same_text_in_both_readers(tmp_path: Path) -> None:
    """Trap 16: Openpyxl is the other reader."""
    strings = (
        "<sst uniqueCount='2'><si><t xml:space='preserve'> a </t></si><si><r><t>b</t></r><r><t>c</t></r></si></sst>"
    )
    strings = strings.replace("<sst", '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"')
    more = '<c r="F2" t="s"><v>0</v></c><c r="G2" t="s"><v>1</v></c>'
    path = write_package(tmp_path / "a.xlsx", HEAD + text_row(2, ANA, more), parts={"xl/sharedStrings.xml": strings})
    [_, record] = open_table(path).records()
    assert list(record.cells[5:]) == [" a ", "bc"]
    assert [cell.value for cell in openpyxl.load_workbook(path)["Data"][2]][5:] == [" a ", "bc"]


def test_a_mark_at_the_beginning_of_a_part_counts_more_than_a_declaration(tmp_path: Path) -> None:
    """It is so for the cells and for the texts that they share."""
    begin = b'\xef\xbb\xbf<?xml version="1.0" encoding="windows-1252"?>'
    strings = f'<sst xmlns="{MAIN}"><si><t>Zoë</t></si></sst>'.encode()
    row = text_row(2, ["1", "José", "b", "c"], '<c r="F2" t="s"><v>0</v></c>')
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{HEAD}{row}</sheetData></worksheet>'.encode()
    parts = {"xl/sharedStrings.xml": begin + strings, "xl/worksheets/sheet1.xml": begin + sheet}
    [_, record] = open_table(write_package(tmp_path / "a.xlsx", "", parts=parts)).records()
    assert list(record.cells) == ["1", "José", "b", "c", None, "Zoë"]


def test_a_long_table_of_shared_strings_is_read(tmp_path: Path) -> None:
    """It is looked at in blocks, and declares as many strings as it has."""
    texts = [f"{number} {'x' * 60}" for number in range(25_000)]
    strings = f'<sst uniqueCount="{len(texts)}">' + "".join(f"<si><t>{text}</t></si>" for text in texts) + "</sst>"
    more = '<c r="F2" t="s"><v>24999</v></c>'
    path = write_package(tmp_path / "a.xlsx", HEAD + text_row(2, ANA, more), parts={"xl/sharedStrings.xml": strings})
    assert list(open_table(path).records())[1].cells[5] == texts[-1]


def test_the_value_of_a_merged_area_is_that_of_each_of_its_rows(tmp_path: Path) -> None:
    """The other cells are empty, as they are stored."""
    path = write_xlsx(tmp_path / "a.xlsx", {"Data": [HEADER, ANA, [None, *BEN[1:]]]})
    book = openpyxl.load_workbook(path)
    book["Data"].merge_cells("A2:A3")
    book.save(path)
    assert [row["customer_id"] for row in cells_of(open_table(path))] == [ANA[0], ANA[0]]


@pytest.mark.parametrize("reference", ["E2:E3", "E3:E2", "$E$2:$E$3", "F3:E2"])
def test_a_merged_area_is_the_same_from_whichever_corner_it_is_named(tmp_path: Path, reference: str) -> None:
    """A group that is seen in a row does not fall to that of the run."""
    path = write_xlsx(tmp_path / "a.xlsx", {"Data": [[*HEADER, "Group ID"], [*ANA, "g1"], BEN]})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    merged = f'</sheetData><mergeCells count="1"><mergeCell ref="{reference}"/></mergeCells>'
    parts[sheet] = parts[sheet].replace(b"</sheetData>", merged.encode())
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    assert [row["group_id"] for row in cells_of(open_table(path))] == ["g1", "g1"]


def test_the_only_visible_sheet_with_the_columns_is_taken(tmp_path: Path) -> None:
    """Others may hold anything, and a hidden one is not chosen by itself."""
    path = write_xlsx(
        tmp_path / "a.xlsx", {"Notes": [["hello"]], "Empty": [], "Old": [HEADER, BEN], "Data": [HEADER, ANA]}
    )
    book = openpyxl.load_workbook(path)
    book["Old"].sheet_state = "hidden"
    book.save(path)
    assert open_table(path).sheet == "Data"
    assert [list(row.values()) for row in cells_of(open_table(path, Reading(sheet="Old")))] == [BEN]


def test_customers_on_a_sheet_without_a_header_are_told(tmp_path: Path) -> None:
    """As exports go on that begin another sheet where one is full; lists of ids alone are not told."""
    others = {"More": [[*BEN]], "Orders": [["Customer ID", "Amount"], [BEN[0], "12"]], "Mail": [["x", BEN[3]]]}
    path = write_xlsx(tmp_path / "a.xlsx", {"Data": [HEADER, ANA], **others})
    notes = [note for note in open_table(path).detected.notes if "look like customers" in note]
    assert len(notes) == 1
    assert notes[0].startswith('The sheet "More" is not read')
    assert not open_table(path, Reading(sheet="Data")).detected.notes


def test_several_sheets_with_the_columns_are_an_error_that_lists_them(tmp_path: Path) -> None:
    """Which one is meant is for a person to say."""
    error = refusal(write_xlsx(tmp_path / "a.xlsx", {"May": [HEADER], "June": [HEADER], "Notes": [["x"]]}))
    assert error.code == "several_sheets"
    assert '"May" and "June"' in error.message
    assert "--sheet" in error.hint


def test_no_sheet_with_the_columns_is_an_error_that_lists_them(tmp_path: Path) -> None:
    """Of a single filled sheet, it is said what is missing in it."""
    assert refusal(write_xlsx(tmp_path / "a.xlsx", {"A": [["x"]], "B": [["y"]]})).code == "missing_column"
    path = write_xlsx(tmp_path / "a.xlsx", {"A": [], "B": []})
    assert refusal(path).code == refusal(path, sheet="A").code == "empty_source"
    error = refusal(write_xlsx(tmp_path / "a.xlsx", {"A": [], "B": [HEADER[:3]]}))
    assert error.code == "missing_column"
    assert error.message.startswith('The sheet "B" of a.xlsx has no column for the e-mail address')


def test_a_sheet_with_two_columns_for_one_field_is_still_a_sheet_with_the_columns(tmp_path: Path) -> None:
    """It is not passed over for another one in silence."""
    error = refusal(write_xlsx(tmp_path / "a.xlsx", {"A": [HEADER], "B": [[*HEADER, "Mail"]]}))
    assert error.code == "several_sheets"


@pytest.mark.parametrize(("asked", "hint"), [("date", 'Did you mean "Data"?'), ("zzz", "Name one of them")])
def test_an_unknown_sheet_is_an_error_with_the_nearest_name(tmp_path: Path, asked: str, hint: str) -> None:
    """All the names are listed, with those that are hidden."""
    path = write_xlsx(tmp_path / "a.xlsx", {"Data": [HEADER], "Old": []})
    book = openpyxl.load_workbook(path)
    book["Old"].sheet_state = "veryHidden"
    book.save(path)
    error = refusal(path, sheet=asked)
    assert error.code == "unknown_sheet"
    assert '"Data" and "Old" (hidden)' in error.message
    assert error.hint.startswith(hint)


def test_a_chart_sheet_is_no_sheet_with_rows(tmp_path: Path) -> None:
    """It is not offered either."""
    path = write_xlsx(tmp_path / "a.xlsx", {"Data": [HEADER, ANA]})
    book = openpyxl.load_workbook(path)
    book.create_chartsheet("Chart")
    book.save(path)
    assert open_table(path).sheet == "Data"
    assert '"Chart"' not in refusal(path, sheet="x").message


def test_a_sheet_of_macros_is_no_sheet_with_rows(tmp_path: Path) -> None:
    """It is listed, and has no part of its own."""
    sheets = '<sheet name="Data" sheetId="1" r:id="rId1"/><sheet name="Module" sheetId="2" r:id=""/>'
    workbook = f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{sheets}</sheets></workbook>'
    path = write_package(tmp_path / "a.xlsx", HEAD + text_row(2, ANA), parts={"xl/workbook.xml": workbook})
    assert open_table(path).sheet == "Data"
    assert '"Module"' not in refusal(path, sheet="x").message


@pytest.mark.parametrize(
    ("types", "parts", "form", "notes"),
    [
        pytest.param("sheet.main+xml", (), "xlsx", 0, id="plain"),
        pytest.param("sheet.macroEnabled.main+xml", (), "xlsm", 0, id="that-may-have-some"),
        pytest.param("sheet.macroEnabled.main+xml", ("xl/vbaProject.bin",), "xlsm", 1, id="with-some"),
        pytest.param("sheet.main+xml", ("xl/vbaProject.bin",), "xlsx", 1, id="with-some-in-a-plain-one"),
    ],
)
def test_macros_are_spoken_of_where_there_are_some(
    tmp_path: Path, types: str, parts: Sequence[str], form: str, notes: int
) -> None:
    """Some programs say of any workbook that it may have some, or of every part with the ending `bin`."""
    said = (
        f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="application/vnd.ms-excel.{types}"/></Types>'
    )
    more = {"[Content_Types].xml": said, **dict.fromkeys(parts, "macros")}
    table = open_table(write_package(tmp_path / "a.xlsm", HEAD + text_row(2, ANA), parts=more))
    assert (table.detected.format, list(table.detected.notes)) == (
        form,
        ["The macros in the file are not run."] * notes,
    )


def test_own_columns_of_an_earlier_run_are_dropped(tmp_path: Path) -> None:
    """The sheet that a report is can be read as the source that it was written from."""
    path = write_xlsx(tmp_path / "a.xlsx", {"Data": [[*HEADER, "Status"], [*ANA, "new"], BEN]})
    again = open_table(annotate(path, tmp_path / "b.xlsx"))
    assert (again.prefix, again.width()) == ("import_", 5)
    assert cells_of(again) == cells_of(open_table(path))
    names = openpyxl.load_workbook(tmp_path / "b.xlsx")["Data"][1]
    assert [cell.value for cell in names][5:] == [f"import_{name}" for name in APPENDED_COLUMNS]


@pytest.mark.parametrize(
    "inside",
    [
        pytest.param('<extLst><ext uri="{0}" xmlns:q="urn:q"><q:v>x</q:v></ext></extLst>', id="extension"),
        pytest.param('<extLst><ext uri="{0}"><v>x</v></ext></extLst>', id="extension-without-prefix"),
        pytest.param('<q:v xmlns:q="urn:q">x</q:v>', id="other-prefix"),
        pytest.param('<v xmlns="urn:q">x</v>', id="other-namespace"),
        pytest.param("<note><v>x</v><is><t>y</t></is></note>", id="unknown-element"),
    ],
)
def test_what_is_no_part_of_a_cells_value_is_not_read_as_one(tmp_path: Path, inside: str) -> None:
    """An extension may hold values of its own: a person sees the cell's."""
    cells = f'<c r="E2" t="str"><v>Group</v>{inside}</c>'
    table = open_table(write_package(tmp_path / "a.xlsx", HEAD + text_row(2, ANA, cells)))
    assert [row["group_id"] for row in cells_of(table)] == ["Group"]
    assert issues_of(table) == []


@pytest.mark.parametrize("code", ["Err:502", "#FOO!", "#BUSY!"])
def test_an_error_of_another_program_is_an_error_cell(tmp_path: Path, code: str) -> None:
    """It spoils its row where it is sent, and no more than that."""
    path = write_package(
        tmp_path / "a.xlsx", HEAD + text_row(2, ANA, f'<c r="E2" t="e"><v>{code}</v></c>') + text_row(3, BEN)
    )
    table = open_table(path)
    assert numbers_of(table) == [2, 3]
    assert [(issue.row, issue.code) for issue in issues_of(table)] == [(2, "error_cell")]
