"""Workbooks, written."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter
from python_calamine import load_workbook

from importer.errors import ReportError
from importer.model.source import APPENDED_COLUMNS
from importer.model.statuses import Status
from importer.sheets.open import open_table, open_writer
from importer.sheets.table import CellError, CellValue, Mark, Record, RecordKind
from importer.sheets.tones import TONES
from importer.sheets.workbooks.cell_text import sheet_text
from importer.sheets.workbooks.new.new_workbook import NewWorkbookWriter, sheet_title
from tests.sheets.files import (
    ANA,
    BEN,
    HEADER,
    annotate,
    cells_of,
    text_row,
    write_csv,
    write_package,
    write_xlsx,
)

HEAD = Record(1, RecordKind.HEADER, ("a", "b"))
DANGEROUS = [
    "=1+1",
    "+1",
    "-1",
    "@x",
    "#N/A",
    "#REF!",
    "007",
    "1e5",
    "TRUE",
    "2024-01-01",
    "'x",
    "{=1}",
    "=",
    "http://a.b",
]


def write(path: Path, *rows: tuple[CellValue, ...], message_at: int | None = None, tone: str = "") -> Any:  # noqa: ANN401 - openpyxl's sheets are of several types
    """Write rows of two cells below a header, and return the sheet as openpyxl reads it."""
    with NewWorkbookWriter(path, "Data", 2, message_at=message_at) as writer:
        writer.write(HEAD, ["status", "message"])
        for number, cells in enumerate(rows, start=2):
            writer.write(Record(number, RecordKind.ROW, cells), ["updated", "fine"], tone=tone)
    return openpyxl.load_workbook(path)["Data"]


def test_trap_8_text_is_text_whatever_it_begins_with(tmp_path: Path) -> None:
    """That is so in cells of the source, in the header and in what is appended."""
    with NewWorkbookWriter(tmp_path / "a.xlsx", "Data", 1) as writer:
        writer.write(Record(1, RecordKind.HEADER, ("=h",)), ["=s"])
        for number, text in enumerate(DANGEROUS, start=2):
            writer.write(Record(number, RecordKind.ROW, (text,)), [text])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["Data"]
    rows = [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows()]
    assert rows == [[("=h", "s"), ("=s", "s")], *([(text, "s")] * 2 for text in DANGEROUS)]
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert b"<f" not in archive.read("xl/worksheets/sheet1.xml")


TEXT = st.text(max_size=20) | st.sampled_from(
    [*DANGEROUS, " a ", "\n", "a\r\nb", "_x0041_", "_x005F_", "\x00", "<&>", "\u2028"]
)


@pytest.mark.slow
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=4))
@example(texts=[("_x0041\x01", "\ufffe"), ("\x0b", "_x005F_x0041_")])
def test_trap_9_text_is_the_same_in_every_reader_and_never_a_formula(
    tmp_path: Path, texts: list[tuple[str, str]]
) -> None:
    """Calamine reads codes as Excel does, and has the text itself; openpyxl shows what is stored.

    Only what no sheet can hold is replaced, line ends are all of one kind, and of nothing but white space nothing may
    be left.
    """
    sheet = write(tmp_path / "a.xlsx", *texts)
    stored = [[cell.value or "" for cell in row][:2] for row in sheet.iter_rows(min_row=2)]
    assert stored == [[sheet_text(text)[0] for text in row] for row in texts]
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row if cell.value} == {"s"}
    rows = load_workbook(tmp_path / "a.xlsx").get_sheet_by_index(0).to_python()[1:]
    held = [[text if str(text).strip() else "" for text in row[:2]] for row in rows]
    assert held == [[_held(text) if text.strip() else "" for text in row] for row in texts]


def _held(text: str) -> str:
    """Return a text as a sheet can hold it."""
    whole = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join("\ufffd" if "\ud800" <= one <= "\udfff" or one in "\ufffe\uffff" else one for one in whole)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        pytest.param(1.5, "n", id="number"),
        pytest.param(7, "n", id="whole"),
        pytest.param(True, "b", id="boolean"),
        pytest.param(dt.datetime(2024, 2, 29, 13, 5), "d", id="moment"),  # noqa: DTZ001 - a sheet has no zones
        pytest.param(dt.time(13, 5), "d", id="time"),
        pytest.param(dt.timedelta(hours=30), "d", id="span"),
        pytest.param(None, "n", id="nothing"),
    ],
)
def test_the_cells_of_a_workbook_keep_their_type(tmp_path: Path, value: CellValue, kind: str) -> None:
    """A number stays one that can be added up, and the text beside it is none."""
    cells = write(tmp_path / "a.xlsx", (value, "a"), ("b", value))
    assert (cells["A2"].value, cells["A2"].data_type) == (value, kind)
    assert (cells["B2"].value, cells["B2"].data_type) == ("a", "s")
    assert (cells["A3"].value, cells["A3"].data_type, cells["A3"].number_format) == ("b", "s", "General")
    assert cells["B3"].value == value


@pytest.mark.parametrize("value", [207.0, -0.5, 1e22, 0.1 + 0.2, 12345678901234.0])
def test_numbers_keep_their_value_and_whole_ones_are_whole(tmp_path: Path, value: float) -> None:
    """To the last bit; no cell says `207.0` of what is 207 in the source."""
    cells = write(tmp_path / "a.xlsx", (value, "a"))
    assert float(cells["A2"].value) == value
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert b".0<" not in archive.read("xl/worksheets/sheet1.xml")


def test_a_marked_cell_keeps_its_kind_of_number(tmp_path: Path) -> None:
    """A date that is coloured is a date still, and a number beside it none."""
    day = dt.datetime(2024, 2, 29)  # noqa: DTZ001 - a sheet has no zones
    with NewWorkbookWriter(tmp_path / "a.xlsx", "Data", 2) as writer:
        writer.write(Record(1, RecordKind.ROW, (day, 45351)), ["x"], marks=[Mark(0, "Old."), Mark(1, "Odd.")])
        writer.write(Record(2, RecordKind.ROW, (day, 45351)), ["x"])
    first, second = openpyxl.load_workbook(tmp_path / "a.xlsx")["Data"].iter_rows(max_col=2)
    assert [cell.value for cell in first] == [cell.value for cell in second] == [day, 45351]
    assert [cell.number_format for cell in first] == [cell.number_format for cell in second]
    assert [cell.fill.fill_type for cell in (*first, *second)] == ["solid", "solid", None, None]


def test_errors_stay_errors_and_what_is_no_number_becomes_text(tmp_path: Path) -> None:
    """A code that Excel does not know would damage the file, and is text."""
    cells = write(tmp_path / "a.xlsx", (CellError("#N/A"), CellError("#WHAT!")), (float("nan"), float("inf")))
    assert (cells["A2"].value, cells["A2"].data_type) == ("#N/A", "e")
    assert (cells["B2"].value, cells["B2"].data_type) == ("#WHAT!", "s")
    assert [cell.value for cell in cells[3]][:2] == ["nan", "inf"]


def test_the_header_is_bold_frozen_and_filterable(tmp_path: Path) -> None:
    """That is so where it is not in the first line, too."""
    book = openpyxl.Workbook()
    for line, cells in enumerate([HEADER, ANA, BEN], start=3):
        for column, cell in enumerate(cells, start=2):
            book.worksheets[0].cell(line, column, cell)
    book.worksheets[0].title = "May"
    book.save(tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(annotate(tmp_path / "a.xlsx", tmp_path / "b.xlsx"))["May"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A4", "A3:K5")
    assert [bool(cell.font.bold) for cell in sheet[3]] == [False, *[True] * 10]
    assert [bool(cell.font.bold) for cell in sheet[4]] == [False] * 11
    assert [sheet.cell(line, 2).value for line in (3, 4, 5)] == [HEADER[0], ANA[0], BEN[0]]


def test_every_status_has_a_quiet_colour_behind_the_appended_cells_only(tmp_path: Path) -> None:
    """Black text on it has a contrast above 15 to 1; a word that is no status has no colour."""
    assert set(TONES) == set(Status)
    for tone, colour in TONES.items():
        assert 1.05 / (_luminance("000000") + 0.05) * (_luminance(colour) + 0.05) / 1.05 > 15
        sheet = write(tmp_path / "a.xlsx", ("x", "y"), tone=tone)
        assert [cell.fill.fgColor.rgb for cell in sheet[2][2:]] == [f"00{colour}"] * 2
        assert [cell.fill.fill_type for cell in sheet[2][:2]] == [None, None]
    assert write(tmp_path / "a.xlsx", ("x", "y"), tone="other")["C2"].fill.fill_type is None


def _luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_widths_follow_the_content_of_the_first_records(tmp_path: Path) -> None:
    """None is so narrow that nothing can be read, or so wide that it takes the screen; a line break counts."""
    sheet = write(tmp_path / "a.xlsx", ("x" * 30, "y" * 900), ("one\n" + "z" * 20, None))
    assert [sheet.column_dimensions[letter].width for letter in "ABCD"] == [32, 60, 11, 12]


def test_a_message_is_shown_whole_and_numbers_stand_under_their_header(tmp_path: Path) -> None:
    """A long sentence goes on in the next line, so that its advice is not cut off; its column has the most room."""
    message = "What is wrong with this row, and what would be right. " * 5
    target = annotate(write_xlsx(tmp_path / "a.xlsx", {"May": [HEADER, ANA]}), tmp_path / "b.xlsx", message=message)
    sheet = openpyxl.load_workbook(target).worksheets[0]
    at = len(HEADER) + APPENDED_COLUMNS.index("message") + 1
    assert sheet.cell(2, at).alignment.wrap_text
    assert not sheet.cell(2, at - 1).alignment.wrap_text
    assert sheet.column_dimensions[get_column_letter(at)].width == 110
    assert [sheet.row_dimensions[row].height for row in (1, 2)] == [None, 45]
    assert [cell.alignment.horizontal for cell in sheet[1]][-2:] == ["right", "right"]


def test_more_records_than_the_widths_are_taken_from_are_written_too(tmp_path: Path) -> None:
    """Each in its line, with numbers as numbers and nothing where nothing is."""
    source = write_csv(
        tmp_path / "a.csv", ",".join(HEADER) + "\n" + "".join(f"{n},a,b,c\n" for n in range(450)) + "\n1\n"
    )
    sheet = openpyxl.load_workbook(annotate(source, tmp_path / "b.xlsx", form="xlsx"))["Sheet1"]
    assert [sheet.cell(line, 1).value for line in range(2, 452)] == [str(n) for n in range(450)]
    assert [cell.value for cell in sheet[452]] == [None] * 10
    assert [cell.value for cell in sheet[453]][-2:] == [200, 1]
    assert sheet.auto_filter.ref == "A1:J453"


def test_trap_9_the_message_says_what_could_not_be_written(tmp_path: Path) -> None:
    """It names the column; of very many, the first five; and the file still opens."""
    sheet = write(tmp_path / "a.xlsx", ("x" * 40_000, "a\x01"), ("fine", "fine"), message_at=1)
    assert sheet["D2"].value == (
        "fine Column A: text over 32,767 characters was cut in this sheet. "
        "Column B: control characters are written as _xHHHH_ codes in this sheet."
    )
    assert sheet["D3"].value == "fine"
    assert write(tmp_path / "a.xlsx", ("\x01", ""))["D2"].value == "fine"


@pytest.mark.slow
def test_reading_the_annotated_workbook_gives_the_cells_of_the_source(tmp_path: Path) -> None:
    """Controls, codes and errors are what they were, and so is the second annotated sheet."""
    rows = text_row(1, HEADER) + text_row(2, ["=1", "_x0041_", " b ", "#N/A"], '<c r="E2" t="e"><v>#N/A</v></c>')
    source = write_package(tmp_path / "a.xlsx", rows)
    once = annotate(source, tmp_path / "b.xlsx")
    assert cells_of(open_table(once)) == cells_of(open_table(source))
    assert [record.cells for record in open_table(once).records()][1][4] == CellError("#N/A")
    twice = annotate(once, tmp_path / "c.xlsx")
    assert list(open_table(twice).records()) == list(open_table(once).records())


@pytest.mark.parametrize(
    ("wanted", "title"),
    [
        (None, "Sheet1"),
        ("", "Sheet1"),
        ("  ", "Sheet1"),
        ("History", "Sheet1"),
        ("'", "Sheet1"),
        ("May [2]: a/b\\c?*", "May _2__ a_b_c__"),
        ("'May's'", "May's"),
        ("x" * 40, "x" * 31),
    ],
)
def test_the_name_of_the_sheet_is_one_that_excel_allows(wanted: str | None, title: str) -> None:
    """It is as like the wanted one as can be."""
    assert sheet_title(wanted) == title


def test_a_table_that_no_sheet_can_hold_is_an_error_with_the_way_out(tmp_path: Path) -> None:
    """CSV has no such limit."""
    with pytest.raises(ReportError) as caught, NewWorkbookWriter(tmp_path / "a.xlsx", None, 16_384) as writer:
        writer.write(HEAD, ["status"])
    assert caught.value.code == "too_large_for_xlsx"
    assert "--format csv" in caught.value.hint


@pytest.mark.parametrize("rows", [1, 300])
def test_an_error_inside_closes_the_file_and_comes_out(tmp_path: Path, rows: int) -> None:
    """That is so before anything was written and in the middle."""
    table = open_table(write_xlsx(tmp_path / "a.xlsx", {"Data": [HEADER, ANA]}))

    def fail() -> None:
        with open_writer(tmp_path / "b.xlsx", table, format="xlsx") as writer:
            for number in range(1, rows):
                writer.write(Record(number, RecordKind.ROW, ("a",)), ["x"])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()


def test_a_full_disk_is_an_error_that_comes_out() -> None:
    """It is the system's own, for the one who writes the report to tell."""
    with pytest.raises(OSError, match="No space left"), NewWorkbookWriter(Path("/dev/full"), None, 2) as writer:
        writer.write(HEAD, [])


def test_a_workbook_without_records_is_a_workbook(tmp_path: Path) -> None:
    """There is nothing to freeze or to filter."""
    with NewWorkbookWriter(tmp_path / "a.xlsx", "Data", 1):
        pass
    assert openpyxl.load_workbook(tmp_path / "a.xlsx")["Data"].max_row == 1


def test_a_small_sheet_is_an_ordinary_entry_of_its_archive(tmp_path: Path) -> None:
    """Entries for more than 4 GiB are not read alike everywhere: version 2.0, and nothing beside the name."""
    write(tmp_path / "a.xlsx", ("x", "y"))
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    header = (tmp_path / "a.xlsx").read_bytes()[info.header_offset :][:30]
    assert (header[4], header[28:30], info.extract_version) == (20, b"\0\0", 20)


def test_a_record_that_is_too_wide_is_a_defect_and_no_damaged_file(tmp_path: Path) -> None:
    """Two cells in one place would be repaired away by whoever opens it."""
    with pytest.raises(ValueError, match="3 cells in a table that is 2 wide"):
        write(tmp_path / "a.xlsx", ("x", "y", "z"))
