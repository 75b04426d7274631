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
        "csv; utf-8; separated by tab; header in row 2; email = E Mail; left alone: 2 blank lines"
    )


@pytest.mark.parametrize(
    ("more", "told"), [(1, "  and 1 more cause: see the report"), (2, "  and 2 more causes: see the")]
)
def test_of_many_causes_the_first_are_told(more: int, told: str) -> None:
    """A screen is not flooded, and the rest is counted."""
    lines = list(cause_lines([replace(CAUSE, code=f"code_{at}") for at in range(15 + more)]))
    assert lines[-1].startswith(told)
    assert sum(": " in line for line in lines[2:-1]) == 15


@pytest.mark.parametrize(
    ("column", "message", "told"),
    [
        ("Mail", "No such customer", "No such customer."),
        ("Mail", "", "Each row says what is wrong."),
        ("", "", "Each row says what is wrong."),
    ],
)
def test_a_cause_is_told_in_a_sentence(column: str, message: str, told: str) -> None:
    """The journal's message with its full stop, or where to look for what there is."""
    (line,) = [one for one in cause_lines([replace(CAUSE, code="x", column=column, message=message)]) if " x: " in one]
    assert line.endswith(f" x: {told}")
