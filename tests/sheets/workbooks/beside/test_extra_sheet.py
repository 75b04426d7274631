"""A sheet beside the table, written by both writers of workbooks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from openpyxl.chart import BarChart, ScatterChart

from importer.errors import SourceError
from importer.sheets.extra_sheet import ExtraCell
from importer.sheets.open import open_raw, open_table, sheet_sizes
from importer.sheets.reading import Reading
from tests.sheets.files import (
    ANA,
    BEN,
    HEADER,
    MAIN,
    RELATIONS,
    cells_of,
    text_row,
    write_csv,
    write_package,
    write_xlsx,
)
from tests.sheets.workbooks.annotate.users_files import (
    FORMATS,
    cells,
    changed_parts,
    own_writer,
    parts_of,
    rewritten,
    rich_workbook,
)
from tests.sheets.workbooks.beside.extra_sheets import (
    HOSTILE,
    WRITERS,
    charts_of,
    extra_sheet,
    formulas_of,
    sheet_of,
    write_with,
)

TABLE = [HEADER, ANA, BEN]


def _source(path: Path, *, title: str = "Data") -> Path:
    return write_xlsx(path, {title: TABLE})


@pytest.mark.parametrize("own", WRITERS)
def test_it_stands_behind_the_table_which_stays_the_active_one(tmp_path: Path, *, own: bool) -> None:
    """The workbook opens with the table, and the other sheet is one click away."""
    write_with(_source(tmp_path / "a.xlsx"), tmp_path / "b.xlsx", extra_sheet(), own=own)
    book = openpyxl.load_workbook(tmp_path / "b.xlsx")
    assert book.sheetnames == ["Data", "Summary"]
    assert book.active is book["Data"]
    assert [view.tabSelected for view in book["Summary"].views.sheetView] == [None]


@pytest.mark.parametrize("own", WRITERS)
def test_formulas_have_their_values_with_them(tmp_path: Path, *, own: bool) -> None:
    """A preview calculates nothing, and shows the numbers all the same."""
    write_with(_source(tmp_path / "a.xlsx"), tmp_path / "b.xlsx", extra_sheet(), own=own)
    assert formulas_of(sheet_of(tmp_path / "b.xlsx", "Summary")) == ["=SUM(B2:B3)", '=IF(B4=5,"good","bad")']
    values = sheet_of(tmp_path / "b.xlsx", "Summary", values=True)
    assert [values["B4"].value, values["C4"].value] == [5, "good"]


@pytest.mark.parametrize("own", WRITERS)
def test_text_is_text_whatever_it_begins_with(tmp_path: Path, *, own: bool) -> None:
    """Traps 8 and 9: neither a formula nor a broken file comes of any text."""
    write_with(_source(tmp_path / "a.xlsx"), tmp_path / "b.xlsx", extra_sheet(HOSTILE), own=own)
    sheet = sheet_of(tmp_path / "b.xlsx", "Summary")
    assert len(formulas_of(sheet)) == 2
    cells = [sheet.cell(6 + at, 1) for at in range(len(HOSTILE))]
    assert {cell.data_type for cell in cells} == {"s"}
    plain = [at for at, text in enumerate(HOSTILE) if text.isprintable() and len(text) < 100 and "_x" not in text]
    assert len(plain) > 5
    assert [cells[at].value for at in plain] == [HOSTILE[at] for at in plain]
    assert len(str(cells[HOSTILE.index("x" * 40_000)].value)) == 32_767


@pytest.mark.parametrize("own", WRITERS)
@pytest.mark.parametrize("title", ["Data", "Ana's list", "A & B <c>", "R1C1", "2025"])
def test_a_link_leads_to_its_row_whatever_the_sheet_is_called(tmp_path: Path, title: str, *, own: bool) -> None:
    """The name stands in quotation marks, and an apostrophe in it stands there twice."""
    write_with(_source(tmp_path / "a.xlsx", title=title), tmp_path / "b.xlsx", extra_sheet(), own=own)
    link = sheet_of(tmp_path / "b.xlsx", "Summary")["A5"].hyperlink
    assert link is not None
    assert link.location == f"'{title.replace(chr(39), chr(39) * 2)}'!A3"
    assert link.target is None
    assert sheet_of(tmp_path / "b.xlsx", title)["A3"].value == BEN[0]


def test_a_row_of_text_stands_in_the_line_of_its_number(tmp_path: Path) -> None:
    """Titles, blank lines and a line that names the delimiter do not move what a link leads to."""
    text = f"sep=,\nExport of June\n\n{','.join(HEADER)}\n{','.join(ANA)}\n\n{','.join(BEN)}\n"
    source = write_csv(tmp_path / "a.csv", text)
    write_with(source, tmp_path / "b.xlsx", extra_sheet(), own=False)
    sheet = sheet_of(tmp_path / "b.xlsx", "Sheet1")
    rows = [record for record in open_table(source).records() if record.kind.name == "ROW"]
    assert [sheet.cell(record.number, 1).value for record in rows] == [ANA[0], BEN[0]]


@pytest.mark.parametrize("own", WRITERS)
def test_charts_are_the_programs_own_and_hold_what_they_show(tmp_path: Path, *, own: bool) -> None:
    """They point to the cells, so that they follow them, and have a copy for what does not read the cells."""
    write_with(_source(tmp_path / "a.xlsx"), tmp_path / "b.xlsx", extra_sheet(), own=own)
    assert b'Target="/xl/drawings/drawing1.xml"' in parts_of(tmp_path / "b.xlsx")["xl/worksheets/_rels/sheet2.xml.rels"]
    bars, line = charts_of(tmp_path / "b.xlsx")
    assert isinstance(bars, BarChart)
    assert isinstance(line, ScatterChart)
    (series,) = bars.series
    assert series.cat.strRef.f == "'Summary'!$A$2:$A$3"
    assert [point.v for point in series.cat.strRef.strCache.pt] == ["a", "b"]
    assert series.val.numRef.f == "'Summary'!$B$2:$B$3"
    assert [point.v for point in series.val.numRef.numCache.pt] == [2, 3]
    assert [point.v for point in line.series[0].yVal.numRef.numCache.pt] == [2, 3]


@pytest.mark.parametrize("own", WRITERS)
@pytest.mark.parametrize("title", ["Summary", "summary"])
def test_a_name_that_is_taken_gets_a_number(tmp_path: Path, title: str, *, own: bool) -> None:
    """Somebody's own sheet of that name stays what it is, and so do its cells."""
    write_with(_source(tmp_path / "a.xlsx", title=title), tmp_path / "b.xlsx", extra_sheet(), own=own)
    book = openpyxl.load_workbook(tmp_path / "b.xlsx")
    assert book.sheetnames == [title, "Summary (2)"]
    write_with(tmp_path / "b.xlsx", tmp_path / "c.xlsx", extra_sheet(["again"]), own=own)
    assert openpyxl.load_workbook(tmp_path / "c.xlsx").sheetnames == [title, "Summary (2)"]
    assert cells_of(open_table(tmp_path / "c.xlsx")) == cells_of(open_table(tmp_path / "a.xlsx"))


def test_nothing_else_of_a_workbook_changes(tmp_path: Path) -> None:
    """But for the lists of what there is, every part of it is byte for byte what it is without the sheet."""
    source = rich_workbook(tmp_path / "a.xlsx")
    write_with(source, tmp_path / "without.xlsx", None, own=True)
    write_with(source, tmp_path / "with.xlsx", extra_sheet(), own=True)
    before, after = parts_of(tmp_path / "without.xlsx"), parts_of(tmp_path / "with.xlsx")
    assert changed_parts(tmp_path / "without.xlsx", tmp_path / "with.xlsx") - (after.keys() - before.keys()) == {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
    }
    assert before.keys() < after.keys()
    assert len(after) == len(before) + 6


@pytest.mark.slow
@pytest.mark.parametrize("times", [2, 3])
def test_one_of_an_earlier_run_is_replaced_with_its_charts(tmp_path: Path, times: int) -> None:
    """However often a report is fed back, it has one such sheet, and nothing of the earlier ones is left in it."""
    source = rich_workbook(tmp_path / "0.xlsx")
    for number in range(times):
        write_with(source, tmp_path / f"{number + 1}.xlsx", extra_sheet([f"run {number}"]), own=True)
        source = tmp_path / f"{number + 1}.xlsx"
    assert cells(source, "Summary")["A6"].value == f"run {times - 1}"
    assert [sheet.name for sheet in sheet_sizes(source)] == ["Customers", "Sums", "Secret", "Summary"]
    assert len(parts_of(source)) == len(parts_of(tmp_path / "1.xlsx"))
    types = parts_of(source)["[Content_Types].xml"].decode()
    assert types.count("drawingml.chart+xml") == 3, "one of the user's own, and two of ours"
    assert parts_of(source)["xl/workbook.xml"].count(b"_importer_report") == 1


def test_one_of_an_earlier_run_is_known_by_its_mark_and_not_by_its_name(tmp_path: Path) -> None:
    """A person may call it what they like: it keeps the name, so that whatever refers to it still does."""
    write_with(_source(tmp_path / "a.xlsx"), tmp_path / "b.xlsx", extra_sheet(), own=True)
    renamed = parts_of(tmp_path / "b.xlsx")["xl/workbook.xml"].replace(b'"Summary"', b'"Of June"')
    rewritten(tmp_path / "b.xlsx", tmp_path / "c.xlsx", {"xl/workbook.xml": renamed})
    write_with(tmp_path / "c.xlsx", tmp_path / "d.xlsx", extra_sheet(["new"]), own=True)
    book = openpyxl.load_workbook(tmp_path / "d.xlsx")
    assert book.sheetnames == ["Data", "Of June"]
    assert book["Of June"]["A6"].value == "new"


def test_somebodys_sheet_of_that_name_is_never_taken_for_ours(tmp_path: Path) -> None:
    """Even with the very same cells, what has no mark stays."""
    source = write_xlsx(tmp_path / "a.xlsx", {"Data": TABLE, "Summary": [["Title"], ["a", 2], ["b", 3]]})
    write_with(source, tmp_path / "b.xlsx", extra_sheet(), own=True)
    assert openpyxl.load_workbook(tmp_path / "b.xlsx").sheetnames == ["Data", "Summary", "Summary (2)"]
    assert parts_of(tmp_path / "b.xlsx")["xl/worksheets/sheet2.xml"] == parts_of(source)["xl/worksheets/sheet2.xml"]


@pytest.mark.parametrize("own", WRITERS)
def test_the_table_is_found_again_without_its_name(tmp_path: Path, *, own: bool) -> None:
    """Fed back, the report is read as the one sheet that it came from, and its columns of ours are known."""
    write_with(_source(tmp_path / "a.xlsx"), tmp_path / "b.xlsx", extra_sheet(), own=own)
    table = open_table(tmp_path / "b.xlsx")
    assert table.sheet == "Data"
    assert cells_of(table) == cells_of(open_table(tmp_path / "a.xlsx"))
    assert [sheet.name for sheet in sheet_sizes(tmp_path / "b.xlsx")] == ["Data", "Summary"]


def test_a_table_without_its_columns_is_still_the_one_that_is_meant(tmp_path: Path) -> None:
    """What is wrong with it is said of the table, and not that one of two sheets must be named."""
    write_with(_source(tmp_path / "a.xlsx"), tmp_path / "b.xlsx", extra_sheet(), own=True)
    broken = parts_of(tmp_path / "b.xlsx")["xl/worksheets/sheet1.xml"]
    for word in (b"E-mail", b"Last Name"):
        assert word in broken
        broken = broken.replace(word, b"Fax")
    rewritten(tmp_path / "b.xlsx", tmp_path / "c.xlsx", {"xl/worksheets/sheet1.xml": broken})
    with pytest.raises(SourceError) as caught:
        open_table(tmp_path / "c.xlsx")
    assert "no visible sheet" not in caught.value.message
    assert "Data" in caught.value.message


def test_a_look_at_a_report_as_it_is_shows_the_table(tmp_path: Path) -> None:
    """Wherever the sheet beside it has been moved to: only by its name it is looked at."""
    write_with(_source(tmp_path / "a.xlsx"), tmp_path / "b.xlsx", extra_sheet(), own=True)
    book = openpyxl.load_workbook(tmp_path / "b.xlsx")
    book.move_sheet("Summary", -1)
    book.save(tmp_path / "c.xlsx")
    assert open_raw(tmp_path / "c.xlsx").sheet == "Data"
    assert open_raw(tmp_path / "c.xlsx", Reading(sheet="Summary")).sheet == "Summary"


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        pytest.param(
            "xl/workbook.xml",
            MAIN.encode(),
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
            id="the strict edition",
        ),
        pytest.param("xl/workbook.xml", b"<sheets>", b'<x:sheets xmlns:x="urn:x">', id="a prefix"),
        pytest.param("xl/_rels/workbook.xml.rels", b"/styles", b"/stilles", id="no cell formats"),
    ],
)
def test_where_it_cannot_be_added_safely_it_is_left_out_and_that_is_said(
    tmp_path: Path, part: str, old: bytes, new: bytes
) -> None:
    """The annotated table is worth more than what stands beside it."""
    source = _source(tmp_path / "a.xlsx")
    data = parts_of(source)[part].replace(old, new)
    if new.startswith(b"<x:sheets"):
        data = data.replace(b"</sheets>", b"</x:sheets>")
    unusual = rewritten(source, tmp_path / "unusual.xlsx", {part: data})
    notes = write_with(unusual, tmp_path / "b.xlsx", extra_sheet(), own=True)
    assert "has no sheet Summary, since " in " ".join(notes)
    write_with(unusual, tmp_path / "c.xlsx", None, own=True)
    assert parts_of(tmp_path / "b.xlsx") == parts_of(tmp_path / "c.xlsx")


def test_relations_are_named_in_the_usual_namespace(tmp_path: Path) -> None:
    """The entry in the list of sheets says itself what its prefix means, whatever the list calls it."""
    write_with(_source(tmp_path / "a.xlsx"), tmp_path / "b.xlsx", extra_sheet(), own=True)
    assert f'<sheet xmlns:r="{RELATIONS}" name="Summary"'.encode() in parts_of(tmp_path / "b.xlsx")["xl/workbook.xml"]


def test_a_sheet_that_comes_after_a_record_is_refused(tmp_path: Path) -> None:
    """By then the lists of what there is in the workbook may be written."""
    source = _source(tmp_path / "a.xlsx")
    header = next(iter(open_table(source).records()))
    with own_writer(source, tmp_path / "b.xlsx") as writer:
        writer.write(header, writer.appended_area.names)
        with pytest.raises(ValueError, match="passed already"):
            writer.write_sheet(extra_sheet())


def test_one_that_is_itself_the_table_is_not_replaced(tmp_path: Path) -> None:
    """Whoever names it as the source has it annotated, with another one beside it."""
    sheet = extra_sheet()
    table = [[ExtraCell(at, text) for at, text in enumerate(row)] for row in TABLE]
    whole = replace(sheet, lines=[*table, *sheet.lines], charts=[])
    write_with(_source(tmp_path / "a.xlsx"), tmp_path / "b.xlsx", whole, own=True)
    reading = Reading(sheet="Summary")
    write_with(tmp_path / "b.xlsx", tmp_path / "c.xlsx", extra_sheet(), own=True, reading=reading)
    assert [sheet.name for sheet in sheet_sizes(tmp_path / "c.xlsx")] == ["Data", "Summary", "Summary (2)"]
    assert cells(tmp_path / "c.xlsx", "Summary")["E2"].value == "updated"


@pytest.mark.parametrize("state", ["", ' tabSelected="1"'])
def test_a_workbook_that_was_saved_with_it_in_front_opens_so_again(tmp_path: Path, state: str) -> None:
    """Which sheet is in front is for whoever saved the workbook."""
    write_with(_source(tmp_path / "a.xlsx"), tmp_path / "b.xlsx", extra_sheet(), own=True)
    part = "xl/worksheets/sheet2.xml"
    view = parts_of(tmp_path / "b.xlsx")[part].replace(b"<sheetView ", b"<sheetView%b " % state.encode())
    rewritten(tmp_path / "b.xlsx", tmp_path / "c.xlsx", {part: view})
    write_with(tmp_path / "c.xlsx", tmp_path / "d.xlsx", extra_sheet(), own=True)
    assert (b'tabSelected="1"' in parts_of(tmp_path / "d.xlsx")[part]) is bool(state)


def test_what_others_need_too_stays_when_one_is_replaced(tmp_path: Path) -> None:
    """A drawing that a sheet of somebody else shows is theirs, even where ours showed it as well."""
    source = rich_workbook(tmp_path / "a.xlsx")
    theirs = parts_of(source)["xl/drawings/drawing1.xml"]
    write_with(source, tmp_path / "b.xlsx", extra_sheet(), own=True)
    ours = next(name for name in parts_of(tmp_path / "b.xlsx") if name.endswith("_rels/sheet4.xml.rels"))
    more = f'<Relationship Id="rId9" Type="{RELATIONS}/drawing" Target="/xl/drawings/drawing1.xml"/></Relationships>'
    shared = parts_of(tmp_path / "b.xlsx")[ours].replace(b"</Relationships>", more.encode())
    rewritten(tmp_path / "b.xlsx", tmp_path / "c.xlsx", {ours: shared})
    write_with(tmp_path / "c.xlsx", tmp_path / "d.xlsx", extra_sheet(), own=True)
    assert parts_of(tmp_path / "d.xlsx")["xl/drawings/drawing1.xml"] == theirs
    assert len(parts_of(tmp_path / "d.xlsx")) == len(parts_of(tmp_path / "b.xlsx"))


@pytest.mark.parametrize("names", ["<definedNames/>", "<definedNames></definedNames>", ""])
def test_names_are_added_to_a_list_that_is_empty_or_not_there(tmp_path: Path, names: str) -> None:
    """The list stands behind that of the sheets, where the format wants it."""
    source = write_package(
        tmp_path / "a.xlsx", text_row(1, HEADER) + text_row(2, ANA), parts={"xl/styles.xml": FORMATS}
    )
    parts = parts_of(source)
    style = f'<Relationship Id="r9" Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>'
    changed = {
        "xl/workbook.xml": parts["xl/workbook.xml"].replace(b"</sheets>", f"</sheets>{names}".encode()),
        "xl/_rels/workbook.xml.rels": parts["xl/_rels/workbook.xml.rels"].replace(b"</Relationships>", style.encode()),
    }
    rewritten(source, tmp_path / "b.xlsx", changed)
    assert write_with(tmp_path / "b.xlsx", tmp_path / "c.xlsx", extra_sheet(), own=True) == ()
    book = parts_of(tmp_path / "c.xlsx")["xl/workbook.xml"]
    assert book.count(b"<definedNames") == 1
    assert b"</sheets><definedNames><definedName" in book


def test_a_long_title_is_cut_where_it_needs_a_number(tmp_path: Path) -> None:
    """Excel allows a name 31 characters."""
    title = "T" * 31
    source = _source(tmp_path / "a.xlsx", title=title)
    write_with(source, tmp_path / "b.xlsx", extra_sheet(title=title), own=True)
    assert openpyxl.load_workbook(tmp_path / "b.xlsx").sheetnames == [title, f"{'T' * 27} (2)"]


@pytest.mark.parametrize("position", ["7", "-1", "x"])
def test_a_mark_of_no_sheet_is_none(tmp_path: Path, position: str) -> None:
    """A program that takes sheets away may leave the names of them."""
    write_with(_source(tmp_path / "a.xlsx"), tmp_path / "b.xlsx", extra_sheet(), own=True)
    book = parts_of(tmp_path / "b.xlsx")["xl/workbook.xml"]
    lost = book.replace(b'localSheetId="1"', f'localSheetId="{position}"'.encode())
    assert lost != book
    rewritten(tmp_path / "b.xlsx", tmp_path / "c.xlsx", {"xl/workbook.xml": lost})
    assert open_table(tmp_path / "c.xlsx").sheet == "Data"
    write_with(tmp_path / "c.xlsx", tmp_path / "d.xlsx", extra_sheet(), own=True)
    assert [sheet.name for sheet in sheet_sizes(tmp_path / "d.xlsx")] == ["Data", "Summary", "Summary (2)"]
