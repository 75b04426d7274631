"""What was found out about a source and in its rows, in lines for a terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from importer.cli.screen.source_findings import cause_lines, detected_line
from importer.model.source import Detected, Skip, SourceInfo
from tests.reports.reviews import CAUSE


def test_a_source_is_told_on_one_line() -> None:
    """With its columns as `--map` names fields, and with what was left alone."""
    found = Detected(format="csv", encoding="utf-8", delimiter="\t", header_row=2, columns={"email": "E \n Mail"})
    source = SourceInfo("/in/a.csv", None, "", 3, {Skip.BLANK: 2, Skip.TOTAL: 0}, found)
    assert detected_line(source) == (
        "csv, utf-8, cells separated by tab, header in row 2: e-mail = E Mail; left alone: 2 blank lines"
    )


@pytest.mark.parametrize(
    ("more", "full", "page", "told"),
    [
        (1, False, True, "  and 1 more cause: on the page or with -v"),
        (2, False, False, "  and 2 more causes: with -v"),
        (96, True, True, "  and 1 more cause: on the page"),
    ],
)
def test_of_many_causes_the_first_are_told(more: int, told: str, *, full: bool, page: bool) -> None:
    """A screen is not flooded, and the rest is counted."""
    causes = [replace(CAUSE, code=f"code_{at}") for at in range(5 + more)]
    lines = list(cause_lines(causes, full=full, page=page))
    assert lines[-1] == told
    assert len(lines) == 2 + (100 if full else 5) + 1


def test_warnings_take_what_room_is_left_and_are_never_all_hidden() -> None:
    """What keeps rows from being sent comes first."""
    causes = [replace(CAUSE, code=f"code_{at}", warning=at > 4) for at in range(8)]
    lines = list(cause_lines(causes, full=False, page=True))
    assert lines[7:] == [
        "",
        "Strange, but no reason not to send these rows:",
        "  2  The last name is blank. (rows 3 and 5)",
        "  and 2 more causes: on the page or with -v",
    ]


def test_hidden_rows_take_the_place_of_no_other_warning() -> None:
    """They are often many, and told by the question too; a mistyped address is in one row, and told nowhere else."""
    issues = [replace(CAUSE, code=f"code_{at}") for at in range(5)]
    hidden = replace(CAUSE, code="hidden_row", warning=True, message="Hidden.", rows=28)
    slip = replace(CAUSE, code="domain_slip", warning=True, message="Meant otherwise?")
    lines = list(cause_lines([*issues, hidden, slip], full=False, page=False))
    assert lines[-2:] == ["  2  Meant otherwise? (rows 3 and 5)", "  and 1 more cause: with -v"]
    assert list(cause_lines([*issues, hidden], full=False, page=False))[-1].startswith("  28  Hidden.")


@pytest.mark.parametrize(
    ("column", "message", "told"),
    [
        ("Mail", "No such customer", "No such customer."),
        ("Mail", "", "Each row says what is wrong."),
        ("", "", "Each row says what is wrong."),
    ],
)
def test_a_cause_is_told_in_a_sentence(column: str, message: str, told: str) -> None:
    """The journal's message with its full stop, or where to look for what there is; the code is for those who ask."""
    cause = replace(CAUSE, code="x", column=column, message=message)
    assert list(cause_lines([cause], full=False, page=True))[-1] == f"  2  {told} (rows 3 and 5)"
    assert list(cause_lines([cause], full=True, page=True))[-1] == f"  2  {told} [x] (rows 3 and 5)"


def test_of_a_cause_the_screen_says_what_is_wrong_and_more_where_that_is_asked_for() -> None:
    """What to do about it is on the page, and in each row."""
    cause = replace(CAUSE, message="It is blank. Fill it in.")
    assert list(cause_lines([cause], full=False, page=True))[-1] == "  2  It is blank. (rows 3 and 5)"
    assert list(cause_lines([cause], full=True, page=True))[-1].startswith("  2  It is blank. Fill it in. [")
