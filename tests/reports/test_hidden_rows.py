"""The annotated workbook of a run shows what it is about, whatever the source hides."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from importer.cli.main import run_command
from tests.sheets.files import ANA, BEN, HEADER
from tests.sheets.workbooks.annotate.test_shown_rows import filter_of, hidden_in, names_only
from tests.sheets.workbooks.annotate.users_files import cells

CHECK = ("check", "--format", "xlsx", "-qq")


def _source(path: Path, hidden: Sequence[int], invalid: Sequence[int]) -> Path:
    """Write a filtered workbook of five rows, some of which nobody sees, and some of which have no address."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.append(HEADER)
    for number in range(2, 7):
        customer = ANA[0][:-1] + str(number)
        sheet.append([customer, *BEN[1:3], "nobody" if number in invalid else f"p{number}@example.com"])
    sheet.auto_filter.ref = "A1:D6"
    sheet.auto_filter.filterColumn = [names_only()]
    for number in hidden:
        sheet.row_dimensions[number].hidden = True
    book.save(path)
    return path


def _check(source: Path, *options: str) -> Path:
    """Return the annotated workbook of a check."""
    out, state = source.parent / "out", str(source.parent / "state")
    assert run_command([*CHECK, str(source), "--output", str(out), "--state", state, *options]) in (0, 1)
    return out / "annotated.xlsx"


def _links(path: Path) -> list[str]:
    sheet = cells(path, "Summary")
    return [str(cell.hyperlink.location) for row in sheet.iter_rows() for cell in row if cell.hyperlink]


def test_a_filter_that_hides_an_invalid_row_is_cleared_and_that_is_said(tmp_path: Path) -> None:
    """Links lead to rows that are seen, and all reports say what became of the filter."""
    annotated = _check(_source(tmp_path / "a.xlsx", hidden=[3, 4], invalid=[4]))
    assert hidden_in(annotated) == []
    assert "filterColumn" not in filter_of(annotated)
    assert sorted(_links(annotated)) == ["'Sheet'!A3", "'Sheet'!A4"]
    said = (
        "the filter of the sheet (A1:D6) is cleared, since it hid 1 row that needs attention: 2 rows are shown again."
    )
    summary = json.loads((annotated.parent / "summary.json").read_text("utf-8"))
    assert any(said in note for note in summary["source"]["notes"])
    assert said in (annotated.parent / "report.html").read_text("utf-8")
    texts = [str(cell.value) for row in cells(annotated, "Summary").iter_rows() for cell in row]
    assert any(said in text for text in texts)


def test_a_filter_that_hides_only_what_is_well_stays(tmp_path: Path) -> None:
    """Of the warning about hidden rows, the numbers are no link: nobody would see where it leads."""
    annotated = _check(_source(tmp_path / "a.xlsx", hidden=[3, 4], invalid=[5]))
    assert hidden_in(annotated) == [3, 4]
    assert "filterColumn" in filter_of(annotated)
    assert _links(annotated) == ["'Sheet'!A5"]


def test_what_was_left_out_since_it_is_hidden_stays_hidden(tmp_path: Path) -> None:
    """Given back, the annotated workbook says the same again about which rows are meant."""
    annotated = _check(_source(tmp_path / "a.xlsx", hidden=[3, 4], invalid=[4, 5]), "--visible-only")
    assert hidden_in(annotated) == [3, 4]
    assert "filterColumn" in filter_of(annotated)
    assert _links(annotated) == ["'Sheet'!A5"]


@pytest.mark.parametrize("ending", ["xlsx", "xlsm"])
def test_both_kinds_of_workbooks_that_are_annotated_in_place_are_shown(ending: str, tmp_path: Path) -> None:
    """A workbook with macros loses them, and its filter as any other."""
    annotated = _check(_source(tmp_path / f"a.{ending}", hidden=[3, 4], invalid=[4]))
    assert hidden_in(annotated) == []
    assert annotated.name == "annotated.xlsx"


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_sheet_that_is_hidden_is_shown_and_that_is_said(
    state: Literal["hidden", "veryHidden"], tmp_path: Path
) -> None:
    """Else nobody would see what became of the rows, and no link of the Summary sheet would lead anywhere."""
    source = _source(tmp_path / "a.xlsx", hidden=[3, 4], invalid=[5])
    book = openpyxl.load_workbook(source)
    book.create_sheet("Front", 0)
    book.create_sheet("Lists").sheet_state = "hidden"
    book["Sheet"].sheet_state = state
    book.active = 0
    book.save(source)
    annotated = _check(source, "--sheet", "Sheet")
    states = {sheet.title: sheet.sheet_state for sheet in openpyxl.load_workbook(annotated).worksheets}
    assert states == {"Front": "visible", "Sheet": "visible", "Lists": "hidden", "Summary": "visible"}
    assert openpyxl.load_workbook(annotated)["Sheet"].auto_filter.ref == "A1:J6"
    assert _links(annotated) == ["'Sheet'!A5"]
    said = 'In the annotated workbook, the sheet "Sheet", which is hidden, is shown.'
    assert said in json.loads((annotated.parent / "summary.json").read_text("utf-8"))["source"]["notes"]


def test_masked_names_make_a_plain_sheet_that_hides_nothing(tmp_path: Path) -> None:
    """A new workbook has a filter without criteria, and all rows."""
    annotated = _check(_source(tmp_path / "a.xlsx", hidden=[3, 4], invalid=[5]), "--redact")
    assert hidden_in(annotated) == []
    assert "filterColumn" not in filter_of(annotated)
    assert len(_links(annotated)) == 2
