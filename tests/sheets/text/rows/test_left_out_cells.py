"""Blank cells at the ends of rows that Excel leaves out, sixteen rows at a time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from importer.sheets.open import open_table
from tests.sheets.files import ANA, HEADER, annotate, cells_of, issues_of, write_csv

GROUP = "6b1f0e52-9a44-4d0e-8c37-2f5d1c7e9a10"
WIDE = [*HEADER, "Note", "Group ID"]


def people(count: int, note: str = "", group: str = "") -> list[list[str]]:
    """Return so many rows of six cells."""
    return [[f"{at:08d}{ANA[0][8:]}", *ANA[1:], note, group] for at in range(1, count + 1)]


def as_excel(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as Excel writes them: each sixteen as wide as the widest of them."""
    lines = []
    for first in range(0, len(rows), 16):
        some = rows[first : first + 16]
        width = max(max((at for at, cell in enumerate(row, start=1) if cell), default=0) for row in some)
        lines += [",".join(row[:width]) for row in some]
    return "\r\n".join([*lines, ""])


def short(path: Path) -> list[int]:
    """Return the rows that have the wrong number of cells; nothing else is wrong."""
    issues = issues_of(open_table(path))
    assert {issue.code for issue in issues} <= {"wrong_field_count"}
    return [issue.row for issue in issues]


@pytest.mark.parametrize("rows", [20, 34, 47, 100])
@pytest.mark.parametrize("note", ["", "new"])
def test_cells_that_excel_has_left_out_are_blank(tmp_path: Path, rows: int, note: str) -> None:
    """All rows are read, and a report has its own columns in their places."""
    path = write_csv(tmp_path / "a.csv", as_excel([WIDE, *people(rows, note)]))
    table = open_table(path)
    assert not issues_of(table)
    assert [list(row.values()) for row in cells_of(table)] == [[*row[:4], ""] for row in people(rows)]
    again = open_table(annotate(path, tmp_path / "b.csv"))
    assert not issues_of(again)
    assert len(cells_of(again)) == rows
    assert {len(line.split(",")) for line in (tmp_path / "b.csv").read_text().splitlines()} == {12}


def test_each_sixteen_rows_have_a_width_of_their_own(tmp_path: Path) -> None:
    """By what is in them, blank ones and titles too."""
    some = [*people(15, "", GROUP), *people(16), [""] * 6, *people(14, "new"), *people(20, "", GROUP)]
    path = write_csv(tmp_path / "a.csv", as_excel([["Customers", *[""] * 5], WIDE, *some]))
    assert short(path) == []


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([WIDE, *people(15), *people(2)], id="too-few-to-be-certain"),
        pytest.param([WIDE, *people(34)], id="the-first-ones-too"),
    ],
)
def test_short_rows_are_refused_where_it_is_no_way_of_excel(tmp_path: Path, rows: Sequence[Sequence[str]]) -> None:
    """One or two may lack a cell in the middle; a program that never writes blank ends may lack any."""
    if len(rows) > 20:
        text = "\n".join([",".join(rows[0]), *(",".join(row[:5]) for row in rows[1:]), ""])
        expected = list(range(2, 36))
    else:
        text, expected = as_excel(rows), [17, 18]
    assert short(write_csv(tmp_path / "a.csv", text)) == expected


def test_sixteen_rows_of_several_widths_are_refused(tmp_path: Path) -> None:
    """Where one of them lacks a cell, it lacks it by itself."""
    lines = as_excel([WIDE, *people(50)]).split("\r\n")
    lines[20] += ",x"
    assert short(write_csv(tmp_path / "a.csv", "\n".join(lines))) == list(range(17, 33))


def test_a_row_without_what_every_customer_has_is_refused(tmp_path: Path) -> None:
    """However many are short."""
    lines = as_excel([WIDE, *people(50)]).split("\r\n")
    lines[16:32] = [line.rsplit(",", 1)[0] for line in lines[16:32]]
    assert short(write_csv(tmp_path / "a.csv", "\n".join(lines))) == list(range(17, 33))


def test_a_row_with_an_id_in_another_column_is_refused(tmp_path: Path) -> None:
    """The cell before it is missing, and that of the group is not."""
    lines = as_excel([WIDE, *people(50, "new")]).split("\r\n")
    lines[20] = lines[20].replace("new", GROUP)
    assert short(write_csv(tmp_path / "a.csv", "\n".join(lines))) == [21]
