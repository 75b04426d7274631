"""Tables of text, and how they keep to the width of a terminal."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from importer.cli.screen.tables import fitted, lines

HEADER = ["row", "Customer ID", "First Name", "E-mail"]
ROWS = [["2", "8a1c" * 9, "\u5c71\u7530 \u592a\u90ce", "yamada@example.com"], ["3", "c-17", "", ""]]


@pytest.mark.parametrize("width", [200, 80, 60, 44])
def test_cells_are_cut_until_a_line_fits(width: int) -> None:
    """The longest first, and no column goes."""
    header, rows = fitted(HEADER, ROWS, width, widest=30)
    assert (len(header), len(rows)) == (4, 2)
    assert max(map(cell_len, lines(header, rows))) <= width
    assert rows[0][1].endswith("…")
    assert rows[1][1] == "c-17"


def test_columns_go_where_cells_would_say_nothing_any_more() -> None:
    """From the right, but for the first."""
    header, rows = fitted(HEADER, ROWS, 30, widest=30)
    assert header == ["row", "Custome…", "First N…"]
    assert max(map(cell_len, lines(header, rows))) <= 30
    assert fitted(HEADER, ROWS, 1, widest=30)[0] == ["row"]


def test_without_a_terminal_only_the_longest_cells_are_cut() -> None:
    """A file has no width."""
    header, rows = fitted(HEADER, ROWS, None, widest=30)
    assert header == HEADER
    assert cell_len(rows[0][1]) == 30
    assert rows[0][2:] == ROWS[0][2:]
