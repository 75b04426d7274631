"""A row of a drawn table, put together from the lines that it takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from importer.errors import SourceError
from importer.sheets.drawn_table_error import drawn_table
from importer.sheets.workbooks.book import Doubt, Doubtful, Line, LineCell
from importer.sheets.workbooks.formats.drawn.cutting import GOES_ON, WRAPPED
from importer.sheets.workbooks.formats.drawn.measures import widths_of

_SHORTENED: Final = ("...", "\u2026", "\u22ef")
_SIGNS: Final = GOES_ON | WRAPPED
_LEFT_OUT: Final = frozenset({"...", "\u2026", "..", "\u22ef", "\u00b7", ":", "\u22ee"})
"""Stand in the cells of a row in place of many rows."""


class DrawnRow:
    """A row of a table, line by line.

    Args:
        number: Of its first line.
        cells: The cells of that line, with what stands around them; None where it is not certain what they are.
        text: The line.
        count: How many columns there are.
        is_padded: Whether a cell has a blank at its end, or a sign that it goes on.
    """

    def __init__(self, number: int, cells: Sequence[str] | None, text: str, count: int, *, is_padded: bool) -> None:
        self.number: Final = number
        self.text: Final = text
        self.last = text
        """Its last line."""
        self.is_certain = cells is not None
        self.lines = 1
        self._is_padded = is_padded
        self._marks: dict[int, str] = {}
        self._joined: set[int] = set()
        self._broken: set[int] = set()
        self._pieces: list[str] = [""] * count
        self.cells: list[str] = [""] * count
        if cells is None:
            self.cells[0] = text.strip()
        else:
            self._begin(cells)

    @property
    def goes_on(self) -> bool:
        """Whether a cell of it says that it goes on in the next line."""
        return bool(self._marks)

    def _begin(self, cells: Sequence[str]) -> None:
        self._pieces = list(cells)
        if self._is_padded:
            self._marks = {at: cell[-1] for at, cell in enumerate(cells) if cell[-1:] in _SIGNS and len(cell) > 1}
        if not self._marks:
            self.cells = [cell.strip() for cell in cells]
            return
        self.cells = [
            (cell[1:-1] if self._marks[at] in WRAPPED else cell[:-1].strip()) if at in self._marks else cell.strip()
            for at, cell in enumerate(cells)
        ]

    def go_on(self, cells: Sequence[str]) -> None:
        """Take the next line, in which all goes on that says so, and nothing else."""
        self.lines += 1
        marks, self._marks = self._marks, {}
        for at, cell in enumerate(cells):
            mark = marks.get(at)
            if mark is None:
                self.is_certain = self.is_certain and not cell.strip()
                continue
            is_wrapped = mark in WRAPPED
            is_filled_up = not cell.isascii() and self.cells[at].endswith(" ")  # before a sign of two columns
            if is_wrapped is not (cell[:1] == mark) or (is_wrapped and is_filled_up):
                self._broken.add(at)
            next_mark = cell[-1:] if self._is_padded and cell[-1:] in _SIGNS and len(cell) > 1 else ""
            inner = cell[1:-1] if next_mark else cell[1:]
            self.cells[at] += ("" if is_wrapped else "\n") + (inner if next_mark in WRAPPED else inner.rstrip())
            if next_mark:
                self._marks[at] = next_mark

    def join(self, cells: Sequence[str], rooms: Sequence[int]) -> None:
        """Take a line in which cells go on that do not say so.

        Args:
            cells: Its cells.
            rooms: How many columns of the screen the text of each cell may take.
        """
        self.lines += 1
        for at, cell in enumerate(cells):
            text = cell.strip()
            if not text:
                continue
            above = self._pieces[at].strip()
            if not above or rooms[at] in widths_of(above):
                self._broken.add(at)  # it belongs to nothing above it, or was broken in the middle of a word
            self.cells[at] += "\n" + text
            self._joined.add(at)
            self._pieces[at] = cell

    def blur(self, text: str) -> None:
        """Take a line of which it is not certain what its cells are."""
        self.lines += 1
        self.is_certain = False
        self.last = text
        self.cells[0] = f"{self.cells[0]}\n{text.strip()}"

    def line(self, name: str, *, is_ruled: bool) -> Line:
        """Return the row as a line of a sheet.

        Args:
            name: What messages call the file.
            is_ruled: Whether rules stand between the rows of the table: what is between two of them is one row.

        Raises:
            SourceError: It stands for rows that were left out.
        """
        filled = [cell for cell in self.cells if cell]
        if len(filled) > 1 and _LEFT_OUT.issuperset(filled):
            raise shows_a_part(name, f"line {self.number:,} stands for rows that were left out")
        if not self.is_certain:
            return Line(self.number, [Doubtful(cell or None, Doubt.UNALIGNED) for cell in self.cells])
        broken = self._broken | self._marks.keys()
        if not is_ruled:
            broken |= self._joined
        if not broken and not any(cell.endswith(_SHORTENED) for cell in filled):
            return Line(self.number, [cell or None for cell in self.cells], is_text=True)
        return Line(self.number, [_doubted(cell, is_broken=at in broken) for at, cell in enumerate(self.cells)])


def _doubted(cell: str, *, is_broken: bool) -> LineCell:
    if is_broken:
        return Doubtful(cell or None, Doubt.BROKEN)
    return Doubtful(cell, Doubt.SHORTENED) if cell.endswith(_SHORTENED) else cell or None


def shows_a_part(name: str, why: str) -> SourceError:
    """Return the error for a drawn table that says itself that it is not all there is; `why` ends a sentence."""
    return drawn_table(
        f"{name} is a table that was drawn for a screen, and shows only a part of it: {why}.",
        hint="Have the program write all of it as CSV (duckdb -csv, DataFrame.to_csv, write_csv).",
    )
