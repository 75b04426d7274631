"""A stray cell far away from the table: one of white space alone is none, and any other is named."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from importer.sheets.open import open_raw, open_table, sheet_sizes
from tests.sheets.files import ANA, BEN, HEADER, cells_of, refusal, text_row, write_package
from tests.sheets.workbooks.annotate.users_files import annotate_own, cells, package, texts
from tests.sheets.workbooks.formats import xlsb_files
from tests.sheets.workbooks.formats.markup_files import write_xml as write_sheets
from tests.sheets.workbooks.formats.markup_files import xml_row, xml_sheet
from tests.sheets.workbooks.formats.test_old_formats import biff5
from tests.sheets.workbooks.parser.bombs import ods_row, write_ods

LINES = [HEADER, ANA, BEN]
BLANK = " \u00a0"
Lines = Sequence[Sequence[str]]
Writer = Callable[[Path, str], Path]


def write_xlsx(path: Path, far: str, table: Lines = LINES) -> Path:
    """Write a workbook with the table in A1, and text in the last cell that a sheet has."""
    cell = f'<c r="XFD1048576" t="inlineStr"><is><t xml:space="preserve">{far}</t></is></c>'
    rows = "".join(text_row(number, line) for number, line in enumerate(table, start=1))
    return write_package(path, f'{rows}<row r="1048576">{cell}</row>')


def write_xlsb(path: Path, far: str, table: Lines = LINES) -> Path:
    """Write the same as binary records."""
    rows = b"".join(xlsb_files.text_row(number, line) for number, line in enumerate(table, start=1))
    last = xlsb_files.row(1_048_576, [xlsb_files.cell(6, 16_383, xlsb_files.text(far))])
    return xlsb_files.write_xlsb(path, {"Data": xlsb_files.sheet(rows + last)})


def write_xls(path: Path, far: str, table: Lines = LINES) -> Path:
    """Write the same in the old kind, whose sheets are smaller."""
    text = far.encode("cp1252")
    last = struct.pack("<HHHHHH", 0x204, 8 + len(text), 16_383, 255, 0, len(text)) + text
    path.write_bytes(biff5(list(map(list, table)), below=last))
    return path


def write_other_ods(path: Path, far: str, table: Lines = LINES) -> Path:
    """Write the same as an OpenDocument spreadsheet."""
    cell = f'<table:table-cell office:value-type="string"><text:p>{far}</text:p></table:table-cell>'
    row = f'<table:table-row><table:table-cell table:number-columns-repeated="16383"/>{cell}</table:table-row>'
    passed = 1_048_575 - len(table)
    blank = f'<table:table-row table:number-rows-repeated="{passed}"><table:table-cell/></table:table-row>'
    return write_ods(path, "".join(map(ods_row, map(list, table))) + blank + row)


def write_xml(path: Path, far: str, table: Lines = LINES) -> Path:
    """Write the same in Excel's XML of 2003."""
    cell = f'<Cell ss:Index="16384"><Data ss:Type="String">{far}</Data></Cell>'
    rows = "".join(map(xml_row, table)) + f'<Row ss:Index="1048576">{cell}</Row>'
    return write_sheets(path, xml_sheet("Data", rows))


def write_html(path: Path, far: str, table: Lines = LINES) -> Path:
    """Write a page with a table, and text far down in its last line and to the right."""
    rows = "".join(f"<tr>{''.join(f'<td>{cell}' for cell in line)}" for line in table)
    path.write_text(f"<html><table>{rows}{'<tr>' * 20_000}<tr>{'<td>' * 199}<td>{far}</table>", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("ending", "write", "name"),
    [
        pytest.param("xlsx", write_xlsx, "XFD1048576", id="xlsx"),
        pytest.param("xlsb", write_xlsb, "XFD1048576", id="xlsb"),
        pytest.param("xls", write_xls, "IV16384", id="xls"),
        pytest.param("ods", write_other_ods, "XFD1048576", id="ods"),
        pytest.param("xml", write_xml, "XFD1048576", id="xml"),
        pytest.param("xls", write_html, "GR20004", id="html"),
    ],
)
def test_a_blank_far_away_has_no_size_and_text_there_is_named(
    tmp_path: Path, ending: str, write: Writer, name: str
) -> None:
    """In every format; of the whole sheet nothing else is known to be wrong."""
    path = write(tmp_path / f"a.{ending}", BLANK)
    table = open_table(path)
    assert [list(row.values()) for row in cells_of(table)] == [ANA, BEN]
    assert table.width() == len(HEADER)
    assert [len(record.cells) for record in table.records()] == [4, 4, 4]
    assert len(list(open_raw(path).records())) == len(LINES)
    error = refusal(write(tmp_path / f"b.{ending}", "x"))
    assert error.code == "workbook_too_large"
    assert f"Far from the others is {name}." in error.message
    assert f"Delete what is in {name}," in error.hint


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        pytest.param('<row r="900000"><c r="B900000"><v>1</v></c></row>', "is B900000.", id="low"),
        pytest.param('<row r="500"><c r="XFC500"><v>1</v></c></row>', "is XFC500.", id="wide"),
        pytest.param(
            '<row r="9"><c r="XFC9"><v>1</v></c></row><row r="9999"><c r="A9999"><v>1</v></c></row>',
            "are XFC9 and A9999.",
            id="both",
        ),
    ],
)
def test_the_cells_that_make_a_sheet_so_large_are_named(tmp_path: Path, rows: str, names: str) -> None:
    """One below the table, one to the right of it, or both."""
    assert names in refusal(write_package(tmp_path / "a.xlsx", text_row(1, HEADER) + rows)).message


def test_blanks_beside_the_table_have_no_size_either(tmp_path: Path) -> None:
    """So the appended columns stand beside the table; what peeks at the raw sheet sees them."""
    blank = '<c r="K2" t="inlineStr"><is><t xml:space="preserve"> </t></is></c>'
    far = blank.replace("K2", "XFD2")
    path = package(tmp_path / "a.xlsx", text_row(1, HEADER) + text_row(2, ANA, blank + far))
    assert open_table(path).width() == len(HEADER)
    assert [len(raw) for _, raw in open_raw(path).records()] == [4, 16_384]
    assert [(size.lines, size.columns) for size in sheet_sizes(path)] == [(2, 4)]
    writer = annotate_own(path, tmp_path / "b.xlsx")
    assert not writer.notes
    assert texts(cells(tmp_path / "b.xlsx"), 2)[4:6] == ["updated", "2025-07-21T12:43:14Z"]
