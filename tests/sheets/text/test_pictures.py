"""Text that shows a table and is none: refused with what it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from importer.sheets.open import open_table
from tests.sheets.files import ANA, BEN, HEADER, cells_of, refusal, write_csv


def drawn(corners: Sequence[str]) -> str:
    """Return a table as database programs draw it: the signs are those of its frame, in the order of reading."""
    top, left, right, dash, bar = corners
    widths = [max(map(len, column)) for column in zip(HEADER, ANA, BEN, strict=True)]
    rule = dash.join(dash * (width + 2) for width in widths)
    lines = [
        bar + bar.join(f" {cell:<{width}} " for cell, width in zip(row, widths, strict=True)) + bar
        for row in (HEADER, ANA, BEN)
    ]
    return "\n".join([top + rule + right, lines[0], left + rule + right, *lines[1:], left + rule + right, ""])


@pytest.mark.parametrize("corners", [list("\u250c\u251c\u2510\u2500\u2502"), list("\u2554\u2560\u2557\u2550\u2551")])
def test_a_table_that_is_drawn_says_so(tmp_path: Path, corners: Sequence[str]) -> None:
    """Not each of its lines is a row to mend."""
    error = refusal(write_csv(tmp_path / "a.txt", drawn(corners)))
    assert (error.code, "drawn with lines" in error.message) == ("drawn_table", True)
    assert "--csv" in error.hint


def test_a_sign_for_drawing_divides_cells_where_nothing_is_drawn(tmp_path: Path) -> None:
    """It is a delimiter as any other."""
    text = "\n".join("\u2502".join(row) for row in (HEADER, ANA, BEN)) + "\n"
    assert [list(row.values()) for row in cells_of(open_table(write_csv(tmp_path / "a.txt", text)))] == [ANA, BEN]


@pytest.mark.parametrize(
    ("before", "between"),
    [
        pytest.param("-[ RECORD 1 ]-------\n", " | ", id="psql"),
        pytest.param("*************************** 1. row ***************************\n", ": ", id="mysql"),
        pytest.param("Row 1:\n------\n", ": ", id="clickhouse"),
        pytest.param("", " = ", id="sqlite3"),
    ],
)
def test_rows_that_are_lines_of_their_own_say_so(tmp_path: Path, before: str, between: str) -> None:
    """With a name and a value in each line."""
    rows = [
        "".join(f"{name:>11}{between}{cell}\n" for name, cell in zip(HEADER, one, strict=True)) for one in (ANA, BEN)
    ]
    error = refusal(write_csv(tmp_path / "a.txt", "".join(before + row for row in rows)))
    assert (error.code, "lines of its own" in error.message) == ("drawn_table", True)


def test_names_and_values_that_only_blanks_divide_say_so(tmp_path: Path) -> None:
    """As Miller writes them."""
    names = ["customer_id", "first_name", "last_name", "email"]
    text = "".join(f"{name:<11} {cell}\n" for name, cell in zip(names, ANA, strict=True))
    assert refusal(write_csv(tmp_path / "a.txt", text)).code == "drawn_table"


def test_names_that_are_explained_above_a_table_are_no_picture(tmp_path: Path) -> None:
    """The table has a header of its own."""
    legend = "".join(f"{name} = what it says\n" for name in HEADER)
    text = legend + "\n" + "".join(",".join(row) + "\n" for row in (HEADER, ANA))
    assert [list(row.values()) for row in cells_of(open_table(write_csv(tmp_path / "a.txt", text)))] == [ANA]
