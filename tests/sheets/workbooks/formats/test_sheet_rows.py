"""The rows of an xlsx sheet: what is read quickly is what a parser reads."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importer.errors import SourceError
from importer.sheets.limits import Limits
from importer.sheets.source_file import SourceFile
from importer.sheets.workbooks.areas import Area
from importer.sheets.workbooks.book import Doubt, Doubtful, Line, LineCell, Uncomputed, damaged
from importer.sheets.workbooks.formats.xlsx.cell_looks import CellLooks
from importer.sheets.workbooks.formats.xlsx.sheet_rows import SheetRows
from importer.sheets.workbooks.formats.xlsx.sheet_xml import SheetParser
from importer.sheets.workbooks.formats.xlsx.xlsx_values import CellValues
from importer.sheets.workbooks.package.archive import Archive
from importer.sheets.workbooks.serials import NumberKind
from tests.sheets.files import write_package
from tests.sheets.workbooks.parser.bombs import SHEET, sheet

Lines = list[tuple[int, list[LineCell], bool]]

VALUES = CellValues(
    ["zero", "", "a_x0041_", Doubtful("two", Doubt.STRUCK)],
    CellLooks([NumberKind.NUMBER, NumberKind.DATE, NumberKind.SPAN], {2: Doubt.STRUCK}),
    since_1904=False,
    damage=lambda why: damaged("a.xlsx", why),
)
TEXTS = st.sampled_from(
    ["", "a", "&amp;&lt;&#65;&#x42;", "_x000D_", "é😀", "a\r\nb\rc", " x ", "1", "-1.5e3", "9", "#N/A", "&b;"]
)
CELLS = st.builds(
    lambda shape, reference, style, kind, value: shape.format(r=reference, s=style, t=kind, v=value),
    st.sampled_from(
        [
            "<c{r}{s}{t}><v>{v}</v></c>",
            "<c{r}{s}{t}><f>A1</f><v>{v}</v></c>",
            '<c{r}{s}{t}><f t="shared" si="0"/><v>{v}</v></c>',
            "<c{r}{s}{t}><f>A1</f></c>",
            "<c{r}{s}{t}/>",
            "<c{r}{s}{t} />",
            "<c{r}{s}{t}><v/></c>",
            "<c{r}{s}{t}><is><t>{v}</t></is></c>",
            '<c{r}{s}{t}><is><t xml:space="preserve">{v}</t></is></c>',
            "<c{r}{s}{t}><is><r><t>{v}</t></r><r><t>b</t></r><rPh><t>spoken</t></rPh></is></c>",
            "<c{r}{s}{t}><is><r><rPr><strike/></rPr><t>{v}</t></r><r><t>b</t></r></is></c>",
            '<c{r}{s}{t}><is><r><rPr><strike val="0"/></rPr><t>{v}</t></r></is></c>',
            '<c{r}{s}{t} vm="1"><v>{v}</v></c>',
            "<c{s}{r}{t}>\n<v>{v}</v>\n</c>",
            "<c{r}{s}{t}><v><![CDATA[{v}]]></v></c>",
            "<c{r}{s}{t}><!-- <v>7</v> --><v>{v}</v></c>",
        ]
    ),
    st.sampled_from(["", *(f' r="{letter}{{row}}"' for letter in "ABCDZ"), " r='B{row}'", ' r="A9"']),
    st.sampled_from(["", ' s="0"', ' s="1"', ' s="2"', ' s="02"', ' s="9"']),
    st.sampled_from(["", *(f' t="{kind}"' for kind in ("n", "s", "str", "inlineStr", "b", "e", "d", "odd"))]),
    TEXTS,
)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(
            ['<row r="{row}">', '<row r="{row}" hidden="1" spans="1:4">', "<row hidden='true' r='{row}'>", "<row>"]
        ),
        st.lists(CELLS, max_size=4),
    ),
    max_size=5,
)


def _outcome(lines: list[Line] | SourceError) -> Lines | str:
    if isinstance(lines, SourceError):
        return lines.code
    found: Lines = []
    for line in lines:
        cells = list(line.cells)
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            found.append((line.number, cells, line.hidden))
    return found


def _quickly(path: Path) -> list[Line] | SourceError:
    with Archive(SourceFile(path, "a.xlsx"), Limits(max_ratio=100_000)) as archive:
        try:
            return list(SheetRows(archive, SHEET, VALUES).lines())
        except SourceError as error:
            return error


def _parsed(text: str) -> list[Line] | SourceError:
    try:
        return list(SheetParser(VALUES, SHEET).feed(text.encode(), last=True))
    except SourceError as error:
        return error


@pytest.mark.slow
@settings(max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_what_is_read_quickly_is_what_the_parser_reads(tmp_path: Path, rows: list[tuple[str, list[str]]]) -> None:
    """Whatever way rows and cells are written in, both give the same lines, or both refuse."""
    text = "".join(
        begin.replace("{row}", str(at)) + "".join(cells).replace("{row}", str(at)) + "</row>"
        for at, (begin, cells) in enumerate(rows, start=1)
    )
    path = write_package(tmp_path / "a.xlsx", "", parts={SHEET: sheet(text)})
    assert _outcome(_quickly(path)) == _outcome(_parsed(sheet(text)))


def test_positions_that_are_not_written_are_counted(tmp_path: Path) -> None:
    """Rows and cells may come without their references."""
    rows = '<row><c><v>1</v></c><c t="e"><v>#N/A</v></c></row><row r="4"><c/><c/><c><f>A1</f></c></row><row r="6"/>'
    rows += "<row><c><v>2</v></c></row>"
    path = write_package(tmp_path / "a.xlsx", rows)
    found = _outcome(_quickly(path))
    assert [line[0] for line in found] == [1, 4, 7]
    assert found[1] == (4, [None, None, Uncomputed.FORMULA], False)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_sheets_with_prefixes_and_in_other_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    """Some programs write every element with a prefix; XML may be in any encoding that it says."""
    head = "" if encoding.startswith("utf") else f'<?xml version="1.0" encoding="{encoding}"?>'
    text = head + '<x:worksheet xmlns:x="m"><x:sheetData><x:row r="2"><x:c r="B2" t="str"><x:v>é</x:v></x:c></x:row>'
    text += "</x:sheetData></x:worksheet>"
    plain = text.replace("x:", "").replace("xmlns:x", "xmlns")
    for written in (text, plain):
        path = tmp_path / "a.xlsx"
        write_package(path, "", parts={SHEET: written.encode(encoding)})
        assert _outcome(_quickly(path)) == [(2, [None, "é"], False)]


@pytest.mark.parametrize("second", [2, 3])
def test_rows_that_are_not_in_order_are_refused(tmp_path: Path, second: int) -> None:
    """Excel calls such a file damaged, and nobody could say which row is which."""
    rows = "".join(f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>' for row in (3, second))
    error = _quickly(write_package(tmp_path / "a.xlsx", rows))
    assert isinstance(error, SourceError)
    assert "not in order" in error.message


@pytest.mark.slow
def test_long_sheets_come_in_blocks(tmp_path: Path) -> None:
    """Rows that lie across two blocks are whole, and what follows the rows is read too."""
    row = '<row r="{0}"><c r="A{0}" t="str"><v>{1}</v></c></row>'
    rows = "".join(row.format(n, f"{n:x}" * 400) for n in range(1, 3_000))
    after = '<mergeCells><mergeCell ref="B2:$C$3"/><mergeCell ref="odd"/></mergeCells>' + "<d/>" * 400_000
    path = write_package(tmp_path / "a.xlsx", "", parts={SHEET: sheet(rows, after)})
    with Archive(SourceFile(path, "a.xlsx"), Limits(max_ratio=100_000)) as archive:
        reader = SheetRows(archive, SHEET, VALUES)
        assert [line.number for line in reader.lines()] == list(range(1, 3_000))
    assert reader.areas == [Area(2, 1, 3, 2)]


@pytest.mark.slow
def test_a_row_of_many_megabytes_is_the_parsers(tmp_path: Path) -> None:
    """What waits for its end does not pile up."""
    path = write_package(tmp_path / "a.xlsx", f'<row r="1"><c r="A1"><v>1</v></c>{" " * 20_000_000}</row>')
    assert _outcome(_quickly(path)) == [(1, [1.0], False)]


def test_a_row_without_height_is_hidden_and_one_that_stands_in_a_sheet_of_hidden_rows_is_not(tmp_path: Path) -> None:
    """`zeroHeight` hides the rows that are not written, as XlsxWriter uses it."""
    text = sheet('<row r="1" ht="0" customHeight="1"><c><v>1</v></c></row><row r="2"><c><v>1</v></c></row>')
    text = text.replace("<sheetData>", '<sheetFormatPr defaultRowHeight="15" zeroHeight="1"/><sheetData>')
    path = write_package(tmp_path / "a.xlsx", "", parts={SHEET: text})
    assert _outcome(_quickly(path)) == [(1, [1.0], True), (2, [1.0], False)]
