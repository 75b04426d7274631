"""Workbooks of at most a megabyte that are made to take the machine with them."""

from __future__ import annotations

import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from tests.sheets.files import ANA, HEADER, MAIN, text_row, write_package

HEAD: Final = text_row(1, HEADER)
SHEET: Final = "xl/worksheets/sheet1.xml"
XF: Final = '<xf numFmtId="14"/>'
STRINGS: Final = "xl/sharedStrings.xml"
_ODS_OPEN: Final = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="Data">'
)
_ODS_CLOSE: Final = "</table:table></office:spreadsheet></office:body></office:document-content>"


def ods_row(cells: list[str], repeated: int = 1) -> str:
    """Return the XML of a row of text of an OpenDocument sheet."""
    row = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in cells
    )
    return f'<table:table-row table:number-rows-repeated="{repeated}">{row}</table:table-row>'


def write_ods(path: Path, rows: str) -> Path:
    """Write an OpenDocument spreadsheet by hand, whose only sheet `Data` has the rows."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", _ODS_OPEN + rows + _ODS_CLOSE)
    return path


def sheet(rows: str, after: str = "") -> str:
    """Return the XML of a sheet with something after its cells."""
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'


def _strings(*texts: str, count: int | None = None) -> Mapping[str, str]:
    items = "".join(f"<si><t>{text}</t></si>" for text in texts)
    return {STRINGS: f'<sst xmlns="{MAIN}" uniqueCount="{count or len(texts)}">{items}</sst>'}


def _noise(count: int = 1_200_000) -> str:
    """Return a comment that hardly can be packed, so that what stands beside it is not refused for its ratio."""
    return f"<!--{random.Random(1).randbytes(count // 2).hex()}-->"  # noqa: S311 - no secret


def _package(path: Path, rows: str, part: str = SHEET, after: str = "") -> Path:
    return write_package(path, "", parts={part: sheet(rows, after + _noise())})


def _of_strings(path: Path, items: str) -> Path:
    return write_package(path, HEAD, parts={STRINGS: f'<sst xmlns="{MAIN}">{items}{_noise()}</sst>'})


def _spaces(path: Path) -> Path:
    return write_package(path, HEAD + " " * 150_000_000)


def _spaces_within_the_ratio(path: Path) -> Path:
    return _package(path, HEAD + " " * 100_000_000)


def _long_string(path: Path) -> Path:
    return _of_strings(path, f"<si><t>{'x' * 100_000_000}</t></si>")


def _long_cell(path: Path) -> Path:
    return _package(path, HEAD + text_row(2, [*ANA, "x" * 100_000_000]))


def _one_string_a_million_times(path: Path) -> Path:
    row = (
        '<row r="{0}">'
        + "".join(f'<c r="{letter}{{0}}" t="s"><v>0</v></c>' for letter in "ABCDEFGHIJKLMNOP")
        + "</row>"
    )
    rows = "".join(row.format(number) for number in range(2, 30_000))
    return write_package(path, HEAD + rows, parts=_strings("x" * 32_767))


def _many_strings(path: Path) -> Path:
    return _of_strings(path, "<si/>" * 20_000_000)


def _rich_strings(path: Path) -> Path:
    return _of_strings(path, "<si><r><t>a</t></r></si>" * 4_000_000)


def _many_short_strings(path: Path) -> Path:
    return _of_strings(path, "<si><t>ab</t></si>" * 5_000_000)


def _lying_count(path: Path) -> Path:
    return write_package(path, HEAD + text_row(2, ANA), parts=_strings("a", count=4_000_000_000))


def _merged(path: Path) -> Path:
    areas = "".join(f'<mergeCell ref="A{n % 999 + 3}:XFD1048576"/>' for n in range(450_000))
    return write_package(path, "", parts={SHEET: sheet(HEAD + text_row(2, ANA), f"<mergeCells>{areas}</mergeCells>")})


def _styles(path: Path) -> Path:
    styles = f'<styleSheet xmlns="{MAIN}"><cellXfs>{XF * 4_000_000}</cellXfs>{_noise()}</styleSheet>'
    return write_package(path, HEAD + text_row(2, ANA), parts={"xl/styles.xml": styles})


def _deep(path: Path) -> Path:
    return write_package(path, HEAD, parts={STRINGS: _noise() + "<a>" * 30_000_000})


def _entities(path: Path) -> Path:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 30))
    return write_package(path, HEAD, parts={SHEET: f'<!DOCTYPE a [<!ENTITY e0 "x">{entities}]><a>&e29;</a>'})


def _far_corner(path: Path) -> Path:
    return write_package(path, HEAD + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def _far_row(path: Path) -> Path:
    return write_package(path, HEAD + '<row r="1048576"><c r="A1048576"><v>1</v></c></row>')


def _many_short_rows(path: Path) -> Path:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(2, 190_000))
    return write_package(path, HEAD + rows)


def _unusual_rows(path: Path) -> Path:
    rows = "<row ><c ><v>1</v></c></row>" * 1_000_000
    return _package(path, HEAD + rows)


def _one_row_without_end(path: Path) -> Path:
    return _package(path, HEAD + '<row r="2">' + '<c r="A2"/>' * 9_000_000 + "</row>")


def _blank_rows(path: Path) -> Path:
    return _package(path, HEAD + "".join(f'<row r="{n}"><c r="A{n}" s="0"/></row>' for n in range(2, 200_000)))


def _unusual_tail(path: Path) -> Path:
    return _package(path, HEAD + text_row(2, ANA), after="<a b='c'/>" * 9_000_000)


def _attribute(path: Path) -> Path:
    return _package(path, HEAD + f'<row r="2" x="{"y" * 100_000_000}"/>')


def _many_sheets(path: Path) -> Path:
    sheets = "".join(f'<sheet name="S{n}" sheetId="{n + 1}" r:id="rId1"/>' for n in range(100_000))
    return write_package(
        path, HEAD + text_row(2, ANA), parts={"xl/workbook.xml": f"<workbook><sheets>{sheets}</sheets></workbook>"}
    )


def _entries(path: Path) -> Path:
    with zipfile.ZipFile(write_package(path, HEAD), "a") as archive:
        for number in range(9_000):
            archive.writestr(f"x{number}", b"")
    return path


def _overlapping(path: Path) -> Path:
    """Ten thousand entries of a directory that all point to the same bytes."""
    data = zlib.compress(b"\0" * 10_000_000, 9)[2:-4]
    name = b"xl/a"
    local = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 0, 0, len(data), 10_000_000, len(name), 0) + name + data
    names = [b"xl/%d" % number for number in range(9_000)] + [b"[Content_Types].xml"]
    central = b"".join(
        struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 8, 0, 0, 0, len(data), 10_000_000, len(one), 0, 0, 0, 0, 0, 0)
        + one
        for one in names
    )
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, len(names), len(names), len(central), len(local), 0)
    path.write_bytes(local + central + end)
    return path


def _ods_rows(path: Path) -> Path:
    return write_ods(path, ods_row(HEADER) + ods_row(ANA, repeated=1_000_000))


def _ods_columns(path: Path) -> Path:
    cell = '<table:table-cell office:value-type="string" table:number-columns-repeated="16384"><text:p>a</text:p>'
    row = f'<table:table-row table:number-rows-repeated="1000000">{cell}</table:table-cell></table:table-row>'
    return write_ods(path, ods_row(HEADER) + row)


def _ods_spaces(path: Path) -> Path:
    return write_ods(path, ods_row(HEADER) + ods_row(['<text:s text:c="1000000000"/>' * 100]) * 1_000)


def _ods_cells(path: Path) -> Path:
    return write_ods(path, ods_row(HEADER) + ods_row(["a"] * 60) * 20_000)


def _html_unclosed(path: Path) -> Path:
    path.write_text("<html><table>" + "<" * 900_000, "ascii")
    return path


def _html_comments(path: Path) -> Path:
    path.write_text("<html><table>" + "<!-" * 300_000, "ascii")
    return path


def _html_tables(path: Path) -> Path:
    path.write_text("<html>" + "<table><tr><td>" * 60_000, "ascii")
    return path


def _html_spans(path: Path) -> Path:
    path.write_text("<table>" + '<tr><td rowspan="65534" colspan="16384">a' * 20_000, "ascii")
    return path


_PAGE_HEAD: Final = f"<tr><td>{'<td>'.join(HEADER)}"


def _html_styles(path: Path) -> Path:
    rules = "".join(f".a.b{at}{{display:none}}" for at in range(20_000))
    cells = [f'<td class="a b{at}">a' for at in range(20_000)]
    rows = "".join(f"<tr>{''.join(cells[at : at + 4])}" for at in range(0, len(cells), 4))
    path.write_text(f"<html><style>{rules}</style><table>{_PAGE_HEAD}{rows}</table>", "ascii")
    return path


def _html_selectors(path: Path) -> Path:
    path.write_text(f"<html><style>{'a,(' * 300_000}{{display:none}}</style><table>{_PAGE_HEAD}</table>", "ascii")
    return path


def _xml_spans(path: Path) -> Path:
    cell = '<Cell ss:MergeAcross="16000" ss:MergeDown="1000000"><Data ss:Type="String">a</Data></Cell>'
    path.write_text(
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook '
        'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="Data"><Table>{f"<Row>{cell}</Row>" * 8_000}</Table></Worksheet></Workbook>',
        "ascii",
    )
    return path


BOMBS: Final[Mapping[str, Callable[[Path], Path]]] = {
    name.removeprefix("_").replace("_", "-"): value
    for name, value in list(globals().items())
    if name.startswith("_")
    and callable(value)
    and value.__code__.co_varnames[:1] == ("path",)
    and value.__code__.co_argcount == 1
    and value.__module__ == __name__
}
"""What writes each of them, by its name."""
