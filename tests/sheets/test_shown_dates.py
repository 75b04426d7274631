"""Dates that know their number format: they are what they are, whatever they know."""

from __future__ import annotations

import datetime as dt

import pytest

from importer.sheets.cells import cell_text
from importer.sheets.shown_dates import Date, number_format_of, shown
from importer.sheets.workbooks.book import Line, LineCell
from importer.sheets.workbooks.packed_lines import Facts, packed_blocks, unpacked

DATES: list[Date] = [
    dt.date(2026, 4, 3),
    dt.datetime(2026, 4, 3, 14, 5, 6, 789_000),  # noqa: DTZ001 - a sheet has no time zones
    dt.time(9, 30, 0, 5),
    dt.timedelta(days=-2, seconds=3, microseconds=4),
]


@pytest.mark.parametrize("date", DATES)
def test_a_date_is_the_same_with_its_number_format(date: Date) -> None:
    """Equal, with the same text; where there is no format, or no real one, it is the date itself."""
    known = shown(date, "d. mmm")
    assert (known, cell_text(known), number_format_of(known)) == (date, cell_text(date), "d. mmm")
    for none in ("", "d" * 101):
        assert shown(date, none) is date
    assert number_format_of(date) == ""


@pytest.mark.parametrize("code", ["", "dd/mm/yyyy"])
def test_a_packed_date_is_the_same_again(code: str) -> None:
    """With its format, or without one."""
    cells: list[LineCell] = [shown(date, code) for date in DATES]
    (line,) = (line for data in packed_blocks([Line(1, cells)], Facts()) for line in unpacked(data))
    assert list(line.cells) == DATES
    assert {number_format_of(cell) for cell in line.cells if isinstance(cell, dt.date | dt.time | dt.timedelta)} == {
        code
    }
    assert [type(cell) for cell in line.cells] == [type(cell) for cell in cells]
