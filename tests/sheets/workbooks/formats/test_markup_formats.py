"""OpenDocument, web pages and Excel's XML of 2003."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import pytest

from importer.sheets.open import open_table
from importer.sheets.reading import Reading
from importer.sheets.table import CellError, CellValue
from tests.sheets.files import ANA, BEN, HEADER, cells_of, issues_of, numbers_of, refusal
from tests.sheets.workbooks.formats.markup_files import write_html, write_xml, xml_row, xml_sheet
from tests.sheets.workbooks.parser.bombs import ods_row, write_ods

WITH_GROUP = [*HEADER, "Group ID"]


def _ods_cell(tmp_path: Path, attributes: str, content: str = "") -> tuple[CellValue, list[str]]:
    """Return the last cell of a row, and the codes of the row's issues."""
    row = ods_row(ANA).replace("</table:table-row>", f"<table:table-cell {attributes}>{content}</table:table-cell>")
    path = write_ods(tmp_path / "a.ods", ods_row(WITH_GROUP) + row + "</table:table-row>")
    table = open_table(path)
    cells = list(table.records())[1].cells
    return cells[4] if len(cells) > 4 else None, [issue.code for issue in issues_of(table)]


@pytest.mark.parametrize(
    ("attributes", "content", "value", "code"),
    [
        ('office:value-type="float" office:value="1.50"', "<text:p>1,5</text:p>", 1.5, "number_cell"),
        ('office:value-type="currency" office:value="7"', "<text:p>7 €</text:p>", 7.0, "number_cell"),
        ('office:value-type="date" office:date-value="2024-02-29"', "", dt.date(2024, 2, 29), "date_cell"),
        (
            'office:value-type="date" office:date-value="2024-02-29T13:05:00"',
            "",
            dt.datetime(2024, 2, 29, 13, 5),  # noqa: DTZ001 - a sheet has no zones
            "date_cell",
        ),
        ('office:value-type="time" office:time-value="PT13H05M00.5S"', "", dt.time(13, 5, 0, 500_000), "date_cell"),
        ('office:value-type="time" office:time-value="PT30H00M00S"', "", dt.timedelta(hours=30), "date_cell"),
        ('office:value-type="time" office:time-value="-PT1H"', "", dt.timedelta(hours=-1), "date_cell"),
        ('office:value-type="boolean" office:boolean-value="true"', "<text:p>WAHR</text:p>", True, "boolean_cell"),
        ('table:formula="x" office:value-type="float" office:value="1"', "<text:p>TRUE</text:p>", True, "boolean_cell"),
        (
            'table:formula="x" office:value-type="float" office:value="0"',
            "<text:p>FALSE</text:p>",
            False,
            "boolean_cell",
        ),
        ('table:formula="x" office:value-type="float" office:value="1"', "<text:p>1</text:p>", 1.0, "number_cell"),
        ('table:formula="x" office:value-type="string"', "<text:p>#N/A</text:p>", CellError("#N/A"), "error_cell"),
        ('x:value-type="error" xmlns:x="c"', "<text:p>Err:502</text:p>", CellError("Err:502"), "error_cell"),
        ('x:value-type="error" xmlns:x="c"', "<text:p>Ana</text:p>", CellError("#N/A"), "error_cell"),
        ('office:value-type="boolean" office:boolean-value="x"', "<text:p>Ana</text:p>", "Ana", None),
        ('table:formula="x"', "", None, "formula_without_value"),
        ('table:formula="x" office:value-type="float"', "", None, "formula_without_value"),
        ('table:formula="x" office:value-type="string" office:string-value=""', "<text:p/>", None, "stale_formula"),
        ('office:value-type="string"', "<text:p>#N/A</text:p>", "#N/A", None),
        ('office:value-type="string" office:string-value="shown"', "", "shown", None),
        ('office:value-type="float" office:value="x"', "<text:p>what is seen</text:p>", "what is seen", None),
        ("", "<text:p>a<text:s/><text:s text:c='2'/>b<text:tab/>c<text:line-break/>d</text:p>", "a   b\tc\nd", None),
        ("", "<text:p>two</text:p><text:p>lines</text:p>", "two\nlines", None),
        ("", "<text:p>a<text:span>b<text:a>c</text:a></text:span>\n   d</text:p>", "abc d", None),
        ("", "<office:annotation><text:p>note</text:p></office:annotation><text:p>seen</text:p>", "seen", None),
        ("", "<text:p><text:ruby>字<text:ruby-text>ji</text:ruby-text></text:ruby></text:p>", "字", None),
    ],
)  # fmt: skip
def test_a_cell_of_an_open_document_is_what_a_person_sees(
    tmp_path: Path, attributes: str, content: str, value: CellValue, code: str | None
) -> None:
    """By its type where it has one, by its paragraphs otherwise."""
    found, codes = _ods_cell(tmp_path, attributes, content)
    assert found == value
    assert type(found) is type(value)
    assert codes == ([code] if code else [])


def test_repeated_covered_and_hidden_parts_of_an_open_document(tmp_path: Path) -> None:
    """Runs are counted, covered cells are blank, and rows that a filter hides are known."""
    cell = '<table:table-cell office:value-type="string"{}><text:p>{}</text:p></table:table-cell>'
    covered = "<table:covered-table-cell><text:p>unseen</text:p></table:covered-table-cell>"
    rows = [
        '<table:table-row table:number-rows-repeated="3"><table:table-cell table:number-columns-repeated="16384"/>',
        *(f"<table:table-row>{ods_row(HEADER).partition('>')[2].removesuffix('</table:table-row>')}" for _ in "x"),
        '<table:table-row table:number-rows-repeated="2" table:visibility="filter">'
        + cell.format("", "id") + cell.format(' table:number-columns-repeated="2"', "twice") + cell.format("", "x"),
        "<table:table-row>" + cell.format("", "id") + cell.format("", "wide") + covered + cell.format("", "y"),
        '<table:table-row table:number-rows-repeated="1048569"><table:table-cell table:number-columns-repeated="9"/>',
    ]  # fmt: skip
    path = write_ods(tmp_path / "a.ods", "".join(row + "</table:table-row>" for row in rows))
    table = open_table(path)
    assert numbers_of(table) == [5, 6, 7]
    records = [list(record.cells) for record in table.records()]
    assert records == [[], [], [], HEADER, *[["id", "twice", "twice", "x"]] * 2, ["id", "wide", None, "y"]]
    assert [chunk.hidden for chunk in table.chunks(9)] == [(5, 6)]
    assert table.width() == 4


def test_hidden_sheets_of_an_open_document_are_not_chosen(tmp_path: Path) -> None:
    """A style says that a sheet is not shown."""
    style = (
        '<style:style xmlns:style="s" style:name="ta2" style:family="table"><style:table-properties '
        'table:display="false"/></style:style>'
    )
    sheet = '</table:table><table:table table:name="Old" table:style-name="ta2">'
    path = write_ods(tmp_path / "a.ods", ods_row(HEADER) + ods_row(ANA) + sheet + ods_row(HEADER) + ods_row(BEN))
    with zipfile.ZipFile(path) as archive:
        content = archive.read("content.xml").decode()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", content.replace("<office:body>", f"{style}<office:body>"))
    assert open_table(path).sheet == "Data"
    assert [list(row.values()) for row in cells_of(open_table(path, Reading(sheet="Old")))] == [BEN]


@pytest.mark.parametrize(
    ("name", "content"),
    [("META-INF/manifest.xml", "<manifest:encryption-data/>"), ("encrypted-package", "x")],
)
def test_an_open_document_with_a_password_says_so(tmp_path: Path, name: str, content: str) -> None:
    """LibreOffice encrypts each part, or the whole."""
    path = write_ods(tmp_path / "a.ods", "")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, content)
    assert refusal(path).code == "password_protected"


def test_an_open_document_that_is_encrypted_as_a_whole_says_so(tmp_path: Path) -> None:
    """Nothing stands beside its one encrypted part but what it is, and it is no archive with several files in it."""
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("encrypted-package", "x")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    assert refusal(path).code == "password_protected"


@pytest.mark.parametrize("name", ["shapes", "dde-links", "tracked-changes"])
def test_a_table_of_a_chart_or_of_another_file_is_no_sheet(tmp_path: Path, name: str) -> None:
    """A chart keeps the numbers that it shows, and a link those that it got last."""
    inner = f'<table:table table:name="local">{ods_row(["x"])}</table:table>'
    rows = f"<table:{name}><a><b>{inner}</b></a></table:{name}>{ods_row(HEADER)}{ods_row(ANA)}"
    table = open_table(write_ods(tmp_path / "a.ods", rows))
    assert (table.sheet, [list(row.values()) for row in cells_of(table)]) == ("Data", [ANA])


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param("<table:table-row>", id="cut"),
        pytest.param(ods_row(["a"], repeated=2_000_000_000), id="rows"),
        pytest.param(ods_row(["a"]).replace("cell ", 'cell table:number-columns-repeated="16385" '), id="columns"),
        pytest.param('<table:table table:name="x"/>', id="nested"),
    ],
)  # fmt: skip
def test_a_damaged_open_document_is_refused(tmp_path: Path, rows: str) -> None:
    """Nothing is lost in silence."""
    assert refusal(write_ods(tmp_path / "a.ods", ods_row(HEADER) + rows)).code == "damaged_workbook"


def _page(tmp_path: Path, text: str, encoding: str = "utf-8", reading: Reading | None = None) -> list[list[str]]:
    path = tmp_path / "a.xls"
    path.write_bytes(text.encode(encoding))
    table = open_table(path, reading or Reading())
    assert (table.detected.format, table.sheet, table.format) == ("html", None, "xlsx")
    return [list(row.values()) for row in cells_of(table)]


HEAD = "<tr><th>" + "<th>".join(HEADER)


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        pytest.param("<tr><td>1<td>a<td>b<td>c", ["1", "a", "b", "c"], id="nothing-closed"),
        pytest.param("<TR><TD>1</TD><TD>&eacute;&#233;&nbsp;&lt;<TD>b<TD>c", ["1", "éé\xa0<", "b", "c"], id="ent"),
        pytest.param("<tr><td>1<td>a<br>\n b<td> x  y\n z <td>c", ["1", "a\nb", "x y z", "c"], id="breaks"),
        pytest.param('<tr><td>1<td colspan="2">a<td>c', ["1", "a", "", "c"], id="colspan"),
        pytest.param("<tr><td>1<td><b>a</b><i>b</i><td><p>x</p><p>y</p><td>c", ["1", "ab", "x\ny", "c"], id="rich"),
        pytest.param("<tr><td>1<td><script><td></script>a<td><style>y</style>b<td>c", ["1", "a", "b", "c"], id="js"),
        pytest.param(
            '<tr><td>1<td><b style="Display: none">1<b>2</b></b>a<td hidden>b<br hidden><td><p hidden>x<td>c',
            ["1", "a", "", "c"],
            id="not-shown",
        ),
        pytest.param("<tr><td>1<td><!-- <td>x -->a<td><![if x]>b<![endif]><td>c", ["1", "a", "b", "c"], id="comments"),
    ],
)  # fmt: skip
def test_the_cells_of_a_page_are_text_as_a_browser_shows_it(tmp_path: Path, row: str, cells: list[str]) -> None:
    """Exports are written in all ways that browsers forgive."""
    assert _page(tmp_path, f"<html><body><table>{HEAD}\n{row}</table>") == [cells]


@pytest.mark.parametrize("field", ['<input value="g2">', '<b><input type=Text value="g2"></b>', 'g2<input value="x">'])
def test_what_stands_in_a_field_of_a_form_is_not_certain(tmp_path: Path, field: str) -> None:
    """A person sees it there, or what somebody has typed since: the row does not go to the group of the run."""
    path = tmp_path / "a.html"
    path.write_text(f"<table>{HEAD}<th>Group ID<tr><td>{'<td>'.join(ANA)}<td>{field}</table>", "utf-8")
    assert [(issue.row, issue.code, issue.column) for issue in issues_of(open_table(path))] == [
        (2, "hidden_text", "Group ID")
    ]


@pytest.mark.parametrize(
    "field",
    [
        '<input type="checkbox" value="on">',
        '<input TYPE=Hidden value="x">',
        '<input value="x" style="display: none">',
        '<p hidden><input value="x"></p>',
        '<input value=" ">',
        "<input>",
        '<input type="submit" value="Save">',
    ],
)
def test_what_is_no_text_in_a_form_is_left_out(tmp_path: Path, field: str) -> None:
    """Boxes to tick, buttons, and fields that nobody sees."""
    row = "<tr><td>" + "<td>".join(cell + field for cell in ANA)
    assert _page(tmp_path, f"<table>{HEAD}{row}</table>") == [ANA]


def test_rows_that_a_cell_reaches_into_are_shifted_no_row(tmp_path: Path) -> None:
    """It is seen in each of them, and the others stay in their columns."""
    rows = '<tr><td>1<td rowspan="2">a<td>b<td>c<tr><td>2<td>d<td>e<tr style="display: none"><td>3<td>f<td>g<td>h'
    assert _page(tmp_path, f"<table>{HEAD}{rows}</table>") == [
        ["1", "a", "b", "c"],
        ["2", "a", "d", "e"],
        ["3", "f", "g", "h"],
    ]
    assert [chunk.hidden for chunk in open_table(tmp_path / "a.xls").chunks(9)] == [(4,)]


def test_of_several_tables_the_largest_with_the_columns_is_taken(tmp_path: Path) -> None:
    """Pages have tables for their looks, around the table and beside it."""
    small = f"<table>{HEAD}<tr><td>1<td>a<td>b<td>c</table>"
    large = f"<table>{HEAD}{'<tr><td>2<td>a<td>b<td>c' * 2}</table>"
    longest = f"<table>{'<tr><td>x' * 9}</table>"
    page = f"<html><table><tr><td>{small}</td><td>{longest}{large}</td></tr></table>"
    assert [row[0] for row in _page(tmp_path, page)] == ["2", "2"]
    assert "3 tables; number 3 was taken" in "".join(open_table(tmp_path / "a.xls").detected.notes)


def test_a_row_whose_cells_are_pushed_beyond_the_columns_is_refused(tmp_path: Path) -> None:
    """LibreOffice leaves out hidden rows, and lets a merged cell reach as far as with them: into another's row."""
    head = HEAD + "<th>Group ID"
    rows = f"<tr><td>{'<td>'.join(ANA)}<td rowspan=2>g1<tr><td>{'<td>'.join(BEN)}<td>g2<tr><td>{'<td>'.join(ANA)}<td>g3"
    path = tmp_path / "a.html"
    path.write_text(f"<table>{head}{rows}</table>", "utf-8")
    assert [(issue.row, issue.code) for issue in issues_of(open_table(path))] == [(3, "unaligned_row")]
    path.write_text(f"<table>{head}{rows.replace('<td>g2', '<td>')}</table>", "utf-8")
    assert [row["group_id"] for row in cells_of(open_table(path))] == ["g1", "g1", "g3"]


def test_customers_in_another_table_refuse_the_page(tmp_path: Path) -> None:
    """Reports begin a table on each page, and lists that scroll have their header in a table of its own."""
    path = tmp_path / "a.xls"
    rows = ["<tr><td>" + "<td>".join(cells) for cells in (ANA, BEN)]
    for tables, left in (
        ([HEAD + rows[0], HEAD + rows[1]], "1 row looks like a customer"),
        ([HEAD, "".join(rows)], "2 rows look like customers"),
        ([HEAD + rows[0], "".join(f"<tr><td>Bo<td>Lind<td>b{n}@example.com" for n in "12")], "2 rows look like"),
    ):
        path.write_text("<html>" + "".join(f"<table>{table}</table>" for table in tables), "utf-8")
        error = refusal(path)
        assert error.code == "several_tables"
        assert left in str(error)
        assert "that it has not (first in table 2 of the page)" in str(error)


@pytest.mark.parametrize(
    "table",
    [
        pytest.param("<tr><td>" + "<td>".join(ANA), id="the-same-customer"),
        pytest.param('<tr style="display: none"><td>' + "<td>".join(BEN), id="not-shown"),
        pytest.param("<tr><td>Written by<td>jo@example.com", id="an-address"),
        pytest.param("<tr><td>Written by<td>Jo Smith<td>jo@example.com", id="the-author"),
        pytest.param(f"<tr><td>{BEN[0]}", id="an-id"),
    ],
)
def test_other_tables_without_customers_of_their_own_are_left_alone(tmp_path: Path, table: str) -> None:
    """What is in the table that is read is not missing; a lone address is nobody's row."""
    rows = "<tr><td>" + "<td>".join(ANA) + "<tr><td>x"
    assert _page(tmp_path, f"<html><table>{HEAD}{rows}</table><table>{table}</table>")[0] == ANA


def test_of_several_tables_the_one_that_is_taken_is_named(tmp_path: Path) -> None:
    """By its caption, or by what the page calls it."""
    rows = f"{HEAD}<tr><td>1<td>a<td>b<td>c"
    for begin, name in (("<table id=x><caption>My <b>customers</b></caption>", "My customers"), ("<table id=x>", "x")):
        assert _page(tmp_path, f"<table><tr><td>y</table>{begin}{rows}</table>") == [["1", "a", "b", "c"]]
        assert f'number 2 ("{name}") was taken' in "".join(open_table(tmp_path / "a.xls").detected.notes)
    assert _page(tmp_path, f"<table><caption>no end{rows}</table>") == [["1", "a", "b", "c"]]


@pytest.mark.parametrize(
    ("encoding", "says"),
    [
        ("utf-8", "<meta charset=utf-8>"),
        ("utf-8", ""),
        ("utf-8-sig", '<meta charset="iso-8859-1">'),
        ("utf-16", ""),
        ("windows-1252", '<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=iso-8859-1">'),
        ("windows-1252", ""),
        ("iso-8859-2", '<meta charset="ISO-8859-2">'),
        ("utf-8", '<meta charset="utf-16">'),
        ("iso-8859-2", '<?xml version="1.0" encoding="ISO-8859-2"?>'),
        ("windows-1252", "<?xml version='1.0' encoding='iso-8859-2'?><meta charset=windows-1252>"),
        ("utf-8", '<meta charset="none-such">'),
    ],
)
def test_the_encoding_of_a_page_is_found_out(tmp_path: Path, encoding: str, says: str) -> None:
    """A mark at the beginning, then what the page says, then UTF-8, then what is assumed."""
    begin = f"{says}<html>" if says.startswith("<?") else f"<html><head>{says}</head>"
    page = f"{begin}<table>{HEAD}<tr><td>1<td>José<td>b<td>c</table>"
    assert _page(tmp_path, page, encoding)[0][1] == "José"
    assumed = (encoding, says) == ("windows-1252", "")
    assert ("assumed" in "".join(open_table(tmp_path / "a.xls").detected.notes)) is assumed


def test_a_mark_at_the_beginning_counts_more_than_a_declaration(tmp_path: Path) -> None:
    """Expat takes what is declared, and every letter with an accent would be two others."""
    path = write_xml(tmp_path / "a.xml", xml_sheet("Data", xml_row(HEADER) + xml_row(["1", "José", "Núñez", "a@b.c"])))
    data = path.read_bytes().replace(b'"1.0"', b'"1.0" encoding="ISO-8859-1"')
    path.write_bytes(b"\xef\xbb\xbf" + data)
    assert [list(row.values()) for row in cells_of(open_table(path))] == [["1", "José", "Núñez", "a@b.c"]]


@pytest.mark.parametrize(
    "begin", ["<center>", "<FONT size=2>\n", "<h1>Customers</h1>", "<script>x</script>", "<p>a<br>"]
)
def test_a_page_may_begin_in_any_way(tmp_path: Path, begin: str) -> None:
    """Programs that write no head do so, too."""
    assert _page(tmp_path, f"{begin}<table>{HEAD}<tr><td>1<td>a<td>b<td>c</table>") == [["1", "a", "b", "c"]]


def test_a_page_in_another_encoding_than_it_says_is_refused(tmp_path: Path) -> None:
    """No letter is guessed."""
    path = write_html(tmp_path / "a.xls", [HEADER], before="<meta charset=utf-8>")
    path.write_bytes(path.read_bytes().replace(b"E-mail", b"E-mail\xe9"))
    assert "utf-8" in refusal(path).message


def test_a_page_without_a_table_and_a_sheet_of_a_page_are_refused(tmp_path: Path) -> None:
    """It says what the file is."""
    (tmp_path / "a.xls").write_text("<html><body>Please log in", "ascii")
    assert refusal(tmp_path / "a.xls").code == "unknown_format"
    assert refusal(write_html(tmp_path / "b.xls", [HEADER]), sheet="Data").code == "no_sheets"


def test_rows_without_a_table_around_them_are_one(tmp_path: Path) -> None:
    """As `sqlite3 -html` writes them; where a table begins further down, that is another one."""
    path = tmp_path / "a.html"
    rows = "".join("<TR>" + "".join(f"<TD>{cell}</TD>\n" for cell in row) + "</TR>\n" for row in (HEADER, ANA, BEN))
    path.write_text(rows, encoding="utf-8")
    table = open_table(path)
    assert [list(row.values()) for row in cells_of(table)] == [ANA, BEN]
    assert table.detected.notes == ()


def test_a_page_that_ends_in_its_table_says_so(tmp_path: Path) -> None:
    """It may have been cut off on its way, and rows be missing."""
    _page(tmp_path, f"<table>{HEAD}<tr><td>1<td>a<td>b<td>c")
    assert "rows may be missing" in "".join(open_table(tmp_path / "a.xls").detected.notes)


def test_a_row_in_which_a_page_ends_is_refused(tmp_path: Path) -> None:
    """Wherever it is cut, nobody is sent whose row is not whole, where the page closes its rows."""
    rows = [[f"{at}1111111-1111-4111-8111-111111111111", "Ana", "Reyes", "ana@firm.example.com"] for at in (1, 2)]
    lines = ["<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>\n" for row in [HEADER, *rows]]
    text = f"<html><table>{''.join(lines)}"
    begin, end = text.index("<tr><td>2"), len(text) - len("</tr>\n")
    path = tmp_path / "a.xls"
    for cut in range(begin + len("<tr><td>2"), end + 1):
        path.write_text(text[:cut], "utf-8")
        issues = issues_of(open_table(path))
        assert {issue.row for issue in issues} == {3}, text[begin:cut]
        assert "cut_off" in {issue.code for issue in issues}
    path.write_text(text, "utf-8")
    assert issues_of(open_table(path)) == []


def test_the_cells_of_a_workbook_of_2003_have_their_types(tmp_path: Path) -> None:
    """Text, numbers, dates, truth values, errors, formulas, comments, gaps, merged cells and hidden rows."""
    typed = (
        '<Row ss:Index="4" ss:Hidden="1"><Cell ss:StyleID="s"><Data ss:Type="String">007</Data><Comment><ss:Data>note'
        '</ss:Data></Comment></Cell><Cell ss:Index="3"><ss:Data ss:Type="String" xmlns="h"><B>ri</B>ch</ss:Data></Cell>'
        '<Cell><Data ss:Type="Number">1.50</Data></Cell><Cell><Data ss:Type="DateTime">2024-02-29T00:00:00.000</Data>'
        '</Cell><Cell><Data ss:Type="DateTime">1899-12-31T13:05:00.000</Data></Cell><Cell><Data ss:Type="Boolean">1'
        '</Data></Cell><Cell ss:Formula="=x"><Data ss:Type="Error">#N/A</Data></Cell><Cell ss:Formula="=1"/>'
        '<Cell><Data ss:Type="Number">odd</Data></Cell></Row>'
    )
    merged = (
        '<Row><Cell ss:MergeAcross="1" ss:MergeDown="1"><Data ss:Type="String">m</Data></Cell><Cell><Data ss:Type='
        '"String">a</Data></Cell></Row><Row><Cell><Data ss:Type="String">b</Data></Cell></Row>'
    )
    hidden = "<WorksheetOptions><Visible>SheetVeryHidden</Visible></WorksheetOptions>"
    sheets = xml_sheet("Data", xml_row(WITH_GROUP) + typed + merged) + xml_sheet("Old", xml_row(HEADER), hidden)
    table = open_table(write_xml(tmp_path / "a.xls", sheets, encoding="utf-8-sig"))
    [_, _, _, first, second, third] = table.records()
    assert list(first.cells) == [
        "007", None, "rich", 1.5, dt.date(2024, 2, 29), dt.time(13, 5), True, CellError("#N/A"), None, "odd"
    ]  # fmt: skip
    assert [list(record.cells) for record in (second, third)] == [["m", None, "a"], ["m", None, "b"]]
    assert [chunk.hidden for chunk in table.chunks(9)] == [(4,)]
    assert (table.sheet, table.detected.format) == ("Data", "xml")


def test_a_row_of_a_workbook_of_2003_may_stand_for_others_without_cells(tmp_path: Path) -> None:
    """The next one comes behind them, unless it says where it is; merged cells reach as far as they are seen."""
    rows = xml_row(HEADER) + xml_row(ANA).replace("<Cell>", '<Cell ss:MergeDown="3">', 1)
    rows += '<Row ss:Span="2" ss:Hidden="1"/>' + xml_row(BEN) + '<Row ss:Span="9"/>' + xml_row(ANA, ' ss:Index="10"')
    table = open_table(write_xml(tmp_path / "a.xml", xml_sheet("Data", rows)))
    assert numbers_of(table) == [2, 6, 10]
    assert [row["customer_id"] for row in cells_of(table)] == [ANA[0], BEN[0], ANA[0]]


@pytest.mark.parametrize(
    ("said", "is_hidden"),
    [("Hidden='1'", True), ("Height='0'", True), ("Height='0.00'", True), ("Height='12.75'", False)],
)
def test_a_row_of_a_workbook_of_2003_is_hidden_by_hand_or_without_height(
    tmp_path: Path, said: str, *, is_hidden: bool
) -> None:
    """As in an Excel workbook."""
    path = write_xml(tmp_path / "a.xml", xml_sheet("Data", xml_row(HEADER) + xml_row(ANA, f" ss:{said}")))
    assert [chunk.hidden for chunk in open_table(path).chunks(9)] == [(2,) if is_hidden else ()]


@pytest.mark.parametrize("group", ["table-row-group", "table-header-rows"])
def test_a_group_of_an_open_document_may_hide_its_rows(tmp_path: Path, group: str) -> None:
    """Where it is collapsed, also inside of another one; other groups of rows are none of that kind."""
    begin, end = f'<table:{group} table:display="false">', f"</table:{group}>"
    inner = f"<table:table-row-group>{ods_row(BEN)}</table:table-row-group>"
    rows = ods_row(HEADER) + begin + ods_row(ANA) + inner + end + ods_row(BEN)
    table = open_table(write_ods(tmp_path / "a.ods", rows))
    assert [chunk.hidden for chunk in table.chunks(9)] == [(2, 3) if group == "table-row-group" else ()]


@pytest.mark.parametrize(("height", "is_hidden"), [("0cm", True), ("0.00in", True), ("0", True), ("0.45cm", False)])
def test_a_row_of_an_open_document_without_height_is_hidden(tmp_path: Path, height: str, *, is_hidden: bool) -> None:
    """As in an Excel workbook."""
    style = (
        '<style:style xmlns:style="s" style:name="ro2" style:family="table-row"><style:table-row-properties '
        f'style:row-height="{height}"/></style:style>'
    )
    second = ods_row(BEN).replace("<table:table-row", '<table:table-row table:style-name="ro2"')
    path = write_ods(tmp_path / "a.ods", ods_row(HEADER) + ods_row(ANA) + second)
    with zipfile.ZipFile(path) as archive:
        content = archive.read("content.xml").decode()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", content.replace("<office:body>", f"{style}<office:body>"))
    assert [chunk.hidden for chunk in open_table(path).chunks(9)] == [(3,) if is_hidden else ()]


@pytest.mark.parametrize(
    "rows",
    [
        '<Row ss:Index="1"/>',
        '<Row ss:Index="1048577"/>',
        '<Row><Cell ss:Index="16385"/></Row>',
        '<Row><Cell ss:Index="2"/><Cell ss:Index="1"/></Row>',
        "<Row>",
    ],
)
def test_a_damaged_workbook_of_2003_is_refused(tmp_path: Path, rows: str) -> None:
    """No row or cell is where another one is."""
    path = write_xml(tmp_path / "a.xls", xml_sheet("Data", xml_row(HEADER) + rows))
    assert refusal(path).code == "damaged_workbook"
