"""The annotated sheet: joined by row number, or not written at all."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from importer.errors import JournalError, ReportError
from importer.model.rows import Outcome
from importer.model.source import APPENDED_COLUMNS
from importer.model.statuses import Status
from importer.reports.writing import Wish
from importer.sheets.open import open_table
from importer.sheets.table import Format, RecordKind
from tests.reports.tables import UNREADABLE, MemoryTable, record, table, updated, write_annotated

HEADER = ["Customer ID", "First name", "Last name", "E-mail"]
ANA = ["7b0c2f6e-52a8-4f0e-9d57-0f1f6a3c9e11", "Ana", "Torres", "ana@example.com"]
EVA = ["8c1d2f6e-52a8-4f0e-9d57-0f1f6a3c9e22", "Eva", "", "eva@example.com"]

OUTCOMES = [
    Outcome(2, Status.UPDATED, "", "Confirmed at attempt 2", 200, 2, "2025-07-21T12:43:14.834028Z"),
    Outcome(4, Status.INVALID, "blank_last_name", "The last name is blank."),
]
ADDED = [
    ["updated", "2025-07-21T12:43:14.834028Z", "Confirmed at attempt 2.", "", "200", "2"],
    ["", "", "", "", "", ""],
    ["invalid", "", "The last name is blank.", "blank_last_name", "", "0"],
]


def _source(folder: Path) -> Path:
    path = folder / "changes.csv"
    path.write_text("\n".join(",".join(cells) for cells in (HEADER, ANA, [], EVA)))
    return path


def _cells(path: Path) -> list[list[str]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file))
    (sheet,) = load_workbook(path).worksheets
    return [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_every_record_of_the_source_is_there_with_its_outcome(form: Format, tmp_path: Path) -> None:
    """Trap 14: records come in their order, each with the outcome of its number; messages are whole sentences."""
    source = _source(tmp_path)
    written = tmp_path / f"annotated.{form}"
    write_annotated(open_table(source), iter(OUTCOMES), written, Wish(form=form))
    cells = _cells(written)
    assert cells[0] == [*HEADER, *APPENDED_COLUMNS]
    assert [row[4:] for row in cells[1:]] == ADDED
    assert [row[0] for row in cells[1:]] == [ANA[0], "", EVA[0]]


def test_a_workbook_comes_back_as_one(tmp_path: Path) -> None:
    """The report of a report, read again as a source, has the six columns once, with the new outcomes."""
    source = _source(tmp_path)
    write_annotated(open_table(source), iter(OUTCOMES), tmp_path / "first.xlsx", Wish(form="xlsx"))
    again = [OUTCOMES[0], Outcome(4, Status.REJECTED, "http_400", "No", 400, 1)]
    write_annotated(open_table(tmp_path / "first.xlsx"), iter(again), tmp_path / "second.xlsx", Wish(form="xlsx"))
    cells = _cells(tmp_path / "second.xlsx")
    assert cells[0] == [*HEADER, *APPENDED_COLUMNS]
    assert cells[3][4:] == ["rejected", "", "No.", "http_400", "400", "1"]


def test_the_columns_take_the_prefix_that_the_source_asks_for(tmp_path: Path) -> None:
    """Where a source has columns of these names, the appended ones are named with the table's prefix."""
    write_annotated(table(2, prefix="import_"), updated(2), tmp_path / "a.csv", Wish(form="csv"))
    assert _cells(tmp_path / "a.csv")[0][2:] == [f"import_{name}" for name in APPENDED_COLUMNS]


def test_what_comes_before_the_header_stays_without_an_outcome(tmp_path: Path) -> None:
    """Records that are no rows are written with empty cells, wherever they stand."""
    lines = [
        record(1, "Export of June", kind=RecordKind.SKIPPED),
        record(2, "id", "name", kind=RecordKind.HEADER),
        record(3, "c3", "Ana"),
        record(4, "Total", "1", kind=RecordKind.SKIPPED),
    ]
    write_annotated(MemoryTable(lines), updated(3), tmp_path / "a.csv", Wish(form="csv"))
    assert [row[2] for row in _cells(tmp_path / "a.csv")] == ["", "status", "updated", ""]


@pytest.mark.parametrize(
    ("rows", "outcomes", "why"),
    [
        pytest.param([2, 3], [2], "row 3 of the source has no outcome", id="none for the last row"),
        pytest.param([2, 3, 4], [2, 4], "row 3 of the source has no outcome", id="none for a row between"),
        pytest.param([2], [], "row 2 of the source has no outcome", id="none at all"),
        pytest.param([2, 3], [2, 3, 4], "an outcome of row 4", id="one too many"),
        pytest.param([3, 4], [2, 3, 4], "an outcome of row 2", id="one before the first"),
        pytest.param([2, 4], [2, 3, 4], "an outcome of row 3", id="one between"),
        pytest.param([2, 3], [3, 2], "row 2 of the source has no outcome", id="in the wrong order"),
        pytest.param([2, 3], [2, 2], "an outcome of row 2", id="twice the same"),
        pytest.param([], [2], "an outcome of row 2", id="no row at all"),
    ],
)
def test_a_report_that_would_not_be_true_is_not_written(
    rows: list[int], outcomes: list[int], why: str, tmp_path: Path
) -> None:
    """Where rows and outcomes do not agree by number, a ReportError says so, and an earlier report stays as it was."""
    path = tmp_path / "annotated.csv"
    path.write_text("the report from before")
    with pytest.raises(ReportError, match=why) as caught:
        write_annotated(table(*rows), updated(*outcomes), path, Wish(form="csv"))
    assert caught.value.code == "report_untrue"
    assert "journal" in caught.value.hint
    assert path.read_text() == "the report from before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_copy_that_cannot_be_read_any_more_is_the_reports_error(tmp_path: Path) -> None:
    """After the updates were sent, a source that breaks is a ReportError: SourceError would say nothing was sent."""
    with pytest.raises(ReportError, match=r"changes\.csv cannot be read") as caught:
        write_annotated(table(2, breaks=UNREADABLE), updated(2), tmp_path / "a.csv", Wish(form="csv"))
    assert caught.value.code == "report_unwritable"
    assert caught.value.hint
    assert list(tmp_path.iterdir()) == []


def test_an_error_of_the_journal_stays_one(tmp_path: Path) -> None:
    """Where the journal fails while outcomes are read, that is what is said, and no report is left."""

    def outcomes() -> Iterator[Outcome]:
        yield from updated(2)
        raise JournalError("The journal is damaged.", code="journal_damaged")

    with pytest.raises(JournalError, match="damaged"):
        write_annotated(table(2, 3), outcomes(), tmp_path / "a.csv", Wish(form="csv"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_folder_that_is_gone_is_explained(form: Format, tmp_path: Path) -> None:
    """Where the sheet cannot be written, the ReportError names it and says what to do."""
    with pytest.raises(ReportError, match=rf"gone/a\.{form} cannot be written") as caught:
        write_annotated(table(2), updated(2), tmp_path / "gone" / f"a.{form}", Wish(form=form))
    assert caught.value.code == "report_unwritable"
    assert "journal" in caught.value.hint
