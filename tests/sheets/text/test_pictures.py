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
