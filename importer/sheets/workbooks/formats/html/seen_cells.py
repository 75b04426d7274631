"""Which cells of a page's table a person sees, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from importer.sheets.workbooks.book import Doubt, Doubtful, LineCell
from importer.sheets.workbooks.formats.html.page_styles import SEEN, ElementLook

FEWEST_OF_A_HEADER: Final = 4
"""A row of fewer cells does not tell which columns are hidden."""


class SeenCells:
    """Takes in what is seen of a table's rows and cells, in their order.

    Cells that are not shown in any row are those of hidden columns, and read like any other. Where only some rows have
    them, a browser moves all the cells behind them: what stands in which column is not certain there, unless the rows
    have cells for all columns without them.

    Args:
        table: What is seen of the table itself.
    """

    def __init__(self, table: ElementLook) -> None:
        self._table = table
        self._group = self._row = self._cell = SEEN
        self._struck = self._unsure = False
        """Of pieces of text in the cell."""
        self._missing: list[int] = []
        """Where cells of the row are not shown, or may not be."""
        self._count = 0
        self._are_gone = True
        """Whether they take no room, all of them."""
        self._usual: Sequence[int] | None = None
        """Where they are in the first row that may be a header."""
        self._usual_count = 0
        """How many cells that row has."""

    @property
    def hides_row(self) -> bool:
        """Whether nobody sees the row."""
        return self._table.is_unseen or self._group.is_unseen or self._row.is_unseen

    def start_group(self, look: ElementLook) -> None:
        """Take in that some rows begin that belong together."""
        self._group = look

    def start_row(self, look: ElementLook) -> None:
        """Take in that a row begins."""
        self._row = look
        self._missing, self._count, self._are_gone = [], 0, True

    def start_cell(self, look: ElementLook) -> None:
        """Take in that a cell begins."""
        self._cell = look
        self._struck = self._unsure = False

    def add(self, *, struck: bool, unsure: bool) -> None:
        """Take in that there is text in the cell that is struck through, or may not be shown."""
        self._struck = self._struck or struck
        self._unsure = self._unsure or unsure

    def cell(self, text: str, at: int) -> LineCell:
        """Return the cell that ends, which is in that column, without what the rest of the row tells of it."""
        self._count += 1
        if self._cell.is_unseen or self._cell.is_unsure:
            self._missing.append(at)
            self._are_gone = self._are_gone and self._cell.is_gone
        if not text:
            return None
        if self._struck or any(look.is_struck for look in (self._table, self._group, self._row, self._cell)):
            return Doubtful(text, Doubt.STRUCK)
        return Doubtful(text, Doubt.HIDDEN) if self._unsure else text

    def of_row(self, cells: list[LineCell]) -> list[LineCell]:
        """Return the cells of the row that ends."""
        if self._usual is None and self._count >= FEWEST_OF_A_HEADER:
            self._usual, self._usual_count = self._missing, self._count
        if self._row.is_unsure or self._group.is_unsure:
            return _in_doubt(cells, 0)
        usual = self._usual or ()
        if self._missing == list(usual):
            return cells
        if self._may_be_left_out(cells):
            return [cell for at, cell in enumerate(cells) if at not in self._missing]
        odd = set(self._missing) ^ set(usual)
        return _in_doubt(cells, min(odd)) if self._missing or self._count >= FEWEST_OF_A_HEADER else cells

    def _may_be_left_out(self, cells: Sequence[LineCell]) -> bool:
        """Return whether the row has all the columns of the header without the cells that are not shown."""
        is_plain = self._are_gone and not self._usual and len(cells) == self._count
        return is_plain and self._count - len(self._missing) == self._usual_count


def _in_doubt(cells: list[LineCell], begin: int) -> list[LineCell]:
    return [
        Doubtful(cell, Doubt.HIDDEN) if at >= begin and isinstance(cell, str) else cell for at, cell in enumerate(cells)
    ]
