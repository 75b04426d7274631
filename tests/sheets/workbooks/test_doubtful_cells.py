"""Cells that are not simply their stored text: refused by one code each, whatever the format."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from html import escape
from pathlib import Path

import pytest

from importer.model.source import APPENDED_COLUMNS
from importer.sheets.open import open_plain_writer, open_raw, open_table
from importer.sheets.table import RecordKind
from importer.sheets.workbooks.book import Doubt, Doubtful, Line
from importer.sheets.workbooks.packed_lines import PackedLines
from tests.corpus.scenes import Scene, Sheet, Struck
from tests.corpus.writers import with_openpyxl
from tests.sheets.files import (
    ANA,
    BEN,
    HEADER,
    MAIN,
    RELATIONS,
    cells_of,
    issues_of,
    numbers_of,
    text_row,
    write_package,
)
from tests.sheets.workbooks.annotate.users_files import annotate_own
from tests.sheets.workbooks.formats import xlsb_files as xlsb
from tests.sheets.workbooks.formats.markup_files import write_xml, xml_row, xml_sheet
from tests.sheets.workbooks.parser.bombs import ods_row, write_ods

WITH_NOTES = [*HEADER, "Notes"]
NUMBER_FORMATS = (
    "<numFmts><numFmt numFmtId='164' formatCode='&quot;van &quot;@'/><numFmt numFmtId='165' formatCode=';;;'/>"
    "<numFmt numFmtId='166' formatCode='_(@_)'/></numFmts>"
)
STRUCK_FONTS = "<fonts><font/><font><strike/></font><font><strike val='0'/></font></fonts>"
CELL_FORMATS = (
    "<cellXfs><xf/><xf fontId='1'/><xf fontId='2'/><xf numFmtId='164'/><xf numFmtId='165'/><xf numFmtId='166'/>"
    "<xf numFmtId='49'/></cellXfs>"
)
RUN = "<r><rPr><strike/></rPr><t>Olsson</t></r><r><t>Reyes</t></r>"
BLANK_RUN = "<r><rPr><strike/></rPr><t> </t></r><r><rPr><strike val='false'/></rPr><t>Reyes</t></r>"


def codes(path: Path) -> list[tuple[int, str, str]]:
    """Return the row, the code and the column of each issue that the reader finds."""
    return [(issue.row, issue.code, issue.column) for issue in issues_of(open_table(path))]


def xlsx(path: Path, cell: str, *, strings: str = "") -> Path:
    """Write a workbook whose second row ends, after id and first name, in a cell and an address."""
    ana = text_row(2, ANA[:2], cell + f'<c r="D2" t="inlineStr"><is><t>{ANA[3]}</t></is></c>')
    styles = f'<styleSheet xmlns="{MAIN}">{NUMBER_FORMATS}{STRUCK_FONTS}{CELL_FORMATS}</styleSheet>'
    parts = {"xl/styles.xml": styles, "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>'}
    return write_package(path, text_row(1, HEADER) + ana, parts=parts)


@pytest.mark.parametrize(
    ("cell", "strings", "is_struck"),
    [
        pytest.param(f'<c r="C2" t="inlineStr"><is>{RUN}</is></c>', "", True, id="inline"),
        pytest.param('<c r="C2" t="s"><v>0</v></c>', f"<si>{RUN}</si>", True, id="shared"),
        pytest.param('<c r="C2" t="s"><v>1</v></c>', f"<si>{RUN}</si><si><t>Reyes</t></si>", False, id="another"),
        pytest.param(f'<c r="C2" t="inlineStr"><is>{BLANK_RUN}</is></c>', "", False, id="inline-blank"),
        pytest.param('<c r="C2" t="s"><v>0</v></c>', f"<si>{BLANK_RUN}</si>", False, id="shared-blank"),
        pytest.param('<c r="C2" s="1" t="inlineStr"><is><t>Reyes</t></is></c>', "", True, id="font"),
        pytest.param('<c r="C2" s="01" t="inlineStr"><is><t>Reyes</t></is></c>', "", True, id="font-with-zero"),
        pytest.param('<c s="1" r="C2" t="inlineStr"><is><t>Reyes</t></is></c>', "", True, id="font-unusual"),
        pytest.param('<c r="C2" s="1" t="str"><f>A1</f><v>Reyes</v></c>', "", True, id="font-formula"),
        pytest.param('<c r="C2" s="1" t="s"><v>0</v></c>', "<si><t>Reyes</t></si>", True, id="font-shared"),
        pytest.param('<c r="C2" s="2" t="inlineStr"><is><t>Reyes</t></is></c>', "", False, id="no-font"),
    ],
)
def test_text_that_is_struck_through_is_not_sent(tmp_path: Path, cell: str, strings: str, *, is_struck: bool) -> None:
    """As a whole or in part, in every way in which an Excel workbook can say it; a struck blank is nothing."""
    path = xlsx(tmp_path / "a.xlsx", cell, strings=strings)
    assert codes(path) == ([(2, "struck_text", "Last Name")] if is_struck else [])


def test_a_struck_blank_cell_is_blank(tmp_path: Path) -> None:
    """Nothing is seen in it."""
    assert codes(xlsx(tmp_path / "a.xlsx", '<c r="C2" s="1"/>')) == []


def test_a_struck_number_is_a_number(tmp_path: Path) -> None:
    """The most basic is what is said."""
    assert codes(xlsx(tmp_path / "a.xlsx", '<c r="C2" s="1"><v>7</v></c>')) == [(2, "number_cell", "Last Name")]


def test_struck_text_in_a_column_that_is_not_sent_is_no_matter(tmp_path: Path) -> None:
    """It stays in the reports as it is stored."""
    more = f'<c r="E2" t="inlineStr"><is>{RUN}</is></c>'
    path = write_package(tmp_path / "a.xlsx", text_row(1, WITH_NOTES) + text_row(2, ANA, more))
    assert codes(path) == []
    assert list(open_table(path).records())[1].cells[4] == "OlssonReyes"


def _page(path: Path, cell: str, *, row: str = "<tr>") -> Path:
    head = "".join(f"<th>{one}" for one in HEADER)
    path.write_text(
        f"<table><tr>{head}{row}<td>{ANA[0]}<td>{ANA[1]}{cell}<td>{ANA[3]}"
        f"<tr>{''.join(f'<td>{one}' for one in BEN)}</table>",
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize("name", ["del", "s", "strike"])
def test_a_page_strikes_text_through_with_elements(tmp_path: Path, name: str) -> None:
    """Also where one is not closed: it ends with its cell at the latest."""
    found = [(2, "struck_text", "Last Name")]
    assert codes(_page(tmp_path / "a.html", f"<td><{name}>Olsson</{name}> Reyes")) == found
    assert codes(_page(tmp_path / "b.html", f"<td>Reyes<{name}> Olsson")) == found
    assert codes(_page(tmp_path / "c.html", f"<td>Reyes<{name}> </{name}>")) == []
    assert codes(_page(tmp_path / "d.html", "<td><span>Reyes</span>")) == []


@pytest.mark.parametrize("name", ["span", "div", "b"])
def test_a_page_strikes_text_through_with_a_style(tmp_path: Path, name: str) -> None:
    """Of an element in the cell, of the cell or of the row."""
    style = 'style="text-decoration: underline Line-Through"'
    found = [(2, "struck_text", "Last Name")]
    inside = f"<td><{name} {style}><{name}>Olsson</{name}> Lind</{name}> <{name}>Reyes</{name}>"
    assert codes(_page(tmp_path / "a.html", inside)) == found
    assert codes(_page(tmp_path / "b.html", f"<td {style}>Reyes")) == found
    assert [code for _, code, _ in codes(_page(tmp_path / "c.html", "<td>Reyes", row=f"<tr {style}>"))] == [
        "struck_text"
    ] * 4


def _xml(path: Path, cell: str, *, styles: str = "", row: str = "", columns: str = "") -> Path:
    first = xml_row(ANA[:2], row).replace("</Row>\n", "")
    sheet = xml_sheet("Data", f"{columns}{xml_row(HEADER)}{first}{cell}{xml_row(ANA[3:]).removeprefix('<Row>')}")
    return write_xml(path, f"<Styles>{styles}</Styles>{sheet}")


STRUCK_STYLES = (
    '<Style ss:ID="Default"/><Style ss:ID="a"><Font ss:StrikeThrough="1"/></Style><Style ss:ID="b" ss:Parent="a"/>'
    '<Style ss:ID="c" ss:Parent="a"><Font ss:StrikeThrough="0"/></Style>'
)
REYES = '<Data ss:Type="String">Reyes</Data>'


@pytest.mark.parametrize(
    ("cell", "is_struck"),
    [
        (f'<Cell ss:StyleID="a">{REYES}</Cell>', True),
        (f'<Cell ss:StyleID="b">{REYES}</Cell>', True),
        (f'<Cell ss:StyleID="c">{REYES}</Cell>', False),
        (f"<Cell>{REYES}</Cell>", False),
        ('<Cell><ss:Data ss:Type="String" xmlns="h"><S>Olsson</S>Reyes</ss:Data></Cell>', True),
        ('<Cell><ss:Data ss:Type="String" xmlns="h"><S> </S><B>Reyes</B></ss:Data></Cell>', False),
    ],
)
def test_a_workbook_of_2003_strikes_text_through(tmp_path: Path, cell: str, *, is_struck: bool) -> None:
    """With a style or what it is made from, or with an element inside the text."""
    path = _xml(tmp_path / "a.xml", cell, styles=STRUCK_STYLES)
    assert codes(path) == ([(2, "struck_text", "Last Name")] if is_struck else [])


def test_a_workbook_of_2003_strikes_rows_and_columns_through(tmp_path: Path) -> None:
    """Where a cell has no style, its row's counts, and then its column's, and then the whole table's."""
    columns = '<Column/><Column ss:Index="3" ss:StyleID="a"/>'
    path = _xml(tmp_path / "a.xml", f"<Cell>{REYES}</Cell>", styles=STRUCK_STYLES, columns=columns)
    assert codes(path) == [(2, "struck_text", "Last Name")]
    path = _xml(tmp_path / "b.xml", f"<Cell>{REYES}</Cell>", styles=STRUCK_STYLES, row=' ss:StyleID="b"')
    assert [code for _, code, _ in codes(path)] == ["struck_text"] * 4
    path.write_text(path.read_text("utf-8").replace("<Table>", '<Table ss:StyleID="a">').replace(' ss:StyleID="b"', ""))
    assert [code for _, code, _ in codes(path)] == ["struck_text"] * 4


ODS_STYLES = (
    '<style:style style:name="T1" style:family="text"><style:text-properties style:text-line-through-style="solid"/>'
    '</style:style><style:style style:name="ce1" style:family="table-cell"><style:text-properties '
    'style:text-line-through-type="single"/></style:style><style:style style:name="ce2" style:family="table-cell" '
    'style:parent-style-name="ce1"/><style:style style:name="ce3" style:family="table-cell" '
    'style:parent-style-name="ce1"><style:text-properties style:text-line-through-style="none"/></style:style>'
)


def _ods(path: Path, cell: str, *, row: str = "", columns: str = "") -> Path:
    first = ods_row(ANA[:2]).replace("</table:table-row>", "").replace("<table:table-row", f"<table:table-row{row}")
    rest = ods_row(ANA[3:]).partition(">")[2]
    write_ods(path, columns + ods_row(HEADER) + first + cell + rest)
    return with_ods_styles(path, ODS_STYLES)


def with_ods_styles(path: Path, styles: str) -> Path:
    """Put styles before the body of a spreadsheet."""
    with zipfile.ZipFile(path) as archive:
        content = archive.read("content.xml").decode()
    namespace = 'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    content = content.replace(
        "<office:body>", f"<office:automatic-styles {namespace}>{styles}</office:automatic-styles><office:body>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    return path


def _ods_cell(text: str, attributes: str = "") -> str:
    return f'<table:table-cell office:value-type="string"{attributes}><text:p>{text}</text:p></table:table-cell>'


@pytest.mark.parametrize(
    ("cell", "is_struck"),
    [
        (_ods_cell('<text:span text:style-name="T1">Olsson</text:span>Reyes'), True),
        (_ods_cell('<text:span text:style-name="T1"> </text:span><text:span>Reyes</text:span>'), False),
        (_ods_cell("Reyes", ' table:style-name="ce1"'), True),
        (_ods_cell("Reyes", ' table:style-name="ce2"'), True),
        (_ods_cell("Reyes", ' table:style-name="ce3"'), False),
        (_ods_cell("Reyes"), False),
    ],
)
def test_an_open_document_strikes_text_through(tmp_path: Path, cell: str, *, is_struck: bool) -> None:
    """With the style of the cell or what it is made from, or with that of a piece of the text."""
    assert codes(_ods(tmp_path / "a.ods", cell)) == ([(2, "struck_text", "Last Name")] if is_struck else [])


def test_an_open_document_strikes_rows_and_columns_through(tmp_path: Path) -> None:
    """With the style that their cells have by default."""
    columns = '<table:table-column table:number-columns-repeated="2"/><table:table-column table:default-cell-style-name'
    path = _ods(tmp_path / "a.ods", _ods_cell("Reyes"), columns=f'{columns}="ce1"/>')
    assert codes(path) == [(2, "struck_text", "Last Name")]
    path = _ods(tmp_path / "b.ods", _ods_cell("Reyes"), row=' table:default-cell-style-name="ce2"')
    assert [code for _, code, _ in codes(path)] == ["struck_text"] * 4


@pytest.mark.parametrize(
    ("pieces", "style", "is_struck"),
    [
        ([("Olsson", 1), ("Reyes", 0)], 0, True),
        ([("Reyes", 0), ("\U0001f600", 0), ("x", 1)], 0, True),
        ([(" ", 1), ("Reyes", 0)], 0, False),
        ([("Reyes", 0)], 1, True),
        ([("Reyes", 0)], 0, False),
    ],
)
def test_a_binary_workbook_strikes_text_through(
    tmp_path: Path, pieces: Sequence[tuple[str, int]], style: int, *, is_struck: bool
) -> None:
    """With the font of the cell or of a piece of its text, in the cell or among the shared strings."""
    cells = [xlsb.cell(6, at, xlsb.text(one)) for at, one in enumerate(ANA) if at != 2]
    row = xlsb.row(2, [*cells, xlsb.cell(62, 2, xlsb.rich_text(pieces), style)])
    sheet = xlsb.sheet(xlsb.text_row(1, HEADER) + row)
    path = xlsb.write_xlsb(tmp_path / "a.xlsb", {"Data": sheet}, formats=(0, 0), struck={1})
    assert codes(path) == ([(2, "struck_text", "Last Name")] if is_struck else [])


@pytest.mark.parametrize(("style", "is_shown"), [(3, False), (4, False), (5, True), (6, True)])
def test_text_of_which_a_format_shows_something_else_is_not_sent(tmp_path: Path, style: int, *, is_shown: bool) -> None:
    """With a word before it, or nothing of it, in an Excel workbook."""
    path = xlsx(tmp_path / "a.xlsx", f'<c r="C2" s="{style}" t="inlineStr"><is><t>Reyes</t></is></c>')
    assert codes(path) == ([] if is_shown else [(2, "formatted_text", "Last Name")])
    assert codes(xlsx(tmp_path / "b.xlsx", f'<c r="C2" s="{style}"/>')) == []


@pytest.mark.parametrize(("code", "is_shown"), [('"van "@', False), (";;;", False), ("_(@_)", True), ("@", True)])
def test_formats_of_text_are_known_in_other_formats(tmp_path: Path, code: str, *, is_shown: bool) -> None:
    """In a binary workbook, and in one of 2003."""
    wanted = [] if is_shown else [(2, "formatted_text", "Last Name")]
    cells = [xlsb.cell(6, at, xlsb.text(one), int(at == 2)) for at, one in enumerate(ANA)]
    sheet = xlsb.sheet(xlsb.text_row(1, HEADER) + xlsb.row(2, cells))
    assert codes(xlsb.write_xlsb(tmp_path / "a.xlsb", {"Data": sheet}, formats=(0, code))) == wanted
    styles = f'<Style ss:ID="a"><NumberFormat ss:Format="{escape(code)}"/></Style><Style ss:ID="b" ss:Parent="a"/>'
    assert codes(_xml(tmp_path / "a.xml", f'<Cell ss:StyleID="b">{REYES}</Cell>', styles=styles)) == wanted


@pytest.mark.parametrize(
    ("paragraphs", "last_name", "found"),
    [
        ("<text:p>van Reyes</text:p>", "van Reyes", []),
        ("<text:p/>", "Reyes", [(2, "formatted_text", "Last Name")]),
        ("", "Reyes", []),
    ],
)
def test_an_open_document_says_what_is_seen(
    tmp_path: Path, paragraphs: str, last_name: str, found: list[tuple[int, str, str]]
) -> None:
    """Beside what is stored: that is what is sent, where it is something."""
    cell = f'<table:table-cell office:value-type="string" office:string-value="Reyes">{paragraphs}</table:table-cell>'
    path = _ods(tmp_path / "a.ods", cell)
    assert codes(path) == found
    assert cells_of(open_table(path))[0]["last_name"] == last_name


APPLICATION = "<Properties><Application>Any</Application></Properties>"
EMPTY = '<c r="C2" t="str"><f>A1</f><v></v></c>'


def _calculated(path: Path, cell: str, *, asks: str = "", application: str = APPLICATION) -> Path:
    """Write a workbook whose second row ends, after id and first name, in a cell and an address."""
    ana = text_row(2, ANA[:2], cell + f'<c r="D2" t="inlineStr"><is><t>{ANA[3]}</t></is></c>')
    sheets = '<sheets><sheet name="Data" sheetId="1" r:id="rId1"/></sheets>'
    book = f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{sheets}<calcPr calcId="1"{asks}/></workbook>'
    parts = {"xl/workbook.xml": book, **({"docProps/app.xml": application} if application else {})}
    return write_package(path, text_row(1, HEADER) + ana, parts=parts)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        pytest.param('<c r="C2" t="str"><f>A1</f><v>Reyes</v></c>', "stale_formula", id="text"),
        pytest.param('<c t="str" r="C2"><f>A1</f><v>Reyes</v></c>', "stale_formula", id="unusual"),
        pytest.param('<c r="C2"><f>A1</f><v>0</v></c>', "stale_formula", id="number"),
        pytest.param('<c r="C2" t="b"><f>A1</f><v>1</v></c>', "stale_formula", id="truth"),
        pytest.param(EMPTY, "stale_formula", id="empty"),
        pytest.param('<c r="C2" t="e"><f>A1</f><v>#N/A</v></c>', "error_cell", id="error"),
        pytest.param('<c r="C2"><f>A1</f></c>', "formula_without_value", id="nothing"),
        pytest.param('<c r="C2" t="str"><v>Reyes</v></c>', None, id="no-formula"),
    ],
)
def test_results_are_not_sent_of_a_workbook_that_asks_to_be_calculated(
    tmp_path: Path, cell: str, code: str | None
) -> None:
    """What is stored may be the results of a template; without a formula it is what it is."""
    for at, asks in enumerate((' fullCalcOnLoad="1"', ' calcMode="manual" calcCompleted="0"')):
        path = _calculated(tmp_path / f"{at}.xlsx", cell, asks=asks)
        assert codes(path) == ([(2, code, "Last Name")] if code else [])


def test_results_are_sent_of_a_workbook_that_is_calculated(tmp_path: Path) -> None:
    """As Excel and LibreOffice write it; an empty result is a blank cell."""
    reyes = '<c r="C2" t="str"><f>A1</f><v>Reyes</v></c>'
    assert codes(_calculated(tmp_path / "a.xlsx", reyes)) == []
    assert codes(_calculated(tmp_path / "b.xlsx", reyes, asks=' fullCalcOnLoad="0" calcCompleted="1"')) == []
    assert codes(_calculated(tmp_path / "c.xlsx", EMPTY)) == []


NAMELESS = ("", "<Properties/>", "<Properties><Application> </Application></Properties>")


@pytest.mark.parametrize("application", [*NAMELESS, APPLICATION.replace("Any", "Apache POI")])
def test_nothing_is_no_result_where_no_program_is_named(tmp_path: Path, application: str) -> None:
    """Or a library: those that cannot calculate store 0 or an empty text; what is filled, somebody has calculated."""
    zero, reyes = '<c r="C2"><f>A1</f><v>0</v></c>', '<c r="C2" t="str"><f>A1</f><v>Reyes</v></c>'
    found = [(2, "stale_formula", "Last Name")]
    assert codes(_calculated(tmp_path / "a.xlsx", zero, application=application)) == found
    assert codes(_calculated(tmp_path / "b.xlsx", EMPTY, application=application)) == found
    assert codes(_calculated(tmp_path / "c.xlsx", reyes, application=application)) == []
    assert codes(_calculated(tmp_path / "d.xlsx", zero)) == [(2, "number_cell", "Last Name")]


def test_a_line_of_nothing_but_formulas_that_were_not_calculated_is_a_row(tmp_path: Path) -> None:
    """What nobody has calculated is not nothing, where it is to be sent; elsewhere it makes no row."""
    sheets = '<sheets><sheet name="Data" sheetId="1" r:id="rId1"/></sheets>'
    book = f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{sheets}<calcPr fullCalcOnLoad="1"/></workbook>'
    rows = text_row(1, WITH_NOTES) + text_row(2, ANA)
    rows += (
        '<row r="3"><c r="E3" t="str"><f>A1</f><v></v></c></row><row r="4"><c r="B4" t="str"><f>A1</f><v></v></c></row>'
    )
    path = write_package(tmp_path / "a.xlsx", rows, parts={"xl/workbook.xml": book})
    assert numbers_of(open_table(path)) == [2, 4]
    assert codes(path) == [(4, "stale_formula", "First Name")]


@pytest.mark.parametrize(("flags", "is_stale"), [(1, True), (0x10, True), (0xEE, False)])
def test_a_binary_workbook_may_ask_to_be_calculated(tmp_path: Path, flags: int, *, is_stale: bool) -> None:
    """With a flag among those that say how."""
    cells = [xlsb.cell(6, at, xlsb.text(one)) for at, one in enumerate(ANA) if at != 2]
    formula = xlsb.cell(8, 2, xlsb.text("Reyes") + bytes(10))
    sheet = xlsb.sheet(xlsb.text_row(1, HEADER) + xlsb.row(2, [*cells, formula]))
    calculation = bytes(24) + flags.to_bytes(2, "little")
    path = xlsb.write_xlsb(tmp_path / "a.xlsb", {"Data": sheet}, calculation=calculation)
    assert codes(path) == ([(2, "stale_formula", "Last Name")] if is_stale else [])


def test_what_is_in_doubt_stays_so_in_reports(tmp_path: Path) -> None:
    """A sheet that shows it as plain text, given back, is not sent before somebody says that it is right."""
    path = xlsx(tmp_path / "a.xlsx", f'<c r="C2" t="inlineStr"><is>{RUN}</is></c>')
    again = tmp_path / "again.xlsx"
    with open_plain_writer(again, open_table(path), format="xlsx", message_at=2) as writer:
        for record in open_table(path).records():
            said = ["invalid", None, "Why.", "struck_text", None, 0]
            writer.write(record, APPENDED_COLUMNS if record.kind is RecordKind.HEADER else said)
    [issue] = issues_of(open_table(again))
    assert (issue.row, issue.code, issue.column) == (2, "struck_text", "")
    assert "error_code" in issue.message
    assert cells_of(open_table(again))[0]["last_name"] == "OlssonReyes"


def test_the_users_own_workbook_is_in_doubt_where_it_was(tmp_path: Path) -> None:
    """Its cells are not changed, and one issue says so."""
    path = tmp_path / "a.xlsx"
    scene = Scene(name="a", made="", sheets=[Sheet(lines=[HEADER, [*ANA[:2], Struck("Olsson", ANA[2]), ANA[3]]])])
    path.write_bytes(with_openpyxl(scene))
    annotate_own(path, tmp_path / "annotated.xlsx", results={2: ["invalid", None, "Why.", "struck_text", None, 0]})
    assert codes(tmp_path / "annotated.xlsx") == [(2, "struck_text", "Last Name")]


def test_raw_records_are_what_is_stored(tmp_path: Path) -> None:
    """Doubts are for what is sent."""
    path = xlsx(tmp_path / "a.xlsx", f'<c r="C2" t="inlineStr"><is>{RUN}</is></c>')
    assert [list(cells) for _, cells in open_raw(path).records()][1] == [*ANA[:2], "OlssonReyes", ANA[3]]


@pytest.mark.parametrize("value", ["x" * 100, 7.0, True, None])
@pytest.mark.parametrize("why", Doubt)
def test_doubts_are_kept_between_processes(why: Doubt, value: str | float | None) -> None:
    """With what is stored, of whatever type."""
    packed = PackedLines()
    packed.append(Line(1, ["a", Doubtful(value, why)]))
    [line] = packed
    assert line.cells == ("a", Doubtful(value, why))


def test_a_long_doubtful_text_counts_as_text() -> None:
    """A line beyond all measure is too much memory, whatever is said of its text."""
    packed = PackedLines()
    packed.append(Line(1, [Doubtful("x" * 9_000_000, Doubt.STRUCK)] * 2))
    with pytest.raises(MemoryError):
        list(packed)
