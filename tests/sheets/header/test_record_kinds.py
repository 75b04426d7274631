"""What each record of a table is to the job."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from importer.model.source import Skip
from importer.sheets.header.layout import read_layout
from importer.sheets.header.record_kinds import Kinds
from importer.sheets.table import RecordKind
from tests.sheets.files import ANA, BEN, HEADER

ROW, SKIPPED = RecordKind.ROW, RecordKind.SKIPPED


@dataclass(frozen=True)
class Line:
    """A record."""

    number: int
    cells: list[str]


def kinds_of(*lines: list[str], header: int = 1) -> tuple[list[RecordKind], dict[Skip, int]]:
    """Return the kinds of a table's records, without its header's, and the count of those that are no rows."""
    kinds = Kinds(read_layout(HEADER, number=header, where="a.csv"))
    records = [Line(number, cells) for number, cells in enumerate(lines, start=1)]
    found = list(kinds.of(records, lambda line: line.cells))
    assert [record for record, _ in found] == records
    assert found[header - 1][1] is RecordKind.HEADER
    return [kind for record, kind in found if record.number != header], dict(kinds.skips)


def test_what_stands_above_the_header_is_no_row() -> None:
    """Titles and blank lines are counted, each as what it is."""
    assert kinds_of(["Changes of May"], [], HEADER, ANA, header=3) == (
        [SKIPPED, SKIPPED, ROW],
        {Skip.ABOVE_HEADER: 1, Skip.BLANK: 1},
    )


def test_a_repeated_header_is_no_row() -> None:
    """Case and white space make no difference, blank cells at its end neither."""
    again = [" customer id", "FIRST  NAME", "Last Name", "E-mail", ""]
    assert kinds_of(HEADER, ANA, again, BEN) == ([ROW, SKIPPED, ROW], {Skip.REPEATED_HEADER: 1})


def test_a_line_that_is_only_like_the_header_is_a_row() -> None:
    """One other cell makes a row of it, which will be refused as one."""
    assert kinds_of(HEADER, [*HEADER[:3], "Mail"]) == ([ROW], {})


@pytest.mark.parametrize(
    "cells",
    [
        ["Total: 123"],
        ["", "Grand total", "", "2"],
        ["Summe", "2"],
        ["Totale clienti: 2"],
        ["TOTAL", "", "", "2 records"],
        ["Number of rows: 2"],
    ],
)
def test_a_total_at_the_end_is_no_row(cells: list[str]) -> None:
    """So are blank lines and further totals after it."""
    assert kinds_of(HEADER, ANA, BEN, cells, [], ["Total", "2"], []) == (
        [ROW, ROW, SKIPPED, SKIPPED, SKIPPED, SKIPPED],
        {Skip.TOTAL: 2, Skip.BLANK: 2},
    )


def test_a_total_that_rows_come_after_is_a_row() -> None:
    """It may be anything: it will be refused, and somebody will look."""
    assert kinds_of(HEADER, ANA, ["Total"], [], BEN) == ([ROW, ROW, SKIPPED, ROW], {Skip.BLANK: 1})


@pytest.mark.parametrize("cells", [[ANA[0], "Total", "Reyes", ""], ["Total", "x", "y", "total@example.com"]])
def test_a_line_with_an_id_or_an_address_is_no_total(cells: list[str]) -> None:
    """Somebody may be called so."""
    assert kinds_of(HEADER, cells) == ([ROW], {})


def test_a_word_that_only_begins_like_a_total_is_none() -> None:
    """Names do."""
    assert kinds_of(HEADER, ["Totally", "", "", ""]) == ([ROW], {})


@pytest.mark.parametrize(
    ("first", "are_rows"),
    [
        (ANA[0], True), ("x", True), ("Totally", True), ("", False), (" ", False), ("customer  id", False),
        ("Total", False), (" (total)", False), ("\u00e9", True), ("\u200b", False), ("\ufeff customer id", False),
    ],
)  # fmt: skip
def test_what_is_certainly_a_row_is_known_by_its_first_cell(first: str, *, are_rows: bool) -> None:
    """What is not certain is looked at as a whole, and may be a row nevertheless."""
    kinds = Kinds(read_layout(HEADER, number=1, where="a.csv"))
    assert kinds.are_rows(2, [ANA[0], first]) is are_rows
    assert not kinds.are_rows(1, [ANA[0]])
    if are_rows:
        assert kinds_of(HEADER, [first, "b", "c", "d"]) == ([ROW], {})


def test_totals_that_go_on_and_on_are_rows() -> None:
    """Nothing is held back for longer than the end of a table can be."""
    kinds, skips = kinds_of(HEADER, *[["Total"]] * 250)
    assert len(kinds) == 250
    assert kinds.count(ROW) == 202
    assert skips == {Skip.TOTAL: 48}
