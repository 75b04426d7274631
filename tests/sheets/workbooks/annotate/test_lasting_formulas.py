"""Formulas that nobody has calculated stay in the user's own workbook, where what they come to stays the same."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from importer.sheets.open import open_table
from importer.sheets.workbooks.annotate.formula_reach import Reach, TableColumns
from importer.sheets.workbooks.areas import MAX_COLUMNS, Area
from tests.sheets.files import ANA, BEN, HEADER, cells_of, text_row
from tests.sheets.workbooks.annotate.test_in_libreoffice import SOFFICE, shown
from tests.sheets.workbooks.annotate.users_files import (
    NAMES,
    SHEET,
    UPDATED,
    annotate_own,
    cells,
    package,
    parts_of,
    rewritten,
    texts,
)

REACH = Reach(
    "Data",
    ["Prices", "Ana's"],
    {
        "people": TableColumns(Area(1, 0, 9, 3), ["Customer ID", "First Name", "Last Name", "a[b]"]),
        "rates": TableColumns(None, ["Rate"]),
    },
    {"rate": ["Prices!$B$2"], "both": ["Data!$E:$F"], "here": ["Data!E2"], "loop": ["loop"], "some": ["$C$1"]},
)
EVERYTHING = (0, MAX_COLUMNS - 1)
REPORT = "In the annotated workbook"
ONE = f"{REPORT}, 1 formula of the sheet stays one, since nobody has calculated it."
NO_VALUES = "since no value was stored with them."


@pytest.mark.parametrize(
    ("formula", "columns"),
    [
        ('B2&" "&C2', [(1, 1), (2, 2)]),
        ("$B$2+b3", [(1, 1)]),
        ("SUM(D2:F9,H:$I)", [(3, 5), (7, 8)]),
        ("SUM(F9:D2)", [(3, 5)]),
        ("COUNTA(2:2)", [EVERYTHING]),
        ("'Ana''s'!A1*Prices!$B:$C", []),
        ("Data!E2+'Data'!F2", [(4, 4), (5, 5)]),
        ('IF(TRUE,"INDIRECT(A1) ""x""",1.5E-3)', []),
        ("-{1,2;3}%", []),
        ("IFERROR(#N/A,@E2)", [(4, 4)]),
        ("_xlfn.XLOOKUP(A2,Prices!A:A,Prices!B:B)", [(0, 0)]),
        ("LOG10(E2)", [(4, 4)]),
        ("[@[First Name]]&People[[#This Row],[Last Name]]", [(1, 1), (2, 2)]),
        ("SUBTOTAL(109,[Customer ID])", [(0, 0)]),
        ("SUM(People[[#All],[Customer ID]:[Last Name]])", [(0, 2)]),
        ("People[a'[b']]", [(3, 3)]),
        ("SUM(Rates[Rate])*rate", [(-1, -1)]),
        ("Both", [(4, 5)]),
        ("", None),
        ("INDIRECT(A1)", None),
        ("SUM(OFFSET(A1,1,1))", None),
        ('HYPERLINK("http://example.com")', None),
        ('CUBEVALUE("a","b")', None),
        ("[1]Sheet1!A1", None),
        ("'[1]Sheet 1'!A1", None),
        ("Data:Prices!A1", None),
        ("Gone!A1", None),
        ("Prices!Rate", None),
        ("Prices!", None),
        ("A1:INDEX(B:B,2)", None),
        ("A1#", None),
        ("cmd|'/c calc'!A1", None),
        ("unknown*2", None),
        ("here", None),
        ("some", None),
        ("loop", None),
        ("People", None),
        ("People[#All]", None),
        ("People[Gone]", None),
        ("Gone[Customer ID]", None),
        ("A1" + "+A1" * 3_000, None),
    ],
)
def test_what_a_formula_refers_to(formula: str, columns: Sequence[tuple[int, int]] | None) -> None:
    """Its columns on its own sheet, or that they are not certain."""
    assert REACH.columns(formula) == (None if columns is None else frozenset(columns))


def test_they_stay_as_they_are(tmp_path: Path) -> None:
    """On rows of the table and below it, with other sheets, names and cells that stay."""
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append([*HEADER, "Plan", "Whole name", "Price", "More"])
    sheet.append([*ANA, "Gold", '=B2&" "&C2', "=VLOOKUP(E2,Prices!A:B,2,FALSE)", "=G2*2"])
    sheet.append([*BEN, "Basic", '=B3&" "&C3', "=VLOOKUP(E3,Prices!A:B,2,FALSE)", "=G3*2"])
    sheet.append(["Total", None, None, None, None, None, "=SUM(G2:G3)"])
    book.create_sheet("Prices").append(["Gold", 20])
    book.save(path)
    writer = annotate_own(path, tmp_path / "b.xlsx")
    assert list(writer.asides) == [
        f"{REPORT}, 7 formulas of the sheet stay formulas, since nobody has calculated them."
    ]
    before, after = cells(path), cells(tmp_path / "b.xlsx")
    for row in (1, 2, 3, 4):
        assert texts(after, row)[:8] == texts(before, row)
    assert texts(after, 2)[8:] == list(UPDATED)
    assert cells_of(open_table(tmp_path / "b.xlsx")) == cells_of(open_table(path))


def test_a_formula_in_a_column_that_is_sent_does_not_stay(tmp_path: Path) -> None:
    """Nor does one that refers to it, nor one that refers to that one; all others do."""
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append([*HEADER, "Box", "Link", "Far", "Other"])
    sheet.append([*ANA[:3], '=LOWER(B2)&"@example.com"', "x", "=D2", "=F2", "=E2"])
    book.save(path)
    writer = annotate_own(path, tmp_path / "b.xlsx")
    assert list(writer.asides) == [f"{REPORT}, the cells of 3 formulas are empty, {NO_VALUES}", ONE]
    assert texts(cells(tmp_path / "b.xlsx"), 2)[:8] == [*ANA[:3], None, "x", None, None, "=E2"]


def test_a_formula_over_the_appended_columns_does_not_stay(tmp_path: Path) -> None:
    """What stands there is another thing than before; one beside them stays, and so it does in the second report."""
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append([*HEADER, "All", "Some"])
    sheet.append([*ANA, "=COUNTA(A2:Z2)", "=COUNTA(A2:D2)"])
    book.save(path)
    writer = annotate_own(path, tmp_path / "b.xlsx")
    assert writer.asides[1:] == (ONE,)
    assert texts(cells(tmp_path / "b.xlsx"), 2)[4:7] == [None, "=COUNTA(A2:D2)", "updated"]
    again = openpyxl.load_workbook(tmp_path / "b.xlsx")
    again.worksheets[0]["M1"] = "Mine"
    again.worksheets[0]["M2"] = "=B2"
    again.worksheets[0]["N2"] = "=G2"
    again.save(tmp_path / "c.xlsx")
    annotate_own(tmp_path / "c.xlsx", tmp_path / "d.xlsx")
    assert texts(cells(tmp_path / "d.xlsx"), 2)[5:] == ["=COUNTA(A2:D2)", *UPDATED, "=B2", None]


def test_shared_formulas_stay_together(tmp_path: Path) -> None:
    """Down a column; across columns, only the first one says what it refers to."""
    shared = '<f t="shared" si="0"/>'
    rows = text_row(1, [*HEADER, "e", "f"])
    rows += text_row(2, ANA, '<c r="E2"><f t="shared" ref="E2:F3" si="0">A2</f></c>' + f'<c r="F2">{shared}</c>')
    rows += text_row(3, BEN, f'<c r="E3">{shared}</c><c r="F3"><f t="array" ref="F3">A3</f></c>')
    writer = annotate_own(package(tmp_path / "a.xlsx", rows), tmp_path / "b.xlsx")
    assert list(writer.asides) == [
        f"{REPORT}, the cells of 2 formulas are empty, {NO_VALUES}",
        f"{REPORT}, 2 formulas of the sheet stay formulas, since nobody has calculated them.",
    ]
    data = parts_of(tmp_path / "b.xlsx")[SHEET]
    for kept in (
        b'<f t="shared" ref="E2:F3" si="0">A2</f>',
        b'<c r="F2"></c>',
        b'<c r="E3"><f t="shared" si="0"/></c>',
    ):
        assert kept in data
    assert b"array" not in data


def test_one_of_which_the_first_is_known_does_not_stay(tmp_path: Path) -> None:
    """The first one becomes its value, and the others would refer to nothing."""
    rows = text_row(1, [*HEADER, "e"])
    rows += text_row(2, ANA, '<c r="E2"><f t="shared" ref="E2:E3" si="0">1+1</f><v>2</v></c>')
    rows += text_row(3, BEN, '<c r="E3"><f t="shared" si="0"/></c>')
    annotate_own(package(tmp_path / "a.xlsx", rows), tmp_path / "b.xlsx")
    data = parts_of(tmp_path / "b.xlsx")[SHEET]
    assert b'<c r="E2"><v>2</v></c>' in data
    assert b'<c r="E3"></c>' in data


def test_results_that_are_to_be_calculated_anew_are_no_values(tmp_path: Path) -> None:
    """A library that cannot calculate stores 0, and has the workbook ask for it; so the total of a table stays."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Data")
        columns = [{"header": name} for name in HEADER]
        columns.append({"header": "Amount", "total_function": "sum"})
        sheet.add_table("A1:E4", {"name": "People", "columns": columns, "total_row": True})
        for row, line in enumerate([ANA, BEN], start=1):
            sheet.write_row(row, 0, [*line, row])
        sheet.write_formula("E4", "=SUBTOTAL(109,[Amount])", None, 0)
    writer = annotate_own(path, tmp_path / "b.xlsx")
    assert list(writer.asides) == [ONE]
    assert cells(tmp_path / "b.xlsx")["E4"].value == "=SUBTOTAL(109,[Amount])"


def test_without_the_macros_no_formula_stays(tmp_path: Path) -> None:
    """A function may be one of them."""
    macros = tmp_path / "vbaProject.bin"
    macros.write_bytes(b"macros")
    with xlsxwriter.Workbook(tmp_path / "a.xlsm") as book:
        book.add_vba_project(str(macros))
        sheet = book.add_worksheet("Data")
        sheet.write_row(0, 0, [*HEADER, "Price"])
        sheet.write_row(1, 0, ANA)
        sheet.write_formula("E2", "=PRICEOF(A2)", None, "")
    path = tmp_path / "a.xlsm"
    writer = annotate_own(path, tmp_path / "b.xlsx")
    assert "macros" in writer.notes[0]
    assert cells(tmp_path / "b.xlsx")["E2"].value is None


def test_a_table_of_another_sheet_that_cannot_be_read_costs_only_formulas(tmp_path: Path) -> None:
    """The workbook is annotated as it would be without them."""
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet("Data")
        sheet.write_row(0, 0, [*HEADER, "e"])
        sheet.write_row(1, 0, ANA)
        sheet.write_formula("E2", "=A2", None, "")
        book.add_worksheet("Prices").add_table("A1:B3")
    path = rewritten(tmp_path / "a.xlsx", tmp_path / "c.xlsx", {"xl/tables/table1.xml": b"<table"})
    writer = annotate_own(path, tmp_path / "b.xlsx")
    why = "since no value was stored with it."
    assert list(writer.asides) == [f"In the annotated workbook, the cell of 1 formula is empty, {why}"]


@pytest.mark.proof
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")
def test_libreoffice_calculates_the_same_as_in_the_source(tmp_path: Path) -> None:
    """What nobody had calculated is calculated when the report is opened."""
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append([*HEADER, "Whole name"])
    sheet.append([*ANA, '=B2&" "&C2'])
    book.save(path)
    annotate_own(path, tmp_path / "b.xlsx")
    before, after = (shown(one, "Sheet", tmp_path / "out") for one in (path, tmp_path / "b.xlsx"))
    assert [line[:5] for line in after] == [line[:5] for line in before]
    assert after[1][4] == f"{ANA[1]} {ANA[2]}"
    assert after[0][5:] == NAMES
