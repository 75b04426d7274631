"""The same table in every format: what comes out is the same."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from importer.sheets.cells import cell_text
from importer.sheets.open import open_table
from importer.sheets.table import CellError, RecordKind
from tests.sheets.files import ANA, BEN, HEADER, cells_of, issues_of, numbers_of, write_xlsx
from tests.sheets.workbooks.formats import xlsb_files
from tests.sheets.workbooks.formats.markup_files import write_html, write_xml, xml_row, xml_sheet
from tests.sheets.workbooks.office import convert_all
from tests.sheets.workbooks.parser.bombs import ods_row, write_ods

Rows = Sequence[Sequence[str | None]]
Saved = Callable[[str, str], Path]

TABLE: Rows = [
    ["Customers of May"],
    [],
    [*HEADER, "Notes"],
    [*ANA, "café, naïve, Ünïcödé, ß, 漢字, 😀"],
    ["007", "Null", "NA", "1e5", "TRUE"],
    [],
    [*BEN, "=1+1"],
    ["0012345678901234567890", "O'Brien", "'quoted", "#N/A", "+1 555 0100"],
    ["&lt;&amp;", "<b>", 'a "quoted" one', "2024-02-29", "-1"],
    ["_x0041_x", "-", "@", "x;y,z|\\", "1,5"],
]


def _xlsx(path: Path) -> Path:
    """Write the table with openpyxl, as text whatever it looks like."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Data"
    for number, row in enumerate(TABLE, start=1):
        for column, text in enumerate(row, start=1):
            if text:
                cell = sheet.cell(number, column)
                cell.value = text.replace("_x0041_", "_x005F_x0041_")
                cell.data_type = "s"
                cell.number_format = "@"
    book.save(path)
    return path


def _xlsb(path: Path) -> Path:
    rows = b"".join(xlsb_files.text_row(number, row) for number, row in enumerate(TABLE, start=1))
    return xlsb_files.write_xlsb(path, {"Data": xlsb_files.sheet(rows)})


def _xml(path: Path) -> Path:
    return write_xml(path, xml_sheet("Data", "".join(xml_row(row) for row in TABLE)))


def _html(path: Path) -> Path:
    return write_html(path, TABLE)


def _ods(path: Path) -> Path:
    rows = "".join(ods_row([text.replace("&", "&amp;").replace("<", "&lt;") for text in row if text]) for row in TABLE)
    return write_ods(path, rows)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Saved:
    """Return a function that gives a workbook of the tests here as LibreOffice has saved it in another format.

    It is started once a format, for all of them.
    """
    folder = tmp_path_factory.mktemp("sources")
    sources = [
        _xlsx(folder / "text.xlsx"),
        _typed(folder / "1900.xlsx", None),
        _typed(folder / "1904.xlsx", CALENDAR_MAC_1904),
        write_xlsx(folder / "truth.xlsx", {"Data": [HEADER, [*ANA, True, False]]}),
    ]

    @functools.cache
    def all_of(form: str) -> Mapping[str, Path]:
        return {path.stem: path for path in convert_all(sources, form, tmp_path_factory.mktemp(form))}

    return lambda name, form: all_of(form)[name]


def _check(path: Path, form: str) -> None:
    table = open_table(path)
    assert table.detected.format == form
    assert numbers_of(table) == [4, 5, 7, 8, 9, 10]
    wanted = [list(row[:4]) for row in TABLE if len(row) > 1][1:]
    assert [list(row.values()) for row in cells_of(table)] == wanted
    assert issues_of(table) == []
    assert [[*record.cells] for record in table.records()] == [list(row) for row in TABLE]


@pytest.mark.parametrize(
    ("form", "write"),
    [
        pytest.param("xlsx", _xlsx, id="xlsx"),
        pytest.param("xlsb", _xlsb, id="xlsb"),
        pytest.param("xml", _xml, id="xml"),
        pytest.param("html", _html, id="html"),
        pytest.param("ods", _ods, id="ods"),
    ],
)
def test_trap_16_a_table_of_text_is_the_same_from_every_format(
    tmp_path: Path, form: str, write: Callable[[Path], Path]
) -> None:
    """Trap 16: what looks like a number, a date, a formula or a code is text, and so is every letter."""
    _check(write(tmp_path / "table"), form)


@pytest.mark.proof
@pytest.mark.parametrize("form", ["xls", "ods", "fods", "html", "xlsx"])
def test_trap_16_a_table_of_text_is_the_same_as_another_program_saves_it(saved: Saved, form: str) -> None:
    """Trap 16: LibreOffice writes what openpyxl does not."""
    _check(saved("text", form), form)


TYPED = ["date", "moment", "time", "span", "number", "whole", "error", "division", "formula", "rich"]
SHOWN = [
    "2024-02-29",
    "2024-02-29T13:05:00",
    "13:05:00",
    "PT30H",
    "1.5",
    "7",
    "#N/A",
    "#DIV/0!",
    "2",
    "abc",
]


def _typed(path: Path, calendar: dt.datetime | None) -> Path:
    book = openpyxl.Workbook()
    if calendar is not None:
        book.epoch = calendar
    sheet = book.worksheets[0]
    day = dt.date(2024, 2, 29)
    moment = dt.datetime(2024, 2, 29, 13, 5)  # noqa: DTZ001 - a sheet has no zones
    rich = CellRichText("a", TextBlock(InlineFont(b=True), "b"), "c")
    sheet.append([*HEADER, *TYPED])
    typed = [day, moment, dt.time(13, 5), dt.timedelta(hours=30), 1.5, 7, "#N/A", "=1/0", "=1+1", rich]
    sheet.append([*ANA, *typed])
    sheet.append(["id", "merged", None, "x"])
    sheet.merge_cells("B3:C3")
    sheet.append(BEN)
    sheet.row_dimensions[4].hidden = True
    book.save(path)
    return path


@pytest.mark.proof
@pytest.mark.parametrize("calendar", ["1900", "1904"])
@pytest.mark.parametrize("form", ["xls", "ods", "fods", "xlsx"])
def test_trap_16_typed_cells_are_the_same_as_another_program_saves_them(saved: Saved, form: str, calendar: str) -> None:
    """Trap 16: dates of both calendars, errors, results of formulas, merged cells and hidden rows."""
    table = open_table(saved(calendar, form))
    records = {record.number: record for record in table.records() if record.kind is RecordKind.ROW}
    assert [cell_text(cell) for cell in records[2].cells[4:]] == SHOWN
    assert [type(cell) for cell in records[2].cells[4:]][6:8] == [CellError, CellError]
    assert list(records[3].cells) == ["id", "merged", None, "x"]
    assert [chunk.hidden for chunk in table.chunks(10)] == [(4,)]
    assert table.detected.notes == ("1 row is hidden.",)


@pytest.mark.proof
@pytest.mark.parametrize("form", ["xls", "xlsx"])
def test_truth_values_are_such_as_another_program_saves_them(saved: Saved, form: str) -> None:
    """They are no numbers, though LibreOffice counts with them."""
    [_, record] = open_table(saved("truth", form)).records()
    assert list(record.cells[4:]) == [True, False]
    assert [type(cell) for cell in record.cells[4:]] == [bool, bool]


def test_hidden_rows_are_named_in_the_chunk_that_they_are_in(tmp_path: Path) -> None:
    """A chunk knows of its own rows only."""
    path = write_xlsx(tmp_path / "a.xlsx", {"Data": [HEADER, *[ANA] * 6]})
    book = openpyxl.load_workbook(path)
    for number in (2, 5, 6):
        book["Data"].row_dimensions[number].hidden = True
    book.save(path)
    assert [chunk.hidden for chunk in open_table(path).chunks(2)] == [(2,), (5,), (6,)]
    assert open_table(path).detected.notes == ("3 rows are hidden.",)
