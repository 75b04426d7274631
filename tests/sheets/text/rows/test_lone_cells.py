"""Rows beside which a single cell stands, as a line break leaves it that is not in quotation marks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from importer.sheets.open import open_table
from tests.sheets.files import ANA, BEN, HEADER, write_csv

CLEO = ["00000000-0000-4000-8000-000000000003", "Cleo", "Silva", "cleo@firm.example.com"]
NAME_LAST = [0, 1, 3, 2]
NAME_FIRST = [2, 1, 3, 0]


def in_order(order: Sequence[int], row: Sequence[str]) -> str:
    """Return a line with the cells of a row in another order."""
    return ",".join(row[at] for at in order)


def broken(folder: Path, order: Sequence[int], *lines: Sequence[str] | str) -> list[tuple[int, str]]:
    """Return which rows of a file may have half of a cell, in which column."""
    written = [line if isinstance(line, str) else in_order(order, line) for line in (HEADER, *lines)]
    table = open_table(write_csv(folder / "a.csv", "\n".join(written) + "\n"))
    for _ in table.chunks(100):
        pass
    return sorted(table.broken_cells())


def test_a_last_name_at_the_end_of_a_row_may_go_on_below(tmp_path: Path) -> None:
    """`de la⏎Cruz`: nobody can see that it goes on."""
    assert broken(tmp_path, NAME_LAST, ANA, BEN, "Cruz Roja", CLEO) == [(3, "Last Name")]


def test_what_stands_below_the_last_row_may_be_its_rest_or_a_footer(tmp_path: Path) -> None:
    """It is told for that row, and counted as a line below the table."""
    assert broken(tmp_path, NAME_LAST, ANA, BEN, "Cruz Roja") == [(3, "Last Name")]


def test_a_last_name_at_the_beginning_of_a_row_may_begin_above(tmp_path: Path) -> None:
    """`Rey⏎es`."""
    assert broken(tmp_path, NAME_FIRST, ANA, "Ok", BEN, CLEO) == [(4, "Last Name")]


def test_an_address_may_go_on_in_what_is_a_part_of_one(tmp_path: Path) -> None:
    """A line of text is none."""
    order = [0, 1, 2, 3]
    assert broken(tmp_path, order, ANA, "m", BEN, "By the office", CLEO, ".uk") == [(2, "E-mail"), (6, "E-mail")]


@pytest.mark.parametrize("line", ["", "----", "(2 rows)", "Total", "Page 1 of 2", "Summe: 2"])
def test_what_programs_write_between_and_below_rows_is_no_part_of_a_name(tmp_path: Path, line: str) -> None:
    """Blank lines, rules, counts, page lines and totals."""
    assert broken(tmp_path, NAME_LAST, ANA, line, BEN, line) == []


def test_an_id_at_the_edge_is_held_to_its_form_anyway(tmp_path: Path) -> None:
    """Half of one is refused."""
    assert broken(tmp_path, [3, 1, 2, 0], ANA, "Cruz", BEN) == []


def test_a_section_that_is_as_wide_as_the_rows_is_none(tmp_path: Path) -> None:
    """A line break would have left one cell, not four."""
    assert broken(tmp_path, NAME_LAST, ANA, "Berlin,,,", BEN) == []


def test_reading_twice_tells_it_once(tmp_path: Path) -> None:
    """What was found belongs to one reading."""
    table = open_table(
        write_csv(tmp_path / "a.csv", f"{in_order(NAME_LAST, HEADER)}\n{in_order(NAME_LAST, ANA)}\nCruz\n")
    )
    for _ in range(2):
        list(table.chunks(100))
    assert list(table.broken_cells()) == [(2, "Last Name")]
