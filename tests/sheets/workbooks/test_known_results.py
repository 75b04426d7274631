"""Results of formulas that may not be what the formulas come to, in the formats that say less of it than xlsx."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest

from importer.sheets.open import open_table
from importer.sheets.workbooks.formats.known_results import KnownResults, results_of
from tests.corpus.make import FILES
from tests.sheets.files import ANA, HEADER, issues_of
from tests.sheets.workbooks.formats import xlsb_files as xlsb
from tests.sheets.workbooks.formats.markup_files import write_xml, xml_row, xml_sheet
from tests.sheets.workbooks.formats.test_old_formats import biff5
from tests.sheets.workbooks.parser.bombs import ods_row, write_ods

ZERO, EMPTY, SEVEN = bytes(8), b"\3\0\0\0\0\0\xff\xff", struct.pack("<d", 7)
STALE = [("stale_formula", "Last Name")]
NUMBER = [("number_cell", "Last Name")]
BLANK: list[tuple[str, str]] = []


def _codes(path: Path) -> list[tuple[str, str]]:
    return [(issue.code, issue.column) for issue in issues_of(open_table(path))]


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _formula(row: int, column: int, result: bytes, flags: int = 0) -> bytes:
    """Return the record of a formula, which is nothing but the number 1."""
    code = b"\x1e\1\0"
    return _record(6, struct.pack("<HHH", row, column, 0) + result + struct.pack("<HIH", flags, 0, len(code)) + code)


@pytest.mark.parametrize(
    ("result", "before", "found"),
    [
        (ZERO, b"", STALE),
        (EMPTY, b"", STALE),
        (SEVEN, b"", NUMBER),
        (SEVEN, _record(0x5E, bytes(2)), STALE),
        (b"\2\0\x2a\0\0\0\xff\xff", _record(0x5E, bytes(2)), [("error_cell", "Last Name")]),
    ],
)
def test_an_old_workbook_that_names_no_program_stores_nothing(
    tmp_path: Path, result: bytes, before: bytes, found: list[tuple[str, str]]
) -> None:
    """As xlwt writes it; and one of a sheet that was saved before it was calculated may be anything."""
    path = tmp_path / "a.xls"
    path.write_bytes(biff5([HEADER, [*ANA[:2]]], below=before + _formula(1, 2, result) + _text(1, 3, ANA[3])))
    assert _codes(path) == found


def _text(row: int, column: int, text: str) -> bytes:
    return _record(0x204, struct.pack("<HHHH", row, column, 0, len(text)) + text.encode("ascii"))


@pytest.mark.parametrize(("flags", "found"), [(0, "number_cell"), (1, "stale_formula"), (2, "stale_formula")])
def test_an_old_formula_may_say_that_it_is_calculated_later(tmp_path: Path, flags: int, found: str) -> None:
    """As Apache POI writes it, with 0 for a result; LibreOffice's own 0 is a number."""
    data = (FILES / "libreoffice" / "formula-number.xls").read_bytes()
    at = data.index(struct.pack("<d", 2.0) + bytes(2))
    assert struct.unpack_from("<HHHHH", data, at - 10)[0] == 6
    path = tmp_path / "a.xls"
    path.write_bytes(data[:at] + ZERO + bytes([flags]) + data[at + 9 :])
    assert _codes(path) == [(found, "First Name")]


def _ods(path: Path, cell: str, generator: str | None) -> Path:
    row = ods_row(ANA[:2]).replace("</table:table-row>", f"{cell}{ods_row(ANA[3:]).partition('>')[2]}")
    write_ods(path, ods_row(HEADER) + row)
    if generator is not None:
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("meta.xml", f'<o xmlns:m="m"><m:generator>{generator}</m:generator></o>')
    return path


@pytest.mark.parametrize(
    ("kind", "from_office"),
    [('"float" office:value="0"', NUMBER), ('"string"', BLANK), ('"float" office:value="7"', NUMBER)],
)
def test_an_open_document_of_no_office_stores_nothing(
    tmp_path: Path, kind: str, from_office: list[tuple[str, str]]
) -> None:
    """Where a library wrote it or nobody says who did, 0 and an empty text are no results."""
    cell = f'<table:table-cell table:formula="of:=A1" office:value-type={kind}/>'
    stale = NUMBER if "7" in kind else STALE
    assert _codes(_ods(tmp_path / "a.ods", cell, None)) == stale
    assert _codes(_ods(tmp_path / "b.ods", cell, "ODFPY/1.4.1")) == stale
    assert _codes(_ods(tmp_path / "c.ods", cell, "LibreOffice/24.2")) == from_office


@pytest.mark.parametrize(
    ("data", "from_excel", "from_others"),
    [
        ('<Data ss:Type="String"></Data>', BLANK, STALE),
        ('<Data ss:Type="Number">0</Data>', NUMBER, STALE),
        ('<Data ss:Type="Number">7</Data>', NUMBER, NUMBER),
        ('<Data ss:Type="Number"></Data>', [("formula_without_value", "Last Name")], None),
        ("", [("formula_without_value", "Last Name")], None),
    ],
)
def test_a_workbook_of_2003_that_names_no_version_stores_nothing(
    tmp_path: Path, data: str, from_excel: list[tuple[str, str]], from_others: list[tuple[str, str]] | None
) -> None:
    """Excel says its version."""
    first = xml_row(ANA[:2]).replace("</Row>\n", "")
    rows = f'{xml_row(HEADER)}{first}<Cell ss:Formula="=A1">{data}</Cell>{xml_row(ANA[3:]).removeprefix("<Row>")}'
    about = "<o:DocumentProperties><o:Version>16.00</o:Version></o:DocumentProperties>"
    assert _codes(write_xml(tmp_path / "a.xml", about + xml_sheet("Data", rows))) == from_excel
    assert _codes(write_xml(tmp_path / "b.xml", xml_sheet("Data", rows))) == (from_others or from_excel)


@pytest.mark.parametrize("program", [b"", b"<Properties><Application>SheetJS</Application></Properties>"])
def test_a_binary_workbook_of_a_library_stores_nothing(tmp_path: Path, program: bytes) -> None:
    """As an Excel workbook."""
    cells = [xlsb.cell(6, at, xlsb.text(one)) for at, one in enumerate(ANA) if at != 2]
    rows = xlsb.text_row(1, HEADER) + xlsb.row(2, [*cells, xlsb.cell(8, 2, xlsb.text("") + bytes(10))])
    path = xlsb.write_xlsb(tmp_path / "a.xlsb", {"Data": xlsb.sheet(rows)})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("docProps/app.xml", program)
    assert _codes(path) == STALE


def test_offices_are_trusted() -> None:
    """What they store, they have calculated."""
    for name in (b"Microsoft Excel", b"LibreOffice/24.2.1", b"MicrosoftOffice/16.0", b"Google Sheets", b"ONLYOFFICE"):
        assert results_of(name) is KnownResults.ALL
    for name in (
        b"",
        b" \n",
        b"Apache POI",
        b"SheetJS",
        b"Microsoft Excel Compatible / Openpyxl 3.1.5",
        b"ODFPY/1.4.1",
    ):
        assert results_of(name) is KnownResults.FILLED
