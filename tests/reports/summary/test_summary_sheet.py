"""The Summary sheet: what it tells of a run, and that nothing in it is more than it seems."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from importer.checks.codes import WARNING_MEANINGS, WarningCode
from importer.model.modes import Mode
from importer.model.rows import Cause
from importer.model.statuses import Status
from importer.model.stop_reasons import StopReason
from importer.reports.saying.review import Span
from importer.reports.summary.summary_sheet import MAX_CAUSES, summary_sheet
from importer.sheets.extra_sheet import ExtraCell, ExtraSheet, Look
from importer.sheets.open import open_table, open_writer
from tests.reports.reviews import CAUSE, TIMING, annotate, review
from tests.sheets.files import ANA, BEN, HEADER, write_csv, write_xlsx
from tests.sheets.workbooks.annotate.users_files import parts_of
from tests.sheets.workbooks.beside.extra_sheets import HOSTILE, WRITERS, formulas_of, sheet_of

DATA_AT = 8


def _cells(sheet: ExtraSheet) -> Iterator[ExtraCell]:
    for line in sheet.lines:
        yield from line


def _texts(sheet: ExtraSheet) -> list[str]:
    return [cell.value for cell in _cells(sheet) if isinstance(cell.value, str)]


def _told(sheet: ExtraSheet) -> dict[str, str | float]:
    """Return what stands beside each label."""
    told: dict[str, str | float] = {}
    for line in sheet.lines:
        for label, value in pairwise(line):
            if isinstance(label.value, str) and label.column + 1 == value.column:
                told.setdefault(label.value, value.value)
    return told


def test_the_rows_are_the_sum_of_the_statuses() -> None:
    """All stand there, zero or not, with a sum and a check that count for themselves."""
    sheet = summary_sheet(review({Status.UPDATED: 1_171, Status.INVALID: 14, Status.FAILED: 3}))
    told = _told(sheet)
    assert [told[status] for status in Status] == [1_171, 0, 0, 0, 0, 14, 0, 0, 3, 0, 0]
    formulas = [cell for cell in _cells(sheet) if cell.formula]
    assert [(cell.formula, cell.value) for cell in formulas] == [
        ("SUM(B10:B20)", 1_188),
        (
            'IF(B21=B22,"agrees with the sum: no row is lost","differs from the sum: do not trust this report")',
            "agrees with the sum: no row is lost",
        ),
    ]
    assert [[cell.value for cell in sheet.lines[at]][:2] for at in (9, 19, 21)] == [
        ["updated", 1_171],
        ["valid", 0],
        ["Source rows", 1_188],
    ]


def test_rows_that_are_missing_are_said_to_be() -> None:
    """The stored value of the check is what the formula gives, in the bad case too."""
    told = review()
    short = replace(told, summary=replace(told.summary, source=replace(told.summary.source, rows=8)))
    checks = [cell.value for cell in _cells(summary_sheet(short)) if cell.formula.startswith("IF(")]
    assert checks == ["differs from the sum: do not trust this report"]


def test_it_says_who_ran_what_when_and_where() -> None:
    """A reviewer who finds the workbook alone can tell where it comes from."""
    told = _told(summary_sheet(review(stop_reason=StopReason.API_DOWN)))
    assert told["Run"] == "20250721-a3f9c1"
    assert told["Started by"] == "maria"
    assert told["Started"] == "2025-07-21 12:43:14 UTC"
    assert told["Finished"] == "2025-07-21 12:44:02 UTC"
    assert told["Stopped early"] == "the API is down (api_down)"
    assert told["Target"] == "https://api.example.com/v1"
    assert told["Source"] == "/exports/July.xlsx"
    assert told["SHA-256"] == "9f86d081" * 8
    assert told["Columns"] == "e-mail: E-mail"


def test_a_run_that_was_cut_off_has_no_end() -> None:
    """Nothing is said to have finished that has not."""
    cut = review()
    sheet = summary_sheet(replace(cut, summary=replace(cut.summary, finished_at=None, exit_code=None)))
    assert _told(sheet)["Finished"] == "not yet: the run was cut off"


def test_a_check_has_no_target_and_its_rows_can_be_sent() -> None:
    """It says instead how many rows would be sent."""
    told = review({Status.VALID: 3}, mode=Mode.CHECK, timing=None)
    target = replace(told.summary.target, base_url="")
    sheet = summary_sheet(replace(told, summary=replace(told.summary, target=target, would_be_sent=2)))
    assert "Target" not in _told(sheet)
    assert "Requests" not in _told(sheet)
    (line,) = [line for line in sheet.lines if line and line[0].value == "valid"]
    assert line[2].value == "valid: a check or a dry run sends nothing"
    assert _told(sheet)["Would be sent"] == "2 rows; 1 repeats another"
    assert [chart.kind for chart in sheet.charts] == ["bar"]


def test_the_commands_that_help_are_there() -> None:
    """Each step has its command below it, to be copied as it is."""
    texts = _texts(summary_sheet(review()))
    assert texts.index("importer run to_fix.xlsx") == texts.index("Mend the rows, and run them.") + 1


def test_what_differs_from_what_was_last_confirmed_is_counted() -> None:
    """Total, same, and each of the three values."""
    told = _told(summary_sheet(review()))
    assert [told[name] for name in ("Compared", "Nothing", "First name", "Last name", "E-mail")] == [4, 1, 0, 1, 2]


def test_a_cause_says_what_it_is_and_leads_to_its_first_row() -> None:
    """Those whose rows need a person come before those that should only be looked at."""
    warning = replace(CAUSE, warning=True, status=None, code="domain_slip", message="", to_do="", rows=9)
    sheet = summary_sheet(review(causes=[warning, CAUSE]))
    lines = [[cell.value for cell in line] for line in sheet.lines if "Last Name" in [cell.value for cell in line]]
    assert lines == [
        ["invalid", 2, "blank_last_name", "Last Name", "3, 5", "The last name is blank.", "Fill it in."],
        ["warning", 9, "domain_slip", "Last Name", "3, 5, …", WARNING_MEANINGS[WarningCode.DOMAIN_SLIP]],
    ]
    assert [cell.row for cell in _cells(sheet) if cell.row is not None] == [3, 3]


def test_it_begins_with_what_is_to_be_done_and_ends_with_facts() -> None:
    """The order is that of the page: verdict, what to do, statuses and causes, charts, facts; the digest comes last."""
    sheet = summary_sheet(review(causes=[CAUSE]))
    headings = ["5 of 7 rows are confirmed.", "What to do next", "What became of the rows", "Causes", "In charts"]
    headings += ["The run", "SHA-256", "Notes"]
    texts = _texts(sheet)
    assert sorted(headings, key=texts.index) == headings
    first = [line[0].value if line else "" for line in sheet.lines].index("updated") + 1
    assert sheet.charts[0].values == f"B{first}:B{first + len(Status) - 1}"


@pytest.mark.parametrize(
    ("statuses", "mode", "told"),
    [
        pytest.param({Status.UPDATED: 2, Status.DUPLICATE: 1}, Mode.RUN, "Nothing.", id="confirmed"),
        pytest.param({Status.UPDATED: 2, Status.NOT_SENT: 1}, Mode.RUN, "What each cause below says.", id="not all"),
        pytest.param({Status.VALID: 3}, Mode.CHECK, "Nothing.", id="valid"),
    ],
)
def test_it_says_where_nothing_is_to_be_done(statuses: dict[Status, int], mode: Mode, told: str) -> None:
    """A reviewer need not wonder whether something was left out."""
    texts = _texts(summary_sheet(replace(review(statuses, mode=mode), steps=())))
    assert texts[texts.index("What to do next") + 1] == told


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("Make sure that these rows are meant to be sent; --visible-only leaves them out.",
         "Make sure that these rows are meant to be sent;\n--visible-only leaves them out."),
        ("Check --base-url, --group-id and --linked-account-id; messages of rows quote the API.",
         "Check --base-url, --group-id and\n--linked-account-id; messages of rows quote the API."),
        ("Ask her -- or him, who may be away, or at lunch.", "Ask her -- or him, who may be away, or at lunch."),
        ("--limit is 5.", "--limit is 5."),
    ],
)  # fmt: skip
def test_no_option_is_broken_at_its_hyphens(told: str, shown: str) -> None:
    """It begins a line where it might not fit into one; nothing is put into it, since people copy it."""
    sheet = summary_sheet(review(causes=[replace(CAUSE, to_do=told)]))
    assert [cell.value for cell in _cells(sheet) if cell.look is Look.ASIDE] == [shown]


def test_no_link_leads_to_a_row_that_nobody_sees() -> None:
    """It leads to the first of the rows that is seen; where none is, the numbers are no link."""
    causes = [replace(CAUSE, rows=2, first_rows=(3, 5)), replace(CAUSE, rows=1, first_rows=(3,), code="other")]
    sheet = summary_sheet(review(causes=causes), hidden={3})
    assert [cell.row for cell in _cells(sheet) if cell.value in ("3, 5", 3)] == [5, None]


def test_a_single_row_is_a_number() -> None:
    """A number that is stored as text would be marked as an error by a spreadsheet program."""
    sheet = summary_sheet(review(causes=[replace(CAUSE, rows=1, first_rows=(17,))]))
    (link,) = [cell for cell in _cells(sheet) if cell.row is not None]
    assert (link.value, link.row) == (17, 17)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        pytest.param(0, None, id="none"),
        pytest.param(1, "1 more cause is not listed here, but in the rows themselves (2 rows in all).", id="one"),
        pytest.param(3, "3 more causes are not listed here, but in the rows themselves (6 rows in all).", id="some"),
    ],
)
def test_of_very_many_causes_it_is_said_how_many_are_left_out(more: int, told: str | None) -> None:
    """The list stays one that somebody can read."""
    causes: list[Cause] = [replace(CAUSE, code=f"code_{at}") for at in range(MAX_CAUSES + more)]
    sheet = summary_sheet(review(causes=causes))
    assert len([cell for cell in _cells(sheet) if cell.row is not None]) == MAX_CAUSES
    assert [text for text in _texts(sheet) if "not listed here" in text] == ([told] if told else [])


def test_confirmed_rows_add_up_over_time() -> None:
    """The line begins at nothing with the first request, and ends at all that were confirmed."""
    sheet = summary_sheet(review())
    points = [[cell.value for cell in line if cell.column >= DATA_AT] for line in sheet.lines]
    assert [point for point in points if point] == [
        ["Behind the chart"],
        ["Seconds", "Confirmed"],
        [0.0, 0],
        [0.5, 2],
        [1.0, 2],
        [1.5, 5],
    ]
    top = next(at for at, line in enumerate(sheet.lines, start=1) if line and line[0].value == "In charts")
    assert sheet.charts[1].categories == f"I{top + 2}:I{top + 5}"
    assert sheet.charts[1].values == f"J{top + 2}:J{top + 5}"
    assert sheet.page_from == top
    assert sheet.printed <= DATA_AT


def test_a_long_run_is_told_in_minutes() -> None:
    """And its data, which is longer than the rest of the sheet, is all there."""
    spans = [Span(1, 1, 0, 0, None)] * 120
    sheet = summary_sheet(review(timing=replace(TIMING, span_s=30.0, spans=spans)))
    assert sheet.charts[1].axis == "minutes since the first request"
    assert [cell.value for cell in sheet.lines[-1]] == [60.0, 120]


@pytest.mark.slow
@pytest.mark.parametrize("own", WRITERS)
@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_from_outside_becomes_more_than_text(tmp_path: Path, text: str, *, own: bool) -> None:
    """Traps 8 and 9, for everything that a file, a person or the API can put into the sheet."""
    source = write_xlsx(tmp_path / "a.xlsx", {"Data": [HEADER, ANA, BEN]})
    cause = replace(CAUSE, code=text, column=text, message=text, to_do=text)
    annotate(source, tmp_path / "b.xlsx", review(causes=[cause], text=text), own=own)
    sheet = sheet_of(tmp_path / "b.xlsx", "Summary")
    assert len(formulas_of(sheet)) == 2
    assert all(formula.startswith(("=SUM(B10", "=IF(B21=B22")) for formula in formulas_of(sheet))
    assert b"evil.example" not in parts_of(tmp_path / "b.xlsx")["xl/worksheets/_rels/sheet2.xml.rels"]


def test_a_file_of_text_has_no_sheet_beside_it(tmp_path: Path) -> None:
    """A CSV file is one table: it is byte for byte the same with one and without."""
    source = write_csv(tmp_path / "source.csv", ",".join(HEADER))
    for name, sheets in (("a.csv", [summary_sheet(review())]), ("b.csv", [])):
        with open_writer(tmp_path / name, open_table(source), format="csv") as writer:
            for sheet in sheets:
                writer.write_sheet(sheet)
            writer.write(next(iter(open_table(source).records())), ["status"])
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes() != b""


@pytest.mark.parametrize("own", WRITERS)
def test_what_does_not_come_along_is_said_in_the_sheet(tmp_path: Path, *, own: bool) -> None:
    """Whoever has nothing but the workbook is told of it too."""
    source = write_xlsx(tmp_path / "a.xlsx", {"Data": [[*HEADER, "Sum"], [*ANA, "=1+1"]]})
    notes = annotate(source, tmp_path / "b.xlsx", review(), own=own)
    texts = {cell.value for row in sheet_of(tmp_path / "b.xlsx", "Summary").iter_rows() for cell in row}
    assert notes
    assert set(notes) <= texts


def test_the_whole_report_is_read_as_the_source_again(tmp_path: Path) -> None:
    """With headers on the Summary sheet that are those of the source, too."""
    source = write_xlsx(tmp_path / "a.xlsx", {"Data": [HEADER, ANA, BEN]})
    causes = [replace(CAUSE, code=HEADER[0], column=HEADER[1], message=HEADER[2], to_do=HEADER[3])]
    annotate(source, tmp_path / "b.xlsx", review(causes=causes), own=True)
    assert open_table(tmp_path / "b.xlsx").sheet == "Data"
