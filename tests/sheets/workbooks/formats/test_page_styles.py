"""What the styles of a web page hide or strike through."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.sheets.open import open_table
from importer.sheets.workbooks.formats.html.page_styles import PageStyles
from tests.sheets.files import ANA, BEN, HEADER, cells_of, issues_of, numbers_of

HEAD = "<tr><th>" + "<th>".join(HEADER)
FIRST = "<td>" + "<td>".join(ANA)
SECOND = "<td>" + "<td>".join(BEN)


def _page(path: Path, style: str, rows: str, *, table: str = "<table>", before: str = "") -> Path:
    path.write_text(
        f"<html><head><style>{style}</style></head><body>{before}{table}{HEAD}{rows}</table></body></html>", "utf-8"
    )
    return path


def _hidden(path: Path) -> list[int]:
    return [number for chunk in open_table(path).chunks(9) for number in chunk.hidden]


def _codes(path: Path) -> list[tuple[int, str, str]]:
    return [(issue.row, issue.code, issue.column) for issue in issues_of(open_table(path))]


@pytest.mark.parametrize(
    "style",
    [
        ".gone{display:none}",
        ".a, tr.gone , .b { display : NONE !important; color: red }",
        "tr.gone{visibility:hidden}",
        "tr.gone{visibility:collapse}",
        "<!-- .xl65{color:red} .gone{display:none} -->",
        "/* } */ .gone{content:'}';display:none}",
        "@media screen{.gone{display:none}}",
        "#first{display:none}",
        "[id]{display:none}",
        ".gone.gone{display:none} tr{display:table-row}",
        ".gone{display:none} .gone:hover{display:table-row}",
    ],
)
def test_rows_that_a_style_sheet_hides_are_hidden(tmp_path: Path, style: str) -> None:
    """By a class, an id or an element, whatever else the style sheet says."""
    path = _page(tmp_path / "a.xls", style, f'<tr id="first" class="x Gone">{FIRST}<tr>{SECOND}')
    assert (_hidden(path), _codes(path), numbers_of(open_table(path))) == ([2], [], [2, 3])


@pytest.mark.parametrize(
    "style",
    [
        ".other{display:none}",
        "[hidden], template{display:none!important}",
        "[data-x]{display:none}",
        ":not(.other){display:none}",
        "@media (max-width:760px){.gone, thead{display:none} td{display:block}}",
        "@media only screen and (max-device-width: 40em), (width <= 640px), print{.gone{display:none}}",
        "thead tr{position:absolute;top:-9999px}",
        "@media print{.gone{display:none}}",
        ".menu .gone{display:none}",
        ".gone:hover{display:none}",
        ".gone::before{display:none}",
        ".gone{display:none} .gone{display:table-row}",
        ".gone{display:none} #first{display:table-row}",
        "td .other{display:none}",
        "th.gone{display:none}",
        "@keyframes x{from{visibility:hidden}}",
        ".gone{mso-display-decimal-separator:none}",
    ],
)
def test_rows_that_no_rule_hides_are_seen(tmp_path: Path, style: str) -> None:
    """A rule for print, for what is not on the page, for a moment, or one that another one undoes."""
    path = _page(tmp_path / "a.xls", style, f'<tr id="first" class="gone">{FIRST}<tr>{SECOND}')
    assert (_hidden(path), _codes(path)) == ([], [])


@pytest.mark.parametrize(
    "style",
    [
        "table .gone{display:none}",
        "tr[class=gone].gone{display:none}",
        "[class~=gone]{display:none}",
        ".gone:nth-child(3){display:none}",
        "@media (min-width: 600px){.gone{display:none}}",
        "@media (max-width: 1600px){.gone{display:none}}",
        "tbody .gone{display:none}",
        ".gone{display:none} @supports (display:grid){.gone{display:table-row}}",
        ".page>table .gone{visibility:hidden}",
        ".gone{mso-hide:all}",
    ],
)
def test_rows_that_may_be_hidden_are_refused(tmp_path: Path, style: str) -> None:
    """Whether a person sees them, depends on more than is looked at."""
    path = _page(tmp_path / "a.xls", style, f'<tr class="gone">{FIRST}<tr>{SECOND}', before='<div class="page">')
    assert _hidden(path) == []
    assert _codes(path) == [(2, "hidden_text", name) for name in HEADER]


@pytest.mark.parametrize(
    "begin", ['<span class="x">', "<span hidden>", '<b style="visibility: hidden">', "<del hidden>"]
)
def test_hidden_text_in_a_cell_is_no_part_of_it(tmp_path: Path, begin: str) -> None:
    """As pages have it that can be sorted."""
    end = f"</{begin[1:].partition(' ')[0]}>"
    cells = f"<td>{ANA[0]}<td>{ANA[1]}<td>{begin}Olsson{end}{ANA[2]}<td>{ANA[3]}"
    path = _page(tmp_path / "a.xls", ".x{display:none}", f"<tr>{cells}<tr>{SECOND}")
    assert [list(row.values()) for row in cells_of(open_table(path))] == [ANA, BEN]
    assert _codes(path) == []


@pytest.mark.parametrize(
    "style",
    [
        "td .x{display:none}",
        ".x{mso-hide:all}",
        ".x{position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0, 0, 0, 0);white-space:nowrap}",
        ".x{clip:rect(1px,1px,1px,1px)!important}",
        ".x{clip-path:inset(50%)}",
        ".x{opacity:0}",
        ".x{font-size:0}",
        ".x{font-size: 0px; color: red}",
        ".x{color:transparent}",
        ".x{position:absolute;left:-9999px;top:auto}",
        ".x{text-indent:-999em}",
    ],
)
def test_text_that_may_be_hidden_is_refused(tmp_path: Path, style: str) -> None:
    """It is one thing or the other; blanks are neither."""
    cells = f"<td>{ANA[0]}<td>{ANA[1]}<td><b class=x>Olsson</b>{ANA[2]}<td>{ANA[3]}<b class=x> </b>"
    path = _page(tmp_path / "a.xls", style, f"<tr>{cells}<tr>{SECOND}")
    assert _codes(path) == [(2, "hidden_text", "Last Name")]


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("<select><option>Olsson<option>Reyes</select>", [(2, "hidden_text", "Last Name")]),
        ("<details><summary>Reyes</summary>Olsson</details>", [(2, "hidden_text", "Last Name")]),
        ("<ruby>Reyes<rp>(</rp><rt>Olsson</rt><rp>)</rp></ruby>", []),
        ("<datalist><option>Olsson</datalist>Reyes", []),
    ],
)
def test_elements_that_show_a_part_of_their_text(tmp_path: Path, cell: str, found: list[tuple[int, str, str]]) -> None:
    """A list to choose from shows one of its entries; how a name is spoken is no part of it."""
    cells = f"<td>{ANA[0]}<td>{ANA[1]}<td>{cell}<td>{ANA[3]}"
    path = _page(tmp_path / "a.xls", "", f"<tr>{cells}<tr>{SECOND}")
    assert _codes(path) == found
    assert found or [row["last_name"] for row in cells_of(open_table(path))] == [ANA[2], BEN[2]]


@pytest.mark.parametrize(
    "style",
    [
        "opacity:0.5",
        "font-size:0.9em",
        "background-color:transparent",
        "opacity: 1",
        "left:-9px",
        "clip:auto",
        "clip:rect(0)",
        "top:0",
    ],
)
def test_text_that_is_only_moved_or_pale_is_seen(tmp_path: Path, style: str) -> None:
    """What a page does for its looks hides nothing."""
    path = _page(tmp_path / "a.xls", f"td{{{style}}}", f"<tr>{FIRST}")
    assert _codes(path) == []


def test_hidden_columns_of_a_page_are_read(tmp_path: Path) -> None:
    """Like those of any sheet, whether the column says it or each of its cells."""
    first, second = (f'<tr><td class="x">{one[0]}<td>' + "<td>".join(one[1:]) for one in (ANA, BEN))
    head = HEAD.replace("<th>", '<th class="x">', 1)
    rows = f"<tr><td colspan=4>Customers</td>{head}{first}{second}"
    path = tmp_path / "a.xls"
    path.write_text(f"<html><style>.x{{display:none}}</style><table>{rows}</table></html>", "utf-8")
    assert [list(row.values()) for row in cells_of(open_table(path))] == [ANA, BEN]
    assert _codes(path) == []
    path = _page(tmp_path / "b.xls", ".x{display:none}", f"<tr>{FIRST}", table="<table><col class=x><col>")
    assert (_codes(path), _hidden(path)) == ([], [])


def test_a_cell_that_is_missing_in_one_row_alone_moves_the_others(tmp_path: Path) -> None:
    """A browser shows the address under the last name then."""
    cells = f"<td>{ANA[0]}<td>{ANA[1]}<td class=x>{ANA[2]}<td>{ANA[3]}"
    path = _page(tmp_path / "a.xls", ".x{display:none}", f"<tr>{cells}<tr>{SECOND}")
    assert _codes(path) == [(2, "hidden_text", "Last Name"), (2, "hidden_text", "E-mail")]


@pytest.mark.parametrize(
    ("hiding", "more", "is_seen"),
    [
        ("display:none", "", True),
        ("visibility:hidden", "", False),
        ("display:none", "<td>more", False),
        ("display:none", "<td rowspan=2>", False),
    ],
)
def test_a_cell_that_takes_no_room_is_none(tmp_path: Path, hiding: str, more: str, *, is_seen: bool) -> None:
    """Where the row has all the columns without it: keys for sorting have no header."""
    rows = "".join(f'<tr><td class="x">7{"".join(f"<td>{cell}" for cell in one)}{more}' for one in (ANA, BEN))
    path = _page(tmp_path / "a.xls", f".x{{{hiding}}}", rows)
    if is_seen:
        assert [list(row.values()) for row in cells_of(open_table(path))] == [ANA, BEN]
    assert _codes(path) == ([] if is_seen else [(row, "hidden_text", name) for row in (2, 3) for name in HEADER])


@pytest.mark.parametrize(
    ("table", "before"),
    [("<table class=x>", ""), ("<table>", "<div class=x><b>y</b>"), ("<table><tbody class=x>", "<div class=x></div>")],
)
def test_tables_that_are_not_shown_have_hidden_rows(tmp_path: Path, table: str, before: str) -> None:
    """Be it themselves, some of their rows, or what is around them."""
    path = _page(tmp_path / "a.xls", ".x{display:none}", f"<tr>{FIRST}", table=table, before=before)
    assert _hidden(path) == [2]


@pytest.mark.parametrize(
    ("style", "row", "is_struck"),
    [
        (".x{text-decoration:line-through}", "<tr class=x>", True),
        (".x{text-decoration-line: underline line-through}", "<tr class=x>", True),
        ("tbody .x{text-decoration:line-through}", "<tr class=x>", True),
        (".x{text-decoration:line-through}", "<tbody class=x><tr>", True),
        (".x{text-decoration:line-through} .x{text-decoration:none}", "<tr class=x>", False),
        (".x{text-decoration:underline}", "<tr class=x>", False),
    ],
)
def test_a_style_sheet_strikes_text_through(tmp_path: Path, style: str, row: str, *, is_struck: bool) -> None:
    """Rows, groups of them, or, as Excel writes it, cells."""
    path = _page(tmp_path / "a.xls", style, f"{row}{FIRST}</tbody><tr>{SECOND}")
    assert _codes(path) == ([(2, "struck_text", name) for name in HEADER] if is_struck else [])


def test_the_style_sheet_of_excel_is_understood(tmp_path: Path) -> None:
    """It stands in a comment, and cells have classes of it."""
    style = (
        '<!--\ntd {mso-style-parent:style0;}\n.xl66\n\t{mso-number-format:"\\@";\n\ttext-decoration:line-through;}-->'
    )
    cells = f"<td>{ANA[0]}<td>{ANA[1]}<td class=xl66>{ANA[2]}<td>{ANA[3]}"
    path = _page(tmp_path / "a.xls", style, f"<tr>{cells}")
    assert _codes(path) == [(2, "struck_text", "Last Name")]


FRAMEWORK = """
[hidden], template { display: none }  audio:not([controls]) { display: none; height: 0 }
.hide { display: none !important }  .menu .entry:not(.open) { visibility: hidden }
.panes > .pane { display: none }  .panes > .open { display: block }
.striped > tbody > tr:nth-of-type(odd) > td { opacity: 0.9 }  .reader-only { clip: rect(0, 0, 0, 0) }
@media (min-width: 768px) { .hide-wide { display: none !important } .show-wide { display: table-cell !important } }
@media (max-width: 767px) { thead tr { position: absolute; left: -9999px } td { display: block } th { display: none } }
@media print { .page, table { display: none } }
@supports (display: grid) { .grid { display: grid } }
"""


def test_the_styles_of_a_framework_hide_nothing_of_an_ordinary_table(tmp_path: Path) -> None:
    """Pages carry whole libraries of rules of which a table has no use."""
    rows = f"<tbody><tr class=row>{FIRST}</tr><tr class=row>{SECOND}</tr></tbody>"
    before = '<div class="page"><ul class="menu"><li class="entry">x</ul></div>'
    path = _page(tmp_path / "a.xls", FRAMEWORK, rows, table='<table class="striped">', before=before)
    assert [list(row.values()) for row in cells_of(open_table(path))] == [ANA, BEN]
    assert (_codes(path), _hidden(path)) == ([], [])


def test_styles_that_are_not_in_the_page_are_told(tmp_path: Path) -> None:
    """Nobody can know what they hide."""
    path = _page(tmp_path / "a.xls", "", f"<tr>{FIRST}", before='<link href="a.css" rel="stylesheet">')
    assert "styles from other files" in "".join(open_table(path).detected.notes)


def test_a_comment_hides_a_style_sheet(tmp_path: Path) -> None:
    """What is in it is no rule; outside of it, the last one may be cut off."""
    path = _page(tmp_path / "a.xls", "", f"<tr class=x>{FIRST}", before="<!-- <style>.x{display:none}</style> -->")
    assert _hidden(path) == []
    path.write_text(path.read_text("utf-8") + "<style>.x{display:none}", "utf-8")
    assert _hidden(path) == [2]
    print_only = '<style media="print">.x{display:none}</style><style type="text/less">.x{display:none}</style>'
    assert _hidden(_page(tmp_path / "b.xls", "", f"<tr class=x>{FIRST}", before=print_only)) == []


def test_cells_reach_no_further_than_their_group_of_rows(tmp_path: Path) -> None:
    """A browser cuts them off at its end; 0 is all of it."""
    shared = f"<td>{ANA[0]}<td>{ANA[1]}<td rowspan={{}}>{ANA[2]}<td>{ANA[3]}"
    alone = f"<td>{BEN[0]}<td>{BEN[1]}<td>{BEN[3]}"
    for at, rows in enumerate((9, 0)):
        body = f"<tbody><tr>{shared.format(rows)}<tr>{alone}</tbody><tbody><tr>{SECOND}</tbody>"
        path = _page(tmp_path / f"{at}.xls", "", body)
        assert [row["last_name"] for row in cells_of(open_table(path))] == [ANA[2], ANA[2], BEN[2]]


def test_many_classes_are_looked_at_once() -> None:
    """What is known of elements that differ in nothing that counts is not found out again, and not kept for ever."""
    styles = PageStyles("<style>.x{display:none}</style>")
    looks = {styles.look("td", [("class", f"a{at}")]) for at in range(9_999)}
    assert len(looks) == 1
    many = PageStyles()
    assert [many.look("td", [("style", f"left:{at};display:none")]).is_unseen for at in range(5_000)] == [True] * 5_000
