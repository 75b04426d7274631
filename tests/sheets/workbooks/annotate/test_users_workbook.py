"""The user's own workbook, annotated: nothing of it is lost, and what is appended stands where it belongs."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from python_calamine import load_workbook

from importer.errors import ReportError
from importer.model.statuses import Status
from importer.sheets.open import open_table
from importer.sheets.table import Record, RecordKind
from importer.sheets.tones import TONES
from importer.sheets.workbooks.annotate.appended_area import AppendedArea
from importer.sheets.workbooks.cell_text import sheet_text
from tests.sheets.files import ANA, BEN, HEADER, cells_of, text_row, write_package, write_xlsx
from tests.sheets.workbooks.annotate.users_files import (
    NAMES,
    SHEET,
    UPDATED,
    annotate_own,
    cells,
    changed_parts,
    own_writer,
    package,
    parts_of,
    rewritten,
    rich_workbook,
    texts,
    write_own,
)

STYLES = "xl/styles.xml"
WORKBOOK = "xl/workbook.xml"
TYPES = "[Content_Types].xml"
PLACE = AppendedArea(1, 4, NAMES)


@pytest.mark.slow
def test_every_part_that_need_not_change_is_byte_for_byte_the_same(tmp_path: Path) -> None:
    """Charts, pictures, comments, buttons, sparklines, the formulas of other sheets and hidden sheets are there."""
    source, target = rich_workbook(tmp_path / "a.xlsx"), tmp_path / "b.xlsx"
    writer = annotate_own(source, target)
    assert changed_parts(source, target) == {SHEET, STYLES, WORKBOOK}
    assert list(writer.asides) == ["In the annotated workbook, 3 formulas of the sheet are replaced by their values."]
    names = list(parts_of(target))
    assert names == list(parts_of(source))
    assert {"xl/charts/chart1.xml", "xl/media/image1.png", "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml"} <= set(
        names
    )


def test_the_sheet_keeps_what_a_person_has_made_of_it(tmp_path: Path) -> None:
    """Formats, widths, hidden rows and columns, panes, rules, choices, comments and protection are as they were."""
    source, target = rich_workbook(tmp_path / "a.xlsx"), tmp_path / "b.xlsx"
    annotate_own(source, target)
    before, after = cells(source), cells(target)
    assert after.freeze_panes == "B2"
    assert after.row_dimensions[3].hidden
    assert after.column_dimensions["C"].hidden
    assert after.column_dimensions["A"].width == before.column_dimensions["A"].width
    assert after.data_validations.dataValidation[0].formula1 == '"Ana,Ben"'
    assert [str(area.sqref) for area in after.conditional_formatting] == ["E2:E9"]
    assert after["B2"].comment.text == before["B2"].comment.text
    assert after.protection.sheet
    assert after.page_setup.orientation == "landscape"
    assert [cell.number_format for cell in after[2]][4:6] == ["#,##0.00 €", "General"]
    for row in (1, 2, 3, 4):
        assert texts(after, row)[:5] == texts(before, row)[:5]
        assert [repr(cell.font) for cell in after[row]][:6] == [repr(cell.font) for cell in before[row]][:6]


def test_the_appended_cells_stand_beside_the_table(tmp_path: Path) -> None:
    """Text is text and numbers are numbers; the filter and the widths reach over them, and they are not hidden."""
    source, target = rich_workbook(tmp_path / "a.xlsx"), tmp_path / "b.xlsx"
    annotate_own(source, target, results={3: ("failed", None, "=1+1", "connect_failed", None, 5)})
    sheet = cells(target)
    assert texts(sheet, 1)[6:12] == NAMES
    assert texts(sheet, 2)[6:12] == list(UPDATED)
    assert texts(sheet, 3)[6:12] == ["failed", None, "=1+1", "connect_failed", None, 5]
    assert [cell.data_type for cell in sheet[3]][6:12] == ["s", "n", "s", "s", "n", "n"]
    assert texts(sheet, 5)[6:12] == [None] * 6
    assert sheet.auto_filter.ref == "A1:L4"
    widths = {letter: sheet.column_dimensions[letter].width for letter in "GHIJKL"}
    assert widths == {"G": 11, "H": 22, "I": 12, "J": 16, "K": 16, "L": 13}
    assert not any(sheet.column_dimensions[letter].hidden for letter in "GHIJKL")
    assert sheet.column_dimensions["M"].hidden
    assert sheet.column_dimensions["F"].hidden


def test_the_appended_cells_join_the_look_of_the_table(tmp_path: Path) -> None:
    """The header is that of its neighbour; below it, font and border are joined, but no colour and no underline."""
    target = tmp_path / "b.xlsx"
    source = rich_workbook(tmp_path / "a.xlsx")
    annotate_own(source, target, results={2: ("failed", None, "x", None, None, 1)})
    sheet = cells(target)
    for column in "GHIJKL":
        looks = [repr((cell.font, cell.fill, cell.border)) for cell in (sheet[f"{column}1"], sheet["F1"])]
        assert looks[0] == looks[1]
    assert [sheet[f"{column}1"].alignment.horizontal for column in "FGKL"] == [None, None, "right", "right"]
    cell = sheet["G2"]
    assert (cell.font.name, cell.font.size, cell.font.underline, cell.font.color) == ("Arial", 10, None, None)
    assert (cell.fill.fgColor.rgb, cell.number_format) == (f"FF{TONES[Status.FAILED]}", "General")
    assert [sheet[f"{column}2"].alignment.wrap_text for column in "GI"] == [None, True]


def test_a_header_in_the_middle_stays_there(tmp_path: Path) -> None:
    """Above numbers, too: it is how this person writes headers."""
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet, middle = book.add_worksheet("Data"), book.add_format({"align": "center", "locked": False})
    sheet.write_row(0, 0, HEADER, middle)
    sheet.write_row(1, 0, ANA)
    book.close()
    annotate_own(tmp_path / "a.xlsx", tmp_path / "b.xlsx")
    assert {cell.alignment.horizontal for cell in cells(tmp_path / "b.xlsx")[1]} == {"center"}


def test_a_status_has_its_colour_and_another_word_has_none(tmp_path: Path) -> None:
    """That is so for every status."""
    source = write_xlsx(tmp_path / "a.xlsx", {"Data": [HEADER, *[ANA] * (len(TONES) + 1)]})
    results = {row: (str(status), None, None, None, None, 1) for row, status in enumerate(TONES, start=2)}
    other = len(TONES) + 2
    annotate_own(source, tmp_path / "b.xlsx", results={**results, other: ("other", None, None, None, None, None)})
    sheet = cells(tmp_path / "b.xlsx")
    colours = [sheet.cell(row, 5).fill.fgColor.rgb for row in range(2, 2 + len(TONES))]
    assert colours == [f"FF{colour}" for colour in TONES.values()]
    assert sheet.cell(other, 5).fill.fill_type is None


def test_formulas_of_the_sheet_become_their_values(tmp_path: Path) -> None:
    """Shared, array and dynamic ones too, and errors; what was never computed becomes empty."""
    more = (
        '<c r="E2" s="0" cm="1"><f t="array" ref="E2:E3">A2:A3</f><v>7</v></c>'
        '<c r="F2" t="str"><f t="shared" ref="F2:F3" si="0">A2&amp;"&lt;"</f><v> a&lt; </v></c>'
        '<c r="G2" t="e" vm="1"><f>1/0</f><v>#DIV/0!</v></c>'
        '<c r="H2" t="str"><f>B2</f></c><c r="I2"><f>C2</f><v></v></c><c r="J2"><f/></c>'
        '<c r="K2" t="b"><f>1</f><v>1</v></c>'
    )
    rows = text_row(1, [*HEADER, "e", "f", "g", "h"]) + text_row(2, ANA, more)
    rows += text_row(3, BEN, '<c r="F3" t="str"><f t="shared" si="0"/><v>b</v></c>')
    source = write_package(tmp_path / "a.xlsx", rows)
    writer = write_own(source, tmp_path / "b.xlsx", AppendedArea(1, 11, NAMES), [2, 3])
    assert list(writer.asides) == [
        "In the annotated workbook, 5 formulas of the sheet are replaced by their values.",
        "In the annotated workbook, the cells of 3 formulas are empty, since no value was stored with them.",
    ]
    data = parts_of(tmp_path / "b.xlsx")[SHEET]
    for gone in (b"<f", b"cm=", b"vm="):
        assert gone not in data
    for kept in (
        b'<c r="E2" s="0"><v>7</v></c>',
        b'<c r="F2" t="str"><v> a&lt; </v></c>',
        b'<c r="G2" t="e"><v>#DIV/0!</v></c>',
        b'<c r="H2"></c><c r="I2"></c><c r="J2"></c><c r="K2" t="b"><v>1</v></c>',
        b'<c r="F3" t="str"><v>b</v></c>',
    ):
        assert kept in data


def test_the_chain_of_calculation_is_left_out(tmp_path: Path) -> None:
    """It lists cells that have no formula any more; a spreadsheet program makes a new one by itself."""
    source = _with_calculation(rich_workbook(tmp_path / "a.xlsx"), tmp_path / "c.xlsx")
    annotate_own(source, tmp_path / "b.xlsx")
    relations = "xl/_rels/workbook.xml.rels"
    changed = changed_parts(source, tmp_path / "b.xlsx")
    assert changed == {SHEET, STYLES, WORKBOOK, TYPES, relations, "xl/calcChain.xml"}
    after = parts_of(tmp_path / "b.xlsx")
    assert after[relations] == parts_of(tmp_path / "a.xlsx")[relations]
    assert after[TYPES] == parts_of(tmp_path / "a.xlsx")[TYPES]


@pytest.mark.slow
def test_the_list_of_sheets_may_be_in_a_part_of_another_name(tmp_path: Path) -> None:
    """The package says which part that is: looks, the chain of calculation and the filter are found from there."""
    usual = _with_calculation(rich_workbook(tmp_path / "a.xlsx"), tmp_path / "c.xlsx")
    parts, relations = parts_of(usual), "xl/_rels/workbook.xml.rels"
    source = rewritten(
        usual,
        tmp_path / "d.xlsx",
        {
            WORKBOOK: None,
            relations: None,
            "xl/book2.xml": parts[WORKBOOK],
            "xl/_rels/book2.xml.rels": parts[relations],
            "_rels/.rels": parts["_rels/.rels"].replace(b"xl/workbook.xml", b"xl/book2.xml"),
            TYPES: parts[TYPES].replace(b"/xl/workbook.xml", b"/xl/book2.xml"),
        },
    )
    annotate_own(usual, tmp_path / "b.xlsx")
    annotate_own(source, tmp_path / "e.xlsx")
    expected, found = parts_of(tmp_path / "b.xlsx"), parts_of(tmp_path / "e.xlsx")
    assert found["xl/book2.xml"] == expected[WORKBOOK]
    assert found["xl/_rels/book2.xml.rels"] == expected[relations]
    for name in (SHEET, STYLES):
        assert found[name] == expected[name]
    assert "xl/calcChain.xml" not in found


def _with_calculation(source: Path, target: Path) -> Path:
    parts = parts_of(source)
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
    return rewritten(
        source,
        target,
        {
            "xl/calcChain.xml": b'<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>',
            "xl/_rels/workbook.xml.rels": parts["xl/_rels/workbook.xml.rels"].replace(
                b"</Relationships>",
                b'<Relationship Id="rId99" Type="' + kind + b'" Target="calcChain.xml"/></Relationships>',
            ),
            TYPES: parts[TYPES].replace(
                b"</Types>", b'<Override PartName="/xl/calcChain.xml" ContentType="x/y"></Override></Types>'
            ),
        },
    )


@pytest.mark.slow
def test_macros_stay_behind_and_that_is_said(tmp_path: Path) -> None:
    """The annotated workbook is an ordinary one; everything else of it is there."""
    project = tmp_path / "vbaProject.bin"
    project.write_bytes(b"macros")
    source = tmp_path / "a.xlsm"
    book = xlsxwriter.Workbook(str(source))
    book.add_vba_project(str(project))
    sheet = book.add_worksheet("Data")
    for row, people in enumerate([HEADER, ANA]):
        sheet.write_row(row, 0, people)
    sheet.insert_button("H2", {"macro": "send", "caption": "Send"})
    book.close()
    writer = annotate_own(source, tmp_path / "b.xlsx")
    assert [sentence.split(" of ")[0] for sentence in writer.notes] == ["The macros"]
    gone = changed_parts(source, tmp_path / "b.xlsx") - {SHEET, STYLES}
    assert gone == {"xl/vbaProject.bin", TYPES, "xl/_rels/workbook.xml.rels"}
    after = parts_of(tmp_path / "b.xlsx")
    assert b"macroEnabled" not in after[TYPES]
    assert b"sheet.main+xml" in after[TYPES]
    assert b"vbaProject" not in after["xl/_rels/workbook.xml.rels"]
    assert texts(cells(tmp_path / "b.xlsx"), 2) == [*ANA, *UPDATED]


def test_a_digital_signature_stays_behind_and_that_is_said(tmp_path: Path) -> None:
    """It is of the workbook as it was."""
    plain = write_xlsx(tmp_path / "a.xlsx", {"Data": [HEADER, ANA]})
    parts = parts_of(plain)
    kind = b"http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin"
    relation = b'<Relationship Id="s1" Type="' + kind + b'" Target="_xmlsignatures/origin.sigs"/></Relationships>'
    signed = rewritten(
        plain,
        tmp_path / "c.xlsx",
        {
            "_xmlsignatures/origin.sigs": b"",
            "_xmlsignatures/sig1.xml": b"<Signature/>",
            "_xmlsignatures/_rels/origin.sigs.rels": b"<Relationships/>",
            "_rels/.rels": parts["_rels/.rels"].replace(b"</Relationships>", relation),
            TYPES: parts[TYPES].replace(
                b"</Types>", b'<Override PartName="/_xmlsignatures/sig1.xml" ContentType="x/y"/></Types>'
            ),
        },
    )
    writer = annotate_own(signed, tmp_path / "b.xlsx")
    assert [sentence.split(" of ")[0] for sentence in writer.notes] == ["The digital signature"]
    assert changed_parts(plain, tmp_path / "b.xlsx") == {SHEET, STYLES}


@pytest.mark.slow
def test_feeding_the_annotated_workbook_back_in_gives_the_same_table(tmp_path: Path) -> None:
    """The columns of the earlier run are replaced where they stand, and nothing of it is left."""
    source, once, twice = rich_workbook(tmp_path / "a.xlsx"), tmp_path / "b.xlsx", tmp_path / "c.xlsx"
    annotate_own(source, once, results={2: ("rejected", None, "no " * 90, "rejected", 400, 1)})
    assert cells_of(open_table(once)) == cells_of(open_table(source))
    assert [record.cells for record in open_table(once).records()] == [
        record.cells for record in open_table(source).records()
    ]
    annotate_own(once, twice)
    assert changed_parts(once, twice) == {SHEET}
    sheet = cells(twice)
    assert texts(sheet, 1)[6:] == NAMES
    assert texts(sheet, 2)[6:] == list(UPDATED)
    assert sheet.max_column == 12


@pytest.mark.slow
def test_columns_added_after_those_of_an_earlier_run_stay_where_they_are(tmp_path: Path) -> None:
    """So does what a person has written into them, and the width that a person gave to ours."""
    once, twice = tmp_path / "b.xlsx", tmp_path / "c.xlsx"
    annotate_own(write_xlsx(tmp_path / "a.xlsx", {"Data": [HEADER, ANA, BEN]}), once)
    book = openpyxl.load_workbook(once)
    book["Data"]["K1"], book["Data"]["K2"] = "checked by", "Zoë"
    book["Data"].column_dimensions["G"].width = 33
    book.save(once)
    annotate_own(once, twice, results={2: ("failed", None, None, None, None, 3)})
    sheet = cells(twice)
    assert texts(sheet, 1) == [*HEADER, *NAMES, "checked by"]
    assert texts(sheet, 2) == [*ANA, "failed", None, None, None, None, 3, "Zoë"]
    assert texts(sheet, 3) == [*BEN, *UPDATED, None]
    assert sheet.column_dimensions["G"].width == 33
    assert cells_of(open_table(twice)) == cells_of(open_table(tmp_path / "a.xlsx"))


def test_what_an_earlier_run_said_of_a_row_goes_where_nothing_is_said_now(tmp_path: Path) -> None:
    """A row that is not part of a retry has empty columns, and so has a line that is no row any more."""
    once, target = tmp_path / "b.xlsx", tmp_path / "c.xlsx"
    annotate_own(write_xlsx(tmp_path / "a.xlsx", {"Data": [HEADER, ANA, BEN]}), once)
    with own_writer(once, target) as writer:
        writer.write(Record(1, RecordKind.HEADER, ()), NAMES)
        writer.write(Record(2, RecordKind.SKIPPED, ()), [None] * 6)
        writer.write(Record(3, RecordKind.ROW, ()), [None] * 6)
    sheet = cells(target)
    assert texts(sheet, 2) == [*ANA, *[None] * 6]
    assert texts(sheet, 3) == [*BEN, *[None] * 6]


def test_a_source_column_named_as_ours_is_kept(tmp_path: Path) -> None:
    """Ours then have the prefix, in the second report too."""
    source = write_xlsx(tmp_path / "a.xlsx", {"Data": [[*HEADER, "Status"], [*ANA, "vip"]]})
    annotate_own(source, tmp_path / "b.xlsx")
    annotate_own(tmp_path / "b.xlsx", tmp_path / "c.xlsx")
    sheet = cells(tmp_path / "c.xlsx")
    assert texts(sheet, 1) == [*HEADER, "Status", *(f"import_{name}" for name in NAMES)]
    assert texts(sheet, 2) == [*ANA, "vip", *UPDATED]


def test_titles_above_the_header_stay_merged(tmp_path: Path) -> None:
    """They may reach over the appended columns, since nothing is written beside them."""
    source = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["A1"] = "Changes of May"
    sheet.merge_cells("A1:H1")
    for row, line in enumerate([HEADER, ANA, BEN], start=3):
        for column, text in enumerate(line, start=1):
            sheet.cell(row, column, text)
    book.save(source)
    write_own(source, tmp_path / "b.xlsx", AppendedArea(3, 4, NAMES), [4, 5])
    after = cells(tmp_path / "b.xlsx")
    assert [str(area) for area in after.merged_cells.ranges] == ["A1:H1"]
    assert texts(after, 3) == [*HEADER, *NAMES]
    assert [texts(after, row)[4:] for row in (1, 2, 5)] == [[None] * 6, [None] * 6, list(UPDATED)]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param("<row><c><v>1</v></c></row><row><c><v>2</v></c></row>", [[1], [2]], id="no-numbers"),
        pytest.param('<row r="1"><c r="A1"><v>1</v></c></row><row r="2"/>', [[1], [None]], id="empty-row"),
        pytest.param(
            '<row r="1" spans="1:1"><c r="A1"><v>1</v></c></row><row r="2" spans=\'1:1\' />', [[1], [None]], id="spans"
        ),
        pytest.param("<row\n  r = '1'><c r='A1'><v>1</v></c></row><row r='2'></row>", [[1], [None]], id="quotes"),
        pytest.param(
            '<row r="1"><c r="A1"><v>1</v></c><c r="B1" s="0"/><c r="J1"><v>9</v></c></row><row r="2"/>',
            [[1], [None]],
            id="cells-in-the-way",
        ),
    ],
)
def test_rows_are_found_however_they_are_written(tmp_path: Path, rows: str, expected: list[list[object]]) -> None:
    """With numbers or without, empty or with cells on both sides."""
    source = package(tmp_path / "a.xlsx", rows)
    write_own(source, tmp_path / "b.xlsx", AppendedArea(1, 1, NAMES), [2])
    sheet = cells(tmp_path / "b.xlsx")
    assert texts(sheet, 1)[:7] == [*expected[0], *NAMES]
    assert texts(sheet, 2)[:7] == [*expected[1], *UPDATED]
    assert b"spans" not in parts_of(tmp_path / "b.xlsx")[SHEET]
    if "J1" in rows:
        assert texts(sheet, 1)[9] == 9


def test_a_sheet_in_the_strict_form_is_annotated_too(tmp_path: Path) -> None:
    """Its elements are the same under another name space."""
    main = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    data = f'<worksheet xmlns="{main}"><sheetData>{text_row(1, HEADER)}{text_row(2, ANA)}</sheetData></worksheet>'
    source = write_package(tmp_path / "a.xlsx", "", parts={SHEET: data})
    write_own(source, tmp_path / "b.xlsx", PLACE, [2])
    assert b'<c r="J2"><v>1</v></c></row></sheetData>' in parts_of(tmp_path / "b.xlsx")[SHEET]


def test_names_with_backslashes_and_other_capitals_are_the_same_parts(tmp_path: Path) -> None:
    """Some programs write them so; they stay so."""
    plain = write_package(tmp_path / "a.xlsx", text_row(1, HEADER) + text_row(2, ANA))
    odd = tmp_path / "c.xlsx"
    with zipfile.ZipFile(odd, "w") as archive:
        for name, data in parts_of(plain).items():
            archive.writestr(name.replace("xl/worksheets/s", "xl\\worksheets\\S"), data)
    write_own(odd, tmp_path / "b.xlsx", PLACE, [2])
    assert changed_parts(odd, tmp_path / "b.xlsx") == {"xl\\worksheets\\Sheet1.xml"}


def test_a_workbook_without_looks_gets_none(tmp_path: Path) -> None:
    """The cells are there all the same."""
    source = write_package(tmp_path / "a.xlsx", text_row(1, HEADER) + text_row(2, ANA))
    annotate_own(source, tmp_path / "b.xlsx")
    assert changed_parts(source, tmp_path / "b.xlsx") == {SHEET}
    with load_workbook(tmp_path / "b.xlsx") as book:
        assert book.get_sheet_by_name("Data").to_python()[1] == [*ANA, *UPDATED[:3], "", 200, 1]


@pytest.mark.slow
def test_text_is_as_a_sheet_can_hold_it(tmp_path: Path) -> None:
    """Controls, codes, margins and overlong text come out as they do from the plain writer."""
    source = write_xlsx(tmp_path / "a.xlsx", {"Data": [HEADER, ANA]})
    for text in ["=1", "\x01", "_x0041_", " a\n b ", "<&>\"'", "x" * 40_000, "José \U0001f600", "\ufffe", ""]:
        annotate_own(source, tmp_path / "b.xlsx", results={2: ("updated", None, text, None, None, 1)})
        cell = cells(tmp_path / "b.xlsx")["G2"]
        assert (cell.value or "", cell.data_type) == (sheet_text(text)[0], "s" if text else cell.data_type)


def test_a_row_is_as_high_as_its_message_unless_a_person_made_it_so(tmp_path: Path) -> None:
    """A height that a program had worked out grows; nothing gets lower."""
    rows = text_row(1, HEADER) + "".join(
        text_row(row, ANA).replace("<row ", f"<row {height} ")
        for row, height in enumerate(["", 'ht="12.5"', 'ht="12.5" customHeight="1"', 'ht="99"'], start=2)
    )
    source = package(tmp_path / "a.xlsx", rows)
    message = "What is wrong with this row. " * 10
    results = dict.fromkeys(range(2, 6), ("rejected", None, message, None, 400, 1))
    annotate_own(source, tmp_path / "b.xlsx", results=results)
    sheet = cells(tmp_path / "b.xlsx")
    assert [sheet.row_dimensions[row].height for row in range(2, 6)] == [45, 45, 12.5, 99]


def test_the_area_in_use_is_told_anew(tmp_path: Path) -> None:
    """A wrong one is put right on the way."""
    for told in ("A1:D2", "A1", "nonsense"):
        source = package(
            tmp_path / "a.xlsx", text_row(1, HEADER) + text_row(2, ANA), before=f'<dimension ref="{told}"/>'
        )
        write_own(source, tmp_path / "b.xlsx", PLACE, [2])
        areas = {"nonsense": b"E1:J2"}
        assert areas.get(told, b"A1:J2") in parts_of(tmp_path / "b.xlsx")[SHEET]


@pytest.mark.slow
def test_many_rows_are_annotated_in_their_places(tmp_path: Path) -> None:
    """More than the widths are taken from, and more than is read at a time; blank lines between them stay blank."""
    rows = "".join(text_row(row, [str(row), "x" * 200]) for row in range(2, 9_000) if row % 7)
    source = package(tmp_path / "a.xlsx", text_row(1, HEADER) + rows)
    numbers = [row for row in range(2, 9_000) if row % 7]
    write_own(source, tmp_path / "b.xlsx", PLACE, numbers)
    sheet = cells(tmp_path / "b.xlsx")
    found = {row[0].row: (row[0].value, row[9].value) for row in sheet.iter_rows() if row[0].value is not None}
    assert found == {1: ("Customer ID", "attempts"), **{row: (str(row), 1) for row in numbers}}


@pytest.mark.parametrize(
    "records",
    [
        pytest.param([Record(2, RecordKind.ROW, ()), Record(2, RecordKind.ROW, ())], id="twice"),
        pytest.param([Record(3, RecordKind.ROW, ()), Record(2, RecordKind.ROW, ())], id="backwards"),
        pytest.param([Record(1, RecordKind.ROW, ())], id="no-header"),
        pytest.param([Record(1, RecordKind.HEADER, ()), Record(9, RecordKind.ROW, ())], id="not-there"),
        pytest.param([], id="none-at-all"),
    ],
)
def test_a_record_that_the_sheet_does_not_have_is_a_defect_that_is_said(tmp_path: Path, records: list[Record]) -> None:
    """A report is never written into other rows than those it is about."""
    source = write_xlsx(tmp_path / "a.xlsx", {"Data": [HEADER, ANA, BEN]})

    def write() -> None:
        with own_writer(source, tmp_path / "b.xlsx") as writer:
            for record in records:
                writer.write(record, NAMES if record.kind is RecordKind.HEADER else UPDATED)

    with pytest.raises(ReportError) as caught:
        write()
    assert caught.value.code == "report_untrue"


@pytest.mark.parametrize("names", [NAMES[:5], ["state", *NAMES[1:]]])
def test_other_columns_than_were_announced_are_a_defect_that_is_said(tmp_path: Path, names: list[str]) -> None:
    """A table object may have their names by then."""
    source = write_xlsx(tmp_path / "a.xlsx", {"Data": [HEADER, ANA]})
    with pytest.raises(ReportError) as caught, own_writer(source, tmp_path / "b.xlsx") as writer:
        writer.write(Record(1, RecordKind.HEADER, ()), names)
    assert caught.value.code == "report_untrue"


def test_a_source_that_is_shorter_by_now_is_an_error_that_comes_out(tmp_path: Path) -> None:
    """The disk has failed, or somebody writes to the copy."""
    source = package(tmp_path / "a.xlsx", text_row(1, HEADER) + text_row(2, ANA))
    writer = own_writer(source, tmp_path / "b.xlsx")
    package(source, "")

    def write() -> None:
        with writer:
            writer.write(Record(1, RecordKind.HEADER, ()), NAMES)

    with pytest.raises(ReportError) as caught:
        write()
    assert caught.value.code == "report_unwritable"


@pytest.mark.parametrize("rows", [1, 300])
def test_an_error_inside_closes_the_file_and_comes_out(tmp_path: Path, rows: int) -> None:
    """That is so before anything was written and in the middle."""
    source = write_xlsx(tmp_path / "a.xlsx", {"Data": [HEADER, *[ANA] * 400]})

    def fail() -> None:
        with own_writer(source, tmp_path / "b.xlsx") as writer:
            writer.write(Record(1, RecordKind.HEADER, ()), NAMES)
            for number in range(2, rows):
                writer.write(Record(number, RecordKind.ROW, ()), UPDATED)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()


def test_a_full_disk_is_an_error_that_comes_out(tmp_path: Path) -> None:
    """It is the system's own, for the one who writes the report to tell."""
    source = rich_workbook(tmp_path / "a.xlsx")
    with pytest.raises(OSError, match="No space left"):
        annotate_own(source, Path("/dev/full"))


def test_nothing_is_left_in_the_folder_but_the_workbook(tmp_path: Path) -> None:
    """What is written holds people, so it is written in one place only."""
    source = rich_workbook(tmp_path / "a.xlsx")
    (tmp_path / "out").mkdir()
    with own_writer(source, tmp_path / "out" / "b.xlsx") as writer:
        for record in open_table(source).records():
            header = record.kind is RecordKind.HEADER
            writer.write(record, NAMES if header else [None] * 6)
            assert [path.name for path in (tmp_path / "out").iterdir()] == ["b.xlsx"]
