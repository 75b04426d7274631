"""The sheet of rows to fix: which rows, which cells, and that it is there whole or not at all."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from importer.errors import ReportError
from importer.model.rows import Issue, Outcome
from importer.model.statuses import Status
from importer.reports.row_reports import joined
from importer.reports.to_fix import Fixing, writing_to_fix
from importer.reports.writing import Wish, writing_annotated
from importer.sheets.open import open_table
from importer.sheets.table import Format, Table
from tests.sheets.files import write_xlsx

SOURCE = """A list of changes,,,
Customer ID,First Name,Last Name,Email,Note
c1,Ana,Torres,ana@example.com,=1+1
c2,,Torres,ana,two cells are wrong
c3,Ana,Torres,ana@example.com,unknown to the API
c4,Ana,Torres,ana@example.com,refused
c5,Ana,Torres,ana@example.com,stored otherwise
c6,Ana,Torres
c7,Ana,Torres,ana@example.com,try again
"""
ISSUES = [
    (
        4,
        [
            Issue(4, "blank_first_name", "First Name", '"First Name" is blank.'),
            Issue(4, "e", "Email", '"Email" is no.'),
        ],
    ),
    (8, [Issue(8, "wrong_field_count", "", "The record has 3 cells.")]),
    (9, [Issue(9, "late", "Email", "This row does not end invalid.")]),
]
OUTCOMES = [
    Outcome(3, Status.UPDATED, attempts=1),
    Outcome(4, Status.INVALID, "blank_first_name, e", '"First Name" is blank. "Email" is no.'),
    Outcome(5, Status.REJECTED, "http_404", "The API refused this row (HTTP 404): “=cmd|' /C calc'!A0”", 404, 1),
    Outcome(6, Status.REJECTED, "http_400", "The API refused this row", 400, 1),
    Outcome(
        7,
        Status.MISMATCH,
        "different_values",
        "The API applied the change, but now holds another first name and e-mail than was sent",
        200,
        1,
    ),
    Outcome(8, Status.INVALID, "wrong_field_count", "The record has 3 cells."),
    Outcome(9, Status.FAILED, "http_503", "The API asked to try again later", 503, 5),
]


def _write(folder: Path, form: Format, outcomes: Sequence[Outcome] = OUTCOMES) -> Path:
    source = folder / "changes.csv"
    source.write_text(SOURCE, "utf-8")
    table, to_fix = open_table(source), folder / f"to_fix.{form}"
    fixing = Fixing(table=table, run_id="k3f9abcd", form=form, issues=iter(ISSUES))
    _write_both(table, folder, fixing, outcomes)
    return to_fix


def _write_both(table: Table, folder: Path, fixing: Fixing, outcomes: Sequence[Outcome]) -> None:
    """Write the annotated sheet too, as a run does: all is there, or nothing."""
    form = fixing.form
    with (
        writing_annotated(folder / f"annotated.{form}", table, Wish(form=form)),
        writing_to_fix(folder / f"to_fix.{form}", fixing) as report,
    ):
        for record, outcome in joined(table, iter(outcomes), partial=False):
            report.take(record, outcome)


def _sheet(path: Path) -> Worksheet:
    return load_workbook(path).worksheets[0]


def test_it_has_the_rows_that_a_person_must_change_and_nothing_else(tmp_path: Path) -> None:
    """Below the header alone, in order: no title, no confirmed row, none that another try may help."""
    with _write(tmp_path, "csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header[0] == "Customer ID"
    assert header[-3:] == ["source_row", "source_run", "settled"]
    assert [(row[0], row[5], row[-3], row[-2]) for row in rows] == [
        ("c2", "invalid", "4", "k3f9abcd"),
        ("c3", "rejected", "5", "k3f9abcd"),
        ("c4", "rejected", "6", "k3f9abcd"),
        ("c5", "mismatch", "7", "k3f9abcd"),
        ("c6", "invalid", "8", "k3f9abcd"),
    ]


def test_the_reason_is_a_comment_on_the_cell_that_is_wrong(tmp_path: Path) -> None:
    """Each wrong cell has its own; what is about the whole row is on the message; what the API names is marked."""
    sheet = _sheet(_write(tmp_path, "xlsx"))
    told = {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}
    assert told.pop("N1").startswith("Put an x here where a row needs nothing any more")
    assert told == {
        "B2": '"First Name" is blank.',
        "D2": '"Email" is no.',
        "A3": "The API refused this row (HTTP 404): “=cmd|' /C calc'!A0”",
        "H4": "The API refused this row.",
        "B5": "The API applied the change, but now holds another first name and e-mail than was sent.",
        "D5": "The API applied the change, but now holds another first name and e-mail than was sent.",
        "H6": "The record has 3 cells.",
    }
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


FORMATS = ["dd.mm.yyyy", "[$-407]d. mmmm yyyy hh:mm", "h:mm AM/PM", "[h]:mm", "mm-dd-yy"]


def test_dates_keep_the_number_format_in_which_they_are_seen(tmp_path: Path) -> None:
    """Also in the cell that is wrong; a date typed into a name would look like another one otherwise."""
    source = tmp_path / "changes.xlsx"
    joined = dt.date(2026, 4, 3)
    cells = [joined, dt.datetime(2026, 4, 3, 14, 5), dt.time(9, 30), dt.timedelta(hours=30), joined]  # noqa: DTZ001
    write_xlsx(source, {"Data": [["Customer ID", "Last Name", "Email", "First Name", "B", "C", "D", "E"]]})
    book = load_workbook(source)
    sheet = book.worksheets[0]
    sheet.append(["c1", "Torres", "a@example.com", *cells])
    for cell, number_format in zip(sheet[2][3:], FORMATS, strict=True):
        cell.number_format = number_format
    book.save(source)
    found = [(2, [Issue(2, "date_as_first_name", "First Name", "It holds a date.")])]
    table = open_table(source)
    fixing = Fixing(table=table, run_id="k3f9abcd", form="xlsx", issues=iter(found))
    _write_both(table, tmp_path, fixing, [Outcome(2, Status.INVALID, "date_as_first_name", "It holds a date.")])
    row = _sheet(tmp_path / "to_fix.xlsx")[2]
    assert [cell.number_format for cell in row[3:8]] == FORMATS
    assert [cell.value for cell in row[4:7]] == cells[1:4]
    assert row[3].comment is not None


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_sheet_of_an_earlier_writing_goes_where_there_is_nothing_to_fix_any_more(
    tmp_path: Path, form: Format
) -> None:
    """What is there is always of the newest writing."""
    path = _write(tmp_path, form)
    (tmp_path / "summary.json").write_text("{}")
    assert path.exists()
    _write(tmp_path, form, [Outcome(row, Status.UPDATED, attempts=1) for row in range(3, 10)])
    assert not list(tmp_path.glob("to_fix*"))


def test_nothing_of_it_is_left_where_the_reports_cannot_be_written(tmp_path: Path) -> None:
    """An outcome is missing: there is no annotated sheet, no sheet of rows to fix, and no draft of either."""
    with pytest.raises(ReportError, match="row 9"):
        _write(tmp_path, "xlsx", OUTCOMES[:-1])
    assert [path.name for path in tmp_path.iterdir()] == ["changes.csv"]


def test_issues_that_cannot_be_read_are_no_reason_to_write_half_a_sheet(tmp_path: Path) -> None:
    """The error goes through, and leaves no file."""

    def issues() -> Iterator[tuple[int, Sequence[Issue]]]:
        yield ISSUES[0]
        raise ReportError("The journal is gone.", code="x", hint="")

    source = tmp_path / "changes.csv"
    source.write_text(SOURCE, "utf-8")
    table = open_table(source)
    fixing = Fixing(table=table, run_id="k3f9abcd", form="xlsx", issues=issues())
    with pytest.raises(ReportError, match="journal is gone"):
        _write_both(table, tmp_path, fixing, OUTCOMES)
    assert [path.name for path in tmp_path.iterdir()] == ["changes.csv"]
